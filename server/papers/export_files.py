"""The names and endings of exported files by their formats (rule: receivables#export)."""

from collections.abc import Generator, Iterable, Mapping
from datetime import date
from typing import Literal

from server.billing.receivables.invoice_export import ExportedInvoices, ExportFormat
from server.papers.invoice_export import csv_export
from server.sheets.receivables.invoice_export import xlsx_export

ENDINGS: Mapping[ExportFormat, Literal["csv", "xlsx", "journal", "beancount"]] = {
    ExportFormat.CSV: "csv",
    ExportFormat.XLSX: "xlsx",
    ExportFormat.HLEDGER: "journal",
    ExportFormat.BEANCOUNT: "beancount",
    ExportFormat.JOURNAL_CSV: "csv",
}
"""How the names of the files end."""


def export_pieces(
    made_as: ExportFormat, clinic: str, invoices: int, chunks: Iterable[ExportedInvoices]
) -> Generator[bytes, None, None]:
    """Yield a file of as many ``invoices`` as the chunks have together."""
    if made_as is ExportFormat.XLSX:
        return xlsx_export(clinic, invoices, chunks)
    return csv_export(chunks)


def export_name(clinic_id: str, made_as: ExportFormat, day: date) -> str:
    """Return the name of a file made on a day, without its ending. It names no person."""
    return f"{'Journal' if made_as.is_journal else 'Invoices'} {clinic_id} {day.isoformat()}"

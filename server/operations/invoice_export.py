"""Export of invoices: all that match a filter, in one reading of the books (rule: receivables#export)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from server.billing.receivables.invoice_export import MOST_ROWS, ExportedInvoices, ExportFormat, ExportTotals
from server.errors import TooLarge, count_of
from server.ledger.invoices.invoice_filter import InvoiceFilter
from server.operations.invoice_filters import words_without_names
from server.operations.operation import operation
from server.operations.session import Session


@dataclass(frozen=True, slots=True)
class InvoicesToExport:
    """What an export has: the clinic's name, the totals, and the invoices in chunks, which are read as they are asked for."""

    clinic: str
    totals: ExportTotals
    chunks: Iterator[ExportedInvoices]


@operation(TooLarge)
@contextmanager
def export_invoices(
    session: Session, invoice_filter: InvoiceFilter, made_as: ExportFormat
) -> Iterator[InvoicesToExport]:
    """Yield the invoices that match a filter, as the books are at this moment, until the block exits.

    The access log gets how many there are and the kinds of filters, and no names. Raises TooLarge for more invoices than a
    sheet of Excel has room for.
    """
    with session.reading() as books:
        totals = books.exports.invoices.totals(invoice_filter)
        if made_as is ExportFormat.XLSX and totals.invoices > MOST_ROWS:
            what, limit = f"A sheet of {totals.invoices:,} invoices", f"{MOST_ROWS:,} rows"
            raise TooLarge(what, limit, "Export them as csv, which has no limit, or narrow the filters.")
        words = words_without_names(invoice_filter)
        session.record_view(
            "export invoices", f"{count_of(totals.invoices, 'invoice')} as {made_as}: {words}"
        )
        yield InvoicesToExport(
            books.setup().clinic.name, totals, books.exports.invoices.chunks(invoice_filter)
        )

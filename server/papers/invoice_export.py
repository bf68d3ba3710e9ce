"""An export of invoices as a CSV file, made in pieces (rule: receivables#export)."""

from collections.abc import Generator, Iterable, Iterator, Sequence
from functools import lru_cache

from server.billing.money import decimal_amount
from server.billing.receivables.invoice_export import COLUMNS, ExportedInvoices
from server.papers.csv_files import as_text, csv_pieces

KNOWN = 65_536
"""How many texts and amounts are kept ready, because they repeat: facilities, payers, prices."""

_text = lru_cache(KNOWN)(as_text)
_amount = lru_cache(KNOWN)(decimal_amount)


@lru_cache(KNOWN)
def _amount_or_blank(cents: int | None) -> str:
    return "" if cents is None else decimal_amount(cents)


def csv_export(chunks: Iterable[ExportedInvoices]) -> Generator[bytes, None, None]:
    """Yield the file: UTF-8 with a mark for Excel, days such as 2026-10-05, amounts such as 1234.50."""
    return csv_pieces(COLUMNS, map(_rows, chunks))


def _rows(chunk: ExportedInvoices) -> Iterator[Sequence[str]]:
    return zip(
        chunk.numbers, map(as_text, chunk.patients), chunk.exam_dates, map(_text, chunk.facilities),
        map(_text, chunk.physicians), map(_text, chunk.payers), map(_text, chunk.codes), map(_amount, chunk.billed_cents),
        map(_amount, chunk.reduction_cents), map(_amount_or_blank, chunk.agreed_cents), map(_amount, chunk.collected_cents),
        map(as_text, chunk.cheque_numbers), chunk.cheque_dates, chunk.states, strict=True,
    )  # fmt: skip

"""An export of invoices as a CSV file, made in pieces (rule: receivables#export)."""

from collections.abc import Generator, Iterable, Sequence
from functools import lru_cache

from server.billing.money import decimal_amount
from server.billing.receivables.invoice_export import COLUMNS, ExportedInvoice
from server.papers.csv_files import as_text, csv_pieces

KNOWN = 65_536
"""How many texts and amounts are kept ready, because they repeat: facilities, payers, prices."""

_text = lru_cache(KNOWN)(as_text)
_amount = lru_cache(KNOWN)(decimal_amount)


def csv_export(chunks: Iterable[Sequence[ExportedInvoice]]) -> Generator[bytes, None, None]:
    """Yield the file: UTF-8 with a mark for Excel, days such as 2026-10-05, amounts such as 1234.50."""
    return csv_pieces(COLUMNS, (list(map(_cells, chunk)) for chunk in chunks))


def _cells(row: ExportedInvoice) -> Sequence[str]:
    (
        number,
        patient,
        exam_date,
        facility,
        physician,
        payer,
        codes,
        billed,
        reduction,
        agreed,
        collected,
        cheques,
        cheque_date,
        state,
    ) = row
    return (
        number, as_text(patient), exam_date, _text(facility), _text(physician), _text(payer), _text(codes), _amount(billed),
        _amount(reduction), "" if agreed is None else _amount(agreed), _amount(collected), as_text(cheques) if cheques else "",
        cheque_date, state,
    )  # fmt: skip

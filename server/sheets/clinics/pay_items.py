"""Reads the rows of Pay items: what is paid or taken off beside the visits (rule: pay-runs#pay-items)."""

from collections.abc import Iterator, Sequence

from server.billing.clinics import ANY, Every, PayItem, PayItemKind
from server.billing.days import us
from server.billing.names import fold
from server.errors.cell_findings import NotMoney
from server.errors.log_row_findings import UnknownProvider
from server.errors.pay_item_findings import (
    AdvanceEveryPeriod,
    PayItemEndsBefore,
    PayItemForAnybody,
    PayItemNotPositive,
    PayItemTwice,
    RepaymentWithoutAdvance,
)
from server.sheets.cells import cents_of
from server.sheets.clinics.setup_lookup import Spellings
from server.sheets.typed_rows import Row


def read_pay_items(rows: Sequence[Row], people: Spellings) -> list[PayItem]:
    """Return the pay items of all usable rows. A repayment needs an advance of the same provider on the sheet."""
    read = [*_read_rows(rows, people)]
    advanced = {item.provider for _, item in read if item.kind is PayItemKind.ADVANCE}
    for row, item in read:
        if item.kind is PayItemKind.REPAYMENT and item.provider not in advanced:
            row.add_finding(RepaymentWithoutAdvance(provider=item.provider), "Kind")
    return [item for row, item in read if row.usable]


def _read_rows(rows: Sequence[Row], people: Spellings) -> Iterator[tuple[Row, PayItem]]:
    seen: dict[tuple[object, ...], int] = {}
    for row in rows:
        provider = people.find(row, "Provider", UnknownProvider)
        if provider == ANY:
            row.add_finding(PayItemForAnybody, "Provider")
        kind = row.choice("Kind", PayItemKind)
        cents = _read_amount(row)
        first, last = row.required_day("From"), row.day("To")
        if first and last and last < first:
            row.add_finding(PayItemEndsBefore(first=us(first), last=us(last)), "To")
        every, note = row.choice("Every", Every), " ".join(row.text("Note").split())
        if kind is PayItemKind.ADVANCE and every is Every.PERIOD:
            row.add_finding(AdvanceEveryPeriod, "Every")
        if provider and kind and first:
            number = seen.setdefault((provider, kind, first, fold(note)), row.number)
            if number != row.number:
                row.add_finding(PayItemTwice(provider=provider, item=kind.value, row=number), "Note")
        if row.usable and provider and kind and cents and first and every:
            yield row, PayItem(provider, kind, cents, first, last, every, note)


def _read_amount(row: Row) -> int | None:
    """Return the amount in cents, more than 0, or ``None``."""
    title = "Amount"
    cell = row.cell(title)
    if "%" in row.form(title) and isinstance(cell, int | float):
        row.add_finding(NotMoney(value=f"{cell * 100:g}%"), title)
        return None
    cents = row.read(title, cents_of) if row.required_text(title) else None
    if cents is not None and cents <= 0:
        row.add_finding(PayItemNotPositive, title)
    return cents

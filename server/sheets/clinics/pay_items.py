"""Reads the rows of Pay items: what is paid or taken off beside the visits (rule: pay-runs#pay-items)."""

from collections.abc import Iterator, Sequence

from server.billing.clinics import ANY
from server.billing.days import us
from server.billing.names import fold
from server.billing.setup_pay_items import Every, PayItem, PayItemKind
from server.errors.log_row_findings import UnknownProvider
from server.errors.pay_item_findings import (
    AdvanceEveryPeriod,
    PayItemEndsBefore,
    PayItemForAnybody,
    PayItemNotPositive,
    PayItemTwice,
    RepaymentWithoutAdvance,
)
from server.sheets.clinics.setup_lookup import Spellings
from server.sheets.clinics.typed_money import read_positive_money
from server.sheets.typed_rows import Row


def read_pay_items(rows: Sequence[Row], people: Spellings) -> list[PayItem]:
    """Return the pay items of all usable rows. A repayment needs an advance of the same provider on the sheet."""
    advanced: set[str | None] = set()
    read = [*_read_rows(rows, people, advanced)]
    for row, item in read:
        # An advance of an unknown provider may be anybody's, and has a finding of its own.
        if item.kind is PayItemKind.REPAYMENT and not advanced & {item.provider, None}:
            row.add_finding(RepaymentWithoutAdvance(provider=item.provider), "Kind")
    return [item for row, item in read if row.usable]


def _read_rows(
    rows: Sequence[Row], people: Spellings, advanced: set[str | None]
) -> Iterator[tuple[Row, PayItem]]:
    """Yield the usable rows; add the provider of each advance, usable or not, to ``advanced``."""
    seen: dict[tuple[object, ...], int] = {}
    for row in rows:
        provider = people.find(row, "Provider", UnknownProvider)
        if provider == ANY:
            row.add_finding(PayItemForAnybody, "Provider")
        kind = row.choice("Kind", PayItemKind)
        if kind is PayItemKind.ADVANCE:
            advanced.add(provider)
        cents = read_positive_money(row, "Amount", PayItemNotPositive)
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

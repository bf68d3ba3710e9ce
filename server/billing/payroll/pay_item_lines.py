"""The pay item lines of a run: what it pays or takes off beside the visits (rule: pay-runs#pay-items)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from server.billing.money import dollars
from server.billing.setup_pay_items import PayItemKind
from server.errors import count_of


@dataclass(frozen=True, slots=True)
class PayItemLine:
    """One line. ``first`` and ``last`` are the days that it is for, ``amount_cents`` is below 0 where pay is taken off.

    ``item_first`` and ``note`` are those of the item as it was typed, ``provider_key`` is the lasting key of the provider.
    """

    provider: str
    provider_key: str
    kind: PayItemKind
    item_first: date
    note: str
    first: date
    last: date
    amount_cents: int

    @property
    def title(self) -> str:
        """Return the kind as people read it: ``Bonus``."""
        return self.kind.value.capitalize()

    @property
    def in_words(self) -> str:
        """Return the line in words: ``bonus of $500.00 (Holiday)``."""
        return item_in_words(self.kind, abs(self.amount_cents), self.note)


def item_in_words(kind: PayItemKind, cents: int, note: str) -> str:
    """Return a pay item in words: ``bonus of $500.00 (Holiday)``."""
    what = "other item" if kind is PayItemKind.OTHER else kind.value
    return f"{what} of {dollars(cents)}" + (f" ({note})" if note else "")


def sum_of_items(lines: Iterable[PayItemLine]) -> int:
    """Return the sum of pay item lines in cents."""
    return sum(line.amount_cents for line in lines)


def items_in_words(count: int, cents: int) -> str:
    """Return how many pay items there are and their sum: ``3 pay items ($450.00)``."""
    return f"{count_of(count, 'pay item')} ({dollars(cents)})"

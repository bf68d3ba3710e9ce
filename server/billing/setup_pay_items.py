"""The pay items of a clinic's setup: what is paid or taken off beside the visits (rule: pay-runs#pay-items)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class PayItemKind(StrEnum):
    """What a pay item is."""

    BONUS = "bonus"
    DEDUCTION = "deduction"
    ADVANCE = "advance"
    REPAYMENT = "repayment"
    MILEAGE = "mileage"
    OTHER = "other"

    @property
    def is_taken_off(self) -> bool:
        """Return whether the item reduces pay."""
        return self in {PayItemKind.DEDUCTION, PayItemKind.REPAYMENT}


class Every(StrEnum):
    """How often a pay item is paid."""

    ONCE = "once"
    PERIOD = "period"


@dataclass(frozen=True, slots=True)
class PayItem:
    """One row of the Pay items sheet: pay that no visit earns (rule: pay-runs#pay-items).

    ``amount_cents`` is above 0; the kind says whether it is added or taken off. ``last`` is ``None`` if the item has no end.
    """

    provider: str
    kind: PayItemKind
    amount_cents: int
    first: date
    last: date | None
    every: Every
    note: str = ""

"""What a run, or a run for one provider, hands over: the one sum of its parts (rule: pay-runs#carry-forward)."""

from typing import Protocol


class PartsOfPay(Protocol):
    """The parts of what is handed over, in cents. What is carried in and out is never above 0."""

    @property
    def paid_cents(self) -> int: ...  # noqa: D102
    @property
    def adjustment_cents(self) -> int: ...  # noqa: D102
    @property
    def plans_cents(self) -> int: ...  # noqa: D102
    @property
    def items_cents(self) -> int: ...  # noqa: D102
    @property
    def collections_cents(self) -> int: ...  # noqa: D102
    @property
    def carried_in_cents(self) -> int: ...  # noqa: D102
    @property
    def carried_out_cents(self) -> int: ...  # noqa: D102


def cents_handed_over(parts: PartsOfPay) -> int:
    """Return the sum of the parts. What is carried to the next run is not taken from this one, so it is added back."""
    added = parts.adjustment_cents + parts.plans_cents + parts.items_cents + parts.collections_cents
    return parts.paid_cents + added + parts.carried_in_cents - parts.carried_out_cents

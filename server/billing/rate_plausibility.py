"""Rates and fees that look mistyped, because every other one of the clinic is far from them (rule: edge-cases#far-off-rate)."""

from collections.abc import Sequence
from typing import NamedTuple

from server.billing.rate_words import amount_on_basis

FAR_OFF = 10
"""An amount is far off if it is at least this many times the largest other one, or at most this part of the smallest."""


class TypedFee(NamedTuple):
    """A rate or a fee as typed: its pay basis, and cents, or parts per million of a share; ``None`` if it pays nothing."""

    basis: str
    amount: int | None


class UsualFees(NamedTuple):
    """The smallest and the largest of the other amounts with the same pay basis."""

    smallest: int
    largest: int


def far_off_fees(fees: Sequence[TypedFee]) -> dict[int, UsualFees]:
    """Return the place of each fee that is far from every other one of its pay basis, with those. A 0 is compared with nothing."""
    by_basis: dict[str, list[int]] = {}
    for fee in fees:
        if fee.amount:
            by_basis.setdefault(fee.basis, []).append(fee.amount)
    found = {}
    for place, (basis, amount) in enumerate(fees):
        if not amount:
            continue
        others = sorted(by_basis[basis])
        others.remove(amount)
        if others and (amount >= FAR_OFF * others[-1] or amount * FAR_OFF <= others[0]):
            found[place] = UsualFees(others[0], others[-1])
    return found


def usual_in_words(basis: str, usual: UsualFees) -> str:
    """Return the range of the other fees: ``$80.00 per session``, ``from $60.00 per session to $95.00 per session``."""
    if usual.smallest == usual.largest:
        return amount_on_basis(usual.smallest, basis)
    return f"from {amount_on_basis(usual.smallest, basis)} to {amount_on_basis(usual.largest, basis)}"

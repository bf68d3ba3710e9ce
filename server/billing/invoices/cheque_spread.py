"""How one cheque is spread over several invoices (rule: invoices#spread). The parts always add up to the cheque."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from server.billing.invoices.invoice import ChequeException


class Spread(StrEnum):
    """What each row takes of the cheque: its balance, or the amount that somebody typed."""

    BALANCES = "balances"
    TYPED = "typed"


class SpreadFlaw(StrEnum):
    """Why a cheque cannot be spread."""

    NO_AMOUNT = "a row has no amount"
    TOO_LITTLE = "the cheque is less than its parts"
    NO_ROW_FOR_THE_REST = "no row is paid in full, so none can take the rest"


@dataclass(frozen=True, slots=True)
class RowToPay:
    """A row that a cheque pays: what it owes, and the amount and the exception that somebody typed, if any."""

    balance_cents: int
    typed_cents: int | None = None
    exception: ChequeException | None = None


@dataclass(frozen=True, slots=True)
class ChequePart:
    """What a row takes of the cheque, in cents, and the exception that says what the difference to its balance means."""

    amount_cents: int
    exception: ChequeException | None


def spread_cheque(
    cheque_cents: int, rows: Sequence[RowToPay], spread: Spread
) -> tuple[ChequePart, ...] | SpreadFlaw:
    """Return the part of each row, or why there are none. The amounts add up to the cheque.

    What the rows leave of the cheque is added to the last row that is paid in full; there it is more than the balance,
    so it becomes unapplied credit of the payer.
    """
    amounts = [wished_cents(row, spread) or 0 for row in rows]
    if not rows or min(amounts) <= 0:
        return SpreadFlaw.NO_AMOUNT
    rest = cheque_cents - sum(amounts)
    if rest < 0:
        return SpreadFlaw.TOO_LITTLE
    if rest:
        full = [place for place, row in enumerate(rows) if amounts[place] >= row.balance_cents]
        if not full:
            return SpreadFlaw.NO_ROW_FOR_THE_REST
        amounts[full[-1]] += rest
    return tuple(
        ChequePart(cents, _exception_of(cents, row)) for cents, row in zip(amounts, rows, strict=True)
    )


def wished_cents(row: RowToPay, spread: Spread) -> int | None:
    """Return what a row takes before the rest is given to one of them; ``None`` if nothing is typed."""
    return row.balance_cents if spread is Spread.BALANCES else row.typed_cents


def _exception_of(cents: int, row: RowToPay) -> ChequeException | None:
    """Return the exception of a part. Less than the balance is partial unless somebody typed that the rest is written off."""
    if cents == row.balance_cents:
        return None
    if cents > row.balance_cents:
        return ChequeException.OVERPAID
    is_given_up = row.exception is ChequeException.WRITE_OFF_REST
    return ChequeException.WRITE_OFF_REST if is_given_up else ChequeException.PARTIAL

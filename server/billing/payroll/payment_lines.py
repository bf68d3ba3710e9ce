"""The payment lines of a run: what it pays on collection for money that came in or went back (rule: pay-runs#payments)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np

from server.billing.clinics import PayBasis
from server.billing.money import MILLION, divide, dollars
from server.billing.rate_words import amount_on_basis
from server.errors import count_of
from server.errors.finding_facts import FindingFacts


class PaymentKind(StrEnum):
    """What a row of a payments sheet is."""

    PAYMENT = "payment"
    REFUND = "refund"
    TAKE_BACK = "take-back"
    ADJUSTMENT = "adjustment"
    """A write-off or another correction of the bill: no money came in or went back."""

    @property
    def is_returned(self) -> bool:
        """Return whether money goes back."""
        return self in {PaymentKind.REFUND, PaymentKind.TAKE_BACK}


class PaymentOutcome(StrEnum):
    """The outcome of a row of a payments sheet. Every row has exactly one."""

    PAID = "paid"
    PAID_BEFORE = "paid before"
    UNALLOCATED = "unallocated"
    NOT_ON_COLLECTION = "not on collection"
    ANOTHER_PERIOD = "another period"
    NO_MONEY = "no money"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """One payment line, for one provider.

    ``payment`` identifies the payment across files, ``reference`` what its row named, ``likeness`` all of it but the amount.
    ``received_cents`` is below 0 where money goes back. ``visit`` is the identity of the visit; ``of_run`` and ``of_place`` are
    the closed run and its line that has the visit, "" and ``None`` if no closed run has it. ``share`` is the part of the
    amount that is paid, in parts per million. ``was_cents`` is what this provider was paid for the payment so far, ``now_cents``
    what it earns. ``replaces`` is the payment in whose place this one is paid, "" if none. A payment that another provider
    is paid for now is two lines: the one of the provider who was paid ``is_taken_back``. ``source_row`` is the Excel row of
    the payments sheet, ``None`` if that has none.
    """

    provider: str
    provider_key: str
    payment: str
    reference: str
    likeness: str
    payment_day: date
    kind: PaymentKind
    received_cents: int
    visit: str
    of_run: str
    of_place: int | None
    appointment: str
    day: date
    service: str
    share: int
    was_cents: int
    now_cents: int
    reason: str = ""
    replaces: str = ""
    is_taken_back: bool = False
    source_row: int | None = None

    @property
    def amount_cents(self) -> int:
        """Return what the line adds to the provider's pay; it may be negative."""
        return self.now_cents - self.was_cents

    @property
    def rate_in_words(self) -> str:
        """Return the rate: ``60% of collected``."""
        return amount_on_basis(self.share, PayBasis.OF_COLLECTED)


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A row of a payments sheet with its outcome. What could not be read or is not known is ``None`` or "".

    ``provider``, ``service``, ``appointment`` and ``visit_day`` are those of the visit if one was found. ``pay_cents`` is what the
    row adds to pay, and ``share`` the rate, ``None`` if it adds nothing.
    """

    row: int
    day: date | None
    kind: PaymentKind | None
    cents: int | None
    outcome: PaymentOutcome
    reason: str = ""
    reference: str = ""
    appointment: str = ""
    visit_day: date | None = None
    provider: str = ""
    service: str = ""
    share: int | None = None
    pay_cents: int | None = None


@dataclass(frozen=True, slots=True)
class RunPayments:
    """What a run does on collection. ``is_followed`` says whether it pays by payments, and not by the log's collected amounts.

    ``sheet`` is the name of the payments sheet, "" if there was none; ``rows`` are all of its rows. ``lines`` are in the order of
    provider, day of the payment and visit. ``based_on`` are the payments of closed runs that decided the lines: run, payment,
    provider and cents.
    """

    is_followed: bool = False
    sheet: str = ""
    rows: tuple[PaymentRow, ...] = ()
    lines: tuple[PaymentLine, ...] = ()
    based_on: tuple[tuple[str, str, str, int], ...] = ()
    findings: tuple[tuple[FindingFacts, tuple[int, ...]], ...] = ()
    """What is to be reviewed, with the rows of the payments sheet; none for the sheet as a whole."""

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def cents(self) -> int:
        """Return what the payments add to pay, in cents."""
        return sum_of_payments(self.lines)

    def of_outcome(self, outcome: PaymentOutcome) -> tuple[PaymentRow, ...]:
        """Return the rows with an outcome."""
        return tuple(row for row in self.rows if row.outcome is outcome)

    @property
    def unallocated_rows(self) -> tuple[PaymentRow, ...]:
        """Return the payments that cannot be attributed to exactly one visit."""
        return self.of_outcome(PaymentOutcome.UNALLOCATED)

    @property
    def unallocated_cents(self) -> int:
        """Return the sum of the payments that cannot be attributed, in cents."""
        return sum(row.cents or 0 for row in self.unallocated_rows)


NO_PAYMENTS = RunPayments()
"""Of a run that pays by the collected amounts of the log."""


def sum_of_payments(lines: Iterable[PaymentLine]) -> int:
    """Return the sum of payment lines in cents."""
    return sum(line.amount_cents for line in lines)


def payments_in_words(count: int, cents: int) -> str:
    """Return how many payment lines there are and what they add: ``3 payments ($450.00)``."""
    return f"{count_of(count, 'payment')} ({dollars(cents)})"


def share_of_payment(cents: int, share: int) -> int:
    """Return a share (parts per million) of a payment, in cents, rounded once; money that goes back is below 0."""
    return int(divide(np.array([cents * share]), np.array([MILLION]))[0])

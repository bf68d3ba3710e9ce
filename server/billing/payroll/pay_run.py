"""Payroll: which appointments are paid, how much, and the outcome of every other row."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import numpy as np

from server.billing.clinics import Clinic
from server.billing.payroll.adjustments import FURTHER_PAY, Adjustment, CarriedForward, sum_of_adjustments
from server.billing.payroll.handed_over import cents_handed_over
from server.billing.payroll.pay_item_lines import PayItemLine, sum_of_items
from server.billing.payroll.payment_lines import NO_PAYMENTS, RunPayments
from server.billing.payroll.plan_lines import PlanLine, sum_of_plans
from server.billing.payroll.run_columns import PaidLines, UnpaidRows
from server.errors import Finding


class Outcome(StrEnum):
    """The outcome of a row of the log. Every row has exactly one."""

    PAID = "paid"
    EXCLUDED = "excluded"
    HELD = "held"
    BLOCKED = "blocked"
    ALREADY_PAID = "already paid"


@dataclass(frozen=True, slots=True)
class Period:
    """A period of days, including its first and last day."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class PaidEarlier:
    """How many visits of a log one closed run has paid, and the total in cents."""

    run_id: str
    visits: int
    paid_cents: int


@dataclass(frozen=True, slots=True)
class RateUsed:
    """A rate that paid at least one line. ``basis`` is a pay basis, or "flat" / "% of rate"
    for a missed visit. ``amount`` is cents, or parts per million where ``is_share``.
    """

    provider: str
    service: str
    basis: str
    amount: int
    is_share: bool
    effective_from: date
    note: str
    lines: int
    paid_cents: int


@dataclass(frozen=True, slots=True)
class LogFacts:
    """Facts about the sheet and how it was read, for the Reconciliation sheet. Counts are sheet rows."""

    workbook: str
    sheet: str
    header_row: int
    title_rows: int
    repeated_headers: int
    totals_rows: int
    blank_rows: int
    hidden_rows: int
    headings: Mapping[str, str] = field(default_factory=dict)
    """Field -> the heading(s) it was read from, in words ("Paid (column K) + Paid (column M)")."""
    date_system: int = 1900
    """1900 or 1904: the year from which the workbook counts its days; output for it must use the same."""
    dates_read: str = ""
    """The order in which the dates were read and how it was known, in words ("month first (answered)")."""
    unread: tuple[tuple[str, str], ...] = ()
    """Heading and letter of each column that was not read."""
    furniture: Mapping[str, int] = field(default_factory=dict)
    """Kind of row below the headings that is not an appointment, in words -> how many there are."""


@dataclass(frozen=True, slots=True, eq=False)
class PayRun:
    """A finished run, ready to be written and recorded. Every row of the log is in ``lines`` or ``unpaid``."""

    id: str
    clinic: Clinic
    period: Period
    log: LogFacts
    lines: PaidLines
    unpaid: UnpaidRows
    rates_used: tuple[RateUsed, ...]
    findings: tuple[Finding, ...]
    fingerprint: str
    paid_earlier: tuple[PaidEarlier, ...] = ()
    """What closed runs have paid of this log, in the order of their ids. These rows are *already paid*."""
    late: PaidLines | None = None
    """The late visits, with the columns of ``lines``: they are in a period that was closed before (rule: pay-runs#late-visits)."""
    adjustments: tuple[Adjustment, ...] = ()
    """What is paid or taken back for visits of earlier runs, and the late visits, in the order of the sheets."""
    carried: tuple[CarriedForward, ...] = ()
    """The providers with a negative total, or with the rest of an earlier one."""
    items: tuple[PayItemLine, ...] = ()
    """The pay items, in the order of the setup (rule: pay-runs#pay-items)."""
    plans: tuple[PlanLine, ...] = ()
    """What pay plans pay or take off, by pay period and provider (rule: pay-runs#pay-plans)."""
    payments: RunPayments = NO_PAYMENTS
    """What it pays on collection, by the payments of its period (rule: pay-runs#payments)."""
    pay_date: date | None = None
    """The day on which it is paid, ``None`` if the clinic has no rule for it."""
    _counts: Counter[str] = field(init=False, repr=False)
    """How many unpaid rows had each outcome. Counted once, because every sheet uses it."""

    def __post_init__(self) -> None:
        """Count the unpaid rows by outcome."""
        outcomes = self.unpaid.outcome.astype("category").cat
        counts = np.bincount(outcomes.codes[outcomes.codes >= 0], minlength=len(outcomes.categories))
        counted = Counter(dict(zip(outcomes.categories.tolist(), counts.tolist(), strict=True)))
        object.__setattr__(self, "_counts", counted)

    @property
    def paid_cents(self) -> int:
        """Return the sum of the lines of the period."""
        return int(self.lines.amount_cents.sum())

    @property
    def every_line(self) -> PaidLines:
        """Return the lines of the period and, after them, those of the late visits."""
        return self.lines if self.late is None else self.lines.followed_by(self.late)

    @property
    def adjustment_cents(self) -> int:
        """Return the sum of the adjustments, late visits included."""
        return sum_of_adjustments(self.adjustments)

    @property
    def further_pay(self) -> tuple[Adjustment, ...]:
        """Return what of the adjustments is shares and supervision."""
        return tuple(one for one in self.adjustments if one.kind in FURTHER_PAY)

    @property
    def items_cents(self) -> int:
        """Return the sum of the pay items."""
        return sum_of_items(self.items)

    @property
    def plans_cents(self) -> int:
        """Return the sum of the plan lines."""
        return sum_of_plans(self.plans)

    @property
    def collections(self) -> int:
        """Return how many payment lines there are."""
        return len(self.payments)

    @property
    def collections_cents(self) -> int:
        """Return the sum of the payment lines."""
        return self.payments.cents

    @property
    def carried_in_cents(self) -> int:
        """Return what negative totals of earlier runs take from this one; never above 0."""
        return sum(one.in_cents for one in self.carried)

    @property
    def carried_out_cents(self) -> int:
        """Return what is carried to the next run; never above 0."""
        return sum(one.out_cents for one in self.carried)

    @property
    def total_cents(self) -> int:
        """Return what is handed over to the providers."""
        return cents_handed_over(self)

    @property
    def is_adjusted(self) -> bool:
        """Return whether it hands over anything but the lines of the period."""
        return bool(self.adjustments or self.plans or self.items or self.carried or self.payments.lines)

    @property
    def pays_something(self) -> bool:
        """Return whether it pays anything: a line, an adjustment, a plan line, a pay item or a payment."""
        beside = self.adjustments or self.plans or self.items or self.payments.lines
        return bool(len(self.lines) or beside)

    @property
    def is_recorded(self) -> bool:
        """Return whether there is anything to approve: something to pay, or a row to hold because its note is not signed."""
        return self.pays_something or self.count(Outcome.HELD) > 0

    def count(self, outcome: Outcome) -> int:
        """Return how many rows of the log had this outcome."""
        if outcome is Outcome.PAID:
            return len(self.lines) + self.late_visits
        return self._counts[outcome.value]

    @property
    def late_visits(self) -> int:
        """Return how many late visits are paid."""
        return 0 if self.late is None else len(self.late)

    @property
    def rows_in(self) -> int:
        """Return how many appointments the log has."""
        return self.count(Outcome.PAID) + len(self.unpaid)

    @property
    def is_draft_with_blockers(self) -> bool:
        """Return whether rows still wait for a person, so that the sheets must say DRAFT clearly."""
        return self.count(Outcome.BLOCKED) > 0

"""A pay run as the ledger stores it: its name, its state and its counts."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from server.billing.payroll.handed_over import cents_handed_over
from server.billing.payroll.pay_run import Period


class RunState(StrEnum):
    """The state of a pay run."""

    DRAFT = "draft"
    CLOSED = "closed"
    VOIDED = "voided"

    @property
    def label(self) -> str:
        """Return the state as people read it; programs get the code."""
        return _STATE_LABELS[self]


_STATE_LABELS = {RunState.DRAFT: "Draft", RunState.CLOSED: "Approved", RunState.VOIDED: "Voided"}


@dataclass(frozen=True, slots=True)
class RunHeader:
    """One pay run without its lines. Instants are UTC text, empty until they happen.

    ``rows_in`` = ``paid`` + ``excluded`` + ``held`` + ``blocked`` + ``already_paid``; ``revision`` counts how often
    the draft was made; ``figures`` are the bytes recorded with the latest revision. ``pay_date`` is the day on which it is paid, if known.
    ``adjustments``, ``items``, ``plans`` and ``collections`` count its adjustment, its pay item, its plan and its payment lines; what is
    carried in and out is never above 0. ``unallocated`` counts the payments that pay nobody because no single visit is known for
    them, and ``follows_payments`` is 1 if the run pays on collection by payments.
    """

    id: str
    period: Period
    state: RunState
    revision: int
    rows_in: int
    paid: int
    excluded: int
    held: int
    blocked: int
    already_paid: int
    paid_cents: int
    fingerprint: str
    figures: bytes
    made_at: str
    made_by: str
    closed_at: str
    closed_by: str
    voided_at: str
    voided_by: str
    void_reason: str
    pay_date: date | None = None
    adjustments: int = 0
    adjustment_cents: int = 0
    carried_in_cents: int = 0
    carried_out_cents: int = 0
    items: int = 0
    items_cents: int = 0
    plans: int = 0
    plans_cents: int = 0
    collections: int = 0
    collections_cents: int = 0
    unallocated: int = 0
    unallocated_cents: int = 0
    follows_payments: int = 0

    @property
    def is_adjusted(self) -> bool:
        """Return whether it hands over anything but the lines of the period."""
        beside = self.adjustments or self.plans or self.items or self.collections
        return bool(beside or self.carried_in_cents or self.carried_out_cents)

    @property
    def total_cents(self) -> int:
        """Return what is handed over to the providers (rule: pay-runs#carry-forward)."""
        return cents_handed_over(self)


@dataclass(frozen=True, slots=True)
class DraftReplaced:
    """What the earlier draft paid and this one does not.

    ``appointments`` has an entry for each line lost: its appointment ID, or day, provider and service if the log has
    no ID.
    """

    run_id: str
    revision: int
    appointments: tuple[str, ...]
    lost_cents: int


def run_id(clinic_id: str, period: Period, number: int) -> str:
    """Return the name of a run: ``lakeside-2026-10-r1`` (rule: pay-runs#states)."""
    return f"{clinic_id}-{days_in_name(period)}-r{number}"


def run_number(run_id: str) -> int:
    """Return the number of a run within its period, from its name."""
    return int(run_id.rpartition("-r")[2])


def days_in_name(period: Period) -> str:
    """Return ``2026-10`` for a calendar month, else ``2026-10-01-to-2026-10-15``."""
    first, last = period.first, period.last
    month_ends = date(first.year, first.month, monthrange(first.year, first.month)[1])
    if first.day == 1 and last == month_ends:
        return first.isoformat()[: len("2026-10")]
    return f"{first.isoformat()}-to-{last.isoformat()}"

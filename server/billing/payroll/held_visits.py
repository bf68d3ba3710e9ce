"""Held visits: rows that were not paid when their run was approved, and what became of them (rule: pay-runs#held-rows)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from server.billing.payroll.pay_run import Outcome, Period
from server.errors import AlreadyPaidElsewhere, HeldVisitNotOpen, MissingInput, WrittenOffMeanwhile


class HeldState(StrEnum):
    """The state of a held visit. It follows from the runs that are closed, and from what staff decided."""

    WAITING = "waiting"
    PAID = "paid"
    EXCLUDED = "excluded"
    ALREADY_PAID = "already_paid"
    HELD_AGAIN = "held_again"
    WRITTEN_OFF = "written_off"
    ENDED = "ended"
    """The run that held it was voided, so its row is a row of a log to be paid anew."""


STATE_OF_OUTCOME: Mapping[Outcome, HeldState] = {
    Outcome.PAID: HeldState.PAID,
    Outcome.EXCLUDED: HeldState.EXCLUDED,
    Outcome.ALREADY_PAID: HeldState.ALREADY_PAID,
    Outcome.BLOCKED: HeldState.HELD_AGAIN,
    Outcome.HELD: HeldState.HELD_AGAIN,
}
"""The state of a held visit once a run with this outcome of its row is closed. A blocked row is held by that run, and so is
one whose note is not signed."""


class HeldDecision(StrEnum):
    """What staff can decide about a held visit."""

    WRITE_OFF = "write_off"
    RESTORE = "restore"


_FROM_STATE = {
    HeldDecision.WRITE_OFF: HeldState.WAITING,
    HeldDecision.RESTORE: HeldState.WRITTEN_OFF,
}


@dataclass(frozen=True, slots=True)
class BlockedRow:
    """A row that a run can hold, because it blocks the draft or because its note is not signed, with what is needed to recognize its visit in a later log.

    ``identity`` is the identity of an ID that is this row's own, else "". ``day`` is ISO text, ``patient_key`` a digest;
    each fact is "" if unknown. ``provider`` and ``service`` are spelled as in the log if the setup does not know them,
    and ``provider_key`` is "" then. ``code`` and ``problem`` are the code and the sentence of the first
    finding for which it is not paid; ``column`` is the position of its column and ``heading`` that column's heading.
    """

    identity: str
    source_row: int
    column: int | None
    heading: str
    appointment: str
    day: str
    provider: str
    provider_key: str
    service: str
    patient_key: str
    code: str
    problem: str


@dataclass(frozen=True, slots=True)
class HeldVisit:
    """A blocked row that a run left for a later run. Instants are UTC text.

    ``settled_by`` is the closed run that settled it, "" if none. ``reason``, ``decided_on`` (a civil day) and
    ``decided_by`` are those of the latest decision of staff, empty if there is none.
    """

    id: int
    run_id: str
    period: Period
    sheet: str
    row: BlockedRow
    state: HeldState
    held_at: str
    held_by: str
    settled_by: str
    reason: str
    decided_on: date | None
    decided_by: str

    @property
    def day(self) -> date | None:
        """Return the day of the visit, ``None`` if the log did not say."""
        return date.fromisoformat(self.row.day) if self.row.day else None


@dataclass(frozen=True, slots=True)
class HeldRowFound:
    """The row of a later log that is a held visit, and its outcome there."""

    held_id: int
    source_row: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class DraftHolds:
    """What the approval of a draft does about held visits: it can hold ``blocked``, holds ``unsigned``, and settles ``found``.

    ``unsigned`` are the rows whose note is not signed.
    """

    blocked: tuple[BlockedRow, ...] = ()
    found: tuple[HeldRowFound, ...] = ()
    unsigned: tuple[BlockedRow, ...] = ()


def decide_held_visit(visit: HeldVisit, decision: HeldDecision, reason: str) -> str:
    """Return the reason of a decision, to be recorded with it.

    Raises HeldVisitNotOpen if the state of the visit does not allow the decision, and MissingInput without a reason.
    """
    if visit.state is not _FROM_STATE[decision]:
        raise HeldVisitNotOpen(visit.id, visit.state, visit.settled_by)
    if not reason.strip():
        raise MissingInput("reason", "A decision about a held visit needs a reason.", "Give a reason.")
    return reason.strip()


def settled_states(
    run_id: str, found: Sequence[HeldRowFound], now: Mapping[int, HeldVisit]
) -> list[tuple[int, HeldState]]:
    """Return the held visits that an approved draft settles, with their new states.

    ``found`` was recorded with the draft, and ``now`` are the same visits as they are now. Raises WrittenOffMeanwhile or
    AlreadyPaidElsewhere if the draft pays a visit that was written off or paid since.
    """
    paid = [now[one.held_id] for one in found if one.outcome is Outcome.PAID]
    written_off = [visit for visit in paid if visit.state is HeldState.WRITTEN_OFF]
    if written_off:
        raise WrittenOffMeanwhile(run_id, len(written_off))
    elsewhere = [visit.settled_by for visit in paid if visit.state is HeldState.PAID]
    if elsewhere:
        raise AlreadyPaidElsewhere(run_id, elsewhere[0], len(elsewhere))
    return [
        (one.held_id, STATE_OF_OUTCOME[one.outcome])
        for one in found
        if now[one.held_id].state is HeldState.WAITING
    ]


def waiting_of(held: Sequence[HeldVisit]) -> list[HeldVisit]:
    """Return the held visits that wait for a later run."""
    return [visit for visit in held if visit.state is HeldState.WAITING]

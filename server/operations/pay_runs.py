"""Pay runs: listed, approved and voided (rule: pay-runs)."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.billing.payroll.recorded_runs import RunHeader, RunState
from server.billing.payroll.review_flags import ReviewFlag
from server.billing.payroll.run_states import RunAction, decide_run_action
from server.errors import (
    AlreadyPaidElsewhere,
    DraftOvertaken,
    ReasonNeeded,
    RunHasBlockers,
    RunIsVoided,
    SimilarVisitsPaid,
    UnknownRun,
    WrittenOffMeanwhile,
)
from server.ledger.payroll.drafts import DraftBasis
from server.operations.operation import operation
from server.operations.session import Session


@operation()
def list_runs(session: Session) -> list[RunHeader]:
    """Return every pay run of the clinic, the latest period first."""
    with session.reading() as books:
        return books.runs()


@operation(UnknownRun)
def find_run(session: Session, run_id: str) -> RunHeader:
    """Return one pay run."""
    with session.reading() as books:
        return books.run(run_id)


@dataclass(frozen=True, slots=True)
class DraftOnRecord:
    """What a draft was made from, the version the setup has now, and the runs closed since.

    ``is_paid_elsewhere`` says whether another run has paid a visit of it.
    """

    basis: DraftBasis
    setup_version: str
    closed_since: frozenset[str]
    is_paid_elsewhere: bool

    @property
    def is_setup_changed(self) -> bool:
        """Return whether the pay rules of the setup changed since the draft was made."""
        return self.basis.setup_version != self.setup_version

    @property
    def is_of_earlier_version(self) -> bool:
        """Return whether an earlier version made the draft, which did not keep all of what it was made from."""
        return self.basis.flags is None

    @property
    def flags(self) -> tuple[ReviewFlag, ...]:
        """Return what the draft was flagged for, as far as that was kept."""
        return self.basis.flags or ()


@operation(UnknownRun)
def draft_on_record(session: Session, run_id: str) -> DraftOnRecord:
    """Return what a draft was made from and what changed since."""
    with session.reading() as books:
        return DraftOnRecord(
            books.draft_basis(run_id),
            books.setup().pay_version,
            frozenset(books.runs_closed_since(run_id)),
            books.has_paid_elsewhere(run_id),
        )


@dataclass(frozen=True, slots=True)
class ClosedRun:
    """A closed run, and whether it was closed already before this request."""

    run: RunHeader
    was_closed: bool


@operation(
    UnknownRun,
    RunIsVoided,
    RunHasBlockers,
    DraftOvertaken,
    AlreadyPaidElsewhere,
    SimilarVisitsPaid,
    WrittenOffMeanwhile,
)
def close_run(
    session: Session,
    seen: RunHeader,
    setup_version: str,
    ticked: Sequence[ReviewFlag],
    *,
    holds_rows: bool = False,
) -> ClosedRun:
    """Approve exactly the draft that the person saw, with this version of the setup (rule: pay-runs#closing).

    Its lines never change again, and nothing in it is paid twice. ``ticked`` are the flags that the person ticked as seen;
    they are recorded (rule: pay-runs#seen-flags). With ``holds_rows``, its blocked rows are held for a later run. A run that
    is closed already stays as it is. Raises DraftOvertaken if the draft or the setup changed since, or if a flag of the
    draft is not ticked.
    """
    books = session.books
    now = books.run(seen.id)
    if now.state is RunState.CLOSED:
        return ClosedRun(now, was_closed=True)
    decide_run_action(now, RunAction.HOLD if holds_rows else RunAction.CLOSE)
    flags = books.draft_basis(seen.id).flags or ()
    if now != seen or books.setup().pay_version != setup_version or flags != tuple(ticked):
        raise DraftOvertaken(seen.id)
    closed = books.close_run(seen.id, session.person.name, ticked, holds_rows=holds_rows)
    return ClosedRun(closed, was_closed=False)


@operation(UnknownRun, RunIsVoided, DraftOvertaken, ReasonNeeded)
def void_run(session: Session, seen: RunHeader, reason: str) -> RunHeader:
    """Void exactly the draft or the closed run that the person saw; its appointments can be paid again.

    Raises DraftOvertaken if the run changed since.
    """
    now = session.books.run(seen.id)
    decide_run_action(now, RunAction.VOID, reason)
    if now != seen:
        raise DraftOvertaken(seen.id)
    return session.books.void_run(seen.id, reason, session.person.name)

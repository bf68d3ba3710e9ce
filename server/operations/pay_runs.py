"""Pay runs: listed, approved and voided (rule: pay-runs)."""

from dataclasses import dataclass

from server.billing.payroll.recorded_runs import RunHeader, RunState
from server.billing.payroll.run_states import RunAction, decide_run_action
from server.errors import (
    AlreadyPaidElsewhere,
    DraftOvertaken,
    ReasonNeeded,
    RunHasBlockers,
    RunIsVoided,
    SimilarVisitsPaid,
    UnknownRun,
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


@operation(UnknownRun, RunIsVoided, RunHasBlockers, DraftOvertaken, AlreadyPaidElsewhere, SimilarVisitsPaid)
def close_run(session: Session, seen: RunHeader, setup_version: str) -> ClosedRun:
    """Approve exactly the draft that the person saw, with this version of the setup (rule: pay-runs#closing).

    Its lines never change again, and nothing in it is paid twice. A run that is closed already stays as it is.
    Raises DraftOvertaken if the draft or the setup changed since.
    """
    books = session.books
    now = books.run(seen.id)
    if now.state is RunState.CLOSED:
        return ClosedRun(now, was_closed=True)
    decide_run_action(now, RunAction.CLOSE)
    if now != seen or books.setup().pay_version != setup_version:
        raise DraftOvertaken(seen.id)
    return ClosedRun(books.close_run(seen.id, session.person.name), was_closed=False)


@operation(UnknownRun, RunIsVoided, ReasonNeeded)
def void_run(session: Session, run_id: str, reason: str) -> RunHeader:
    """Void a draft or a closed run; its appointments can be paid again."""
    return session.books.void_run(run_id, reason, session.person.name)

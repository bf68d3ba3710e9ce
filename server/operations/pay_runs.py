"""Pay runs: listed, approved and voided (rule: pay-runs)."""

from dataclasses import dataclass
from datetime import date

from server.billing.clinics import Setup
from server.billing.payroll.pay_history import pay_date_of
from server.billing.payroll.recorded_runs import RunHeader, RunState
from server.billing.payroll.review_flags import ReviewFlag
from server.billing.payroll.run_states import RunAction, decide_run_action
from server.errors import (
    AdjustmentsOvertaken,
    AlreadyPaidElsewhere,
    DraftOvertaken,
    PayItemsOvertaken,
    PaymentsOvertaken,
    PayPlansOvertaken,
    ReasonNeeded,
    RunHasBlockers,
    RunIsBuiltOn,
    RunIsVoided,
    SecondPersonNeeded,
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

    ``is_paid_elsewhere`` says whether another run has paid a visit of it; ``pay_date`` is the day that the setup gives it now.
    """

    basis: DraftBasis
    setup_version: str
    closed_since: frozenset[str]
    is_paid_elsewhere: bool
    pay_date: date | None = None

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
        basis, setup = books.draft_basis(run_id), books.setup()
        return DraftOnRecord(
            basis,
            setup.pay_version,
            frozenset(books.runs_closed_since(run_id)),
            books.has_paid_elsewhere(run_id),
            _pay_date_now(books.run(run_id), basis, setup),
        )


def _pay_date_now(run: RunHeader, basis: DraftBasis, setup: Setup) -> date | None:
    """Return the pay date that a draft would have if it was generated now. A day that a person gave stays."""
    return run.pay_date if basis.answers.get("pay_date") else pay_date_of(setup.clinic, run.period)


@dataclass(frozen=True, slots=True)
class ClosedRun:
    """A closed run, and whether it was closed already before this request."""

    run: RunHeader
    was_closed: bool


@operation(SecondPersonNeeded)
def check_approver(session: Session, run: RunHeader) -> None:
    """Raise SecondPersonNeeded if the clinic wants another person's approval (rule: pay-runs#two-people)."""
    with session.reading() as books:
        _check_approver(session, run, books.setup())


def _check_approver(session: Session, run: RunHeader, setup: Setup) -> None:
    if setup.clinic.two_people_approve and run.made_by == session.person.name:
        raise SecondPersonNeeded(run.id, run.made_by)


@operation(
    UnknownRun,
    RunIsVoided,
    RunHasBlockers,
    DraftOvertaken,
    AlreadyPaidElsewhere,
    SimilarVisitsPaid,
    AdjustmentsOvertaken,
    PayItemsOvertaken,
    PayPlansOvertaken,
    PaymentsOvertaken,
    WrittenOffMeanwhile,
    SecondPersonNeeded,
)
def close_run(
    session: Session,
    seen: RunHeader,
    on_record: DraftOnRecord,
    *,
    holds_rows: bool = False,
) -> ClosedRun:
    """Approve exactly the draft that the person saw, with this version of the setup and the pay date it gives (rule: pay-runs#closing).

    Its lines never change again, and nothing in it is paid twice. The flags ``on_record`` are those that the person ticked as seen;
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
    setup = books.setup()
    _check_approver(session, now, setup)
    paid_on = _pay_date_now(now, books.draft_basis(seen.id), setup)
    is_same = (setup.pay_version, paid_on, flags) == (
        on_record.setup_version,
        on_record.pay_date,
        on_record.flags,
    )
    if now != seen or not is_same:
        raise DraftOvertaken(seen.id)
    closed = books.close_run(seen.id, session.person.name, on_record.flags, holds_rows=holds_rows)
    return ClosedRun(closed, was_closed=False)


@operation(RunIsBuiltOn)
def check_void(session: Session, run: RunHeader) -> None:
    """Raise RunIsBuiltOn if later approved runs are based on a run, so that it cannot be voided (rule: pay-runs#voiding)."""
    with session.reading() as books:
        if later := books.runs_built_on(run.id):
            raise RunIsBuiltOn(run.id, later)


@operation(UnknownRun, RunIsVoided, RunIsBuiltOn, DraftOvertaken, ReasonNeeded)
def void_run(session: Session, seen: RunHeader, reason: str) -> RunHeader:
    """Void exactly the draft or the closed run that the person saw; its appointments can be paid again.

    Raises DraftOvertaken if the run changed since.
    """
    now = session.books.run(seen.id)
    decide_run_action(now, RunAction.VOID, reason)
    if now != seen:
        raise DraftOvertaken(seen.id)
    return session.books.void_run(seen.id, reason, session.person.name)

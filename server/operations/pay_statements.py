"""Statements of pay: what a run pays each provider, for files that go to one provider each."""

from server.billing.clinics import Setup
from server.billing.payroll.held_on_paper import held_on_paper
from server.billing.payroll.pay_statements import StatedRun, statements_of
from server.billing.payroll.recorded_runs import RunState
from server.billing.payroll.register import PayRegister, register_of
from server.errors import UnknownRun, count_of
from server.ledger.payroll.held_visits import HeldVisitFilter
from server.ledger.payroll.statement_exports import EXPORT_STATEMENTS, StatementExport
from server.operations.operation import operation
from server.operations.pay_history import changes_of_run, history_on_record
from server.operations.run_papers import state_line_of
from server.operations.session import Session


@operation(UnknownRun)
def export_statements(session: Session, run_id: str) -> StatedRun:
    """Return the statements of a run in any state, and record that they were taken out of the books."""
    made, _ = _stated_run(session, run_id)
    session.record_view(EXPORT_STATEMENTS, f"{run_id}: {count_of(len(made.statements), 'provider')}")
    return made


@operation(UnknownRun)
def export_register(session: Session, run_id: str) -> PayRegister:
    """Return the payroll register of a run in any state, and record that it was taken out of the books."""
    made, setup = _stated_run(session, run_id)
    session.record_view("export payroll register", f"{run_id}: {count_of(len(made.statements), 'provider')}")
    return register_of(made, setup.providers)


def _stated_run(session: Session, run_id: str) -> tuple[StatedRun, Setup]:
    """Return the statements of a run, and the setup."""
    with session.reading() as books:
        setup, run = books.setup(), books.run(run_id)
        lines, rates = books.lines_of_run(run_id)
        changes = changes_of_run(books, run_id)
        held = books.held_visits.find(HeldVisitFilter(run_id=run_id)) if run.state is RunState.CLOSED else ()
        history = None if run.state is RunState.VOIDED else history_on_record(books, run, setup.providers)
    made = StatedRun(
        clinic=setup.clinic,
        run=run,
        statements=statements_of(
            lines,
            rates,
            setup,
            history,
            held=held_on_paper((visit.row for visit in held), setup.services),
            changes=changes,
        ),
        state=state_line_of(run),
        history=history,
    )
    return made, setup


@operation(UnknownRun)
def statements_saved(session: Session, run_id: str) -> list[StatementExport]:
    """Return each time that the statements of a run were saved as files, the first one first."""
    with session.reading() as books:
        books.run(run_id)
        return books.statement_exports(run_id)

"""Statements of pay: what a run pays each provider, for files that go to one provider each."""

from server.billing.payroll.pay_statements import StatedRun, statements_of
from server.billing.payroll.recorded_runs import RunState
from server.errors import UnknownRun, count_of
from server.operations.operation import operation
from server.operations.pay_history import history_on_record
from server.operations.run_papers import state_line_of
from server.operations.session import Session


@operation(UnknownRun)
def export_statements(session: Session, run_id: str) -> StatedRun:
    """Return the statements of a run in any state, and record that they were taken out of the books."""
    with session.reading() as books:
        setup, run = books.setup(), books.run(run_id)
        lines, rates = books.lines_of_run(run_id)
        history = (
            None
            if run.state is RunState.VOIDED
            else history_on_record(books, run, lines, rates, setup.providers)
        )
    made = StatedRun(
        clinic=setup.clinic,
        run=run,
        statements=statements_of(lines, rates, setup, history),
        state=state_line_of(run),
        history=history,
    )
    session.record_view("export statements", f"{run_id}: {count_of(len(made.statements), 'provider')}")
    return made

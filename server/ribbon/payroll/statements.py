"""Save statements: the statement of each provider of a run as a file of its own, all of them in one zip."""

from server.billing.money import dollars
from server.billing.payroll.pay_periods import in_words
from server.billing.payroll.recorded_runs import RunState
from server.errors import count_of
from server.operations import pay_runs
from server.operations.pay_statements import export_statements
from server.papers.statement_files import StatementFormat, statement_files, zip_files
from server.ribbon.context import ClickContext, question
from server.ribbon.payroll.pay_runs import ask_which, chosen_run, figures_of
from server.ribbon.protocol import Reply


def save_statements(context: ClickContext) -> Reply:
    """Hand over the statements of the run that the workbook shows, or of the one the click names."""
    made_as = StatementFormat(context.chosen_word("format", list(StatementFormat)) or StatementFormat.BOTH)
    run = chosen_run(context)
    if run is None:
        which = ask_which(pay_runs.list_runs(context.session), "There is no pay run yet.")
        return question("Save the statements of which run?", which)
    stated = export_statements(context.session, run.id)
    content = zip_files(statement_files(stated, made_as, context.today), context.today)
    providers = count_of(len(stated.statements), "provider")
    total = dollars(sum(statement.total.total_cents for statement in stated.statements))
    state = "" if run.state is RunState.CLOSED else f" {stated.state_sentence}"
    return Reply(
        summary=f"Statements for {in_words(run.period)}: {providers}, {total}, one file each.{state}",
        level="done" if run.state is RunState.CLOSED else "review",
        figures=figures_of(run) | {"providers": len(stated.statements)},
        file=context.hand_over(content, f"{run.id} statements", "zip"),
    )

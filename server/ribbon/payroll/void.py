"""Void run: the run of the workbook in front is taken back, for a reason; its appointments can be paid again."""

from collections.abc import Sequence

from server.billing.days import us
from server.billing.payroll.recorded_runs import RunHeader, RunState
from server.billing.payroll.run_states import RunAction, is_open, open_rule
from server.billing.people import by_person
from server.billing.question_numbers import numbered_answer
from server.errors import list_names
from server.ledger.payroll.statement_exports import StatementExport
from server.operations import pay_runs
from server.operations.pay_statements import statements_saved
from server.ribbon.context import ClickContext, question
from server.ribbon.payroll.pay_runs import ask_which, chosen_run, figures_of, provider_names, total_words
from server.ribbon.payroll.run_questions import REASON, VOID, run_number
from server.ribbon.payroll.run_state_edits import shows_state, with_state_shown
from server.ribbon.protocol import AskedChoice, AskedField, Reply

NONE_TO_VOID = "There is no pay run to void."
VOID_LABEL = "Void run"
WHY = "Reason"


def void(context: ClickContext) -> Reply:
    """Void a run, with a reason, after its total was shown (rule: pay-runs#asked-first).

    A click that names the run and the reason says all that is asked.
    """
    run = chosen_run(context)
    if run is None:
        return question("Void which pay run?", ask_which(_open_to_void(context), NONE_TO_VOID))
    if run.state is RunState.VOIDED and (shown := _voided_before(context, run)):
        return shown
    open_rule(run, RunAction.VOID)
    pay_runs.check_void(context.session, run)
    answers = context.click.answers()
    reason, number, answer = answers.get(REASON, ""), run_number(run), answers.get(VOID, "")
    confirmed, is_stated = numbered_answer(VOID, number), not answer and "run" in answers
    if reason and (is_stated or answer == confirmed):
        return _void_reply(context, run, reason)
    overtaken = (
        f"Run {run.id} changed since you were asked. Nothing was voided. " if answer and reason else ""
    )
    told = _told_of_statements(context, run, "Afterwards, tell")
    title = f"{overtaken}Void {total_words(run)}? The run is {_state_words(run)}. {told}".rstrip()
    choices = [AskedChoice(value=confirmed, label=VOID_LABEL)]
    return question(
        title,
        AskedField(name=REASON, label=WHY, default=reason or None),
        AskedField(name=VOID, label=VOID_LABEL, kind="buttons", choices=choices),
    )


def _void_reply(context: ClickContext, run: RunHeader, reason: str) -> Reply:
    voided = pay_runs.void_run(context.session, run, reason)
    told = _told_of_statements(context, run, "Tell")
    summary = f"Run {voided.id} is voided. Its appointments can be paid again. {told}".rstrip()
    return with_state_shown(context, voided, Reply(summary=summary, figures=figures_of(voided)))


def _voided_before(context: ClickContext, run: RunHeader) -> Reply | None:
    """Return the reply that only makes the sheets of this workbook say so, ``None`` if they do or if it has none."""
    summary = f"Run {run.id} was voided before. The reason given: “{run.void_reason}”. Nothing to do."
    reply = with_state_shown(context, run, Reply(summary=summary, figures=figures_of(run)))
    return reply if reply.edits and not shows_state(context, run) else None


def _open_to_void(context: ClickContext) -> list[RunHeader]:
    return [run for run in pay_runs.list_runs(context.session) if is_open(run.state, RunAction.VOID)]


def _told_of_statements(context: ClickContext, run: RunHeader, tell: str) -> str:
    """Return what to do about the statements of a run that is voided, "" if there can be none outside.

    ``tell`` is the verb. Files that were saved are in the books; what was printed from the workbook is not.
    """
    saved = statements_saved(context.session, run.id)
    if not saved and run.state is RunState.DRAFT:
        return ""
    people = list_names(provider_names(run)) if provider_names(run) else "the providers"
    void = f"{tell} {people} that the statement is void, and mark or destroy printed copies."
    if not saved:
        return f"If statements of this run were printed or mailed: {void[0].lower()}{void[1:]}"
    return f"Statements of this run were saved as files {_times_in_words(saved)}. If they were mailed: {void[0].lower()}{void[1:]}"


def _times_in_words(saved: Sequence[StatementExport]) -> str:
    """Return how often statements were saved, and when and by whom the last time: ``2 times, last on 11/02/2026 by A``."""
    last = saved[-1]
    when = f" on {us(last.day)}" if last.day else ""
    often = "" if len(saved) == 1 else f"{len(saved):,} times, last"
    return f"{often}{when}{by_person(last.person)}".strip()


def _state_words(run: RunHeader) -> str:
    return "approved" if run.state is RunState.CLOSED else "a draft"

"""Approve payroll: the draft of the workbook in front becomes a run that never changes."""

from collections.abc import Sequence
from dataclasses import astuple

from server.billing.days import us
from server.billing.money import dollars
from server.billing.payroll.pay_periods import in_words
from server.billing.payroll.recorded_runs import RunHeader, RunState
from server.billing.payroll.review_flags import count_flagged
from server.billing.payroll.run_states import RunAction, is_open
from server.billing.question_numbers import numbered_answer
from server.errors import MissingSheet, RunIsVoided, count_of
from server.ledger.clock import civil_day
from server.operations import pay_runs
from server.operations.pay_runs import DraftOnRecord
from server.operations.payroll import setup_for_logs
from server.ribbon.context import ClickContext, question
from server.ribbon.payroll.draft_changes import DraftInFront, compared_draft, context_of_log, draft_in_front
from server.ribbon.payroll.generate import generate
from server.ribbon.payroll.held_rows import (
    asks_to_hold,
    held_words,
    holding_words,
    holds_rows,
    with_workbook,
    workbook_with_held_rows,
)
from server.ribbon.payroll.pay_runs import ask_which, chosen_run, figures_of, providers_in, total_words
from server.ribbon.payroll.payments import SheetsNeeded, further_sheets
from server.ribbon.payroll.run_questions import APPROVE, group_flags, listed_flags, run_number
from server.ribbon.payroll.run_state_edits import shows_state, with_state_shown
from server.ribbon.protocol import FINDINGS_SHOWN, AskedChoice, AskedField, Reply
from server.ribbon.ribbon_table import ribbon

APPROVE_LABEL = "Approve payroll"
GENERATE, AS_IT_IS = "generate", "approve"
"""The choices for a draft that differs from what its log and setup give now."""


def close(context: ClickContext) -> Reply:
    """Approve a draft: its lines never change again, and nothing in it is paid twice.

    It is the draft the click names, else the one its workbook shows, else it is asked for. It is approved only after its
    total was shown and each of its flags was ticked (rule: pay-runs#asked-first, pay-runs#seen-flags). A draft that differs
    from what its log and setup give now is approved only if the user confirms that, too.
    """
    run = chosen_run(context)
    if run is None:
        return question("Approve which draft?", ask_which(_drafts(context), "There is no draft to approve."))
    if run.state is not RunState.DRAFT and (shown := _decided_before(context, run)):
        return shown
    pay_runs.check_approver(context.session, run)
    return asks_to_hold(context, run) or _compared_first(context, run)  # refuses before any question is asked


def _compared_first(context: ClickContext, run: RunHeader) -> Reply:
    """Approve a draft that is not out of date, or that is to be approved as it is; else ask what to do."""
    stale = context.chosen_word("stale", (GENERATE, AS_IT_IS))
    if stale == AS_IT_IS:
        return _asked_first(context, run)
    draft = draft_in_front(context, run)
    if draft.lacks_log and not _was_asked_for(context, draft.log_sheet):
        setup, _ = setup_for_logs(context.session)
        return _ask_for_sheets(draft.log_sheet, further_sheets(setup))
    if stale == GENERATE:
        return _generated_again(context, draft)
    compared = compared_draft(context, draft)
    if compared.changes:
        return _what_to_do(draft, compared.changes)
    held = workbook_with_held_rows(context, run, compared)
    return with_workbook(context, held, _asked_first(context, run, _not_compared(draft)))


def _drafts(context: ClickContext) -> list[RunHeader]:
    """Return the drafts that pay or hold something. Older versions recorded drafts that pay nothing."""
    return [
        run
        for run in pay_runs.list_runs(context.session)
        if is_open(run.state, RunAction.CLOSE) and (run.paid or run.is_adjusted or run.held)
    ]


def _decided_before(context: ClickContext, run: RunHeader) -> Reply | None:
    """Return the reply about an approved or voided run, ``None`` if the refusal says it all."""
    return _approved_before(context, run) if run.state is RunState.CLOSED else _voided_before(context, run)


def _approved_before(context: ClickContext, run: RunHeader) -> Reply:
    day = civil_day(run.closed_at)
    when = f" on {us(day)}" if day else ""
    lines = count_of(run.paid, "line")
    summary = f"Run {run.id} was approved{when} ({lines}, {dollars(run.total_cents)}). Nothing to do."
    return with_state_shown(context, run, Reply(summary=summary, figures=figures_of(run)))


def _voided_before(context: ClickContext, run: RunHeader) -> Reply | None:
    """Return the reply that makes the sheets of this workbook say void, ``None`` if they do or if it has none."""
    refusal = RunIsVoided(run.id, run.void_reason)
    summary = f"{refusal} {refusal.remedy}"
    reply = with_state_shown(context, run, Reply(summary=summary, level="blocked", figures=figures_of(run)))
    return reply if reply.edits and not shows_state(context, run) else None


def _was_asked_for(context: ClickContext, sheet: str) -> bool:
    return sheet.strip().casefold() in {name.strip().casefold() for name in context.click.asked_sheets}


def _ask_for_sheets(log: str, further: Sequence[str]) -> Reply:
    """Ask the add-in, not the biller, for the sheet of the log and the sheets that are read beside it."""
    beside = ribbon().find_button("payroll.generate").reads_beside
    title = f"The draft is compared with its log, so the sheet “{log}” has to be sent too."
    return SheetsNeeded(title, log, *beside, *further).reply()


def _not_compared(draft: DraftInFront) -> str:
    if not draft.lacks_log:
        return ""
    return (
        f"It was not compared with its log, because this workbook has no sheet “{draft.log_sheet}” any more."
    )


def _what_to_do(draft: DraftInFront, changes: list[str]) -> Reply:
    """Ask what to do about a draft that differs from what its log and setup give now; no answer is preselected."""
    run, choices = draft.run, []
    if draft.log:
        label = "Generate again now; approve it afterwards"
        choices.append(AskedChoice(value=GENERATE, label=label))
    if not (draft.on_record.is_paid_elsewhere and choices):
        label = f"Approve the draft as it is: {providers_in(run)}, {dollars(run.total_cents)}"
        choices.append(AskedChoice(value=AS_IT_IS, label=label))
    label = f"What do you want to do with run {run.id} ({in_words(run.period)})?"
    return question(
        " ".join(changes), AskedField(name="stale", label=label, kind="choice", choices=choices), more=label
    )


def _generated_again(context: ClickContext, draft: DraftInFront) -> Reply:
    """Generate payroll again with the draft's log and period."""
    if draft.log is None:
        raise MissingSheet(
            f"The log of run {draft.run.id} was not sent with the click.",
            "Open the workbook with its log and press Generate payroll there.",
        )
    reply = generate(context_of_log(context, draft, draft.log))
    if reply.asks is not None or not reply.figures["run"]:
        return reply
    summary = f"{reply.summary} Review it, then press Approve payroll again."
    return reply.model_copy(update={"summary": summary})


def _asked_first(context: ClickContext, run: RunHeader, remark: str = "") -> Reply:
    """Approve a draft if the click answers the question about it as it is now, else ask."""
    on_record = pay_runs.draft_on_record(context.session, run.id)
    flags, answers = on_record.flags, context.click.answers()
    number = run_number(run, on_record.setup_version, on_record.pay_date, [astuple(flag) for flag in flags])
    groups = group_flags(flags, run.id)
    ticked = [group.ticked_in(answers) for group in groups]
    count = count_flagged(flags)
    missing = count - sum(group.count_ticked(ticks) for group, ticks in zip(groups, ticked, strict=True))
    confirmed, answer = numbered_answer(APPROVE, number), answers.get(APPROVE, "")
    if answer == confirmed and not missing:
        return _approval(context, run, on_record, remark)
    why = ""
    if answer == confirmed:
        why = f"{missing:,} of {count_of(count, 'item')} {'is' if missing == 1 else 'are'} not ticked yet. "
    elif answer:
        why = "The draft or its setup changed since you were asked. Nothing was approved. "
    flagged = f"{count_of(count, 'item')} {'was' if count == 1 else 'were'}" if count else "Nothing was"
    paid_on = f", pay date {us(run.pay_date)}" if run.pay_date else ""
    holding = holding_words(context, run)
    question_text = f"{why}Approve {total_words(run)}{paid_on}?"
    title = " ".join(filter(None, (question_text, holding, remark, f"{flagged} flagged for review.")))
    fields = [group.field(ticks) for group, ticks in zip(groups, ticked, strict=True)]
    choices = [AskedChoice(value=confirmed, label=APPROVE_LABEL)]
    button = AskedField(name=APPROVE, label=APPROVE_LABEL, kind="buttons", choices=choices)
    reply = question(title, *fields, button)
    found = listed_flags(flags, FINDINGS_SHOWN)
    return reply.model_copy(update={"findings": found, "findings_total": count})


def _approval(context: ClickContext, run: RunHeader, on_record: DraftOnRecord, remark: str) -> Reply:
    """Approve exactly this draft with this setup. A change before it is recorded stops the approval."""
    holds = holds_rows(context, run)
    closed = pay_runs.close_run(
        context.session,
        run,
        on_record,
        holds_rows=holds,
    )
    if closed.was_closed:
        return _approved_before(context, closed.run)
    approved = closed.run
    people, total = providers_in(approved), dollars(approved.total_cents)
    summary = f"Run {approved.id} ({in_words(approved.period)}) is approved: {people}, {total}."
    sentences = [summary, held_words(approved.held), remark]
    level = "review" if remark else "done"
    summary = " ".join(filter(None, sentences))
    reply = Reply(summary=summary, level=level, figures=figures_of(approved))
    return with_state_shown(context, approved, reply)

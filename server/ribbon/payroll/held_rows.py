"""Rows that the approval of a draft holds for a later run: blocked rows if staff say so, and those whose note is not signed
(rule: pay-runs#held-rows).
"""

from dataclasses import replace
from datetime import date

from server.billing.days import us
from server.billing.payroll.held_on_paper import held_on_paper, visits_by_provider
from server.billing.payroll.held_visits import BlockedRow
from server.billing.payroll.pay_periods import in_words
from server.billing.payroll.pay_run import Outcome, PayRun
from server.billing.payroll.recorded_runs import RunHeader
from server.billing.payroll.run_columns import UnpaidRows
from server.billing.payroll.run_states import RunAction, decide_run_action
from server.errors import Severity, count_of
from server.errors.held_visits import NO_PROVIDER
from server.operations.held_visits import rows_to_hold
from server.operations.pay_runs import draft_on_record
from server.ribbon.context import ClickContext, question
from server.ribbon.payroll.draft_changes import ComparedDraft
from server.ribbon.protocol import FINDINGS_SHOWN, AskedField, Reply, ReplyFinding
from server.sheets import cell_addresses
from server.sheets.payroll.payroll_workbook import sheet_names, write_payroll
from server.sheets.payroll.tables import SUMMARY_NAME

HOLD_ROWS = "hold-rows"
"""The input that says whether the blocked rows of the draft are held for a later run."""


def asks_to_hold(context: ClickContext, run: RunHeader) -> Reply | None:
    """Return the question whether the blocked rows of a draft are held, ``None`` if it need not be asked.

    Raises RunHasBlockers if they are not to be held, or cannot be.
    """
    is_held = context.yes_or_no(HOLD_ROWS)
    rows = rows_to_hold(context.session, run.id).blocked if run.blocked and is_held is not False else ()
    decide_run_action(run, RunAction.HOLD if len(rows) == run.blocked else RunAction.CLOSE)
    if not run.blocked or is_held:
        return None
    count = count_of(run.blocked, "row")
    title = f"{count} of run {run.id} ({in_words(run.period)}) {_are(run.blocked)} blocked."
    them = "it" if run.blocked == 1 else "them"
    label = f"Hold {them} for a later run, and approve the {count_of(run.paid, 'visit')} that can be paid?"
    asked = question(title, AskedField(name=HOLD_ROWS, label=label, kind="yes-no"), more=label)
    sheet = draft_on_record(context.session, run.id).basis.log_sheet
    listed = [_finding_of_row(row, sheet) for row in rows[:FINDINGS_SHOWN]]
    return asked.model_copy(update={"findings": listed, "findings_total": len(rows)})


def holds_rows(context: ClickContext, run: RunHeader) -> bool:
    """Return whether the approval holds the blocked rows of a draft."""
    return bool(run.blocked and context.yes_or_no(HOLD_ROWS))


def holding_words(context: ClickContext, run: RunHeader) -> str:
    """Return the sentences about the rows that an approval is going to hold: how many, whose. "" if there are none."""
    holds_blocked = holds_rows(context, run)
    if not holds_blocked and not run.held:
        return ""
    holds = rows_to_hold(context.session, run.id)
    visits = [*holds.unsigned, *(holds.blocked if holds_blocked else ())]
    count, unsigned = len(visits), len(holds.unsigned)
    why = f" ({unsigned:,} because the note is not signed)" if unsigned else ""
    return (
        f"{count_of(count, 'visit')} {_are(count)} not paid now and will be held for the next run{why}: "
        f"{visits_by_provider([row.provider for row in visits])}. {_come_back(count)}"
    )


def held_words(held: int) -> str:
    """Return the sentence about the rows that an approval has held, "" if there are none."""
    return f"{count_of(held, 'visit')} {_are(held)} held for the next run." if held else ""


def _come_back(count: int) -> str:
    it = "It comes" if count == 1 else "They come"
    return f"{it} back by {'itself' if count == 1 else 'themselves'} in the next log that has {'it' if count == 1 else 'them'}."


def workbook_with_held_rows(context: ClickContext, run: RunHeader, compared: ComparedDraft) -> bytes | None:
    """Return the sheets of a draft whose blocked rows its approval holds, ``None`` if it holds none.

    Without the log they cannot be written again. Call this before the approval: after it, the visits of the run are paid.
    """
    calculated, setup = compared.calculated, compared.setup
    if calculated is None or setup is None or not holds_rows(context, run):
        return None
    shown = with_held_rows(calculated.run)
    held = held_on_paper((*calculated.holds.unsigned, *calculated.holds.blocked), setup.services)
    return write_payroll(
        shown, setup.providers, services=setup.services, history=calculated.history, held=held
    )


def with_workbook(context: ClickContext, workbook: bytes | None, reply: Reply) -> Reply:
    """Return the reply of an approval with the sheets that were written again, if any were."""
    if workbook is None or reply.asks is not None:
        return reply
    output = context.keep(workbook, sheet_names(workbook))
    return reply.model_copy(update={"output": output, "activate": SUMMARY_NAME})


def with_held_rows(run: PayRun) -> PayRun:
    """Return a run with its blocked rows held."""
    unpaid = run.unpaid
    outcomes = unpaid.outcome.astype(object).replace({Outcome.BLOCKED.value: Outcome.HELD.value})
    return replace(
        run, unpaid=UnpaidRows.of_frame(unpaid.frame().assign(outcome=outcomes.astype("category")))
    )


def _finding_of_row(row: BlockedRow, sheet: str) -> ReplyFinding:
    """Return a blocked row as the reply lists it: its cell, provider, day, and what is wrong."""
    facts = [row.provider or NO_PROVIDER, _us_day(row.day) or "no date"]
    return ReplyFinding(
        severity=Severity.BLOCKER,
        code=row.code,
        sheet=sheet,
        cell=cell_addresses.cell(row.column, row.source_row),
        row=row.source_row,
        column=row.heading,
        message=f"{', '.join(facts)}: {row.problem}",
        remedy="Correct the row and generate payroll again, or hold it for a later run.",
    )


def _us_day(day: str) -> str:
    """Return an ISO day as 10/31/2026, "" if there is none."""
    return us(date.fromisoformat(day)) if day else ""


def _are(count: int) -> str:
    return "is" if count == 1 else "are"

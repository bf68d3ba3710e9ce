"""The sheets of a run in the workbook of the click: they show the state of the run as it is now."""

from collections.abc import Iterator

from server.billing.payroll.recorded_runs import RunHeader
from server.billing.payroll.state_lines import StateLine, StateTone
from server.operations.run_papers import state_line_of
from server.ribbon.context import ClickContext
from server.ribbon.payroll.pay_runs import run_in_front, runs_output
from server.ribbon.protocol import Edit, Reply
from server.sheets import cell_addresses
from server.sheets.payroll.pay_runs_sheet import RUNS, RUNS_KIND
from server.sheets.payroll.payroll_workbook import PAYROLL
from server.sheets.payroll.register_sheet import REGISTER_KIND
from server.sheets.payroll.tables import SUMMARY_NAME
from server.sheets.xlsx.style import TONE_FILLS

WIDEST = 200
"""Columns of the widest area that shows a state; what is wider was not written by us."""

OLD_REGISTER = "OUT OF DATE: press Payroll register again"

OLD_SHEETS = "The payroll sheets of this workbook are of an earlier version and still show the state they were written in."


def with_state_shown(context: ClickContext, run: RunHeader, reply: Reply) -> Reply:
    """Return the reply with what makes the sheets of this workbook show the state of a run.

    Only sheets of this run are changed: the Payroll Summary says whose they are. A list of past runs is written again.
    """
    edits = list(_state_edits(context, run))
    summary, level = reply.summary, reply.level
    written = context.click.workbook.written or []
    if not edits and _shows(context, run) and any(sheet.kind == PAYROLL for sheet in written):
        summary, level = f"{summary} {OLD_SHEETS}", "review"
    changed: dict[str, object] = {"summary": summary, "level": level, "edits": [*reply.edits, *edits]}
    if any(sheet.kind == RUNS_KIND for sheet in written):
        changed["output"] = runs_output(context)
        if context.click.selection and context.click.selection.sheet == RUNS.name:
            changed["activate"] = RUNS.name
    return reply.model_copy(update=changed)


def shows_state(context: ClickContext, run: RunHeader) -> bool:
    """Return whether the Payroll Summary of the workbook shows the state of a run as it is now."""
    summary = context.click.only_sheet(SUMMARY_NAME)
    text = state_line_of(run).text
    return summary is not None and any(
        text in column for sheet in summary.worksheets() for column in sheet.columns
    )


def _shows(context: ClickContext, run: RunHeader) -> bool:
    shown = run_in_front(context.click)
    return shown is not None and shown.run_id == run.id


def _state_edits(context: ClickContext, run: RunHeader) -> Iterator[Edit]:
    """Yield an edit for each area of cells that shows the state on a sheet of this run, and on a payroll register.

    A register may be of another run, so it only says that it is out of date.
    """
    if not _shows(context, run):
        return
    line = state_line_of(run)
    outdated = StateLine(OLD_REGISTER, StateTone.WAITING)
    for sheet in context.click.workbook.written or []:
        shown = {PAYROLL: line, REGISTER_KIND: outdated}.get(sheet.kind)
        for area in (sheet.state or "").split(",") if shown else []:
            left, top, right, bottom = cell_addresses.bounds(area or "A1")
            if area and shown and top == bottom and right - left < WIDEST:
                values = [[shown.text, *[None] * (right - left)]]
                yield Edit(sheet=sheet.name, range=area, values=values, fill=f"#{TONE_FILLS[shown.tone]}")

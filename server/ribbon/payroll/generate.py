"""The Payroll group's two main buttons: check the sheet in front, and generate its payroll."""

from dataclasses import replace

import orjson

from server.billing.clinics import ImportProfile, Setup
from server.billing.money import dollars
from server.billing.names import fold
from server.billing.payroll.appointment_log import AppointmentLog
from server.billing.payroll.calculate import lacking_measures
from server.billing.payroll.held_on_paper import held_on_paper
from server.billing.payroll.pay_run import Outcome, PayRun
from server.billing.payroll.review_flags import flags_of
from server.billing.payroll.typed_hours import NO_SHEET_OF_HOURS, SheetHours
from server.concurrency import in_background
from server.errors import Finding, MissingSheet, OwnSheet, Severity, count_of
from server.errors.log_column_findings import DraftReplaced, DraftWithdrawn
from server.ledger.payroll.drafts import DraftBasis
from server.operations.payroll import (
    CalculatedRun,
    RecordedDraft,
    calculate_run,
    record_draft,
    remember_answers,
    setup_for_logs,
)
from server.ribbon.context import RESUMED, ClickContext, questions_reply, with_findings
from server.ribbon.fixes.offered_fixes import with_fixes
from server.ribbon.payroll.cell_colors import marks_of
from server.ribbon.payroll.paid_visits import (
    PAID_VISITS,
    PAID_VISITS_AGAIN,
    RATE_CHANGES,
    VANISHED_VISITS,
    VANISHED_VISITS_AGAIN,
    ask_about_reused_ids,
    ask_about_vanished,
    ask_whether_paid,
    asked_run,
)
from server.ribbon.payroll.payments import ask_for_further_sheets, is_payments_in_front, payments_of_click
from server.ribbon.payroll.run_questions import APPROVE, REASON, SEEN
from server.ribbon.payroll.run_summary import PAY_FIGURES, heading_of, paid_words, rest_words, run_figures
from server.ribbon.protocol import Reply
from server.ribbon.ribbon_table import ribbon
from server.sheets.appointment_log.appointment_shares import with_shares
from server.sheets.appointment_log.measure_columns import ask_for_measures
from server.sheets.appointment_log.reader import read_log
from server.sheets.hours import is_sheet_of_hours, read_hours
from server.sheets.payments.payments_reader import read_payments
from server.sheets.payroll.payroll_workbook import sheet_names, write_check, write_payroll
from server.sheets.payroll.tables import (
    ADJUSTMENTS,
    CHECK_NAME,
    EXCLUDED,
    FINDINGS,
    LINES,
    PAY_BY_SERVICE_NAME,
    PAYROLL_SHEETS,
    RECONCILIATION_NAME,
    SUMMARY_NAME,
)
from server.sheets.questions import Unanswered
from server.sheets.sheet import Sheet
from server.sheets.tables import HOURS
from server.sheets.xlsx.table_sheet import Banner

DAYS = {"from", "to"}
"""The inputs that name the days of the period."""

NOT_OF_THE_LOG = {
    *DAYS,
    "run",
    "stale",
    "hold-rows",
    APPROVE,
    REASON,
    PAID_VISITS,
    PAID_VISITS_AGAIN,
    VANISHED_VISITS,
    VANISHED_VISITS_AGAIN,
    RATE_CHANGES,
    RESUMED,
}
"""Inputs that do not affect how a log is read, such as which run is meant.

They are not used when a draft is generated again. Answers about paid visits are on record for each row and must not be
applied to rows that look like visits paid since.
"""


PAGES_TO_READ = {SUMMARY_NAME, PAY_BY_SERVICE_NAME, RECONCILIATION_NAME}
"""The sheets of a payroll that are no tables."""


def is_of_log(name: str) -> bool:
    """Return whether an input may affect how a log is read."""
    return name not in NOT_OF_THE_LOG and not name.startswith(SEEN)


def _is_kept(name: str) -> bool:
    """Return whether an input is kept with the draft: how its log is read, and whether its days were named."""
    return name in DAYS or is_of_log(name)


def check(context: ClickContext) -> Reply:
    """Mark and list the cells that need a person; calculates no amounts and writes no pay sheets
    (rule: payroll#check).
    """
    try:
        calculated, setup, learned = compute_run(context)
    except Unanswered as unanswered:
        return questions_reply("before this sheet can be checked", unanswered)
    run = calculated.run
    edits, left_out = marks_of(run.findings)
    output = context.keep(write_check(run, context.click.view()), [CHECK_NAME]) if run.findings else None
    summary = f"{heading_of('Checked', run)}: {count_of(run.rows_in, 'row')}. {rest_words(run)}"
    if left_out:
        summary += f" {left_out:,} more cells are listed but not marked."
    figures = {
        name: count
        for name, count in run_figures(run, {}, calculated.holds).items()
        if name not in PAY_FIGURES
    }
    reply = Reply(
        summary=summary,
        figures=figures,
        output=output,
        edits=edits,
        clear_marks=[*_sheets_to_mark(run), *_marked_before(context)],
    )
    remember_answers(context.session, learned)
    return with_findings(reply, with_fixes(run.findings, setup, context.click.answers()))


def _sheets_to_mark(run: PayRun) -> list[str]:
    """Return the sheets whose cells a check marks."""
    return [run.log.sheet, *([run.payments.sheet] if run.payments.sheet else [])]


def generate(context: ClickContext) -> Reply:
    """Write the payroll sheets for the log in front and record them as a draft run.

    If no row is paid or held, the sheets say why and no run is recorded, because there would be nothing to approve.
    """
    try:
        calculated, setup, learned = compute_run(context)
        if blocked := _blocked_hours(calculated.run):
            return _not_generated(context, blocked)
        asked = asked_run(context)
        ask_whether_paid(calculated, asked)
        ask_about_vanished(calculated, asked)
    except Unanswered as unanswered:
        return questions_reply("before payroll can be generated", unanswered)
    run = calculated.run if calculated.run.is_recorded else replace(calculated.run, id="")
    workbook = write_payroll(
        run,
        setup.providers,
        context.click.view(),
        services=setup.services,
        history=calculated.history if run.id else None,
        held=held_on_paper(calculated.holds.unsigned, setup.services),
    )
    output = in_background(context.keep, workbook, sheet_names(workbook))
    figures = run_figures(
        run, {provider.name: provider.works_as for provider in setup.providers}, calculated.holds
    )
    answers = {name: text for name, text in context.click.answers().items() if _is_kept(name)}
    basis = DraftBasis(setup.pay_version, run.log.sheet, answers, flags_of(run.findings))

    recorded = record_draft(context.session, calculated, orjson.dumps(figures), basis)
    remember_answers(context.session, learned)
    fixable = with_fixes(run.findings, setup, context.click.answers())
    findings = [*fixable, *_about_earlier_draft(run, recorded)]
    reply = Reply(
        summary=paid_words(run),
        figures=figures,
        output=output.result(),
        activate=SUMMARY_NAME,
        clear_marks=_marked_before(context),
    )
    # Rows that are blocked do not keep a draft from approval: it offers to hold them.
    reply.next = ribbon().find_button("payroll.generate").next if run.id else None
    return _level_of_unpaid(run, with_findings(reply, findings))


def _about_earlier_draft(run: PayRun, recorded: RecordedDraft) -> list[Finding]:
    """Return a finding about the earlier draft of the period, if it was withdrawn or replaced."""
    sheet = run.log.sheet
    if withdrawn := recorded.withdrawn:
        amounts = {"visits": count_of(withdrawn.paid, "visit"), "amount": dollars(withdrawn.paid_cents)}
        return [Finding(DraftWithdrawn(run=withdrawn.id, **amounts), sheet)]
    if replaced := recorded.replaced:
        return [
            Finding(DraftReplaced(appointments=count_of(len(replaced.appointments), "appointment")), sheet)
        ]
    return []


def _level_of_unpaid(run: PayRun, reply: Reply) -> Reply:
    """Return the reply with level review if nothing is paid and nothing was paid before."""
    if run.pays_something or run.count(Outcome.ALREADY_PAID) or reply.level != "done":
        return reply
    return reply.model_copy(update={"level": "review"})


def compute_run(
    context: ClickContext, *, reads_payments: bool = True
) -> tuple[CalculatedRun, Setup, ImportProfile]:
    """Read the sheet in front and calculate its run; return it with the setup and the updated import profile.

    Raises Unanswered if a question about the log or its payments is open, and SheetsNeeded if the add-in is to send the payments.
    """
    session, answers = context.session, context.click.answers()
    setup, profile = setup_for_logs(session)
    sheet = log_sheet(context)
    if reads_payments and is_payments_in_front(sheet, setup):
        return _run_of_payments(context, sheet, setup, profile)
    if is_sheet_of_hours(sheet):
        return _run_of_hours(context, sheet, setup), setup, profile
    if reads_payments:
        ask_for_further_sheets(context.click, setup)
    log, learned = read_log(sheet, context.click.workbook.name, setup, profile, answers)
    log = with_shares(log, context.click.worksheets()[1:], setup)
    payments = None
    if reads_payments:
        payments, learned = payments_of_click(context.click.worksheets(), learned, answers)
    asked = replace(asked_run(context), hours=typed_hours(context, setup))
    calculated = calculate_run(session, log, setup, asked, payments)
    ask_about_reused_ids(log, calculated, learned)
    learned = ask_for_measures(sheet, log, learned, answers, lacking_measures(calculated.run.findings))
    return calculated, setup, learned


def _run_of_payments(
    context: ClickContext, sheet: Sheet, setup: Setup, profile: ImportProfile
) -> tuple[CalculatedRun, Setup, ImportProfile]:
    """Calculate the run of a sheet of payments alone: its visits are those of approved runs."""
    payments, learned = read_payments(sheet, profile, context.click.answers())
    log = AppointmentLog.without_visits(context.click.workbook.name, sheet.name)
    calculated = calculate_run(context.session, log, setup, asked_run(context), payments)
    return calculated, setup, learned


def _run_of_hours(context: ClickContext, sheet: Sheet, setup: Setup) -> CalculatedRun:
    """Calculate the run of a sheet of hours alone, which has no visits."""
    log = AppointmentLog.without_visits(context.click.workbook.name, sheet.name)
    asked = replace(asked_run(context), hours=read_hours(sheet, setup))
    return calculate_run(context.session, log, setup, asked)


def typed_hours(context: ClickContext, setup: Setup) -> SheetHours:
    """Return what the sheet Hours beside a log says, nothing if there is none."""
    sheet = _sheet_of_hours(context)
    return read_hours(sheet, setup) if sheet else NO_SHEET_OF_HOURS


def _sheet_of_hours(context: ClickContext) -> Sheet | None:
    """Return the sheet of hours: the one in front if it is no log, else the one beside it."""
    first, *others = context.click.worksheets()
    if is_sheet_of_hours(first):
        return first
    return next((sheet for sheet in others if fold(sheet.name) == fold(HOURS.name)), None)


def _marked_before(context: ClickContext) -> list[str]:
    """Return the sheet of hours, if there is one: its cells may be marked since an earlier click."""
    sheet = _sheet_of_hours(context)
    return [sheet.name] if sheet else []


def _blocked_hours(run: PayRun) -> list[Finding]:
    """Return the blockers of the sheet Hours. A row of it cannot be held, so nothing is generated until it is corrected."""
    is_log = fold(run.log.sheet) == fold(HOURS.name) and run.rows_in > 0
    blockers = (one for one in run.findings if one.severity is Severity.BLOCKER)
    return [] if is_log else [one for one in blockers if fold(one.sheet) == fold(HOURS.name)]


def _not_generated(context: ClickContext, blocked: list[Finding]) -> Reply:
    """Return the reply that says what must be corrected on the sheet of hours, and mark its cells."""
    edits, _ = marks_of(blocked)
    rows = count_of(len({row for one in blocked for row in one.rows}), "row")
    summary = f"Payroll was not generated: {rows} of the sheet {HOURS.name} must be corrected first."
    reply = Reply(summary=summary, level="blocked", edits=edits, clear_marks=_marked_before(context))
    return with_findings(reply, blocked)


def log_sheet(context: ClickContext) -> Sheet:
    """Return the sheet in front. Refuses a sheet that Clinic Ledger wrote."""
    sheets = context.click.worksheets()
    if not sheets:
        raise MissingSheet(
            "No sheet was sent with the click.", "Go to the sheet with the appointment log and try again."
        )
    if _is_ours(sheets[0]):
        raise OwnSheet(sheets[0].name)
    return sheets[0]


def _is_ours(sheet: Sheet) -> bool:
    """Return whether Clinic Ledger wrote a sheet; a log may have the same name as one of its sheets."""
    if sheet.name not in {*PAYROLL_SHEETS, CHECK_NAME}:
        return False
    listed = {table.titles[0] for table in (LINES, EXCLUDED, FINDINGS)}
    top = sheet.columns[0][: Banner.ROWS + 1] if sheet.height else ()
    is_page = sheet.name in PAGES_TO_READ or _has_adjustments(sheet)
    return not listed.isdisjoint(map(str, top)) or is_page


def _has_adjustments(sheet: Sheet) -> bool:
    """Return whether a sheet has the headings of Adjustments below the banner; "Provider" alone may be a log's."""
    headings = [str(column[Banner.ROWS]) for column in sheet.columns if len(column) > Banner.ROWS]
    return tuple(headings[: len(ADJUSTMENTS.titles)]) == ADJUSTMENTS.titles

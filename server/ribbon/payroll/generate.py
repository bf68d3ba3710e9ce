"""The Payroll group's two main buttons: check the sheet in front, and write its payroll."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import orjson

from server.billing.clinics import ImportProfile, Setup
from server.billing.money import dollars
from server.billing.payroll.appointment_log import AppointmentLog
from server.billing.payroll.calculate import lacking_measures
from server.billing.payroll.classify import consider, visit_days
from server.billing.payroll.other_clinic import refuse_foreign
from server.billing.payroll.pay_periods import period_findings, period_of_log
from server.billing.payroll.pay_run import Outcome, PayRun
from server.errors import (
    EmptySetup,
    Finding,
    MissingSheet,
    OwnSheet,
    counted,
)
from server.ledger.clinic_books import ClinicBooks
from server.ledger.payroll.drafts import DraftBasis, KnownBy
from server.ribbon.context import ACTOR, ClickContext, Prepared, asking, with_findings
from server.ribbon.payroll.cell_colors import marks_of
from server.ribbon.payroll.paid_visits import (
    PAID_VISITS,
    PAID_VISITS_AGAIN,
    SettledRun,
    ask_whether_paid,
    settle_beside_paid,
)
from server.ribbon.payroll.run_summary import heading_of, paid_words, rest_words, run_figures
from server.ribbon.protocol import Reply
from server.sheets.appointment_log.measure_columns import ask_for_measures
from server.sheets.appointment_log.reader import read_log
from server.sheets.payroll.payroll_workbook import sheet_names, write_check, write_payroll
from server.sheets.payroll.tables import (
    CHECK_NAME,
    EXCLUDED,
    FINDINGS,
    LINES,
    PAYROLL_SHEETS,
    RECONCILIATION_NAME,
    SUMMARY_NAME,
)
from server.sheets.questions import Unanswered
from server.sheets.sheet import Sheet

NOT_OF_THE_LOG = {"from", "to", "run", "stale", "reason", PAID_VISITS, PAID_VISITS_AGAIN}
"""Inputs that say which run is meant, and not how its log is to be read.

Nor is a draft made again with what was said of paid visits: that is on record for each row, and must not be said of
rows that look like visits paid since.
"""

PAYS_NOTHING_NOW = "Generated again: the log of this period pays nothing now."
"""Why a draft is voided whose period was generated again and came out without a paid row."""


def check(context: ClickContext) -> Prepared | Reply:
    """Mark what needs a person and list it; no money, no pay sheets (rule: payroll#check)."""
    try:
        settled, _, learned = compute_run(context)
    except Unanswered as unanswered:
        return asking("before this sheet can be checked", unanswered)
    run = settled.run
    edits, left_out = marks_of(run.findings)
    output = context.keep(write_check(run), [CHECK_NAME]) if run.findings else None
    summary = f"{heading_of('Checked', run)}: {counted(run.rows_in, 'row')}. {rest_words(run)}"
    if left_out:
        summary += f" {left_out:,} more cells are listed but not marked."
    figures = {
        name: count
        for name, count in run_figures(run, {}).items()
        if name not in {"paid_cents", "already_paid_cents", "providers", "run"}
    }
    reply = Reply(summary=summary, figures=figures, output=output, edits=edits, clear_marks=[run.log.sheet])
    reply = with_findings(reply, run.findings)
    return Prepared(context.clinic_id, lambda books: _learned(books, learned, reply))


def generate(context: ClickContext) -> Prepared | Reply:
    """Write the payroll sheets for the log in front and record them as a draft run.

    Where no row is paid, the sheets say why and no run is recorded: there would be nothing to approve.
    """
    try:
        settled, setup, learned = compute_run(context)
        ask_whether_paid(settled)
    except Unanswered as unanswered:
        return asking("before payroll can be generated", unanswered)
    run = settled.run if len(settled.run.lines) else replace(settled.run, id="")
    workbook = write_payroll(run, setup.providers)
    # Kept while the run is recorded: hashing and writing 14 MB takes 45 ms, most of it without the interpreter.
    aside = ThreadPoolExecutor(1)
    output = aside.submit(context.keep, workbook, sheet_names(workbook))
    aside.shutdown(wait=False)
    figures = run_figures(run, {provider.name: provider.works_as for provider in setup.providers})
    answers = {name: text for name, text in context.click.answers().items() if name not in NOT_OF_THE_LOG}
    basis = DraftBasis(setup.pay_version, run.log.sheet, answers)

    def finish(books: ClinicBooks) -> Reply:
        findings = [*run.findings, *_recorded(books, run, settled, orjson.dumps(figures), basis)]
        reply = Reply(summary=paid_words(run), figures=figures, output=output.result(), activate=SUMMARY_NAME)
        return _learned(books, learned, _level_of_unpaid(run, with_findings(reply, findings)))

    return Prepared(context.clinic_id, finish)


def _recorded(
    books: ClinicBooks, run: PayRun, settled: SettledRun, figures: bytes, basis: DraftBasis
) -> list[Finding]:
    """Record a draft that pays something, and return what became of the earlier draft of its period.

    One that pays nothing is not recorded, and the earlier draft is voided: left alone, it could be approved
    although its log no longer gives it. What staff said about paid visits is recorded either way.
    """
    sheet = run.log.sheet
    if not len(run.lines):
        withdrawn = books.withdraw_draft(run.period, PAYS_NOTHING_NOW, ACTOR)
        settled.record_answers(books, "")
        if withdrawn is None:
            return []
        amounts = {"visits": counted(withdrawn.paid, "visit"), "amount": dollars(withdrawn.paid_cents)}
        return [Finding("draft-withdrawn", sheet, facts={"run": withdrawn.id, **amounts})]
    known_by = KnownBy(run.lines["identity"].tolist(), settled.compared)
    replaced = books.record_draft(run, known_by, figures, ACTOR, basis)
    settled.record_answers(books, run.id)
    if replaced is None:
        return []
    facts = {"appointments": counted(len(replaced.appointments), "appointment")}
    return [Finding("draft-replaced", sheet, facts=facts)]


def _level_of_unpaid(run: PayRun, reply: Reply) -> Reply:
    """Have a reply looked at where nothing is paid although nothing was paid before either."""
    if len(run.lines) or run.count(Outcome.ALREADY_PAID) or reply.level != "done":
        return reply
    return reply.model_copy(update={"level": "review"})


def compute_run(context: ClickContext) -> tuple[SettledRun, Setup, ImportProfile]:
    """Read the sheet in front, sort its rows, ask the books what was paid, and settle."""
    with context.books.reading() as books:
        setup, profile = books.setup(), books.profile()
    if not setup.providers:
        raise EmptySetup(setup.clinic.name)
    sheet = _sheet(context)
    answers = context.click.answers()
    log, learned = read_log(sheet, context.click.workbook.name, setup, profile, answers)
    refuse_foreign(log, setup, lambda names: context.ledger.knows_elsewhere(names, setup.clinic.id))
    today = context.ledger.today()
    asked, days = (context.day("from"), context.day("to")), visit_days(log, setup, today)
    period = period_of_log(setup.clinic, asked, days, today)
    settled = settle_beside_paid(context, consider(log, setup, period, today), learned)
    learned = ask_for_measures(sheet, log, learned, answers, lacking_measures(settled.run.findings))
    notes = _about_drafts(log, settled.elsewhere)
    notes += period_findings(setup.clinic, period, days, log.facts.sheet, is_asked_for="from" in answers)
    run = replace(settled.run, findings=(*settled.run.findings, *notes))
    return replace(settled, run=run), setup, learned


def _sheet(context: ClickContext) -> Sheet:
    """Return the sheet in front, which has to be the practice's and not one of ours."""
    sheets = context.click.worksheets()
    if not sheets:
        raise MissingSheet(
            "No sheet was sent with the click.", "Go to the sheet with the appointment log and try again."
        )
    if _is_ours(sheets[0]):
        raise OwnSheet(sheets[0].name)
    return sheets[0]


def _is_ours(sheet: Sheet) -> bool:
    """Return whether a sheet is one of ours, and not a log that happens to be called the same."""
    if sheet.name not in {*PAYROLL_SHEETS, CHECK_NAME}:
        return False
    listed = {table.titles[0] for table in (LINES, EXCLUDED, FINDINGS)}
    first = sheet.columns[0][0] if sheet.height else None
    return first in listed or sheet.name in {SUMMARY_NAME, RECONCILIATION_NAME}


def _about_drafts(log: AppointmentLog, elsewhere: Mapping[str, int]) -> list[Finding]:
    return [
        Finding(
            "in-another-draft",
            log.facts.sheet,
            facts={"appointments": counted(count, "appointment"), "run": run_id},
        )
        for run_id, count in elsewhere.items()
    ]


def _learned(books: ClinicBooks, learned: ImportProfile, reply: Reply) -> Reply:
    """Remember what was answered about the clinic's logs."""
    if learned != books.profile():
        books.save_profile(learned, ACTOR)
    return reply

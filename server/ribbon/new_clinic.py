"""The button New clinic from log: a log of a clinic that does not exist yet becomes its setup sheets."""

from server.billing.clinics import Clinic, ImportProfile, Setup
from server.billing.payroll.appointment_log import AppointmentLog
from server.billing.payroll.setup_of_log import SetupOfLog, rows_of_spelling, setup_of_log
from server.errors import Finding, WorkbookHasClinic, count_of
from server.errors.setup_findings import LikelyOneName, StatusGuessed
from server.operations.clinics import name_of_clinic
from server.ribbon.context import ClickContext, question, questions_reply, with_findings
from server.ribbon.payroll.generate import log_sheet
from server.ribbon.protocol import AskedField, Reply
from server.sheets.appointment_log.reader import read_log
from server.sheets.clinics.new_setup_workbook import write_new_setup
from server.sheets.clinics.setup_workbook import SETUP
from server.sheets.questions import Unanswered
from server.sheets.tables import CLINIC, SETUP_SHEETS

REPLACE = "replace"
NOBODY = Setup(Clinic("", ""))


def start_clinic(context: ClickContext) -> Reply:
    """Write setup sheets with what the log in front says. Nothing is saved: Save setup does that."""
    if bound := context.click.workbook.clinic:
        raise WorkbookHasClinic(name_of_clinic(context.session, bound))
    if unasked := _ask_to_replace(context):
        return unasked
    try:
        log, _ = read_log(
            log_sheet(context),
            context.click.workbook.name,
            NOBODY,
            ImportProfile(),
            context.click.answers(),
        )
    except Unanswered as unanswered:
        return questions_reply("before the log can become a setup", unanswered)
    found = setup_of_log(log)
    names = [table.name for table in SETUP_SHEETS]
    output = context.keep_unbound(write_new_setup(found, context.click.workbook.date_system), names)
    reply = Reply(
        summary=_summary(found),
        figures={
            "rows": found.rows,
            "providers": len(found.providers),
            "services": len(found.services),
            "statuses": len(found.statuses),
            "guesses": found.guesses,
        },
        output=output,
        activate=CLINIC.name,
    )
    return with_findings(reply, _guesses(found, log))


def _ask_to_replace(context: ClickContext) -> Reply | None:
    """Return the question whether setup sheets of the workbook are replaced, or the reply to a no; ``None`` if they may be."""
    written = context.click.workbook.written or ()
    if all(sheet.kind != SETUP for sheet in written):
        return None
    match context.yes_or_no(REPLACE):
        case True:
            return None
        case False:
            kept = "The setup sheets of this workbook stay as they are."
            return Reply(summary=kept, level="review", next=None)
    title = (
        "This workbook has setup sheets already. What was typed on them is lost if they are written again."
    )
    return question(title, AskedField(name=REPLACE, label="Write them again?", kind="yes-no"))


def _summary(found: SetupOfLog) -> str:
    parts = [
        count_of(len(found.providers), "provider"),
        count_of(len(found.services), "service"),
        f"{len(found.statuses)} status{'' if len(found.statuses) == 1 else 'es'}",
    ]
    guesses = (
        f" Look at the yellow cells: {count_of(found.guesses, 'guess').replace('guesss', 'guesses')}."
        if found.guesses
        else ""
    )
    return (
        f"{count_of(found.rows, 'row')}: {', '.join(parts)}. They are on the setup sheets of this workbook, "
        f"and nothing is saved yet. Fill in the red cells.{guesses} Then press Save setup."
    )


def _guesses(found: SetupOfLog, log: AppointmentLog) -> list[Finding]:
    """Return a finding for each guess, about the first cell of the log that it was made from."""
    sheet = log.facts.sheet
    providers, statuses = log.column("provider"), log.column("status")
    names = [
        Finding(
            LikelyOneName(value=spelling, name=one.word.name),
            sheet,
            rows_of_spelling(one, spelling)[:1],
            providers.position,
            providers.heading,
        )
        for one in found.providers
        for spelling in one.guessed
    ]
    meanings = [
        Finding(
            StatusGuessed(value=one.word.name, meaning=one.counts_as),
            sheet,
            one.word.rows[0][:1],
            statuses.position,
            statuses.heading,
        )
        for one in found.statuses
        if one.is_guess
    ]
    return [*names, *meanings]

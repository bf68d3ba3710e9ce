"""The button Fix in setup: asks what the setup lacks, shows what would be saved, and saves it (rule: payroll#fixes).

Nothing is saved before it was shown. The answer brings back the number of what was shown, so an answer about another setup
or another log saves nothing (ADR 44).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from server.billing.clinics import ImportProfile, Setup
from server.billing.names import fold
from server.billing.payroll.pay_run import PayRun
from server.billing.payroll.setup_gaps import GAP_NAMES, SetupGap, count_blocked, gaps_in
from server.billing.question_numbers import number_of_question, numbered_answer
from server.billing.setup_additions import Addition, ProviderSpelling, ServiceSpelling
from server.errors import Finding, FixOvertaken, FixUnusable, Severity, StaleSetup, count_of
from server.errors.pay_findings import RateFarOff
from server.operations.clinics import save_setup
from server.operations.payroll import remember_answers
from server.ribbon.context import ClickContext, listed_findings, question, questions_reply
from server.ribbon.fixes.decisions import ONLY, Decision, decision_about
from server.ribbon.fixes.fix_words import addition_words, preview_row, quote_word
from server.ribbon.payroll.generate import compute_run
from server.ribbon.protocol import AskedChoice, AskedField, AskedTable, Asks, Edit, Reply, count_cells
from server.sheets.clinics.setup_sheets import changes_of_sheets, read_with
from server.sheets.questions import Unanswered
from server.sheets.tables import CLINIC, SETUP_SHEETS

SAVE = "save"
"""The input that agrees to what is shown."""

MOST_ASKED = 12
"""How many gaps one form asks about."""

SAVE_LABEL = "Save in setup"
PREVIEW_HEADINGS = ["Setup sheet", "What is added"]


def fix_setup(context: ClickContext) -> Reply:
    """Add to the setup what the log in front uses and the setup lacks."""
    try:
        calculated, setup, learned = compute_run(context, reads_payments=False)
    except Unanswered as unanswered:
        return questions_reply("before anything can be added to the setup", unanswered)
    gaps = gaps_in(calculated.run.findings)
    asked = _gaps_asked(context, calculated.run, gaps)
    if not asked:
        return _nothing_to_add(context)
    answers, is_one = context.click.answers(), len(asked) == 1
    decisions = [decision_about(gap, setup, answers, required=is_one) for gap in asked]
    decided = [one for one in decisions if one.gap.name in answers]
    if not decided or any(one.open_fields for one in decided):
        return _ask(decided or decisions, len(gaps))
    return _preview_or_save(context, setup, decided, learned)


def _names_gaps(context: ClickContext) -> bool:
    """Return whether a click says which gaps it is about."""
    return any(name == ONLY or name.startswith(GAP_NAMES) for name in context.click.answers())


def _gaps_asked(context: ClickContext, run: PayRun, gaps: Sequence[SetupGap]) -> list[SetupGap]:
    """Return the gaps that a click is about: those it names, else those of the selected rows, else all of them.

    Of gaps that it does not name, at most MOST_ASKED.
    """
    inputs = context.click.answers()
    if _names_gaps(context):
        return [gap for gap in gaps if gap.name in inputs or gap.name == inputs.get(ONLY)]
    selection = context.click.selection
    rows = set(selection.rows) if selection and selection.sheet == run.log.sheet else set[int]()
    selected = [gap for gap in gaps if not rows.isdisjoint(gap.rows)]
    return (selected or list(gaps))[:MOST_ASKED]


def _nothing_to_add(context: ClickContext) -> Reply:
    """Return the reply if the setup lacks nothing, or has by now what the click names."""
    if _names_gaps(context):
        return Reply(
            summary="The setup has that by now, or the log does not need it any more. Nothing was added."
        )
    return Reply(summary="The setup has every provider, service, status and rate that this log needs.")


def _ask(decisions: Sequence[Decision], count: int) -> Reply:
    """Return the form with the questions that are open. The summary says how many things are not asked about."""
    fields = [field for one in decisions for field in one.open_fields]
    left = count - MOST_ASKED if len(decisions) == MOST_ASKED else 0
    more = f"{left:,} more can be added after these." if left > 0 else ""
    title = (
        fields[0].label
        if len(fields) == 1
        else "What is to be added to the setup? Leave out what you do not know."
    )
    return question(title, *fields, more=more)


def _preview_or_save(
    context: ClickContext, setup: Setup, decisions: Sequence[Decision], learned: ImportProfile
) -> Reply:
    """Save what is decided if the click agrees to exactly this, else show it."""
    additions = [addition for one in decisions for addition in one.additions]
    wished, doubtful = _setup_with_additions(setup, additions)
    shown = [preview_row(addition, setup) for addition in additions]
    number = number_of_question(setup.version, shown)
    confirmed, answer = numbered_answer(SAVE, number), context.click.answers().get(SAVE, "")
    if answer == confirmed:
        return _save_additions(context, setup, wished, decisions, learned)
    why = "The setup or the log changed since you were asked. Nothing was saved. " if answer else ""
    rows = count_of(count_blocked(one.gap for one in decisions), "row")
    title = f"{why}Save this in the setup of {setup.clinic.name}?"
    choices = [AskedChoice(value=confirmed, label=SAVE_LABEL)]
    button = AskedField(name=SAVE, label=SAVE_LABEL, kind="buttons", choices=choices)
    table = AskedTable(
        title=f"{rows} of this log, and every later log", headings=PREVIEW_HEADINGS, rows=shown
    )
    remarks = " ".join(finding.message for finding in doubtful)
    title = f"{title} {remarks}".rstrip()
    return Reply(
        summary=title,
        level="blocked",
        asks=Asks(title=title, fields=[button], tables=[table]),
        findings=listed_findings(doubtful),
        findings_total=count_cells(doubtful),
    )


def _setup_with_additions(setup: Setup, additions: Sequence[Addition]) -> tuple[Setup, list[Finding]]:
    """Return the setup with the additions, as Save setup would read it from its sheets, and the rates among them that look
    mistyped. Refuses what Save setup would refuse.
    """
    spelled = [one.spelling for one in additions if isinstance(one, ProviderSpelling | ServiceSpelling)]
    if divided := [spelling for spelling in spelled if ";" in spelling]:
        raise FixUnusable(
            f"A semicolon separates spellings on the setup sheets, so {quote_word(divided[0])} cannot be one spelling",
            "Correct the cells of the log.",
        )
    wished, findings, is_exact = read_with(setup, additions)
    blockers = [finding for finding in findings if finding.severity is Severity.BLOCKER]
    if blockers:
        raise FixUnusable(_place_and_message(blockers[0]), blockers[0].remedy)
    if not is_exact:
        raise FixUnusable("The setup sheets cannot hold this as it is", "Correct the cells of the log.")
    return wished, [finding for finding in findings if finding.code == RateFarOff.code]


def _place_and_message(finding: Finding) -> str:
    return f"On the sheet {finding.sheet}: {finding.message}"


@dataclass(frozen=True, slots=True)
class _OpenSheets:
    """The edits that add the same to setup sheets in the workbook; ``is_old`` if these show an earlier setup."""

    edits: list[Edit]
    is_old: bool


def _save_additions(
    context: ClickContext,
    setup: Setup,
    wished: Setup,
    decisions: Sequence[Decision],
    learned: ImportProfile,
) -> Reply:
    """Save the setup, like Save setup, and add the same to the setup sheets of the workbook."""
    if CLINIC.name not in context.click.asked_sheets:
        return _ask_for_setup_sheets()
    additions = [addition for one in decisions for addition in one.additions]
    try:
        _, version = save_setup(context.session, wished, setup)
    except StaleSetup:
        raise FixOvertaken(setup.clinic.name) from None
    remember_answers(context.session, learned)
    open_sheets = _same_in_workbook(context, setup, additions, version)
    words = "; ".join(addition_words(addition) for addition in additions)
    summary = f"Saved in the setup of {setup.clinic.name}: {words}."
    if open_sheets.is_old:
        summary += " The setup sheets of this workbook are older. Press Open setup before you change them."
    figures = {
        "clinic": setup.clinic.id,
        "added": len(additions),
        "rows": count_blocked(one.gap for one in decisions),
    }
    return Reply(
        summary=summary,
        level="review" if open_sheets.is_old else "done",
        figures=figures,
        edits=open_sheets.edits,
    )


def _ask_for_setup_sheets() -> Reply:
    """Ask the add-in, not the biller, for the setup sheets of the workbook."""
    title = "The setup sheets of this workbook get the same."
    sheets = [table.name for table in SETUP_SHEETS]
    return Reply(summary=title, level="blocked", asks=Asks(title=title, fields=[], sheets=sheets))


def _same_in_workbook(
    context: ClickContext, setup: Setup, additions: Sequence[Addition], version: str
) -> _OpenSheets:
    names = {fold(table.name) for table in SETUP_SHEETS}
    sheets = [sheet for sheet in context.click.worksheets()[1:] if fold(sheet.name) in names]
    changes = changes_of_sheets(sheets, setup, additions, version)
    edits = [
        Edit(sheet=change.sheet, range=change.range, values=change.values, format=change.form)
        for change in changes or ()
    ]
    return _OpenSheets(edits, is_old=changes is None)

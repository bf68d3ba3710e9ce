"""Create invoices: the exams of the sheet in front become invoices, each once (rule: invoices#creating)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from server.billing.invoices.exams import Draft
from server.billing.invoices.invoice import State
from server.billing.money import dollars
from server.errors import Finding, MissingSheet, Severity, count_of, row_stretches
from server.errors.invoice_findings import ExamBilledAlready, RowLeft
from server.operations.invoices import CreatedInvoices, DecidedExams, SheetOfExams, create_invoices
from server.operations.previews import Preview, PreviewAnswer
from server.ribbon.context import ClickContext, with_findings
from server.ribbon.invoices.cell_edits import value_edits
from server.ribbon.invoices.create_preview import exams_preview, exams_tables, exams_words, flag_reasons
from server.ribbon.invoices.invoice_selection import split_numbers
from server.ribbon.invoices.preview_question import ask_to_record, preview_answer, reason_for_asking_again
from server.ribbon.payroll.cell_colors import marks_of
from server.ribbon.protocol import AskedField, Asks, Edit, Reply
from server.sheets.clinics.setup_workbook import blank_table
from server.sheets.invoices.exams import ExamsSheet, read_exams
from server.sheets.invoices.tables import ANSWERED_EXAMS, RESULT

AGAIN = "again"
"""The input that names, separated by ``;``, the invoices whose exams are to be billed a second time."""

BLANK = "blank"
"""The input that asks for an empty sheet of exams instead of invoices."""


@dataclass(frozen=True, slots=True)
class CreateOutcome:
    """The result for a sheet: what was decided about its exams, what was created, what was shown, and the answer."""

    sheet: ExamsSheet
    done: CreatedInvoices
    preview: Preview
    answer: PreviewAnswer | None

    @property
    def decision(self) -> DecidedExams:
        """Return the decision on the exams."""
        return self.done.decided

    @property
    def numbers(self) -> list[str]:
        """Return the numbers of the new invoices."""
        return [invoice.number for invoice in self.done.invoices]

    @property
    def is_declined(self) -> bool:
        """Return whether the person chose to create nothing."""
        return self.answer is not None and self.answer.choice is None

    @property
    def exams_left(self) -> list[Draft]:
        """Return the good exams that did not become invoices."""
        created = {draft.exams[0].row for draft in self.done.drafts}
        return [draft for draft in self.decision.exams.good if draft.exams[0].row not in created]

    @property
    def findings(self) -> list[Finding]:
        """Return all findings, each with its cell. If other exams were created, those left say so instead of why they
        were flagged.
        """
        sheet, exams = self.sheet, self.decision.exams
        found = [*sheet.findings, *map(sheet.with_column, (*exams.findings, *self.decision.unusual))]
        if not self.numbers:
            return found
        left = {exam.row for draft in self.exams_left for exam in draft.exams}
        kept = [one for one in found if not one.rows or not left.issuperset(one.rows)]
        return [*kept, *self._findings_on_left_rows()]

    def _findings_on_left_rows(self) -> list[Finding]:
        reasons = flag_reasons(self.sheet, self.decision)
        return [
            self.sheet.with_column(
                exam.finding(RowLeft(why=" ".join(reasons.get(exam.row, ()))), "Exam date")
            )
            for draft in self.exams_left
            for exam in draft.exams
        ]

    @property
    def blocked_rows(self) -> int:
        """Return the number of rows that cannot be billed as they are."""
        return len(self.sheet.rows) - len(self.decision.before) - _row_count(self.decision.exams.good)


def _blank_exams(context: ClickContext) -> Reply:
    """Add an empty sheet of exams to the workbook."""
    output = context.keep(blank_table(ANSWERED_EXAMS, "Exams to be billed"), [ANSWERED_EXAMS.name])
    summary = (
        "A blank exams sheet is in this workbook. Fill in a row for each exam, then press Create invoices."
    )
    return Reply(summary=summary, level="review", output=output, activate=ANSWERED_EXAMS.name, next=None)


def create(context: ClickContext) -> Reply:
    """Make an invoice of each exam of the sheet in front, of all of them or of none; or show first what would be billed."""
    if context.yes_or_no(BLANK):
        return _blank_exams(context)
    sheets = context.click.worksheets()
    if not sheets:
        raise MissingSheet(
            "No sheet was sent with the click.", "Go to the sheet with the exams and press the button again."
        )
    sheet = read_exams(sheets[0])
    answer = preview_answer(context)

    def exams_to_create(decided: DecidedExams) -> Sequence[Draft] | None:
        preview = exams_preview(context.clinic_id, sheet, decided)
        rows = preview.rows_to_record(answer, is_resumed=context.is_resumed)
        return None if rows is None else [draft for draft in decided.exams.good if draft.exams[0].row in rows]

    done = create_invoices(
        context.session,
        sheet.exams,
        SheetOfExams(sheet.unreadable, _numbers_in(sheet)),
        again=split_numbers(context.click.answers().get(AGAIN, "")),
        agreed=exams_to_create,
    )
    preview = exams_preview(context.clinic_id, sheet, done.decided)
    return _create_reply(CreateOutcome(sheet, done, preview, answer))


def _numbers_in(sheet: ExamsSheet) -> dict[int, str]:
    """Return by row the invoice number that its Result begins with."""
    return {row: result.split(maxsplit=1)[0] for row, result in sheet.results.items() if result}


def _create_reply(made: CreateOutcome) -> Reply:
    findings = made.findings
    marks, unmarked = marks_of(findings)
    summary = _summary_text(made)
    if unmarked:
        summary += f" {unmarked:,} more cells are listed but not marked."
    reply = Reply(
        summary=summary,
        figures=_reply_figures(made),
        edits=[*_result_edits(made), *marks],
        clear_marks=[made.sheet.name],
        asks=_follow_up(made),
    )
    reply = with_findings(reply, findings, recorded=bool(made.numbers))
    is_waiting = bool(made.exams_left) and not made.numbers
    return reply.model_copy(update={"level": "blocked"}) if is_waiting else reply


def _reply_figures(made: CreateOutcome) -> dict[str, object]:
    """Return the figures of the reply. Rows created, already, blocked and left add up to rows_in."""
    drafts, left_cents = made.done.drafts, sum(draft.billed_cents for draft in made.exams_left)
    return {
        "rows_in": len(made.sheet.rows),
        "rows_created": _row_count(drafts),
        "already": len(made.decision.before),
        "blocked": made.blocked_rows,
        "left": _row_count(made.exams_left),
        "flagged": 0 if made.numbers else len(made.preview.flagged_groups),
        "invoices": len(made.numbers),
        "created": made.numbers,
        "lines": sum(len(draft.lines) for draft in drafts),
        "billed_cents": sum(draft.billed_cents for draft in drafts),
    } | ({"left_cents": left_cents} if left_cents else {})


def _row_count(exams: Sequence[Draft]) -> int:
    return sum(len(draft.exams) for draft in exams)


def _summary_text(made: CreateOutcome) -> str:
    clinic, left, good = made.decision.clinic, made.exams_left, made.decision.exams.good
    if made.numbers:
        billed = dollars(sum(draft.billed_cents for draft in made.done.drafts))
        rows = count_of(_row_count(made.done.drafts), "row")
        created = (
            f"{count_of(len(made.numbers), 'invoice')} created from {rows} for {clinic}, total {billed}."
        )
        rows_left = row_stretches(sorted(exam.row for draft in left for exam in draft.exams))
        rest = [f"Left as typed, as you chose: {rows_left}."] if left else []
        return " ".join([created, *_count_sentences(made), *rest])
    if made.is_declined:
        return f"No invoice was created for {clinic}, as you chose. The rows stay as typed."
    sentences = [reason_for_asking_again(made.preview, made.answer), f"No invoice was created for {clinic}."]
    if flagged := len(made.preview.flagged_groups):
        verb = "is" if flagged == 1 else "are"
        sentences.append(f"{flagged:,} of {count_of(len(good), 'invoice')} {verb} flagged.")
    return " ".join([*sentences, *_count_sentences(made)]).lstrip()


def _count_sentences(made: CreateOutcome) -> list[str]:
    is_shown = bool(made.preview.flagged_groups) and not made.blocked_rows
    ready = 0 if made.numbers or is_shown else _row_count(made.exams_left)
    parts = (
        (made.blocked_rows, "needs attention", "need attention"),
        (ready, "is good", "are good"),
        (len(made.decision.before), "was billed before", "were billed before"),
    )
    sentences = [
        f"{count_of(rows, 'row')} {one if rows == 1 else many}." for rows, one, many in parts if rows
    ]
    if made.done.injuries and made.decision.before:
        cases = count_of(made.done.injuries, "case")
        sentences.append(f"The date of injury or claim number of {cases} is recorded.")
    return sentences


def _follow_up(made: CreateOutcome) -> Asks | None:
    """Return the questions: what to bill of what is shown, and which exams to bill again."""
    if made.numbers or made.is_declined:
        return None
    more = []
    if any(isinstance(finding.what, ExamBilledAlready) for finding in made.decision.exams.findings):
        label = "Bill again what these invoices bill (numbers, separated by ;)"
        more.append(AskedField(name=AGAIN, label=label, required=False))
    if made.exams_left:
        words = exams_words(made.sheet, made.decision, made.blocked_rows)
        return ask_to_record(made.preview, words, exams_tables(made.decision.exams.good), made.answer, more)
    as_typed = "it is" if made.blocked_rows == 1 else "they are"
    title = f"{count_of(made.blocked_rows, 'row')} cannot be billed as {as_typed}. What do you want to do?"
    return Asks(title=title, fields=more) if more else None


# -- the Result beside each row


def _result_edits(made: CreateOutcome) -> list[Edit]:
    """Return the edits that write the result of each row, and the heading if it is missing."""
    sheet = made.sheet
    texts: dict[int, str] = _result_texts(made)
    if RESULT not in sheet.places:
        texts[sheet.header] = RESULT
    return value_edits(sheet.name, {(sheet.result_column, row): text for row, text in texts.items()})


def _result_texts(made: CreateOutcome) -> dict[int, str]:
    """Return the Result text by row. Rows that were billed before already have theirs."""
    texts = {row: f"Waits for row {other}." for row, other in made.decision.exams.waiting.items()}
    for finding in reversed(made.findings):  # the first of several findings about one row wins
        if finding.severity is Severity.BLOCKER:
            texts |= dict.fromkeys(finding.rows, f"{finding.message} {finding.remedy}")
    reasons = flag_reasons(made.sheet, made.decision)
    for draft in made.exams_left:
        state = "left as you chose" if made.numbers else "not created yet"
        texts |= _same_text(draft, f"Good, {dollars(draft.billed_cents)}; {state}.", reasons)
    for number, draft in zip(made.numbers, made.done.drafts, strict=True):
        texts |= _same_text(draft, f"{number} created, {dollars(draft.billed_cents)}")
    for row, invoice in made.decision.before.items():
        if invoice.state is State.VOIDED:
            texts[row] = f"{invoice.number} was voided. To bill the exam again, clear this cell."
    return {row: texts[row] for row in made.sheet.rows if row in texts}


def _same_text(draft: Draft, text: str, more: Mapping[int, Sequence[str]] | None = None) -> dict[int, str]:
    """Return the text for every row of an exam, each with what else is to say about it."""
    return {exam.row: " ".join([text, *(more or {}).get(exam.row, ())]) for exam in draft.exams}

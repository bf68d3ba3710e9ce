"""Create invoices: the exams of the sheet in front become invoices, each once (rule: invoices#creating)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from server.billing.invoices.billable_exams import BillableExams
from server.billing.invoices.exams import Draft
from server.billing.invoices.invoice import Invoice, State
from server.billing.money import dollars
from server.errors import Finding, MissingSheet, Severity, count_of
from server.errors.invoice_findings import ExamBilledAlready
from server.operations.invoices import SheetOfExams, create_invoices
from server.ribbon.context import ClickContext, with_findings
from server.ribbon.invoices.cell_edits import value_edits
from server.ribbon.invoices.invoice_selection import split_numbers
from server.ribbon.invoices.partial_apply import ask_to_apply_good_rows, may_apply_good_rows
from server.ribbon.payroll.cell_colors import marks_of
from server.ribbon.protocol import AskedField, Asks, Edit, Reply
from server.sheets.invoices.exams import ExamsSheet, read_exams
from server.sheets.invoices.tables import RESULT

AGAIN = "again"
"""The input that names, separated by ``;``, the invoices whose exams are to be billed a second time."""


@dataclass(frozen=True, slots=True)
class CreateOutcome:
    """The result for a sheet: the exams, unusual things about the good ones, the rows billed before, and the
    numbers of the new invoices.

    ``numbers`` has one for each good exam, or none if nothing was created. ``declined`` says that the user was
    asked and did not want to bill only the good exams. ``injuries`` counts cases with a new date of injury or claim number.
    """

    clinic: str
    sheet: ExamsSheet
    exams: BillableExams
    odd: Sequence[Finding]
    before: Mapping[int, Invoice]
    numbers: Sequence[str]
    injuries: int
    declined: bool = False

    @property
    def findings(self) -> list[Finding]:
        """Return all findings, each with its cell."""
        return [*self.sheet.findings, *map(self.sheet.with_column, (*self.exams.findings, *self.odd))]

    @property
    def created_exams(self) -> Sequence[Draft]:
        """Return the exams that became invoices."""
        return self.exams.good if self.numbers else ()

    @property
    def exams_left(self) -> Sequence[Draft]:
        """Return the good exams, if no invoice was created."""
        return () if self.numbers else self.exams.good

    @property
    def blocked_rows(self) -> int:
        """Return the number of rows that cannot be billed as they are."""
        return len(self.sheet.rows) - len(self.before) - _row_count(self.exams.good)


def create(context: ClickContext) -> Reply:
    """Make an invoice of each exam of the sheet in front: of all of them, or of none."""
    sheets = context.click.worksheets()
    if not sheets:
        raise MissingSheet(
            "No sheet was sent with the click.", "Go to the sheet with the exams and press the button again."
        )
    sheet = read_exams(sheets[0])
    only_good = may_apply_good_rows(context)
    around = SheetOfExams(sheet.unreadable, _numbers_in(sheet), _has_blocker(sheet.findings))
    again = split_numbers(context.click.answers().get(AGAIN, ""))
    done = create_invoices(context.session, sheet.exams, around, again=again, only_good=bool(only_good))
    numbers = [invoice.number for invoice in done.invoices]
    declined = only_good is False
    return _create_reply(
        CreateOutcome(
            done.clinic, sheet, done.exams, done.unusual, done.before, numbers, done.injuries, declined
        )
    )


def _numbers_in(sheet: ExamsSheet) -> dict[int, str]:
    """Return by row the invoice number that its Result begins with."""
    return {row: result.split(maxsplit=1)[0] for row, result in sheet.results.items() if result}


def _has_blocker(findings: Sequence[Finding]) -> bool:
    return any(finding.severity is Severity.BLOCKER for finding in findings)


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
    return with_findings(reply, findings, recorded=bool(made.numbers))


def _reply_figures(made: CreateOutcome) -> dict[str, object]:
    """Return the figures of the reply. Rows created, already, blocked and left add up to rows_in."""
    return {
        "rows_in": len(made.sheet.rows),
        "rows_created": _row_count(made.created_exams),
        "already": len(made.before),
        "blocked": made.blocked_rows,
        "left": _row_count(made.exams_left),
        "invoices": len(made.numbers),
        "created": list(made.numbers),
        "lines": sum(len(draft.lines) for draft in made.created_exams),
        "billed_cents": sum(draft.billed_cents for draft in made.created_exams),
    }


def _row_count(exams: Sequence[Draft]) -> int:
    return sum(len(draft.exams) for draft in exams)


def _summary_text(made: CreateOutcome) -> str:
    if made.numbers:
        billed = dollars(sum(draft.billed_cents for draft in made.created_exams))
        rows = count_of(_row_count(made.created_exams), "row")
        sentences = [
            f"{count_of(len(made.numbers), 'invoice')} over {billed} created from {rows} for {made.clinic}."
        ]
    else:
        sentences = [f"No invoice was created for {made.clinic}."]
    parts = (
        (made.blocked_rows, "needs you", "need you"),
        (_row_count(made.exams_left), "is good", "are good"),
        (len(made.before), "was billed before", "were billed before"),
    )
    sentences += [
        f"{count_of(rows, 'row')} {one if rows == 1 else many}." for rows, one, many in parts if rows
    ]
    if made.injuries and made.before:
        sentences.append(
            f"The date of injury or claim number of {count_of(made.injuries, 'case')} is recorded."
        )
    return " ".join(sentences)


def _follow_up(made: CreateOutcome) -> Asks | None:
    """Return the questions: whether to bill only the good rows, and which exams to bill again."""
    if made.declined:
        return None
    fields = []
    if made.exams_left:
        label = f"Create invoices of {count_of(_row_count(made.exams_left), 'good row')}, and leave the rest as typed?"
        fields.append(ask_to_apply_good_rows(label, required=False))
    if any(isinstance(finding.what, ExamBilledAlready) for finding in made.exams.findings):
        label = "Bill again what these invoices bill (numbers, separated by ;)"
        fields.append(AskedField(name=AGAIN, label=label, required=False))
    as_typed = "it is" if made.blocked_rows == 1 else "they are"
    title = f"{count_of(made.blocked_rows, 'row')} cannot be billed as {as_typed}. What is to be done?"
    return Asks(title=title, fields=fields) if fields else None


# -- the Result beside each row


def _result_edits(made: CreateOutcome) -> list[Edit]:
    """Return the edits that write the result of each row, and the heading if it is missing."""
    sheet = made.sheet
    texts = _result_texts(made)
    if RESULT not in sheet.places:
        texts[sheet.header] = RESULT
    return value_edits(sheet.name, {(sheet.result_column, row): text for row, text in texts.items()})


def _result_texts(made: CreateOutcome) -> dict[int, str]:
    """Return the Result text by row. Rows that were billed before already have theirs."""
    texts = {row: f"Waits for row {other}." for row, other in made.exams.waiting.items()}
    for finding in reversed(made.findings):  # the first of several findings about one row wins
        if finding.severity is Severity.BLOCKER:
            texts |= dict.fromkeys(finding.rows, f"{finding.message} {finding.remedy}")
    for draft in made.exams_left:
        texts |= _same_text(draft, f"Good, {dollars(draft.billed_cents)}; not created yet.")
    for number, draft in zip(made.numbers, made.created_exams, strict=True):
        texts |= _same_text(draft, f"{number} created, {dollars(draft.billed_cents)}")
    for row, invoice in made.before.items():
        if invoice.state is State.VOIDED:
            texts[row] = f"{invoice.number} was voided. To bill the exam again, clear this cell."
    return {row: texts[row] for row in made.sheet.rows if row in texts}


def _same_text(draft: Draft, text: str) -> dict[int, str]:
    return {exam.row: text for exam in draft.exams}

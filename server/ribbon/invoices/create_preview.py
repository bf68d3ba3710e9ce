"""What Create invoices would bill, in the words and tables that are shown before it does."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence

from server.billing.days import us
from server.billing.invoices.exams import Draft
from server.billing.invoices.step_amounts import Amount
from server.billing.money import dollars
from server.billing.question_numbers import number_of_question
from server.errors import Severity, count_of, row_stretches
from server.operations.invoices import DecidedExams
from server.operations.previews import Preview
from server.ribbon.invoices.preview_question import PreviewWords, payer_rows
from server.ribbon.protocol import AskedTable
from server.sheets.invoices.exams import ExamsSheet


def exams_preview(clinic_id: str, sheet: ExamsSheet, decided: DecidedExams) -> Preview:
    """Return what would be billed: one group of rows for each invoice."""
    exams = decided.exams
    reasons = flag_reasons(sheet, decided)
    findings = [
        (one.code, one.rows, one.message)
        for one in (*sheet.findings, *exams.findings, *decided.unusual)
        if one.severity is not Severity.INFO
    ]
    billed_before = {row: invoice.number for row, invoice in decided.before.items()}
    blocked = len(sheet.rows) - len(decided.before) - sum(len(draft.exams) for draft in exams.good)
    number = number_of_question(clinic_id, sheet.name, exams.good, exams.waiting, findings, billed_before)
    groups = [tuple(exam.row for exam in draft.exams) for draft in exams.good]
    is_flawed = any(finding.severity is Severity.BLOCKER for finding in (*sheet.findings, *exams.findings))
    return Preview(groups, reasons, bool(blocked) or is_flawed, number)


def flag_reasons(sheet: ExamsSheet, decided: DecidedExams) -> dict[int, list[str]]:
    """Return by row why a billable row is flagged, as sentences."""
    billable = {exam.row for draft in decided.exams.good for exam in draft.exams}
    reasons: dict[int, list[str]] = defaultdict(list)
    for finding in (*sheet.findings, *decided.exams.findings, *decided.unusual):
        if finding.severity is Severity.REVIEW:
            for row in billable.intersection(finding.rows):
                reasons[row].append(finding.message)
    return dict(reasons)


def exams_words(sheet: ExamsSheet, decided: DecidedExams, blocked: int) -> PreviewWords:
    """Return how the exams are put into words."""
    by_row = {draft.exams[0].row: draft for draft in decided.exams.good}
    reasons = flag_reasons(sheet, decided)
    need = "that needs attention" if blocked == 1 else "that need attention"

    def count_and_verb(rows: Collection[int]) -> str:
        return f"create {count_of(sum(row in by_row for row in rows), 'invoice')}"

    def amounts(rows: Collection[int]) -> str:
        return dollars(sum(draft.billed_cents for row, draft in by_row.items() if row in rows))

    def group_text(group: Sequence[int]) -> str:
        draft = by_row[group[0]]
        first = draft.exams[0]
        why = " ".join(dict.fromkeys(text for row in group for text in reasons.get(row, ())))
        rows = row_stretches(group)
        return f"{rows}: {dollars(draft.billed_cents)} · {first.patient}, {us(first.exam_date)}. {why}"

    return PreviewWords(
        count_and_verb, amounts, group_text, f"leave {count_of(blocked, 'row')} {need}" if blocked else ""
    )


def exams_tables(drafts: Sequence[Draft]) -> list[AskedTable]:
    """Return the table that shows what would be billed, by payer and in all."""
    counts: Counter[str] = Counter()
    cents: Counter[str] = Counter()
    for draft in drafts:
        counts[draft.payer] += 1
        cents[draft.payer] += draft.billed_cents
    rows = payer_rows({payer: (counts[payer], {Amount.BILLED: cents[payer]}) for payer in counts})
    shown = [[*names, amounts.removeprefix(f"{Amount.BILLED} ")] for *names, amounts in rows]
    return [AskedTable(title="What would be billed", headings=["Payer", "Invoices", "Billed"], rows=shown)]

"""What Update invoices would record, in the words and tables that are shown before it does."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from server.billing.invoices.invoice import Invoice, Step
from server.billing.invoices.step_amounts import (
    Amount,
    lasting_consequence,
    total_amounts,
)
from server.billing.money import dollars
from server.billing.question_numbers import number_of_question
from server.errors import Finding, count_of
from server.operations.previews import Preview
from server.ribbon.invoices.line_changes import LineChanges
from server.ribbon.invoices.preview_question import PreviewWords, amounts_text, payer_rows
from server.ribbon.invoices.row_checks import RowChecks
from server.ribbon.protocol import AskedTable


def steps_preview(clinic_id: str, checks: RowChecks, warnings: Sequence[Finding]) -> Preview:
    """Return what would be recorded. Rows are flagged by a warning, and by a step that is not easily taken back."""
    steps = good_steps(checks)
    reasons: dict[int, list[str]] = defaultdict(list)
    for row, step in steps.items():
        if consequence := lasting_consequence(step):
            reasons[row].append(consequence)
    for finding in warnings:
        for row in finding.rows:
            reasons[row].append(finding.message)
    counterparts = {row: checks.batch.counterparts.get(row, ()) for row in steps}
    said = [(finding.code, finding.sheet, finding.rows, finding.message) for finding in checks.findings]
    # A step without a day of its own gets that of the click. An answer after midnight is about the same step.
    undated = {row: replace(step, day=date.min) for row, step in steps.items()}
    others = {row: [replace(step, day=date.min) for step in found] for row, found in counterparts.items()}
    number = number_of_question(clinic_id, undated, others, reasons, checks.refused, said, checks.begun)
    return Preview(checks.together, dict(reasons), bool(checks.refused), number)


def good_steps(checks: RowChecks) -> dict[int, Step]:
    """Return the steps that can be recorded, by row, in order."""
    return {one.row: checks.batch.decided[one.row] for one in checks.good}


def steps_words(checks: RowChecks, lines: LineChanges, preview: Preview) -> PreviewWords:
    """Return how the steps are put into words."""
    steps, bad = good_steps(checks), len(checks.refused)
    noun = "step" if any(row < 0 for row in steps) else "row"

    def count_and_verb(rows: Collection[int]) -> str:
        return f"record {count_of(len(rows), noun)}"

    def amounts(rows: Collection[int]) -> str:
        return amounts_text(total_amounts(step for row, step in steps.items() if row in rows))

    def group_text(group: Sequence[int]) -> str:
        why = " ".join(dict.fromkeys(text for row in group for text in preview.reasons.get(row, ())))
        return f"{'; '.join(_row_text(row, steps[row], checks, lines) for row in group)}. {why}"

    left = f"leave {count_of(bad, noun)} that cannot be recorded" if bad else ""
    return PreviewWords(count_and_verb, amounts, group_text, left)


def _row_text(row: int, step: Step, checks: RowChecks, lines: LineChanges) -> str:
    """Return a row in words: ``row 12: void INV-000003, billed -$80.00``."""
    return f"row {lines.row_text(row)}: {step.action} {step.number}, {_money_text([step], checks.batch.invoices)}"


def _money_text(steps: Sequence[Step], invoices: Mapping[str, Invoice]) -> str:
    """Return the amounts of steps in words; if no money moves, what is owed on their invoices then."""
    owed = sum(invoices[number].balance_cents for number in {step.number for step in steps})
    return amounts_text(total_amounts(steps)) or f"{dollars(owed)} owed"


def steps_tables(steps: Iterable[Step], invoices: Mapping[str, Invoice]) -> list[AskedTable]:
    """Return the tables that show what would be recorded: by action, and by payer. ``invoices`` are those after it."""
    by_action: dict[str, list[Step]] = defaultdict(list)
    by_payer: dict[str, list[Step]] = defaultdict(list)
    for step in steps:
        by_action[step.action].append(step)
        by_payer[step.request.paying_party or invoices[step.number].facts.payer].append(step)
    rows = [[action, f"{len(found):,}", _money_text(found, invoices)] for action, found in by_action.items()]
    if len(rows) > 1:
        every = [step for found in by_action.values() for step in found]
        rows.append(["In all", f"{len(every):,}", amounts_text(total_amounts(every))])
    table = AskedTable(title="What would be recorded", headings=["Action", "Count", "Amount"], rows=rows)
    moving = {payer: (len(found), total_amounts(found)) for payer, found in by_payer.items()}
    if len(moving) == 1 or not any(amounts for _, amounts in moving.values()):
        return [table]
    by_name = AskedTable(title="By payer", headings=["Payer", "Count", "Amount"], rows=payer_rows(moving))
    return [table, by_name]


def shown_figures(preview: Preview, steps: Iterable[Step]) -> dict[str, object]:
    """Return the figures of what is shown, for programs: the flagged groups, and the amounts in cents."""
    amounts: Counter[Amount] = Counter(total_amounts(steps))
    names = {amount: f"{amount.replace(' ', '_')}_cents" for amount in Amount}
    return {
        "flagged": len(preview.flagged_groups),
        "shown": {name: amounts[amount] for amount, name in names.items()},
    }

"""The date column of a log: the question it raises, and a description of how it was read."""

from server.errors import Finding, count_of
from server.errors.log_column_findings import ColumnQuestion
from server.sheets.date_order import DAY_FIRST, IN_WORDS, MONTH_FIRST
from server.sheets.dates import Days
from server.sheets.questions import Choice, Question

CHOICES = (Choice(MONTH_FIRST, "Month first (US)"), Choice(DAY_FIRST, "Day first"))


def question_about(days: Days, heading: str, shown: str) -> Question:
    """Return the question whether a column is month first or day first; ``shown`` is one of the doubtful dates."""
    evidence = days.evidence
    counts = evidence.month_first, evidence.day_first
    if all(counts):
        clue = f"{count_of(counts[0], 'date')} can only be month first, {counts[1]:,} only day first."
    elif any(counts):
        why = "and it may be a typing error" if sum(counts) == 1 else "and these are too few to decide"
        clue = f"Only {count_of(sum(counts), 'date')} of the column can be read in one way alone, {why}."
    else:
        clue = "No date of the column settles it."
    return Question("date_order", f"In “{heading}”, is {shown} month first or day first? {clue}", CHOICES)


def example_of(days: Days) -> tuple[int, ...]:
    """Return the positions of the dates whose order staff must give."""
    return days.undecided or tuple(days.given.nonzero()[0].tolist())


def order_in_words(days: Days, answered: str, remembered: str) -> str:
    """Return a description of how the dates were read, for the Reconciliation sheet."""
    evidence = days.evidence
    if not (evidence.is_certain or evidence.either):
        return "as they are: none could be read two ways"
    source = "answered" if answered else "remembered" if remembered else "as the column itself shows"
    return f"{IN_WORDS[days.order]} ({source})"


def asked_about(question: Question, sheet: str, rows: list[int], column: int | None, heading: str) -> Finding:
    """Return the finding that points at the dates a question is about."""
    return Finding(ColumnQuestion(question=question.label), sheet, rows, column, heading)

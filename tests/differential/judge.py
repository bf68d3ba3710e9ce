"""Holds what was paid for a page against the truth.

Rows are compared one by one: whom each paid, for which day and how much. A sum that happens to be right hides nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.differential.office import Office, PaidRow, Pressed
from tests.differential.page import Page, Row
from tests.differential.truth import Visit

DONE, BLOCKED, ASKED, REFUSED, WRONG = "done", "blocked", "asked", "refused", "wrong"

DAMAGED = {"shifted", "implausible", "incomplete", "mutated"}
"""Rows of a visit that do not say what they should: they may be paid otherwise, but never without a remark."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a page: how it ended, and each thing that is wrong."""

    kind: str
    wrongs: tuple[str, ...]
    pressed: Pressed


def judged(office: Office, page: Page) -> Verdict:
    """Settle the page and say whether what came of it is the truth, a question, or wrong."""
    return judgment_of(page, office.settled(page))


def judgment_of(page: Page, pressed: Pressed) -> Verdict:
    """Say whether what came of a page is the truth, a question, or wrong."""
    if pressed.refusal:
        return Verdict(REFUSED, (), pressed)
    if pressed.form:
        return Verdict(ASKED, (), pressed)
    wrongs = [*_sums(pressed), *_rows(page, pressed), *_copies(page, pressed)]
    if wrongs:
        return Verdict(WRONG, tuple(wrongs), pressed)
    return Verdict(BLOCKED if pressed.reply["level"] == "blocked" else DONE, (), pressed)


def differences(written: Pressed, settled: Pressed) -> Iterator[str]:
    """Say where the sheets of a click and the run it was made from tell two stories."""
    for name in ("paid", "unpaid", "answers", "refusal", "form"):
        one, other = getattr(written, name), getattr(settled, name)
        if one != other:
            yield f"{name}: the sheets say {one}, the run {other}"


def _sums(pressed: Pressed) -> Iterator[str]:
    """Hold the figures of the reply against the sheets."""
    figures = pressed.reply["figures"]
    outcomes = ("paid", "excluded", "held", "blocked", "already_paid")
    if figures["rows_in"] != sum(figures[name] for name in outcomes):
        yield f"rows in {figures['rows_in']} are not the sum of what became of them"
    if figures["paid_cents"] != sum(row.cents for row in pressed.paid.values()):
        yield "the figures pay another sum than the sheet Lines"
    if figures["rows_in"] != len(pressed.paid) + len(pressed.unpaid):
        yield "the sheets Lines and Excluded hold fewer rows than came in"


def _rows(page: Page, pressed: Pressed) -> Iterator[str]:
    for number, row in page.numbered().items():
        paid = pressed.paid.get(number)
        if row.visit is None:
            if paid:
                yield f"row {number} ({row.kind}) is no visit and is paid {paid.cents}"
        elif paid:
            yield from _paid_row(number, row, row.visit, paid, pressed)
        elif row.kind != "again":
            yield from _unpaid_row(number, row, row.visit, pressed)
    yield from (
        f"row {number} is paid and not on the page"
        for number in pressed.paid
        if number not in page.numbered()
    )


def _paid_row(number: int, row: Row, visit: Visit, paid: PaidRow, pressed: Pressed) -> Iterator[str]:
    true = PaidRow(visit.day, visit.provider, visit.pay or 0)
    if (paid == true and visit.pay is not None) or (
        row.kind in DAMAGED and number in pressed.remarks("blocker", "review")
    ):
        return
    expected = "nothing" if visit.pay is None else _described(true)
    yield f"row {number} is paid {_described(paid)}, not {expected}"


def _described(paid: PaidRow) -> str:
    return f"{paid.cents} to {paid.provider} for {paid.day}"


def _unpaid_row(number: int, row: Row, visit: Visit, pressed: Pressed) -> Iterator[str]:
    """Say what is wrong with a visit that is not paid: lost, or left out although it should be paid."""
    is_named = number in pressed.remarks("blocker")
    if number not in pressed.unpaid and not is_named:
        yield f"row {number} ({row.kind}) is in no sheet and no blocker names it"
    elif visit.pay is not None and not is_named:
        yield f"row {number} should be paid {visit.pay}; it is {pressed.unpaid[number]} and no blocker names it"


def _copies(page: Page, pressed: Pressed) -> Iterator[str]:
    """A row written twice is paid once where it has an ID, and else never twice without a remark."""
    numbered = page.numbered()
    copies = {number for number, row in numbered.items() if row.kind == "again" and number in pressed.paid}
    for number in copies:
        others = {at for at, row in numbered.items() if row.visit is numbered[number].visit and at != number}
        twice = others & pressed.paid.keys()
        remarked = ({number} | others) & pressed.remarks("blocker", "review")
        if twice and (page.column("appointment") or not remarked):
            yield f"row {number} is paid again: it is row {min(twice)} written twice"

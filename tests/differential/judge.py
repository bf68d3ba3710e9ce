"""Presses Generate payroll on a page, answers truthfully, and holds what was paid against the truth.

Rows are compared one by one: whom each paid, for which day and how much. A sum that happens to be right hides nothing.
"""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import orjson
from python_calamine import CalamineWorkbook

from addin.desktop.files.refusals import UnreadableWorkbook
from server.billing.clinic import ImportProfile
from server.errors import BillingError
from server.ledger.outputs import Outputs
from server.ledger.store import Ledger
from server.ribbon.press import press
from tests.differential.page import Page, Row
from tests.differential.person import answers_to
from tests.differential.sending import click_of
from tests.differential.truth import CLINIC, TODAY, Visit, invented_setup

DONE, BLOCKED, ASKED, REFUSED, WRONG = "done", "blocked", "asked", "refused", "wrong"

MOST_FORMS = 5
"""How many forms one click may show one after the other."""

DAMAGED = {"shifted", "implausible", "incomplete", "mutated"}
"""Rows of a visit that do not say what they should: they may be paid otherwise, but never without a remark."""

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class PaidRow:
    """A row of the sheet Lines."""

    day: date
    provider: str
    cents: int


@dataclass(frozen=True, slots=True)
class Pressed:
    """What came of the clicks on one page: the last reply, every answer, and the sheets Lines and Excluded.

    ``refusal`` is the sentence of a click that was refused; ``form`` a form this person cannot fill in.
    """

    reply: Mapping[str, Any]
    answers: Mapping[str, str]
    paid: Mapping[int, PaidRow] = field(default_factory=dict)
    unpaid: Mapping[int, str] = field(default_factory=dict)
    form: Mapping[str, Any] | None = None
    refusal: str = ""

    def remarks(self, *severities: str) -> set[int]:
        """Return the rows that findings of some severities name."""
        return {
            one["row"]
            for one in self.reply.get("findings", ())
            if one["severity"] in severities and one["row"]
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a page: how it ended, and each thing that is wrong."""

    kind: str
    wrongs: tuple[str, ...]
    pressed: Pressed


class Office:
    """A ledger with the invented clinic, in which one log after the other is paid as if it were the first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        noon = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC)
        self.ledger = Ledger(folder / "ledger", lambda: noon)
        setup = invented_setup()
        with self.ledger.open_clinic(setup.clinic).transaction() as books:
            books.save_setup(setup, "tests")

    def pressed(self, page: Page) -> Pressed:
        """Press Generate payroll on a page, with every question answered that can be."""
        self._forget_answers()
        try:
            click = click_of(page, self.folder)
        except UnreadableWorkbook as refusal:
            return Pressed({}, {}, refusal=str(refusal))
        answers = _given_at_once(page)
        for _ in range(MOST_FORMS):
            try:
                reply = self._press(click, answers)
            except BillingError as refusal:
                return Pressed({}, answers, refusal=f"{refusal.code}: {refusal}")
            if not reply["asks"]:
                return self._opened(reply, answers)
            known = answers_to(page, reply["asks"])
            if known is None or known.items() <= answers.items():
                return Pressed(reply, answers, form=reply["asks"])
            answers |= known
        raise AssertionError(f"more than {MOST_FORMS} forms: {answers}")

    def close(self, run: str) -> None:
        """Approve a run by its id."""
        self._press_alone("payroll.close", {"run": run})

    def void(self, run: str) -> None:
        """Take a run back, so that the next log is the first again."""
        self._press_alone("payroll.void", {"run": run, "reason": "The next log is another story"})

    def _press_alone(self, button: str, inputs: Mapping[str, str]) -> None:
        reply = self._press({"workbook": {"clinic": CLINIC}}, inputs, button)
        assert not reply["asks"], reply["summary"]

    def _press(
        self, click: dict[str, Any], answers: Mapping[str, str], button: str = "payroll.generate"
    ) -> dict[str, Any]:
        sent = click | {"request_id": f"log-{next(_numbers)}", "inputs": dict(answers)}
        reply: dict[str, Any] = orjson.loads(press(button, orjson.dumps(sent), self.ledger))
        return reply

    def _forget_answers(self) -> None:
        with self.ledger.clinic(CLINIC).transaction() as books:
            if books.profile() != ImportProfile():
                books.save_profile(ImportProfile(), "tests")

    def _opened(self, reply: dict[str, Any], answers: Mapping[str, str]) -> Pressed:
        if not reply["output"]:
            return Pressed(reply, answers)
        path = Outputs(self.ledger.folder).open(reply["output"]["id"])
        book = CalamineWorkbook.from_path(path)
        paid: dict[int, PaidRow] = {}
        for line in _records(book, "Lines"):
            number = int(line["Source row"])
            assert number not in paid, f"row {number} is paid twice"
            cents = int((Decimal(str(line["Amount"])) * 100).to_integral_value())
            paid[number] = PaidRow(line["Date of service"], line["Provider"], cents)
        unpaid = {int(line["Source row"]): str(line["Outcome"]) for line in _records(book, "Excluded")}
        path.unlink()
        return Pressed(reply, answers, paid, unpaid)


def _given_at_once(page: Page) -> dict[str, str]:
    """Return what is answered before anything is asked."""
    order = {"date_order": page.order} if page.names_order else {}
    return order | (_period(page) if page.names_period else {})


def _period(page: Page) -> dict[str, str]:
    """Return the month of the log as the pay period, to be given with the click."""
    day = min(visit.day for visit in page.visits).replace(day=1)
    last = (day.replace(month=day.month + 1) - day).days if day.month < 12 else 31
    return {"from": day.isoformat(), "to": day.replace(day=last).isoformat()}


def _records(book: CalamineWorkbook, name: str) -> list[dict[str, Any]]:
    if name not in book.sheet_names:
        return []
    headings, *rows = book.get_sheet_by_name(name).to_python()
    return [dict(zip(map(str, headings), row, strict=True)) for row in rows if isinstance(row[0], float)]


@contextmanager
def an_office() -> Iterator[Office]:
    """Open an office in a folder of its own, gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        office = Office(Path(folder))
        try:
            yield office
        finally:
            office.ledger.close()


def judged(office: Office, page: Page) -> Verdict:
    """Press the page and say whether what came of it is the truth, a question, or wrong."""
    pressed = office.pressed(page)
    if pressed.refusal:
        return Verdict(REFUSED, (), pressed)
    if pressed.form:
        return Verdict(ASKED, (), pressed)
    wrongs = [*_sums(pressed), *_rows(page, pressed), *_copies(page, pressed)]
    if wrongs:
        return Verdict(WRONG, tuple(wrongs), pressed)
    return Verdict(BLOCKED if pressed.reply["level"] == "blocked" else DONE, (), pressed)


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

"""A practice's office: a ledger with the invented clinic, in which a truthful person presses Generate payroll on a page.

Most pages are pressed without writing their workbook, which takes four fifths of a click. What is read from the run
itself is held against the sheets wherever the sheets are written.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import orjson
from python_calamine import CalamineWorkbook

from addin.desktop.files.refusals import UnreadableWorkbook
from server.billing.clinics import ImportProfile
from server.billing.days import date_of
from server.billing.payroll.pay_run import PayRun
from server.billing.people import LOCAL_PERSON
from server.errors import BillingError
from server.ledger.store import Ledger
from server.operations.session import Session
from server.ribbon.context import ClickContext, questions_reply, with_findings
from server.ribbon.dispatch import press
from server.ribbon.payroll.generate import compute_run
from server.ribbon.payroll.paid_visits import ask_whether_paid, asked_run
from server.ribbon.payroll.run_summary import paid_words, run_figures
from server.ribbon.protocol import Reply, read_click
from server.sheets.questions import Unanswered
from tests.differential.page import Page
from tests.differential.person import answers_to
from tests.differential.sending import click_of
from tests.differential.truth import CLINIC, TODAY, invented_setup

MOST_FORMS = 5
"""How many forms one click may show one after the other."""

Click = dict[str, Any]
JsonReply = dict[str, Any]
Attempt = Callable[[Click, Mapping[str, str]], tuple[JsonReply, "Outcomes"]]

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class PaidRow:
    """A row of the sheet Lines."""

    day: date
    provider: str
    cents: int


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What became of each row of a log, by its number in Excel."""

    paid: Mapping[int, PaidRow] = field(default_factory=dict)
    unpaid: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pressed:
    """What came of the clicks on one page: the last reply, every answer, and what became of each row.

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


class Office:
    """A ledger with the invented clinic, in which one log after the other is paid as if it were the first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        noon = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC)
        self.ledger = Ledger(folder / "ledger", lambda: noon)
        self.outputs = self.ledger.outputs
        setup = invented_setup()
        with self.ledger.open_clinic(setup.clinic).transaction() as books:
            books.save_setup(setup, "tests")

    def pressed(self, page: Page) -> Pressed:
        """Press Generate payroll on a page, with every question answered that can be, and read the sheets it writes."""
        self._forget_answers()
        return self._answered(page, self._generated)

    def settled(self, page: Page) -> Pressed:
        """Read and settle a page as Generate payroll does, and write no sheets and record nothing."""
        self._forget_answers()
        return self._answered(page, self._computed)

    def _answered(self, page: Page, attempt: Attempt) -> Pressed:
        try:
            click = click_of(page, self.folder)
        except UnreadableWorkbook as refusal:
            return Pressed({}, {}, refusal=str(refusal))
        answers = _given_at_once(page)
        for _ in range(MOST_FORMS):
            try:
                reply, outcomes = attempt(click, answers)
            except BillingError as refusal:
                return Pressed({}, answers, refusal=f"{refusal.code}: {refusal}")
            if not reply["asks"]:
                return Pressed(reply, answers, outcomes.paid, outcomes.unpaid)
            known = answers_to(page, reply["asks"])
            if known is None or known.items() <= answers.items():
                return Pressed(reply, answers, form=reply["asks"])
            answers |= known
        raise AssertionError(f"more than {MOST_FORMS} forms: {answers}")

    def close(self, run: str) -> None:
        """Approve a run by its id."""
        reply = self._press({"workbook": {"clinic": CLINIC}}, {"run": run}, "payroll.close")
        ticks = {field["name"]: field["choices"][0]["value"] for field in reply["asks"]["fields"]}
        self._press_alone("payroll.close", {"run": run, **ticks})

    def void(self, run: str) -> None:
        """Take a run back, so that the next log is the first again."""
        self._press_alone("payroll.void", {"run": run, "reason": "The next log is another story"})

    def _press_alone(self, button: str, inputs: Mapping[str, str]) -> None:
        reply = self._press({"workbook": {"clinic": CLINIC}}, inputs, button)
        assert not reply["asks"], reply["summary"]

    def _generated(self, click: Click, answers: Mapping[str, str]) -> tuple[JsonReply, Outcomes]:
        reply = self._press(click, answers)
        return reply, self._opened(reply) if reply["output"] else Outcomes()

    def _computed(self, click: Click, answers: Mapping[str, str]) -> tuple[JsonReply, Outcomes]:
        session = Session(self.ledger, LOCAL_PERSON, CLINIC)
        context = ClickContext(session, read_click(_body(click, answers)))
        try:
            calculated, _, _ = compute_run(context)
            ask_whether_paid(calculated, asked_run(context))
        except Unanswered as unanswered:
            return questions_reply("before payroll can be generated", unanswered).model_dump(
                mode="json"
            ), Outcomes()
        run = calculated.run
        reply = with_findings(Reply(summary=paid_words(run), figures=run_figures(run, {})), run.findings)
        return reply.model_dump(mode="json"), _outcomes_of(run)

    def _press(self, click: Click, answers: Mapping[str, str], button: str = "payroll.generate") -> JsonReply:
        reply: JsonReply = orjson.loads(press(button, _body(click, answers), self.ledger))
        return reply

    def _forget_answers(self) -> None:
        with self.ledger.clinic(CLINIC).transaction() as books:
            if books.profile() != ImportProfile():
                books.save_profile(ImportProfile(), "tests")

    def _opened(self, reply: JsonReply) -> Outcomes:
        """Read what became of each row off the sheets."""
        book = CalamineWorkbook.from_filelike(BytesIO(self.outputs.read(reply["output"]["id"]).data))
        paid: dict[int, PaidRow] = {}
        for line in _records(book, "Lines"):
            number = int(line["Source row"])
            assert number not in paid, f"row {number} is paid twice"
            cents = int((Decimal(str(line["Amount"])) * 100).to_integral_value())
            paid[number] = PaidRow(line["Date of service"], line["Provider"], cents)
        unpaid = {int(line["Source row"]): str(line["Outcome"]) for line in _records(book, "Excluded")}
        shutil.rmtree(self.ledger.folder / "outputs")  # two thousand workbooks need room
        return Outcomes(paid, unpaid)


def _body(click: Click, answers: Mapping[str, str]) -> bytes:
    return orjson.dumps(click | {"request_id": f"log-{next(_numbers)}", "inputs": dict(answers)})


def _outcomes_of(run: PayRun) -> Outcomes:
    lines, unpaid = run.lines, run.unpaid
    assert lines.row.is_unique, "a row is paid twice"
    columns = (one.tolist() for one in (lines.row, lines.day, lines.provider, lines.amount_cents))
    paid = {row: PaidRow(date_of(day), name, cents) for row, day, name, cents in zip(*columns, strict=True)}
    return Outcomes(paid, dict(zip(unpaid.row.tolist(), unpaid.outcome.tolist(), strict=True)))


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

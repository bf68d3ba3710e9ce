"""Clicks as the add-in sends them, for an invented clinic whose books hold its setup."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import orjson
from openpyxl import load_workbook

from server.billing.clinics import Cadence, Clinic, Provider, Setup
from server.billing.days import serial_of
from server.billing.payroll.paid_visits import SameVisits
from server.billing.payroll.vanished_answers import VanishedAnswer
from server.billing.people import LOCAL_PERSON, Person
from server.errors import BillingError
from server.ledger.clinic_books import ClinicBooks
from server.ledger.store import Ledger
from server.operations.session import Asker, Session
from server.ribbon.context import ClickContext
from server.ribbon.dispatch import COMMANDS, Handler, press
from server.ribbon.protocol import Reply, read_click
from server.sheets.clinics.setup_workbook import write_setup
from server.sheets.sheet import Cell, Sheet
from server.sheets.tables import PAYMENTS
from tests.behind import open_books
from tests.invented import HEADINGS, LAKESIDE, a_row, a_sheet

HARBOR = Setup(
    replace(LAKESIDE.clinic, id="harbor", name="Harbor Practice"),
    providers=(Provider("Pat Poe"), Provider("Quin Quoe")),
    services=LAKESIDE.services,
    rates=LAKESIDE.rates,
)

_numbers = count(1)


def a_clock() -> datetime:
    """Return the day after which nothing of the tests happens."""
    return datetime(2026, 11, 20, 12, tzinfo=UTC)


def a_ledger(folder: Path, *setups: Setup) -> Ledger:
    """Make a ledger that holds these clinics."""
    ledger = Ledger(folder, a_clock)
    for setup in setups:
        with ledger.open_clinic(setup.clinic).transaction() as books:
            books.save_setup(setup, "tests")
    ledger.close()  # tests copy the folder
    return ledger


def keeping(cadence: Cadence, setup: Setup = LAKESIDE, **clinic: Any) -> Setup:  # noqa: ANN401
    """Return a clinic that pays in this rhythm."""
    return replace(setup, clinic=replace(setup.clinic, cadence=cadence, **clinic))


def sent(sheet: Sheet) -> dict[str, Any]:
    """Return a sheet as it goes over the wire."""
    return {"name": sheet.name, "columns": sheet.columns, "formats": list(sheet.formats)}


def a_click(
    rows: Sequence[Sequence[Cell]] | None = None,
    *,
    clinic: str | None = "lakeside",
    sheets: Sequence[dict[str, Any]] = (),
    headings: Sequence[str] = HEADINGS,
    request_id: str = "",
    inputs: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return a new click, on a log of these rows if there are any."""
    log = [sent(a_sheet(rows, headings))] if rows is not None else []
    return {
        "request_id": request_id or f"click-{next(_numbers)}",
        "workbook": {"name": "October.xlsx", "clinic": clinic, "date_system": 1900},
        "sheets": [*log, *sheets],
        "inputs": dict(inputs or {}),
    }


def pressed(
    ledger: Ledger, button: str, click: dict[str, Any], person: Person = LOCAL_PERSON
) -> dict[str, Any]:
    """Press a button and return the reply; a bare word about paid visits answers the question put about them now."""
    inputs = click.get("inputs", {})
    words = {*SameVisits, *VanishedAnswer}
    for name in sorted({"paid_visits", "paid_visits_again", "vanished_visits"} & inputs.keys()):
        inputs = click["inputs"]
        if inputs[name] in words:
            click = {**click, "inputs": inputs | {name: as_offered(ledger, button, click, name)}}
    return pressed_as_typed(ledger, button, click, person)


def generated_past_vanished(
    ledger: Ledger, click: dict[str, Any], person: Person = LOCAL_PERSON
) -> dict[str, Any]:
    """Generate payroll; if the only question is about visits that are gone, answer that another export has them."""
    reply = pressed(ledger, "payroll.generate", click, person)
    names = [field["name"] for field in reply["asks"]["fields"]] if reply["asks"] else []
    if names != ["vanished_visits"]:
        return reply
    answered = {"vanished_visits": VanishedAnswer.ELSEWHERE.value}
    again = {"request_id": f"{click['request_id']}-answered", "inputs": click["inputs"] | answered}
    return pressed(ledger, "payroll.generate", click | again, person)


def confirmed(
    ledger: Ledger, button: str, click: dict[str, Any], person: Person = LOCAL_PERSON
) -> dict[str, Any]:
    """Press a button that asks before it acts, tick everything, and press the button of its form."""
    asked = pressed(ledger, button, {**click, "request_id": f"{click['request_id']}-asked"}, person)
    return pressed(ledger, button, with_agreement(click, asked), person) if asked["asks"] else asked


def with_agreement(click: dict[str, Any], asked: dict[str, Any]) -> dict[str, Any]:
    """Return a click that agrees to what a form asks: it ticks all that must be ticked, and presses the first button."""
    fields = asked["asks"]["fields"]
    if not any(field["kind"] == "buttons" for field in fields):
        return click
    given = {
        field["name"]: field["choices"][0]["value"]
        for field in fields
        if field["kind"] == "buttons" or (field["kind"] == "several" and field["required"])
    }
    return {**click, "inputs": click["inputs"] | given}


def pressed_as_typed(
    ledger: Ledger, button: str, click: dict[str, Any], person: Person = LOCAL_PERSON
) -> dict[str, Any]:
    """Press a button with its inputs as they are. A refusal must be one that the button declares.

    If the reply asks for the payments sheet, the button is pressed once more, as an add-in does.
    """
    try:
        reply: dict[str, Any] = orjson.loads(press(button, orjson.dumps(click), ledger, Asker(person)))
    except BillingError as refusal:
        if button in COMMANDS and type(refusal) not in COMMANDS[button].refusals:
            message = f"{button} does not declare {refusal.code}"
            raise AssertionError(message) from refusal
        raise
    if (asks := reply["asks"]) and asks["sheets"] == [PAYMENTS.name]:
        asked = [*click.get("asked_sheets", ()), *asks["sheets"]]
        again = {**click, "request_id": f"{click['request_id']}-sheets", "asked_sheets": asked}
        return pressed_as_typed(ledger, button, again, person)
    return reply


def offered(reply: Mapping[str, Any], word: str = "good-rows") -> str:
    """Return the answer that a preview offers for this word: ``good-rows-3f9a1c``. A word that none begins with is typed."""
    (field,) = [field for field in reply["asks"]["fields"] if field["name"] == "apply"]
    values: list[str] = [choice["value"] for choice in field["choices"]]
    return next((value for value in values if value.startswith(word)), word)


def as_offered(ledger: Ledger, button: str, click: dict[str, Any], name: str) -> str:
    """Return an answer about paid visits as the form offers it that is put without it: ``same-3f9a1c``."""
    word: str = click["inputs"][name]
    others = {key: value for key, value in click["inputs"].items() if key != name}
    if name == "paid_visits_again":
        others["paid_visits"] = "ask"
    probe = {**click, "request_id": f"{click['request_id']}-asked", "inputs": others}
    fields = (pressed_as_typed(ledger, button, probe)["asks"] or {"fields": []})["fields"]
    offered = [choice["value"] for field in fields if field["name"] == name for choice in field["choices"]]
    return next((value for value in offered if value.startswith(f"{word}-")), word)


def summary_sheet(ledger: Ledger, generated: dict[str, Any]) -> dict[str, Any]:
    """Return the Payroll Summary that came with a click, as the add-in would send it."""
    content = ledger.outputs.read(generated["output"]["id"]).data
    sheet = load_workbook(BytesIO(content))["Payroll Summary"]
    return {
        "name": sheet.title,
        "columns": [[cell_as_sent(cell.value) for cell in column] for column in sheet.columns],
    }


def views(folder: Path) -> list[tuple[str, str, str]]:
    """Return who looked at what of the clinic's books, as its access log has it."""
    with open_books(folder) as execute:
        return execute("SELECT actor, what, about FROM access ORDER BY id")


def visits(*days: int, month: int = 10, **cells: Cell) -> list[tuple[Cell, ...]]:
    """Return an attended visit of Jane Roe's on each of these days of a month of 2026."""
    return [
        a_row(date=f"2026-{month:02}-{day:02}", id=f"A-{month}-{day}-{place}", **cells)
        for place, day in enumerate(days)
    ]


def setup_sheets(setup: Setup, opened: Setup | None = None) -> list[dict[str, Any]]:
    """Return the Setup workbook as the add-in would send it, typed anew or ``opened`` from the books."""
    book = load_workbook(BytesIO(write_setup(setup, opened.version if opened else "")))
    return [
        {
            "name": sheet.title,
            "columns": [[cell_as_sent(cell.value) for cell in column] for column in sheet.columns],
        }
        for sheet in book
    ]


def cell_as_sent(value: object) -> Cell:
    """Return what openpyxl read as Excel holds it: days are numbers."""
    if isinstance(value, datetime):
        return serial_of(value.date())
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


def a_new_clinic(setup: Setup, clinic_id: str) -> Setup:
    """Return the setup copied for another clinic."""
    return replace(setup, clinic=Clinic(clinic_id, clinic_id.title()))


class InterruptedSession(Session):
    """A session in which something else happens to the ledger between the look at the books and the transaction."""

    def __init__(self, ledger: Ledger, clinic_id: str, meanwhile: Callable[[], object]) -> None:
        super().__init__(ledger, LOCAL_PERSON, clinic_id)
        self._meanwhile: Callable[[], object] | None = meanwhile

    @property
    def books(self) -> ClinicBooks:
        """Let the other thing happen, then begin the transaction."""
        meanwhile, self._meanwhile = self._meanwhile, None
        if meanwhile:
            meanwhile()
        return super().books


def interrupted(
    ledger: Ledger, command: Handler, click: dict[str, Any], meanwhile: Callable[[], object]
) -> Reply:
    """Carry out a command while something else happens just before its transaction."""
    read = read_click(orjson.dumps(click))
    session = InterruptedSession(ledger, read.workbook.clinic or "", meanwhile)
    with session.transaction():
        return command(ClickContext(session, read))

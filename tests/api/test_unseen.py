"""Control characters in a click, which no cell can hold: read as blanks by every button, and never an incident."""

from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from server.ledger.store import Ledger
from server.ribbon.protocol import read_click
from server.sheets.sheet import Cell
from tests.api import wire
from tests.invented_exams import PRICED, exam_columns, typed
from tests.ribbon.clicks import a_click, a_ledger, setup_sheets, visits
from tests.ribbon.invoice_sheets import NOV_19, InvoicesSheet


@pytest.fixture(scope="session")
def made_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_ledger(tmp_path_factory.mktemp("priced") / "ledger", PRICED).folder


def press(service: httpx.Client, button: str, click: dict[str, Any]) -> dict[str, Any]:
    answer = wire.press(service, button, click)
    assert answer.status_code == httpx.codes.OK, answer.text
    reply: dict[str, Any] = answer.json()
    return reply


def creating(**cells: Cell) -> dict[str, Any]:
    return a_click(sheets=[{"name": "Exams", "columns": exam_columns([typed(None, **cells)])}])


def in_books(folder: Path) -> str:
    """Return everything about the first invoice the books of the clinic hold as text."""
    with Ledger(folder).clinic("lakeside").reading() as books:
        return repr([books.invoices.get("INV-000001"), books.invoices.history("INV-000001")])


@pytest.mark.parametrize("character", ["\0", "\b", "\v", "\x1f"], ids=ascii)
def test_no_such_character_in_any_cell_is_an_incident(
    service: httpx.Client, folder: Path, character: str
) -> None:
    odd = f"Not{character}e"
    assert (
        press(service, "invoices.create", creating(Note=odd, Physician=f"Dr.{character}X"))["level"] == "done"
    )

    sheet = InvoicesSheet.opened(Ledger(folder))
    sheet.type_in("INV-000001", action=f"send{character}", date=NOV_19, note=odd)
    assert press(service, "invoices.update", sheet.click())["figures"]["recorded"] == 1

    sheets = setup_sheets(PRICED)
    sheets[1]["columns"] = [[_after(cell, character) for cell in column] for column in sheets[1]["columns"]]
    press(service, "clinic.save", a_click(sheets=sheets))
    press(service, "payroll.generate", a_click(visits(1, 2, provider=f"Jane{character}Roe")))

    assert "Not e" in in_books(folder)
    assert "Dr. X" in in_books(folder)


def _after(cell: Any, character: str) -> Any:  # noqa: ANN401 - as Excel holds it
    return f"{cell}{character}" if isinstance(cell, str) else cell


@pytest.mark.parametrize(
    ("button", "inputs"),
    [
        ("invoices.open", {"payer": "Oak\0"}),
        ("invoices.history", {"invoice": "INV-000001\0"}),
        ("payroll.check", {"from": "\0002026-10-01", "to": "2026-10-31\x1f"}),
    ],
)
def test_nor_in_an_input(service: httpx.Client, button: str, inputs: dict[str, str]) -> None:
    press(service, "invoices.create", creating())
    reply = press(service, button, a_click(visits(1), inputs=inputs))
    assert reply["level"] == "done"


def test_digits_apart_are_not_read_together(service: httpx.Client) -> None:
    reply = press(service, "invoices.create", creating(Units="1\x000"))
    assert [finding["code"] for finding in reply["findings"]] == ["not-a-number"]


def test_a_backslash_before_a_u_is_no_control_character(service: httpx.Client, folder: Path) -> None:
    press(service, "invoices.create", creating(Physician=r"Dr. \u0000 \b"))
    assert r"Dr. \\u0000 \\b" in in_books(folder)


def test_of_all_below_the_blank_only_tab_and_line_breaks_are_read() -> None:
    click = read_click(orjson.dumps({"request_id": "".join(map(chr, range(33)))}))
    assert click.request_id == " " * 9 + "\t\n" + " " * 2 + "\r" + " " * 19


def test_half_a_character_is_no_request(service: httpx.Client) -> None:
    body = orjson.dumps(a_click(request_id="half")).replace(b'"half"', rb'"\ud800"')
    answer = service.post("/ribbon/clinic.open", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (httpx.codes.BAD_REQUEST, "bad-request")

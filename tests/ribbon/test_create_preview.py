"""Create invoices shows what it would bill before it bills something flagged."""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from server.ledger.store import Ledger
from server.sheets.invoices.tables import EXAMS
from server.sheets.sheet import Cell
from tests.invented_exams import PRICED, exam_columns, exams_of, typed
from tests.ribbon.clicks import a_click, a_clock, a_ledger, offered, pressed

KNEE: dict[str, Cell] = {"Exam type": None, "Code": "EX-303", "Units": 2, "Bilateral": "yes"}
"""An exam of $210.15 that is flagged."""


@pytest.fixture(scope="module")
def priced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_ledger(tmp_path_factory.mktemp("priced") / "ledger", PRICED).folder


@pytest.fixture
def ledger(tmp_path: Path, priced: Path) -> Ledger:
    return Ledger(shutil.copytree(priced, tmp_path / "ledger"), a_clock)


def create(ledger: Ledger, *rows: Mapping[str, Cell], **inputs: str) -> dict[str, Any]:
    sheet = {"name": "Exams", "columns": exam_columns(rows, (*EXAMS.titles, "Result"))}
    return pressed(ledger, "invoices.create", a_click(sheets=[sheet], inputs=inputs))


def billed(ledger: Ledger) -> list[int]:
    with ledger.clinic("lakeside").reading() as books:
        return [one.billed_cents for one in books.invoices.find()]


def results(reply: dict[str, Any]) -> list[str]:
    return [text for edit in reply["edits"] if edit["values"] for (text,) in edit["values"]]


def claim_of(ledger: Ledger, number: str) -> str:
    with ledger.clinic("lakeside").reading() as books:
        return books.invoices.injuries_of([number])[number].claim_number


def test_what_would_be_billed_is_shown_in_dollars(ledger: Ledger) -> None:
    rows = [*exams_of("P-1", "P-2"), typed(Patient="P-3", Payer="Elm (invented)") | KNEE]

    reply = create(ledger, *rows)

    assert reply["summary"] == "No invoice was created for Lakeside. 1 of 3 invoices is flagged."
    assert [table["rows"] for table in reply["asks"]["tables"]] == [
        [
            ["Oak (invented)", "2", "$300.00"],
            ["Elm (invented)", "1", "$210.15"],
            ["In all", "3", "$510.15"],
        ],
        [["Row 4: $210.15 · P-3, 10/05/2026. 2 units × both sides = 3 × the price."]],
    ]
    assert reply["asks"]["title"] == "Create 3 invoices: $510.15?"
    assert [choice["label"] for choice in reply["asks"]["fields"][0]["choices"]] == [
        "Create 3 invoices: $510.15",
        "Create 2 invoices: $300.00; leave the flagged one",
    ]
    assert results(reply)[-1] == ("Good, $210.15; not created yet. 2 units × both sides = 3 × the price.")
    assert billed(ledger) == []


def test_a_click_that_goes_on_by_itself_shows_what_it_would_bill(ledger: Ledger) -> None:
    rows = exams_of("P-1", "P-2")

    for unseen in ({}, {"apply": "yes"}):
        asked = create(ledger, *rows, resumed="yes", **unseen)
        assert (asked["level"], asked["asks"]["title"]) == ("blocked", "Create 2 invoices: $300.00?")
        assert billed(ledger) == []

    created = create(ledger, *rows, resumed="yes", apply=offered(asked, "good-rows"))

    assert (created["level"], billed(ledger)) == ("done", [150_00, 150_00])
    again = create(ledger, *rows, resumed="yes", apply=offered(asked, "good-rows"))
    assert again["asks"] or again["figures"]["invoices"] == 0


def test_the_flagged_exams_can_be_left_and_are_named_with_their_cells(ledger: Ledger) -> None:
    rows = [*exams_of("P-1", "P-2"), typed(Patient="P-3") | KNEE]

    reply = create(ledger, *rows, apply=offered(create(ledger, *rows), "leave-flagged"))

    assert (reply["level"], billed(ledger)) == ("review", [150_00, 150_00])
    assert reply["summary"].endswith(" Left as typed, as you chose: row 4.")
    assert [(one["code"], one["cell"]) for one in reply["findings"]] == [("row-left", "A4")]
    assert results(reply)[-1].startswith("Good, $210.15; left as you chose.")
    assert reply["figures"]["left_cents"] == 210_15


def test_the_rows_of_one_exam_are_left_together(ledger: Ledger) -> None:
    rows = [typed(), typed() | KNEE, typed(Patient="P-2") | KNEE, typed(Patient="P-3")]
    shown = create(ledger, *rows)
    leave, buttons = shown["asks"]["fields"]
    assert (buttons["name"], buttons["kind"]) == ("apply", "buttons")
    assert [choice["label"].partition(":")[0] for choice in leave["choices"]] == ["Rows 2-3", "Row 4"]

    reply = create(ledger, *rows, apply=offered(shown, "leave-listed"), leave="2")

    assert billed(ledger) == [210_15, 150_00]
    assert [one["cell"] for one in reply["findings"] if one["code"] == "row-left"] == ["A2", "A3"]


def test_blocked_and_flagged_rows_are_asked_about_once(ledger: Ledger) -> None:
    rows = [typed(), typed(Patient="P-2") | KNEE, typed(Patient="P-3", Units="two")]
    shown = create(ledger, *rows)
    labels = [choice["label"] for choice in shown["asks"]["fields"][0]["choices"]]
    assert labels[0] == "Create 2 invoices: $360.15; leave 1 row that needs attention"

    reply = create(ledger, *rows, apply=offered(shown))

    assert (reply["asks"], billed(ledger)) == (None, [150_00, 210_15])


def test_cancelling_bills_nothing_and_says_so(ledger: Ledger) -> None:
    rows = [typed(), typed(Patient="P-2") | KNEE]
    reply = create(ledger, *rows, apply="no")
    assert reply["summary"].startswith("No invoice was created for Lakeside, as you chose.")
    assert (reply["asks"], billed(ledger)) == (None, [])


def test_what_the_billed_rows_say_of_their_injury_waits_for_the_answer_too(ledger: Ledger) -> None:
    first = results(create(ledger, typed()))[-1]
    told = typed(Claim_number="CL-77", Result=first)
    rows = [told, typed(Patient="P-2") | KNEE]

    shown = create(ledger, *rows)
    assert (bool(shown["asks"]), claim_of(ledger, "INV-000001")) == (True, "")
    create(ledger, *rows, apply="no")
    assert claim_of(ledger, "INV-000001") == ""
    create(ledger, *rows, apply=offered(shown))

    assert claim_of(ledger, "INV-000001") == "CL-77"


def test_a_price_that_changed_is_shown_again(ledger: Ledger) -> None:
    rows = [typed(), typed(Patient="P-2") | KNEE]
    answer = offered(create(ledger, *rows))
    dearer = tuple(replace(one, unit_price_cents=one.unit_price_cents + 1) for one in PRICED.prices)
    with ledger.clinic("lakeside").transaction() as books:
        books.save_setup(replace(PRICED, prices=dearer), "tests")

    reply = create(ledger, *rows, apply=answer)

    assert reply["summary"].startswith("Something has changed since you were asked, so nothing was recorded.")
    assert reply["asks"]["tables"][0]["rows"] == [["Oak (invented)", "2", "$360.20"]]
    assert billed(ledger) == []


def test_the_next_step_is_to_open_the_invoices(ledger: Ledger) -> None:
    assert create(ledger, typed())["next"] == "invoices.open"
    assert create(ledger, typed(Patient="P-2") | KNEE)["next"] is None
    assert create(ledger, typed(Patient="P-3", Units="two"))["next"] is None


def test_what_was_only_shown_is_not_in_the_books(ledger: Ledger) -> None:
    before = (ledger.folder / "clinics" / "lakeside.db").read_bytes()
    create(ledger, typed() | KNEE)
    assert (ledger.folder / "clinics" / "lakeside.db").read_bytes() == before

"""The sheet Shares of a log's workbook: who has which part of single appointments (rule: pay-runs#shares)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from server.ledger.store import Ledger
from server.sheets.sheet import Cell
from tests.invented import a_row
from tests.ribbon.clicks import a_click, a_ledger, confirmed, pressed, summary_sheet
from tests.ribbon.test_further_pay import JANE, LASTING, MAX, SUE, a_practice, a_share, earned_in, supervised

TITLES: Sequence[Cell] = ("Appointment ID", "Provider", "Share")
SPLIT: Sequence[Sequence[Cell]] = (("A1", JANE, "60%"), ("a1 ", "max DOE", "40%"))


def a_sheet_of(*rows: Sequence[Cell], titles: Sequence[Cell] = TITLES) -> dict[str, Any]:
    """Return the sheet Shares as the add-in sends it."""
    return {"name": "Shares", "columns": [list(column) for column in zip(titles, *rows, strict=True)]}


def generated(ledger: Ledger, *rows: Sequence[Cell], shares: Sequence[Sequence[Cell]] = ()) -> dict[str, Any]:
    """Generate the payroll of October from a log, and the sheet Shares beside it if it has rows."""
    inputs = {"from": "2026-10-01", "to": "2026-10-31"}
    sheets = [a_sheet_of(*shares)] if shares else []
    return pressed(ledger, "payroll.generate", a_click([*LASTING, *rows], sheets=sheets, inputs=inputs))


def approved(ledger: Ledger, *rows: Sequence[Cell], shares: Sequence[Sequence[Cell]] = ()) -> dict[str, int]:
    """Approve that payroll and return what it pays each provider beside the lasting visits, in cents."""
    figures = generated(ledger, *rows, shares=shares)["figures"]
    if figures["run"]:
        confirmed(ledger, "payroll.close", a_click(inputs={"run": figures["run"]}))
    return earned_in(figures)


@pytest.fixture
def books(tmp_path: Path) -> Ledger:
    """Make a practice with a rule for shares, which a row about an appointment replaces, and with supervision."""
    return a_ledger(tmp_path, a_practice(a_share(10, partner=SUE), supervised()))


def test_an_appointment_is_split_as_its_sheet_says(books: Ledger) -> None:
    earned = approved(books, a_row(id="A1"), a_row(id="A2"), shares=SPLIT)

    assert earned == {JANE: 60_01 + 90_01, MAX: 40_00, SUE: 10_00 + 2 * 15_00}


def test_the_rate_is_that_of_the_provider_in_the_log_who_may_have_no_part(books: Ledger) -> None:
    shares = [("A1", MAX, "50%"), ("A1", SUE, "50%")]

    assert approved(books, a_row(id="A1"), shares=shares) == {MAX: 50_01, SUE: 50_00 + 15_00}


@pytest.mark.parametrize(
    ("shares", "codes"),
    [
        ([("A1", JANE, "60%"), ("A1", MAX, "30%")], {"shares-not-whole"}),
        ([("A1", JANE, "60%"), ("A1", MAX, "60%")], {"shares-not-whole"}),
        ([("A1", JANE, "60%"), ("A1", "Nobody", "40%")], {"shares-not-whole", "unknown-provider"}),
        ([("A1", JANE, "60%"), ("A1", MAX, "some")], {"shares-not-whole", "not-a-percentage"}),
        ([("A1", JANE, "100%"), ("A1", MAX, None)], {"shares-not-whole", "blank-cell"}),
        ([("A1", JANE, "100%"), ("A1", MAX, "0%")], {"shares-not-whole", "not-a-share"}),
    ],
)
def test_shares_that_are_not_the_whole_block_the_appointment_alone(
    books: Ledger, shares: Sequence[Sequence[Cell]], codes: set[str]
) -> None:
    reply = generated(books, a_row(id="A1"), a_row(id="A2"), shares=shares)

    assert reply["figures"]["blocked"] == 1
    assert {one["code"] for one in reply["findings"] if one["severity"] == "blocker"} == codes


def test_a_share_of_an_appointment_that_the_log_does_not_have_is_said(books: Ledger) -> None:
    reply = generated(books, a_row(id="A1"), shares=[*SPLIT, ("A9", MAX, "100%")])

    assert [(one["code"], one["sheet"], one["cell"]) for one in reply["findings"]] == [
        ("share-of-unknown-appointment", "Shares", "A4")
    ]


def test_a_sheet_without_appointments_is_that_of_the_setup(books: Ledger) -> None:
    sheet = a_sheet_of(
        ("x", "*", MAX, "40%", "2026-01-01"), titles=("Provider", "Service", "With", "Share", "From")
    )
    click = a_click([*LASTING], sheets=[sheet], inputs={"from": "2026-10-01", "to": "2026-10-31"})

    reply = pressed(books, "payroll.generate", click)

    assert (reply["findings"], reply["figures"]["paid"]) == ([], 3)


def test_shares_that_change_later_are_adjusted_and_those_that_are_not_listed_again_stay(
    books: Ledger,
) -> None:
    approved(books, a_row(id="A1"), shares=SPLIT)

    assert approved(books, a_row(id="A1")) == {}
    assert approved(books, a_row(id="A1"), shares=[("A1", JANE, "50%"), ("A1", MAX, "50%")]) == {
        JANE: -10_00,
        MAX: 10_00,
    }
    assert approved(books, a_row(id="A1"), shares=[("A1", JANE, "100%")]) == {JANE: 50_00, MAX: -50_00}
    assert approved(books, a_row(id="A1")) == {}


def test_shares_of_an_appointment_come_back_with_it_and_follow_its_service(books: Ledger) -> None:
    approved(books, a_row(id="A1"), shares=SPLIT)

    assert approved(books, a_row(id="A1", service="EX-102")) == {JANE: -48_01, MAX: -32_00, SUE: -15_00}
    assert approved(books, a_row(id="A1", service="EX-102", status="Cancelled")) == {JANE: -12_00, MAX: -8_00}
    assert approved(books, a_row(id="A1", service="EX-102")) == {JANE: 12_00, MAX: 8_00}


def test_an_appointment_with_a_later_sheet_is_split_although_it_was_paid_to_one(books: Ledger) -> None:
    approved(books, a_row(id="A2"))

    assert approved(books, a_row(id="A2"), shares=[("A2", JANE, "50%"), ("A2", MAX, "50%")]) == {
        JANE: -40_00,
        MAX: 50_00,
        SUE: -10_00,
    }


def test_approval_compares_the_draft_with_its_shares(books: Ledger) -> None:
    generated_now = generated(books, a_row(id="A1"), shares=SPLIT)
    log = a_click([*LASTING, a_row(id="A1")])["sheets"]
    summary = summary_sheet(books, generated_now)

    first = pressed(books, "payroll.close", a_click(sheets=[summary]))
    assert first["asks"]["sheets"] == ["Appointments", "Shares", "Hours"]

    click = {**a_click(sheets=[summary, *log, a_sheet_of(*SPLIT)]), "asked_sheets": first["asks"]["sheets"]}
    assert [field["kind"] for field in pressed(books, "payroll.close", click)["asks"]["fields"]] == [
        "buttons"
    ]

    changed = a_sheet_of(("A1", JANE, "50%"), ("A1", MAX, "50%"))
    click = {**a_click(sheets=[summary, *log, changed]), "asked_sheets": first["asks"]["sheets"]}
    assert pressed(books, "payroll.close", click)["asks"]["fields"][0]["name"] == "stale"

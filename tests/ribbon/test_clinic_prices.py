"""Saving prices: whose codes they are is asked once, and what was billed stays in the books."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from server.billing.clinics import Setup
from server.billing.invoices.prices import Bilateral, ExamCode, Price
from server.errors import LicenseNeeded, SetupUnusable, StaleSetup
from server.ledger.clinics.prices import Attestation
from server.ledger.store import Ledger
from server.ribbon.clinics import save_sheets
from server.sheets.sheet import Cell
from tests.invented import LAKESIDE
from tests.ribbon.clicks import a_click, a_new_clinic, interrupted, pressed, sent, setup_sheets
from tests.sheets.typed_setup import GOOD, a_sheet

SINCE = date(2026, 1, 1)
KNEE = Price("EX-301", "Knee riddle", 120_50, SINCE, Bilateral.HALF_MORE)
BACK = Price("EX-302", "Back riddle", 99_00, SINCE, payer="Acme Invented")
TYPES = (ExamCode("Joints", "EX-301", "Knee"), ExamCode("Joints", "EX-302", "Back"))
PRICED = replace(LAKESIDE, prices=(KNEE, BACK), exam_types=TYPES)
ATTESTED = {"license": "yes", "organization": "Example Billing Firm"}


def saving(setup: Setup, inputs: Mapping[str, str] | None = None, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return a_click(clinic=None, sheets=setup_sheets(setup), inputs=inputs, **more)


def without_prices(setup: Setup) -> list[dict[str, Any]]:
    return [sheet for sheet in setup_sheets(setup) if sheet["name"] not in {"Prices", "Exam types"}]


def in_books(ledger: Ledger, clinic: str = "lakeside") -> tuple[Setup, Attestation | None]:
    with ledger.clinic(clinic).reading() as books:
        return books.setup(), books.license_attestation()


@pytest.fixture
def priced(ledger: Ledger) -> Ledger:
    pressed(ledger, "clinic.save", saving(PRICED, ATTESTED))
    return ledger


def test_the_first_prices_ask_whose_codes_they_are_and_save_nothing(ledger: Ledger) -> None:
    reply = pressed(ledger, "clinic.save", saving(PRICED))

    assert [(field["name"], field["kind"]) for field in reply["asks"]["fields"]] == [
        ("license", "yes-no"),
        ("organization", "text"),
    ]
    assert (reply["level"], reply["bind"]) == ("blocked", None)
    assert "Nothing is saved yet" in reply["summary"]
    assert in_books(ledger) == (LAKESIDE, None)


def test_a_new_clinic_is_not_entered_before_the_question_is_answered(ledger: Ledger) -> None:
    pressed(ledger, "clinic.save", saving(a_new_clinic(PRICED, "hillside")))

    assert [entry.id for entry in ledger.clinics()] == ["harbor", "lakeside"]
    assert not (ledger.folder / "clinics" / "hillside.db").exists()


def test_an_attested_license_is_kept_with_the_prices(ledger: Ledger) -> None:
    reply = pressed(ledger, "clinic.save", saving(PRICED, ATTESTED))

    setup, attestation = in_books(ledger)
    assert (setup.prices, setup.exam_types) == (PRICED.prices, PRICED.exam_types)
    assert attestation
    assert (attestation.words, attestation.attested_by) == (
        "Example Billing Firm holds the licenses for the codes and descriptions it imports, or they are its own.",
        "local",
    )
    assert reply["summary"] == (
        f"The setup of Lakeside is saved. prices: 2 added; exam types: 2 added. Attested: {attestation.words}"
    )
    assert reply["figures"]["prices"]["added"] == 2


def test_answers_under_their_earlier_names_are_accepted(ledger: Ledger) -> None:
    pressed(ledger, "clinic.save", saving(PRICED, {"licence": "yes", "organisation": "Example Billing Firm"}))
    attestation = in_books(ledger)[1]
    assert attestation
    assert attestation.words.startswith("Example Billing Firm holds")


def test_an_earlier_name_is_asked_again_under_the_new_one(ledger: Ledger) -> None:
    reply = pressed(ledger, "clinic.save", saving(PRICED, {"licence": "yes"}))
    assert [(field["name"], field["default"]) for field in reply["asks"]["fields"]] == [
        ("license", "yes"),
        ("organization", None),
    ]


def test_the_new_name_wins_over_the_earlier_one(ledger: Ledger) -> None:
    pressed(
        ledger, "clinic.save", saving(PRICED, ATTESTED | {"licence": "no", "organisation": "Another Firm"})
    )
    assert "Example Billing Firm" in str(in_books(ledger)[1])


@pytest.mark.parametrize("name", ["licence", "license"])
def test_a_no_is_refused_under_either_name(ledger: Ledger, name: str) -> None:
    with pytest.raises(LicenseNeeded):
        pressed(ledger, "clinic.save", saving(PRICED, {name: "no"}))
    assert in_books(ledger) == (LAKESIDE, None)


@pytest.mark.parametrize("yes", ["yes", "Yes ", "TRUE", "y"])
def test_yes_may_be_typed_in_any_way_excel_writes_it(ledger: Ledger, yes: str) -> None:
    pressed(ledger, "clinic.save", saving(PRICED, ATTESTED | {"license": yes}))
    assert in_books(ledger)[1]


@pytest.mark.parametrize("no", ["no", "No", "false"])
def test_without_a_license_nothing_is_saved_and_the_way_out_is_told(ledger: Ledger, no: str) -> None:
    with pytest.raises(LicenseNeeded) as caught:
        pressed(ledger, "clinic.save", saving(PRICED, ATTESTED | {"license": no}))

    assert "Clear the rows of the Prices sheet" in caught.value.remedy
    assert in_books(ledger) == (LAKESIDE, None)

    pressed(ledger, "clinic.save", saving(replace(PRICED, prices=()), {"license": no}))
    assert in_books(ledger)[0].exam_types == TYPES


@pytest.mark.parametrize(
    "half",
    [{"license": "yes"}, {"organization": "Example Billing Firm"}, ATTESTED | {"organization": "—"},
     ATTESTED | {"license": "perhaps"}],
)  # fmt: skip
def test_half_an_answer_is_asked_again(ledger: Ledger, half: dict[str, str]) -> None:
    reply = pressed(ledger, "clinic.save", saving(PRICED, half))

    held, organization = reply["asks"]["fields"]
    assert held["default"] == ("yes" if half.get("license") == "yes" else None)
    assert organization["default"] == half.get("organization")
    assert in_books(ledger) == (LAKESIDE, None)


def test_a_clinic_is_asked_once(priced: Ledger) -> None:
    dearer = replace(PRICED, prices=(replace(KNEE, unit_price_cents=130_00), BACK))
    fewer = replace(PRICED, prices=())

    for setup in (dearer, fewer, PRICED):
        assert pressed(priced, "clinic.save", saving(setup))["asks"] is None
    with closing(sqlite3.connect(priced.folder / "clinics" / "lakeside.db")) as db:
        assert db.execute("SELECT COUNT(*) FROM licence_attestation").fetchone() == (1,)


def test_every_clinic_is_asked_itself(priced: Ledger) -> None:
    assert pressed(priced, "clinic.save", saving(a_new_clinic(PRICED, "hillside")))["asks"]


def test_a_setup_without_prices_is_saved_without_a_question(ledger: Ledger) -> None:
    reply = pressed(ledger, "clinic.save", saving(LAKESIDE))
    assert (reply["asks"], reply["level"], reply["findings"]) == (None, "done", [])


def test_prices_saved_before_anybody_was_asked_stay_and_the_next_ones_are_asked_about(ledger: Ledger) -> None:
    with ledger.clinic("lakeside").transaction() as books:
        books.save_setup(PRICED, "tests")
    more = replace(PRICED, prices=(*PRICED.prices, replace(KNEE, code="EX-303")))

    assert pressed(ledger, "clinic.save", saving(PRICED))["asks"] is None
    assert pressed(ledger, "clinic.save", saving(more))["asks"]


def test_a_workbook_without_the_price_sheets_leaves_the_prices_alone(priced: Ledger) -> None:
    reply = pressed(priced, "clinic.save", a_click(sheets=without_prices(PRICED)))

    assert in_books(priced)[0].prices == PRICED.prices
    assert in_books(priced)[0].exam_types == PRICED.exam_types
    assert [finding["sheet"] for finding in reply["findings"]] == ["Prices", "Exam types"]
    assert reply["summary"].endswith("There were no changes.")


def test_a_price_taken_off_the_sheet_is_deactivated_and_never_lost(priced: Ledger) -> None:
    reply = pressed(priced, "clinic.save", saving(replace(PRICED, prices=(KNEE,))))

    assert "prices: 1 deactivated" in reply["summary"]
    assert in_books(priced)[0].prices == (KNEE,)
    with closing(sqlite3.connect(priced.folder / "clinics" / "lakeside.db")) as db:
        assert db.execute("SELECT COUNT(*) FROM price").fetchone() == (2,)


def test_a_price_with_a_mistake_saves_nothing_and_asks_nothing(ledger: Ledger) -> None:
    bad: list[Cell] = ["EX-301", "Knee", 0, None, None, "2026-01-01"]
    prices = sent(a_sheet("Prices", [GOOD["Prices"][0], bad]))
    with pytest.raises(SetupUnusable, match="A price of 0 cannot be billed"):
        pressed(ledger, "clinic.save", a_click(sheets=[*without_prices(LAKESIDE), prices]))
    assert in_books(ledger) == (LAKESIDE, None)


def test_prices_somebody_else_saved_meanwhile_are_not_overwritten(priced: Ledger) -> None:
    opened = in_books(priced)[0]
    mine, yours = (replace(opened, prices=(replace(KNEE, unit_price_cents=cents), BACK)) for cents in (1, 2))
    pressed(priced, "clinic.save", a_click(sheets=setup_sheets(yours, opened)))

    with pytest.raises(StaleSetup):
        pressed(priced, "clinic.save", a_click(sheets=setup_sheets(mine, opened)))
    assert in_books(priced)[0].prices == yours.prices


def test_overtaken_sheets_are_refused_before_anything_is_asked(ledger: Ledger) -> None:
    pressed(ledger, "clinic.save", saving(replace(LAKESIDE, providers=LAKESIDE.providers[:1])))
    with pytest.raises(StaleSetup):
        pressed(ledger, "clinic.save", a_click(sheets=setup_sheets(PRICED, LAKESIDE)))


def test_two_people_who_enter_one_new_clinic_at_once_do_not_overwrite_each_other(ledger: Ledger) -> None:
    yours, mine = (
        saving(a_new_clinic(replace(PRICED, prices=(price,)), "hillside"), ATTESTED) for price in (BACK, KNEE)
    )

    with pytest.raises(StaleSetup):
        interrupted(ledger, save_sheets, mine, lambda: pressed(ledger, "clinic.save", yours))

    assert in_books(ledger, "hillside")[0].prices == (BACK,)


def test_a_click_sent_twice_attests_once(ledger: Ledger) -> None:
    click = saving(PRICED, ATTESTED, request_id="the same")
    assert pressed(ledger, "clinic.save", click) == pressed(ledger, "clinic.save", click)
    with closing(sqlite3.connect(ledger.folder / "clinics" / "lakeside.db")) as db:
        assert db.execute("SELECT COUNT(*) FROM licence_attestation").fetchone() == (1,)


def test_the_setup_opened_counts_its_prices_and_exam_types(priced: Ledger) -> None:
    figures = pressed(priced, "clinic.open", a_click())["figures"]
    assert (figures["prices"], figures["exam_types"]) == (2, 1)

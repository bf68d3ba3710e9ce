"""The Clinic group: choosing, opening and saving, and what keeps two clinics apart."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from server.billing.clinics import Provider, Setup
from server.errors import (
    BadClinicId,
    BillingError,
    ClinicMismatch,
    Finding,
    MissingInput,
    MissingSheet,
    NoClinic,
    SetupUnusable,
    StaleSetup,
    UnknownClinic,
)
from server.errors.remedies import BLANK_SETUP, OPEN_SETUP_AGAIN, Remedy
from server.ledger.store import Ledger
from server.ribbon.dispatch import COMMANDS
from server.ribbon.ribbon_table import ribbon
from server.sheets.tables import SETUP_SHEETS
from tests.invented import LAKESIDE, a_rate
from tests.ribbon.clicks import HARBOR, a_click, a_ledger, a_new_clinic, pressed, setup_sheets, visits

BOUND = [button.id for button in ribbon().button if button.clinic]


def saving(
    setup: Setup, clinic: str | None = None, inputs: Mapping[str, str] | None = None
) -> dict[str, Any]:
    return a_click(clinic=clinic, sheets=setup_sheets(setup), inputs=inputs)


def without(sheets: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    return [sheet for sheet in sheets if sheet["name"] != name]


def offers_of(findings: Iterable[Finding]) -> dict[str, tuple[Remedy, ...]]:
    """Return what the findings of each kind offer."""
    return {finding.code: finding.remedies for finding in findings}


def in_books(ledger: Ledger, clinic: str = "lakeside") -> Setup:
    with ledger.clinic(clinic).reading() as books:
        return books.setup()


@pytest.mark.parametrize("button", BOUND)
def test_a_workbook_without_a_clinic_is_refused(ledger: Ledger, button: str) -> None:
    with pytest.raises(NoClinic):
        pressed(ledger, button, a_click(visits(5), clinic=None))


@pytest.mark.parametrize("clinic", ["nowhere", "../lakeside", "LAKESIDE", "lakeside ", "lakeside.db"])
@pytest.mark.parametrize("button", BOUND)
def test_a_workbook_of_a_clinic_nobody_knows_is_refused(ledger: Ledger, button: str, clinic: str) -> None:
    with pytest.raises(UnknownClinic):
        pressed(ledger, button, a_click(visits(5), clinic=clinic))


def test_every_button_but_these_needs_a_clinic() -> None:
    assert set(COMMANDS) - set(BOUND) == {"clinic.choose", "clinic.open", "clinic.save", "clinic.new"}


def test_the_setup_of_no_clinic_is_not_opened(ledger: Ledger) -> None:
    with pytest.raises(NoClinic) as caught:
        pressed(ledger, "clinic.open", a_click(clinic=None))
    assert [remedy.button for remedy in caught.value.remedies] == ["clinic.choose"]


@pytest.mark.parametrize("named", ["lakeside", "Lakeside", " LAKESIDE ", "lake-side"])
def test_a_clinic_is_chosen_by_name_or_id(ledger: Ledger, named: str) -> None:
    reply = pressed(ledger, "clinic.choose", a_click(clinic=None, inputs={"clinic": named}))
    assert reply["bind"] == {"clinic": "lakeside"}


def test_unasked_the_button_lists_the_clinics(ledger: Ledger) -> None:
    reply = pressed(ledger, "clinic.choose", a_click(clinic=None))
    (field,) = reply["asks"]["fields"]
    assert field["choices"] == [
        {"value": "harbor", "label": "Harbor Practice"},
        {"value": "lakeside", "label": "Lakeside"},
    ]
    assert reply["bind"] is None
    assert field["default"] is None


@pytest.mark.parametrize("named", ["nowhere", "lake", "*"])
def test_a_clinic_not_on_the_list_is_not_chosen(ledger: Ledger, named: str) -> None:
    with pytest.raises(UnknownClinic):
        pressed(ledger, "clinic.choose", a_click(clinic=None, inputs={"clinic": named}))


def test_two_clinics_of_one_name_are_told_apart_by_their_id(tmp_path: Path) -> None:
    twin = replace(LAKESIDE, clinic=replace(LAKESIDE.clinic, id="lakeside-2"))
    ledger = a_ledger(tmp_path / "ledger", LAKESIDE, twin)
    chosen = pressed(ledger, "clinic.choose", a_click(clinic=None, inputs={"clinic": "lakeside-2"}))
    assert chosen["bind"] == {"clinic": "lakeside-2"}


def test_a_bound_workbook_is_not_bound_to_another_clinic(ledger: Ledger) -> None:
    names = f"belongs to {LAKESIDE.clinic.name}, and what you ask is for {HARBOR.clinic.name}"
    with pytest.raises(ClinicMismatch, match=names):
        pressed(ledger, "clinic.choose", a_click(inputs={"clinic": "harbor"}))


def test_two_clinics_of_one_name_are_told_apart_by_their_ids(ledger: Ledger) -> None:
    namesake = replace(HARBOR, clinic=replace(HARBOR.clinic, name=LAKESIDE.clinic.name))
    with pytest.raises(ClinicMismatch, match=r"\(lakeside\).*\(harbor\)"):
        pressed(ledger, "clinic.save", saving(namesake, clinic="lakeside"))


def test_a_workbook_that_holds_only_a_log_can_be_given_to_another_clinic(ledger: Ledger) -> None:
    click = a_click(inputs={"clinic": "harbor"})
    click["workbook"]["written"] = [{"name": "Check", "kind": "check", "state": None}]
    assert pressed(ledger, "clinic.choose", click)["bind"] == {"clinic": "harbor"}


@pytest.mark.parametrize("kind", ["payroll", "setup", "invoices", "runs"])
def test_a_workbook_with_sheets_of_its_clinic_is_not_given_to_another(ledger: Ledger, kind: str) -> None:
    click = a_click(inputs={"clinic": "harbor"})
    click["workbook"]["written"] = [{"name": "Check", "kind": "check"}, {"name": "Sheet", "kind": kind}]
    with pytest.raises(ClinicMismatch):
        pressed(ledger, "clinic.choose", click)


def test_choosing_from_an_empty_ledger_says_how_to_enter_a_clinic(tmp_path: Path) -> None:
    with pytest.raises(MissingInput, match="There are no clinics yet") as caught:
        pressed(a_ledger(tmp_path / "ledger"), "clinic.choose", a_click(clinic=None))
    assert caught.value.remedies == (BLANK_SETUP,)


def test_a_blank_setup_is_opened_without_a_clinic_and_saved_once_it_is_filled_in(tmp_path: Path) -> None:
    ledger = a_ledger(tmp_path / "ledger")
    reply = pressed(ledger, "clinic.open", a_click(clinic=None, inputs=dict(BLANK_SETUP.inputs)))
    workbook = load_workbook(BytesIO(ledger.outputs.read(reply["output"]["id"]).data))
    assert workbook.sheetnames[: len(SETUP_SHEETS)] == [table.name for table in SETUP_SHEETS]
    assert (reply["next"], reply["activate"]) == ("clinic.save", "Clinic")
    assert pressed(ledger, "clinic.save", saving(LAKESIDE))["bind"] == {"clinic": "lakeside"}


def with_setup_sheets(**told: Any) -> dict[str, Any]:  # noqa: ANN401 - as a_click
    click = a_click(**told)
    click["workbook"]["written"] = [{"name": "Clinic", "kind": "setup", "state": None}]
    return click


def test_setup_sheets_that_are_there_are_not_replaced_unasked(ledger: Ledger) -> None:
    asked = pressed(ledger, "clinic.open", with_setup_sheets())
    (field,) = asked["asks"]["fields"]
    assert (asked["output"], field["kind"]) == (None, "buttons")

    kept = pressed(ledger, "clinic.open", with_setup_sheets(inputs={field["name"]: "keep"}))
    replaced = pressed(ledger, "clinic.open", with_setup_sheets(inputs={field["name"]: "replace"}))

    assert (kept["output"], kept["activate"], kept["next"]) == (None, "Clinic", "clinic.save")
    assert replaced["output"]


def test_the_setup_opened_is_the_setup_saved(ledger: Ledger) -> None:
    reply = pressed(ledger, "clinic.open", a_click())
    book = load_workbook(BytesIO(ledger.outputs.read(reply["output"]["id"]).data))
    assert book.sheetnames == [table.name for table in SETUP_SHEETS]

    again = pressed(ledger, "clinic.save", saving(in_books(ledger), clinic="lakeside"))

    assert again["summary"] == "The setup of Lakeside is saved. There were no changes."


def test_saving_a_new_clinics_setup_binds_the_workbook(ledger: Ledger) -> None:
    reply = pressed(ledger, "clinic.save", saving(a_new_clinic(LAKESIDE, "hillside")))
    assert reply["bind"] == {"clinic": "hillside"}
    assert in_books(ledger, "hillside").providers == LAKESIDE.providers


def test_a_provider_removed_from_the_sheet_is_deactivated(ledger: Ledger) -> None:
    fewer = replace(LAKESIDE, providers=LAKESIDE.providers[:1])
    reply = pressed(ledger, "clinic.save", saving(fewer, clinic="lakeside"))
    assert "1 deactivated" in reply["summary"]
    assert in_books(ledger).providers == fewer.providers


def test_a_bound_workbook_saves_no_other_clinic(ledger: Ledger) -> None:
    with pytest.raises(ClinicMismatch):
        pressed(ledger, "clinic.save", saving(HARBOR, clinic="lakeside"))
    assert in_books(ledger, "harbor") == HARBOR


def test_an_unbound_workbook_that_would_replace_a_clinics_staff_asks_first(ledger: Ledger) -> None:
    copied = replace(HARBOR, clinic=LAKESIDE.clinic)

    asked = pressed(ledger, "clinic.save", saving(copied))
    (field,) = asked["asks"]["fields"]
    assert (field["name"], asked["bind"]) == ("replace", None)
    assert in_books(ledger) == LAKESIDE

    pressed(ledger, "clinic.save", saving(copied, inputs={"replace": "yes"}))
    assert in_books(ledger).providers == HARBOR.providers


def test_only_a_yes_replaces_a_clinics_staff(ledger: Ledger) -> None:
    copied = replace(HARBOR, clinic=LAKESIDE.clinic)
    reply = pressed(ledger, "clinic.save", saving(copied, inputs={"replace": "no"}))
    assert (reply["level"], reply["asks"], reply["bind"]) == ("review", None, None)
    assert reply["summary"].startswith("Lakeside keeps its setup.")
    with pytest.raises(MissingInput):
        pressed(ledger, "clinic.save", saving(copied, inputs={"replace": "some"}))
    assert in_books(ledger) == LAKESIDE


def test_an_unbound_copy_of_a_clinics_own_setup_is_simply_saved(ledger: Ledger) -> None:
    more = replace(LAKESIDE, providers=(*LAKESIDE.providers, Provider("New Newell")))
    reply = pressed(ledger, "clinic.save", saving(more))
    assert reply["bind"] == {"clinic": "lakeside"}
    assert in_books(ledger).providers == more.providers


def test_a_workbook_without_setup_sheets_is_told_where_they_come_from(ledger: Ledger) -> None:
    with pytest.raises(MissingSheet) as caught:
        pressed(ledger, "clinic.save", a_click())
    assert "Open setup" in caught.value.remedy


WRONG: dict[str, Callable[[Setup], Setup]] = {
    "no id": lambda setup: replace(setup, clinic=replace(setup.clinic, id="")),
    "a path for an id": lambda setup: replace(setup, clinic=replace(setup.clinic, id="../lakeside")),
    "an id Windows keeps": lambda setup: replace(setup, clinic=replace(setup.clinic, id="con")),
    "two providers of one name": lambda setup: replace(setup, providers=setup.providers * 2),
    "two providers of one ID": lambda setup: replace(
        setup, providers=(*setup.providers, Provider("Zed Zoe", provider_id="P1"))
    ),
    "two services of one code": lambda setup: replace(setup, services=setup.services * 2),
    "a rate of nobody": lambda setup: replace(setup, rates=(a_rate(5_000, provider="Nobody"),)),
    "two rates of one day": lambda setup: replace(setup, rates=(a_rate(5_000), a_rate(6_000))),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=list(WRONG))
def test_a_setup_with_a_mistake_leaves_no_trace(ledger: Ledger, wrong: Callable[[Setup], Setup]) -> None:
    with pytest.raises(BillingError) as caught:
        pressed(ledger, "clinic.save", saving(wrong(a_new_clinic(LAKESIDE, "hillside"))))

    assert isinstance(caught.value, SetupUnusable | BadClinicId)
    assert [entry.id for entry in ledger.clinics()] == ["harbor", "lakeside"]
    assert sorted(path.stem for path in (ledger.folder / "clinics").glob("*.db")) == ["harbor", "lakeside"]


def test_the_mistakes_of_a_setup_name_their_cells(ledger: Ledger) -> None:
    with pytest.raises(SetupUnusable) as caught:
        pressed(ledger, "clinic.save", saving(WRONG["two rates of one day"](LAKESIDE), clinic="lakeside"))
    assert all(finding.rows and finding.sheet == "Rates" for finding in caught.value.findings)


def test_sheets_opened_before_somebody_else_saved_are_refused(ledger: Ledger) -> None:
    opened = in_books(ledger)
    mine, yours = (
        replace(opened, providers=(*opened.providers, Provider(name)))
        for name in ("Mine Newell", "Your Newell")
    )
    pressed(ledger, "clinic.save", a_click(sheets=setup_sheets(yours, opened)))

    with pytest.raises(StaleSetup, match="Somebody saved") as caught:
        pressed(ledger, "clinic.save", a_click(sheets=setup_sheets(mine, opened)))
    assert caught.value.remedies == (OPEN_SETUP_AGAIN,)

    assert in_books(ledger).providers == yours.providers


def test_without_a_setup_sheet_the_setup_can_be_opened_again_and_nothing_is_saved_by_itself(
    ledger: Ledger,
) -> None:
    with pytest.raises(SetupUnusable) as caught:
        pressed(ledger, "clinic.save", a_click(sheets=without(setup_sheets(LAKESIDE), "Rates")))
    assert offers_of(caught.value.findings)["missing-sheet"] == (OPEN_SETUP_AGAIN,)
    reply = pressed(ledger, "clinic.save", a_click(sheets=without(setup_sheets(LAKESIDE), "Statuses")))
    (left_out,) = [one for one in reply["findings"] if one["code"] == "sheet-left-out"]
    assert [(one["button"], one["resumes"]) for one in left_out["remedies"]] == [("clinic.open", False)]


def test_the_setup_of_a_clinic_that_is_not_in_the_books_is_opened_blank(ledger: Ledger) -> None:
    fresh = replace(LAKESIDE, clinic=replace(LAKESIDE.clinic, id="newport"))
    with pytest.raises(SetupUnusable) as caught:
        pressed(ledger, "clinic.save", a_click(clinic=None, sheets=without(setup_sheets(fresh), "Rates")))
    (remedy,) = offers_of(caught.value.findings)["missing-sheet"]
    opened = pressed(ledger, remedy.button, a_click(clinic=None, inputs=dict(remedy.inputs)))
    assert opened["activate"] == "Clinic"


def test_sheets_saved_twice_in_a_row_are_still_the_latest(ledger: Ledger) -> None:
    opened = in_books(ledger)
    click = a_click(sheets=setup_sheets(opened, opened))
    (edit,) = pressed(ledger, "clinic.save", click)["edits"]
    assert (edit["sheet"], edit["values"][0][1]) == ("Clinic", in_books(ledger).version)


@pytest.mark.parametrize("name", ["Clinic", "Providers", "Services", "Rates"])
def test_a_setup_sheet_that_is_missing_is_named(ledger: Ledger, name: str) -> None:
    click = a_click(sheets=without(setup_sheets(LAKESIDE), name))
    with pytest.raises(SetupUnusable, match=name):
        pressed(ledger, "clinic.save", click)
    assert in_books(ledger) == LAKESIDE

"""Two people with the same setup sheets: the second one is told, and nothing is overwritten."""

from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from server.billing.clinic import Provider
from server.errors import StaleSetup
from server.ledger.store import Ledger
from server.sheets.setup_book import write_setup
from tests.invented import LAKESIDE
from tests.ribbon.clicks import a_click, pressed, setup_sheets


def opened(version: str) -> list[dict[str, Any]]:
    """Return the setup sheets as Open setup wrote them for a version of the books."""
    sheets = setup_sheets(replace(LAKESIDE, providers=(*LAKESIDE.providers, Provider("New Nan"))))
    book: Any = load_workbook(BytesIO(write_setup(LAKESIDE, version)))
    place = [cell.value for cell in book["Clinic"]["A"]].index("Setup version")
    clinic = next(sheet for sheet in sheets if sheet["name"] == "Clinic")
    clinic["columns"] = [[*column, None] for column in clinic["columns"]]
    clinic["columns"][0][place], clinic["columns"][1][place] = "Setup version", version
    return sheets


def test_sheets_of_the_present_version_are_saved_and_told_the_new_one(ledger: Ledger) -> None:
    with ledger.clinic("lakeside").reading() as books:
        version = books.setup().version

    reply = pressed(ledger, "clinic.save", a_click(sheets=opened(version)))

    with ledger.clinic("lakeside").reading() as books:
        assert reply["edits"][0]["values"] == [["Setup version", books.setup().version]]
        assert books.setup().version != version


def test_sheets_somebody_has_overtaken_are_refused(ledger: Ledger) -> None:
    with ledger.clinic("lakeside").reading() as books:
        version = books.setup().version
    pressed(ledger, "clinic.save", a_click(sheets=opened(version)))

    with pytest.raises(StaleSetup):
        pressed(ledger, "clinic.save", a_click(sheets=opened(version)))


def test_a_form_filled_in_by_hand_has_no_version_to_be_held_to(ledger: Ledger) -> None:
    reply = pressed(ledger, "clinic.save", a_click(sheets=setup_sheets(LAKESIDE)))

    assert reply["level"] == "done"
    assert reply["edits"][0]["values"][0][0] == "Setup version"

"""Filling in a sheet in the simulated Excel: dropdowns, days, money, and the same again below."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from playwright.sync_api import Browser, expect

from tests.browser.conftest import windows
from tests.browser.excel import Excel, Stage


@pytest.fixture
def sheet(browser: Browser, small_stage: Stage, tmp_path: Path) -> Iterator[Excel]:
    """Return the simulated Excel with a sheet to fill in."""
    with windows(browser) as open_window:
        excel: Excel = open_window(small_stage)
        excel.open(a_typed_sheet(tmp_path / "typed.xlsx"))
        yield excel


def a_typed_sheet(path: Path) -> Path:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Invoices"
    sheet.append(["Invoice", "Action", "Amount", "Cheque date", "Payer", "Row key"])
    for row in range(2, 9):
        sheet.append([f"I-{row}", None, None, None, None, f"key-{row}"])
        sheet[f"C{row}"].number_format, sheet[f"D{row}"].number_format = '"$"#,##0.00', "mm/dd/yyyy"
    for column in "ABCDE":
        sheet.column_dimensions[column].width = 16
    sheet.row_dimensions[5].hidden = True
    sheet.column_dimensions["F"].hidden = True
    words = book.create_sheet("Payers")
    words.append(["Harbor Mutual"])
    words.append(["Cedar Union"])
    for source, cells in (
        ('"record cheque,remind,write off"', "B2:B3 B5:B1048576"),
        ('"clear,bounce"', "B4"),
        ("Payers!$A$1:$A$2", "E2:E8"),
        ('"yes,no"', "T2"),
    ):
        sheet.add_data_validation(
            DataValidation(type="list", formula1=source, allow_blank=True, showErrorMessage=True, sqref=cells)
        )
    book.save(path)
    return path


def test_a_cell_offers_the_words_of_its_own_list(sheet: Excel) -> None:
    sheet.select("B2")
    sheet.page.get_by_label("Choose for B2").click()
    expect(sheet.page.get_by_role("option")).to_have_text(["record cheque", "remind", "write off"])
    sheet.page.get_by_role("option", name="write off").click()
    sheet.page.keyboard.press("ArrowDown")
    sheet.page.keyboard.press("ArrowDown")
    sheet.page.keyboard.press("Alt+ArrowDown")
    sheet.page.keyboard.press("ArrowDown")
    sheet.page.keyboard.press("Enter")

    saved = sheet.saved()["Invoices"]
    assert [saved[f"B{row}"].value for row in (2, 3, 4)] == ["write off", None, "bounce"]


def test_at_the_edge_of_the_window_the_arrow_is_in_sight(sheet: Excel) -> None:
    sheet.select("T2")
    sheet.page.get_by_label("Choose for T2").click()
    sheet.page.get_by_role("option", name="no").click()

    assert sheet.page.evaluate("simulatedExcel.window.grid.stage.scrollLeft") == 0
    assert sheet.saved()["Invoices"]["T2"].value == "no"


def test_a_list_opened_before_its_cell_is_drawn_stays_open(sheet: Excel) -> None:
    drawn = "new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"
    opened = "simulatedExcel.window.selecting.to(4, 2); simulatedExcel.window.dropdown.open();"
    sheet.page.evaluate(f"async () => {{ {opened} await {drawn}; }}")

    expect(sheet.page.get_by_role("option")).to_have_text(["clear", "bounce"])


def test_the_words_of_another_sheet_are_offered_too(sheet: Excel) -> None:
    sheet.select("E3")
    sheet.page.get_by_label("Choose for E3").click()

    expect(sheet.page.get_by_role("option")).to_have_text(["Harbor Mutual", "Cedar Union"])


def test_what_is_typed_narrows_the_list(sheet: Excel) -> None:
    sheet.select("B2")
    sheet.page.keyboard.type("re")
    expect(sheet.page.get_by_role("option")).to_have_text(["record cheque", "remind"])
    sheet.page.keyboard.press("ArrowDown")
    sheet.page.keyboard.press("ArrowDown")
    sheet.page.keyboard.press("Tab")

    assert sheet.selected == "C2"
    assert sheet.saved()["Invoices"]["B2"].value == "remind"


def test_a_word_that_is_not_on_the_list_has_to_be_typed_again(sheet: Excel) -> None:
    sheet.select("B2")
    sheet.type("pay")
    expect(sheet.status).to_contain_text("data validation restrictions")
    assert sheet.selected == "B2"
    sheet.page.keyboard.press("Escape")

    assert sheet.saved()["Invoices"]["B2"].value is None


def test_a_cell_without_a_list_offers_nothing(sheet: Excel) -> None:
    sheet.select("C2")

    expect(sheet.page.locator(".choose")).to_be_hidden()


def test_a_row_is_filled_in_as_people_type(sheet: Excel) -> None:
    sheet.select("B2")
    for text in ("record cheque", "1,250.5", "11/03/2026", "Cedar Union"):
        sheet.type(text, "Tab")
    sheet.select("D2")

    assert sheet.page.locator("#formula").input_value() == "11/3/2026"
    assert sheet.cell("$1,250.50").count() == 1
    assert sheet.cell("11/03/2026").count() == 1
    row = [cell.value for cell in sheet.saved()["Invoices"][2]]
    assert row[1:5] == ["record cheque", 1250.5, datetime.fromisoformat("2026-11-03"), "Cedar Union"]


def test_a_day_typed_anew_stays_the_day_it_was(sheet: Excel) -> None:
    sheet.select("D2")
    sheet.type("11/03/2026")
    sheet.select("D2")
    sheet.page.keyboard.press("F2")
    sheet.page.keyboard.press("Enter")

    assert sheet.saved()["Invoices"]["D2"].value == datetime.fromisoformat("2026-11-03")


def test_fill_down_gives_the_rows_in_sight_what_stands_above(sheet: Excel) -> None:
    sheet.select("D2")
    sheet.type("11/03/2026")
    sheet.select("D2:D6")
    sheet.page.keyboard.press("Control+d")

    saved = sheet.saved()["Invoices"]
    day = datetime.fromisoformat("2026-11-03")
    assert [saved[f"D{row}"].value for row in range(2, 8)] == [day, day, day, None, day, None]


def test_cells_are_copied_and_pasted_as_text(sheet: Excel) -> None:
    sheet.select("A2:A3")
    sheet.page.keyboard.press("Control+c")
    sheet.select("G2")
    sheet.page.keyboard.press("Control+v")
    sheet.select("C2")
    sheet.type("80.5")
    sheet.select("C2")
    sheet.page.keyboard.press("Control+c")
    sheet.select("C6:C7")
    sheet.page.keyboard.press("Control+v")

    saved = sheet.saved()["Invoices"]
    assert [saved["G2"].value, saved["G3"].value] == ["I-2", "I-3"]
    assert [saved["C6"].value, saved["C7"].value] == [80.5, 80.5]


def test_a_file_keeps_its_lists_as_they_were(sheet: Excel) -> None:
    rules = sheet.saved()["Invoices"].data_validations.dataValidation

    assert [(rule.formula1, str(rule.sqref), rule.showErrorMessage) for rule in rules] == [
        ('"record cheque,remind,write off"', "B2:B3 B5:B1048576", True),
        ('"clear,bounce"', "B4", True),
        ("Payers!$A$1:$A$2", "E2:E8", True),
        ('"yes,no"', "T2", True),
    ]


def test_an_address_half_typed_survives_a_program_that_changes_cells(sheet: Excel) -> None:
    box = sheet.page.locator("#name-box")
    box.fill("C7")
    sheet.page.evaluate("simulatedExcel.window.draw()")
    box.press("Enter")
    there = sheet.selected
    box.fill("nowhere")
    sheet.page.keyboard.press("Tab")

    assert (there, sheet.selected) == ("C7", "C7")

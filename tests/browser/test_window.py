"""The simulated Excel itself: what it shows, what typing does, and that files survive it."""

import json
import os
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from urllib.request import urlopen

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from tests.browser.excel import Excel
from tests.browser.workbooks import small_workbook


def test_cells_are_shown_as_their_formats_say(small: Excel) -> None:
    assert small.cell("10/01/2026").count() == 1
    assert small.cell("$1,234.50").count() == 1
    assert small.page.locator(".arrow").count() == 4  # the filters of the table's headings


def test_hidden_rows_and_sheets_are_not_shown(small: Excel) -> None:
    assert small.tabs() == ["Visits"]
    assert small.cell("00123").count() == 0


def test_a_saved_workbook_holds_what_was_opened(small: Excel, tmp_path: Path) -> None:
    before, after = load_workbook(small_workbook(tmp_path / "small.xlsx")), small.saved()

    assert after.sheetnames == before.sheetnames
    assert [sheet.sheet_state for sheet in after.worksheets] == ["visible", "veryHidden"]
    old, new = before["Visits"], after["Visits"]
    for row in old.iter_rows():
        for cell in row:
            copy = new[cell.coordinate]
            assert copy.value == cell.value, cell.coordinate
            assert copy.number_format == cell.number_format, cell.coordinate
    assert new["A1"].fill.fgColor.rgb[-6:] == "1F4E5F"
    assert new["A1"].font.b
    assert new["A2"].border.bottom.style == "thin"
    assert [str(area) for area in new.merged_cells.ranges] == ["A5:B6"]
    assert new.freeze_panes == "B2"
    assert new.row_dimensions[3].hidden
    assert new.column_dimensions["A"].width == pytest.approx(20, abs=1)
    assert list(new.tables) == ["VisitList"]


def test_a_saved_workbook_still_says_whose_it_is(small: Excel) -> None:
    book = small.saved()

    assert book.defined_names["_ClinicLedger"].attr_text == '"lakeside"'
    assert book.defined_names["_ClinicLedger"].hidden
    assert book["Visits"].defined_names["_ClinicLedgerSheet"].attr_text == '"payroll"'


TYPED = {
    "12.50": 12.5,
    "00123": 123,
    "'00123": "00123",
    "10/31/2026": datetime.fromisoformat("2026-10-31"),
    "$1,234.50": 1234.5,
    "60%": 0.6,
    "TRUE": True,
    "=A1": "=A1",
    "No Show": "No Show",
    "13/45/2026": "13/45/2026",
}


def test_a_typed_text_becomes_what_excel_makes_of_it(small: Excel) -> None:
    small.select("M10")
    for text in TYPED:
        small.type(text)

    assert small.selected == "M20"
    sheet = small.saved().worksheets[0]
    assert [sheet.cell(row, 13).value for row in range(10, 20)] == list(TYPED.values())


def test_escape_leaves_the_cell_as_it_was(small: Excel) -> None:
    small.select("A1")
    small.type("gone", end="Escape")

    assert small.page.locator("#formula").input_value() == "Visit"


def test_keys_move_as_in_excel(small: Excel) -> None:
    small.select("A1")
    small.page.keyboard.press("ArrowDown")
    small.page.keyboard.press("ArrowDown")
    below = small.selected
    small.page.keyboard.press("Control+ArrowUp")

    assert below == "A4", "row 3 is hidden"
    assert small.selected == "A2"


def test_the_status_bar_adds_up_what_is_selected(small: Excel) -> None:
    small.select("C2:C3")

    assert "Sum: 1,229.5" in small.page.locator("#sums").inner_text()


def test_a_file_that_is_no_workbook_is_refused_and_the_open_one_stays(small: Excel, tmp_path: Path) -> None:
    (tmp_path / "letter.xlsx").write_text("Dear colleague")

    small.page.locator("#chosen").set_input_files(tmp_path / "letter.xlsx")

    small.page.get_by_text("letter.xlsx was not opened").wait_for()
    assert small.tabs() == ["Visits"]


def test_try_serves_the_window_and_leaves_nothing_behind(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "server.cli", "try", "--no-open", "--json"]
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as running:
        assert running.stdout
        told = json.loads(running.stdout.readline())
        with urlopen(told["url"], timeout=10) as answer:  # noqa: S310 - the address it told us
            page = answer.read().decode()
        running.send_signal(signal.SIGTERM)
        assert running.wait(120) == 0

    assert "Simulated Excel" in page
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("width", [800, 1280, 1440, 1920])
def test_every_label_of_the_ribbon_is_in_sight(small: Excel, width: int) -> None:
    small.page.set_viewport_size({"width": width, "height": 860})
    cut = small.page.locator("#ribbon").evaluate(
        """async (bar) => {
          await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
          const right = bar.parentElement.getBoundingClientRect().right;
          const parts = [...bar.querySelectorAll("button, h2")];
          return parts.filter((one) => one.checkVisibility()).filter((one) => one.getBoundingClientRect().right > right || one.scrollWidth > one.clientWidth)
            .map((one) => one.textContent);
        }"""
    )
    assert cut == []


def test_a_group_that_has_no_room_is_one_button_that_opens_it(small: Excel) -> None:
    small.page.set_viewport_size({"width": 620, "height": 860})
    group = small.page.get_by_role("region", name="Invoices")
    opened, command = group.locator(".unfold"), small.button("invoices.open")
    expect(command).to_be_hidden()

    opened.click()
    expect(opened).to_have_attribute("aria-expanded", "true")
    expect(command).to_be_in_viewport()
    small.page.keyboard.press("Escape")
    expect(command).to_be_hidden()

    opened.click()
    command.click()
    small.settled()
    expect(command).to_be_hidden()
    small.page.set_viewport_size({"width": 1920, "height": 860})
    expect(opened).to_be_hidden()
    expect(command).to_be_in_viewport()

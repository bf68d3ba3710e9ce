# ruff: noqa: DTZ001 - the days of a sheet have no time zone
"""The xlwings engine over openpyxl behaves as Excel for Windows does where the add-in looks."""

import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
import xlwings as xw
from openpyxl import Workbook

from addin.desktop import headless
from tests.addin.stand_in import a_log

Show = Callable[[Path], xw.Book]


def test_the_paid_part_of_xlwings_is_never_loaded() -> None:
    assert xw.__pro__ is False


def test_a_click_does_not_wait_for_pandas() -> None:
    code = (
        "import sys; from addin.desktop import press, ribbon; print('pandas' in sys.modules); import pandas"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_xlwings_knows_the_engine_by_name() -> None:
    assert xw.engines["openpyxl"] is headless.engine()


def test_numbers_come_back_as_floats_and_dates_as_datetimes(tmp_path: Path, show: Show) -> None:
    workbook = Workbook()
    workbook.worksheets[0].append([2, 46300.25, True, "x", "#N/A", None])
    workbook.worksheets[0]["B1"].number_format = "mm/dd/yyyy hh:mm"
    workbook.save(tmp_path / "log.xlsx")

    area = show(tmp_path / "log.xlsx").sheets[0].range("A1:F1")

    assert area.value == [2.0, datetime(2026, 10, 5, 6), True, "x", None, None]
    assert area.options(err_to_str=True).value[4] == "#N/A"
    assert area.api.Value2 == [[2.0, 46300.25, True, "x", "#N/A", None]]
    assert type(area.value[0]) is float


def test_a_number_beyond_all_dates_stays_a_number_in_a_date_format(tmp_path: Path, show: Show) -> None:
    workbook = Workbook()
    workbook.worksheets[0]["A1"] = 1e12
    workbook.worksheets[0]["A1"].number_format = "mm/dd/yyyy"
    workbook.save(tmp_path / "log.xlsx")
    assert show(tmp_path / "log.xlsx").sheets[0].range("A1").value == 1e12


def test_a_decimal_is_never_written(tmp_path: Path, show: Show) -> None:
    sheet = show(a_log(tmp_path / "log.xlsx")).sheets[0]
    with pytest.raises(TypeError, match="Decimal"):
        sheet.range("A1").value = Decimal("1.10")


def test_typed_text_becomes_what_excel_would_make_of_it(tmp_path: Path, show: Show) -> None:
    sheet = show(a_log(tmp_path / "log.xlsx")).sheets[0]
    for typed, held in (("42", 42.0), ("'42", "42"), ("TRUE", True), ("=1+1", None), ("May", "May")):
        sheet.range("A1").value = typed
        assert sheet.range("A1").value == held
    sheet.range("A1").number_format = "@"
    sheet.range("A1").value = "42"
    assert sheet.range("A1").value == "42"


def test_a_written_date_is_shown_as_one(tmp_path: Path, show: Show) -> None:
    sheet = show(a_log(tmp_path / "log.xlsx")).sheets[0]
    sheet.range("F1").value = datetime(2026, 10, 5)
    assert sheet.range("F1").api.Value2 == [[46300.0]]
    assert sheet.range("F1").number_format == "mm/dd/yyyy"


def test_reading_cells_does_not_make_them_exist(tmp_path: Path, show: Show) -> None:
    sheet = show(a_log(tmp_path / "log.xlsx")).sheets[0]
    assert sheet.range("A1:Z500").number_format == "General"
    assert sheet.range("X400").color is None
    assert sheet.used_range.address == "$A$1:$C$2"
    assert len(sheet.impl.ws._cells) == 6  # noqa: SLF001


def test_the_last_visible_sheet_cannot_be_deleted(tmp_path: Path, show: Show) -> None:
    book = show(a_log(tmp_path / "log.xlsx"))
    hidden = book.sheets.add("Hidden", after=book.sheets[0])
    hidden.visible = False
    with pytest.raises(ValueError, match="visible"):
        book.sheets[0].delete()


def test_sheets_are_found_whatever_their_case_and_two_of_a_name_cannot_be(tmp_path: Path, show: Show) -> None:
    book = show(a_log(tmp_path / "log.xlsx"))
    assert "APPOINTMENTS" in book.sheets
    assert book.sheets.add("Other", before=book.sheets[0]).index == 1
    with pytest.raises(ValueError, match="exists"):
        book.sheets["Other"].name = "appointments"


def test_a_copied_sheet_is_counted_as_excel_counts(tmp_path: Path, show: Show) -> None:
    book = show(a_log(tmp_path / "log.xlsx", title="A name of thirty-one characters"))
    sheet = book.sheets[0]
    assert sheet.copy(after=sheet).name == "A name of thirty-one charac (2)"
    assert sheet.copy(after=sheet).name == "A name of thirty-one charac (3)"
    assert [other.index for other in book.sheets] == [1, 2, 3]


def test_an_application_that_quit_is_forgotten(tmp_path: Path) -> None:
    running = len(headless.engine().apps)
    app = headless.engine().apps.add()
    app.books.open(a_log(tmp_path / "log.xlsx"))
    assert [book.name for book in app.books] == ["log.xlsx"]
    app.quit()
    assert len(headless.engine().apps) == running

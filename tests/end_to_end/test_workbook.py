"""What a biller finds in the workbook afterwards: our sheets, and their own as they were."""

from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import PatternFill
from python_calamine import CalamineWorkbook

from tests.end_to_end.conftest import Biller
from tests.end_to_end.practice import OTTOLINE, Cell

QUINCE = ("--clinic", "quince")
RED, THEIRS = "FFFFC7CE", "FF88CCEE"
HEADS = ["Visit #", "Visit Date", "Provider Name", "Type of Service", "Visit Status", "Client"]


def a_log(path: Path, *rows: list[Cell], title: str = "Sheet1") -> Path:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    everything: list[list[Cell]] = [[*HEADS], *rows]
    for row in everything:
        sheet.append(row)
        for cell in sheet[sheet.max_row]:
            if isinstance(cell.value, str):
                cell.data_type = "s"
    book.save(path)
    return path


def a_row(visit: str = "V1", *, status: str = "Seen", client: str = "PT-1") -> list[Cell]:
    return [visit, "2025-10-20", OTTOLINE, "EX-201", status, client]


def fill_of(workbook: Path, cell: str) -> str | None:
    fill = load_workbook(workbook).worksheets[0][cell].fill
    return str(fill.start_color.rgb) if fill.fill_type else None


def test_a_sheet_of_the_billers_own_keeps_its_name_and_its_cells(biller: Biller) -> None:
    log = a_log(biller.folder / "log.xlsx", a_row())
    book = load_workbook(log)
    book.create_sheet("Lines")["C7"] = "my own lines, for the phone bill"
    book.save(log)

    for _ in range(2):
        biller.press("payroll.generate", log, "--sheet", "Sheet1", *QUINCE)

    book = load_workbook(log)
    assert book["Lines"]["C7"].value == "my own lines, for the phone bill"
    assert [name for name in book.sheetnames if name.startswith("Lines")] == ["Lines", "Lines (2)"]
    assert biller.sheet(log, "Lines (2)")[0]["Amount"] == 92.55


def test_pressing_again_replaces_our_sheets_and_no_other(biller: Biller) -> None:
    log = a_log(biller.folder / "log.xlsx", a_row())
    biller.press("payroll.generate", log, *QUINCE)
    once = load_workbook(log).sheetnames
    rows = list(load_workbook(log)["Sheet1"].values)

    biller.press("payroll.generate", log, "--sheet", "Sheet1", *QUINCE)

    assert load_workbook(log).sheetnames == once
    assert list(load_workbook(log)["Sheet1"].values) == rows


def test_the_marks_of_a_check_go_when_the_cell_is_mended_and_the_billers_colour_comes_back(
    biller: Biller,
) -> None:
    log = a_log(biller.folder / "log.xlsx", a_row(), a_row("V2", status="Perhaps"), a_row("V3", status=""))
    book = load_workbook(log)
    for cell in ("E3", "A1"):
        book.worksheets[0][cell].fill = PatternFill("solid", start_color=THEIRS)
    book.save(log)

    biller.press("payroll.check", log, *QUINCE)
    marked = [fill_of(log, cell) for cell in ("A1", "E2", "E3", "E4")]
    book = load_workbook(log)
    book["Sheet1"]["E3"] = "Seen"
    book.save(log)
    biller.press("payroll.check", log, "--sheet", "Sheet1", *QUINCE)

    assert marked == [THEIRS, None, RED, RED]
    assert [fill_of(log, cell) for cell in ("A1", "E2", "E3", "E4")] == [THEIRS, None, THEIRS, RED]


@pytest.mark.parametrize("sign", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", '=HYPERLINK("http://x.invalid")'])
def test_text_that_looks_like_a_formula_stays_text(biller: Biller, sign: str) -> None:
    log = a_log(biller.folder / "log.xlsx", a_row(sign), a_row("V2", status=sign), a_row("V3", client=sign))

    biller.press("payroll.generate", log, *QUINCE)

    book = load_workbook(log)
    formulas = [
        cell.coordinate
        for sheet in book.worksheets[1:]
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
    assert formulas == []
    lines = CalamineWorkbook.from_path(log).get_sheet_by_name("Lines").to_python()
    assert sign.strip() in {str(row[1]) for row in lines}


def test_an_answer_is_asked_for_once_and_remembered_for_the_next_log(biller: Biller) -> None:
    first = a_log(biller.folder / "first.xlsx", ["V1", "05/10/2025", OTTOLINE, "EX-201", "Seen", "PT-1"])
    second = a_log(biller.folder / "second.xlsx", ["V2", "06/10/2025", OTTOLINE, "EX-201", "Seen", "PT-1"])

    asked = biller.press("payroll.generate", first, *QUINCE)
    answered = biller.press("payroll.generate", first, *QUINCE, "--set", "date_order=dmy")
    remembered = biller.press("payroll.generate", second, *QUINCE)

    assert [field["name"] for field in asked["asks"]["fields"]] == ["date_order"]
    assert answered["figures"]["from"] == remembered["figures"]["from"] == "2025-10-01"
    assert remembered["asks"] is None


@pytest.mark.parametrize("answer", ["us", "day first", "0"])
def test_an_answer_that_is_none_of_the_choices_is_asked_for_again(biller: Biller, answer: str) -> None:
    log = a_log(biller.folder / "log.xlsx", ["V1", "05/10/2025", OTTOLINE, "EX-201", "Seen", "PT-1"])

    asked = biller.press("payroll.generate", log, *QUINCE, "--set", f"date_order={answer}")

    assert [field["name"] for field in asked["asks"]["fields"]] == ["date_order"]

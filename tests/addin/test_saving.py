"""Saving whole or not at all, and what survives it."""

import os
import zipfile
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from addin.desktop.files import Kind, open_workbook, refusals
from addin.desktop.files.saving import Stamp, save_workbook
from tests.addin.stand_in import a_log
from tests.sheets.raw_cells import FORMULA_STARTS, text_cells


def test_dates_keep_every_digit_of_their_serial_number(tmp_path: Path) -> None:
    log = a_log(tmp_path / "log.xlsx", ["Date"], [45931.99999999])
    workbook = load_workbook(log)
    workbook.worksheets[0]["A2"].number_format = "mm/dd/yyyy"
    workbook.save(log)

    opened = open_workbook(log)
    save_workbook(opened.workbook, log, opened.cached, opened.stamp)

    assert open_workbook(log).workbook.worksheets[0]["A2"].value == 45931.99999999


def test_text_of_mixed_formatting_survives_saving(tmp_path: Path) -> None:
    log = a_log(tmp_path / "log.xlsx", [CellRichText("seen ", "today")])
    opened = open_workbook(log)
    save_workbook(opened.workbook, log, opened.cached, opened.stamp)
    assert str(open_workbook(log).workbook.worksheets[0]["A1"].value) == "seen today"


@pytest.mark.parametrize("sign", [*FORMULA_STARTS, " =", "\uff1d"], ids=repr)
def test_text_of_mixed_formatting_is_marked_if_it_begins_like_a_formula(tmp_path: Path, sign: str) -> None:
    """Whichever of its parts the sign is in. Its value is a list of parts, and no string."""
    bold = InlineFont(b=True)
    mixed = [
        CellRichText(f"{sign}HYPERLINK", TextBlock(bold, "(0)")),
        CellRichText(TextBlock(bold, f"{sign}HYPERLINK"), "(0)"),
        CellRichText(TextBlock(bold, sign), "HYPERLINK(0)"),
        CellRichText("Jane", TextBlock(bold, f"{sign}Roe")),
    ]
    opened = open_workbook(a_log(tmp_path / "log.xlsx", mixed))
    save_workbook(opened.workbook, tmp_path / "saved.xlsx", opened.cached)

    saved = list(text_cells((tmp_path / "saved.xlsx").read_bytes()))
    assert [cell.text.replace("\r", "\n") for cell in saved] == [
        str(one).replace("\r", "\n") for one in mixed
    ]
    assert [cell.has_quote_prefix for cell in saved] == [True, True, True, False]


def with_formulas(path: Path) -> Path:
    """Formulas with remembered values, as Excel leaves them."""
    a_log(path, ["Units", "Half", "Word", "Never"], [4, "=A2/2", '=IF(A2>1,"Show & tell","")', "=A2*3"])
    with zipfile.ZipFile(path) as source:
        parts = {part.filename: source.read(part) for part in source.infolist()}
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    sheet = sheet.replace("<f>A2/2</f><v />", "<f>A2/2</f><v>2</v>").replace(
        "<f>A2/2</f><v></v>", "<f>A2/2</f><v>2</v>"
    )
    word = '<c r="C2" t="str"><f>IF(A2&gt;1,"Show &amp; tell","")</f><v>Show &amp; tell</v></c>'
    head, tail = sheet.split('<c r="C2"', 1)
    sheet = head + word + tail.split("</c>", 1)[1]
    parts["xl/worksheets/sheet1.xml"] = sheet.encode()
    with zipfile.ZipFile(path, "w") as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return path


def test_formulas_are_read_as_their_remembered_values_and_stay_formulas(tmp_path: Path) -> None:
    log = with_formulas(tmp_path / "log.xlsx")

    for _ in range(2):
        opened = open_workbook(log)
        sheet = opened.workbook.worksheets[0]
        assert opened.cached[sheet] == {(2, 2): 2.0, (2, 3): "Show & tell", (2, 4): "#CALC!"}
        assert sheet["B2"].value == "=A2/2"
        assert "never calculated" in opened.warnings[0]
        save_workbook(opened.workbook, log, opened.cached, opened.stamp)


def test_a_workbook_of_the_1904_date_system_stays_one(tmp_path: Path) -> None:
    workbook = Workbook()
    workbook.epoch = CALENDAR_MAC_1904
    workbook.worksheets[0]["A1"] = date(2026, 10, 5)
    workbook.save(tmp_path / "mac.xlsx")

    opened = open_workbook(tmp_path / "mac.xlsx")

    assert opened.workbook.epoch == CALENDAR_MAC_1904
    assert opened.workbook.worksheets[0]["A1"].value == 44838


def test_a_file_somebody_else_saved_meanwhile_is_left_alone(tmp_path: Path) -> None:
    log = a_log(tmp_path / "log.xlsx")
    opened = open_workbook(log)
    theirs = a_log(log, ["theirs"]).read_bytes()
    os.utime(log, ns=(1, 1))

    with pytest.raises(refusals.ChangedMeanwhile):
        save_workbook(opened.workbook, log, {}, opened.stamp)

    assert log.read_bytes() == theirs
    assert [file.name for file in tmp_path.iterdir()] == ["log.xlsx"]


def test_a_file_open_in_excel_is_not_written_over(tmp_path: Path) -> None:
    log = a_log(tmp_path / "log.xlsx")
    (tmp_path / "~$log.xlsx").write_bytes(b"somebody")
    with pytest.raises(refusals.OpenInExcel):
        save_workbook(open_workbook(log).workbook, log, {})


@pytest.mark.parametrize("name", ["out.csv", "out.xlsm", "missing/out.xlsx"])
def test_a_place_that_cannot_take_the_workbook_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(refusals.CannotSave):
        save_workbook(Workbook(), tmp_path / name, {})
    assert not list(tmp_path.iterdir())


def test_the_stamp_of_a_file_changes_with_its_content(tmp_path: Path) -> None:
    log = a_log(tmp_path / "log.xlsx")
    before = Stamp.of(log)
    log.write_bytes(log.read_bytes() + b"\0")
    assert Stamp.of(log) != before


def with_part(path: Path, part: str) -> Path:
    a_log(path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(part, b"<x/>")
    return path


def test_what_saving_would_lose_is_said(tmp_path: Path) -> None:
    opened = open_workbook(with_part(tmp_path / "log.xlsx", "xl/media/image1.png"))
    assert opened.losses == ("pictures or shapes",)
    assert "pictures or shapes" in opened.warnings[0]


def test_macros_are_kept_in_an_xlsm_and_never_travel_into_an_xlsx(tmp_path: Path) -> None:
    path = with_part(tmp_path / "log.xlsm", "xl/vbaProject.bin")
    opened = open_workbook(path)
    assert opened.saves_in_place
    assert opened.kind is Kind.XLSX

    save_workbook(opened.workbook, path, {})
    save_workbook(opened.workbook, tmp_path / "log.xlsx", {})

    assert "xl/vbaProject.bin" in zipfile.ZipFile(path).namelist()
    assert "xl/vbaProject.bin" not in zipfile.ZipFile(tmp_path / "log.xlsx").namelist()

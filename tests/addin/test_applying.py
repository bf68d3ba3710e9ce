"""How a reply changes cells, colours and the binding."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw
from openpyxl import load_workbook
from openpyxl.styles import PatternFill
from openpyxl.styles.colors import Color
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from addin.desktop import bridge
from addin.desktop.refusals import UnusableReply
from tests.addin.stand_in import DONE, a_log

Show = Callable[[Path], xw.Book]
MARK = "#FFC7CE"


def edit(area: str, **told: object) -> dict[str, Any]:
    return {**DONE, "edits": [{"sheet": "Appointments", "range": area, **told}]}


def test_values_are_written_as_they_are_and_never_as_formulas(tmp_path: Path, show: Show) -> None:
    book = show(a_log(tmp_path / "log.xlsx"))
    values: list[list[str | float]] = [
        ["=1+1"],
        ["+1 555"],
        ["-2"],
        ["@x"],
        ["10/05/2026"],
        ["007"],
        ["true"],
        ["'quoted"],
        [12.5],
    ]

    bridge.apply_reply(book, edit("B3:B11", values=values), None)
    book.save()

    cells = load_workbook(tmp_path / "log.xlsx").worksheets[0]["B"][2:11]
    assert [cell.value for cell in cells] == [value for [value] in values]
    assert {cell.data_type for cell in cells[:8]} == {"s"}


def test_one_value_fills_its_range(tmp_path: Path, show: Show) -> None:
    book = show(a_log(tmp_path / "log.xlsx"))
    bridge.apply_reply(book, edit("B3:C4", values=[["done"]], format="@"), None)
    assert book.sheets[0].range("B3:C4").value == [["done", "done"], ["done", "done"]]
    assert book.sheets[0].range("B3:C4").number_format == "@"


def lists_of(path: Path) -> dict[str, str]:
    rules = load_workbook(path).worksheets[0].data_validations.dataValidation
    return {str(rule.sqref): str(rule.formula1) for rule in rules}


def test_a_cell_has_the_dropdown_it_was_given_and_no_other(tmp_path: Path, show: Show) -> None:
    log = a_log(tmp_path / "log.xlsx")
    workbook = load_workbook(log)
    old = DataValidation(type="list", formula1='"a,b"', sqref="C2:C1048576 E1:F4")
    workbook.worksheets[0].add_data_validation(old)
    workbook.save(log)
    book = show(log)

    for area, choices in (("C5", ["send", "void"]), ("E2:E3,C9", ["send", "void"]), ("F2:F9", [])):
        bridge.apply_reply(book, edit(area, choices=choices), None)
    book.save()

    assert lists_of(log) == {
        "C2:C4 C6:C8 C10:C1048576 E1:F1 E4": '"a,b"',
        "C5 C9 E2:E3": '"send,void"',
    }


def test_an_edit_without_choices_leaves_the_dropdown_alone(tmp_path: Path, show: Show) -> None:
    book = show(a_log(tmp_path / "log.xlsx"))
    bridge.apply_reply(book, edit("C2", choices=["send"]), None)
    bridge.apply_reply(book, edit("C2", values=[["sent"]], choices=None), None)
    book.save()
    assert lists_of(tmp_path / "log.xlsx") == {"C2": '"send"'}


@pytest.mark.parametrize(
    "choices", [["send, void"], ["a;b"], ["=A1:A9"], [""], [" send"], ["x" * 200, "y" * 55]], ids=str
)
def test_words_that_no_dropdown_can_hold_change_nothing(
    tmp_path: Path, show: Show, choices: list[str]
) -> None:
    book = show(a_log(tmp_path / "log.xlsx"))
    with pytest.raises(UnusableReply, match="no dropdown can hold"):
        bridge.apply_reply(book, edit("A1", values=[["changed"]], choices=choices), None)
    assert book.sheets[0].range("A1").value == "Date"


def test_marks_are_taken_back_to_what_was_there(tmp_path: Path, show: Show) -> None:
    log = a_log(tmp_path / "log.xlsx", *([["x", "y"]] * 6))
    workbook = load_workbook(log)
    sheet = workbook.worksheets[0]
    sheet["A2"].fill = PatternFill("solid", fgColor="FF00FF00")
    sheet["A3"].fill = PatternFill("solid", fgColor=Color(theme=4, tint=0.5))
    before = [sheet["A1"].fill.fgColor.rgb, "FF00FF00", "FFA7C0DE"]
    workbook.save(log)

    for reply in (edit("A1:A3,B2", fill=MARK), edit("A1", fill="#FFEB9C")):
        book = show(log)
        bridge.apply_reply(book, reply, None)
        book.save()
    marked = load_workbook(log)
    assert marked.worksheets[0]["B2"].fill.fgColor.rgb == "FFFFC7CE"
    assert marked["_ClinicLedgerMarks"].sheet_state == "veryHidden"

    book = show(log)
    bridge.apply_reply(book, {**DONE, "clear_marks": ["appointments"]}, None)
    book.save()
    cleared = load_workbook(log).worksheets[0]
    assert [cleared[f"A{row}"].fill.fgColor.rgb for row in (1, 2, 3)] == before
    assert cleared["B2"].fill.patternType is None


def test_a_colour_somebody_gave_since_is_theirs(tmp_path: Path, show: Show) -> None:
    book = show(a_log(tmp_path / "log.xlsx"))
    bridge.apply_reply(book, edit("A1:A2", fill=MARK), None)
    book.sheets[0].range("A2").color = "#123456"

    bridge.apply_reply(book, {**DONE, "clear_marks": ["Appointments"]}, None)

    assert [book.sheets[0].range(cell).color for cell in ("A1", "A2")] == [None, (0x12, 0x34, 0x56)]


def test_a_fill_of_null_leaves_the_colour_alone(tmp_path: Path, show: Show) -> None:
    book = show(a_log(tmp_path / "log.xlsx"))
    book.sheets[0].range("A1").color = "#123456"
    bridge.apply_reply(book, edit("A1", values=[["When"]], fill=None, format=None), None)
    assert book.sheets[0].range("A1").color == (0x12, 0x34, 0x56)
    assert len(book.sheets) == 1


@pytest.mark.parametrize(
    "reply",
    [
        {**DONE, "edits": [{"sheet": "Nowhere", "range": "A1", "values": [[1]]}]},
        {**DONE, "activate": "Nowhere"},
        edit("A1:B2", values=[[1], [2]]),
        edit("somewhere", values=[[1]]),
        {**DONE, "output": {"url": "/outputs/1", "sha256": "0", "sheets": []}},
    ],
    ids=["unknown sheet", "unknown sheet in front", "wrong shape", "no address", "output missing"],
)
def test_a_reply_that_does_not_fit_changes_nothing(tmp_path: Path, show: Show, reply: dict[str, Any]) -> None:
    book = show(a_log(tmp_path / "log.xlsx"))
    first = {"sheet": "Appointments", "range": "A1", "values": [["changed"]]}
    reply = {**reply, "edits": [first, *reply.get("edits", [])], "bind": {"clinic": "lakeside"}}

    with pytest.raises(UnusableReply, match="Nothing was changed"):
        bridge.apply_reply(book, reply, None)

    assert book.sheets[0].range("A1").value == "Date"
    assert bridge.clinic_of(book) is None


@pytest.mark.parametrize("clinic", ["lakeside", 'the "old" mill', "a=b"])
def test_a_workbook_stays_bound_to_its_clinic(tmp_path: Path, show: Show, clinic: str) -> None:
    log = a_log(tmp_path / "log.xlsx")
    book = show(log)
    bridge.apply_reply(book, {**DONE, "bind": {"clinic": clinic}}, None)
    book.save()
    assert bridge.clinic_of(show(log)) == clinic


def test_a_name_that_holds_no_text_binds_to_nothing(tmp_path: Path, show: Show) -> None:
    log = a_log(tmp_path / "log.xlsx")
    workbook = load_workbook(log)
    workbook.defined_names["_ClinicLedger"] = DefinedName("_ClinicLedger", attr_text="Appointments!$A$1")
    workbook.save(log)
    assert bridge.clinic_of(show(log)) is None

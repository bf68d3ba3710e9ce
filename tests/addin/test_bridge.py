"""What a click sends, and how a reply changes the workbook."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw
from openpyxl import Workbook, load_workbook
from openpyxl.chart import BarChart
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.colors import Color
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table

from addin.desktop import bridge
from addin.desktop.refusals import UnusableReply
from tests.addin.stand_in import DONE, TABLE, a_log, as_bytes, finished, sending

Show = Callable[[Path], xw.Book]
a_rule: Any = CellIsRule
MARK = "#FFC7CE"


def read_sheet(book: xw.Book) -> dict[str, Any]:
    sheet: dict[str, Any] = bridge.read(book, "payroll.check", TABLE)["sheets"][0]
    return sheet


def edit(area: str, **told: object) -> dict[str, Any]:
    return {**DONE, "edits": [{"sheet": "Appointments", "range": area, **told}]}


# -- reading


def test_a_sheet_is_sent_as_columns_of_values_as_excel_holds_them(tmp_path: Path, show: Show) -> None:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    for row in (["Date", "Units", "Paid", "ID"], [46300.5, 2, True, "007"], [46301, None, "#N/A", "A-1"]):
        sheet.append(row)
    sheet["A2"].number_format = sheet["A3"].number_format = "mm/dd/yyyy"
    workbook.save(tmp_path / "log.xlsx")

    sent = read_sheet(show(tmp_path / "log.xlsx"))

    assert sent["columns"] == [
        ["Date", 46300.5, 46301.0],
        ["Units", 2.0, None],
        ["Paid", True, "#N/A"],
        ["ID", "007", "A-1"],
    ]
    assert sent["formats"] == ["mm/dd/yyyy", None, None, None]
    assert (sent["top_left"], sent["hidden_rows"], sent["merged"]) == ("A1", [], [])


def test_a_column_of_several_formats_says_which_cell_has_which(tmp_path: Path, show: Show) -> None:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    for row in (["Date"], [46300], [46301], [46302]):
        sheet.append(row)
    sheet["A3"].number_format = "dd/mm/yyyy"
    sheet["A4"].number_format = "mm/dd/yyyy"
    workbook.save(tmp_path / "log.xlsx")

    assert read_sheet(show(tmp_path / "log.xlsx"))["formats"] == [[None, None, "dd/mm/yyyy", "mm/dd/yyyy"]]


def test_title_rows_hidden_rows_and_merged_blocks_are_told(tmp_path: Path, show: Show) -> None:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet["C3"], sheet["C4"], sheet["D4"] = "Provider", "Ada Example", 1
    for row in range(5, 12):
        sheet.cell(row, 4, row)
    sheet.merge_cells("C4:C6")
    sheet.merge_cells("C7:C9")
    sheet.merge_cells("C10:D10")
    for row in (5, 6, 9):
        sheet.row_dimensions[row].hidden = True
    workbook.save(tmp_path / "log.xlsx")

    sent = read_sheet(show(tmp_path / "log.xlsx"))

    assert sent["top_left"] == "C3"
    assert sent["hidden_rows"] == [5, 6, 9]
    assert sent["merged"] == ["C4:C6", "C7:C9", "C10:D10"]


def test_cells_formatted_but_never_filled_are_not_sent(tmp_path: Path, show: Show) -> None:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet["A1"] = "Date"
    sheet["A900"].number_format = sheet["H1"].number_format = "0.00"
    workbook.save(tmp_path / "log.xlsx")
    assert read_sheet(show(tmp_path / "log.xlsx"))["columns"] == [["Date"]]


def test_an_empty_sheet_is_sent_as_empty(tmp_path: Path, show: Show) -> None:
    Workbook().save(tmp_path / "log.xlsx")
    sent = read_sheet(show(tmp_path / "log.xlsx"))
    assert (sent["columns"], sent["formats"]) == ([], [])


def test_a_1904_workbook_says_so_and_keeps_its_serial_numbers(tmp_path: Path, show: Show) -> None:
    workbook = Workbook()
    workbook.epoch = CALENDAR_MAC_1904
    workbook.worksheets[0].append([44838])
    workbook.save(tmp_path / "mac.xlsx")

    request = bridge.read(show(tmp_path / "mac.xlsx"), "payroll.check", TABLE)

    assert request["workbook"] == {"name": "mac.xlsx", "clinic": None, "date_system": 1904}
    assert request["sheets"][0]["columns"] == [[44838.0]]


def test_only_the_named_sheets_that_exist_are_sent_whatever_their_case(tmp_path: Path, show: Show) -> None:
    path = a_log(tmp_path / "setup.xlsx", ["Clinic ID", "lakeside"], title="CLINIC")
    book = show(path)
    assert [sheet["name"] for sheet in bridge.read(book, "clinic.save", TABLE)["sheets"]] == ["CLINIC"]
    assert bridge.read(book, "clinic.choose", TABLE)["sheets"] == []


def test_every_click_has_an_id_of_its_own(tmp_path: Path, show: Show) -> None:
    book = show(a_log(tmp_path / "log.xlsx"))
    ids = {bridge.read(book, "payroll.check", TABLE)["request_id"] for _ in range(3)}
    assert len(ids) == 3


def test_a_selected_column_means_its_used_rows(tmp_path: Path, show: Show) -> None:
    workbook = load_workbook(a_log(tmp_path / "log.xlsx"))
    workbook.worksheets[0].sheet_view.selection[0].sqref = "B1:B1048576"
    workbook.save(tmp_path / "log.xlsx")
    request = bridge.read(show(tmp_path / "log.xlsx"), "payroll.check", TABLE)
    assert request["selection"] == {"sheet": "Appointments", "rows": [1, 2]}


def test_inputs_come_from_the_settings_sheet_and_dates_of_it_are_iso(tmp_path: Path, show: Show) -> None:
    workbook = load_workbook(a_log(tmp_path / "log.xlsx"))
    settings = workbook.create_sheet("settings")
    for row in (["Name", "Value"], ["from", 46296], ["to", "2026-10-31"], ["limit", 5], ["note", None]):
        settings.append(row)
    settings["B2"].number_format = "mm/dd/yyyy"
    workbook.save(tmp_path / "log.xlsx")

    request = bridge.read(show(tmp_path / "log.xlsx"), "payroll.check", TABLE, {"to": "2026-10-15"})

    assert request["inputs"] == {"from": "2026-10-01", "to": "2026-10-15", "limit": 5}


# -- finished sheets


def test_finished_sheets_keep_everything_that_makes_them_look_finished(tmp_path: Path, show: Show) -> None:
    output = finished("Lines")
    sheet: Any = output["Lines"]
    for row in (["Provider", "Paid"], ["Ada Example", 80.5], ["Ben Example", -1]):
        sheet.append(row)
    sheet["B3"].number_format = '"$"#,##0.00'
    sheet["A2"].font = Font(name="Georgia", bold=True, color="FF336699")
    sheet["A2"].fill = PatternFill("solid", fgColor="FFE2F0D9")
    sheet.freeze_panes = "B3"
    sheet.column_dimensions["A"].width = 31
    sheet.row_dimensions[2].height = 24
    sheet.row_dimensions[4].hidden = True
    sheet.merge_cells("D1:E2")
    sheet.add_table(Table(displayName="PaidLines", ref="A2:B4"))
    sheet.conditional_formatting.add("B3:B4", a_rule("lessThan", ["0"], fill=PatternFill(bgColor="FFFFC7CE")))
    sheet.sheet_properties.tabColor = "FF336699"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows, sheet.print_area = "1:2", "A1:E4"
    sheet.oddFooter.center.text = "Page &P"
    sheet.sheet_view.showGridLines = False
    output.create_sheet("Keys").sheet_state = "veryHidden"
    content = as_bytes(output)
    log = a_log(tmp_path / "log.xlsx")

    book = show(log)
    bridge.apply(book, sending(content, "Lines", "Keys"), content)
    book.save()

    saved = load_workbook(log)
    lines: Any = saved["Lines"]
    assert [cell.value for cell in lines["B"]] == [None, "Paid", 80.5, -1]
    assert lines["B3"].number_format == '"$"#,##0.00'
    assert (lines["A2"].font.name, lines["A2"].font.b, lines["A2"].fill.fgColor.rgb) == (
        "Georgia",
        True,
        "FFE2F0D9",
    )
    assert (lines.freeze_panes, lines.column_dimensions["A"].width) == ("B3", 31)
    assert (lines.row_dimensions[2].height, lines.row_dimensions[4].hidden) == (24, True)
    assert [area.coord for area in lines.merged_cells.ranges] == ["D1:E2"]
    assert list(lines.tables) == ["PaidLines"]
    assert [str(area.sqref) for area in lines.conditional_formatting] == ["B3:B4"]
    assert lines.sheet_properties.tabColor.rgb == "FF336699"
    assert (lines.page_setup.orientation, lines.sheet_properties.pageSetUpPr.fitToPage) == ("landscape", True)
    assert (lines.print_title_rows, lines.print_area) == ("$1:$2", "'Lines'!$A$1:$E$4")
    assert lines.oddFooter.center.text == "Page &P"
    assert not lines.sheet_view.showGridLines
    assert lines.defined_names["_ClinicLedgerSheet"].hidden
    assert saved["Keys"].sheet_state != "visible"


def test_a_table_whose_name_the_user_has_taken_gets_another(tmp_path: Path, show: Show) -> None:
    log = a_log(tmp_path / "log.xlsx")
    workbook = load_workbook(log)
    workbook.worksheets[0].add_table(Table(displayName="Lines", ref="A1:C2"))
    workbook.save(log)
    output = finished("Lines")
    output["Lines"].append(["Provider"])
    output["Lines"].append(["Ada Example"])
    output["Lines"].add_table(Table(displayName="Lines", ref="A2:A3"))
    content = as_bytes(output)

    book = show(log)
    bridge.apply(book, sending(content, "Lines"), content)
    book.save()

    assert [name for sheet in load_workbook(log) for name in sheet.tables] == ["Lines", "Lines_2"]


def test_groups_of_sheets_replace_only_their_own(tmp_path: Path, show: Show) -> None:
    log = a_log(tmp_path / "log.xlsx")
    book = show(log)
    for group, name in (("payroll", "Lines"), ("history", "Past runs"), ("payroll", "Payroll Summary")):
        content = as_bytes(finished(name, group=group))
        bridge.apply(book, sending(content, name), content)

    assert [sheet.name for sheet in book.sheets] == ["Appointments", "Past runs", "Payroll Summary"]


def test_the_sheet_in_front_stays_there_unless_the_reply_says_otherwise(tmp_path: Path, show: Show) -> None:
    book = show(a_log(tmp_path / "log.xlsx"))
    content = as_bytes(finished("Lines"))
    bridge.apply(book, sending(content, "Lines"), content)
    assert book.sheets.active.name == "Appointments"


def test_a_chart_is_drawn_from_its_source(tmp_path: Path, show: Show) -> None:
    output = finished("Dashboard")
    for row in (["Bucket", "Dollars"], ["0-30", 10], ["31-60", 5]):
        output["Dashboard"].append(row)
    content = as_bytes(output)
    told = {"sheet": "Dashboard", "kind": "column", "source": "A2:B4", "title": "Aging"}
    log = a_log(tmp_path / "log.xlsx")

    book = show(log)
    bridge.apply(book, sending(content, "Dashboard", charts=[told]), content)
    book.save()

    chart = load_workbook(log)["Dashboard"]._charts[0]  # type: ignore[attr-defined]  # noqa: SLF001
    assert isinstance(chart, BarChart)
    assert chart.series[0].val.numRef.f == "'Dashboard'!$B$3:$B$4"


# -- cells of the user's own sheets


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

    bridge.apply(book, edit("B3:B11", values=values), None)
    book.save()

    cells = load_workbook(tmp_path / "log.xlsx").worksheets[0]["B"][2:11]
    assert [cell.value for cell in cells] == [value for [value] in values]
    assert {cell.data_type for cell in cells[:8]} == {"s"}


def test_one_value_fills_its_range(tmp_path: Path, show: Show) -> None:
    book = show(a_log(tmp_path / "log.xlsx"))
    bridge.apply(book, edit("B3:C4", values=[["done"]], format="@"), None)
    assert book.sheets[0].range("B3:C4").value == [["done", "done"], ["done", "done"]]
    assert book.sheets[0].range("B3:C4").number_format == "@"


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
        bridge.apply(book, reply, None)
        book.save()
    marked = load_workbook(log)
    assert marked.worksheets[0]["B2"].fill.fgColor.rgb == "FFFFC7CE"
    assert marked["_ClinicLedgerMarks"].sheet_state == "veryHidden"

    book = show(log)
    bridge.apply(book, {**DONE, "clear_marks": ["appointments"]}, None)
    book.save()
    cleared = load_workbook(log).worksheets[0]
    assert [cleared[f"A{row}"].fill.fgColor.rgb for row in (1, 2, 3)] == before
    assert cleared["B2"].fill.patternType is None


def test_a_colour_somebody_gave_since_is_theirs(tmp_path: Path, show: Show) -> None:
    book = show(a_log(tmp_path / "log.xlsx"))
    bridge.apply(book, edit("A1:A2", fill=MARK), None)
    book.sheets[0].range("A2").color = "#123456"

    bridge.apply(book, {**DONE, "clear_marks": ["Appointments"]}, None)

    assert [book.sheets[0].range(cell).color for cell in ("A1", "A2")] == [None, (0x12, 0x34, 0x56)]


def test_a_fill_of_null_leaves_the_colour_alone(tmp_path: Path, show: Show) -> None:
    book = show(a_log(tmp_path / "log.xlsx"))
    book.sheets[0].range("A1").color = "#123456"
    bridge.apply(book, edit("A1", values=[["When"]], fill=None, format=None), None)
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
        bridge.apply(book, reply, None)

    assert book.sheets[0].range("A1").value == "Date"
    assert bridge.clinic_of(book) is None


# -- binding and questions


@pytest.mark.parametrize("clinic", ["lakeside", 'the "old" mill', "a=b"])
def test_a_workbook_stays_bound_to_its_clinic(tmp_path: Path, show: Show, clinic: str) -> None:
    log = a_log(tmp_path / "log.xlsx")
    book = show(log)
    bridge.apply(book, {**DONE, "bind": {"clinic": clinic}}, None)
    book.save()
    assert bridge.clinic_of(show(log)) == clinic


def test_a_name_that_holds_no_text_binds_to_nothing(tmp_path: Path, show: Show) -> None:
    log = a_log(tmp_path / "log.xlsx")
    workbook = load_workbook(log)
    workbook.defined_names["_ClinicLedger"] = DefinedName("_ClinicLedger", attr_text="Appointments!$A$1")
    workbook.save(log)
    assert bridge.clinic_of(show(log)) is None


FIELDS = [
    {"name": "from", "label": "First day?", "default": "2026-10-01"},
    {
        "name": "order",
        "label": "Which comes first?",
        "choices": [{"value": "day", "label": "day"}, {"value": "month", "label": "Month"}],
    },
]


def test_questions_are_written_down_and_the_answers_go_with_the_sheet_they_were_about(
    tmp_path: Path, show: Show
) -> None:
    book = show(a_log(tmp_path / "log.xlsx"))

    bridge.apply(book, {**DONE, "asks": {"fields": FIELDS}}, None)
    settings = book.sheets.active
    assert settings.range("A1:D3").value == [
        ["Name", "Value", "Question", "Choices"],
        ["from", "2026-10-01", "First day?", None],
        ["order", None, "Which comes first?", "day; month (Month)"],
    ]
    settings.range("B3").value = "month"

    request = bridge.read(book, "payroll.check", TABLE)
    assert request["inputs"] == {"from": "2026-10-01", "order": "month"}
    assert request["sheets"][0]["name"] == "Appointments"


def test_asking_again_keeps_the_answers(tmp_path: Path, show: Show) -> None:
    book = show(a_log(tmp_path / "log.xlsx"))
    for fields in (FIELDS[:1], FIELDS):
        bridge.apply(book, {**DONE, "asks": {"fields": fields}}, None)
        book.sheets["Settings"].range("B2").value = "'2026-11-01"
    assert book.sheets["Settings"].range("A2:B3").value == [["from", "2026-11-01"], ["order", None]]


def test_a_settings_sheet_of_somebodys_own_is_added_to_and_not_written_over(
    tmp_path: Path, show: Show
) -> None:
    book = show(a_log(tmp_path / "log.xlsx", ["Printer", "upstairs"], title="Settings"))
    bridge.apply(book, {**DONE, "asks": {"fields": FIELDS[:1]}}, None)
    assert book.sheets[0].range("A1:B4").value == [
        ["Printer", "upstairs"],
        [None, None],
        ["Name", "Value"],
        ["from", "2026-10-01"],
    ]

"""Finished sheets into the workbook, in place of the earlier ones."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw
from openpyxl import load_workbook
from openpyxl.chart import BarChart
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

from addin.desktop import bridge
from addin.desktop.refusals import UnusableReply
from server.sheets.payroll.payroll_workbook import write_check
from server.sheets.workbook_view import WorkbookView
from tests.addin.stand_in import a_log, as_bytes, finished, sending
from tests.invented import a_finding
from tests.sheets.invented import a_run

Show = Callable[[Path], xw.Book]
a_rule: Any = CellIsRule


def test_links_heights_and_folded_rows_of_a_list_of_findings_stay_when_the_file_is_saved(
    tmp_path: Path, show: Show
) -> None:
    rows = [7, 9, 10, 11]
    finding = a_finding("blank-status", "Appointments", rows, 4, "Status")
    content = write_check(replace(a_run(), findings=(finding,)), WorkbookView(["Appointments"]))
    log = a_log(tmp_path / "log.xlsx")

    book = show(log)
    for _ in range(2):  # the second time in place of the first
        bridge.apply_reply(book, sending(content, "Check"), content)
        book.save()

    check: Any = load_workbook(log)["Check"]
    assert {check[f"E{row}"].value: check[f"E{row}"].hyperlink.location for row in (6, 7)} == {
        "E7": "'Appointments'!E7",
        "E9:E11": "'Appointments'!E9:E11",
    }
    assert [check.row_dimensions[row].outlineLevel for row in (5, 6, 7)] == [0, 1, 1]
    assert check.row_dimensions[5].height > check.row_dimensions[6].height > 0


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
    sheet.column_dimensions["G"].number_format = '"only for a whole column" 0.000'
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
    bridge.apply_reply(book, sending(content, "Lines", "Keys"), content)
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
    assert lines.column_dimensions["G"].number_format == '"only for a whole column" 0.000'
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


def test_a_sheet_to_type_into_keeps_its_dropdowns_and_hidden_columns(tmp_path: Path, show: Show) -> None:
    output = finished("Invoices", group="invoices")
    sheet: Any = output["Invoices"]
    sheet.append(["Invoice", "Action", "Row key", "Row version"])
    for row in range(3, 9):
        sheet.append([f"I-{row}", None, f"key-{row}", 1])
    sheet.add_table(Table(displayName="Invoices", ref="A2:D8"))
    sheet.column_dimensions.group("C", "D", hidden=True)
    sheet.add_data_validation(
        DataValidation(type="list", formula1='"send,void"', allow_blank=True, sqref="B3:B4 B6 B8:B1048576")
    )
    sheet.add_data_validation(DataValidation(type="list", formula1='"clear"', sqref="B5 B7"))
    content, log = as_bytes(output), a_log(tmp_path / "log.xlsx")

    book = show(log)
    bridge.apply_reply(book, sending(content, "Invoices", edits=[an_offer("B6", "note")]), content)
    book.save()

    saved: Any = load_workbook(log)["Invoices"]
    assert {str(rule.sqref): rule.formula1 for rule in saved.data_validations.dataValidation} == {
        "B3:B4 B8:B1048576": '"send,void"',
        "B5 B7": '"clear"',
        "B6": '"note"',
    }
    assert [saved.column_dimensions[letter].hidden for letter in "BC"] == [False, True]
    assert list(saved.tables) == ["Invoices"]


def an_offer(area: str, *choices: str) -> dict[str, Any]:
    return {"sheet": "Invoices", "range": area, "choices": list(choices)}


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
    bridge.apply_reply(book, sending(content, "Lines"), content)
    book.save()

    assert [name for sheet in load_workbook(log) for name in sheet.tables] == ["Lines", "Lines_2"]


def test_groups_of_sheets_replace_only_their_own(tmp_path: Path, show: Show) -> None:
    log = a_log(tmp_path / "log.xlsx")
    book = show(log)
    for group, name in (("payroll", "Lines"), ("history", "Past runs"), ("payroll", "Payroll Summary")):
        content = as_bytes(finished(name, group=group))
        bridge.apply_reply(book, sending(content, name), content)

    assert [sheet.name for sheet in book.sheets] == ["Appointments", "Past runs", "Payroll Summary"]


def test_the_sheet_in_front_stays_there_unless_the_reply_says_otherwise(tmp_path: Path, show: Show) -> None:
    book = show(a_log(tmp_path / "log.xlsx"))
    content = as_bytes(finished("Lines"))
    bridge.apply_reply(book, sending(content, "Lines"), content)
    assert book.sheets.active.name == "Appointments"


def test_a_chart_is_drawn_from_its_source(tmp_path: Path, show: Show) -> None:
    output = finished("Dashboard")
    for row in (["Bucket", "Dollars"], ["0-30", 10], ["31-60", 5]):
        output["Dashboard"].append(row)
    content = as_bytes(output)
    told = {"sheet": "Dashboard", "kind": "column", "source": "A2:B4", "title": "Aging"}
    log = a_log(tmp_path / "log.xlsx")

    book = show(log)
    bridge.apply_reply(book, sending(content, "Dashboard", charts=[told]), content)
    book.save()

    chart = load_workbook(log)["Dashboard"]._charts[0]  # type: ignore[attr-defined]  # noqa: SLF001
    assert isinstance(chart, BarChart)
    assert chart.series[0].val.numRef.f == "'Dashboard'!$B$3:$B$4"


def test_several_charts_cover_the_cells_they_are_given(tmp_path: Path, show: Show) -> None:
    output = finished("Dashboard")
    sheet = output["Dashboard"]
    for row in (["Month", "Billed", "Collected"], ["Oct 2026", 10, 5], ["Nov 2026", 20, 15]):
        sheet.append(row)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 20, 10
    sheet.row_dimensions[1].height = 40
    content = as_bytes(output)
    charts = [
        {"sheet": "Dashboard", "kind": "column", "source": "A2:C4", "title": "Months", "place": "B6:C9"},
        {"sheet": "Dashboard", "kind": "line", "source": "A2:C4", "title": "Again", "place": "E6:G9"},
    ]
    log = a_log(tmp_path / "log.xlsx")

    book = show(log)
    bridge.apply_reply(book, sending(content, "Dashboard", charts=charts), content)
    book.save()

    drawn = load_workbook(log)["Dashboard"]._charts  # type: ignore[attr-defined]  # noqa: SLF001
    starts = [(chart.anchor._from.col, chart.anchor._from.row, len(chart.series)) for chart in drawn]  # noqa: SLF001
    assert starts == [(1, 5, 2), (4, 5, 2)]
    first, _ = drawn
    usual = int(8.43 * 7 + 5) * 0.75
    points = (first.anchor.ext.width / 12_700, first.anchor.ext.height / 12_700)
    assert points == pytest.approx(((10 * 7 + 5) * 0.75 + usual, 4 * 15), abs=0.5)


@pytest.mark.parametrize("part", ["source", "place"])
def test_a_chart_of_cells_that_no_sheet_has_changes_nothing(tmp_path: Path, show: Show, part: str) -> None:
    content = as_bytes(finished("Dashboard"))
    chart = {"sheet": "Dashboard", "kind": "line", "source": "A1:B4", "title": "Months", "place": "B6:C9"}
    book = show(a_log(tmp_path / "log.xlsx"))

    with pytest.raises(UnusableReply, match="which no sheet has"):
        bridge.apply_reply(book, sending(content, "Dashboard", charts=[chart | {part: "nowhere"}]), content)

    assert "Dashboard" not in [sheet.name for sheet in book.sheets]

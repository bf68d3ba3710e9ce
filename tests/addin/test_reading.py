"""What a click sends."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import xlwings as xw
from openpyxl import Workbook, load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from addin.desktop import bridge
from tests.addin.stand_in import TABLE, a_log, as_bytes, finished, sending

Show = Callable[[Path], xw.Book]


def read_sheet(book: xw.Book) -> dict[str, Any]:
    sheet: dict[str, Any] = bridge.read_request(book, "payroll.check", TABLE)["sheets"][0]
    return sheet


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

    request = bridge.read_request(show(tmp_path / "mac.xlsx"), "payroll.check", TABLE)

    assert request["workbook"] == {"name": "mac.xlsx", "clinic": None, "date_system": 1904, "written": []}
    assert request["sheets"][0]["columns"] == [[44838.0]]


def test_only_the_named_sheets_that_exist_are_sent_whatever_their_case(tmp_path: Path, show: Show) -> None:
    path = a_log(tmp_path / "setup.xlsx", ["Clinic ID", "lakeside"], title="CLINIC")
    book = show(path)
    assert [sheet["name"] for sheet in bridge.read_request(book, "clinic.save", TABLE)["sheets"]] == [
        "CLINIC"
    ]
    assert bridge.read_request(book, "clinic.choose", TABLE)["sheets"] == []


def test_every_click_has_an_id_of_its_own(tmp_path: Path, show: Show) -> None:
    book = show(a_log(tmp_path / "log.xlsx"))
    ids = {bridge.read_request(book, "payroll.check", TABLE)["request_id"] for _ in range(3)}
    assert len(ids) == 3


def test_a_selected_column_means_its_used_rows(tmp_path: Path, show: Show) -> None:
    workbook = load_workbook(a_log(tmp_path / "log.xlsx"))
    workbook.worksheets[0].sheet_view.selection[0].sqref = "B1:B1048576"
    workbook.save(tmp_path / "log.xlsx")
    request = bridge.read_request(show(tmp_path / "log.xlsx"), "payroll.check", TABLE)
    assert request["selection"] == {"sheet": "Appointments", "rows": [1, 2]}


def test_rows_selected_here_and_there_all_count_in_the_pane_that_has_the_cursor(
    tmp_path: Path, show: Show
) -> None:
    workbook = load_workbook(a_log(tmp_path / "log.xlsx", *([["x", "y"]] * 12)))
    sheet: Any = workbook.worksheets[0]
    sheet.freeze_panes = "B2"
    for part in sheet.sheet_view.selection:
        part.sqref = "B9 A3:B4 A4:A5" if part.pane == "bottomRight" else "A1"
    workbook.save(tmp_path / "log.xlsx")
    request = bridge.read_request(show(tmp_path / "log.xlsx"), "payroll.check", TABLE)
    assert request["selection"]["rows"] == [3, 4, 5, 9]


def test_rows_may_be_selected_on_a_sheet_of_ours_that_came_from_another(tmp_path: Path, show: Show) -> None:
    book = show(a_log(tmp_path / "log.xlsx"))
    content = as_bytes(finished("Invoices", group="invoices"))
    bridge.apply_reply(book, sending(content, "Invoices", activate="Invoices"), content)

    request = bridge.read_request(book, "payroll.check", TABLE)

    assert request["selection"] == {"sheet": "Invoices", "rows": [1]}
    assert [sheet["name"] for sheet in request["sheets"]] == ["Appointments"]


def test_inputs_come_from_the_settings_sheet_and_dates_of_it_are_iso(tmp_path: Path, show: Show) -> None:
    workbook = load_workbook(a_log(tmp_path / "log.xlsx"))
    settings = workbook.create_sheet("settings")
    for row in (["Name", "Value"], ["from", 46296], ["to", "2026-10-31"], ["limit", 5], ["note", None]):
        settings.append(row)
    settings["B2"].number_format = "mm/dd/yyyy"
    workbook.save(tmp_path / "log.xlsx")

    request = bridge.read_request(show(tmp_path / "log.xlsx"), "payroll.check", TABLE, {"to": "2026-10-15"})

    assert request["inputs"] == {"from": "2026-10-01", "to": "2026-10-15", "limit": 5}


def test_decimals_of_a_text_file_reach_the_service_as_they_were_written(tmp_path: Path, show: Show) -> None:
    path = tmp_path / "log.csv"
    path.write_text("ID,Paid\n1.10,80.00\n1.1,85.5\n1.100,90\n")

    sent = read_sheet(show(path))

    assert sent["columns"] == [["ID", 1.1, 1.1, 1.1], ["Paid", 80.0, 85.5, 90.0]]
    assert sent["formats"] == [[None, "0.00", "0.0", "0.000"], [None, "0.00", "0.0", None]]

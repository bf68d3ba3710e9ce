"""Workbooks the browser tests work on. Nothing in them is real."""

from datetime import date, datetime, timedelta
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table

from server.demo.sample_logs import lakeside_sample
from server.sheets.sample_log_workbook import write_sample_log


def small_workbook(path: Path) -> Path:
    """Write a workbook with one of everything that is to survive being opened and saved."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Visits"
    sheet.append(["Visit", "Day", "Fee", "Note"])
    sheet.append(["EX-101", datetime.fromisoformat("2026-10-01T09:30"), 1234.5, "=1+1"])
    sheet.append(["00123", datetime.fromisoformat("2026-10-02"), -5, "#N/A"])
    sheet["B2"].number_format = "mm/dd/yyyy"
    sheet["C2"].number_format = sheet["C3"].number_format = '"$"#,##0.00;[Red]\\-"$"#,##0.00'
    sheet["A1"].fill = PatternFill("solid", fgColor="1F4E5F")
    sheet["A1"].font = Font(bold=True, color="FFFFFF")
    sheet["A2"].border = Border(bottom=Side("thin", color="FF0000"))
    sheet["D2"].alignment = Alignment(wrap_text=True)
    sheet.merge_cells("A5:B6")
    sheet["A5"] = "joined"
    sheet.freeze_panes = "B2"
    sheet.row_dimensions[3].hidden = True
    for column in "ABC":
        sheet.column_dimensions[column].width = 20
    sheet.add_table(Table(displayName="VisitList", ref="A1:D3"))
    book.create_sheet("Kept").sheet_state = "veryHidden"
    book.defined_names.add(DefinedName("_ClinicLedger", attr_text='"lakeside"', hidden=True))
    sheet.defined_names.add(DefinedName("_ClinicLedgerSheet", attr_text='"payroll"', hidden=True))
    book.save(path)
    return path


def unbound(log: Path, path: Path) -> Path:
    """Write a copy of a log that belongs to no clinic."""
    book = load_workbook(log)
    del book.defined_names["_ClinicLedger"]
    book.save(path)
    return path


def long_log(path: Path, rows: int) -> Path:
    """Write a log of Lakeside's of so many rows: the providers and services it has, a month long past."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Appointments")
    sheet.append(["Appt ID", "Date of service", "Provider", "Service", "Status", "Units"])
    for row in range(rows):
        sheet.append([f"L-{row:06}", 45931 + row % 31, "Ada Wintergreen", "EX-101", "Show", 1])
    book.defined_names.add(DefinedName("_ClinicLedger", attr_text='"lakeside"', hidden=True))
    book.save(path)
    return path


def flagged_log(path: Path, rows: int, flagged: int) -> Path:
    """Write a log of Lakeside's that can be paid as it is; the first rows have units that look like minutes."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Appointments"
    sheet.append(["Appt ID", "Date of service", "Provider", "Service", "Status", "Units"])
    for row in range(rows):
        units = 60 if row < flagged else 1
        sheet.append([f"L-{row:06}", 45931 + row % 31, "Basil Thistledown", "EX-103", "Show", units])
    book.defined_names.add(DefinedName("_ClinicLedger", attr_text='"lakeside"', hidden=True))
    book.save(path)
    return path


def exams_of_lakeside(today: date, path: Path) -> Path:
    """Write a month of Lakeside's exams before a day, in a workbook that belongs to the clinic."""
    first = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    write_sample_log(lakeside_sample(first).exams, path)
    book = load_workbook(path)
    book.defined_names.add(DefinedName("_ClinicLedger", attr_text='"lakeside"', hidden=True))
    book.save(path)
    return path

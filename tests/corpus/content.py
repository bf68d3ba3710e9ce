"""What a workbook holds, as far as a biller or the next click can tell: the same for both halves."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel
from openpyxl.worksheet.worksheet import Worksheet

Content = dict[str, Any]


def content_of_file(saved: bytes) -> Content:
    """Return sheets with their cells, names, and which sheet is in front."""
    workbook = load_workbook(BytesIO(saved))
    shown = workbook.active
    return {
        "date_system": 1904 if workbook.epoch.year == 1904 else 1900,
        "active": shown.title if shown else None,
        "names": {name: told.attr_text for name, told in sorted(workbook.defined_names.items())},
        "sheets": [_sheet(workbook, sheet) for sheet in workbook.worksheets],
    }


def _sheet(workbook: Workbook, sheet: Worksheet) -> Content:
    cells = {
        cell.coordinate: told for row in sheet.iter_rows() for cell in row if (told := _cell(workbook, cell))
    }
    told = {
        "name": sheet.title,
        "state": sheet.sheet_state,
        "names": {name: told.attr_text for name, told in sorted(sheet.defined_names.items())},
        "cells": cells,
    }
    offered = dict(sorted(_offered(sheet)))
    return told | {"dropdowns": offered} if offered else told


def _offered(sheet: Worksheet) -> Iterator[tuple[str, str]]:
    """Yield each cell with the source of its dropdown, however the file groups them."""
    for rule in sheet.data_validations.dataValidation:
        for area in rule.sqref.ranges:
            for row, column in area.cells:
                yield f"{get_column_letter(column)}{row}", str(rule.formula1)


def _cell(workbook: Workbook, cell: Cell | MergedCell) -> Content:
    """Return what differs from an empty cell. A formula would be told as one: none may ever be."""
    told: Content = {}
    if cell.value not in {None, ""}:
        told["value"] = _value(workbook, cell.value)
    if cell.data_type == "f":
        told["formula"] = True
    if cell.number_format != "General":
        told["format"] = cell.number_format
    if cell.fill.fill_type == "solid":
        told["fill"] = f"#{cell.fill.fgColor.rgb[-6:]}"
    return told


def _value(workbook: Workbook, value: object) -> object:
    if isinstance(value, datetime | date | time | timedelta):
        return float(to_excel(value, workbook.epoch))  # type: ignore[no-untyped-call]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value

# ruff: noqa: ANN401 - what Excel answers has no type
"""Calls to Excel that xlwings does not offer.

There are two forms: the one of Excel for Windows, which the headless engine supports too, and AppleScript.
The macOS half follows the dictionary that ships with xlwings. It was not run in Excel for Mac yet.
"""

import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any, Final

import xlwings as xw

Value = str | float | bool | None

ERRORS: Final = {
    -2146826281: "#DIV/0!",
    -2146826246: "#N/A",
    -2146826259: "#NAME?",
    -2146826288: "#NULL!",
    -2146826252: "#NUM!",
    -2146826265: "#REF!",
    -2146826273: "#VALUE!",
}
"""How COM spells an error value. Numbers of cells are floats, so an int is always an error."""

OTHER_ERROR: Final = "#N/A"
VERY_HIDDEN: Final = 2
EPOCH: Final = {1900: datetime(1899, 12, 30), 1904: datetime(1904, 1, 1)}  # noqa: DTZ001 - a cell has no zone


class Mixed:
    """The answer for cells that differ."""


MIXED: Final = Mixed()


def uniform_areas(area: xw.Range, ask: Callable[[xw.Range], Any]) -> Iterator[tuple[xw.Range, Any]]:
    """Split an area until each part gives one answer: a part that answers MIXED is cut in half.

    Asking cell by cell costs a call into Excel each; uniform columns cost one.
    """
    answer = ask(area)
    if answer is not MIXED:
        yield area, answer
        return
    rows, columns = area.shape
    if rows > 1:
        halves = area[: rows // 2, :], area[rows // 2 :, :]
    else:
        halves = area[:, : columns // 2], area[:, columns // 2 :]
    for half in halves:
        yield from uniform_areas(half, ask)


def speaks_applescript(of: xw.Range | xw.Sheet | xw.Book) -> bool:
    """Return whether the thing lives in Excel for Mac."""
    book = of if isinstance(of, xw.Book) else of.book if isinstance(of, xw.Sheet) else of.sheet.book
    return sys.platform == "darwin" and bool(book.app.engine.name == "excel")


def date_system(book: xw.Book) -> int:
    """Return 1900 or 1904: the year from which the workbook counts its days."""
    since_1904 = book.api.date_1904.get() if speaks_applescript(book) else book.api.Date1904
    return 1904 if since_1904 else 1900


def rows_of(area: xw.Range) -> list[list[Value]]:
    """Return the values row by row: dates as serial numbers, errors as their text."""
    if speaks_applescript(area):
        raw, shown = _as_rows(area.api.value2.get()), _as_rows(area.api.string_value.get())
        return [
            [_from_mac(value, text) for value, text in zip(values, texts, strict=True)]
            for values, texts in zip(raw, shown, strict=True)
        ]
    return [
        [ERRORS.get(value, OTHER_ERROR) if type(value) is int else value for value in row]
        for row in _as_rows(area.api.Value2)
    ]


def _as_rows(values: Any) -> Any:
    """Return rows of values; a single cell comes without, a single row on a Mac with one level less."""
    if not isinstance(values, list | tuple):
        return [[values]]
    return values if isinstance(values[0], list | tuple) else [values]


def _from_mac(value: Any, shown: Any) -> Value:
    if isinstance(shown, str) and shown in ERRORS.values():
        return shown
    if isinstance(value, date):
        return (datetime.fromisoformat(value.isoformat()) - EPOCH[1900]).total_seconds() / 86_400
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value if isinstance(value, str | float | bool) and value != "" else None


def number_format(area: xw.Range) -> Any:
    """Return the number format of an area, or MIXED."""
    form = area.number_format
    return MIXED if form is None and area.count > 1 else form


def rows_hidden(area: xw.Range) -> Any:
    """Return whether the rows of an area are hidden, by hand or by a filter, or MIXED."""
    if speaks_applescript(area):
        return area.rows.hidden if area.shape[0] == 1 else MIXED
    is_hidden = area.api.EntireRow.Hidden
    return MIXED if is_hidden is None else is_hidden


def show_rows(area: xw.Range) -> None:
    """Show the rows of an area that are hidden by hand or by a filter. The filter stays."""
    if speaks_applescript(area):
        area.api.entire_row.hidden.set(False)
    else:
        area.api.EntireRow.Hidden = False


def rows_selected(selection: xw.Range) -> Iterator[range]:
    """Yield the rows of each area of a selection. xlwings itself only gives the first area."""
    for address in _area_addresses(selection):
        area = selection.sheet.range(address)
        yield range(area.row, area.row + area.shape[0])


def _area_addresses(selection: xw.Range) -> list[str]:
    if speaks_applescript(selection):
        return str(selection.address).split(",")
    areas = selection.api.Areas  # Excel for Windows cuts the address of many areas short
    return [areas(number).Address for number in range(1, areas.Count + 1)]


def fill_color(area: xw.Range) -> Any:
    """Return the fill of an area as ``#RRGGBB``, ``""`` without one, or MIXED."""
    if area.count > 1 and (speaks_applescript(area) or area.api.Interior.ColorIndex is None):
        return MIXED
    color = area[0, 0].color
    return "" if color is None else "#{:02X}{:02X}{:02X}".format(*color)


def hide_name(name: xw.Name) -> None:
    """Hide a defined name from the list that people see."""
    if sys.platform == "darwin" and hasattr(name.api, "visible"):
        name.api.visible.set(False)
    else:
        name.api.Visible = False


def hide_for_good(sheet: xw.Sheet) -> None:
    """Hide a sheet so that Excel's menu does not offer to show it."""
    if speaks_applescript(sheet):
        sheet.visible = False
    else:
        sheet.api.Visible = VERY_HIDDEN

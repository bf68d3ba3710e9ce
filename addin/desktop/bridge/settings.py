"""The Settings sheet: where a button's questions are written and a biller's answers are read."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import xlwings as xw

from addin.desktop.bridge.binding import ABOUT, constant, in_front, write_constant
from addin.desktop.bridge.writing import guarded, is_list, offer

SETTINGS = "Settings"
HEADINGS = ("Name", "Value", "Question", "Choices")
WIDTHS = (24, 24, 60, 40)

ASKED = "_ClinicLedgerAsked"
"""On the Settings sheet: what a button asked for, as ``name=kind`` between semicolons. An answer to that counts
for the click that sends it: whoever agreed to something did not agree for all clicks to come. What people write
down of their own accord stands until they take it away."""

FILE, YES_NO, SEVERAL = "file", "yes-no", "several"
HOW = {FILE: "The path of a file: PDF, PNG, JPEG, TIFF or text", YES_NO: "yes; no"}
"""What is told of choices where the question has none of its own."""

MORE_THAN_ONE = "One or more, with semicolons between them: "

Answer = str | float | bool


def _sheet(book: xw.Book) -> xw.Sheet | None:
    return next((sheet for sheet in book.sheets if sheet.name.lower() == SETTINGS.lower()), None)


def _table(sheet: xw.Sheet) -> tuple[dict[str, int], dict[int, list[Any]]]:
    """Return where the headings Name | Value (and others) stand, and the rows under them by their numbers.

    Columns count from 0. No headings, no rows: the sheet is somebody's own, or new.
    """
    used = sheet.used_range
    last = (used.row + used.shape[0] - 1, used.column + used.shape[1] - 1)
    rows: list[list[Any]] = sheet.range((1, 1), last).options(ndim=2).value
    for at, row in enumerate(rows):
        columns = {str(cell).strip().lower(): n for n, cell in enumerate(row) if cell is not None}
        if {"name", "value"} <= columns.keys():
            return columns, dict(enumerate(rows[at + 1 :], at + 2))
    return {}, {}


def _answered(sheet: xw.Sheet) -> Iterator[tuple[int, str, Any]]:
    """Yield the row, name and value of every question that has an answer."""
    columns, rows = _table(sheet)
    for number, row in rows.items():
        name, value = row[columns["name"]], row[columns["value"]]
        if name is not None and value is not None:
            yield number, str(name).strip(), value


def typed_inputs(book: xw.Book) -> dict[str, Any]:
    """Return what stands in the Settings sheet: name -> value, dates as ISO text, blanks left out.

    What was asked for as a file is a Path, from the workbook's folder where it does not say another.
    """
    sheet = _sheet(book)
    if sheet is None:
        return {}
    files = {name for name, kind in _asked(sheet).items() if kind == FILE}
    return {
        name: _path(book, value) if name in files else _typed(value) for _, name, value in _answered(sheet)
    }


def _typed(value: Answer | datetime) -> Answer:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _path(book: xw.Book, value: Answer | datetime) -> Path:
    told = Path(str(value).strip().strip('"')).expanduser()  # Windows copies a path in quotation marks
    return told if told.is_absolute() else Path(book.fullname).parent / told


def ask(book: xw.Book, fields: Sequence[Mapping[str, Any]]) -> None:
    """Write a button's questions into the Settings sheet, keep what was answered, and show it."""
    about = in_front(book).name
    sheet = _sheet(book) or book.sheets.add(SETTINGS, after=book.sheets[len(book.sheets) - 1])
    columns, rows = _table(sheet)
    used = sheet.used_range
    below = used.row + used.shape[0]
    if not columns:
        # Whatever somebody keeps in a sheet of this name stays above.
        heading_row = 1 if used.count == 1 and used.value is None else below + 1
        columns = _head(sheet, heading_row)
        below = heading_row + 1
    known = {row[columns["name"]]: number for number, row in rows.items()}
    answered = {name for _, name, _ in _answered(sheet)}
    for field in fields:
        row = known.setdefault(field["name"], below)
        below += row == below
        for heading, value in _told(field).items():
            keep = heading == "value" and field["name"] in answered
            if heading in columns and value is not None and not keep:
                sheet.range((row, columns[heading] + 1)).value = guarded(value)
        offer(sheet.range((row, columns["value"] + 1)), _words(field))
    kinds = {field["name"]: field.get("kind") or "text" for field in fields}
    _note_asked(sheet, _asked(sheet) | kinds)
    write_constant(sheet.names, ABOUT, about)
    sheet.activate()


def _asked(sheet: xw.Sheet) -> dict[str, str]:
    told = constant(sheet.names, ASKED) or ""
    return dict(pair.split("=", 1) for pair in told.split(";") if pair)


def _note_asked(sheet: xw.Sheet, kinds: Mapping[str, str]) -> None:
    write_constant(sheet.names, ASKED, ";".join(f"{name}={kind}" for name, kind in kinds.items()))


def forget_answers(book: xw.Book) -> bool:
    """Take back the answers to what was asked, which the click just done has used; return whether there were any."""
    sheet = _sheet(book)
    asked = _asked(sheet) if sheet else {}
    if sheet is None or not asked:
        return False
    column = _table(sheet)[0].get("value", 0) + 1
    given = [row for row, name, _ in _answered(sheet) if name in asked]
    for row in given:
        sheet.range((row, column)).value = None
    return bool(given)


def _told(field: Mapping[str, Any]) -> dict[str, Any]:
    choices = "; ".join(_choice(choice) for choice in field.get("choices") or ())
    if field.get("kind") == SEVERAL:
        choices = MORE_THAN_ONE + choices
    return {
        "name": field["name"],
        "value": field.get("default"),
        "question": field.get("label"),
        "choices": choices or HOW.get(field.get("kind", "")),
    }


def _words(field: Mapping[str, Any]) -> list[str]:
    """Return what can be picked as the answer, nothing where a dropdown cannot hold it: it takes one."""
    if field.get("kind") == YES_NO:
        return ["yes", "no"]
    if field.get("kind") == SEVERAL:
        return []
    words = [choice["value"] for choice in field.get("choices") or ()]
    return words if is_list(words) else []


def _choice(choice: Mapping[str, str]) -> str:
    """Return what is to be typed, and what it means where that is not the same."""
    value, label = choice["value"], choice["label"]
    return value if value == label else f"{value} ({label})"


def _head(sheet: xw.Sheet, row: int) -> dict[str, int]:
    heading = sheet.range((row, 1), (row, len(HEADINGS)))
    heading.value = [list(HEADINGS)]
    heading.font.bold = True
    for column, width in enumerate(WIDTHS, 1):
        sheet.range((row, column)).column_width = width
    return {name.lower(): at for at, name in enumerate(HEADINGS)}

"""The Settings sheet: we write a button's questions there, and read a biller's answers."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import xlwings as xw

from addin.desktop.bridge.binding import ABOUT, in_front, read_constant, write_constant
from addin.desktop.bridge.writing import guard_text, is_list, set_dropdown

SETTINGS = "Settings"
HEADINGS = ("Name", "Value", "Question", "Choices")
WIDTHS = (24, 24, 60, 40)

ASKED = "_ClinicLedgerAsked"
"""On the Settings sheet: the inputs that buttons asked for, as ``name=kind`` separated by semicolons. Such an answer
counts for one click only: a person who agreed once did not agree to all later clicks. An input that people write
unasked counts until they delete it."""

FILE, YES_NO, SEVERAL = "file", "yes-no", "several"
HOW = {FILE: "The path of a file: PDF, PNG, JPEG, TIFF or text", YES_NO: "yes; no"}
"""The text in the Choices column if the question has no choices."""

MORE_THAN_ONE = "One or more, with semicolons between them: "

Answer = str | float | bool


def _settings_sheet(book: xw.Book) -> xw.Sheet | None:
    return next((sheet for sheet in book.sheets if sheet.name.lower() == SETTINGS.lower()), None)


def _read_table(sheet: xw.Sheet) -> tuple[dict[str, int], dict[int, list[Any]]]:
    """Return the columns of the headings Name, Value and others, and the rows under them by row number.

    Columns count from 0. Without headings both are empty: the sheet is the user's own, or new.
    """
    used = sheet.used_range
    last = (used.row + used.shape[0] - 1, used.column + used.shape[1] - 1)
    rows: list[list[Any]] = sheet.range((1, 1), last).options(ndim=2).value
    for at, row in enumerate(rows):
        columns = {str(cell).strip().lower(): n for n, cell in enumerate(row) if cell is not None}
        if {"name", "value"} <= columns.keys():
            return columns, dict(enumerate(rows[at + 1 :], at + 2))
    return {}, {}


def _answered_rows(sheet: xw.Sheet) -> Iterator[tuple[int, str, Any]]:
    """Yield the row, name and value of every question that has an answer."""
    columns, rows = _read_table(sheet)
    for number, row in rows.items():
        name, value = row[columns["name"]], row[columns["value"]]
        if name is not None and value is not None:
            yield number, str(name).strip(), value


def typed_inputs(book: xw.Book) -> dict[str, Any]:
    """Return the inputs on the Settings sheet: name -> value, dates as ISO text, without blanks.

    A file is a Path. A relative path starts at the workbook's folder.
    """
    sheet = _settings_sheet(book)
    if sheet is None:
        return {}
    files = {name for name, kind in _kinds_asked(sheet).items() if kind == FILE}
    return {
        name: _file_path(book, value) if name in files else _wire_value(value)
        for _, name, value in _answered_rows(sheet)
    }


def _wire_value(value: Answer | datetime) -> Answer:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _file_path(book: xw.Book, value: Answer | datetime) -> Path:
    path = Path(str(value).strip().strip('"')).expanduser()  # Windows copies a path in quotation marks
    return path if path.is_absolute() else Path(book.fullname).parent / path


def ask_questions(book: xw.Book, fields: Sequence[Mapping[str, Any]]) -> None:
    """Write a button's questions to the Settings sheet, keep the answers that are there, and show the sheet."""
    about = in_front(book).name
    sheet = _settings_sheet(book) or book.sheets.add(SETTINGS, after=book.sheets[len(book.sheets) - 1])
    columns, rows = _read_table(sheet)
    used = sheet.used_range
    below = used.row + used.shape[0]
    if not columns:
        # What the user has on a sheet of this name stays above.
        heading_row = 1 if used.count == 1 and used.value is None else below + 1
        columns = _write_headings(sheet, heading_row)
        below = heading_row + 1
    known = {row[columns["name"]]: number for number, row in rows.items()}
    answered = {name for _, name, _ in _answered_rows(sheet)}
    for field in fields:
        row = known.setdefault(field["name"], below)
        below += row == below
        for heading, value in _question_cells(field).items():
            keep = heading == "value" and field["name"] in answered
            if heading in columns and value is not None and not keep:
                sheet.range((row, columns[heading] + 1)).value = guard_text(value)
        set_dropdown(sheet.range((row, columns["value"] + 1)), _dropdown_words(field))
    kinds = {field["name"]: field.get("kind") or "text" for field in fields}
    _note_asked(sheet, _kinds_asked(sheet) | kinds)
    write_constant(sheet.names, ABOUT, about)
    sheet.activate()


def _kinds_asked(sheet: xw.Sheet) -> dict[str, str]:
    text = read_constant(sheet.names, ASKED) or ""
    return dict(pair.split("=", 1) for pair in text.split(";") if pair)


def _note_asked(sheet: xw.Sheet, kinds: Mapping[str, str]) -> None:
    write_constant(sheet.names, ASKED, ";".join(f"{name}={kind}" for name, kind in kinds.items()))


def forget_answers(book: xw.Book) -> bool:
    """Delete the answers that the last click has used. Returns whether there were any."""
    sheet = _settings_sheet(book)
    asked = _kinds_asked(sheet) if sheet else {}
    if sheet is None or not asked:
        return False
    column = _read_table(sheet)[0].get("value", 0) + 1
    given = [row for row, name, _ in _answered_rows(sheet) if name in asked]
    for row in given:
        sheet.range((row, column)).value = None
    return bool(given)


def _question_cells(field: Mapping[str, Any]) -> dict[str, Any]:
    choices = "; ".join(_choice_text(choice) for choice in field.get("choices") or ())
    if field.get("kind") == SEVERAL:
        choices = MORE_THAN_ONE + choices
    return {
        "name": field["name"],
        "value": field.get("default"),
        "question": field.get("label"),
        "choices": choices or HOW.get(field.get("kind", "")),
    }


def _dropdown_words(field: Mapping[str, Any]) -> list[str]:
    """Return the words of the answer's dropdown, none if a dropdown cannot offer them: it allows one answer only."""
    if field.get("kind") == YES_NO:
        return ["yes", "no"]
    if field.get("kind") == SEVERAL:
        return []
    words = [choice["value"] for choice in field.get("choices") or ()]
    return words if is_list(words) else []


def _choice_text(choice: Mapping[str, str]) -> str:
    """Return the word to type, and its meaning if that is different."""
    value, label = choice["value"], choice["label"]
    return value if value == label else f"{value} ({label})"


def _write_headings(sheet: xw.Sheet, row: int) -> dict[str, int]:
    heading = sheet.range((row, 1), (row, len(HEADINGS)))
    heading.value = [list(HEADINGS)]
    heading.font.bold = True
    for column, width in enumerate(WIDTHS, 1):
        sheet.range((row, column)).column_width = width
    return {name.lower(): at for at, name in enumerate(HEADINGS)}

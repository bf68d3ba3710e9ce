"""A page as a click: as the add-in sends the open sheet, or written as a file and read by the desktop add-in."""

import csv
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from addin.desktop import bridge
from addin.desktop.files import open_workbook
from addin.desktop.headless import show_workbook
from tests.addin.stand_in import TABLE
from tests.differential.page import BLANK, CLOCK, DAYS_TO_1904, Page, Shown, moment_of
from tests.differential.truth import CLINIC

SHEET = "Appointments"


def click_of(page: Page, folder: Path) -> dict[str, Any]:
    """Return the click that generates payroll from the page, without its id and answers."""
    if page.form.kind == "click":
        return _wrapped(page, _open_sheet(page))
    name, content = _file_of(page)
    path = folder / name
    path.write_bytes(content)
    book = show_workbook(open_workbook(path))
    try:
        read = bridge.read_request(book, "payroll.generate", TABLE)
    finally:
        book.app.quit()
    path.unlink()
    read["workbook"]["clinic"] = CLINIC
    # The service asks for the sheet Payments once, and no export has one.
    read["asked_sheets"] = ["Payments"]
    return read


def _wrapped(page: Page, sheet: dict[str, Any]) -> dict[str, Any]:
    date_system = 1904 if page.since_1904 else 1900
    workbook = {"name": "Export.xlsx", "clinic": CLINIC, "date_system": date_system}
    return {"workbook": workbook, "sheets": [sheet], "asked_sheets": ["Payments"], "inputs": {}}


def _open_sheet(page: Page) -> dict[str, Any]:
    """Return the page as the add-in sends the sheet in front."""
    width = _width(page)
    columns = [[_stored(page, _at(row.cells, at)).value for row in page.rows] for at in range(width)]
    return {
        "name": SHEET,
        "top_left": f"{letter_of(page, 0)}{page.top}",
        "columns": columns,
        "formats": [_formats([_at(row.cells, at) for row in page.rows]) for at in range(width)],
        "hidden_rows": [number for number, row in page.numbered().items() if row.hidden],
        "merged": [_range(page, *area) for area in page.merged],
    }


def letter_of(page: Page, position: int) -> str:
    """Return the letter of a column of the page."""
    return get_column_letter(page.left + position + 1)


def _range(page: Page, position: int, *ends: object) -> str:
    numbers = [number for number, row in page.numbered().items() if row in ends]
    letter = letter_of(page, position)
    return f"{letter}{min(numbers)}:{letter}{max(numbers)}"


def _width(page: Page) -> int:
    return max(len(row.cells) for row in page.rows)


def _at(cells: list[Shown], position: int) -> Shown:
    return cells[position] if position < len(cells) else BLANK


def _is_day(shown: Shown) -> bool:
    return isinstance(shown.value, int | float) and "yy" in (shown.format or "")


def _stored(page: Page, shown: Shown) -> Shown:
    """Return a cell as the workbook keeps it: days counted from 1904 are smaller numbers."""
    if page.since_1904 and _is_day(shown) and isinstance(shown.value, int | float):
        return Shown(shown.value - DAYS_TO_1904, shown.format)
    return shown


def _formats(cells: list[Shown]) -> str | list[str | None] | None:
    """Return the number format of a column as the add-in sends it: one, or one for each cell."""
    formats = [cell.format if type(cell.value) in {int, float} else None for cell in cells]
    used = {cell.format for cell in cells if type(cell.value) in {int, float}}
    return used.pop() if len(used) == 1 else (formats if used else None)


def _file_of(page: Page) -> tuple[str, bytes]:
    if page.form.kind == "xlsx":
        return "export.xlsx", _xlsx(page)
    text = _csv(page)
    if not page.form.ends_with_newline:
        text = text.rstrip("\r\n")
    return "export.csv", text.encode(page.form.encoding, "ignore")


def _xlsx(page: Page) -> bytes:
    book = Workbook()
    if page.since_1904:
        book.epoch = CALENDAR_MAC_1904
    sheet = book.worksheets[0]
    sheet.title = SHEET
    for number, row in page.numbered().items():
        for at, shown in enumerate(row.cells):
            if shown.value is not None:
                cell = sheet.cell(number, page.left + at + 1, _stored(page, shown).value)
                cell.number_format = shown.format or "General"
        sheet.row_dimensions[number].hidden = row.hidden
    for area in page.merged:
        sheet.merge_cells(_range(page, *area))
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _csv(page: Page) -> str:
    """Return the page as comma-separated text, dates and amounts written as they are shown."""
    rows = [[""] * page.left + [text_of(shown) for shown in row.cells] for row in page.rows]
    rows = [[] for _ in range(page.top - 1)] + rows
    if page.form.unquoted:
        return "".join(page.form.delimiter.join(row) + "\r\n" for row in rows)
    stream = StringIO()
    csv.writer(stream, delimiter=page.form.delimiter).writerows(rows)
    return stream.getvalue()


def text_of(shown: Shown) -> str:
    """Return a cell as a program writes it into a text file."""
    value = shown.value
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return str(value).upper()
    if _is_day(shown):
        moment = moment_of(value)
        day = f"{moment:%d/%m/%Y}" if (shown.format or "").startswith("dd") else f"{moment:%m/%d/%Y}"
        return f"{day} {moment.hour}:{moment:%M}" if "h" in (shown.format or "") else day
    if shown.format == CLOCK:
        minutes = round(value * 24 * 60)
        return f"{minutes // 60}:{minutes % 60:02}"
    if set(shown.format or "x") == {"0"}:
        return f"{value:0{len(shown.format or '')}d}" if isinstance(value, int) else str(value)
    return f"{value:.15g}"

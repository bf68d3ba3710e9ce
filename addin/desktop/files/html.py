"""Web pages that are named .xls. Like Excel, we put their tables one below the other."""

from html.parser import HTMLParser
from pathlib import Path

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from addin.desktop.files.grid import MAX_COLUMNS, MAX_ROWS, check_bounds, check_text, new_workbook, put_value
from addin.desktop.files.refusals import NotAWorkbook
from addin.desktop.files.text import cell_of, clean_text, decode_text, format_of

SKIPPED = {"script", "style", "title", "template"}
BREAKS = {"br", "p", "div", "li"}


class _Tables(HTMLParser):
    """Collects cells as ``(row, column) -> text``, counted from 1, and the spans as A1 ranges."""

    def __init__(self, path: Path) -> None:
        super().__init__(convert_charrefs=True)
        self.path = path
        self.cells: dict[tuple[int, int], str] = {}
        self.merged: list[str] = []
        self.rows = 0
        self._taken: set[tuple[int, int]] = set()
        self._column = 0
        self._text: list[str] | None = None
        self._span = (1, 1)
        self._skipping = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SKIPPED:
            self._skipping += 1
        elif tag == "tr":
            self._end_cell()
            self.rows += 1
            self._column = 0
        elif tag in {"td", "th"} and self.rows:
            self._end_cell()
            self._text = []
            attributes = dict(attrs)
            self._span = (
                _span_length(attributes.get("rowspan"), MAX_ROWS),
                _span_length(attributes.get("colspan"), MAX_COLUMNS),
            )
        elif tag in BREAKS and self._text:
            self._text.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in SKIPPED:
            self._skipping = max(0, self._skipping - 1)
        elif tag in {"td", "th", "tr", "table"}:
            self._end_cell()
        if tag == "table":
            self.rows += 1

    def handle_data(self, data: str) -> None:
        if self._text is not None and not self._skipping:
            self._text.append(data)

    def close(self) -> None:
        super().close()
        self._end_cell()

    def _end_cell(self) -> None:
        if self._text is None:
            return
        self._column += 1
        while (self.rows, self._column) in self._taken:
            self._column += 1
        check_bounds(self.path, rows=self.rows, columns=self._column)
        text = " ".join(clean_text("".join(self._text)).split())
        check_text(self.path, self.rows, text)
        self.cells[self.rows, self._column] = text
        self._text = None
        self._reserve_span()

    def _reserve_span(self) -> None:
        """Reserve the cells of a span, so that the next cell of the row starts after it."""
        down, across = self._span
        if (down, across) == (1, 1):
            return
        last_row, last_column = self.rows + down - 1, self._column + across - 1
        check_bounds(self.path, rows=last_row, columns=last_column)
        self.merged.append(
            f"{get_column_letter(self._column)}{self.rows}:{get_column_letter(last_column)}{last_row}"
        )
        self._taken.update(
            (row, column)
            for row in range(self.rows + 1, last_row + 1)
            for column in range(self._column, last_column + 1)
        )
        self._column = last_column


def _span_length(text: str | None, most: int) -> int:
    return min(max(int(text), 1), most) if text and text.isdigit() else 1


def read_html(content: bytes, path: Path) -> Workbook:
    """Return a workbook of one sheet holding every table of the page."""
    tables = _Tables(path)
    tables.feed(decode_text(content, path))
    tables.close()
    if not tables.cells:
        raise NotAWorkbook(path, "a web page without a table (perhaps a sign-in page instead of the report)")
    workbook, worksheet = new_workbook(path.stem)
    for (row, column), text in tables.cells.items():
        if text:
            value = cell_of(text)
            put_value(worksheet, row, column, value, format_of(text, value))
    for area in tables.merged:
        worksheet.merged_cells.add(area)
    return workbook

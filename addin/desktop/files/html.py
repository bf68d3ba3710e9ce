"""Web pages that are named .xls. Like Excel, we put their tables one below the other."""

import re
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.cell_range import CellRange

from addin.desktop.files.budget import Budget, Limit
from addin.desktop.files.grid import (
    FAR_COLUMN,
    MAX_COLUMNS,
    MAX_ROWS,
    check_bounds,
    check_text,
    new_workbook,
    put_value,
)
from addin.desktop.files.html_tokens import Tag, html_tokens
from addin.desktop.files.refusals import NotAWorkbook
from addin.desktop.files.text import cell_of, clean_text, decode_text, format_of

SKIPPED = {"script", "style", "title", "template"}
BREAKS = {"br", "p", "div", "li"}
DIGITS = re.compile(r"\s*+0*+([0-9]{1,9})")
"""A span. Nine digits are more than any sheet has; a number of thousands of digits is not even read."""


class _Tables:
    """Collects cells as ``(row, column) -> text``, counted from 1, and the spans."""

    def __init__(self, path: Path, budget: Budget) -> None:
        self.path = path
        self.budget = budget
        self.cells: dict[tuple[int, int], str] = {}
        self.merged: list[CellRange] = []
        self.rows = 0
        self.has_cells = False
        self._taken: set[tuple[int, int]] = set()
        self._column = 0
        self._text: list[str] | None = None
        self._span = (1, 1)
        self._skipping = 0

    def read_page(self, page: str) -> None:
        """Read all tables of a page."""
        for token in html_tokens(page):
            if isinstance(token, str):
                if self._text is not None and not self._skipping:
                    self._text.append(token)
            elif token.is_end:
                self._read_end_tag(token.name)
            else:
                self._read_start_tag(token)
        self._end_cell()

    def _read_start_tag(self, tag: Tag) -> None:
        if tag.name in SKIPPED:
            self._skipping += 1
        elif tag.name == "tr":
            self._end_cell()
            self.rows += 1
            self._column = 0
        elif tag.name in {"td", "th"} and self.rows:
            self._end_cell()
            self._text = []
            self._span = (
                _span_length(tag.attributes.get("rowspan"), MAX_ROWS),
                _span_length(tag.attributes.get("colspan"), MAX_COLUMNS),
            )
        elif tag.name in BREAKS and self._text:
            self._text.append(" ")

    def _read_end_tag(self, name: str) -> None:
        if name in SKIPPED:
            self._skipping = max(0, self._skipping - 1)
        elif name in {"td", "th", "tr", "table"}:
            self._end_cell()
        if name == "table":
            self.rows += 1

    def _end_cell(self) -> None:
        if self._text is None:
            return
        self._column += 1
        while (self.rows, self._column) in self._taken:
            self._column += 1
        check_bounds(self.path, rows=self.rows, columns=self._column)
        text = " ".join(clean_text("".join(self._text)).split())
        check_text(self.path, self.rows, text)
        self._text = None
        self.has_cells = True
        if text:
            self.budget.spend(Limit.CELLS)
            if self._column > FAR_COLUMN:
                self.budget.spend(Limit.FAR_CELLS)
            self.cells[self.rows, self._column] = text
        self._reserve_span()

    def _reserve_span(self) -> None:
        """Reserve the cells of a span, so that the next cell of the row starts after it."""
        down, across = self._span
        if (down, across) == (1, 1):
            return
        last_row, last_column = self.rows + down - 1, self._column + across - 1
        check_bounds(self.path, rows=last_row, columns=last_column)
        self.budget.spend(Limit.AREA, down * across)
        self.merged.append(CellRange(None, self._column, self.rows, last_column, last_row))
        self._taken.update(
            (row, column)
            for row in range(self.rows + 1, last_row + 1)
            for column in range(self._column, last_column + 1)
        )
        self._column = last_column


def _span_length(text: str | None, most: int) -> int:
    digits = DIGITS.match(text or "")
    return min(max(int(digits[1]), 1), most) if digits else 1


def read_html(content: bytes, path: Path, budget: Budget) -> Workbook:
    """Return a workbook of one sheet holding every table of the page."""
    tables = _Tables(path, budget)
    tables.read_page(decode_text(content, path))
    if not tables.has_cells:
        raise NotAWorkbook(path, "a web page without a table (perhaps a sign-in page instead of the report)")
    workbook, worksheet = new_workbook(path.stem)
    for (row, column), text in tables.cells.items():
        value = cell_of(text)
        put_value(worksheet, row, column, value, format_of(text, value))
    # The public method compares each block with all others.
    worksheet.merged_cells.ranges.update(tables.merged)
    return workbook

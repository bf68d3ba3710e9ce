"""The designed part of a sheet: a few dozen cells placed one by one."""

from collections.abc import Iterable, Sequence

from openpyxl.utils import get_column_letter

from server.sheets.xlsx.column_xml import CellWriter
from server.sheets.xlsx.row_heights import TEXT_SIZE, height_of, lines_of
from server.sheets.xlsx.style import Look


class Grid:
    """Cells of one sheet by row and column (both 1-based), written as worksheet XML.

    ``widths`` are those of its columns, in characters. A row is as high as its largest text, wrapped where its look wraps,
    unless it was given a height.
    """

    def __init__(self, writer: CellWriter, widths: Sequence[float] = ()) -> None:
        self._writer = writer
        self._widths = widths
        self._rows: dict[int, dict[int, str]] = {}
        self._heights: dict[int, float] = {}
        self._needed: dict[int, float] = {}
        self._hidden: set[int] = set()

    def put(self, row: int, column: int, value: str | int | None, look: Look) -> None:
        """Place text, or a whole number that the look divides by 10 ** places, or an empty cell."""
        if value is None:
            cell = self._writer.blank(look)
        elif isinstance(value, str):
            cell = self._writer.text(value, look)
            self._note_height(row, column, value, look)
        else:
            cell = self._writer.number(value, look)
        self._rows.setdefault(row, {})[column] = cell

    def fill(self, row: int, values: Iterable[str | int | None], looks: Sequence[Look] | Look) -> None:
        """Place values side by side from column A on, each in its look or all in one."""
        for column, value in enumerate(values, 1):
            self.put(row, column, value, looks if isinstance(looks, Look) else looks[column - 1])

    def band(self, row: int, width: int, text: str, look: Look, height: float | None = None) -> None:
        """Place a text at the left of a row, with its look over the whole width."""
        self.fill(row, [text, *[None] * (width - 1)], look)
        if height:
            self.set_height(row, height)

    def set_height(self, row: int, points: float) -> None:
        """Give a row a height."""
        self._rows.setdefault(row, {})
        self._heights[row] = points

    def hide_row(self, row: int) -> None:
        """Hide a row: programs read it, and nobody sees or prints it."""
        self._hidden.add(row)

    def height_of_rows(self) -> float:
        """Return the height of all rows together, in points."""
        return sum(self._height(row) for row in self._rows if row not in self._hidden)

    def _note_height(self, row: int, column: int, text: str, look: Look) -> None:
        """Keep in mind how high a text is in its column."""
        if look.wrap and column <= len(self._widths):
            lines = lines_of(text, self._widths[column - 1] * TEXT_SIZE / look.size)
            self._needed[row] = max(self._needed.get(row, 0), height_of(lines, look.size))

    def _height(self, row: int) -> float:
        return self._heights.get(row) or max(self._needed.get(row, 0), height_of(1))

    def xml(self) -> bytes:
        """Return the rows in order."""
        return "".join(self._row(row) for row in sorted(self._rows)).encode()

    def _row(self, row: int) -> str:
        height = f' ht="{self._height(row):g}" customHeight="1"'
        if row in self._hidden:
            height += ' hidden="1"'
        cells = sorted(self._rows[row].items())
        inner = "".join(f'<c r="{get_column_letter(column)}{row}{cell}' for column, cell in cells)
        return f'<row r="{row}"{height}>{inner}</row>'

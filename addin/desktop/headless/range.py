# ruff: noqa: ANN401, D102 - names, types and meaning of these methods are those of xlwings
"""A rectangle of cells."""

from collections.abc import Iterator, Sequence
from copy import copy
from itertools import product
from typing import Any, ClassVar

from openpyxl.cell import Cell, MergedCell
from openpyxl.styles import PatternFill
from openpyxl.styles.colors import Color
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.views import Selection as ViewSelection

from addin.desktop.headless.cell_sizes import column_points, row_points
from addin.desktop.headless.colors import rgb_of, rgb_of_fill
from addin.desktop.headless.owners import OwningSheet
from addin.desktop.headless.validation import DataValidation
from addin.desktop.headless.values import datetime_of, put_typed, serial_of

Grid = list[list[Any]]


class Range:
    """Cells ``row``, ``column`` (from 1) and ``height`` x ``width`` of a sheet.

    openpyxl has no object for a cell that was never written; reading must not create one.
    """

    max_cells_per_read: ClassVar[int | None] = None
    max_cells_per_write: ClassVar[int | None] = None

    def __init__(self, sheet: OwningSheet, row: int, column: int, height: int = 1, width: int = 1) -> None:
        self.sheet = sheet
        self.row = row
        self.column = column
        self.shape = (height, width)
        self.options: dict[str, Any] = {}

    def __len__(self) -> int:
        return self.shape[0] * self.shape[1]

    def __call__(self, row: int, column: int | None = None) -> "Range":
        if column is None:
            row, column = divmod(row - 1, self.shape[1])
            return Range(self.sheet, self.row + row, self.column + column)
        return Range(self.sheet, self.row + row - 1, self.column + column - 1)

    @property
    def api(self) -> "Range":
        return self

    @property
    def address(self) -> str:
        return self.get_address(row_absolute=True, col_absolute=True, external=False)

    @property
    def Address(self) -> str:  # noqa: N802 - the word of Excel for Windows
        return self.address

    def get_address(self, row_absolute: bool, col_absolute: bool, external: bool) -> str:  # noqa: FBT001
        row, column = "$" * row_absolute, "$" * col_absolute
        height, width = self.shape
        first = f"{column}{get_column_letter(self.column)}{row}{self.row}"
        last = f"{column}{get_column_letter(self.column + width - 1)}{row}{self.row + height - 1}"
        where = f"'{self.sheet.name}'!" if external else ""
        return where + (first if len(self) == 1 else f"{first}:{last}")

    # -- cells

    def _positions(self) -> Iterator[tuple[int, int]]:
        height, width = self.shape
        return product(range(self.row, self.row + height), range(self.column, self.column + width))

    def _existing_cells(self) -> Iterator[tuple[int, int, Cell]]:
        """Yield the cells that exist, with their position counted from 0 in this range."""
        cells = self.sheet.ws._cells  # noqa: SLF001 - the public methods create every cell that they visit
        height, width = self.shape
        if len(self) < len(cells):
            for down in range(height):
                for across in range(width):
                    if cell := cells.get((self.row + down, self.column + across)):
                        yield down, across, cell
            return
        for (row, column), cell in cells.items():
            down, across = row - self.row, column - self.column
            if 0 <= down < height and 0 <= across < width:
                yield down, across, cell

    def _all_cells(self) -> Iterator[tuple[int, int, Cell]]:
        """Yield all cells and create those that do not exist yet, except the hidden cells of merged blocks."""
        for down in range(self.shape[0]):
            for across in range(self.shape[1]):
                cell = self.sheet.ws.cell(self.row + down, self.column + across)
                if not isinstance(cell, MergedCell):
                    yield down, across, cell

    def _blank_grid(self) -> Grid:
        height, width = self.shape
        return [[None] * width for _ in range(height)]

    @property
    def Value2(self) -> Grid:  # noqa: N802 - the word of Excel for Windows
        """Return the values with dates as serial numbers, always as rows."""
        grid, epoch, cached = self._blank_grid(), self.sheet.epoch, self.sheet.formula_values
        for down, across, cell in self._existing_cells():
            value = cell._value  # type: ignore[attr-defined]  # noqa: SLF001
            if cell.data_type == "f":
                value = cached.get((cell.row, cell.column))
            grid[down][across] = value if type(value) is str else serial_of(value, epoch)
        return grid

    @property
    def raw_value(self) -> Grid:
        grid, epoch = self.Value2, self.sheet.epoch
        for down, across, cell in self._existing_cells():
            if type(grid[down][across]) is float:
                grid[down][across] = datetime_of(grid[down][across], cell.number_format, epoch)
        return grid

    @raw_value.setter
    def raw_value(self, data: Any) -> None:
        epoch = self.sheet.epoch
        for down, across, cell in self._all_cells():
            put_typed(cell, data[down][across] if isinstance(data, list | tuple) else data, epoch)
            self.sheet.formula_values.pop((cell.row, cell.column), None)

    # -- looks. Where cells differ, the answer is None, as Excel gives it.

    @property
    def number_format(self) -> str | None:
        first = None
        for _, _, cell in self._existing_cells():
            if first is None:
                first = cell
            elif _style_number(cell, "numFmtId") != _style_number(first, "numFmtId"):
                return None
        return "General" if first is None else first.number_format

    @number_format.setter
    def number_format(self, value: str) -> None:
        for _, _, cell in self._all_cells():
            cell.number_format = value

    @property
    def color(self) -> tuple[int, int, int] | None:
        cell = self.sheet.ws._cells.get((self.row, self.column))  # noqa: SLF001
        return rgb_of_fill(cell.fill, self.sheet.ws.parent) if cell else None

    @color.setter
    def color(self, value: Any) -> None:
        rgb = rgb_of(value) if isinstance(value, str) else value
        fill = (
            PatternFill()
            if rgb is None
            else PatternFill("solid", fgColor="FF{:02X}{:02X}{:02X}".format(*rgb))
        )
        for _, _, cell in self._all_cells():
            cell.fill = fill

    @property
    def Interior(self) -> "Range":  # noqa: N802
        return self

    @property
    def ColorIndex(self) -> int | None:  # noqa: N802
        """Return ``None`` if the fills of the cells differ. Callers need only that."""
        fills = [_style_number(cell, "fillId") for _, _, cell in self._existing_cells()]
        untouched = {0} if len(fills) < len(self) else set()
        return 0 if len({*fills, *untouched}) <= 1 else None

    @property
    def data_validation(self) -> DataValidation:
        bottom, right = self.row + self.shape[0] - 1, self.column + self.shape[1] - 1
        area = CellRange(min_col=self.column, min_row=self.row, max_col=right, max_row=bottom)
        return DataValidation(self.sheet.ws, area)

    @property
    def font(self) -> "Font":
        return Font(self)

    @property
    def width(self) -> float:
        columns = range(self.column, self.column + self.shape[1])
        return sum(column_points(self.sheet.ws, column) for column in columns)

    @property
    def height(self) -> float:
        return sum(row_points(self.sheet.ws, row) for row in range(self.row, self.row + self.shape[0]))

    @property
    def column_width(self) -> float:
        return float(self.sheet.ws.column_dimensions[get_column_letter(self.column)].width)

    @column_width.setter
    def column_width(self, value: float) -> None:
        for column in range(self.column, self.column + self.shape[1]):
            self.sheet.ws.column_dimensions[get_column_letter(column)].width = value

    @property
    def row_height(self) -> float | None:
        height = self.sheet.ws.row_dimensions[self.row].height
        return None if height is None else float(height)

    @row_height.setter
    def row_height(self, value: float) -> None:
        for row in range(self.row, self.row + self.shape[0]):
            self.sheet.ws.row_dimensions[row].height = value

    @property
    def wrap_text(self) -> bool:
        return all(cell.alignment.wrap_text for _, _, cell in self._all_cells())

    @wrap_text.setter
    def wrap_text(self, value: bool) -> None:
        for _, _, cell in self._all_cells():
            alignment: Any = copy(cell.alignment)
            alignment.wrap_text = value
            cell.alignment = alignment

    def merge(self, across: bool) -> None:  # noqa: FBT001
        if across:
            raise NotImplementedError
        area = self.get_address(row_absolute=False, col_absolute=False, external=False)
        self.sheet.ws.merge_cells(area)
        self.sheet.book.forget_merged(self.sheet.ws)

    def select(self) -> None:
        area = self.get_address(row_absolute=False, col_absolute=False, external=False)
        view = self.sheet.ws.sheet_view
        pane = view.pane.activePane if view.pane else None
        kept = [one for one in view.selection if one.pane != pane]
        first = area.partition(":")[0]
        view.selection = [*kept, ViewSelection(pane=pane, activeCell=first, sqref=area)]

    @property
    def EntireRow(self) -> "Range":  # noqa: N802
        return self

    @property
    def Hidden(self) -> bool | None:  # noqa: N802
        rows = self.sheet.ws.row_dimensions
        here = range(self.row, self.row + self.shape[0])
        hidden = sum(1 for row in here if row in rows and rows[row].hidden)
        return None if 0 < hidden < len(here) else hidden > 0

    @Hidden.setter
    def Hidden(self, value: bool) -> None:  # noqa: N802 - as in Excel for Windows
        for row in range(self.row, self.row + self.shape[0]):
            self.sheet.ws.row_dimensions[row].hidden = value

    @property
    def merge_cells(self) -> bool | None:
        if not self.sheet.merged_blocks:
            return False
        merged, apart = False, False
        for row, column in self._positions():
            if (row, column) in self.sheet.merged_blocks:
                merged = True
            else:
                apart = True
            if merged and apart:
                return None
        return merged

    @property
    def merge_area(self) -> "Range":
        area = self.sheet.merged_blocks.get((self.row, self.column))
        if area is None:
            return self
        height, width = area.max_row - area.min_row + 1, area.max_col - area.min_col + 1
        return Range(self.sheet, area.min_row, area.min_col, height, width)


class Selection(Range):
    """The selection: one or several areas. Where only one area can answer, the first one does."""

    def __init__(self, areas: Sequence[Range]) -> None:
        first = areas[0]
        super().__init__(first.sheet, first.row, first.column, *first.shape)
        self.areas = areas

    @property
    def Areas(self) -> "Areas":  # noqa: N802 - the word of Excel for Windows
        return Areas(self.areas)


class Areas:
    """The areas of a selection."""

    def __init__(self, areas: Sequence[Range]) -> None:
        self.areas = areas
        self.Count = len(areas)

    def __call__(self, number: int) -> Range:
        return self.areas[number - 1]


def _style_number(cell: Any, part: str) -> int:
    """Return the number of a part of a cell's style; it is much faster to compare than the part itself."""
    style = cell._style  # noqa: SLF001
    return getattr(style, part) if style else 0


class Font:
    """The font of a range; only what headings and forms need."""

    def __init__(self, parent: Range) -> None:
        self.parent = parent

    @property
    def bold(self) -> bool:
        return all(cell.font.b for _, _, cell in self.parent._all_cells())  # noqa: SLF001

    @bold.setter
    def bold(self, value: bool) -> None:
        self._change("b", value)

    @property
    def size(self) -> float | None:
        sizes = {cell.font.sz for _, _, cell in self.parent._all_cells()}  # noqa: SLF001
        return float(sizes.pop()) if len(sizes) == 1 else None

    @size.setter
    def size(self, value: float) -> None:
        self._change("sz", value)

    @property
    def color(self) -> tuple[int, int, int] | None:
        _, _, cell = next(self.parent._all_cells())  # noqa: SLF001
        text = cell.font.color.rgb if cell.font.color else None
        return rgb_of(f"#{text[-6:]}") if isinstance(text, str) else None

    @color.setter
    def color(self, value: Any) -> None:
        rgb = rgb_of(value) if isinstance(value, str) else value
        self._change("color", Color("FF{:02X}{:02X}{:02X}".format(*rgb)))

    def _change(self, part: str, value: Any) -> None:
        for _, _, cell in self.parent._all_cells():  # noqa: SLF001
            font: Any = copy(cell.font)
            setattr(font, part, value)
            cell.font = font

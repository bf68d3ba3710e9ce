"""What a part of a workbook asks of the thing it is part of, so that each knows no more of the other."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol

from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.worksheet import Worksheet

from addin.desktop.files.text import Value
from addin.desktop.files.xlsx import Cached


class OwningSheet(Protocol):
    """The sheet a range or a chart is on."""

    ws: Any

    @property
    def name(self) -> str:
        """Return what its tab says."""

    @property
    def epoch(self) -> datetime:
        """Return the day its serial numbers count from."""

    @property
    def formula_values(self) -> dict[tuple[int, int], Value]:
        """Return the remembered values of its formulas."""

    @property
    def merged_blocks(self) -> dict[tuple[int, int], CellRange]:
        """Return the merged block every covered cell belongs to."""


class OwningBook(Protocol):
    """The book a sheet is in."""

    workbook: Any
    cached: Cached

    @property
    def sheets(self) -> Iterable[OwningSheet]:
        """Return its sheets in the order of their tabs."""

    def merged_blocks(self, ws: Worksheet) -> dict[tuple[int, int], CellRange]:
        """Return the merged block of every covered cell of a sheet."""

"""What a range, chart or sheet needs from its sheet or book. Modules depend on these protocols only."""

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
    book: "OwningBook"

    @property
    def name(self) -> str:
        """Return its name, as its tab shows it."""

    @property
    def epoch(self) -> datetime:
        """Return the day from which its serial numbers count."""

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

    def forget_merged(self, ws: Worksheet) -> None:
        """Look the merged blocks of a sheet up again."""

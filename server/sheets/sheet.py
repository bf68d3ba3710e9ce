"""A worksheet as received: columns of raw values, not interpreted yet."""

from collections.abc import Sequence
from dataclasses import dataclass

Cell = str | int | float | bool | None
"""A value as Excel stores it: number, string, boolean or empty. An error value is its text ("#N/A")."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The used part of one worksheet, column by column.

    ``top`` is the Excel row number (1-based) of the first value of every column, ``left`` the
    0-based position of the first column in the sheet. Columns are equally long. ``formats`` has for each
    column one number format, or a list if the column has several. ``hidden_rows`` has Excel row numbers,
    ``merged`` A1 ranges. ``date_system`` is 1900 or 1904.
    """

    name: str
    top: int
    left: int
    columns: Sequence[Sequence[Cell]]
    formats: Sequence[str | Sequence[str | None] | None] = ()
    hidden_rows: Sequence[int] = ()
    merged: Sequence[str] = ()
    date_system: int = 1900

    @property
    def height(self) -> int:
        """Return the number of rows in the used part."""
        return len(self.columns[0]) if self.columns else 0

    def format_at(self, column: int, row: int) -> str | None:
        """Return the number format of a cell, both positions counted from 0 in the used part."""
        if column >= len(self.formats):
            return None
        formats = self.formats[column]
        if formats is None or isinstance(formats, str):
            return formats
        return formats[row] if row < len(formats) else None

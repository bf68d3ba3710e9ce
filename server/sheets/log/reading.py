"""A log while it is being read: its rows sorted, its cells not read yet."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from server.billing.log import UnreadableCells
from server.errors import Finding
from server.sheets.cells import text_of
from server.sheets.log.columns import column_of
from server.sheets.log.layout import Layout
from server.sheets.log.rows import Rows
from server.sheets.sheet import Cell, Sheet


@dataclass(slots=True)
class Reading:
    """A log being read: where things stand, its appointment rows, and what was found on the way."""

    sheet: Sheet
    layout: Layout
    columns: Sequence[Sequence[Cell]]
    rows: Rows
    findings: list[Finding] = field(default_factory=list)
    unreadable: list[UnreadableCells] = field(default_factory=list)

    def cells(self, position: int) -> Sequence[Cell]:
        """Return a column's cells in the appointment rows."""
        column = self.columns[position]
        rows = self.rows.appointments
        if rows and len(rows) == rows[-1] - rows[0] + 1:
            return column[rows[0] : rows[-1] + 1]
        return [column[row] for row in rows]

    def doubt(
        self, name: str, position: int, cells: Sequence[Cell], wrong: Mapping[str, Sequence[int]]
    ) -> None:
        """Note unreadable cells, one note for each value they show."""
        column = column_of(self.sheet, self.layout, position)
        for code, places in wrong.items():
            by_value: dict[str, list[int]] = defaultdict(list)
            for place in places:
                by_value[text_of(cells[place])].append(place)
            for value, found in by_value.items():
                self.unreadable.append(UnreadableCells(code, name, column, value, tuple(found)))

"""Sums of a log's columns over the rows above a totals row."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from server.billing.money import THOUSAND
from server.billing.names import fold
from server.errors.cell_findings import NotANumber
from server.sheets.appointment_log.undated_rows import LogTable
from server.sheets.cells import Unreadable, number_in, read_numbers, text_of
from server.sheets.sheet import Cell

Ints = npt.NDArray[np.int64]

NO_ROWS: Ints = np.empty(0, dtype=np.int64)


def thousandths_in(cell: Cell) -> int | None:
    """Return a number of any sign in thousandths, ``None`` for a blank cell or a finer number."""
    number = number_in(cell)
    if number is None:
        return None
    thousandths = round(number * THOUSAND)
    if abs(number * THOUSAND - thousandths) * THOUSAND > 1:
        raise Unreadable(NotANumber)
    return thousandths


@dataclass(slots=True)
class ColumnSums:
    """Sums over the appointments found so far: the dated rows, and the undated rows added to them.

    Rows must be added in ascending order.
    """

    table: LogTable
    added: list[int] = field(default_factory=list)
    _columns: dict[int, tuple[Ints, Ints]] = field(default_factory=dict)
    _spelled: dict[int, dict[str, Ints]] = field(default_factory=dict)
    _spelled_added: dict[int, tuple[int, dict[str, list[int]]]] = field(default_factory=dict)

    def add(self, place: int) -> None:
        """Count an undated row as an appointment from now on."""
        self.added.append(place)

    def _column(self, position: int) -> tuple[Ints, Ints]:
        """Return a column's thousandths, and the running sums of its dated rows, starting with 0."""
        if position not in self._columns:
            cells = self.table.columns[position]
            values = read_numbers(cells, THOUSAND, thousandths_in).values
            dated = values.copy()
            dated[: self.table.first] = 0
            dated[list(self.table.undated)] = 0
            self._columns[position] = values, np.concatenate(([0], np.cumsum(dated)))
        return self._columns[position]

    def between(self, position: int, since: int, until: int) -> int:
        """Return the sum of the appointments after one row and before another."""
        values, running = self._column(position)
        late = self.added[bisect_left(self.added, since + 1) : bisect_left(self.added, until)]
        return int(running[until] - running[max(since + 1, 0)]) + int(values[late].sum())

    def over(self, position: int, places: Ints) -> int:
        """Return the sum of some rows."""
        return int(self._column(position)[0][places].sum())

    def count_between(self, since: int, until: int) -> int:
        """Return how many appointments are between two rows."""
        start = max(since + 1, self.table.first)
        undated = bisect_left(self.table.undated, until) - bisect_left(self.table.undated, start)
        late = bisect_left(self.added, until) - bisect_left(self.added, start)
        return max(until - start, 0) - undated + late

    def rows_with_text(self, position: int, text: str, until: int) -> Ints:
        """Return the appointments above row ``until`` whose cell in a column is ``text``, in ascending order."""
        key = fold(text)
        dated = self._dated_with_text(position).get(key, NO_ROWS)
        above = dated[: np.searchsorted(dated, until)]
        late = [place for place in self._added_with_text(position).get(key, ()) if place < until]
        return np.sort(np.concatenate((above, np.array(late, dtype=np.int64)))) if late else above

    def _dated_with_text(self, position: int) -> dict[str, Ints]:
        """Return folded text -> the dated rows that have it in a column."""
        if position not in self._spelled:
            cells = self.table.columns[position]
            is_dated = np.ones(len(cells), dtype=np.bool_)
            is_dated[: self.table.first] = False
            is_dated[list(self.table.undated)] = False
            places = np.flatnonzero(is_dated)
            by_text: dict[str, list[int]] = {}
            for cell, found in _by_value([cells[place] for place in places.tolist()]).items():
                by_text.setdefault(fold(text_of(cell)), []).extend(found)
            self._spelled[position] = {text: np.sort(places[found]) for text, found in by_text.items()}
        return self._spelled[position]

    def _added_with_text(self, position: int) -> dict[str, list[int]]:
        """Return folded text -> the undated appointments so far that have it in a column."""
        read, by_text = self._spelled_added.setdefault(position, (0, {}))
        for place in self.added[read:]:
            by_text.setdefault(fold(text_of(self.table.columns[position][place])), []).append(place)
        self._spelled_added[position] = len(self.added), by_text
        return by_text


def _by_value(cells: Sequence[Cell]) -> dict[Cell, list[int]]:
    found: dict[Cell, list[int]] = {}
    for place, cell in enumerate(cells):
        found.setdefault(cell, []).append(place)
    return found

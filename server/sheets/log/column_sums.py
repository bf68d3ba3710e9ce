"""Sums of a log's columns over the rows above a totals row."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from server.billing.money import THOUSAND
from server.billing.names import fold
from server.sheets.cells import Unreadable, number_in, read_numbers, text_of
from server.sheets.log.undated_rows import LogTable
from server.sheets.sheet import Cell

Ints = npt.NDArray[np.int64]


def thousandths_in(cell: Cell) -> int | None:
    """Return a number of any sign in thousandths, ``None`` for a blank cell or a finer number."""
    number = number_in(cell)
    if number is None:
        return None
    thousandths = round(number * THOUSAND)
    if abs(number * THOUSAND - thousandths) * THOUSAND > 1:
        raise Unreadable("not-a-number")
    return thousandths


@dataclass(slots=True)
class ColumnSums:
    """Sums over the appointments found so far: the dated rows, and the undated ones that are added.

    Rows are added in ascending order.
    """

    table: LogTable
    added: list[int] = field(default_factory=list)
    _is_added: set[int] = field(default_factory=set)
    _columns: dict[int, tuple[Ints, Ints]] = field(default_factory=dict)
    _spelled: dict[int, dict[str, list[int]]] = field(default_factory=dict)

    def add(self, place: int) -> None:
        """Count an undated row as an appointment from here on."""
        self.added.append(place)
        self._is_added.add(place)

    def _column(self, position: int) -> tuple[Ints, Ints]:
        """Return a column's thousandths, and the running sums of its dated rows from 0 on."""
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

    def over(self, position: int, places: Sequence[int]) -> int:
        """Return the sum of some rows."""
        return int(self._column(position)[0][list(places)].sum())

    def count_between(self, since: int, until: int) -> int:
        """Return how many appointments stand after one row and before another."""
        start = max(since + 1, self.table.first)
        undated = bisect_left(self.table.undated, until) - bisect_left(self.table.undated, start)
        late = bisect_left(self.added, until) - bisect_left(self.added, start)
        return max(until - start, 0) - undated + late

    def saying(self, position: int, text: str, until: int) -> list[int]:
        """Return the appointments above a row whose cell in a column says a text."""
        if position not in self._spelled:
            by_value: dict[Cell, list[int]] = {}
            for place, cell in enumerate(self.table.columns[position][self.table.first :], self.table.first):
                by_value.setdefault(cell, []).append(place)
            spelled: dict[str, list[int]] = {}
            for value, places in by_value.items():
                spelled.setdefault(fold(text_of(value)), []).extend(places)
            self._spelled[position] = {key: sorted(places) for key, places in spelled.items()}
        places = self._spelled[position].get(fold(text), [])
        above = places[: bisect_left(places, until)]
        return [place for place in above if place in self._is_added or not self._is_undated(place)]

    def _is_undated(self, place: int) -> bool:
        at = bisect_left(self.table.undated, place)
        return at < len(self.table.undated) and self.table.undated[at] == place

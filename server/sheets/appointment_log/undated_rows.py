"""The rows of a log whose date column has no day, for the rules about page furniture.

A log has few of them. They are read cell by cell, as they are in the sheet. The word of a merged cell is used only to
decide whether a row is a visit.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from server.billing.clinics import Setup
from server.billing.names import fold
from server.billing.payroll.setup_matching import spellings
from server.billing.payroll.statuses import NO, YES, meanings
from server.sheets.appointment_log.column_layout import Layout
from server.sheets.appointment_log.header_row import SAMPLE
from server.sheets.cells import Unreadable, number_in, text_of
from server.sheets.dates import EARLIEST, LATEST, OFFSET_1904, SINCE_1904, day_of
from server.sheets.sheet import Cell, Sheet

WORD_FIELDS = ("provider", "service", "status")
"""Fields whose cells say who did what, and whether it took place."""

AMOUNT_FIELDS = ("units", "minutes", "charge_cents", "collected_cents")

ENOUGH_WORDS = 2
"""A row with this many known words, each in its own column, is a visit that lacks its date."""


_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class KnownWords:
    """The folded spellings that a clinic knows, by field."""

    by_field: Mapping[str, Mapping[str, object]]
    _asked: dict[tuple[str, str], bool] = field(default_factory=dict)

    @classmethod
    def of(cls, setup: Setup) -> "KnownWords":
        """Return the words of a clinic's setup."""
        return cls(
            {
                "provider": spellings(setup.providers),
                "service": spellings(setup.services),
                "status": {**dict.fromkeys(YES | NO), **meanings(setup.statuses)},
            }
        )

    def has(self, name: str, text: str) -> bool:
        """Return whether a text is a known word of a field."""
        key = (name, text)
        if key not in self._asked:
            self._asked[key] = fold(text) in self.by_field.get(name, ())
        return self._asked[key]

    def are_two(self, name: str, text: str, other: str) -> bool:
        """Return whether two texts are known words of a field with different meanings."""
        meant = self.by_field.get(name, {})
        return self.has(name, text) and self.has(name, other) and meant[fold(text)] != meant[fold(other)]

    def has_anywhere(self, text: str) -> bool:
        """Return whether a text is a known word of any field."""
        return any(self.has(name, text) for name in WORD_FIELDS)


@dataclass(frozen=True, slots=True)
class Line:
    """One row, cell by cell: its position in the used part, its cells as text, and which are filled."""

    place: int
    cells: Sequence[Cell]
    texts: Sequence[str]
    filled: Sequence[int]
    _numbers: dict[int, bool] = field(default_factory=dict)

    def is_number(self, position: int) -> bool:
        """Return whether a cell holds a number."""
        if position not in self._numbers:
            cell = self.cells[position]
            # A text without a digit is no number, and most texts have no digit.
            self._numbers[position] = not (isinstance(cell, str) and not _DIGIT.search(cell)) and (
                number_in(cell) is not None
            )
        return self._numbers[position]

    @property
    def words(self) -> list[int]:
        """Return the positions of the filled cells that are not numbers."""
        return [position for position in self.filled if not self.is_number(position)]


@dataclass(slots=True)
class LogTable:
    """A sheet whose columns are known. ``columns`` are the sheet's, with merged words filled down.

    ``fields`` maps columns to fields, ``word_columns`` are the columns of WORD_FIELDS, and ``undated`` are the rows
    below the headings whose date column has no day, in ascending order.
    """

    sheet: Sheet
    layout: Layout
    columns: Sequence[Sequence[Cell]]
    known: KnownWords
    fields: dict[int, str] = field(init=False)
    word_columns: Sequence[int] = field(init=False)
    undated: Sequence[int] = field(init=False)
    _numeric: dict[int, bool] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        found = {place: name for name, places in self.layout.columns.items() for place in places}
        self.fields = dict.fromkeys(self.layout.flags, "status") | found
        self.word_columns = sorted(place for place, name in self.fields.items() if name in WORD_FIELDS)
        self.undated = self._positions_without_day()

    @property
    def first(self) -> int:
        """Return the position of the first row below the headings."""
        return self.layout.header + 1

    @property
    def date_column(self) -> int:
        """Return the position of the date column."""
        return self.layout.columns["date"][0]

    def heading(self, position: int) -> str:
        """Return the heading of a column."""
        return text_of(self.sheet.columns[position][self.layout.header])

    def line(self, place: int) -> Line:
        """Return a row as it is in the sheet."""
        cells = [column[place] for column in self.sheet.columns]
        texts = [text_of(cell) for cell in cells]
        return Line(place, cells, texts, [position for position, text in enumerate(texts) if text])

    def is_at_home(self, position: int, cell: Cell) -> bool:
        """Return whether a cell holds a word that is known in the cell's own column."""
        name = self.fields.get(position, "")
        if name not in WORD_FIELDS or (name == "status" and not isinstance(cell, str | bool)):
            return False
        return self.known.has(name, text_of(cell))

    def words_at_home(self, line: Line) -> list[int]:
        """Return the filled cells of a row with a word that is known in their own column."""
        return [place for place in self.word_columns if self.is_at_home(place, line.cells[place])]

    def is_visit(self, line: Line) -> bool:
        """Return whether a row says who did what, including merged words, so that it lacks only its date."""
        at_home = {
            self.fields[position]
            for position in self.word_columns
            if self.is_at_home(position, self.columns[position][line.place])
        }
        return len(at_home) >= ENOUGH_WORDS and bool(line.filled)

    def _positions_without_day(self) -> list[int]:
        dates = self.columns[self.date_column][self.first :]
        offset = OFFSET_1904 if self.sheet.date_system == SINCE_1904 else 0
        low, high = EARLIEST - offset, LATEST - offset
        kinds = set(map(type, dates))
        if kinds <= {float, int} and low <= min(dates, default=low) and max(dates, default=low) < high:  # type: ignore[type-var, operator]
            return []
        days: dict[tuple[type, Cell], bool] = {}
        found = []
        for place, cell in enumerate(dates, self.first):
            if type(cell) in {float, int} and low <= cell < high:  # type: ignore[operator]
                continue
            key = (type(cell), cell)
            if key not in days:
                days[key] = says_a_day(cell, self.sheet.date_system)
            if not days[key]:
                found.append(place)
        return found

    def holds_numbers(self, position: int) -> bool:
        """Return whether a column holds numbers in the first rows with a date."""
        if position not in self._numeric:
            undated = set(self.undated[: SAMPLE + 1])
            places = range(self.first, min(self.first + SAMPLE, self.sheet.height))
            column = self.sheet.columns[position]
            self._numeric[position] = any(
                number_in(column[place]) is not None for place in places if place not in undated
            )
        return self._numeric[position]


def says_a_day(cell: Cell, date_system: int) -> bool:
    """Return whether a cell of the date column can be read as a day."""
    try:
        return day_of(cell, date_system) is not None
    except Unreadable:
        return False

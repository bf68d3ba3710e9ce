"""One log as a sheet: the columns a practice's software writes, the rows under them, and the file around it.

A page begins plain. Dialects change its columns before it is drawn, its rows afterwards, and what it is sent as.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from tests.differential.truth import Visit

Cell = str | int | float | bool | None

EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a day of a sheet has no timezone
DAYS_TO_1904 = 1462

US_DATE = "mm/dd/yyyy"
US_MOMENT = "mm/dd/yyyy h:mm"
CLOCK = "h:mm"
MONEY = "#,##0.00"

ZERO_WIDTH = "\u200b"


@dataclass(frozen=True, slots=True)
class Shown:
    """What one cell holds, and by which number format it is shown."""

    value: Cell
    format: str | None = None


BLANK = Shown(None)
Spelling = Callable[[Visit], Shown]


@dataclass(slots=True)
class Field:
    """A column: what it truly holds, its heading, and how a visit is written in it.

    ``holds`` names the truth, such as ``date`` or ``extra:notes``; money columns may hold ``collected:client``.
    """

    holds: str
    heading: str
    spell: Spelling


@dataclass(slots=True, eq=False)
class Row:
    """A row of the sheet; ``kind`` is ``visit``, ``again``, ``header`` or the name of a piece of furniture."""

    kind: str
    cells: list[Shown]
    visit: Visit | None = None
    hidden: bool = False


@dataclass(slots=True)
class FileForm:
    """What the sheet is sent as: ``click`` for the open workbook, else a file of that kind."""

    kind: str = "click"
    delimiter: str = ","
    encoding: str = "utf-8"
    unquoted: bool = False
    ends_with_newline: bool = True


@dataclass(slots=True)
class Page:
    """A log being written: its truth, its columns, its rows, and how it is sent.

    ``order`` and ``duration_unit`` are what a person who wrote the log would answer.
    """

    rng: Random
    visits: list[Visit]
    fields: list[Field]
    rows: list[Row] = field(default_factory=list)
    merged: list[tuple[int, Row, Row]] = field(default_factory=list)
    form: FileForm = field(default_factory=FileForm)
    top: int = 1
    left: int = 0
    since_1904: bool = False
    order: str = "mdy"
    duration_unit: str = "minutes"
    yes_means: dict[str, str] = field(default_factory=dict)
    names_period: bool = False
    names_order: bool = False

    def column(self, holds: str) -> Field | None:
        """Return the first column that holds something, if there is one."""
        return next((column for column in self.fields if column.holds == holds), None)

    def place(self, holds: str) -> int | None:
        """Return the position of the first column that holds something."""
        return next((at for at, column in enumerate(self.fields) if column.holds == holds), None)

    def respell(self, holds: str, spell: Spelling) -> None:
        """Write a column in another way, where the page has it."""
        if column := self.column(holds):
            column.spell = spell

    def drop(self, *holds: str) -> None:
        """Leave columns out."""
        self.fields = [column for column in self.fields if column.holds not in holds]

    def add(self, *fields: Field, after: str = "") -> None:
        """Put columns behind the one that holds something, or at the end."""
        place = self.place(after)
        at = len(self.fields) if place is None else place + 1
        self.fields[at:at] = list(fields)

    def draw(self) -> None:
        """Write the header and a row for each visit."""
        self.rows = [Row("header", [Shown(column.heading) for column in self.fields])]
        self.rows += [self.row_of(visit) for visit in self.visits]

    def row_of(self, visit: Visit) -> Row:
        """Return a visit as a row of the page."""
        return Row("visit", [column.spell(visit) for column in self.fields], visit)

    def empty_row(self, kind: str) -> Row:
        """Return a row of empty cells."""
        return Row(kind, [BLANK] * len(self.fields))

    def visit_rows(self) -> list[Row]:
        """Return the rows that are visits, copies left out."""
        return [row for row in self.rows if row.kind == "visit"]

    def first_visit(self) -> int:
        """Return the position of the first row below the first header."""
        return next(at for at, row in enumerate(self.rows) if row.kind == "header") + 1

    def numbered(self) -> dict[int, Row]:
        """Return every row by the number Excel gives it."""
        return {self.top + at: row for at, row in enumerate(self.rows)}


def serial_of(day: date) -> int:
    """Return the number Excel keeps for a day."""
    return (day - EPOCH.date()).days


def moment_of(serial: float) -> datetime:
    """Return the moment Excel shows for a number, to the minute: a second before midnight is not the next day."""
    moment = EPOCH + timedelta(seconds=round(serial * 24 * 60 * 60))
    return moment.replace(second=0, microsecond=0)


def dollars(cents: int) -> Shown:
    """Return an amount as a plain number cell."""
    return Shown(cents / 100, MONEY)


def plain(number: int | Decimal) -> Shown:
    """Return a quantity as a plain number cell."""
    return Shown(int(number) if number == int(number) else float(number))


def with_value(shown: Shown, value: Cell) -> Shown:
    """Return a cell of the same format with another value."""
    return replace(shown, value=value)


def plain_fields() -> list[Field]:
    """Return the columns of a plain log, under the product's own headings."""
    return [
        Field("appointment", "Appointment ID", lambda visit: Shown(visit.id)),
        Field("date", "Date of service", lambda visit: Shown(serial_of(visit.day), US_DATE)),
        Field("provider", "Provider", lambda visit: Shown(visit.provider)),
        Field("service", "Service", lambda visit: Shown(visit.service)),
        Field("status", "Status", lambda visit: Shown(visit.status.capitalize())),
        Field("units", "Units", lambda visit: plain(visit.units)),
        Field("minutes", "Minutes", lambda visit: plain(visit.minutes)),
        Field("charge", "Charge", lambda visit: dollars(visit.charge)),
        Field("collected", "Collected", lambda visit: dollars(visit.collected)),
        Field("patient", "Patient", lambda visit: Shown(visit.patient)),
    ]

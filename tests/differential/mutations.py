"""Small accidents of a sheet: one cell, row or column lost, swapped, retyped, copied or moved.

Each accident says which rows it touched. What the sheet says afterwards is read anew by ``literal``, except where
cells stand under headings that are not theirs.
"""

from collections.abc import Callable
from random import Random
from typing import TypeVar

from tests.differential.literal import said_by
from tests.differential.page import (
    BLANK,
    CLOCK,
    MONEY,
    US_DATE,
    ZERO_WIDTH,
    Cell,
    Page,
    Row,
    Shown,
    with_value,
)

T = TypeVar("T")
Touched = list[Row]
Accident = Callable[[Page, Random], Touched]

JUNK: tuple[Cell, ...] = (
    "?",
    "#N/A",
    "Total",
    "n/a",
    "-",
    True,
    0,
    -5,
    1_000_000_000,
    "0",
    "1O",
    "see note",
    46_300,
)
FORMATS = (None, CLOCK, MONEY, US_DATE, "0%", "0.00E+00", "@")
NOISE: tuple[Callable[[str], str], ...] = (
    str.upper,
    str.lower,
    lambda text: f"{ZERO_WIDTH}{text}",
    lambda text: text[:2] + ZERO_WIDTH + text[2:],
    lambda text: f"\u00a0{text} ",
    lambda text: f"\u200e{text}\u200e",
    lambda text: text.replace(" ", "\n"),
)


ACCIDENTS: dict[str, Accident] = {}
MISPLACED: set[str] = set()
"""Accidents that put cells under headings that are not theirs, so that reading them literally proves nothing."""


def accident(name: str, *, misplaces: bool = False) -> Callable[[Accident], Accident]:
    """Enter an accident in the list."""

    def entered(change: Accident) -> Accident:
        ACCIDENTS[name] = change
        if misplaces:
            MISPLACED.add(name)
        return change

    return entered


def happened(page: Page, name: str, rng: Random) -> None:
    """Let an accident happen to a drawn page, and write down in its rows what they say now."""
    holds = {
        shown.value: column.holds for shown, column in zip(_header(page).cells, page.fields, strict=True)
    }
    touched = ACCIDENTS[name](page, rng)
    for row in touched:
        row.kind = "mutated" if row.kind == "visit" else row.kind
    if name in MISPLACED:
        return
    headings = [holds.get(shown.value, "") for shown in _header(page).cells]
    for row in page.rows:
        if row.visit and row.kind in {"visit", "mutated"}:
            cells: dict[str, Shown] = {}
            for one, shown in zip(headings, row.cells, strict=False):
                cells.setdefault(one, shown)
            row.visit = said_by(cells, row.visit) or row.visit


def _header(page: Page) -> Row:
    return next(row for row in page.rows if row.kind == "header")


def _one_row(page: Page, rng: Random) -> Row:
    return rng.choice(page.visit_rows())


def _column(page: Page, rng: Random) -> int:
    return rng.randrange(len(page.fields))


# One cell


@accident("a cell is emptied")
def emptied(page: Page, rng: Random) -> Touched:
    row = _one_row(page, rng)
    row.cells[_column(page, rng)] = BLANK
    return [row]


@accident("two cells of a column are swapped")
def swapped_in_column(page: Page, rng: Random) -> Touched:
    one, other = rng.sample(page.visit_rows(), 2)
    at = _column(page, rng)
    one.cells[at], other.cells[at] = other.cells[at], one.cells[at]
    return [one, other]


@accident("two cells of a row are swapped")
def swapped_in_row(page: Page, rng: Random) -> Touched:
    row = _one_row(page, rng)
    at = rng.randrange(len(page.fields) - 1)
    row.cells[at], row.cells[at + 1] = row.cells[at + 1], row.cells[at]
    return [row]


@accident("a cell is copied from another row")
def copied_cell(page: Page, rng: Random) -> Touched:
    one, other = rng.sample(page.visit_rows(), 2)
    at = _column(page, rng)
    one.cells[at] = other.cells[at]
    return [one]


@accident("a cell is retyped")
def retyped(page: Page, rng: Random) -> Touched:
    row, at = _one_row(page, rng), _column(page, rng)
    row.cells[at] = _as_other_type(row.cells[at])
    return [row]


def _as_other_type(shown: Shown) -> Shown:
    if isinstance(shown.value, str):
        return Shown(int(shown.value)) if shown.value.isdecimal() else Shown(f"'{shown.value}")
    if isinstance(shown.value, int | float) and "yy" not in (shown.format or ""):
        return Shown(f"{shown.value:g}" if shown.value < 100_000 else str(shown.value))
    return shown


@accident("a cell gets noise")
def noisy(page: Page, rng: Random) -> Touched:
    row, at = _one_row(page, rng), _column(page, rng)
    if isinstance(text := row.cells[at].value, str):
        row.cells[at] = with_value(row.cells[at], rng.choice(NOISE)(text))
    return [row]


@accident("a cell gets another format")
def reformatted(page: Page, rng: Random) -> Touched:
    row, at = _one_row(page, rng), _column(page, rng)
    row.cells[at] = Shown(row.cells[at].value, rng.choice(FORMATS))
    return [row]


@accident("a cell is overwritten with junk")
def junked(page: Page, rng: Random) -> Touched:
    row, at = _one_row(page, rng), _column(page, rng)
    row.cells[at] = with_value(row.cells[at], rng.choice(JUNK))
    return [row]


@accident("a number slips by a power of ten")
def slipped(page: Page, rng: Random) -> Touched:
    row = _one_row(page, rng)
    numbers = [
        at
        for at, column in enumerate(page.fields)
        if column.holds in {"units", "minutes", "charge", "collected"}
    ]
    at = rng.choice(numbers)
    if isinstance(value := row.cells[at].value, int | float):
        row.cells[at] = with_value(row.cells[at], value * rng.choice((10, 100, 1000)))
    return [row]


# One row


@accident("a row slips to the right", misplaces=True)
def slipped_right(page: Page, rng: Random) -> Touched:
    row = _one_row(page, rng)
    row.cells.insert(_column(page, rng), BLANK)
    return [row]


@accident("a row slips to the left", misplaces=True)
def slipped_left(page: Page, rng: Random) -> Touched:
    row = _one_row(page, rng)
    row.cells.pop(_column(page, rng))
    row.cells.append(BLANK)
    return [row]


@accident("a row is copied")
def copied_row(page: Page, rng: Random) -> Touched:
    row = _one_row(page, rng)
    page.rows.insert(
        rng.randrange(page.first_visit(), len(page.rows) + 1), Row("again", list(row.cells), row.visit)
    )
    return [row]


@accident("a row is removed")
def removed_row(page: Page, rng: Random) -> Touched:
    page.rows.remove(_one_row(page, rng))
    return []


@accident("two rows are swapped")
def swapped_rows(page: Page, rng: Random) -> Touched:
    _swap(page.rows, *(page.rows.index(row) for row in rng.sample(page.visit_rows(), 2)))
    return []


# One column


@accident("a column is removed")
def removed_column(page: Page, rng: Random) -> Touched:
    at = _column(page, rng)
    page.fields.pop(at)
    for row in page.rows:
        row.cells.pop(at)
    return page.visit_rows()


@accident("a column is copied")
def copied_column(page: Page, rng: Random) -> Touched:
    at, to = _column(page, rng), rng.randrange(len(page.fields) + 1)
    page.fields.insert(to, page.fields[at])
    for row in page.rows:
        row.cells.insert(to, row.cells[at])
    return page.visit_rows()


@accident("two columns are swapped")
def swapped_columns(page: Page, rng: Random) -> Touched:
    one, other = rng.sample(range(len(page.fields)), 2)
    _swap(page.fields, one, other)
    for row in page.rows:
        _swap(row.cells, one, other)
    return []


def _swap(items: list[T], one: int, other: int) -> None:
    items[one], items[other] = items[other], items[one]


@accident("two headings are swapped")
def swapped_headings(page: Page, rng: Random) -> Touched:
    _swap(_header(page).cells, *rng.sample(range(len(page.fields)), 2))
    return page.visit_rows()


@accident("a heading becomes a word nobody knows")
def renamed_heading(page: Page, rng: Random) -> Touched:
    at = _column(page, rng)
    page.fields[at].heading = "Qwerty"
    _header(page).cells[at] = Shown("Qwerty")
    return page.visit_rows()


@accident("a column is retyped")
def retyped_column(page: Page, rng: Random) -> Touched:
    at = _column(page, rng)
    for row in page.visit_rows():
        row.cells[at] = _as_other_type(row.cells[at])
    return page.visit_rows()


@accident("a column gets another format")
def reformatted_column(page: Page, rng: Random) -> Touched:
    at, number_format = _column(page, rng), rng.choice(FORMATS)
    for row in page.visit_rows():
        row.cells[at] = Shown(row.cells[at].value, number_format)
    return page.visit_rows()


@accident("a column slips down by one row")
def slipped_down(page: Page, rng: Random) -> Touched:
    at, rows = _column(page, rng), page.visit_rows()
    start = rng.randrange(len(rows))
    cells = [BLANK, *(row.cells[at] for row in rows[start:])]
    for row, shown in zip(rows[start:], cells, strict=False):
        row.cells[at] = shown
    left_over = page.empty_row("left over")
    left_over.cells[at] = cells[-1]
    page.rows.append(left_over)
    return rows[start:]


@accident("a column is sorted alone")
def sorted_column(page: Page, rng: Random) -> Touched:
    at, rows = _column(page, rng), page.visit_rows()
    cells = sorted((row.cells[at] for row in rows), key=lambda shown: str(shown.value))
    for row, shown in zip(rows, cells, strict=True):
        row.cells[at] = shown
    return rows

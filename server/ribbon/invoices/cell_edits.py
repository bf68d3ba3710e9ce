"""Edits that write cells next to the rows of a sheet, as few as possible: five hundred rows must not take five
hundred calls to Excel.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from server.ribbon.protocol import Edit
from server.sheets import cell_addresses

Value = str | int | float | None
Place = tuple[int, int]
"""A cell: its column counted from 0, Excel's row."""


def value_edits(sheet: str, cells: Mapping[Place, Value]) -> list[Edit]:
    """Return the edits that write these cells, one for each block. ``None`` empties a cell."""
    edits = []
    for (left, right), rows in _rows_by_span(cells).items():
        for first, last in cell_addresses.runs(rows):
            block = [
                [cells[column, row] for column in range(left, right + 1)] for row in range(first, last + 1)
            ]
            edits.append(Edit(sheet=sheet, range=_area_address(left, first, right, last), values=block))
    return edits


def fill_edits(sheet: str, cells: Iterable[Place], fill: str) -> list[Edit]:
    """Return the edit that gives all these cells one fill; an empty list without cells."""
    areas = _area_list(cells)
    return [Edit(sheet=sheet, range=areas, fill=fill)] if areas else []


def dropdown_edits(sheet: str, choices: Mapping[Place, Sequence[str]]) -> list[Edit]:
    """Return the edits that give each cell its dropdown, one for each different dropdown."""
    alike: dict[tuple[str, ...], list[Place]] = defaultdict(list)
    for place, words in choices.items():
        alike[tuple(words)].append(place)
    return [
        Edit(sheet=sheet, range=_area_list(places), choices=list(words)) for words, places in alike.items()
    ]


def _area_list(cells: Iterable[Place]) -> str:
    spans = _rows_by_span(cells).items()
    return ",".join(
        _area_address(left, first, right, last)
        for (left, right), rows in spans
        for first, last in cell_addresses.runs(rows)
    )


def _rows_by_span(cells: Iterable[Place]) -> dict[tuple[int, int], list[int]]:
    """Return the rows of the cells by span: (first column, last column) -> rows."""
    columns: dict[int, list[int]] = defaultdict(list)
    for column, row in cells:
        columns[row].append(column)
    spans: dict[tuple[int, int], list[int]] = defaultdict(list)
    for row, found in columns.items():
        for span in cell_addresses.runs(found):
            spans[span].append(row)
    return spans


def _area_address(left: int, first: int, right: int, last: int) -> str:
    return f"{cell_addresses.cell(left, first)}:{cell_addresses.cell(right, last)}"

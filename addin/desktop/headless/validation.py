# ruff: noqa: ANN401, D102 - names, types and meaning of these methods are those of xlwings
"""Dropdowns of cells: list validations. A cell has at most one."""

from collections.abc import Iterator, Sequence
from typing import Any, Protocol, runtime_checkable

from openpyxl.worksheet.cell_range import CellRange, MultiCellRange
from openpyxl.worksheet.datavalidation import DataValidation as Rule

WHOLE = ("formula1", "formula2", *(name for name in Rule.__attrs__ if name != "sqref"))
"""All attributes of a rule except its cells."""


@runtime_checkable
class SourceCells(Protocol):
    """Cells that hold the words of a dropdown."""

    def get_address(self, row_absolute: bool, col_absolute: bool, external: bool) -> str:  # noqa: FBT001
        """Return where they are."""
        ...


class DataValidation:
    """The validation of the cells of one area."""

    def __init__(self, worksheet: Any, area: CellRange) -> None:
        self.ws = worksheet
        self.area = area

    @property
    def api(self) -> "DataValidation":
        return self

    def set_list(self, source: Sequence[str] | SourceCells, in_cell_dropdown: bool) -> None:  # noqa: FBT001
        """Replace the validation of the cells by a list of words, or of what stands in other cells."""
        fresh = Rule(
            type="list",
            formula1=_formula_of(source),
            allow_blank=True,
            showErrorMessage=True,
            showDropDown=not in_cell_dropdown,  # Excel's file format means the opposite of what it says
        )
        self.delete()
        rules = self.ws.data_validations.dataValidation
        same = next((rule for rule in rules if _are_same_rule(rule, fresh)), None)
        if same is None:
            rules.append(fresh)
        (same or fresh).sqref.ranges.add(self.area)

    def delete(self) -> None:
        """Remove the cells from every rule; a rule stays in force for its other cells."""
        rules = self.ws.data_validations.dataValidation
        for rule in rules:
            if any(_share_cells(area, self.area) for area in rule.sqref.ranges):
                rule.sqref = MultiCellRange(
                    left for area in rule.sqref.ranges for left in _cut_out(area, self.area)
                )
        self.ws.data_validations.dataValidation = [rule for rule in rules if rule.sqref.ranges]


def _formula_of(source: Sequence[str] | SourceCells) -> str:
    if isinstance(source, SourceCells):
        return source.get_address(row_absolute=True, col_absolute=True, external=True)
    words = ",".join(source).replace('"', '""')
    return f'"{words}"'


def _are_same_rule(rule: Rule, other: Rule) -> bool:
    # An attribute that the file does not have is read as None, which means the same as False.
    return all((getattr(rule, part) or None) == (getattr(other, part) or None) for part in WHOLE)


def _share_cells(area: CellRange, other: CellRange) -> bool:
    rows = area.min_row <= other.max_row and other.min_row <= area.max_row
    return rows and area.min_col <= other.max_col and other.min_col <= area.max_col


def _cut_out(area: CellRange, hole: CellRange) -> Iterator[CellRange]:
    """Yield the rest of an area: the strips above, below, left and right of the hole."""
    if not _share_cells(area, hole):
        yield area
        return
    top, bottom = max(area.min_row, hole.min_row), min(area.max_row, hole.max_row)
    if area.min_row < top:
        yield _cell_range(area.min_col, area.min_row, area.max_col, top - 1)
    if area.min_col < hole.min_col:
        yield _cell_range(area.min_col, top, hole.min_col - 1, bottom)
    if hole.max_col < area.max_col:
        yield _cell_range(hole.max_col + 1, top, area.max_col, bottom)
    if bottom < area.max_row:
        yield _cell_range(area.min_col, bottom + 1, area.max_col, area.max_row)


def _cell_range(left: int, top: int, right: int, bottom: int) -> CellRange:
    return CellRange(min_col=left, min_row=top, max_col=right, max_row=bottom)

"""Merged cells of a log: words count for every row, amounts and IDs only for the first row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from server.billing.payroll.appointment_log import Column, MergedAmount, UnreadableCells
from server.errors import Finding
from server.errors.log_column_findings import MergedCellsRead
from server.errors.log_row_findings import MergedId, MergedRow
from server.sheets import cell_addresses
from server.sheets.appointment_log.column_layout import Layout
from server.sheets.appointment_log.column_matching import column_of
from server.sheets.appointment_log.undated_rows import AMOUNT_FIELDS
from server.sheets.cells import text_of
from server.sheets.sheet import Cell, Sheet

NOT_FILLED = {*AMOUNT_FIELDS, "appointment"}
"""Fields for which a merged cell counts only for its first row."""


@dataclass(frozen=True, slots=True)
class MergedBlock:
    """Merged cells of one column: the rows from ``start`` to ``end`` of the used part, both included."""

    field: str
    position: int
    start: int
    end: int
    area: str


@dataclass(slots=True)
class MergedCells:
    """The merged blocks of a log's columns, and the columns with merged words filled down."""

    columns: Sequence[Sequence[Cell]]
    blocks: list[MergedBlock] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def fill_merged_words(sheet: Sheet, layout: Layout) -> MergedCells:
    """Copy the word of a merged block to each of its rows, with a finding for each block."""
    if not sheet.merged:
        return MergedCells(sheet.columns)
    blocks = list(_blocks(sheet, layout))
    filled = {block.position: list(sheet.columns[block.position]) for block in blocks}
    findings = []
    for block in blocks:
        if block.field in NOT_FILLED:
            continue
        column = filled[block.position]
        column[block.start : block.end + 1] = [column[block.start]] * (block.end + 1 - block.start)
        where = column_of(sheet, layout, block.position)
        row = sheet.top + block.start
        findings.append(
            Finding(MergedCellsRead(block.area), sheet.name, (row,), where.position, where.heading)
        )
    columns = [filled.get(place, cells) for place, cells in enumerate(sheet.columns)]
    return MergedCells(columns, blocks, findings)


def _blocks(sheet: Sheet, layout: Layout) -> list[MergedBlock]:
    fields = dict.fromkeys(layout.flags, "status")
    fields |= {position: name for name, found in layout.columns.items() for position in found}
    blocks = []
    for area in dict.fromkeys(sheet.merged):
        first_column, first_row, _, last_row = cell_addresses.bounds(area)
        position, start = first_column - sheet.left, first_row - sheet.top
        end = min(last_row - sheet.top, sheet.height - 1)
        if position in fields and layout.header < start < end:
            blocks.append(MergedBlock(fields[position], position, start, end, area))
    return blocks


def merged_amounts(
    sheet: Sheet, layout: Layout, merged: MergedCells, places: Mapping[int, int]
) -> list[MergedAmount]:
    """Return the amounts that are merged over several rows. ``places`` maps sheet rows to positions in the log."""
    return [
        MergedAmount(block.field, column, block.area, value, rows)
        for block, column, value, rows in _below_first(sheet, layout, merged, places)
        if block.field in AMOUNT_FIELDS
    ]


def unclear_merged_rows(
    sheet: Sheet, layout: Layout, merged: MergedCells, places: Mapping[int, int]
) -> list[UnreadableCells]:
    """Return the rows that cannot be told apart: under a merged appointment ID, or merged in all cells."""
    unclear = [
        UnreadableCells(MergedId(value, block.area), "appointment", column, rows)
        for block, column, value, rows in _below_first(sheet, layout, merged, places)
        if block.field == "appointment"
    ]
    if rows := _rows_without_own_cells(sheet, merged, places):
        column = column_of(sheet, layout, layout.columns["date"][0])
        unclear.append(UnreadableCells(MergedRow(), "", column, rows))
    return unclear


def _below_first(
    sheet: Sheet, layout: Layout, merged: MergedCells, places: Mapping[int, int]
) -> list[tuple[MergedBlock, Column, str, list[int]]]:
    found = []
    for block in merged.blocks:
        value = text_of(sheet.columns[block.position][block.start])
        rows = [places[row] for row in range(block.start + 1, block.end + 1) if row in places]
        if value and rows:
            found.append((block, column_of(sheet, layout, block.position), value, rows))
    return found


def _rows_without_own_cells(sheet: Sheet, merged: MergedCells, places: Mapping[int, int]) -> list[int]:
    """Return the log positions of rows whose cells all belong to blocks that begin further up."""
    covered = {row for block in merged.blocks for row in range(block.start + 1, block.end + 1)}
    return [
        places[row]
        for row in sorted(covered & places.keys())
        if not any(text_of(column[row]) for column in sheet.columns)
    ]

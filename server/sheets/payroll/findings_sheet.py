"""The sheet of a run's findings, called Findings in a payroll workbook and Check after a check
(rule: payroll#findings-sheet).

Findings of one kind stand together. A kind with several cells has a row of its own above them, with what is wrong, what
to do and how many cells it is about; each row below it is one stretch of cells, linked to them.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from openpyxl.worksheet.properties import Outline

from server.billing.payroll.pay_periods import in_words
from server.billing.payroll.pay_run import PayRun
from server.errors import Finding, Severity, kinds_in_order
from server.sheets import cell_addresses
from server.sheets.payroll.tables import FINDINGS
from server.sheets.sheet_table import SheetTable
from server.sheets.workbook_view import WorkbookView
from server.sheets.xlsx.column_xml import CellWriter, Column, row_attributes
from server.sheets.xlsx.style import (
    ALARM,
    ALARMED,
    CAUTIOUS,
    COUNT,
    LINK,
    TEXT,
    TINT,
    WRAPPED,
    Look,
)
from server.sheets.xlsx.table_sheet import Banner, add_list, height_attribute, lines_of_rows
from server.sheets.xlsx.workbook_builder import WorkbookBuilder

LAST_ROW = 1_048_576
MOST_LINKS = 10_000
"""Links on one sheet. Excel opens 65,530 at most, and this workbook has two such sheets beside the sheets of staff."""

Rows = npt.NDArray[np.int64]
_NO_CELLS: Rows = np.zeros(1, dtype=np.int64)

_SEVERITY_LOOKS: dict[str, Look] = {
    Severity.BLOCKER: ALARMED,
    Severity.REVIEW: CAUTIOUS,
    Severity.INFO: TEXT,
}
_TO_DO = {Severity.BLOCKER: "To fix", Severity.REVIEW: "To review", Severity.INFO: "For your information"}


class Role(IntEnum):
    """What a row of the sheet is."""

    ALONE = 0
    """The only row of its kind."""
    HEAD = 1
    """The row of a kind above its cells."""
    MEMBER = 2
    """A stretch of cells below the row of its kind."""


_WORDS = (WRAPPED, replace(WRAPPED, fill=TINT), WRAPPED)
_KINDS = (
    replace(WRAPPED, bold=True),
    replace(WRAPPED, bold=True, fill=TINT),
    replace(WRAPPED, indent=2),
)
_COUNTS = (COUNT, replace(COUNT, bold=True, fill=TINT), COUNT)
_CELLS = (TEXT, replace(TEXT, fill=TINT), TEXT)


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Rows of one finding: each is the stretch of its cells from Excel's row ``starts[i]`` to ``ends[i]``.

    Without cells there is one row, from 0 to 0. ``cells`` is the number of cells of the kind, and 0 in a block that is not
    the first of its kind. ``message`` and ``remedy`` are shown in the first row.
    """

    finding: Finding
    role: Role
    starts: Rows
    ends: Rows
    cells: int = 0
    message: str = ""
    remedy: str = ""

    def areas(self) -> Iterator[str]:
        """Yield the cells of each row as an A1 range, "" if it has none: ``E417``, ``E417:E425``, ``5:5``."""
        column = self.finding.column
        letters = "" if column is None else cell_addresses.letter(column)
        for start, end in zip(self.starts.tolist(), self.ends.tolist(), strict=True):
            if not start:
                yield ""
            elif start == end and letters:
                yield f"{letters}{start}"
            else:
                yield f"{letters}{start}:{letters}{end}"


def finding_blocks(findings: Sequence[Finding]) -> list[Block]:
    """Return the rows of the sheet: by severity, then by the first row of a kind, then by row."""
    return [block for same in kinds_in_order(findings) for block in _blocks_of_kind(same)]


def _blocks_of_kind(findings: Sequence[Finding]) -> Iterator[Block]:
    cells = sum(max(1, len(finding.rows)) for finding in findings)
    first = findings[0]
    messages, remedies = [one.message for one in findings], [one.remedy for one in findings]
    nothing = [""] * len(findings)
    stretches = [_stretches(finding.rows) for finding in findings]
    if sum(len(starts) for starts, _ in stretches) == 1:
        yield Block(first, Role.ALONE, *stretches[0], cells, messages[0], remedies[0])
        return
    message = messages[0] if len(findings) == 1 else ""
    remedy = remedies[0] if len(set(remedies)) == 1 else ""
    yield Block(first, Role.HEAD, _NO_CELLS, _NO_CELLS, cells, message, remedy)
    says, advises = nothing if message else messages, nothing if remedy else remedies
    for place, (starts, ends) in enumerate(stretches):
        yield Block(findings[place], Role.MEMBER, starts, ends, 0, says[place], advises[place])


def _stretches(rows: Sequence[int]) -> tuple[Rows, Rows]:
    """Return the first and the last row of each stretch of rows without a gap."""
    if len(rows) <= 1:
        only = np.array(rows, dtype=np.int64) if len(rows) else _NO_CELLS
        return only, only
    ordered = np.unique(np.asarray(rows, dtype=np.int64))
    gaps = np.flatnonzero(np.diff(ordered) > 1)
    return ordered[np.r_[0, gaps + 1]], ordered[np.r_[gaps, len(ordered) - 1]]


class _Rows:
    """The rows of all blocks, as columns."""

    def __init__(self, blocks: Sequence[Block], view: WorkbookView) -> None:
        lengths = np.array([len(block.starts) for block in blocks], dtype=np.int64)
        room = LAST_ROW - Banner.ROWS - 1
        self._firsts = np.cumsum(lengths) - lengths
        self._which = np.repeat(np.arange(len(blocks)), lengths)[:room]
        self._blocks = blocks
        self.roles = np.array([block.role for block in blocks], dtype=np.int64)[self._which]
        self.areas = [area for block in blocks for area in block.areas()][:room]
        self.hidden = [
            words
            for block in blocks
            for words in view.hidden_words(block.finding.sheet, block.starts, block.ends)
        ][:room]
        self.links = self._link_targets(view.shown)
        self.is_linked = np.zeros(len(self.areas), dtype=bool)
        self.is_linked[list(self.links)] = True

    def _link_targets(self, linked: Collection[str]) -> dict[int, str]:
        """Return the position of each row with a link, and where the link goes."""
        sheets = [block.finding.sheet for block in self._blocks]
        which = self._which.tolist()
        targets = (
            (place, cell_addresses.link_target(sheets[which[place]], area))
            for place, area in enumerate(self.areas)
            if area and sheets[which[place]] in linked
        )
        return dict(islice(targets, MOST_LINKS))

    def every(self, of: Callable[[Block], object]) -> npt.NDArray[Any]:
        """Return a fact of the block of each row."""
        return np.array([of(block) for block in self._blocks], dtype=object)[self._which]

    def first(self, of: Callable[[Block], str]) -> npt.NDArray[Any]:
        """Return a text of the block of each row that is the first of its block, "" for the others."""
        texts = np.full(len(self._which), "", dtype=object)
        within = self._firsts < len(texts)
        texts[self._firsts[within]] = np.array([of(block) for block in self._blocks], dtype=object)[within]
        return texts


def add_findings(  # noqa: PLR0913 - the parts of the sheet
    builder: WorkbookBuilder,
    run: PayRun,
    table: SheetTable,
    head: str,
    view: WorkbookView,
    *,
    state: str = "",
) -> None:
    """Add the sheet. Cells of sheets that the workbook shows are links; cells in hidden rows and sheets say so.

    ``state`` is the state of the run, shown above the headings, so that the columns have the full width of the paper.
    """
    rows = _Rows(finding_blocks(run.findings), view)
    texts = {
        "Problem": rows.every(lambda block: block.finding.kind),
        "Column": rows.every(lambda block: block.finding.heading),
        "What is wrong": rows.first(lambda block: block.message),
        "What to do": rows.first(lambda block: block.remedy),
    }
    sheet = add_list(
        builder,
        table,
        _columns(builder.writer, rows, texts),
        head,
        tab=ALARM if run.is_draft_with_blockers else None,
        banner=Banner(run.clinic.name, f"{table.name} · {in_words(run.period)}", _to_do(run.findings)),
        attributes=_row_shapes(texts, rows.roles),
        state=state,
    )
    sheet.sheet_format.outlineLevelRow = 1
    sheet.sheet_properties.outlinePr = Outline(summaryBelow=False)
    position, top = table.position("Cell"), Banner.ROWS + 2
    builder.link_cells(
        sheet,
        {cell_addresses.cell(position, top + place): target for place, target in rows.links.items()},
    )


def _columns(write: CellWriter, rows: _Rows, texts: Mapping[str, npt.NDArray[Any]]) -> list[Column]:
    """Return the columns of FINDINGS."""
    roles = rows.roles

    def texts_in(values: npt.NDArray[Any], looks: Sequence[Look], which: Rows) -> Column:
        codes, distinct = pd.factorize(values)
        keys = codes * len(looks) + which
        return write.cells(
            keys, lambda key: write.text(distinct[key // len(looks)], looks[key % len(looks)]), TEXT
        )

    def count_cell(key: int) -> str:
        cells, role = divmod(key, len(Role))
        return write.number(cells, _COUNTS[role]) if cells else write.blank(_COUNTS[role])

    severities = rows.every(lambda block: block.finding.severity.value)
    counts = rows.every(lambda block: block.cells).astype(np.int64)
    places = np.array(
        [
            f"{_place_in_words(area)} {hidden}".strip()
            for area, hidden in zip(rows.areas, rows.hidden, strict=True)
        ],
        dtype=object,
    )
    return [
        write.cells(severities, lambda word: write.text(word, _SEVERITY_LOOKS[word]), TEXT),
        texts_in(texts["Problem"], _KINDS, roles),
        write.cells(counts * len(Role) + roles, count_cell, COUNT),
        texts_in(rows.every(lambda block: block.finding.sheet), _CELLS, roles),
        write.ids_in(places, (*_CELLS, LINK), np.where(rows.is_linked, len(_CELLS), roles)),
        *(texts_in(texts[title], _WORDS, roles) for title in ("Column", "What is wrong", "What to do")),
    ]


def _place_in_words(area: str) -> str:
    """Return cells in words: ``E417``, ``E417:E425``, ``row 5``, ``rows 5-8``."""
    if not area[:1].isdecimal():
        return area
    first, last = area.split(":")
    return f"row {first}" if first == last else f"rows {first}-{last}"


def _row_shapes(texts: Mapping[str, npt.NDArray[Any]], roles: Rows) -> Column:
    """Return the height of each row, and the level at which Excel folds the cells of a kind away."""

    def attributes(key: int) -> str:
        height = height_attribute(key // 2)
        return f'{height} outlineLevel="1"' if key % 2 else height

    return row_attributes(lines_of_rows(FINDINGS, texts) * 2 + (roles == Role.MEMBER), attributes)


def _to_do(findings: Sequence[Finding]) -> str:
    """Return how many cells there are of each severity, in words."""
    counts = dict.fromkeys(_TO_DO, 0)
    for finding in findings:
        counts[finding.severity] += max(1, len(finding.rows))
    parts = [f"{words}: {counts[severity]:,}" for severity, words in _TO_DO.items() if counts[severity]]
    return "    ".join(parts) or "No findings."

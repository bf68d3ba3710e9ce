"""Columns a log does not have, and their replacement from the clinic's answer."""

from collections.abc import Sequence

import numpy as np

from server.billing.clinics import CountsAs
from server.billing.payroll.appointment_log import NOWHERE, CodedText, StatusFlag
from server.errors import Finding, count_of, list_names
from server.errors.log_column_findings import AllAttended, ColumnsNotRead, OneService
from server.sheets import cell_addresses
from server.sheets.appointment_log.column_layout import Layout
from server.sheets.cells import text_of
from server.sheets.sheet import Cell, Sheet


def one_word(word: str, rows: int) -> CodedText:
    """Return a column that holds one word in every row."""
    return CodedText(np.zeros(rows, dtype=np.int64), (word,))


def every_visit_attended(rows: int) -> StatusFlag:
    """Return a yes/no column that makes every row an attended visit."""
    word = CountsAs.ATTENDED.value
    return StatusFlag(NOWHERE, one_word(word, rows), {word: CountsAs.ATTENDED})


def yes_where_filled(cells: Sequence[Cell]) -> CodedText:
    """Return a column that says yes where a cell is filled. The cell's content is not kept."""
    empty = np.array([text_of(cell) == "" for cell in cells], dtype=np.int64)
    return CodedText(empty, ("yes", "no"))


def stand_ins(layout: Layout) -> dict[str, str]:
    """Return field heading -> what replaces each column that the log lacks."""
    found = {}
    if layout.all_attended:
        found["Status"] = "No column: every row is an attended visit"
    if layout.one_service:
        found["Service"] = f"No column: every visit is {layout.one_service}"
    return found


def unread_columns(sheet: Sheet, layout: Layout) -> tuple[tuple[str, str], ...]:
    """Return heading and letter of each column that was not read. Its cells are not kept."""
    return tuple(
        (text_of(sheet.columns[position][layout.header]), cell_addresses.letter(sheet.left + position))
        for position in layout.unread
    )


def about_columns(sheet: Sheet, layout: Layout) -> list[Finding]:
    """Return findings about replaced columns, and about columns that were not read."""
    place = (sheet.top + layout.header,)
    findings = []
    if layout.all_attended:
        findings.append(Finding(AllAttended(), sheet.name, place))
    if layout.one_service:
        findings.append(Finding(OneService(service=layout.one_service), sheet.name, place))
    if layout.unread:
        names = [heading for heading, _ in unread_columns(sheet, layout)]
        findings.append(
            Finding(
                ColumnsNotRead(columns=count_of(len(names), "column"), names=list_names(names)),
                sheet.name,
                place,
            )
        )
    return findings

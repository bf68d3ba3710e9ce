"""Which rows of a log have a note that is signed, by the columns that say so."""

from collections.abc import Mapping

import numpy as np

from server.billing.payroll.appointment_log import NoteStates
from server.errors import Finding, count_of
from server.errors.log_column_findings import NotesDecide
from server.sheets.appointment_log.column_matching import column_of
from server.sheets.appointment_log.signature_columns import EMPTY, FILLED_CELL, word_of
from server.sheets.appointment_log.unread_log import Reading
from server.sheets.questions import NONE_OF_THEM


def read_note_states(reading: Reading) -> tuple[NoteStates, ...]:
    """Read the columns that say whether notes are signed, with a finding about each."""
    return tuple(_read_column(reading, *signature) for signature in reading.layout.signatures.items())


def _read_column(reading: Reading, position: int, words: Mapping[str, bool]) -> NoteStates:
    """Read a column by what its words mean. A cell with any other word is unclear; its text is not kept."""
    cells = reading.cells(position)
    is_filled = FILLED_CELL in words
    found = {cell: word_of(cell) for cell in set(cells)}
    if is_filled:
        found = {cell: word if word == EMPTY else FILLED_CELL for cell, word in found.items()}
    known = {*words, NONE_OF_THEM}
    signed = np.array([words.get(found[cell], False) for cell in cells], dtype=np.bool_)
    unclear = np.array([found[cell] not in known for cell in cells], dtype=np.bool_)
    column = column_of(reading.sheet, reading.layout, position)
    count = int(signed.sum())
    what = NotesDecide(signed=count_of(count, "row"), unsigned=count_of(len(cells) - count, "row"))
    row = reading.sheet.top + reading.layout.header
    reading.findings.append(Finding(what, reading.sheet.name, (row,), column.position, column.heading))
    return NoteStates(column, ~signed, unclear)

"""An appointment log as the rules see it: columns with a known meaning, and no decisions yet.

Columns are arrays with one value for each appointment. Words are stored once per distinct spelling, with a code per
row, because statuses, providers, services and dates repeat. Rules decide per spelling, not per row
(docs/architecture.md#speed).
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import numpy.typing as npt

from server.billing.clinics import CountsAs
from server.billing.payroll.pay_run import LogFacts
from server.errors import Finding, FindingFacts

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

Rows = Ints | Mask
"""Rows of a log: their positions in ascending order, or a truth value for every row."""

BLANK = -1
"""The code of an empty cell."""


@dataclass(frozen=True, slots=True, eq=False)
class CodedText:
    """A column of text: ``values`` are its distinct spellings, ``codes`` has the position of each row's spelling."""

    codes: Ints
    values: tuple[str, ...]

    @property
    def blank(self) -> Mask:
        """Return which rows are empty."""
        blank: Mask = self.codes == BLANK
        return blank

    def texts(self, rows: "Rows | slice" = slice(None)) -> npt.NDArray[np.object_]:
        """Return the text of some rows, or of all rows, "" if empty."""
        return np.array([*self.values, ""], dtype=object)[self.codes[rows]]

    def translate(self, answers: Mapping[str, int], missing: int) -> Ints:
        """Return for each row the number its spelling maps to, ``missing`` for other spellings and blanks."""
        table = [answers.get(value, missing) for value in self.values]
        return np.array([*table, missing], dtype=np.int64)[self.codes]

    def among(self, mask: Mask) -> Iterator[tuple[str, Ints]]:
        """Yield each spelling in the masked rows, with the positions of those rows."""
        for rows in alike(mask & ~self.blank, self.codes):
            yield self.values[self.codes[rows[0]]], rows


def alike(mask: Mask, *keys: Ints) -> Iterator[Ints]:
    """Yield the positions of the masked rows in groups with equal values in all keys, in order of the keys.

    Positions are used instead of masks, because 100,000 spellings would need 100,000 masks.
    """
    rows, starts = _in_groups(mask, keys)
    if len(rows):
        yield from np.split(rows, starts[1:])


def repeats(mask: Mask, *keys: Ints) -> Iterator[tuple[int, Ints]]:
    """Yield the first and the later positions of each group of ``alike`` with more than one row."""
    rows, starts = _in_groups(mask, keys)
    sizes = np.diff(starts, append=len(rows))
    several = sizes > 1
    for start, size in zip(starts[several].tolist(), sizes[several].tolist(), strict=True):
        yield int(rows[start]), rows[start + 1 : start + size]


def _in_groups(mask: Mask, keys: Sequence[Ints]) -> tuple[Ints, Ints]:
    """Return the masked positions, grouped by equal keys, and where each group starts."""
    rows = np.flatnonzero(mask)
    rows = rows[np.lexsort([key[rows] for key in reversed(keys)])]
    is_start = np.any([np.diff(key[rows], prepend=BLANK - 1) != 0 for key in keys], axis=0)
    return rows, np.flatnonzero(is_start)


@dataclass(frozen=True, slots=True, eq=False)
class Amounts:
    """A column of whole numbers: ``values`` where ``given`` is true, 0 elsewhere."""

    values: Ints
    given: Mask


@dataclass(frozen=True, slots=True)
class Column:
    """The column a field was read from: its 0-based position in the sheet, and its heading."""

    position: int | None
    heading: str


NOWHERE = Column(None, "")
"""The column of a field that the log lacks."""


@dataclass(frozen=True, slots=True, eq=False)
class StatusFlag:
    """A yes/no column such as "No-show", and what each of its spellings counts as."""

    column: Column
    words: CodedText
    meanings: Mapping[str, CountsAs]


@dataclass(frozen=True, slots=True, eq=False)
class UnreadableCells:
    """Cells of one column that hold the same unreadable value, and the finding to make of them."""

    what: FindingFacts
    field: str
    column: Column
    positions: Sequence[int]


@dataclass(frozen=True, slots=True, eq=False)
class MergedAmount:
    """An amount whose cell is merged over several rows. It counts for the first row only.

    ``area`` is the merged range, ``value`` its displayed value, ``positions`` are the other rows under it.
    """

    field: str
    column: Column
    area: str
    value: str
    positions: Sequence[int]


@dataclass(frozen=True, slots=True, eq=False)
class StatusMention:
    """Words of a note that say a visit did not take place, and the rows they are in. Other text is not kept."""

    column: Column
    words: str
    positions: Ints


@dataclass(frozen=True, slots=True, eq=False)
class NoteStates:
    """A column that says whether the note of a visit is signed: the rows where it does not say so.

    ``unclear`` are those of them with a word of which nobody said what it means. What the cells hold is not kept.
    """

    column: Column
    unsigned: Mask
    unclear: Mask


@dataclass(frozen=True, slots=True)
class AppointmentShares:
    """Who has which part of one appointment, in parts per million, as the log's workbook says.

    It is not ``is_usable`` if a row about it cannot be used.
    """

    parts: tuple[tuple[str, int], ...]
    is_usable: bool = True

    @property
    def total(self) -> int:
        """Return the sum of the parts, in parts per million."""
        return sum(share for _, share in self.parts)


@dataclass(frozen=True, slots=True, eq=False)
class AppointmentLog:
    """Every appointment of a sheet, in the order of the sheet.

    ``rows`` are Excel row numbers; ``days`` are serials. ``words`` may hold provider, provider_id, service, status,
    appointment, patient, clinic; ``amounts`` units, minutes (thousandths), charge_cents, collected_cents; a field that
    the log lacks is absent. ``findings`` are remarks about the sheet as a whole; cells that could not be read are in
    ``unreadable``. ``cells_of`` returns all cells of the row at a position, read or not, so two results are equal only
    if one row copies the other. Amounts that one cell holds for several rows are in ``merged_amounts``; ``mentions``
    are notes about missed visits, ``note_states`` the columns that say whether notes are signed. ``starts`` is the
    minute of the day at which each visit began, ``None`` unless a group session is paid by it. ``shares`` are those of
    single appointments, by folded ID.
    """

    facts: LogFacts
    rows: Ints
    days: Amounts
    words: Mapping[str, CodedText]
    amounts: Mapping[str, Amounts]
    flags: tuple[StatusFlag, ...]
    columns: Mapping[str, Column]
    unreadable: tuple[UnreadableCells, ...]
    findings: tuple[Finding, ...]
    cells_of: Callable[[int], Hashable]
    merged_amounts: tuple[MergedAmount, ...] = ()
    mentions: tuple[StatusMention, ...] = ()
    note_states: tuple[NoteStates, ...] = ()
    starts: Amounts | None = None
    shares: Mapping[str, AppointmentShares] = field(default_factory=dict)

    @classmethod
    def without_visits(cls, workbook: str, sheet: str) -> Self:
        """Return a log that has no visits, in the place of a sheet of payments alone."""
        nothing = np.zeros(0, dtype=np.int64)
        days = Amounts(nothing, np.zeros(0, dtype=np.bool_))
        facts = LogFacts(workbook, sheet, 0, 0, 0, 0, 0, 0)
        words = {"status": CodedText(nothing, ())}
        return cls(facts, nothing, days, words, {}, (), {}, (), (), lambda _place: ())

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def unsigned_rows(self) -> Mask:
        """Return the rows whose note is not signed by at least one column about notes."""
        unsigned: Mask = np.zeros(len(self), dtype=np.bool_)
        for states in self.note_states:
            unsigned |= states.unsigned
        return unsigned

    def column(self, field: str) -> Column:
        """Return the column a field was read from."""
        return self.columns.get(field, NOWHERE)

    def word_column(self, field: str) -> CodedText:
        """Return a column of text, all blank if the log lacks it."""
        if field in self.words:
            return self.words[field]
        return CodedText(np.full(len(self), BLANK, dtype=np.int64), ())

    def amount_column(self, field: str) -> Amounts:
        """Return a column of numbers, with none given if the log lacks it."""
        if field in self.amounts:
            return self.amounts[field]
        return Amounts(np.zeros(len(self), dtype=np.int64), np.zeros(len(self), dtype=np.bool_))

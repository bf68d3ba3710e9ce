"""An appointment log as the rules see it: columns of known meaning, nothing decided yet.

Columns are arrays as long as the log has appointments. Words are kept once per distinct
spelling with a code per row, since statuses, providers, services and dates repeat: rules
decide per spelling, not per row (docs/architecture.md#speed).
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from server.billing.clinics import CountsAs
from server.billing.payroll.pay_run import LogFacts
from server.errors import Finding, FindingFacts

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

Rows = Ints | Mask
"""Some rows of a log: their positions in ascending order, or a truth value for every row."""

BLANK = -1
"""The code of an empty cell."""


@dataclass(frozen=True, slots=True, eq=False)
class CodedText:
    """A column of text: ``values`` are its distinct spellings, ``codes`` the spelling of each row."""

    codes: Ints
    values: tuple[str, ...]

    @property
    def blank(self) -> Mask:
        """Return which rows are empty."""
        blank: Mask = self.codes == BLANK
        return blank

    def texts(self, rows: "Rows | slice" = slice(None)) -> npt.NDArray[np.object_]:
        """Return the text of some rows, or of each, "" where empty."""
        return np.array([*self.values, ""], dtype=object)[self.codes[rows]]

    def translate(self, answers: Mapping[str, int], missing: int) -> Ints:
        """Return for each row what its spelling is mapped to, ``missing`` for others and blanks."""
        table = [answers.get(value, missing) for value in self.values]
        return np.array([*table, missing], dtype=np.int64)[self.codes]

    def among(self, mask: Mask) -> Iterator[tuple[str, Ints]]:
        """Yield each spelling that stands in the masked rows, with the positions of those rows."""
        for rows in alike(mask & ~self.blank, self.codes):
            yield self.values[self.codes[rows[0]]], rows


def alike(mask: Mask, *keys: Ints) -> Iterator[Ints]:
    """Yield the positions of the masked rows in groups that agree in all keys, in order of the keys.

    Positions and not masks: a hundred thousand spellings must not cost a hundred thousand masks.
    """
    rows, starts = _in_groups(mask, keys)
    if len(rows):
        yield from np.split(rows, starts[1:])


def repeats(mask: Mask, *keys: Ints) -> Iterator[tuple[int, Ints]]:
    """Yield the first and the later positions of those groups of ``alike`` that have more than one."""
    rows, starts = _in_groups(mask, keys)
    sizes = np.diff(starts, append=len(rows))
    several = sizes > 1
    for start, size in zip(starts[several].tolist(), sizes[several].tolist(), strict=True):
        yield int(rows[start]), rows[start + 1 : start + size]


def _in_groups(mask: Mask, keys: Sequence[Ints]) -> tuple[Ints, Ints]:
    """Return the masked positions, those alike side by side, and where each group starts."""
    rows = np.flatnonzero(mask)
    rows = rows[np.lexsort([key[rows] for key in reversed(keys)])]
    is_start = np.any([np.diff(key[rows], prepend=BLANK - 1) != 0 for key in keys], axis=0)
    return rows, np.flatnonzero(is_start)


@dataclass(frozen=True, slots=True, eq=False)
class Amounts:
    """A column of whole numbers: ``values`` where ``given``, 0 elsewhere."""

    values: Ints
    given: Mask


@dataclass(frozen=True, slots=True)
class Column:
    """Where a field was read from: 0-based position in the sheet, and its heading."""

    position: int | None
    heading: str


NOWHERE = Column(None, "")
"""Where a field stands that the log lacks."""


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
    """An amount whose cell is merged over several rows: the first row's, and no other's.

    ``area`` is the merged range, ``value`` what it shows, ``positions`` are the other rows under it.
    """

    field: str
    column: Column
    area: str
    value: str
    positions: Sequence[int]


@dataclass(frozen=True, slots=True, eq=False)
class StatusMention:
    """Words of a note that say a visit did not take place, and the rows they are in. Nothing else of it is kept."""

    column: Column
    words: str
    positions: Ints


@dataclass(frozen=True, slots=True, eq=False)
class AppointmentLog:
    """Every appointment of a sheet, in the order of the sheet.

    ``rows`` are Excel row numbers; ``days`` serials. ``words`` may hold provider, provider_id,
    service, status, appointment, patient, clinic; ``amounts`` units, minutes (thousandths),
    charge_cents, collected_cents; a field the log lacks is absent. ``findings`` are remarks about
    the sheet as a whole; cells that could not be read are in ``unreadable``. ``cells_of`` gives all
    cells of a row by its position, read or not: equal only where one row copies another. Amounts that
    one cell holds for several rows are in ``merged_amounts``; ``mentions`` are notes that speak of missed visits.
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

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, field: str) -> Column:
        """Return where a field was read from."""
        return self.columns.get(field, NOWHERE)

    def word_column(self, field: str) -> CodedText:
        """Return a column of text, all blank where the log lacks it."""
        if field in self.words:
            return self.words[field]
        return CodedText(np.full(len(self), BLANK, dtype=np.int64), ())

    def amount_column(self, field: str) -> Amounts:
        """Return a column of numbers, none given where the log lacks it."""
        if field in self.amounts:
            return self.amounts[field]
        return Amounts(np.zeros(len(self), dtype=np.int64), np.zeros(len(self), dtype=np.bool_))

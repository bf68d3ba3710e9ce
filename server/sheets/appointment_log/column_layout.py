"""Where everything stands in a log: while columns are being matched to fields, and afterwards."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from server.billing.clinics import CountsAs, ImportProfile, Setup
from server.errors import Finding
from server.sheets.appointment_log.header_row import Fit, Headings
from server.sheets.appointment_log.heading_synonyms import Field
from server.sheets.questions import Question


class GroupNames(Enum):
    """Whether rows of their own name the providers of the rows below them."""

    NONE = auto()
    LONE = auto()
    LABELED = auto()


NamesBelow = Callable[[int], GroupNames]
"""Says of a header row whether rows below it name the providers, and whether with a label."""


@dataclass(frozen=True, slots=True)
class CellEvidence:
    """What the cells of a sheet say about its columns.

    ``fits`` says for date, provider, service and status how well a column's cells make sense; ``names_below`` whether
    rows of their own make up for a missing provider column.
    """

    fits: Mapping[str, Fit]
    names_below: NamesBelow = lambda _header: GroupNames.NONE


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything stands. Positions count columns of the sheet's used part from 0.

    ``columns`` maps a field to its column, or its several columns where they are summed or joined;
    ``flags`` are the yes/no columns with what "yes" counts as, ``filled`` those of them where any filled
    cell says yes. ``all_attended`` and ``one_service`` stand in for columns the log lacks. ``unread`` are
    the columns nobody read; what stands in those of ``minus`` is taken off their field. ``asked`` are the fields that could be several columns, with these;
    ``questions`` must be answered before the log counts, ``findings`` point at the columns they are
    about, ``remarks`` say what was decided.
    """

    header: int
    columns: Mapping[str, tuple[int, ...]]
    flags: Mapping[int, CountsAs]
    learned: ImportProfile
    filled: frozenset[int] = frozenset()
    all_attended: bool = False
    one_service: str = ""
    unread: tuple[int, ...] = ()
    minus: frozenset[int] = frozenset()
    asked: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    questions: tuple[Question, ...] = ()
    findings: tuple[Finding, ...] = ()
    remarks: tuple[Finding, ...] = ()


@dataclass(slots=True)
class Matching:
    """The columns of one log, being matched to fields.

    ``whole`` are the columns whose heading names a field, ``parts`` those that make one up together,
    ``unknown`` those under a heading nobody knows.
    """

    headings: Headings
    setup: Setup
    profile: ImportProfile
    fits: Mapping[str, Fit]
    whole: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    parts: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    flags: dict[int, CountsAs] = field(default_factory=dict)
    filled: set[int] = field(default_factory=set)
    unknown: list[int] = field(default_factory=list)
    columns: dict[str, tuple[int, ...]] = field(default_factory=dict)
    minus: set[int] = field(default_factory=set)
    asked: dict[str, tuple[int, ...]] = field(default_factory=dict)
    remarks: list[Finding] = field(default_factory=list)
    all_attended: bool = False
    one_service: str = ""
    group_names: GroupNames = GroupNames.NONE

    def give(self, to: Field, positions: tuple[int, ...]) -> None:
        """Give a field its columns, which then are nothing else."""
        self.columns[to.name] = positions
        for position in positions:
            self.flags.pop(position, None)
            self.filled.discard(position)
            if position in self.unknown:
                self.unknown.remove(position)

    def is_free(self, position: int) -> bool:
        """Return whether a column is read as nothing so far."""
        read = {place for found in self.columns.values() for place in found}
        return bool(self.headings.texts[position]) and position not in read | set(self.flags)

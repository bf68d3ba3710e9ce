"""Where each field is in a log, during and after the matching of columns to fields."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from server.billing.clinics import CountsAs, ImportProfile, Setup
from server.errors import Finding
from server.sheets.appointment_log.header_row import Fit, Headings
from server.sheets.appointment_log.heading_synonyms import Field
from server.sheets.questions import Question


class GroupNames(Enum):
    """Whether separate rows name the providers of the rows below them."""

    NONE = auto()
    LONE = auto()
    LABELED = auto()


NamesBelow = Callable[[int], GroupNames]
"""Takes a header row; returns whether rows below it name the providers, and whether with a label."""


@dataclass(frozen=True, slots=True)
class CellEvidence:
    """What the cells of a sheet say about its columns.

    ``fits`` rates how well a column's cells make sense as a date, provider, service or status; ``names_below`` says
    whether separate rows replace a missing provider column.
    """

    fits: Mapping[str, Fit]
    names_below: NamesBelow = lambda _header: GroupNames.NONE


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each field is. Positions count the columns of the sheet's used part from 0.

    ``columns`` maps a field to its column, or to several columns that are summed or joined. ``flags`` are the yes/no
    columns with what "yes" counts as; in those of ``filled``, any filled cell means yes. ``all_attended`` and
    ``one_service`` replace columns the log lacks. ``unread`` are the columns that were not read. The amounts in the
    columns of ``minus`` are subtracted from their field. ``signatures`` maps each column that says whether notes are signed
    to its words, each with whether it means signed. ``asked`` maps a field to the columns it could be.
    ``questions`` must be answered before the log is used, ``findings`` point at the columns they are about, and
    ``remarks`` say what was decided.
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
    signatures: Mapping[int, Mapping[str, bool]] = field(default_factory=dict)
    asked: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    questions: tuple[Question, ...] = ()
    findings: tuple[Finding, ...] = ()
    remarks: tuple[Finding, ...] = ()


@dataclass(slots=True)
class Matching:
    """The columns of one log while they are matched to fields.

    ``whole`` are the columns whose heading names a field, ``parts`` those that make up a field together, ``unknown``
    those with an unknown heading.
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
    signatures: dict[int, Mapping[str, bool]] = field(default_factory=dict)
    asked: dict[str, tuple[int, ...]] = field(default_factory=dict)
    remarks: list[Finding] = field(default_factory=list)
    all_attended: bool = False
    one_service: str = ""
    group_names: GroupNames = GroupNames.NONE

    def give(self, to: Field, positions: tuple[int, ...]) -> None:
        """Assign columns to a field and remove them from every other list."""
        self.columns[to.name] = positions
        for position in positions:
            self.flags.pop(position, None)
            self.filled.discard(position)
            if position in self.unknown:
                self.unknown.remove(position)

    def read_signatures(self, positions: Sequence[int], words: Mapping[str, bool]) -> None:
        """Read columns as the state of the visits' notes, by what their words mean."""
        for position in positions:
            self.signatures[position] = words

    def is_free(self, position: int) -> bool:
        """Return whether a column has no field so far."""
        read = {place for found in self.columns.values() for place in found}
        taken = read | set(self.flags) | set(self.signatures)
        return bool(self.headings.texts[position]) and position not in taken

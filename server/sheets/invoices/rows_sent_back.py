"""The rows of a sheet of ours that staff send back, with the columns to remark on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from server.errors import Finding
from server.errors.finding_facts import FindingFacts
from server.sheets.invoices.tables import ROW_KEY

RowSentBack = TypeVar("RowSentBack")


@dataclass(frozen=True, slots=True)
class RowsSentBack(Generic[RowSentBack]):
    """The content of a sheet with hidden keys. ``places`` are its columns by heading, counted from 0.

    ``usable`` is false if a required heading is missing or one occurs twice: then no row can be read.
    """

    name: str
    places: Mapping[str, int]
    rows: Sequence[RowSentBack]
    findings: Sequence[Finding]
    hidden: Sequence[int] = ()
    usable: bool = True

    @property
    def is_ours(self) -> bool:
        """Return whether we wrote the sheet: only our sheets have hidden keys."""
        return ROW_KEY in self.places

    def remark(self, what: FindingFacts, row: int, heading: str) -> Finding:
        """Return a finding about a cell: its row, as Excel numbers it, and its heading."""
        return Finding(what, self.name, (row,), self.places.get(heading), heading)

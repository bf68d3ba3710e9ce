"""What a draft was flagged for: the review findings that its approval must have seen (rule: pay-runs#seen-flags)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from server.errors import Finding, Severity


@dataclass(frozen=True, slots=True)
class ReviewFlag:
    """A review finding as it is kept with a draft: its kind, its cells, and its sentences.

    ``rows`` are Excel row numbers, empty if the whole sheet is meant; ``column`` is the 0-based position, ``None`` if no
    column is meant.
    """

    code: str
    sheet: str
    rows: tuple[int, ...]
    column: int | None
    heading: str
    message: str
    remedy: str

    @property
    def cells(self) -> int:
        """Return how many cells it is about. A flag about a whole sheet counts as one."""
        return max(1, len(self.rows))


def flags_of(findings: Iterable[Finding]) -> tuple[ReviewFlag, ...]:
    """Return the review findings among these, in their order."""
    return tuple(
        ReviewFlag(
            finding.code,
            finding.sheet,
            tuple(finding.rows),
            finding.column,
            finding.heading,
            finding.message,
            finding.remedy,
        )
        for finding in findings
        if finding.severity is Severity.REVIEW
    )


def count_flagged(flags: Sequence[ReviewFlag]) -> int:
    """Return how many cells are flagged."""
    return sum(flag.cells for flag in flags)

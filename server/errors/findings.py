"""Findings: remarks about cells. A row with a blocker is not paid; the other rows are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf

from server.errors.finding_facts import FindingFacts, Severity
from server.errors.remedies import MOST_REMEDIES, Remedy


def sentence_start(text: str) -> str:
    """Return a text with a capital letter first."""
    return text[:1].upper() + text[1:]


def count_of(number: int, noun: str) -> str:
    """Return a number with its noun: ``1 visit``, ``1,204 visits``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


NAMED = 70
"""The most characters that a list of names may have in a sentence."""


def list_names(names: Sequence[str]) -> str:
    """Return a list of names for a sentence. A long list is cut: ``Room, Balance and 3 more``."""
    shown = [names[0]]
    for name in names[1:]:
        if len(", ".join([*shown, name])) > NAMED:
            return f"{', '.join(shown)} and {len(names) - len(shown):,} more"
        shown.append(name)
    return ", ".join(shown)


def in_stretches(rows: Sequence[int], most: int = 8) -> str:
    """Return row numbers for a sentence: ``706-711, 720``. A long list is cut."""
    stretches: list[list[int]] = []
    for row in rows:
        if stretches and row == stretches[-1][1] + 1:
            stretches[-1][1] = row
        else:
            stretches.append([row, row])
    said = [f"{first}-{last}" if last > first else str(first) for first, last in stretches]
    return ", ".join(said[:most]) + (" and more" if len(said) > most else "")


def row_stretches(rows: Sequence[int]) -> str:
    """Return row numbers with the word for them: ``row 3``, ``rows 706-711, 720``."""
    return f"{'row' if len(rows) == 1 else 'rows'} {in_stretches(rows)}"


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """One remark about one or many cells of one column.

    ``rows`` are Excel row numbers (1-based), empty when the whole sheet is meant;
    ``column`` is the 0-based position in the sheet, ``None`` when no column is meant.
    The same sentence about many cells is one Finding, so a hundred thousand rows with
    the same unknown status cost one sentence. ``fixes`` are remedies of this finding alone, in place of those of its kind.
    """

    what: FindingFacts
    sheet: str
    rows: Sequence[int] = ()
    column: int | None = None
    heading: str = ""
    fixes: tuple[Remedy, ...] = ()

    @property
    def code(self) -> str:
        """Return the code of its kind."""
        return self.what.code

    @property
    def severity(self) -> Severity:
        """Return how much it matters."""
        return self.what.severity

    @property
    def kind(self) -> str:
        """Return its kind in words, for a list of findings."""
        return self.what.kind

    @property
    def message(self) -> str:
        """Return what is wrong, in one plain sentence."""
        return self.what.message_under(self.heading)

    @property
    def remedy(self) -> str:
        """Return what to do about it."""
        return self.what.remedy_under(self.heading)

    @property
    def program_remedy(self) -> str:
        """Return what a program can do about it."""
        return self.what.program_remedy_under(self.heading)

    @property
    def remedies(self) -> tuple[Remedy, ...]:
        """Return the remedies that are a button, at most ``MOST_REMEDIES``."""
        return (self.fixes or self.what.remedies_under(self.heading))[:MOST_REMEDIES]


def kinds_in_order(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Return the findings of each kind: by severity, then by the first row of a kind, those of one kind by row.

    Of several sheets, the one that was found wanting first comes first. A finding about a whole sheet comes after those about
    its rows. Every list of findings that people see has this order (rule: payroll#findings-sheet).
    """
    found = list(findings)
    sheets = {sheet: place for place, sheet in enumerate(dict.fromkeys(one.sheet for one in found))}
    kinds: dict[tuple[Severity, str], list[Finding]] = {}
    for finding in sorted(found, key=lambda one: (sheets[one.sheet], _first_row(one))):
        kinds.setdefault((finding.severity, finding.code), []).append(finding)
    rank = list(Severity)
    return [same for _, same in sorted(kinds.items(), key=lambda kind: rank.index(kind[0][0]))]


def _first_row(finding: Finding) -> float:
    return min(finding.rows) if len(finding.rows) else inf

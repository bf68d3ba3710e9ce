"""Irregularities that a month of appointments gets when it is exported.

There are two kinds. Most are harmless and must not cause a finding: many spellings of one status, provider
or service, amounts as text, cells merged over a block. A *slip* is one wrong cell, and usually causes a finding.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from server.billing.clinics import CountsAs, Provider, Service
from server.billing.money import dollars
from server.demo.sample_visits import Visit
from server.sheets.sample_log_workbook import Value

Cells = dict[str, Value]
"""A row of the export, by the key of each column."""

STATUS_WORDS: dict[CountsAs, tuple[str, ...]] = {
    CountsAs.ATTENDED: ("Show", "Show", "Attended", "Completed", "show ", "Checked Out", "Kept", "SEEN"),
    CountsAs.NO_SHOW: ("No Show", "No-Show", "NS", "no show", "DNA", "DNKA"),
    CountsAs.CANCELLED: ("Cancelled", "Canceled", "CXL", "cancelled"),
    CountsAs.LATE_CANCELLED: ("Late Cancel", "LC", "late cancel"),
    CountsAs.SCHEDULED: ("Scheduled",),
}


@dataclass(frozen=True, slots=True)
class Slip:
    """One wrong cell of the export.

    It is in the row of the first attended visit at or after ``at`` (a share of the month, 0 to 1) that fits
    ``provider`` and ``service``, or of an earlier visit if there is no later one. ``value`` is what the cell then
    holds, or a function that makes it from the true value.
    """

    at: float
    key: str
    value: Value | Callable[[Value], Value]
    provider: str = ""
    service: str = ""

    def fits(self, visit: Visit) -> bool:
        """Return whether this slip can be in the visit's row."""
        return (
            visit.outcome is CountsAs.ATTENDED
            and self.provider in {"", visit.provider.name}
            and self.service in {"", visit.service.code}
        )


def as_dollar_text(cents: Value) -> str:
    """Return an amount in cents as an export writes it: ``"$1,234.50"``."""
    if not isinstance(cents, int):
        raise TypeError(cents)
    return dollars(cents)


class Spelling:
    """Spells statuses, providers and services in the many ways of an export.

    The same ``seed`` and visits give the same spellings. ``services_by_name`` tells whether the
    export usually writes a service's name or its code.
    """

    def __init__(self, seed: int, *, services_by_name: bool) -> None:
        # Not for cryptography: the same seed must give the same workbook.
        self._chance = random.Random(seed)  # noqa: S311
        self._services_by_name = services_by_name

    def status(self, outcome: CountsAs) -> str:
        """Return one of the words for the outcome of a visit."""
        return self._chance.choice(STATUS_WORDS[outcome])

    def provider(self, provider: Provider) -> str:
        """Return the provider's name, or sometimes one of the aliases."""
        return self._usual_or_other(provider.name, provider.aliases)

    def service(self, service: Service) -> str:
        """Return the service as this export writes it, or sometimes another spelling."""
        usual, other = service.code, service.name
        if self._services_by_name:
            usual, other = other, usual
        return self._usual_or_other(usual, (other, usual.lower(), *service.aliases))

    def _usual_or_other(self, usual: str, others: Sequence[str]) -> str:
        return usual if self._chance.random() < 0.7 else self._chance.choice(others)  # noqa: PLR2004


def repeat(
    rows: Sequence[Cells], visits: Sequence[Visit], shares: Sequence[float]
) -> tuple[list[Cells], list[Visit]]:
    """Return rows and visits in which those at ``shares`` of the month are exported twice, one below the other."""
    repeated = {_place_at(visits, share) for share in shares}
    places = [place for place in range(len(visits)) for _ in range(2 if place in repeated else 1)]
    return [dict(rows[place]) for place in places], [visits[place] for place in places]


def make_slips(rows: Sequence[Cells], visits: Sequence[Visit], slips: Sequence[Slip]) -> None:
    """Change ``rows``: put every slip in a different row. ``rows`` and ``visits`` are in the same order."""
    taken: set[int] = set()
    for slip in slips:
        start = _place_at(visits, slip.at)
        places = (*range(start, len(visits)), *range(start))
        place = next(p for p in places if p not in taken and slip.fits(visits[p]))
        taken.add(place)
        value = slip.value
        rows[place][slip.key] = value(rows[place][slip.key]) if callable(value) else value


def join_blocks(rows: Sequence[Cells], visits: Sequence[Visit], until: int) -> list[tuple[int, int]]:
    """Merge a provider's adjacent cells in the first ``until`` rows; return (first, last) of each block.

    As in Excel, only the top cell of a block keeps its value.
    """
    blocks: list[tuple[int, int]] = []
    first = 0
    for place in range(1, until + 1):
        if place < until and visits[place].provider == visits[first].provider:
            rows[place]["provider"] = None
            continue
        if place - first > 1:
            blocks.append((first, place - 1))
        first = place
    return blocks


def _place_at(visits: Sequence[Visit], share: float) -> int:
    return int(share * len(visits))

"""The visits that a run held for a later run, as its papers name them (rule: pay-runs#held-rows).

A statement goes to its provider, so it names days, services and the kind of problem: no patients, no amounts, and no sentence about a
cell, which may name others.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from server.billing.clinics import Service, service_labels
from server.billing.names import fold
from server.billing.payroll.held_visits import BlockedRow
from server.errors import count_of, kind_in_words, list_names
from server.errors.held_visits import NO_PROVIDER

HELD_HEADINGS = ("Service", "Date", "Why it is held")
"""The columns of the list of held visits, on sheet and paper."""

HELD_NOTE = "Not part of this pay. Each is paid by a later run, once its row in the log is complete."


@dataclass(frozen=True, slots=True)
class HeldOnPaper:
    """A visit that a run held. ``day`` is ``None`` if the log did not say; ``why`` is the kind of problem in words."""

    provider: str
    day: date | None
    service: str
    why: str


def held_on_paper(rows: Iterable[BlockedRow], services: Iterable[Service]) -> tuple[HeldOnPaper, ...]:
    """Return the held rows of a run by day, those without a day last. ``services`` are those of the setup."""
    label_of = service_labels(services)
    visits = [
        HeldOnPaper(
            row.provider,
            date.fromisoformat(row.day) if row.day else None,
            label_of(row.service),
            kind_in_words(row.code),
        )
        for row in sorted(rows, key=lambda row: (not row.day, row.day, row.source_row))
    ]
    return tuple(visits)


def held_of_provider(held: Sequence[HeldOnPaper], provider: str) -> tuple[HeldOnPaper, ...]:
    """Return the held visits of one provider, by name."""
    return tuple(visit for visit in held if fold(visit.provider) == fold(provider))


def held_title(held: Sequence[HeldOnPaper]) -> str:
    """Return the title above held visits: ``2 visits held for a later run``."""
    return f"{count_of(len(held), 'visit')} held for a later run"


def visits_by_provider(providers: Iterable[str]) -> str:
    """Return how many visits each provider has, the most first: ``Jane Roe 2, no provider 1``."""
    counts = Counter(name or NO_PROVIDER for name in providers).most_common()
    return list_names([f"{name} {count:,}" for name, count in counts])

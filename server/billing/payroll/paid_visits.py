"""What closed runs have paid and what staff said about it, as far as a log may be about the same visits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple


class PaidVisit(NamedTuple):
    """One line of a closed run. ``day`` is ISO text, ``patient_key`` a digest or "" where unknown.

    ``provider_key`` is what lasts of a provider when the name changes: the provider's ID, or the name at the time.
    """

    run_id: str
    place: int
    identity: str
    day: str
    provider: str
    provider_key: str
    service: str
    patient_key: str
    counts_as: str
    amount_cents: int


class SameVisits(StrEnum):
    """What staff answer about rows that look like visits paid before."""

    SAME = "same"
    OTHERS = "others"
    MIXED = "mixed"


class ClickAnswer(NamedTuple):
    """What staff answer with a click, and the number of the question it was given for ("" where it names none).

    It counts for no other question: rows that nobody was shown are not answered for.
    """

    answer: SameVisits
    question: str


class VisitAnswer(NamedTuple):
    """That staff said of a row, by its identity, that it is a paid visit or that it is another one."""

    identity: str
    visit: PaidVisit
    answer: SameVisits


class RecordedAnswer(NamedTuple):
    """An answer as it was written down: ``at`` is the instant as UTC text, ``day`` the civil day of it."""

    identity: str
    visit: PaidVisit
    answer: SameVisits
    at: str
    day: date


@dataclass(frozen=True, slots=True)
class PaidBefore:
    """Everything closed runs paid that a log may be about.

    ``visits`` are the lines of the log's days, and those of other days that bear an identity of the log. ``answers``
    are those that count about identities of the log, one for each. ``runs`` maps every closed run to when it was
    closed.
    """

    visits: tuple[PaidVisit, ...] = ()
    answers: tuple[RecordedAnswer, ...] = ()
    runs: Mapping[str, str] = field(default_factory=dict)

"""What closed runs have paid and how staff answered, as far as it may concern the visits of a log."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from server.billing.payroll.shared_days import SharedDays
from server.billing.payroll.vanished_answers import VanishedAnswer


class PaidVisit(NamedTuple):
    """One line of a closed run, as later closed runs adjusted it. ``day`` is ISO text, ``patient_key`` a digest, or "".

    ``provider_key`` identifies the provider even if the name changes: the provider's ID, or the name at the time. The pay
    of a visit that ``is_taken_back`` was taken back altogether, because it did not take place or was gone from the log.
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
    is_taken_back: bool = False


class SameVisits(StrEnum):
    """The answers of staff about rows that look like visits paid before."""

    SAME = "same"
    OTHERS = "others"
    MIXED = "mixed"


class ClickAnswer(NamedTuple):
    """The answer of staff in a click, and the number of the question it was given for ("" if it names none).

    It counts for no other question, because it cannot apply to rows that staff were not shown.
    """

    answer: SameVisits
    question: str


class VisitAnswer(NamedTuple):
    """An answer of staff that a row, by its identity, is a paid visit or is another one."""

    identity: str
    visit: PaidVisit
    answer: SameVisits


class RecordedAnswer(NamedTuple):
    """An answer as recorded: ``at`` is the instant as UTC text, ``day`` its civil day."""

    identity: str
    visit: PaidVisit
    answer: SameVisits
    at: str
    day: date


@dataclass(frozen=True, slots=True)
class PaidBefore:
    """Everything closed runs paid that a log may be about.

    ``visits`` are the lines for the log's days, and those of other days with an identity of the log. ``answers`` are
    the answers in force about identities of the log, one for each. ``runs`` maps every closed run to when it was
    closed. ``held_by`` maps identities of rows that were held to the runs that held them. ``spans`` are the days, outside
    the period of the run, that the log shares with closed runs. ``vanished`` are the answers about visits that a log
    did not have, by run and place.
    """

    visits: tuple[PaidVisit, ...] = ()
    answers: tuple[RecordedAnswer, ...] = ()
    runs: Mapping[str, str] = field(default_factory=dict)
    held_by: Mapping[str, frozenset[str]] = field(default_factory=dict)
    spans: tuple[SharedDays, ...] = ()
    vanished: Mapping[tuple[str, int], VanishedAnswer] = field(default_factory=dict)

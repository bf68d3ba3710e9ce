"""Findings about group sessions: the rows of the setup sheet, and visits of a group in a log."""

from dataclasses import dataclass
from typing import ClassVar

from server.errors.finding_facts import FindingFacts, Severity, ValueFinding


@dataclass(frozen=True, slots=True)
class GroupSessionForAnyService(ValueFinding):
    code: ClassVar[str] = "group-session-for-any-service"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "A group session is one service, so “{value}” cannot be used here."
    advises: ClassVar[str] = "Give each service that is held in groups a row."


@dataclass(frozen=True, slots=True)
class GroupSessionTwice(FindingFacts):
    code: ClassVar[str] = "group-session-twice"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "{service} from {day} is also in row {row}, so two rules would be in effect."
    advises: ClassVar[str] = "Remove one of the two rows, or change its Effective from."

    service: object
    day: object
    row: object


@dataclass(frozen=True, slots=True)
class NoStartTime(FindingFacts):
    code: ClassVar[str] = "no-start-time"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = (
        "{service} is paid once for each group session, and no start time says which session this visit belongs to."
    )
    advises: ClassVar[str] = (
        "Export the log with a column that has the start time, such as “Start time”, or with the time in its date. If "
        "{service} is paid for each patient, change Paid per on the sheet Group sessions of the setup."
    )

    service: object

"""Findings about the books as a whole. They name no sheet and no cell."""

from dataclasses import dataclass
from typing import ClassVar

from server.errors.finding_facts import FindingFacts, Severity


@dataclass(frozen=True, slots=True)
class ClockSetBack(FindingFacts):
    code: ClassVar[str] = "clock-set-back"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "The computer's clock is earlier than the latest entry in the books, which was recorded on {latest}. Nothing is "
        "lost and steps keep their order, but days are recorded and ages are counted by that clock."
    )
    advises: ClassVar[str] = (
        "Set the date and the time of the computer right. If they are right, they were ahead before: this remark "
        "then ends by itself on that day."
    )

    latest: object


@dataclass(frozen=True, slots=True)
class BackupLate(FindingFacts):
    code: ClassVar[str] = "backup-late"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = "The last good backup of the books is from {last}. {sentence}"
    advises: ClassVar[str] = (
        "Tell the person who looks after Clinic Ledger. See whether the disk of the backups is connected and has room, then "
        "run: clinicledger ledger backup --keep FOLDER."
    )

    last: object
    sentence: object


@dataclass(frozen=True, slots=True)
class BackupMissing(FindingFacts):
    code: ClassVar[str] = "backup-missing"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = "There is no good backup of the books yet. {sentence}"
    advises: ClassVar[str] = BackupLate.advises

    sentence: object

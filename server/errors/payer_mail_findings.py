"""Findings about the setup of mail to payers: Payers, Reminder mail and Mail texts."""

from dataclasses import dataclass
from typing import ClassVar

from server.errors.finding_facts import FindingFacts, Severity, ValueFinding


@dataclass(frozen=True, slots=True)
class NotAnEmailAddress(FindingFacts):
    code: ClassVar[str] = "not-an-email-address"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "“{value}” is not an e-mail address. {reason}"
    advises: ClassVar[str] = "Type an address such as claims@insurer.com, or leave the cell empty."

    value: object
    reason: object


@dataclass(frozen=True, slots=True)
class PayerTwice(FindingFacts):
    code: ClassVar[str] = "payer-twice"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "“{value}” is in row {row} already; spaces, capitals and punctuation do not count."
    advises: ClassVar[str] = "Keep one row for each payer."

    value: object
    row: object


@dataclass(frozen=True, slots=True)
class MailedWithoutAddress(FindingFacts):
    code: ClassVar[str] = "mailed-without-address"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "{payer} is to get reminders by mail, and has no e-mail address."
    advises: ClassVar[str] = (
        "Type the address under Email, or no in this cell: then this payer is not mailed."
    )

    payer: object


@dataclass(frozen=True, slots=True)
class NotALevel(ValueFinding):
    code: ClassVar[str] = "not-a-level"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "“{value}” is not a level from 1 to 9."
    advises: ClassVar[str] = "Type 1 for the first reminder, 2 for the next one, and so on."


@dataclass(frozen=True, slots=True)
class NotDaysAfter(ValueFinding):
    code: ClassVar[str] = "not-days-after"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "“{value}” is not a whole number of days from 1 to 730."
    advises: ClassVar[str] = "Type after how many days the payer is reminded."


@dataclass(frozen=True, slots=True)
class LevelTwice(FindingFacts):
    code: ClassVar[str] = "level-twice"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "Level {level} of {state} is in row {row} already."
    advises: ClassVar[str] = "Give each reminder of a state a level of its own."

    level: object
    state: object
    row: object


@dataclass(frozen=True, slots=True)
class LevelCountsFromNothing(FindingFacts):
    code: ClassVar[str] = "level-counts-from-nothing"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = (
        "The days of level {level} of {state} cannot be counted from “{counts_from}”: {why}."
    )
    advises: ClassVar[str] = "Choose another word under Counts from."

    level: object
    state: object
    counts_from: object
    why: object


@dataclass(frozen=True, slots=True)
class UnknownMailText(FindingFacts):
    code: ClassVar[str] = "unknown-mail-text"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "There is no text “{value}”."
    advises: ClassVar[str] = "Type one of {known}, or add a row for it on the sheet Mail texts."

    value: object
    known: object


@dataclass(frozen=True, slots=True)
class MailTextTwice(FindingFacts):
    code: ClassVar[str] = "mail-text-twice"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "The text “{value}” is in row {row} already."
    advises: ClassVar[str] = "Keep one row for each text, or give this one another name."

    value: object
    row: object


@dataclass(frozen=True, slots=True)
class UnknownMailVariable(FindingFacts):
    code: ClassVar[str] = "unknown-mail-variable"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "A mail to a payer has no variable “{variable}”."
    advises: ClassVar[str] = "Use one of {known}."

    variable: object
    known: object


@dataclass(frozen=True, slots=True)
class MailTextUnusable(FindingFacts):
    code: ClassVar[str] = "mail-text-unusable"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "The text cannot be used: {reason}."
    advises: ClassVar[str] = "Correct the text. The rules for payers' mail list what it may have."

    reason: object


@dataclass(frozen=True, slots=True)
class MailTextTooLong(FindingFacts):
    code: ClassVar[str] = "mail-text-too-long"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "The cell has {length} characters, and a mail takes at most {most} here."
    advises: ClassVar[str] = "Shorten it."

    length: object
    most: object

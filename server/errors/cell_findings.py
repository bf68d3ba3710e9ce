"""Findings about a single cell of any sheet."""

from dataclasses import dataclass
from typing import ClassVar

from server.errors.finding_facts import Severity, ValueFinding


@dataclass(frozen=True, slots=True)
class ErrorValue(ValueFinding):
    code: ClassVar[str] = "error-value"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "This cell holds the error value {value}."
    advises: ClassVar[str] = "Correct the formula, or type the value."


@dataclass(frozen=True, slots=True)
class NotMoney(ValueFinding):
    code: ClassVar[str] = "not-money"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "“{value}” is not an amount of money."
    advises: ClassVar[str] = "Type the amount as a number, such as 1234.50."


@dataclass(frozen=True, slots=True)
class FractionOfCent(ValueFinding):
    code: ClassVar[str] = "fraction-of-cent"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "{value} has a fraction of a cent."
    advises: ClassVar[str] = "Round it to whole cents."


@dataclass(frozen=True, slots=True)
class NotANumber(ValueFinding):
    code: ClassVar[str] = "not-a-number"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "“{value}” is not a number that can be used here."
    advises: ClassVar[str] = "Type a plain number."


@dataclass(frozen=True, slots=True)
class NegativeNumber(ValueFinding):
    code: ClassVar[str] = "negative-number"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "{value} is negative."
    advises: ClassVar[str] = "Type a number of 0 or more."


@dataclass(frozen=True, slots=True)
class NumberTooLarge(ValueFinding):
    code: ClassVar[str] = "too-large"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "{value} is too large to be right."
    advises: ClassVar[str] = "Correct the number."


@dataclass(frozen=True, slots=True)
class NotADate(ValueFinding):
    code: ClassVar[str] = "not-a-date"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "“{value}” is not a date."
    advises: ClassVar[str] = "Type the date, such as 10/25/2026."


@dataclass(frozen=True, slots=True)
class ImplausibleDate(ValueFinding):
    code: ClassVar[str] = "implausible-date"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "“{value}” would be a day before 2000 or after 2099."
    advises: ClassVar[str] = "Correct the date, or format the cell as a date."


@dataclass(frozen=True, slots=True)
class NotAPercentage(ValueFinding):
    code: ClassVar[str] = "not-a-percentage"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "“{value}” is not a percentage from 0 to 100."
    advises: ClassVar[str] = "Type it as 60%."


@dataclass(frozen=True, slots=True)
class OneOrHundredPercent(ValueFinding):
    code: ClassVar[str] = "one-or-hundred-percent"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "1 could mean 1 % or 100 %."
    advises: ClassVar[str] = "Type 1% or 100%, with the percent sign."


@dataclass(frozen=True, slots=True)
class AmbiguousDate(ValueFinding):
    code: ClassVar[str] = "ambiguous-date"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "“{value}” can be read month first or day first, and the column holds both kinds."
    advises: ClassVar[str] = "Write the dates of this column one way, or as real dates."


@dataclass(frozen=True, slots=True)
class NotMonthFirst(ValueFinding):
    code: ClassVar[str] = "not-month-first"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "{value} cannot be month first, and this column is read month first."
    advises: ClassVar[str] = "Correct the date, or type it as a real date."


@dataclass(frozen=True, slots=True)
class NotDayFirst(ValueFinding):
    code: ClassVar[str] = "not-day-first"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "{value} cannot be day first, and this column is read day first."
    advises: ClassVar[str] = "Correct the date, or type it as a real date."


@dataclass(frozen=True, slots=True)
class SwappedDate(ValueFinding):
    code: ClassVar[str] = "swapped-date"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = (
        "This date may have its day and month exchanged: Excel does that when it opens a log of "
        "another country, and leaves the dates it cannot exchange as text."
    )
    advises: ClassVar[str] = "Open the log again with the date column as text, or correct the dates."


@dataclass(frozen=True, slots=True)
class TimeOrNumber(ValueFinding):
    code: ClassVar[str] = "time-or-number"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "{value} is shown as a time, so Excel takes it for days."
    advises: ClassVar[str] = (
        "Type the time, such as 1:00, or format the cell as a number and type the minutes."
    )


@dataclass(frozen=True, slots=True)
class ShownAsDay(ValueFinding):
    code: ClassVar[str] = "shown-as-day"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "This cell is shown as a date or a time, and its column holds other numbers."
    advises: ClassVar[str] = "Type the number again and format the cell as a number."


@dataclass(frozen=True, slots=True)
class LongerThanADay(ValueFinding):
    code: ClassVar[str] = "longer-than-a-day"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "“{value}” would be longer than a day, read as hours and minutes."
    advises: ClassVar[str] = "Type hours and minutes, such as 0:50, or the minutes alone."


@dataclass(frozen=True, slots=True)
class HoursAndMinutes(ValueFinding):
    code: ClassVar[str] = "hours-and-minutes"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "The hours of this row do not come to {value} minutes."
    advises: ClassVar[str] = "Correct one of the two cells; an hour and a half is 1.5 hours or 90 minutes."


@dataclass(frozen=True, slots=True)
class NotATime(ValueFinding):
    code: ClassVar[str] = "not-a-time"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "“{value}” is not a time of day."
    advises: ClassVar[str] = "Type the time, such as 9:30 AM."


@dataclass(frozen=True, slots=True)
class EndBeforeStart(ValueFinding):
    code: ClassVar[str] = "end-before-start"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "The visit ends at “{value}”, before it starts."
    advises: ClassVar[str] = "Correct the times, or add a column Minutes and type how long the visit took."


@dataclass(frozen=True, slots=True)
class DamagedId(ValueFinding):
    code: ClassVar[str] = "damaged-id"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "The appointment ID {value} has lost digits: Excel keeps only fifteen of a number."
    advises: ClassVar[str] = "Export the log again with the ID column as text."


@dataclass(frozen=True, slots=True)
class DamagedPatient(ValueFinding):
    code: ClassVar[str] = "damaged-patient"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = (
        "The patient number {value} has lost digits, and without an appointment ID the visit is known "
        "by its patient."
    )
    advises: ClassVar[str] = "Export the log again with the patient column as text, or with appointment IDs."

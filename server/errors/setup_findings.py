"""Findings about the sheets of the Setup workbook."""

from dataclasses import dataclass
from typing import ClassVar

from server.errors.finding_facts import FindingFacts, Severity, ValueFinding
from server.errors.remedies import OPEN_SETUP_AGAIN, Remedy


@dataclass(frozen=True, slots=True)
class MissingSetupSheet(FindingFacts):
    code: ClassVar[str] = "missing-sheet"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "The sheet “{sheet}” is missing."
    advises: ClassVar[str] = (
        "Press Open setup to get all setup sheets, or add a sheet of this name with the headings {headings}."
    )
    offers: ClassVar[tuple[Remedy, ...]] = (OPEN_SETUP_AGAIN,)

    sheet: object
    headings: object


@dataclass(frozen=True, slots=True)
class SheetLeftOut(FindingFacts):
    code: ClassVar[str] = "sheet-left-out"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = "There is no sheet “{sheet}”, so {consequence}."
    advises: ClassVar[str] = "Press Open setup to get the sheet back."
    offers: ClassVar[tuple[Remedy, ...]] = (OPEN_SETUP_AGAIN,)

    sheet: object
    consequence: object


@dataclass(frozen=True, slots=True)
class MissingHeading(FindingFacts):
    code: ClassVar[str] = "missing-heading"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "The sheet has no column “{heading}”."
    advises: ClassVar[str] = "Add the heading “{heading}” to row {row}."

    row: object


@dataclass(frozen=True, slots=True)
class HeadingTwice(FindingFacts):
    code: ClassVar[str] = "heading-twice"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "The heading “{heading}” is in two columns."
    advises: ClassVar[str] = "Remove or rename one of the two columns."


@dataclass(frozen=True, slots=True)
class MissingField(FindingFacts):
    code: ClassVar[str] = "missing-field"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "“{field}” is missing."
    advises: ClassVar[str] = "Type “{field}” in the column Field, and the answer beside it."

    field: object


@dataclass(frozen=True, slots=True)
class BlankCell(FindingFacts):
    code: ClassVar[str] = "blank-cell"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "“{heading}” is empty."
    advises: ClassVar[str] = "Fill in the cell, or clear the whole row."


@dataclass(frozen=True, slots=True)
class ClinicIdUnusable(ValueFinding):
    code: ClassVar[str] = "bad-clinic-id"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "“{value}” cannot be a clinic ID."
    advises: ClassVar[str] = (
        "Use small letters, digits and hyphens, such as lakeside; begin with a letter or digit."
    )


@dataclass(frozen=True, slots=True)
class NotAChoice(FindingFacts):
    code: ClassVar[str] = "not-a-choice"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "“{value}” is not one of the possible words."
    advises: ClassVar[str] = "Type one of: {choices}."

    value: object
    choices: object


@dataclass(frozen=True, slots=True)
class NoLetters(ValueFinding):
    code: ClassVar[str] = "no-letters"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "“{value}” has neither letters nor digits, so nothing could be matched with it."
    advises: ClassVar[str] = "Type a name."


@dataclass(frozen=True, slots=True)
class NameTwice(FindingFacts):
    code: ClassVar[str] = "name-twice"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = (
        "“{value}” belongs to {other} already (row {row}); spaces, capitals and punctuation do not count."
    )
    advises: ClassVar[str] = "Keep each spelling and each ID with one entry only."

    value: object
    other: object
    row: object


@dataclass(frozen=True, slots=True)
class TaxIdDigits(ValueFinding):
    code: ClassVar[str] = "tax-id-digits"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = "The tax ID “{value}” does not have nine digits."
    advises: ClassVar[str] = "Check the number: it is printed on every invoice."


@dataclass(frozen=True, slots=True)
class NotWholeDays(ValueFinding):
    code: ClassVar[str] = "not-whole-days"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "“{value}” is not a whole number of days from 0 to 90."
    advises: ClassVar[str] = (
        "Type how many days after the last day of a period its providers are paid, or leave it empty."
    )


@dataclass(frozen=True, slots=True)
class NotReminderDays(ValueFinding):
    code: ClassVar[str] = "not-reminder-days"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "“{value}” is not a whole number of days from 0 to 999."
    advises: ClassVar[str] = (
        "Type after how many days you want to be reminded, or off, or leave it empty for the usual number."
    )


@dataclass(frozen=True, slots=True)
class NpiDigits(ValueFinding):
    code: ClassVar[str] = "npi-digits"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = "The NPI “{value}” does not have ten digits."
    advises: ClassVar[str] = "Check the number."


@dataclass(frozen=True, slots=True)
class NotWholeMinutes(ValueFinding):
    code: ClassVar[str] = "not-whole-minutes"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "“{value}” is not a number of minutes from 1 to 1440."
    advises: ClassVar[str] = "Type whole minutes, such as 15."


@dataclass(frozen=True, slots=True)
class RateTwice(FindingFacts):
    code: ClassVar[str] = "rate-twice"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = (
        "{provider}, {service} from {day} is also in row {row}, so two rates would be in effect."
    )
    advises: ClassVar[str] = "Remove one of the two rows, or change its Effective from."

    provider: object
    service: object
    day: object
    row: object


@dataclass(frozen=True, slots=True)
class PercentForMoney(FindingFacts):
    code: ClassVar[str] = "percent-for-money"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "This is a percentage, and {basis} is paid in dollars."
    advises: ClassVar[str] = "Type dollars, or choose another pay basis."

    basis: object


@dataclass(frozen=True, slots=True)
class MoneyForPercent(FindingFacts):
    code: ClassVar[str] = "money-for-percent"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "This is an amount of money, and {basis} is a percentage."
    advises: ClassVar[str] = "Type it as 60%, or choose another pay basis."

    basis: object


@dataclass(frozen=True, slots=True)
class StatusTwice(FindingFacts):
    code: ClassVar[str] = "status-twice"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "“{value}” counts as {other} in row {row} and as something else here."
    advises: ClassVar[str] = "Keep one of the two rows; spaces, capitals and punctuation do not count."

    value: object
    other: object
    row: object


@dataclass(frozen=True, slots=True)
class PriceNotPositive(ValueFinding):
    code: ClassVar[str] = "price-not-positive"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "A price of {value} cannot be billed."
    advises: ClassVar[str] = "Type a price of more than 0, or clear the row."


@dataclass(frozen=True, slots=True)
class PriceTwice(FindingFacts):
    code: ClassVar[str] = "price-twice"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = (
        "{billed_code} for {payer} from {day} is also in row {row}, so two prices would be in effect."
    )
    advises: ClassVar[str] = "Remove one of the two rows, or change its Effective from or its Payer."

    billed_code: object
    payer: object
    day: object
    row: object


@dataclass(frozen=True, slots=True)
class UnpricedCode(FindingFacts):
    code: ClassVar[str] = "unpriced-code"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "The code “{value}” is not on the Prices sheet, so “{type}” cannot be billed in full."
    )
    advises: ClassVar[str] = "Add the code to the Prices sheet, or correct the cell."

    value: object
    type: object


@dataclass(frozen=True, slots=True)
class ExamCodeTwice(FindingFacts):
    code: ClassVar[str] = "exam-code-twice"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "Row {row} says the same already, so {billed_code} would be billed twice."
    advises: ClassVar[str] = "Remove one of the two rows."

    row: object
    billed_code: object


@dataclass(frozen=True, slots=True)
class UnnamedSubExam(FindingFacts):
    code: ClassVar[str] = "unnamed-sub-exam"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "“{type}” has sub-exams, and this row names none, so it could not be chosen."
    advises: ClassVar[str] = "Name the sub-exam, or take the sub-exams out of the other rows of “{type}”."

    type: object


@dataclass(frozen=True, slots=True)
class SubExamSemicolon(ValueFinding):
    code: ClassVar[str] = "sub-exam-semicolon"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = (
        "“{value}” has a semicolon, and semicolons separate the sub-exams chosen for an exam."
    )
    advises: ClassVar[str] = "Write the name without it."


@dataclass(frozen=True, slots=True)
class LikelyOneName(FindingFacts):
    code: ClassVar[str] = "likely-one-name"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = "“{value}” is listed as another spelling of {name}, because the names are alike."
    advises: ClassVar[str] = (
        "If they are two people, take it out of Also known as on the sheet Providers, and give it a row there and on Rates."
    )

    value: object
    name: object


@dataclass(frozen=True, slots=True)
class StatusGuessed(FindingFacts):
    code: ClassVar[str] = "status-guessed"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = "“{value}” is listed as {meaning}, because it looks like it."
    advises: ClassVar[str] = "Check what it counts as on the sheet Statuses."

    value: object
    meaning: object

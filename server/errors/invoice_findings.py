"""Findings about invoices and exams."""

from dataclasses import dataclass
from typing import ClassVar, Protocol

from server.errors.finding_facts import FindingFacts, Severity, ValueFinding
from server.errors.remedies import OPEN_INVOICES, OPEN_SETUP, Remedy


class Refusal(Protocol):
    """A refused step, as a finding. Its sentence is the text of the refusal."""

    remedy: str

    @property
    def remedies(self) -> tuple[Remedy, ...]:
        """Return the remedies that are a button."""
        ...

    @property
    def program_remedy(self) -> str:
        """Return what a program can do about it."""
        ...


@dataclass(frozen=True, slots=True)
class StepNotRecorded(FindingFacts):
    code: ClassVar[str] = "step-refused"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "{sentence}"
    advises: ClassVar[str] = "{remedy}"
    advises_programs: ClassVar[str] = "{program_remedy}"

    sentence: object
    remedy: object
    program_remedy: object
    remedies: tuple[Remedy, ...] = ()

    def remedies_under(self, heading: str) -> tuple[Remedy, ...]:  # noqa: ARG002 - those of the refusal
        """Return the remedies of the refusal."""
        return self.remedies

    @classmethod
    def of(cls, refusal: Refusal) -> "StepNotRecorded":
        """Return the finding about a refused step, with the whole refusal as its sentence."""
        return cls(str(refusal), refusal.remedy, refusal.program_remedy, refusal.remedies)


@dataclass(frozen=True, slots=True)
class RowMixedUp(FindingFacts):
    code: ClassVar[str] = "row-mixed-up"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = (
        "The data in this row no longer matches: it was written for invoice {key}, but shows {value}. It may have been "
        "pasted over, or come from another workbook."
    )
    advises: ClassVar[str] = "Undo that, or press Invoice list and type the action again."
    offers: ClassVar[tuple[Remedy, ...]] = (OPEN_INVOICES,)

    key: object
    value: object


@dataclass(frozen=True, slots=True)
class LostDigits(ValueFinding):
    code: ClassVar[str] = "lost-digits"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "{value} has lost digits: Excel keeps only fifteen of a number."
    advises: ClassVar[str] = "Format the cell as text and type it again."


@dataclass(frozen=True, slots=True)
class HeldWithAnother(FindingFacts):
    code: ClassVar[str] = "held-with-another"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = (
        "Row {row} is about the same {what} and is not recorded, so this row is not recorded either."
    )
    advises: ClassVar[str] = "Correct or select row {row}; rows of one {what} are recorded together."
    advises_programs: ClassVar[str] = "Correct step {row}; steps on one {what} are taken together."

    row: object
    what: object


@dataclass(frozen=True, slots=True)
class BouncedElsewhere(FindingFacts):
    code: ClassVar[str] = "bounced-elsewhere"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = "The cheque that bounced is on {invoices}, too."
    advises: ClassVar[str] = "Choose “bounce” for {invoices} as well."

    invoices: object


@dataclass(frozen=True, slots=True)
class ChequeNumberAgain(FindingFacts):
    code: ClassVar[str] = "cheque-number-again"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = "Cheque {cheque} of {payer} is already recorded over {others}."
    advises: ClassVar[str] = (
        "Check that this is a different cheque. If it is the same one, ask a manager to reopen the first entry: all rows of "
        "one cheque must be sent together."
    )

    cheque: object
    payer: object
    others: object


@dataclass(frozen=True, slots=True)
class DayIsUnusual(FindingFacts):
    code: ClassVar[str] = "unusual-day"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = "{heading} is {day}, {why}."
    advises: ClassVar[str] = (
        "Check the day. If it is wrong and recorded, have a manager reopen the invoice, and record the step again."
    )

    day: object
    why: object


@dataclass(frozen=True, slots=True)
class NoActionChosen(FindingFacts):
    code: ClassVar[str] = "no-action-chosen"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = "Something is typed in this row, but no Action is chosen, so it is not sent."
    advises: ClassVar[str] = "Choose an Action, or clear what is typed."


@dataclass(frozen=True, slots=True)
class RowAddedByHand(FindingFacts):
    code: ClassVar[str] = "row-added-by-hand"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = "This row was added by hand, so it may show something else than the books. {now}"
    advises: ClassVar[str] = "{remedy}"

    now: object
    remedy: object


@dataclass(frozen=True, slots=True)
class RowLeft(FindingFacts):
    code: ClassVar[str] = "row-left"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = "You left this row out: it is not recorded, and stays as typed. {why}"
    advises: ClassVar[str] = "Correct the row, or press the button again to record it as it is."

    why: object


@dataclass(frozen=True, slots=True)
class CodeOrExamType(FindingFacts):
    code: ClassVar[str] = "code-or-exam-type"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "A row bills either a code or an exam type, and this one has both or neither."
    advises: ClassVar[str] = "Fill in one of the two cells and leave the other empty."
    advises_programs: ClassVar[str] = "Give either code or exam_type."


@dataclass(frozen=True, slots=True)
class UnknownExamType(FindingFacts):
    code: ClassVar[str] = "unknown-exam-type"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "“{value}” is not an exam type of this clinic.{suggestion}"
    advises: ClassVar[str] = "Add it to the Exam types sheet of the setup, or correct the cell."
    advises_programs: ClassVar[str] = (
        "Correct exam_type. Exam types are saved with the setup workbook of the clinic."
    )
    offers: ClassVar[tuple[Remedy, ...]] = (OPEN_SETUP,)

    value: object
    suggestion: object


@dataclass(frozen=True, slots=True)
class UnknownSubExam(FindingFacts):
    code: ClassVar[str] = "unknown-sub-exam"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "“{value}” is not a sub-exam of “{type}”."
    advises: ClassVar[str] = "Choose from: {choices}, separated by semicolons."
    advises_programs: ClassVar[str] = "Give sub_exams out of: {choices}."

    value: object
    type: object
    choices: object


@dataclass(frozen=True, slots=True)
class NoSubExamChosen(FindingFacts):
    code: ClassVar[str] = "no-sub-exam-chosen"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "“{value}” has sub-exams, and none is chosen, so nothing would be billed."
    advises: ClassVar[str] = "Choose from: {choices}, separated by semicolons."
    advises_programs: ClassVar[str] = "Give sub_exams out of: {choices}."

    value: object
    choices: object


@dataclass(frozen=True, slots=True)
class HasNoSubExams(ValueFinding):
    code: ClassVar[str] = "has-no-sub-exams"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "“{value}” has no sub-exams; all its codes are billed."
    advises: ClassVar[str] = "Leave the cell empty."
    advises_programs: ClassVar[str] = "Leave out sub_exams."


@dataclass(frozen=True, slots=True)
class UnknownCode(ValueFinding):
    code: ClassVar[str] = "unknown-code"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "The code “{value}” has no price."
    advises: ClassVar[str] = "Add it to the Prices sheet of the setup, or correct the cell."
    advises_programs: ClassVar[str] = "Correct code. The prices of the clinic list the codes."
    offers: ClassVar[tuple[Remedy, ...]] = (OPEN_SETUP,)


@dataclass(frozen=True, slots=True)
class NoPrice(FindingFacts):
    code: ClassVar[str] = "no-price"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "There is no price of {billed_code} for {payer} on {day}."
    advises: ClassVar[str] = "Add a row to the Prices sheet of the setup, effective from that day or earlier."
    advises_programs: ClassVar[str] = (
        "Correct code or exam_date. Prices are saved with the setup workbook of the clinic."
    )
    offers: ClassVar[tuple[Remedy, ...]] = (OPEN_SETUP,)

    billed_code: object
    payer: object
    day: object


@dataclass(frozen=True, slots=True)
class BilateralNotAllowed(FindingFacts):
    code: ClassVar[str] = "bilateral-not-allowed"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "{billed_code} cannot be billed for both sides."
    advises: ClassVar[str] = "Type “no”, or change the rule on the Prices sheet."
    advises_programs: ClassVar[str] = "Give bilateral as false."
    offers: ClassVar[tuple[Remedy, ...]] = (OPEN_SETUP,)

    billed_code: object


@dataclass(frozen=True, slots=True)
class UnitsNotWhole(ValueFinding):
    code: ClassVar[str] = "units-not-whole"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "{value} is not a number of units."
    advises: ClassVar[str] = "Type 1, 2, 3 or more, or nothing for 1."
    advises_programs: ClassVar[str] = "Give units as a whole number of at least 1."


@dataclass(frozen=True, slots=True)
class UnitsOfBothSides(FindingFacts):
    code: ClassVar[str] = "units-of-both-sides"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = "{units} units × both sides = {times} × the price."
    advises: ClassVar[str] = (
        "Check the units: type those of one side. If these count both sides, type half as many."
    )

    units: object
    times: object


@dataclass(frozen=True, slots=True)
class ExamInFuture(FindingFacts):
    code: ClassVar[str] = "exam-in-future"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "{day} is in the future. An exam is billed after it has taken place."
    advises: ClassVar[str] = "Correct the date."
    advises_programs: ClassVar[str] = "Correct exam_date."

    day: object


@dataclass(frozen=True, slots=True)
class MissingLetterhead(FindingFacts):
    code: ClassVar[str] = "missing-letterhead"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = "The printed pages lack what is not in the setup yet: {fields}."
    advises: ClassVar[str] = (
        "Press Open setup, fill it in on the sheet Clinic, press Save setup, and print again."
    )
    offers: ClassVar[tuple[Remedy, ...]] = (OPEN_SETUP,)

    fields: object


@dataclass(frozen=True, slots=True)
class LettersNotPrintable(FindingFacts):
    code: ClassVar[str] = "letters-not-printable"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "The fonts of printed papers may lack a letter of {invoices}: it prints as an empty box."
    )
    advises: ClassVar[str] = "Look at the file before you send it."

    invoices: object


@dataclass(frozen=True, slots=True)
class CaseDiffers(FindingFacts):
    code: ClassVar[str] = "case-differs"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "“{value}” differs from “{other}” in row {first} of the same case."
    advises: ClassVar[str] = "Correct one of the two rows: a case is one injury with one claim number."
    advises_programs: ClassVar[str] = (
        "Give both exams of the case the same date of injury and claim number: a case is one injury."
    )

    value: object
    other: object
    first: object


@dataclass(frozen=True, slots=True)
class ExamDiffers(FindingFacts):
    code: ClassVar[str] = "exam-differs"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "“{value}” differs from “{other}” in row {first} of the same exam."
    advises: ClassVar[str] = "Correct one of the two rows: an exam becomes one invoice."
    advises_programs: ClassVar[str] = (
        "Give both lines of the exam the same payer and attorney: an exam becomes one invoice."
    )

    value: object
    other: object
    first: object


@dataclass(frozen=True, slots=True)
class CodeTwice(FindingFacts):
    code: ClassVar[str] = "code-twice"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "{billed_code} is already billed in row {first} of the same exam."
    advises: ClassVar[str] = (
        "Type the units in one row, “yes” under Bilateral for both sides, or remove a row."
    )
    advises_programs: ClassVar[str] = "Give the units in one line, or bilateral for both sides."

    billed_code: object
    first: object


@dataclass(frozen=True, slots=True)
class ExamBilledAlready(FindingFacts):
    code: ClassVar[str] = "exam-billed-already"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "This exam is already billed: {invoices}."
    advises: ClassVar[str] = (
        "Clear the row. To bill it again, press the button again and answer “Bill again” with {invoices}."
    )
    advises_programs: ClassVar[str] = "Leave out the exam. To bill it once more, name {invoices} in again."

    invoices: object


@dataclass(frozen=True, slots=True)
class ExamBilledInPart(FindingFacts):
    code: ClassVar[str] = "exam-billed-in-part"
    severity: ClassVar[Severity] = Severity.REVIEW
    says: ClassVar[str] = (
        "Other codes of this exam are already billed: {invoices}. These codes get a separate invoice."
    )
    advises: ClassVar[str] = "Check that this exam should have another invoice."
    advises_programs: ClassVar[str] = "Check that this exam should have another invoice."

    invoices: object


@dataclass(frozen=True, slots=True)
class ResultOfAnotherExam(FindingFacts):
    code: ClassVar[str] = "result-of-another-exam"
    severity: ClassVar[Severity] = Severity.BLOCKER
    says: ClassVar[str] = "{invoice} bills a different exam, or other codes, than this row."
    advises: ClassVar[str] = "To bill this row, clear its Result. If it is already billed, correct the row."

    invoice: object

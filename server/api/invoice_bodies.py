"""What is sent to the invoices' addresses: every part declared, so a misspelt one is refused and not ignored.

Days are ISO text and nothing else, amounts whole cents and nothing else: a number that could be either
a day or an instant, or a price that could be dollars, would be taken for the wrong one.
"""

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from server.billing.invoices.exams import Exam
from server.billing.invoices.invoice import Action, ActionRequest, ChequeException, State
from server.billing.invoices.step_inputs import MOST_CENTS
from server.billing.money import THOUSAND
from server.billing.names import fold
from server.billing.people import Role

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

MOST_EXAMS, MOST_LINES, MOST_LISTED, MOST_STEPS = 1_000, 200, 1_000, 1_000

LONGEST_NAME, LONGEST_NOTE = 200, 32_767
"""Characters; a note is at most what a cell of Excel holds."""


def _iso(value: object) -> object:
    """Refuse what pydantic would take for a day besides ISO text: numbers, and text with a time."""
    if not (isinstance(value, str) and _ISO_DAY.fullmatch(value)):
        message = "a day is written 2026-10-31"
        raise ValueError(message)
    return value


def _printed(text: str) -> str:
    """Refuse control characters but tabs and line breaks: SQLite ends a text at a NUL, and no cell holds one."""
    if _CONTROL.search(text):
        message = "a text has no control characters"
        raise ValueError(message)
    return text


def _spaced(text: str) -> str:
    return " ".join(_printed(text).split())


def _readable(text: str) -> str:
    """Refuse a name that could not be told from another: it has neither letters nor digits."""
    if not fold(text):
        message = "a name has letters or digits"
        raise ValueError(message)
    return text


Day = Annotated[date, BeforeValidator(_iso), Field(ge=date(2000, 1, 1), lt=date(2100, 1, 1))]
Cents = Annotated[int, Field(strict=True, ge=-MOST_CENTS, le=MOST_CENTS)]
Name = Annotated[str, Field(max_length=LONGEST_NAME), AfterValidator(_spaced)]
Needed = Annotated[Name, AfterValidator(_readable)]
Note = Annotated[str, Field(max_length=LONGEST_NOTE), AfterValidator(_printed)]
Units = Annotated[int, Field(strict=True, ge=1, le=10_000)]


class Body(BaseModel):
    """What is sent: nothing undeclared, blanks around a text not counted."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Recording(Body):
    """Something to be recorded once. The same id again gets the answer of the first time."""

    request_id: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME), AfterValidator(_printed)]


class LineBody(Body):
    """What is billed: an exam type (with the sub-exams chosen, if it has some) or a code. The clinic's prices say how much."""

    exam_type: Name = ""
    sub_exams: Annotated[tuple[Name, ...], Field(max_length=MOST_LINES)] = ()
    code: Name = ""
    units: Units = 1
    bilateral: Annotated[bool, Field(strict=True)] = False


class ExamBody(LineBody):
    """One exam, or one of several lines of it: they share day, patient, case, physician and facility."""

    exam_date: Day
    patient: Needed
    case: Needed
    physician: Name = ""
    facility: Name = ""
    payer: Name = ""
    attorney: Name = ""
    note: Note = ""


def as_exam(place: int, body: ExamBody) -> Exam:
    """Return an exam as the rules take it; ``place`` counts from 1, and findings name it as their row."""
    told = body.model_dump(exclude={"units"})
    return Exam("exams", place, units_thousandths=body.units * THOUSAND, **told)


def as_line(place: int, body: LineBody) -> Exam:
    """Return a line as the rules take it: an exam of no day and patient yet, which its invoice gives it."""
    given = body.model_dump(exclude={"units"})
    return Exam("exams", place, date.min, "", "", units_thousandths=body.units * THOUSAND, **given)


class InvoicesBody(Recording):
    """Exams about to become invoices: all of them, or none.

    ``again`` names invoices whose exams are to be billed a second time.
    """

    exams: Annotated[list[ExamBody], Field(min_length=1, max_length=MOST_EXAMS)]
    again: Annotated[list[Name], Field(max_length=MOST_EXAMS)] = []


class SettleBody(Recording):
    """A case to be settled: all its received cheques cleared on ``day``. ``case`` is "" where it has no name."""

    patient: Needed
    case: Name
    day: Day


class Filter(Body):
    """Which invoices to list. Nothing said of something means any; days are those of creation.

    ``bucket`` is an age in days, such as 31-60, or its risk, such as High. Names of patients and cases
    are not asked here: they would stand in addresses, and so in logs.
    """

    state: list[State] = []
    bucket: Name = ""
    payer: Name = ""
    attorney: Name = ""
    facility: Name = ""
    physician: Name = ""
    since: Day | None = Field(None, alias="from")
    until: Day | None = Field(None, alias="to")
    limit: Annotated[int, Field(ge=1, le=MOST_LISTED)] = 100
    after: Name = ""


class StepInputs(Body):
    """One action on one invoice, with the inputs its row of the machine's table needs and takes.

    ``version`` is the invoice's as it was last seen: if it has moved on meanwhile, nothing is done.
    ``cheque_cents`` is the whole cheque where it pays more than this invoice; ``lines`` are for ``edit lines``.
    """

    action: Action
    version: Annotated[int, Field(strict=True, ge=1)] | None = None
    day: Day | None = None
    amount_cents: Cents | None = None
    cheque_number: Name = ""
    cheque_date: Day | None = None
    received_date: Day | None = None
    paying_party: Name = ""
    exception: ChequeException | None = None
    note: Note = ""
    document: Annotated[str, Field(pattern="^([0-9a-f]{64})?$")] = ""
    due_date: Day | None = None
    cheque_cents: Cents | None = None
    unapplied_cents: Cents = 0
    lines: Annotated[tuple[LineBody, ...], Field(max_length=MOST_LINES)] = ()

    def request(self, number: str, role: Role) -> ActionRequest:
        """Return what somebody of a role asks of an invoice."""
        inputs = self.model_dump(include=_INPUTS)
        return ActionRequest(number, role=role, **inputs)


_INPUTS = set(StepInputs.model_fields) - {"version", "lines"}
"""What of a step goes to the rules as it was sent."""


class StepBody(StepInputs, Recording):
    """One action on the invoice of the address."""


class OneOfSteps(StepInputs):
    """One action on the invoice it names."""

    number: Needed


class StepsBody(Recording):
    """Steps decided together, each on its invoice as those before it leave it: all are recorded, or none.

    With ``apply`` the good ones are recorded without the others; those about one invoice or one cheque stay together.
    Steps that record a cheque of one paying party and number are one cheque over several invoices.
    """

    steps: Annotated[list[OneOfSteps], Field(min_length=1, max_length=MOST_STEPS)]
    apply: Literal["good-rows"] | None = None

"""Request bodies of the invoice routes. Every field is declared, so a misspelled one is refused and not ignored.

Days are only ISO text and amounts only whole cents. A number that could be a day or an instant, or a price
that could be dollars, might be misread.
"""

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from server.api.row_ids import RowId
from server.billing.invoices.exams import Exam
from server.billing.invoices.invoice import Action, ActionRequest, ChequeException
from server.billing.invoices.step_inputs import MOST_CENTS
from server.billing.money import THOUSAND
from server.billing.names import fold
from server.billing.people import Role

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_ISO_DAY = re.compile(r"20\d\d-\d\d-\d\d", re.ASCII)

MOST_EXAMS, MOST_LINES, MOST_STEPS = 1_000, 200, 1_000

LONGEST_NAME, LONGEST_NOTE = 200, 32_767
"""The most characters of a name and of a note. A note fits in a cell of Excel."""


def _require_iso_day(value: object) -> object:
    """Return the value if it is an ISO day; raises ValueError for numbers and text with a time, which pydantic accepts."""
    if not (isinstance(value, str) and _ISO_DAY.fullmatch(value)):
        message = "write a day as 2026-10-31, between 2000 and 2099"
        raise ValueError(message)
    return value


def _refuse_control_characters(text: str) -> str:
    """Return the text; raises ValueError for control characters other than tabs and line breaks, which no cell can hold."""
    if _CONTROL.search(text):
        message = "leave out control characters"
        raise ValueError(message)
    return text


def _single_spaced(text: str) -> str:
    return " ".join(_refuse_control_characters(text).split())


def _require_letters_or_digits(text: str) -> str:
    """Return the name; raises ValueError if it has no letters or digits, because such names all fold alike."""
    if not fold(text):
        message = "give a name with letters or digits"
        raise ValueError(message)
    return text


_NO_CONTROL = {"pattern": r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$"}
_LETTER_OR_DIGIT = {"allOf": [{"pattern": r"[\p{L}\p{N}]"}]}
_NOT_BLANK = {"allOf": [{"pattern": r"\S"}]}
"""What the validators above ask, as JSON Schema says it."""

Day = Annotated[
    date,
    BeforeValidator(_require_iso_day),
    WithJsonSchema({"type": "string", "format": "date", "pattern": "^20[0-9]{2}-[0-9]{2}-[0-9]{2}$"}),
]
Cents = Annotated[int, Field(strict=True, ge=-MOST_CENTS, le=MOST_CENTS)]
Name = Annotated[
    str, Field(max_length=LONGEST_NAME, json_schema_extra=_NO_CONTROL), AfterValidator(_single_spaced)
]
Needed = Annotated[
    str,
    Field(max_length=LONGEST_NAME, json_schema_extra={**_NO_CONTROL, **_LETTER_OR_DIGIT}),
    AfterValidator(_single_spaced),
    AfterValidator(_require_letters_or_digits),
]
Note = Annotated[
    str,
    Field(max_length=LONGEST_NOTE, json_schema_extra=_NO_CONTROL),
    AfterValidator(_refuse_control_characters),
]
Version = Annotated[int, Field(strict=True, ge=1, lt=2**53)]
Units = Annotated[int, Field(strict=True, ge=1, le=10_000)]


class Body(BaseModel):
    """A request body: undeclared fields are refused, and spaces around a text are dropped."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Recording(Body):
    """A request that is recorded once. The same request id again gets the first answer."""

    request_id: Annotated[
        str,
        Field(min_length=1, max_length=LONGEST_NAME, json_schema_extra={**_NO_CONTROL, **_NOT_BLANK}),
        AfterValidator(_refuse_control_characters),
    ]


class LineBody(Body):
    """What is billed: an exam type (with the chosen sub-exams, if it has any) or a code, at the clinic's prices."""

    exam_type: Name = ""
    sub_exams: Annotated[tuple[Name, ...], Field(max_length=MOST_LINES)] = ()
    code: Name = ""
    units: Units = 1
    bilateral: Annotated[bool, Field(strict=True)] = False


class ExamBody(LineBody):
    """One exam, or one line of an exam with several. Its lines share day, patient, case, physician and facility."""

    exam_date: Day
    patient: Needed
    case: Needed
    physician: Name = ""
    facility: Name = ""
    payer: Name = ""
    attorney: Name = ""
    injured_on: Day | None = None
    claim_number: Name = ""
    note: Note = ""


def as_exam(place: int, body: ExamBody) -> Exam:
    """Return an exam for the rules. ``place`` counts from 1, and findings name it as their row."""
    fields = body.model_dump(exclude={"units"})
    return Exam("exams", place, units_thousandths=body.units * THOUSAND, **fields)


def as_line(place: int, body: LineBody) -> Exam:
    """Return a line for the rules: an exam without day and patient, which come from its invoice."""
    given = body.model_dump(exclude={"units"})
    return Exam("exams", place, date.min, "", "", units_thousandths=body.units * THOUSAND, **given)


class InvoicesBody(Recording):
    """Exams to make into invoices: all of them, or none.

    ``again`` has the numbers of invoices whose exams are billed a second time.
    """

    exams: Annotated[list[ExamBody], Field(min_length=1, max_length=MOST_EXAMS)]
    again: Annotated[list[Name], Field(max_length=MOST_EXAMS)] = []


class SeenInvoice(Body):
    """An invoice as a person was shown it: any step since makes it another version."""

    number: Needed
    version: Version


class SettleBody(Recording):
    """A case to settle: all its received cheques are cleared on ``day``. ``case`` is "" if it has no name.

    ``versions`` has the invoices to clear, with their versions when they were last seen. If others can be
    cleared by now, or one has changed since, nothing is done. Without it, whatever can be cleared is cleared.
    """

    patient: Needed
    case: Name
    day: Day
    versions: Annotated[list[SeenInvoice], Field(max_length=MOST_STEPS)] | None = None


class StatusAnswerBody(Recording):
    """The attorneys' requests for the status of cases that were answered, by their numbers."""

    status_requests: Annotated[list[RowId], Field(min_length=1, max_length=MOST_STEPS)]


class StepInputs(Body):
    """One action on one invoice, with the inputs that its row of the state table needs and takes.

    ``version`` is the invoice's version when it was last seen; if it has changed since, nothing is done.
    ``cheque_cents`` is the whole cheque if it pays more than this invoice; what no step takes of it is unapplied
    credit. ``credit_invoice`` names the invoice that holds the credit to apply. ``lines`` are for ``edit lines``.
    """

    action: Action
    version: Version | None = None
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
    credit_invoice: Name = ""
    lines: Annotated[tuple[LineBody, ...], Field(max_length=MOST_LINES)] = ()

    def request(self, number: str, role: Role) -> ActionRequest:
        """Return the action as a person with this role requests it."""
        inputs = self.model_dump(include=_INPUTS)
        return ActionRequest(number, role=role, **inputs)


_INPUTS = set(StepInputs.model_fields) - {"version", "lines"}
"""The fields of a step that go to the rules unchanged."""


class StepBody(StepInputs, Recording):
    """One action on the invoice in the URL."""


class OneOfSteps(StepInputs):
    """One action on the invoice that it names."""

    number: Needed


class StepsBody(Recording):
    """Steps decided together, each on its invoice as the steps before it leave it: all are recorded, or none.

    With ``apply``, valid steps are recorded without the others; steps on one invoice or one cheque stay together.
    Steps that record a cheque with the same paying party and number are one cheque over several invoices.
    """

    steps: Annotated[list[OneOfSteps], Field(min_length=1, max_length=MOST_STEPS)]
    apply: Literal["good-rows"] | None = None

"""What is sent to the invoices' addresses: every part declared, so a misspelt one is refused and not ignored.

Days are ISO text and nothing else, amounts whole cents and nothing else: a number that could be either
a day or an instant, or a price that could be dollars, would be taken for the wrong one.
"""

import re
from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from server.billing.invoicing.inputs import MOST_CENTS
from server.billing.invoicing.values import Action, ActionRequest, ChequeException
from server.ribbon.desk import ROLE

_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

LONGEST_NAME, LONGEST_NOTE = 200, 32_767
"""Characters; a note is at most what a cell of Excel holds."""


def _iso(value: object) -> object:
    """Refuse what pydantic would take for a day besides ISO text: numbers, and text with a time."""
    if isinstance(value, str) and not _ISO_DAY.fullmatch(value):
        message = "a day is written 2026-10-31"
        raise ValueError(message)
    return value if isinstance(value, str | date) else str(value)


Day = Annotated[date, BeforeValidator(_iso), Field(ge=date(2000, 1, 1), lt=date(2100, 1, 1))]
Cents = Annotated[int, Field(strict=True, ge=-MOST_CENTS, le=MOST_CENTS)]
Name = Annotated[str, Field(max_length=LONGEST_NAME)]
Note = Annotated[str, Field(max_length=LONGEST_NOTE)]


class Body(BaseModel):
    """What is sent: nothing undeclared, blanks around a text not counted."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Recording(Body):
    """Something to be recorded once. The same id again gets the answer of the first time."""

    request_id: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]


class StepBody(Recording):
    """One action on one invoice, with the inputs its row of the machine's table needs and takes.

    ``version`` is the invoice's as it was last seen: if it has moved on meanwhile, nothing is done.
    ``cheque_cents`` is the whole cheque where it pays more than this invoice.
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

    def request(self, number: str) -> ActionRequest:
        """Return what is asked of an invoice."""
        inputs = self.model_dump(exclude={"request_id", "version"})
        return ActionRequest(number, role=ROLE, **inputs)

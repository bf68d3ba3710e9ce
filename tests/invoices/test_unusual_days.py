"""Days that are possible and hardly meant."""

from datetime import date, timedelta
from typing import Any

import pytest

from server.billing.invoices.invoice import Action, ActionRequest, Field
from server.billing.invoices.step_decisions import decide_step
from server.billing.invoices.unusual_days import unusual_days
from server.billing.people import Role
from tests.invoices.invented import AGREE, CHEQUE, MONDAY, TODAY, an_invoice

EARLIER, LATER = MONDAY - timedelta(1), MONDAY + timedelta(1)
FULL = CHEQUE | {"amount_cents": 80_000}


@pytest.mark.parametrize(
    ("history", "action", "inputs", "odd"),
    [
        ("created", Action.SEND, {"day": EARLIER}, {Field.DAY: "before the exam of 10/05/2026"}),
        ("created", Action.SEND, {"day": MONDAY}, {}),
        ("sent", Action.AGREE, AGREE[1] | {"day": EARLIER}, {Field.DAY: "before the exam of 10/05/2026"}),
        ("agreed", Action.RECORD_CHEQUE, FULL, {}),
        (
            "agreed",
            Action.RECORD_CHEQUE,
            FULL | {"cheque_date": date(2206, 10, 5)},
            {Field.CHEQUE_DATE: "more than 180 days after the cheque was received on 10/05/2026"},
        ),
        ("agreed", Action.RECORD_CHEQUE, FULL | {"cheque_date": MONDAY + timedelta(180)}, {}),
        ("received", Action.CLEAR, {"day": LATER}, {}),
    ],
)
def test_a_day_that_is_hardly_meant_is_named_with_its_reason(
    history: str, action: Action, inputs: dict[str, Any], odd: dict[Field, str]
) -> None:
    invoice = an_invoice(history)
    step = decide_step(invoice, ActionRequest(invoice.number, action, Role.MANAGER, **inputs), TODAY)
    assert {one.field: one.why for one in unusual_days(step, invoice)} == odd

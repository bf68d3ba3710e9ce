"""Days that are possible and hardly meant."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from server.billing.invoices.invoice import Action, ActionRequest, Field, Invoice
from server.billing.invoices.projection import apply_step
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


NEXT_YEAR = MONDAY + timedelta(500)
"""A today so late that a cheque can be received long after the exam and its own date."""

ANY_DAY = st.dates(MONDAY - timedelta(3), MONDAY + timedelta(3)) | st.dates(date(2001, 1, 1), NEXT_YEAR)
ANSWERS = st.sampled_from([Action.RECORD_OFFER, Action.COUNTER_OFFER, Action.AGREE, Action.DENY])


@given(sent=ANY_DAY, answer=ANSWERS, answered=ANY_DAY)
@example(sent=LATER, answer=Action.AGREE, answered=MONDAY)
def test_an_answer_before_the_exam_or_the_invoice_is_unusual(
    sent: date, answer: Action, answered: date
) -> None:
    invoice = next_year(an_invoice(), Action.SEND, day=sent)
    remarks = remarks_on(invoice, answer, **AGREE[1] | {"day": answered})
    if answered < MONDAY:
        assert remarks == {Field.DAY: "before the exam"}
    else:
        assert remarks == ({Field.DAY: "before the invoice was sent"} if answered < sent else {})


@given(agreed=ANY_DAY, received=ANY_DAY, dated=ANY_DAY | st.dates(MONDAY, date(2300, 1, 1)))
@example(agreed=LATER, received=MONDAY, dated=MONDAY)
@example(agreed=MONDAY, received=TODAY, dated=TODAY + timedelta(181))
@example(agreed=MONDAY, received=TODAY, dated=TODAY + timedelta(180))
@example(agreed=MONDAY, received=NEXT_YEAR, dated=NEXT_YEAR - timedelta(181))
@example(agreed=MONDAY, received=NEXT_YEAR, dated=NEXT_YEAR - timedelta(180))
def test_a_cheque_before_the_exam_or_the_agreement_or_long_dated_is_unusual(
    agreed: date, received: date, dated: date
) -> None:
    """Long dated to either side: a cheque of last year is as unusual as one of next year."""
    invoice = next_year(an_invoice("sent"), Action.AGREE, **AGREE[1] | {"day": agreed})
    expected = {}
    if received < MONDAY:
        expected[Field.RECEIVED_DATE] = "before the exam"
    elif received < agreed:
        expected[Field.RECEIVED_DATE] = "before the amount was agreed"
    if dated < MONDAY:
        expected[Field.CHEQUE_DATE] = "before the exam"
    elif abs((dated - received).days) > 180:
        side = "after" if dated > received else "before"
        expected[Field.CHEQUE_DATE] = f"more than 180 days {side} the cheque was received"
    cheque = FULL | {"received_date": received, "cheque_date": dated}
    assert remarks_on(invoice, Action.RECORD_CHEQUE, **cheque) == expected


def next_year(invoice: Invoice, action: Action, **inputs: Any) -> Invoice:  # noqa: ANN401
    request = ActionRequest(invoice.number, action, Role.MANAGER, **inputs)
    return apply_step(invoice, decide_step(invoice, request, NEXT_YEAR))


def remarks_on(invoice: Invoice, action: Action, **inputs: Any) -> dict[Field, str]:  # noqa: ANN401
    """Return the remarks on a step, as the sheet gets them: of the invoice after it, without the day that they name."""
    step = decide_step(invoice, ActionRequest(invoice.number, action, Role.MANAGER, **inputs), NEXT_YEAR)
    found = unusual_days(step, apply_step(invoice, step))
    assert all(one.day == getattr(step.request, one.field.attribute) for one in found)
    return {one.field: re.sub(r" (of|on) \S+$", "", one.why) for one in found}

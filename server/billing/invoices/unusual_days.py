"""Days of steps that are possible and hardly meant: they are recorded, and remarked on (rule: invoices#unusual-days)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from server.billing.days import us
from server.billing.invoices.invoice import Action, Field, Invoice, Step

LONGEST_BETWEEN = timedelta(days=180)
"""Banks refuse a cheque that is older, and hardly anybody dates one further ahead."""

_AFTER_SENDING = (Action.RECORD_OFFER, Action.COUNTER_OFFER, Action.AGREE, Action.DENY)


@dataclass(frozen=True, slots=True)
class UnusualDay:
    """A day of a step, the input that it was given as, and why it is unusual, as part of a sentence."""

    field: Field
    day: date
    why: str


def unusual_days(step: Step, invoice: Invoice) -> list[UnusualDay]:
    """Return the unusual days of a step of an invoice, at most one for each input."""
    found: dict[Field, UnusualDay] = {}
    for one in _all_unusual(step, invoice):
        found.setdefault(one.field, one)
    return list(found.values())


def _all_unusual(step: Step, invoice: Invoice) -> Iterator[UnusualDay]:
    request, exam = step.request, invoice.facts.exam_date
    for field in (Field.DAY, Field.CHEQUE_DATE, Field.RECEIVED_DATE):
        day = getattr(request, field.attribute)
        if day and day < exam:
            yield UnusualDay(field, day, f"before the exam of {us(exam)}")
    sent, agreed = invoice.sent_on, invoice.agreed_on
    if step.action in _AFTER_SENDING and request.day and sent and request.day < sent:
        yield UnusualDay(Field.DAY, request.day, f"before the invoice was sent on {us(sent)}")
    received, cheque = request.received_date, request.cheque_date
    if received and agreed and received < agreed:
        yield UnusualDay(Field.RECEIVED_DATE, received, f"before the amount was agreed on {us(agreed)}")
    if received and cheque and abs(cheque - received) > LONGEST_BETWEEN:
        side = "after" if cheque > received else "before"
        yield UnusualDay(
            Field.CHEQUE_DATE,
            cheque,
            f"more than {LONGEST_BETWEEN.days} days {side} the cheque was received on {us(received)}",
        )

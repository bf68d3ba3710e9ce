"""Invented exams about to become invoices, and the way staff drive them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from server.billing.invoices.exams import Draft, Exam
from server.billing.invoices.invoice import Action, ActionRequest, Invoice, InvoiceLine
from server.billing.invoices.new_invoices import begin_invoices
from server.billing.invoices.step_batches import Asked
from server.billing.people import Role
from server.ledger.clinic_books import ClinicBooks
from server.ledger.clinic_store import ClinicStore
from server.operations.steps import decide_steps

TODAY = date(2026, 11, 2)
"""The day of the tests' clock."""


def a_draft(
    patient: str = "Patient One",
    *,
    case: str = "Case A",
    cents: int = 100_00,
    payer: str = "Acme Invented Insurance",
    attorney: str = "Attorney Invented",
    facility: str = "North",
    physician: str = "Dr. Invented",
) -> Draft:
    exam = Exam(
        "Exams", 2, TODAY, patient, case, physician, facility, code="EX-101", payer=payer, attorney=attorney
    )
    return Draft((exam,), (InvoiceLine("EX-101", "Invented exam", 1, cents, 1_000, cents),))


def take(
    lakeside: ClinicStore,
    action: Action,
    numbers: Sequence[str],
    *,
    request_id: str = "click",
    **inputs: Any,  # noqa: ANN401 - as the fields of ActionRequest are
) -> list[Invoice]:
    """Take one action with some invoices, as a manager's sheet would: all of them or none."""
    inputs = {"role": Role.MANAGER} | inputs
    with lakeside.transaction() as books:
        asked = [Asked(row, ActionRequest(number, action, **inputs)) for row, number in enumerate(numbers, 2)]
        batch = decide_steps(books, asked, TODAY)
        for refusal in batch.refused.values():
            raise refusal
        return books.invoices.record(batch.steps, request_id, "ana")


AGREED: Mapping[str, Any] = {"amount_cents": 80_00, "day": TODAY, "note": "by phone"}


def a_cheque(cents: int, number: str = "77-1", payer: str = "Acme Invented Insurance") -> dict[str, Any]:
    return {
        "amount_cents": cents,
        "cheque_number": number,
        "cheque_date": TODAY,
        "received_date": TODAY,
        "paying_party": payer,
        "note": "in the folder",
    }


def enter(books: ClinicBooks, drafts: Sequence[Draft], request_id: str = "click") -> list[str]:
    """Make drafts invoices of the day the books are at; return their numbers."""
    today = books._now().astimezone().date()  # noqa: SLF001
    return books.invoices.create(begin_invoices(drafts, books.invoices.count(), today), request_id, "ana")


def created(lakeside: ClinicStore, *drafts: Draft) -> list[str]:
    with lakeside.transaction() as books:
        return enter(books, drafts or (a_draft(),))


def await_cheque(lakeside: ClinicStore, *drafts: Draft) -> list[str]:
    """Bring invoices, each of $100.00, to where they wait for a cheque of $80.00."""
    numbers = created(lakeside, *drafts)
    take(lakeside, Action.SEND, numbers, day=TODAY)
    take(lakeside, Action.AGREE, numbers, **AGREED)
    return numbers

"""Turns a priced exam into an invoice: its number, its facts, and the step that bills it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from server.billing.invoices.exams import Draft
from server.billing.invoices.invoice import Action, ActionRequest, Invoice, InvoiceFacts, Step
from server.billing.invoices.step_decisions import decide_step


@dataclass(frozen=True, slots=True)
class NewInvoice:
    """An invoice before its first step, and that step, which bills it."""

    unbilled: Invoice
    first_step: Step


def begin_invoices(drafts: Sequence[Draft], existing: int, today: date) -> list[NewInvoice]:
    """Return a new invoice, created today, for each draft, in order. Numbers follow the ``existing`` ones."""
    return [_begin_invoice(draft, place, today) for place, draft in enumerate(drafts, existing + 1)]


def _begin_invoice(draft: Draft, place: int, today: date) -> NewInvoice:
    first = draft.exams[0]
    facts = InvoiceFacts(
        number=f"INV-{place:06d}",
        case=first.case,
        patient=first.patient,
        exam_date=first.exam_date,
        created=today,
        payer=draft.payer,
        attorney=draft.attorney,
        facility=first.facility,
        physician=first.physician,
    )
    note = "; ".join(dict.fromkeys(exam.note for exam in draft.exams if exam.note))
    request = ActionRequest(facts.number, Action.CREATE, lines=draft.lines, note=note)
    invoice = Invoice(facts)
    return NewInvoice(invoice, decide_step(invoice, request, today))

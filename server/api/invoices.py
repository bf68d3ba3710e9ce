"""The routes of invoices. Names of patients and cases are in bodies and answers, never in a URL."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response

from server import errors
from server.api.invoice_bodies import Filter, InvoicesBody, as_exam
from server.api.invoice_resources import InvoiceDetail, InvoiceOut, InvoicePage, InvoicesCreated
from server.api.problems import refusals
from server.api.sessions import OfClinic
from server.billing.invoices import aging_buckets
from server.errors import BadRequest
from server.ledger.invoices.invoice_records import Days, InvoiceFilter, in_both
from server.operations import invoices
from server.operations.session import Session

router = APIRouter(prefix="/clinics/{clinic}/invoices")

CLINIC = (errors.BadRequest, errors.UnknownClinic)
"""The refusals of every route of a clinic."""

ONE = (errors.UnknownInvoice, *CLINIC)
PRICED = (errors.NoPrices, errors.ExamsUnusable)
ONCE = (errors.RequestIdReused, errors.AnswerExpired, errors.TooLarge, *CLINIC)


@router.get("", responses=refusals(*ONE))
def list_invoices(sessions: OfClinic, asked: Annotated[Filter, Query()]) -> InvoicePage:
    """List invoices in the order of their numbers, one page at a time."""
    with sessions.viewing() as session:
        invoice_filter = InvoiceFilter(
            states=asked.state,
            payer=asked.payer,
            attorney=asked.attorney,
            facility=asked.facility,
            physician=asked.physician,
            created=_days_of_filter(asked, session.today),
        )
        page, has_more = invoices.list_invoices(session, invoice_filter, asked.after, asked.limit)
    return InvoicePage(
        invoices=[InvoiceOut.of(invoice) for invoice in page],
        next=page[-1].number if has_more else None,
    )


@router.get("/{number}", responses=refusals(*ONE))
def show_invoice(number: str, sessions: OfClinic) -> InvoiceDetail:
    """Return an invoice with its lines, offers, cheques, and the actions open to it now."""
    with sessions.viewing() as session:
        return InvoiceDetail.of(invoices.show_invoice(session, number))


@router.post("", response_model=InvoicesCreated, responses=refusals(*PRICED, *ONCE))
def create_invoices(body: InvoicesBody, sessions: OfClinic) -> Response:
    """Create an invoice for each exam: for all of them, or none. Safe to send again with the same request id."""
    return sessions.answer_once(
        ("invoices.create", ""), body, lambda session: _create_invoices(session, body)
    )


def _days_of_filter(asked: Filter, today: date) -> Days:
    """Return the days of creation to list, within those of the bucket if one is named."""
    if not asked.bucket:
        return asked.since, asked.until
    bucket = aging_buckets.bucket_named(asked.bucket)
    if bucket is None:
        known = ", ".join(f"{one.name} ({one.risk})" for one in aging_buckets.BUCKETS)
        raise BadRequest(f"There is no such bucket. The buckets are: {known}.")
    return in_both(bucket.creation_days(today), (asked.since, asked.until))


def _create_invoices(session: Session, body: InvoicesBody) -> InvoicesCreated:
    exams = [as_exam(place, exam) for place, exam in enumerate(body.exams, 1)]
    done = invoices.create_invoices(session, exams, again=set(body.again))
    invoices.refuse_blocked(done.exams.findings)
    return InvoicesCreated(invoices=[InvoiceOut.of(invoice) for invoice in done.invoices])

"""The addresses of invoices. Names of patients and cases are in bodies and answers, never in an address."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response

from server import errors
from server.api.access_log import seen
from server.api.idempotency import once
from server.api.invoice_bodies import Filter, InvoicesBody, as_exam
from server.api.invoice_resources import InvoiceDetail, InvoiceOut, InvoicePage, InvoicesCreated
from server.api.pricing import price_list, refuse_blocked
from server.api.problems import refusals
from server.api.routes import OpenLedger
from server.billing.invoices import aging_buckets
from server.billing.invoices.billable_exams import sort_out
from server.billing.invoices.exams import drafts
from server.billing.invoices.new_invoices import begin_invoices
from server.errors import BadRequest, counted
from server.ledger.clinic_books import ClinicBooks
from server.ledger.invoices.invoice_records import Days, Wanted, in_both
from server.ribbon.context import ACTOR

router = APIRouter(prefix="/clinics/{clinic}/invoices")

CLINIC = (errors.BadRequest, errors.UnknownClinic)
"""What every address of a clinic can be refused with."""

ONE = (errors.UnknownInvoice, *CLINIC)
PRICED = (errors.NoPrices, errors.ExamsUnusable)
ONCE = (errors.RequestIdReused, errors.AnswerExpired, errors.TooLarge, *CLINIC)


@router.get("", responses=refusals(*ONE))
def list_invoices(clinic: str, ledger: OpenLedger, asked: Annotated[Filter, Query()]) -> InvoicePage:
    """List invoices in the order of their numbers, a page at a time."""
    wanted = Wanted(
        states=asked.state,
        payer=asked.payer,
        attorney=asked.attorney,
        facility=asked.facility,
        physician=asked.physician,
        created=_days(asked, ledger.today()),
    )
    with ledger.clinic(clinic).reading() as books:
        found = books.invoices.find(wanted, asked.after, asked.limit + 1)
    page = found[: asked.limit]
    seen(ledger, clinic, "list invoices", counted(len(page), "invoice"))
    return InvoicePage(
        invoices=[InvoiceOut.of(invoice) for invoice in page],
        next=page[-1].number if len(found) > len(page) else None,
    )


@router.get("/{number}", responses=refusals(*ONE))
def show_invoice(clinic: str, number: str, ledger: OpenLedger) -> InvoiceDetail:
    """Return an invoice with its lines, offers, cheques, and what can be done to it now."""
    with ledger.clinic(clinic).reading() as books:
        invoice = books.invoices.get(number)
    seen(ledger, clinic, "show invoice", invoice.number)
    return InvoiceDetail.of(invoice)


@router.post("", response_model=InvoicesCreated, responses=refusals(*PRICED, *ONCE))
def create_invoices(clinic: str, body: InvoicesBody, ledger: OpenLedger) -> Response:
    """Make an invoice of each exam, of all of them or of none. Safe to send again with the same request id."""
    with ledger.clinic(clinic).transaction() as books:
        return once(books, "invoices.create", "", body, lambda: _billed(books, body, ledger.today()))


def _days(asked: Filter, today: date) -> Days:
    """Return the days of creation asked for, within those of the bucket if one is named."""
    if not asked.bucket:
        return asked.since, asked.until
    bucket = aging_buckets.named(asked.bucket)
    if bucket is None:
        known = ", ".join(f"{one.name} ({one.risk})" for one in aging_buckets.BUCKETS)
        raise BadRequest(f"There is no such bucket. The buckets are: {known}.")
    return in_both(bucket.created(today), (asked.since, asked.until))


def _billed(books: ClinicBooks, body: InvoicesBody, today: date) -> InvoicesCreated:
    exams = [as_exam(place, exam) for place, exam in enumerate(body.exams, 1)]
    drafted = drafts(exams, price_list(books), today)
    refuse_blocked(sort_out(drafted, exams, {}, books.invoices.of_exams(exams), set(body.again)).findings)
    new = begin_invoices(drafted[0], books.invoices.count(), today)
    numbers = books.invoices.create(new, body.request_id, ACTOR)
    made = books.invoices.numbered(numbers)
    return InvoicesCreated(invoices=[InvoiceOut.of(made[number]) for number in numbers])

"""The routes of invoices. Names of patients and cases are in bodies and answers, never in a URL."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from server import errors
from server.api.invoice_bodies import InvoicesBody, as_exam
from server.api.invoice_resources import (
    AttachedDocument,
    InvoiceDetail,
    InvoiceDocuments,
    InvoiceLines,
    InvoiceOut,
    InvoicePage,
    InvoicesCreated,
)
from server.api.list_filters import ListOfInvoices, SearchForInvoices
from server.api.problems import refusals
from server.api.sessions import OfClinic, Sessions
from server.operations import invoices, steps
from server.operations.session import Session

router = APIRouter(prefix="/clinics/{clinic}/invoices")

CLINIC = (errors.BadRequest, errors.UnknownClinic)
"""The refusals of every route of a clinic."""

ONE = (errors.UnknownInvoice, *CLINIC)
PRICED = (errors.NoPrices, errors.ExamsUnusable)
ONCE = (errors.RequestIdReused, errors.AnswerExpired, errors.TooLarge, *CLINIC)


@router.get("", responses=refusals(errors.MissingInput, *ONE))
def list_invoices(sessions: OfClinic, asked: Annotated[ListOfInvoices, Query()]) -> InvoicePage:
    """List invoices, one page at a time."""
    return _invoice_page(sessions, asked)


@router.post("/search", responses=refusals(errors.MissingInput, errors.TooLarge, *ONE))
def search_invoices(sessions: OfClinic, asked: SearchForInvoices) -> InvoicePage:
    """List invoices, also those of one patient or case: a name in a URL would end up in logs. Nothing is recorded."""
    return _invoice_page(sessions, asked)


@router.get("/{number}", responses=refusals(*ONE))
def show_invoice(number: str, sessions: OfClinic) -> InvoiceDetail:
    """Return an invoice with its lines, offers, cheques, and the actions open to it now."""
    with sessions.view_session() as session:
        return InvoiceDetail.of(invoices.show_invoice(session, number))


@router.get("/{number}/lines", responses=refusals(*ONE))
def list_lines(number: str, sessions: OfClinic) -> InvoiceLines:
    """Return what an invoice bills, line by line. A step “edit lines” changes it."""
    with sessions.view_session() as session:
        return InvoiceLines.of(invoices.show_invoice(session, number))


@router.get("/{number}/documents", responses=refusals(*ONE))
def list_invoice_documents(number: str, sessions: OfClinic) -> InvoiceDocuments:
    """Return the documents of an invoice. A step “attach” adds one."""
    with sessions.view_session() as session:
        found = steps.list_documents(session, number)
    return InvoiceDocuments(documents=[AttachedDocument.of(one) for one in found])


@router.post("", response_model=InvoicesCreated, responses=refusals(*PRICED, *ONCE))
def create_invoices(body: InvoicesBody, sessions: OfClinic) -> Response:
    """Create an invoice for each exam: for all of them, or none. Safe to send again with the same request id."""
    return sessions.answer_once(
        ("invoices.create", ""), body, lambda session: _create_invoices(session, body)
    )


def _invoice_page(sessions: Sessions, asked: ListOfInvoices) -> InvoicePage:
    with sessions.view_session() as session:
        invoice_filter = asked.invoice_filter(session)
        return InvoicePage.of(invoices.list_invoices(session, invoice_filter, asked.place(), asked.limit))


def _create_invoices(session: Session, body: InvoicesBody) -> InvoicesCreated:
    exams = [as_exam(place, exam) for place, exam in enumerate(body.exams, 1)]
    done = invoices.create_invoices(session, exams, again=set(body.again))
    invoices.refuse_blocked(done.decided.exams.findings)
    return InvoicesCreated(invoices=[InvoiceOut.of(invoice) for invoice in done.invoices])

"""The addresses of cases. A case is named in a body: its name, and its patient's, stand in no address."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from server import errors
from server.api.access_log import seen
from server.api.idempotency import once
from server.api.invoice_bodies import MOST_LISTED, SettleBody
from server.api.invoice_resources import CaseOut, CasePage, CaseSettled, InvoiceOut
from server.api.invoices import CLINIC, ONCE
from server.api.problems import refusals
from server.api.routes import OpenLedger
from server.errors import counted
from server.ledger.clinic_books import ClinicBooks
from server.ledger.store import Ledger
from server.ribbon.invoices.settle_case import invoices_of, settle_case

router = APIRouter(prefix="/clinics/{clinic}/cases")


@router.get("", responses=refusals(*CLINIC))
def list_cases(
    clinic: str,
    ledger: OpenLedger,
    limit: Annotated[int, Query(ge=1, le=MOST_LISTED)] = 100,
    after: Annotated[int, Query(ge=0, lt=2**62)] = 0,
) -> CasePage:
    """List cases in the order they were begun, a page at a time."""
    with ledger.clinic(clinic).reading() as books:
        found = books.cases(after, limit + 1)
    page = [CaseOut.model_validate(case) for case in found[:limit]]
    seen(ledger, clinic, "list cases", counted(len(page), "case"))
    return CasePage(cases=page, next=page[-1].id if len(found) > len(page) else None)


@router.post(
    "/settle", response_model=CaseSettled, responses=refusals(errors.UnknownCase, errors.NotCleared, *ONCE)
)
def settle(clinic: str, body: SettleBody, ledger: OpenLedger) -> Response:
    """Clear all received cheques of a case, or none. Safe to send again with the same request id."""
    with ledger.clinic(clinic).transaction() as books:
        return once(books, "cases.settle", "", body, lambda: _settled(books, body, ledger))


def _settled(books: ClinicBooks, body: SettleBody, ledger: Ledger) -> CaseSettled:
    invoices = invoices_of(books, body.patient, body.case)
    done = settle_case(books, invoices, None, (body.day, ledger.today()), body.request_id)
    return CaseSettled(
        cleared=[InvoiceOut.of(invoice) for invoice in done.clearable],
        waiting=[InvoiceOut.of(invoice) for invoice in done.waiting],
        settled=done.settled,
    )

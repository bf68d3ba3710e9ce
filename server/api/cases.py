"""The routes of cases. A case is named in the body, so that no URL contains its name or its patient's."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from server import errors
from server.api.invoice_bodies import MOST_LISTED, SettleBody
from server.api.invoice_resources import CaseOut, CasePage, CaseSettled, InvoiceOut
from server.api.invoices import CLINIC, ONCE
from server.api.problems import refusals
from server.api.sessions import OfClinic
from server.operations import cases
from server.operations.session import Session

router = APIRouter(prefix="/clinics/{clinic}/cases")


@router.get("", responses=refusals(*CLINIC))
def list_cases(
    sessions: OfClinic,
    limit: Annotated[int, Query(ge=1, le=MOST_LISTED)] = 100,
    after: Annotated[int, Query(ge=0, lt=2**62)] = 0,
) -> CasePage:
    """List cases by creation order, one page at a time."""
    with sessions.viewing() as session:
        found, has_more = cases.list_cases(session, after, limit)
    page = [CaseOut.model_validate(case) for case in found]
    return CasePage(cases=page, next=page[-1].id if has_more else None)


@router.post(
    "/settle", response_model=CaseSettled, responses=refusals(errors.UnknownCase, errors.NotCleared, *ONCE)
)
def settle(body: SettleBody, sessions: OfClinic) -> Response:
    """Clear all received cheques of a case, or none. Safe to send again with the same request id."""
    return sessions.answer_once(("cases.settle", ""), body, lambda session: _settle_case(session, body))


def _settle_case(session: Session, body: SettleBody) -> CaseSettled:
    done = cases.settle_case(session, body.patient, body.case, body.day)
    return CaseSettled(
        cleared=[InvoiceOut.of(invoice) for invoice in done.clearable],
        waiting=[InvoiceOut.of(invoice) for invoice in done.waiting],
        settled=done.is_settled,
    )

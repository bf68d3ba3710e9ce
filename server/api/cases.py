"""The routes of cases. A case is named in the body, so that no URL contains its name or its patient's."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from server import errors
from server.api.case_resources import CasePage, CaseSettled, StatusAnswered
from server.api.invoice_bodies import SettleBody, StatusAnswerBody
from server.api.invoice_resources import InvoiceOut
from server.api.invoices import CLINIC, ONCE
from server.api.list_filters import ListOfCases, SearchForCases
from server.api.problems import refusals
from server.api.sessions import OfClinic, Sessions
from server.operations import case_records, cases, status_requests
from server.operations.session import Session

router = APIRouter(prefix="/clinics/{clinic}/cases")


@router.get("", responses=refusals(*CLINIC))
def list_cases(sessions: OfClinic, asked: Annotated[ListOfCases, Query()]) -> CasePage:
    """List cases, one page at a time."""
    return _case_page(sessions, asked)


@router.post("/search", responses=refusals(errors.TooLarge, *CLINIC))
def search_cases(sessions: OfClinic, asked: SearchForCases) -> CasePage:
    """List cases, also those of one patient or one name: a name in a URL would end up in logs. Nothing is recorded."""
    return _case_page(sessions, asked)


@router.post("/settle", response_model=CaseSettled, responses=refusals(*cases.settle_case.refusals, *ONCE))
def settle_case(body: SettleBody, sessions: OfClinic) -> Response:
    """Clear all received cheques of a case, or none. Safe to send again with the same request id.

    Send the ``versions`` of the invoices that were shown, so that nothing else is cleared.
    """
    return sessions.answer_once(("cases.settle", ""), body, lambda session: _settle_case(session, body))


@router.post(
    "/status-answers",
    response_model=StatusAnswered,
    responses=refusals(*status_requests.answer_status_requests.refusals, *ONCE),
)
def answer_status_requests(body: StatusAnswerBody, sessions: OfClinic) -> Response:
    """Mark the attorneys' requests for the status of cases as answered, all or none. Safe to send again with the same request id."""

    def answer(session: Session) -> StatusAnswered:
        answered = status_requests.answer_status_requests(session, body.status_requests)
        return StatusAnswered(answered=answered)

    return sessions.answer_once(("cases.answer_status", ""), body, answer)


def _case_page(sessions: Sessions, asked: ListOfCases) -> CasePage:
    with sessions.view_session() as session:
        listed = cases.list_cases(session, asked.case_filter(), asked.place(), asked.limit)
        found = case_records.records_of_cases(session, listed.rows)
        return CasePage.of(found, listed.total, has_more=listed.has_more)


def _settle_case(session: Session, body: SettleBody) -> CaseSettled:
    versions = None if body.versions is None else {one.number: one.version for one in body.versions}
    agreed = None if versions is None else cases.AgreedClearing(versions)
    done = cases.settle_case(session, body.patient, body.case, body.day, agreed)
    return CaseSettled(
        cleared=[InvoiceOut.of(invoice) for invoice in done.clearable],
        waiting=[InvoiceOut.of(invoice) for invoice in done.waiting],
        settled=done.is_settled,
    )

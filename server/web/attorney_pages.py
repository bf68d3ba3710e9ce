"""The pages of attorneys: their own cases with invoices, lines and cheques, and the same as a file for a spreadsheet.

What is shown is ``AttorneyCase``, a list of fields made for attorneys (server/operations/attorney_cases.py), and nothing else.
"""

from collections.abc import Callable, Iterator, Sequence
from http import HTTPStatus
from urllib.parse import quote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from server.api.guard import PERSON, origin_of
from server.api.media_types import PDF
from server.api.problems import STATUS
from server.api.row_ids import RowId
from server.billing.days import us
from server.billing.invoices.status_requests import LONGEST_MESSAGE
from server.billing.money import dollars
from server.errors import BillingError, CaseNotYours
from server.operations import attorney_cases, status_requests
from server.operations.attorney_cases import AttorneyCase, ClinicOfAttorney
from server.operations.session import Session
from server.operations.several_clinics import read_each_clinic
from server.papers.csv_files import csv_file
from server.web.attorney_statements import state_case
from server.web.forms import Form, SentForm, text_of
from server.web.page_rendering import page_for, shown_refusal
from server.web.signed_in import ledger_of

router = APIRouter(prefix="/attorney", include_in_schema=False)

FILE_NAME, STATEMENT_NAME = "cases.csv", "case statement.pdf"
"""The names of files, which have no patient's name."""

CSV_HEADINGS = (
    "Clinic", "Patient", "Case", "Date of injury", "Claim number", "Stage", "Invoice", "Exam date", "State", "Billed", "Agreed",
    "Received", "Outstanding",
)  # fmt: skip

Found = tuple[ClinicOfAttorney, AttorneyCase]


@router.get("")
def show_cases(request: Request) -> Response:
    """Show the attorney's cases."""
    return _cases_page(request, "")


@router.post("")
def search_own_cases(request: Request, form: Form = SentForm) -> Response:
    """Show the attorney's cases that have all of the words. They are in the form, because names do not belong into an address."""
    return _cases_page(request, text_of(form, "words"))


@router.get("/cases.csv")
def export_own_cases(request: Request) -> Response:
    """Return the attorney's cases as a file for a spreadsheet, a row for each invoice."""
    cases = _own_cases(request, attorney_cases.export_cases_of_attorney)
    content = csv_file(CSV_HEADINGS, (row for clinic, case in cases for row in _rows_of(clinic, case)))
    headers = {"Content-Disposition": f'attachment; filename="{FILE_NAME}"'}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/{clinic}/{case_id}")
def show_own_case(request: Request, clinic: str, case_id: RowId) -> Response:
    """Show one case with its invoices. One of another attorney is answered like one that does not exist."""
    return _case_page(request, (clinic, case_id))


@router.get("/{clinic}/{case_id}/statement.pdf")
def print_own_case(request: Request, clinic: str, case_id: RowId) -> Response:
    """Return the statement of one case as a PDF file."""
    _, session = _session_in(request, clinic)
    with session.transaction():
        printed = attorney_cases.print_case_of_attorney(session, case_id)
    content = state_case(printed, session.person.attorney, session.today)
    headers = {"Content-Disposition": f'attachment; filename="{STATEMENT_NAME}"'}
    return Response(content, media_type=PDF, headers=headers)


@router.post("/{clinic}/{case_id}/status")
def request_own_status(request: Request, clinic: str, case_id: RowId, form: Form = SentForm) -> Response:
    """Ask the office how far a case has come."""
    message = text_of(form, "message")
    _, session = _session_in(request, clinic)
    try:
        with session.transaction():
            status_requests.request_status(session, case_id, message)
    except CaseNotYours:
        raise
    except BillingError as refusal:
        return _case_page(request, (clinic, case_id), refusal, message=message)
    return _case_page(request, (clinic, case_id), done="The office sees your request.")


def _case_page(
    request: Request,
    asked: tuple[str, int],
    wrong: BillingError | None = None,
    *,
    done: str = "",
    message: str = "",
) -> Response:
    clinic_id, case_id = asked
    clinic, session = _session_in(request, clinic_id)
    with session.transaction():
        case = attorney_cases.case_of_attorney(session, case_id)
    return page_for(
        request,
        "attorney_case.html",
        title=case.patient,
        tab="Case",
        status=STATUS[wrong.kind] if wrong else HTTPStatus.OK,
        wrong=shown_refusal(wrong),
        done=done,
        case=case,
        clinic=clinic,
        address=f"/attorney/{quote(clinic.id)}/{case.id}",
        is_waiting=case.status_asked_on is not None and case.status_answered_on is None,
        message=message,
        longest=LONGEST_MESSAGE,
        dollars=dollars,
        us=us,
    )


def _cases_page(request: Request, words: str) -> Response:
    wanted = words.casefold().split()
    read = read_each_clinic(_session_of(request), _cases_today)
    own = [(ClinicOfAttorney(entry.id, entry.name), case) for entry, cases in read.found for case in cases]
    found = [
        (clinic, case) for clinic, case in own if all(word in _searched_text(clinic, case) for word in wanted)
    ]
    return page_for(
        request,
        "attorney.html",
        title="Your cases",
        found=found,
        unread=[one.clinic.name for one in read.unread],
        words=words,
        billed=sum(case.billed_cents for _, case in found),
        outstanding=sum(case.outstanding_cents for _, case in found),
        dollars=dollars,
        us=us,
    )


def _session_in(request: Request, clinic_id: str) -> tuple[ClinicOfAttorney, Session]:
    """Return a clinic that the attorney was given, and a session in it. Raises CaseNotYours for any other clinic."""
    for clinic, session in _sessions(request):
        if clinic.id == clinic_id:
            return clinic, session
    raise CaseNotYours


def _session_of(request: Request, clinic_id: str = "") -> Session:
    return Session(
        ledger_of(request), request.scope["state"][PERSON], clinic_id, address=origin_of(request.scope)
    )


def _sessions(request: Request) -> Iterator[tuple[ClinicOfAttorney, Session]]:
    """Yield a session in each clinic that the attorney was given."""
    for clinic in attorney_cases.clinics_of_attorney(_session_of(request)):
        yield clinic, _session_of(request, clinic.id)


def _own_cases(request: Request, find: Callable[[Session], Sequence[AttorneyCase]]) -> Iterator[Found]:
    """Yield the cases that the attorney has today, clinic by clinic, and record that the attorney views them.

    A file is whole or is not made: the books of every clinic must be readable.
    """
    for clinic, session in _sessions(request):
        with session.transaction():
            cases = find(session)
        yield from ((clinic, case) for case in cases)


def _cases_today(session: Session) -> Sequence[AttorneyCase]:
    return attorney_cases.cases_of_attorney(session, session.person.attorney, session.today)


def _searched_text(clinic: ClinicOfAttorney, case: AttorneyCase) -> str:
    numbers = (invoice.number for invoice in case.invoices)
    return " ".join(
        (clinic.name, case.patient, case.name, case.claim_number, case.stage, *numbers)
    ).casefold()


def _rows_of(clinic: ClinicOfAttorney, case: AttorneyCase) -> Iterator[tuple[str, ...]]:
    injured_on = us(case.injured_on) if case.injured_on else ""
    about = (clinic.name, case.patient, case.name, injured_on, case.claim_number, case.stage)
    for invoice in case.invoices:
        agreed = "" if invoice.agreed_cents is None else dollars(invoice.agreed_cents)
        received = dollars(sum(cheque.amount_cents for cheque in invoice.cheques)) if invoice.cheques else ""
        amounts = (dollars(invoice.billed_cents), agreed, received, dollars(invoice.outstanding_cents))
        yield (*about, invoice.number, us(invoice.exam_date), invoice.state, *amounts)

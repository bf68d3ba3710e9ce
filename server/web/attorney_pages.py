"""The pages of attorneys: their own cases with invoices, lines and cheques, and the same as a file for a spreadsheet.

What is shown is ``AttorneyCase``, a list of fields made for attorneys (server/operations/attorney_cases.py), and nothing else.
"""

import csv
from collections.abc import Iterator, Sequence
from io import StringIO

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from server.api.guard import PERSON, origin_of
from server.billing.days import us
from server.billing.money import dollars
from server.billing.people import Person
from server.errors import CaseNotYours
from server.operations import attorney_cases
from server.operations.attorney_cases import AttorneyCase, ClinicOfAttorney
from server.operations.session import Session
from server.web.forms import Form, SentForm, text_of
from server.web.page_rendering import page_for
from server.web.signed_in import ledger_of

router = APIRouter(prefix="/attorney", include_in_schema=False)

FILE_NAME = "cases.csv"
CSV_HEADINGS = (
    "Clinic", "Patient", "Case", "Date of injury", "Claim number", "Stage", "Invoice", "Exam date", "State", "Billed", "Agreed",
    "Received", "Outstanding",
)  # fmt: skip

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet may take for a formula."""

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
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(CSV_HEADINGS)
    for clinic, case in _own_cases(request):
        writer.writerows([_as_text(cell) for cell in row] for row in _rows_of(clinic, case))
    headers = {"Content-Disposition": f'attachment; filename="{FILE_NAME}"'}
    return Response("\ufeff" + text.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/{clinic}/{case_id}")
def show_own_case(request: Request, clinic: str, case_id: int) -> Response:
    """Show one case with its invoices. One of another attorney is answered like one that does not exist."""
    for found, case in _own_cases(request, clinic):
        if case.id == case_id:
            return page_for(
                request,
                "attorney_case.html",
                title=case.patient,
                case=case,
                clinic=found,
                dollars=dollars,
                us=us,
            )
    raise CaseNotYours


def _cases_page(request: Request, words: str) -> Response:
    wanted = words.casefold().split()
    found = [
        (clinic, case)
        for clinic, case in _own_cases(request)
        if all(word in _searched_text(clinic, case) for word in wanted)
    ]
    return page_for(
        request,
        "attorney.html",
        title="Your cases",
        found=found,
        words=words,
        billed=sum(case.billed_cents for _, case in found),
        outstanding=sum(case.outstanding_cents for _, case in found),
        dollars=dollars,
        us=us,
    )


def _own_cases(request: Request, only: str = "") -> Iterator[Found]:
    """Yield the cases that the attorney has today, clinic by clinic, and record that the attorney views them."""
    ledger, person = ledger_of(request), request.scope["state"][PERSON]
    origin = origin_of(request.scope)
    for clinic in attorney_cases.clinics_of_attorney(Session(ledger, person)):
        if only in {"", clinic.id}:
            session = Session(ledger, person, clinic.id, address=origin)
            with session.transaction():
                cases = _cases_in(session, person)
            yield from ((clinic, case) for case in cases)


def _cases_in(session: Session, person: Person) -> Sequence[AttorneyCase]:
    return attorney_cases.cases_of_attorney(session, person.attorney, session.today)


def _searched_text(clinic: ClinicOfAttorney, case: AttorneyCase) -> str:
    numbers = (invoice.number for invoice in case.invoices)
    return " ".join(
        (clinic.name, case.patient, case.name, case.claim_number, case.stage, *numbers)
    ).casefold()


def _rows_of(clinic: ClinicOfAttorney, case: AttorneyCase) -> Iterator[tuple[str, ...]]:
    about = (
        clinic.name, case.patient, case.name, us(case.injured_on) if case.injured_on else "", case.claim_number, case.stage,
    )  # fmt: skip
    for invoice in case.invoices:
        agreed = "" if invoice.agreed_cents is None else dollars(invoice.agreed_cents)
        received = dollars(sum(cheque.amount_cents for cheque in invoice.cheques)) if invoice.cheques else ""
        amounts = (dollars(invoice.billed_cents), agreed, received, dollars(invoice.outstanding_cents))
        yield (*about, invoice.number, us(invoice.exam_date), invoice.state, *amounts)


def _as_text(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula. Amounts are written with a dollar sign, also negative ones."""
    return f"'{cell}" if cell.startswith(FORMULA_SIGNS) and not cell.startswith("-$") else cell

"""Papers as downloads: printed invoices, case statements, and the statements of a pay run.

Names of patients and cases are in bodies and never in addresses, and no file name of an answer has one.
"""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from server import errors
from server.api.invoice_bodies import Body, Name, Needed
from server.api.invoices import CLINIC
from server.api.media_types import PDF, ZIP
from server.api.problems import refusals
from server.api.sessions import OfClinic, Sessions
from server.operations import invoice_papers, pay_statements
from server.operations.invoice_papers import MOST_PRINTED
from server.papers.case_statement import case_file_name, set_case_statement
from server.papers.invoices import invoices_file_name, set_invoices
from server.papers.register_files import AdpCodes, RegisterFormat, register_files
from server.papers.statement_files import StatementFormat, statement_files, zip_files

router = APIRouter(prefix="/clinics/{clinic}")

BYTES = {"schema": {"type": "string", "format": "binary"}}


class PrintBody(Body):
    """The numbers of the invoices to print, in the order of the file."""

    invoices: Annotated[list[Needed], Field(min_length=1, max_length=MOST_PRINTED)]


class CaseToPrint(Body):
    """The case to print. ``case`` is "" if it has no name."""

    patient: Needed
    case: Name


def _download(media_type: str) -> dict[int | str, dict[str, object]]:
    return {200: {"content": {media_type: BYTES}}}


@router.get(
    "/invoices/{number}/paper",
    response_class=Response,
    responses={**_download(PDF), **refusals(errors.UnknownInvoice, *CLINIC)},
)
def print_invoice(number: str, sessions: OfClinic) -> Response:
    """Print one invoice as it is now, as a PDF file."""
    return _invoices_download(sessions, [number])


@router.post(
    "/invoices/papers",
    response_class=Response,
    responses={**_download(PDF), **refusals(errors.TooLarge, errors.UnknownInvoice, *CLINIC)},
)
def print_invoices(body: PrintBody, sessions: OfClinic) -> Response:
    """Print invoices as they are now, each on pages of its own, as one PDF file."""
    return _invoices_download(sessions, list(dict.fromkeys(body.invoices)))


@router.post(
    "/cases/statement",
    response_class=Response,
    responses={**_download(PDF), **refusals(errors.TooLarge, errors.UnknownCase, *CLINIC)},
)
def print_case(body: CaseToPrint, sessions: OfClinic) -> Response:
    """Print every invoice of a case with its amounts, as a PDF file for the attorney."""
    with sessions.view_session() as session:
        printed, day = invoice_papers.print_case(session, body.patient, body.case), session.today
    content = set_case_statement(printed.clinic, printed.invoices, printed.injuries, day)
    return _file_answer(content, PDF, f"{case_file_name(printed.invoices)}.pdf")


@router.get(
    "/pay-runs/{run}/statements",
    response_class=Response,
    responses={**_download(ZIP), **refusals(errors.UnknownRun, *CLINIC)},
)
def save_statements(
    run: str,
    sessions: OfClinic,
    made_as: Annotated[StatementFormat, Query(alias="format")] = StatementFormat.BOTH,
) -> Response:
    """Return a zip with the statement of each provider of a pay run as a file of its own."""
    with sessions.view_session() as session:
        stated, day = pay_statements.export_statements(session, run), session.today
    content = zip_files(statement_files(stated, made_as, day), day)
    return _file_answer(content, ZIP, f"{stated.run.id} statements.zip")


@router.get(
    "/pay-runs/{run}/register",
    response_class=Response,
    responses={**_download(ZIP), **refusals(errors.UnknownRun, errors.RegisterUnusable, *CLINIC)},
)
def save_register(  # noqa: PLR0913, PLR0917 - each is a parameter of the address
    run: str,
    sessions: OfClinic,
    made_for: Annotated[RegisterFormat, Query(alias="format")] = RegisterFormat.CSV,
    company: str = "",
    batch: str = "",
    earnings_code: str = "",
) -> Response:
    """Return a zip with the payroll register of a pay run, as files for the program that pays people."""
    with sessions.view_session() as session:
        register, day = pay_statements.export_register(session, run), session.today
        files = [*register_files(register, made_for, AdpCodes(company, batch, earnings_code))]
    return _file_answer(zip_files(files, day), ZIP, f"{register.stated.run.id} register.zip")


def _invoices_download(sessions: Sessions, numbers: list[str]) -> Response:
    with sessions.view_session() as session:
        printed, day = invoice_papers.print_invoices(session, numbers), session.today
    content = set_invoices(printed.clinic, printed.invoices, printed.injuries, day)
    return _file_answer(content, PDF, f"{invoices_file_name(printed.invoices)}.pdf")


def _file_answer(content: bytes, media_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)

"""The route of statements of account. Whose account it is stands in the body: a name in an address would end up in logs (ADR 19)."""

from enum import StrEnum

from fastapi import APIRouter, Response
from pydantic import Field

from server import errors
from server.api.invoice_bodies import Body, Day, Name
from server.api.invoices import CLINIC
from server.api.media_types import PDF, XLSX
from server.api.problems import refusals
from server.api.sessions import OfClinic
from server.billing.receivables.statement_of_account import Holder
from server.operations.statement_of_account import AskedAccount, print_account
from server.papers.statement_of_account import account_file_name, set_account
from server.sheets.receivables.statement_of_account import write_account

router = APIRouter(prefix="/clinics/{clinic}")

BYTES = {"schema": {"type": "string", "format": "binary"}}


class AccountFormat(StrEnum):
    """The kinds of files that a statement of account is made as."""

    PDF = "pdf"
    XLSX = "xlsx"


class AccountToPrint(Body):
    """Whose account, and from when to when. ``patient`` is the patient of a case, and "" for a payer or an attorney."""

    who: Holder
    name: Name = ""
    patient: Name = ""
    since: Day | None = Field(None, alias="from")
    until: Day | None = Field(None, alias="to")
    made_as: AccountFormat = Field(AccountFormat.PDF, alias="format")


@router.post(
    "/statements-of-account",
    response_class=Response,
    responses={
        200: {"content": {PDF: BYTES, XLSX: BYTES}},
        **refusals(errors.MissingInput, errors.TooLarge, errors.UnknownCase, *CLINIC),
    },
)
def print_account_file(body: AccountToPrint, sessions: OfClinic) -> Response:
    """Print the statement of a payer's, an attorney's or a case's account, as a PDF file or as a sheet."""
    with sessions.view_session() as session:
        asked = AskedAccount(body.who, body.name, body.patient)
        printed = print_account(session, asked, body.since, body.until)
    is_pdf = body.made_as is AccountFormat.PDF
    content = (set_account if is_pdf else write_account)(printed.clinic, printed.statement)
    name = f"{account_file_name(printed.statement)}.{body.made_as}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=PDF if is_pdf else XLSX, headers=headers)

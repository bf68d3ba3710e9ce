"""The route of cheques: a list, each with the invoices that it pays."""

from datetime import date
from typing import Annotated, Self

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from server import errors
from server.api.invoices import CLINIC
from server.api.list_filters import ListOfCheques
from server.api.problems import refusals
from server.api.sessions import OfClinic
from server.ledger.invoices.cheque_list import RecordedCheque
from server.operations import cheques
from server.operations.listed_rows import ListedRows

router = APIRouter(prefix="/clinics/{clinic}/cheques")


class ChequePartOut(BaseModel):
    """What a step took of a cheque for its invoice."""

    model_config = ConfigDict(from_attributes=True)

    invoice: str
    place: int
    amount_cents: int
    unapplied_cents: int
    cheque_date: date
    received_date: date
    is_in_effect: bool


class RecordedChequeOut(BaseModel):
    """A cheque that was recorded. The same number for another whole amount is another cheque."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    number: str
    paying_party: str
    amount_cents: int
    is_in_effect: bool
    parts: tuple[ChequePartOut, ...]


class ChequePage(BaseModel):
    """A page of a list of cheques. ``next`` is the ``after`` of the next page, ``null`` on the last page."""

    cheques: list[RecordedChequeOut]
    next: int | None
    total: int

    @classmethod
    def of(cls, listed: ListedRows[RecordedCheque]) -> Self:
        """Return a page as shown."""
        return cls(
            cheques=[RecordedChequeOut.model_validate(cheque) for cheque in listed.rows],
            next=listed.rows[-1].id if listed.has_more else None,
            total=listed.total,
        )


@router.get("", responses=refusals(errors.MissingInput, *CLINIC))
def list_cheques(sessions: OfClinic, asked: Annotated[ListOfCheques, Query()]) -> ChequePage:
    """List cheques with the invoices that they were recorded on, one page at a time."""
    with sessions.view_session() as session:
        found = cheques.list_cheques(session, asked.cheque_filter(), asked.place(), asked.limit)
    return ChequePage.of(found)

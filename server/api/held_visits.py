"""The routes of held visits: what approved runs left for a later run, listed, written off and restored."""

from datetime import date
from typing import Annotated, Self

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from server import errors
from server.api.invoice_bodies import Needed, Recording
from server.api.invoices import CLINIC, ONCE
from server.api.list_filters import ListOfHeldVisits
from server.api.problems import refusals
from server.api.row_ids import RowId
from server.api.sessions import OfClinic
from server.billing.payroll.held_visits import HeldDecision, HeldState, HeldVisit
from server.operations import held_visits
from server.operations.listed_rows import ListedRows

router = APIRouter(prefix="/clinics/{clinic}/held-visits")


class HeldVisitOut(BaseModel):
    """A row that an approved run left for a later run."""

    id: int
    run: str
    sheet: str
    row: int
    column: str
    appointment: str
    service_day: date | None
    provider: str
    service: str
    code: str
    message: str
    state: HeldState
    held_at: str
    settled_by: str
    reason: str

    @classmethod
    def of(cls, visit: HeldVisit) -> Self:
        """Return a held visit as shown."""
        row = visit.row
        return cls(
            id=visit.id,
            run=visit.run_id,
            sheet=visit.sheet,
            row=row.source_row,
            column=row.heading,
            appointment=row.appointment,
            service_day=visit.day,
            provider=row.provider,
            service=row.service,
            code=row.code,
            message=row.problem,
            state=visit.state,
            held_at=visit.held_at,
            settled_by=visit.settled_by,
            reason=visit.reason,
        )


class HeldVisitPage(BaseModel):
    """A page of a list of held visits. ``next`` is the ``after`` of the next page, ``null`` on the last page."""

    held_visits: list[HeldVisitOut]
    next: int | None
    total: int

    @classmethod
    def of(cls, listed: ListedRows[HeldVisit]) -> Self:
        """Return a page as shown."""
        return cls(
            held_visits=[HeldVisitOut.of(visit) for visit in listed.rows],
            next=listed.rows[-1].id if listed.has_more else None,
            total=listed.total,
        )


class DecisionBody(Recording):
    """A decision about a held visit: not to pay it, or to pay it after all."""

    decision: HeldDecision
    reason: Needed


@router.get("", responses=refusals(errors.MissingInput, *CLINIC))
def list_held_visits(sessions: OfClinic, asked: Annotated[ListOfHeldVisits, Query()]) -> HeldVisitPage:
    """List held visits, one page at a time."""
    with sessions.view_session() as session:
        found = held_visits.list_held_visits(session, asked.held_filter(), asked.place(), asked.limit)
    return HeldVisitPage.of(found)


@router.post(
    "/{held_visit}/decisions",
    response_model=HeldVisitOut,
    responses=refusals(errors.UnknownHeldVisit, errors.HeldVisitNotOpen, errors.MissingInput, *ONCE),
)
def decide_held_visit(held_visit: RowId, body: DecisionBody, sessions: OfClinic) -> Response:
    """Write off a visit that waits, or restore one that was written off. Safe to send again with the same request id."""
    return sessions.answer_once(
        ("held_visits.decide", str(held_visit)),
        body,
        lambda session: HeldVisitOut.of(
            held_visits.decide_visit(session, held_visit, body.decision, body.reason)
        ),
    )

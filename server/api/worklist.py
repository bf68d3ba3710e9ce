"""The route of the worklist: everything that waits for somebody."""

from typing import Annotated, Self

from fastapi import APIRouter, Query
from pydantic import BaseModel

from server.api.invoice_bodies import LONGEST_NAME
from server.api.invoices import CLINIC
from server.api.problems import refusals
from server.api.sessions import OfClinic
from server.billing.receivables.worklist import WorkItem, WorkKind
from server.operations.worklist import list_worklist

router = APIRouter(prefix="/clinics/{clinic}/worklist")


class WorkItemOut(BaseModel):
    """Something that waits for somebody."""

    kind: WorkKind
    what: str
    what_to_do: str
    amount_cents: int | None
    days_waiting: int
    who: str
    about: str
    button: str

    @classmethod
    def of(cls, item: WorkItem) -> Self:
        """Return an item as shown."""
        return cls(
            kind=item.kind,
            what=item.what,
            what_to_do=item.what_to_do,
            amount_cents=item.amount_cents,
            days_waiting=item.days_waiting,
            who=item.who,
            about=item.about,
            button=item.kind.button,
        )


class WorklistOut(BaseModel):
    """Everything that waits."""

    items: list[WorkItemOut]


@router.get("", responses=refusals(*CLINIC))
def show_worklist(
    sessions: OfClinic,
    kind: WorkKind | None = None,
    who: Annotated[str, Query(max_length=LONGEST_NAME)] = "",
) -> WorklistOut:
    """List everything that waits for somebody, the largest amounts first."""
    with sessions.view_session() as session:
        found = list_worklist(session, kind, who)
    return WorklistOut(items=[WorkItemOut.of(one) for one in found])

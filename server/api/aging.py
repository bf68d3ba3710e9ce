"""The route of what is owed by age."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from server import errors
from server.api.invoice_bodies import Body, Day, Name
from server.api.invoices import CLINIC
from server.api.problems import refusals
from server.api.sessions import OfClinic
from server.billing.invoices.invoice import State
from server.billing.receivables.aging import AgingBasis, AgingGroup
from server.operations.aging import NARROWED_BY, AskedAging, figures_of, show_aging

router = APIRouter(prefix="/clinics/{clinic}/aging")


class AgingFilter(Body):
    """What to age, and from which day. What is left out narrows nothing."""

    as_of: Day | None = None
    basis: AgingBasis = AgingBasis.CREATED
    group: AgingGroup | Literal["all"] = AgingGroup.PAYER
    state: tuple[State | Literal["open", "all"], ...] = ()
    payer: Name = ""
    attorney: Name = ""
    facility: Name = ""
    sub_buckets: bool = False

    def as_question(self) -> AskedAging:
        """Return the question."""
        return AskedAging(
            self.as_of,
            self.basis,
            tuple(AgingGroup) if self.group == "all" else (self.group,),
            self.state,
            {name: getattr(self, name) for name in NARROWED_BY},
            self.sub_buckets,
        )


class AgedBucket(BaseModel):
    """What is owed in one bucket. Both ends of its ages belong to it; the last one has no end."""

    first_day: int = Field(alias="from")
    last_day: int | None = Field(alias="to")
    risk: str
    invoices: int
    balance_cents: int


class AgedGroup(BaseModel):
    """What the invoices of one party come to, in all and in each bucket."""

    by: AgingGroup
    name: str
    invoices: int
    balance_cents: int
    buckets: list[int]


class AgingOut(BaseModel):
    """What is owed on a day, by age. The buckets together are ``balance_cents``; ``net_cents`` is that less ``unapplied_cents``."""

    as_of: date
    basis: AgingBasis
    invoices: int
    balance_cents: int
    buckets: list[AgedBucket]
    groups: list[AgedGroup]
    unapplied_cents: int
    net_cents: int
    without_basis: int


@router.get("", responses=refusals(errors.FutureAsOf, *CLINIC))
def read_aging(sessions: OfClinic, asked: Annotated[AgingFilter, Query()]) -> AgingOut:
    """Return what is owed by age, now or as of a past day, as it was known at the end of that day."""
    with sessions.view_session() as session:
        return AgingOut.model_validate(figures_of(show_aging(session, asked.as_question())))

"""The route of unapplied credits. Payers are in its answers, never in a URL."""

from typing import Annotated

from fastapi import APIRouter, Query

from server.api.invoice_bodies import LONGEST_NAME
from server.api.invoice_resources import CreditOut, CreditPage
from server.api.invoices import ONE
from server.api.list_filters import Limit
from server.api.problems import refusals
from server.api.sessions import OfClinic
from server.operations import unapplied_credits

router = APIRouter(prefix="/clinics/{clinic}/credits")


@router.get("", responses=refusals(*ONE))
def list_credits(
    sessions: OfClinic,
    limit: Limit = 100,
    after: Annotated[str, Query(max_length=LONGEST_NAME)] = "",
) -> CreditPage:
    """List the unapplied credits of payers, in the order of the invoices that hold them, one page at a time.

    A credit pays another invoice of its payer with the step ``apply credit`` on that invoice, and is paid back with the
    step ``refund credit`` on the invoice that holds it.
    """
    with sessions.view_session() as session:
        found = unapplied_credits.list_credits(session, after, limit)
    return CreditPage(
        credits=[CreditOut.model_validate(one) for one in found.credits],
        total=found.total,
        total_cents=found.total_cents,
        next=found.next or None,
    )

"""The page of the firm: the clinics of a person side by side, each with its balances, rates and what waits there."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from server.api.guard import PERSON, origin_of
from server.billing.money import dollars
from server.billing.receivables.aging_buckets import BUCKETS
from server.billing.receivables.key_figures import KeyFigures
from server.operations.dashboard import show_firm_figures
from server.operations.session import Session
from server.web.page_rendering import page_for
from server.web.signed_in import ledger_of

router = APIRouter(prefix="/firm", include_in_schema=False)

COLUMNS = ("outstanding", "gross_collection", "net_collection", "days_to_pay", "days_in_ar")
"""The measures that have a column, in this order."""

HEADINGS = ("Outstanding", "Gross rate", "Net rate", "Days to pay", "Days in AR")


@router.get("")
def show_firm(request: Request) -> Response:
    """Show the clinics that the person was given, side by side."""
    person = request.scope["state"][PERSON]
    found = show_firm_figures(Session(ledger_of(request), person, address=origin_of(request.scope)))
    return page_for(
        request,
        "firm.html",
        title="All clinics",
        found=found,
        buckets=BUCKETS,
        headings=HEADINGS,
        cells_of=_cells_of,
        measures=[found.total.measure(name) for name in COLUMNS],
        dollars=dollars,
    )


def _cells_of(figures: KeyFigures) -> list[tuple[str, str, bool]]:
    """Return the measures of a row: the heading and the words of each, and whether it misses its target."""
    measures = [figures.measure(name) for name in COLUMNS]
    return [
        (heading, one.words.removesuffix(" days"), one.misses_target)
        for heading, one in zip(HEADINGS, measures, strict=True)
    ]

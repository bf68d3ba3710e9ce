"""The routes of a clinic: its providers, rates, prices and pay runs, each a list in pages."""

from collections.abc import Sequence
from typing import Annotated, TypeVar

from fastapi import APIRouter, Query

from server.api.invoices import CLINIC
from server.api.list_filters import (
    ListOfPrices,
    ListOfProviders,
    ListOfRates,
    ListOfRuns,
    ShortList,
    sort_rows,
)
from server.api.problems import refusals
from server.api.resources import (
    PayRunOut,
    PayRunPage,
    PriceOut,
    PricePage,
    ProviderOut,
    ProviderPage,
    RateOut,
    RatePage,
)
from server.api.sessions import OfClinic, Sessions
from server.billing.clinics import Setup
from server.operations import clinics, pay_runs

router = APIRouter(prefix="/clinics/{clinic}")

Row = TypeVar("Row")


@router.get("/providers", responses=refusals(*CLINIC))
def list_providers(sessions: OfClinic, asked: Annotated[ListOfProviders, Query()]) -> ProviderPage:
    """List a clinic's providers."""
    rows, following, total = _page_of(sort_rows(_read_setup(sessions).providers, asked.sort), asked)
    shown = [ProviderOut.model_validate(provider) for provider in rows]
    return ProviderPage(providers=shown, next=following, total=total)


@router.get("/rates", responses=refusals(*CLINIC))
def list_rates(sessions: OfClinic, asked: Annotated[ListOfRates, Query()]) -> RatePage:
    """List a clinic's rates."""
    rows, following, total = _page_of(sort_rows(_read_setup(sessions).rates, asked.sort), asked)
    return RatePage(rates=[RateOut.model_validate(rate) for rate in rows], next=following, total=total)


@router.get("/prices", responses=refusals(*CLINIC))
def list_prices(sessions: OfClinic, asked: Annotated[ListOfPrices, Query()]) -> PricePage:
    """List a clinic's prices."""
    rows, following, total = _page_of(sort_rows(_read_setup(sessions).prices, asked.sort), asked)
    return PricePage(prices=[PriceOut.model_validate(price) for price in rows], next=following, total=total)


@router.get("/pay-runs", responses=refusals(*CLINIC))
def list_pay_runs(sessions: OfClinic, asked: Annotated[ListOfRuns, Query()]) -> PayRunPage:
    """List a clinic's pay runs: the latest period first, unless ``sort`` says otherwise."""
    with sessions.view_session() as session:
        listed = [PayRunOut.of(run) for run in reversed(pay_runs.list_runs(session))]
    rows, following, total = _page_of(sort_rows(listed, asked.sort), asked)
    return PayRunPage(pay_runs=list(rows), next=following, total=total)


def _read_setup(sessions: Sessions) -> Setup:
    with sessions.view_session() as session:
        return clinics.show_setup(session)


def _page_of(rows: Sequence[Row], asked: ShortList) -> tuple[Sequence[Row], int | None, int]:
    """Return the rows of a page, the place after which the next page begins (``None`` on the last), and the count of all."""
    end = asked.after + asked.limit
    return rows[asked.after : end], end if end < len(rows) else None, len(rows)

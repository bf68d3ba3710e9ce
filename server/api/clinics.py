"""The routes of a clinic: its providers, rates, prices and pay runs."""

from fastapi import APIRouter

from server import errors
from server.api.problems import refusals
from server.api.resources import PayRunOut, PriceOut, ProviderOut, RateOut
from server.api.sessions import OfClinic, Sessions
from server.billing.clinics import Setup
from server.operations import clinics, pay_runs

router = APIRouter(prefix="/clinics/{clinic}")


@router.get("/providers", responses=refusals(errors.UnknownClinic))
def list_providers(sessions: OfClinic) -> list[ProviderOut]:
    """List a clinic's providers."""
    return [ProviderOut.model_validate(provider) for provider in _read_setup(sessions).providers]


@router.get("/rates", responses=refusals(errors.UnknownClinic))
def list_rates(sessions: OfClinic) -> list[RateOut]:
    """List a clinic's rates."""
    return [RateOut.model_validate(rate) for rate in _read_setup(sessions).rates]


@router.get("/prices", responses=refusals(errors.UnknownClinic))
def list_prices(sessions: OfClinic) -> list[PriceOut]:
    """List a clinic's prices, by code, payer and first day."""
    return [PriceOut.model_validate(price) for price in _read_setup(sessions).prices]


@router.get("/pay-runs", responses=refusals(errors.UnknownClinic))
def list_pay_runs(sessions: OfClinic) -> list[PayRunOut]:
    """List a clinic's pay runs, the latest period first."""
    with sessions.viewing() as session:
        return [PayRunOut.of(run) for run in pay_runs.list_runs(session)]


def _read_setup(sessions: Sessions) -> Setup:
    with sessions.viewing() as session:
        return clinics.show_setup(session)

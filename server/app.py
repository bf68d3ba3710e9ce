"""The application: ledger, workers, routes, guard."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING

from argon2 import Parameters
from fastapi import Depends, FastAPI

from server.api import (
    aging,
    cases,
    cheques,
    clinics,
    dashboard,
    doctor,
    documents,
    emergency_access,
    held_visits,
    invoice_export,
    invoices,
    large_requests,
    metrics,
    openapi,
    pairing,
    papers,
    payer_mail,
    problems,
    readiness,
    reference_page,
    reminders,
    sign_in,
    statements_of_account,
    steps,
    unapplied_credits,
    worklist,
)
from server.api.guard import Admission, Guard
from server.api.incidents import Incidents
from server.api.nightly_backups import make_backups
from server.api.nul_characters import refuse_nul
from server.api.page_addresses import PROVIDER_PAGE
from server.api.pages import Pages
from server.api.request_limits import RequestRates
from server.api.route_rights import refuse_unlisted_routes, require_right
from server.api.routes import router
from server.api.workers import Workers
from server.ledger.clock import utc_now
from server.ledger.people.sign_in_rules import SignInRules
from server.ledger.retention import RetentionPeriods, remove_expired
from server.ledger.store import Ledger
from server.settings import Settings
from server.web import account_pages, admin_pages, attorney_pages, firm_pages, provider_pages, sign_in_pages
from server.web.page_rendering import refusal_page
from server.web.sealed_cookies import SealedCookies

if TYPE_CHECKING:
    from server.web.identity_provider import IdentityProvider

log = logging.getLogger("clinicledger")


def create_app(
    settings: Settings,
    now: Callable[[], datetime] = utc_now,
    hashing: Parameters | None = None,
    *,
    is_function: bool = False,
) -> FastAPI:
    """Return the service for the ledger in the settings; ``now`` is the ledger's clock.

    ``hashing`` is what a password costs to check, if not as usual. If it ``is_function``, a gateway limits what comes and
    goes, and clients meet large requests and answers in the store; then the refusals of an object store are raised.
    """
    workers = Workers(settings, now)
    kept = timedelta(hours=settings.keep_outputs_hours)
    ledger = Ledger(settings.path, now, kept, _sign_in_rules(settings, hashing), settings.storage)
    provider = _provider_of(settings, now)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        tidying = asyncio.create_task(_tidy_regularly(ledger, settings))
        recording = asyncio.create_task(_record_refusals(ledger))
        backing_up = asyncio.create_task(make_backups(settings, ledger))
        workers.warm_up()
        yield
        tidying.cancel()
        recording.cancel()
        backing_up.cancel()
        ledger.access.write_counted(all_of_them=True)
        workers.stop()
        if provider:
            await provider.close()
        ledger.close()

    app = _new_app(lifespan)
    app.state.settings = settings
    app.state.ledger = ledger
    app.state.workers = workers
    _add_watch(app, settings, ledger)
    app.state.pairing = pairing.Pairing(ledger)
    app.state.provider = provider
    app.state.provider_cookies = _provider_cookies(settings, ledger)
    _include_routes(app)
    refuse_unlisted_routes(app.routes)
    problems.install(app, refusal_page)
    openapi.describe(app)
    _add_layers(app, settings, ledger, is_function=is_function)
    return app


def _new_app(lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]]) -> FastAPI:
    """Return an application without routes."""
    return FastAPI(
        title="Clinic Ledger",
        version=version("clinic-ledger"),
        description="Payroll and invoice bookkeeping for clinics, driven from the Excel sheet in front of you.",
        lifespan=lifespan,
        generate_unique_id_function=openapi.operation_id,
        redirect_slashes=False,  # an address is either exact or unknown
        dependencies=[Depends(refuse_nul), Depends(require_right)],
        openapi_url=None,  # a route of ours answers it, which looks at the role
        docs_url=None,  # FastAPI's pages load scripts of another site
        redoc_url=None,
    )


def _add_layers(app: FastAPI, settings: Settings, ledger: Ledger, *, is_function: bool) -> None:
    """Put what every request passes before the routes around an application, the innermost first."""
    rates = RequestRates(settings.person_requests, settings.address_requests)
    admission = Admission(settings.names, settings.largest_request, rates)
    app.add_middleware(Guard, admission=admission, ledger=ledger, routes=app.routes)
    folders = {"": settings.office, "icons/": settings.icons, "start/": settings.templates}
    # Only where the service is a function does it lead the task pane to the store of the documents.
    acceptance = large_requests.Acceptance(ledger.sent_bodies, settings.largest_request)
    app.state.large_requests = acceptance if is_function else None
    store_address = ledger.objects_address() if is_function else ""
    app.add_middleware(Pages, folders=folders, store_address=store_address)
    app.add_middleware(Incidents)
    if app.state.meter:
        from server.api.request_meter import RequestMeter  # noqa: PLC0415 - loaded by now

        app.add_middleware(RequestMeter, meter=app.state.meter, routes=app.routes)


def _add_watch(app: FastAPI, settings: Settings, ledger: Ledger) -> None:
    """Give an application what says whether it is ready, and what counts requests if metrics are on."""
    app.state.readiness = readiness.Readiness(ledger)
    app.state.meter = None
    if settings.metrics:
        from server.api.request_meter import Meter  # noqa: PLC0415 - a tenth of a second that few firms need

        app.state.meter = Meter(ledger)


def _provider_of(settings: Settings, now: Callable[[], datetime]) -> "IdentityProvider | None":
    """Return the identity provider of the settings, ``None`` if they name none."""
    if not settings.identity_provider.is_on:
        return None
    from server.web.identity_provider import IdentityProvider  # noqa: PLC0415 - a tenth of a second that few firms need

    return IdentityProvider(settings.identity_provider, now)


def _provider_cookies(settings: Settings, ledger: Ledger) -> SealedCookies:
    """Return the cookies of sign-ins at the identity provider, which every service of the ledger opens."""
    secret = settings.identity_provider.secret
    return SealedCookies(PROVIDER_PAGE, secret, ledger.sealing_keys, ledger.counted_events, ledger.now)


def _sign_in_rules(settings: Settings, hashing: Parameters | None) -> SignInRules:
    """Return the rules for signing in that the settings make."""
    rules = SignInRules(
        page_idle=timedelta(minutes=settings.page_idle_minutes),
        addin_idle=timedelta(hours=settings.addin_idle_hours),
        second_factor_roles=settings.second_factor_roles,
        emergency_access=settings.break_glass,
    )
    return replace(rules, hashing=hashing) if hashing else rules


def _include_routes(app: FastAPI) -> None:
    """Add the routes of the ribbon, the resources and the reference to an application."""
    app.include_router(router)
    app.include_router(readiness.router)
    app.include_router(doctor.router)
    app.include_router(metrics.router)
    app.include_router(large_requests.router)
    app.include_router(clinics.router, tags=["clinics"])
    app.include_router(invoice_export.router, tags=["invoices"])
    app.include_router(invoices.router, tags=["invoices"])
    app.include_router(steps.router, tags=["invoices"])
    app.include_router(cases.router, tags=["cases"])
    app.include_router(aging.router, tags=["receivables"])
    app.include_router(reminders.router, tags=["reminders"])
    app.include_router(payer_mail.router, tags=["reminders"])
    app.include_router(dashboard.router, tags=["receivables"])
    app.include_router(worklist.router, tags=["reminders"])
    app.include_router(cheques.router, tags=["cheques"])
    app.include_router(held_visits.router, tags=["payroll"])
    app.include_router(unapplied_credits.router, tags=["invoices"])
    app.include_router(documents.router, tags=["documents"])
    app.include_router(papers.router, tags=["papers"])
    app.include_router(statements_of_account.router, tags=["papers"])
    app.include_router(pairing.router, tags=["pairing"])
    app.include_router(sign_in.router, tags=["session"])
    app.include_router(emergency_access.router, tags=["session"])
    for pages in (sign_in_pages, provider_pages, account_pages, admin_pages, attorney_pages, firm_pages):
        app.include_router(pages.router)
    app.include_router(reference_page.router)


def retention_periods(settings: Settings) -> RetentionPeriods:
    """Return how long answers and documents are kept."""
    return RetentionPeriods(
        answers=timedelta(days=settings.keep_answers_days),
        documents=timedelta(hours=settings.keep_documents_hours),
    )


async def _record_refusals(ledger: Ledger) -> None:
    """Write refusals that were counted into the access log, each minute."""
    while True:
        await asyncio.sleep(60)
        await asyncio.to_thread(ledger.access.write_counted)


async def _tidy_regularly(ledger: Ledger, settings: Settings) -> None:
    """Remove expired workbooks, answers and documents now and at regular intervals while the service runs."""
    while True:
        try:
            await asyncio.to_thread(remove_expired, ledger, retention_periods(settings))
        except Exception:  # a failed round must not be the last one
            log.exception("expired workbooks, answers and documents were not removed")
        await asyncio.sleep(settings.tidy_seconds)

"""The service put together: ledger, workers, addresses, guard."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from importlib.metadata import version

from fastapi import FastAPI

from server.api import cases, contract, documents, invoices, pairing, problems, steps
from server.api.guard import Guard
from server.api.incidents import Incidents
from server.api.pages import Pages
from server.api.routes import router
from server.api.workers import Workers
from server.ledger.outputs import Outputs
from server.ledger.store import Ledger
from server.settings import Settings


def create_app(settings: Settings) -> FastAPI:
    """Return the service on the ledger the settings name."""
    workers = Workers(settings)
    ledger = Ledger(settings.path)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        Outputs(settings.path).tidy(datetime.now(UTC) - timedelta(hours=settings.keep_outputs_hours))
        workers.warm_up()
        yield
        workers.stop()
        ledger.close()

    app = FastAPI(
        title="Clinic Ledger",
        version=version("clinic-ledger"),
        description="Payroll and invoice bookkeeping for clinics, driven from the Excel sheet in front of you.",
        lifespan=lifespan,
        redirect_slashes=False,  # an address is right or unknown
    )
    app.state.ledger = ledger
    app.state.workers = workers
    app.state.pairing = pairing.Pairing(ledger.tokens)
    app.include_router(router)
    app.include_router(invoices.router)
    app.include_router(steps.router)
    app.include_router(cases.router)
    app.include_router(documents.router)
    app.include_router(pairing.router)
    problems.install(app)
    contract.describe(app)
    app.add_middleware(
        Guard, host=settings.host, largest_request=settings.largest_request, tokens=ledger.tokens
    )
    app.add_middleware(Pages, folder=settings.office)
    app.add_middleware(Incidents)
    return app

"""Every address of the service."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from server import errors
from server.api.openapi import REF
from server.api.problems import MEDIA_TYPE, refusals
from server.api.resources import ClinicOut, Health, PayRunOut, PriceOut, ProviderOut, RateOut
from server.api.workers import Workers
from server.ledger.finished_workbooks import Outputs
from server.ledger.store import Ledger
from server.ribbon.protocol import Click, Reply
from server.ribbon.ribbon_table import Ribbon, ribbon

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

router = APIRouter()


async def open_ledger(request: Request) -> Ledger:
    """Return the ledger this service works on; a plain ``def`` would make a trip to a thread of it."""
    found: Ledger = request.app.state.ledger
    return found


def find_workers(request: Request) -> Workers:
    """Return the workers of this service."""
    found: Workers = request.app.state.workers
    return found


OpenLedger = Annotated[Ledger, Depends(open_ledger)]

STEP = (
    errors.UnknownInvoice,
    errors.UnknownDocument,
    errors.StaleInvoice,
    errors.ActionNotOpen,
    errors.NeedsManager,
    errors.InputsUnusable,
    errors.AmountDoesNotFit,
    errors.DuplicateCheque,
    errors.ChequeDiffers,
)
"""What steps of invoices can be refused with."""


@router.get("/health", responses=refusals())
def health(ledger: OpenLedger) -> Health:
    """Say that the service is up, and for how many clinics."""
    return Health(clinics=len(ledger.clinics()))


@router.get("/ribbon", responses=refusals())
def show_ribbon() -> Ribbon:
    """Return the ribbon table the add-ins are built from."""
    return ribbon()


PRESS_REFUSALS = refusals(
    errors.BadRequest,
    errors.UnknownButton,
    errors.UnknownClinic,
    errors.UnknownRun,
    errors.ClinicMismatch,
    errors.RequestIdReused,
    errors.AnswerExpired,
    errors.RunIsClosed,
    errors.RunIsVoided,
    errors.DraftOvertaken,
    errors.RunHasBlockers,
    errors.AlreadyPaidElsewhere,
    errors.SimilarVisitsPaid,
    errors.SetupDoesNotFit,
    errors.StaleSetup,
    errors.LicenceNeeded,
    errors.SheetInTheWay,
    errors.TooLarge,
    errors.NoClinic,
    errors.MissingSheet,
    errors.MissingInput,
    errors.ReasonNeeded,
    errors.BadClinicId,
    errors.EmptySetup,
    errors.EmptySheet,
    errors.OwnSheet,
    errors.HeaderNotFound,
    errors.MissingColumn,
    errors.AnotherClinicsLog,
    errors.ImplausiblePeriod,
    errors.SetupUnusable,
    errors.NotAnExamsSheet,
    errors.EmptyExamsSheet,
    errors.NoPrices,
    errors.UnknownCase,
    errors.NotCleared,
    *STEP,
    errors.WorkCutShort,
)

CLICK = {"$ref": REF.format(model=Click.__name__)}
CLICK_BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": CLICK}}}}


@router.post("/ribbon/{button}", response_model=Reply, responses=PRESS_REFUSALS, openapi_extra=CLICK_BODY)
async def press_button(
    button: str, request: Request, workers: Annotated[Workers, Depends(find_workers)]
) -> Response:
    """Press a button. Safe to send again with the same request id."""
    status, body = await workers.work(button, await request.body())
    media_type = "application/json" if status == HTTPStatus.OK else MEDIA_TYPE
    return Response(body, status, media_type=media_type)


@router.get(
    "/outputs/{output_id}",
    response_class=Response,
    responses={200: {"content": {XLSX: {}}}, **refusals(errors.UnknownOutput)},
)
def fetch_output(output_id: str, ledger: OpenLedger) -> Response:
    """Return a finished workbook, read whole: it may be removed as soon as its time is over."""
    workbook = Outputs(ledger.folder).read(output_id)
    return Response(workbook, media_type=XLSX, headers={"Cache-Control": "no-store"})


@router.get("/clinics", responses=refusals())
def list_clinics(ledger: OpenLedger) -> list[ClinicOut]:
    """List the clinics of the ledger."""
    return [ClinicOut(id=entry.id, name=entry.name) for entry in ledger.clinics()]


@router.get("/clinics/{clinic}/providers", responses=refusals(errors.UnknownClinic))
def list_providers(clinic: str, ledger: OpenLedger) -> list[ProviderOut]:
    """List a clinic's providers."""
    with ledger.clinic(clinic).reading() as books:
        return [ProviderOut.model_validate(provider) for provider in books.setup().providers]


@router.get("/clinics/{clinic}/rates", responses=refusals(errors.UnknownClinic))
def list_rates(clinic: str, ledger: OpenLedger) -> list[RateOut]:
    """List a clinic's rates."""
    with ledger.clinic(clinic).reading() as books:
        return [RateOut.model_validate(rate) for rate in books.setup().rates]


@router.get("/clinics/{clinic}/prices", responses=refusals(errors.UnknownClinic))
def list_prices(clinic: str, ledger: OpenLedger) -> list[PriceOut]:
    """List a clinic's prices, by code, payer and first day."""
    with ledger.clinic(clinic).reading() as books:
        return [PriceOut.model_validate(price) for price in books.setup().prices]


@router.get("/clinics/{clinic}/pay-runs", responses=refusals(errors.UnknownClinic))
def list_pay_runs(clinic: str, ledger: OpenLedger) -> list[PayRunOut]:
    """List a clinic's pay runs, the latest period first."""
    with ledger.clinic(clinic).reading() as books:
        return [PayRunOut.of(run) for run in books.runs()]

"""The routes of steps: take one or several, and list everything that was ever done to an invoice."""

from collections.abc import Mapping

from fastapi import APIRouter, Response

from server import errors
from server.api.invoice_bodies import StepBody, StepInputs, StepsBody, as_line
from server.api.invoice_resources import (
    AgreementOut,
    InvoiceDetail,
    InvoiceOut,
    RecordedStep,
    StepLeftOut,
    StepOut,
    StepRecorded,
    StepsTaken,
    StepTaken,
)
from server.api.invoices import ONCE, ONE, PRICED
from server.api.problems import refusals
from server.api.sessions import OfClinic
from server.billing.invoices.step_batches import Held
from server.errors import BillingError, StepsRefused
from server.operations import steps
from server.operations.agreements import check_agreements
from server.operations.session import Session
from server.operations.steps import STEP_REFUSALS, StepAsked

router = APIRouter(prefix="/clinics/{clinic}/invoices")


@router.get("/{number}/steps", responses=refusals(*ONE))
def list_steps(number: str, sessions: OfClinic) -> list[RecordedStep]:
    """Return every step of an invoice, in order."""
    with sessions.view_session() as session:
        return [RecordedStep.of_recorded(step) for step in steps.list_steps(session, number)]


@router.post("/{number}/steps", response_model=StepTaken, responses=refusals(*STEP_REFUSALS, *PRICED, *ONCE))
def take_step(number: str, body: StepBody, sessions: OfClinic) -> Response:
    """Take one step on an invoice. Safe to send again with the same request id."""
    return sessions.answer_once(
        ("invoices.step", number), body, lambda session: _take_step(session, number, body)
    )


@router.post("/steps", response_model=StepsTaken, responses=refusals(StepsRefused, errors.NoPrices, *ONCE))
def take_steps(body: StepsBody, sessions: OfClinic) -> Response:
    """Take several steps: all of them or none, or with ``apply`` the valid ones. Safe to send again with the same id."""
    return sessions.answer_once(("invoices.steps", ""), body, lambda session: _take_steps(session, body))


def _step_asked(session: Session, place: int, number: str, step: StepInputs) -> StepAsked:
    lines = [as_line(one, line) for one, line in enumerate(step.lines, 1)]
    return StepAsked(place, step.request(number, session.person.role), step.version, lines)


def _take_step(session: Session, number: str, body: StepBody) -> StepTaken:
    done = steps.take_step(session, _step_asked(session, 0, number, body))
    invoice = next(one for one in done.invoices if one.number == done.batch.decided[0].number)
    return StepTaken(
        step=StepOut.of(done.batch.decided[0]),
        invoice=InvoiceDetail.of(invoice),
        also_pays=done.batch.also_pays.get(0, ()),
        agreement=AgreementOut.of(check_agreements(session, done.batch).get(0)),
    )


def _take_steps(session: Session, body: StepsBody) -> StepsTaken:
    """Record the steps of a request. Each is known by its place, counted from 1."""
    asked = [_step_asked(session, place, step.number, step) for place, step in enumerate(body.steps, 1)]
    done = steps.take_steps(session, asked, only_good=bool(body.apply))
    limits = check_agreements(session, done.batch)
    return StepsTaken(
        recorded=[
            StepRecorded(
                place=place,
                number=step.number,
                step=StepOut.of(step),
                also_pays=done.batch.also_pays.get(place, ()),
                agreement=AgreementOut.of(limits.get(place)),
            )
            for place, step in done.batch.decided.items()
        ],
        left_out=_steps_left_out(done.refused, done.held),
        invoices=[InvoiceOut.of(invoice) for invoice in done.invoices],
    )


def _steps_left_out(refused: Mapping[int, BillingError], held: Mapping[int, Held]) -> list[StepLeftOut]:
    """Return the steps that are not recorded and why, in the order they were sent."""
    left_out = [
        StepLeftOut(place=place, code=one.code, detail=str(one), remedy=one.program_remedy)
        for place, one in refused.items()
    ]
    for place, why in held.items():
        one = steps.held_finding(why)
        left_out.append(
            StepLeftOut(place=place, code=one.code, detail=one.message, remedy=one.program_remedy)
        )
    return sorted(left_out, key=lambda one: one.place)

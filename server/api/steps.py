"""The addresses of steps: one on an invoice, several decided together, and everything that was ever done."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from fastapi import APIRouter, Response

from server import errors
from server.api.access_log import seen
from server.api.idempotency import once
from server.api.invoice_bodies import OneOfSteps, StepBody, StepInputs, StepsBody
from server.api.invoice_resources import (
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
from server.api.pricing import price_list, priced
from server.api.problems import refusals
from server.api.routes import STEP, OpenLedger
from server.billing.invoices.invoice import Action, ActionRequest
from server.billing.invoices.prices import PriceList
from server.billing.invoices.step_batches import Asked, subjects_of
from server.errors import BillingError, ExamsUnusable, Finding, StepsRefused, UnknownDocument, UnknownInvoice
from server.ledger.clinic_books import ClinicBooks
from server.ribbon.context import ACTOR
from server.ribbon.invoices.batch_decisions import Judged, decide_rows, judge_rows

router = APIRouter(prefix="/clinics/{clinic}/invoices")


@router.get("/{number}/steps", responses=refusals(*ONE))
def list_steps(clinic: str, number: str, ledger: OpenLedger) -> list[RecordedStep]:
    """Return everything that was ever done to an invoice, the first step first."""
    with ledger.clinic(clinic).reading() as books:
        steps = books.invoices.history(number)
    seen(ledger, clinic, "invoice history", number)
    return [RecordedStep.of_recorded(step) for step in steps]


@router.post("/{number}/steps", response_model=StepTaken, responses=refusals(*STEP, *PRICED, *ONCE))
def take_step(clinic: str, number: str, body: StepBody, ledger: OpenLedger) -> Response:
    """Take one step with an invoice. Safe to send again with the same request id."""
    with ledger.clinic(clinic).transaction() as books:
        return once(
            books, "invoices.step", number, body, lambda: _stepped(books, number, body, ledger.today())
        )


@router.post("/steps", response_model=StepsTaken, responses=refusals(StepsRefused, errors.NoPrices, *ONCE))
def take_steps(clinic: str, body: StepsBody, ledger: OpenLedger) -> Response:
    """Take several steps, all of them or none, or the good ones if asked. Safe to send again with the same request id."""
    with ledger.clinic(clinic).transaction() as books:
        return once(books, "invoices.steps", "", body, lambda: _all_stepped(books, body, ledger.today()))


# -- one step


def _stepped(books: ClinicBooks, number: str, body: StepBody, today: date) -> StepTaken:
    prices = price_list(books) if _is_priced(body) else None
    batch = decide_rows(books, [Asked(0, _request(books, number, body, prices, today), body.version)], today)
    for refusal in batch.refused.values():
        raise refusal
    (invoice,) = books.invoices.record(list(batch.decided.values()), body.request_id, ACTOR)
    return StepTaken(
        step=StepOut.of(batch.decided[0]),
        invoice=InvoiceDetail.of(invoice),
        also_pays=batch.also_pays.get(0, ()),
    )


def _is_priced(step: StepInputs) -> bool:
    """Return whether a step has lines that are looked at: any other action takes none."""
    return bool(step.lines) and step.action is Action.EDIT_LINES


def _request(
    books: ClinicBooks, number: str, step: StepInputs, prices: PriceList | None, today: date
) -> ActionRequest:
    """Return what is asked of an invoice; refuses a paper nobody kept, and lines that cannot be priced."""
    if step.document:
        books.documents.get(step.document)
    request = step.request(number)
    if prices and _is_priced(step):
        return replace(request, lines=priced(books.invoices.get(number), step.lines, prices, today))
    return request


# -- several


def _all_stepped(books: ClinicBooks, body: StepsBody, today: date) -> StepsTaken:
    """Record what can be recorded of the steps sent, known by their places among them."""
    sent = dict(enumerate(body.steps, 1))
    asked, unasked = _asked(books, sent, today)
    about = {
        place: subjects_of(sent[place].number, sent[place].request(sent[place].number)) for place in unasked
    }
    judged = judge_rows(books, asked, about, today)
    left_out = _left_out(unasked, judged)
    if not judged.good or (left_out and not body.apply):
        raise StepsRefused(len(sent), _findings(left_out))
    decided = {one.row: judged.batch.decided[one.row] for one in judged.good}
    invoices = books.invoices.record(list(decided.values()), body.request_id, ACTOR)
    return StepsTaken(
        recorded=[
            StepRecorded(
                place=place,
                number=step.number,
                step=StepOut.of(step),
                also_pays=judged.batch.also_pays.get(place, ()),
            )
            for place, step in decided.items()
        ],
        left_out=left_out,
        invoices=[InvoiceOut.of(invoice) for invoice in invoices],
    )


def _asked(
    books: ClinicBooks, sent: Mapping[int, OneOfSteps], today: date
) -> tuple[list[Asked], dict[int, BillingError]]:
    """Return the steps the rules can be asked, and why the others cannot."""
    books.invoices.numbered([step.number for step in sent.values()])  # all of them in one reading
    prices = price_list(books) if any(map(_is_priced, sent.values())) else None
    asked: list[Asked] = []
    unasked: dict[int, BillingError] = {}
    for place, step in sent.items():
        try:
            asked.append(Asked(place, _request(books, step.number, step, prices, today), step.version))
        except (UnknownDocument, UnknownInvoice, ExamsUnusable) as refusal:
            unasked[place] = refusal
    return asked, unasked


def _left_out(unasked: Mapping[int, BillingError], judged: Judged) -> list[StepLeftOut]:
    """Return why steps are not recorded, in the order they were sent."""
    refused = {**unasked, **judged.batch.refused}
    told = [
        StepLeftOut(place=place, code=one.code, detail=str(one), remedy=one.remedy)
        for place, one in refused.items()
    ]
    for place, held in judged.held.items():
        one = Finding("held-with-another", "", facts={"row": held.row, "what": held.what})
        told.append(StepLeftOut(place=place, code=one.code, detail=one.message, remedy=one.remedy))
    return sorted(told, key=lambda one: one.place)


def _findings(left_out: Sequence[StepLeftOut]) -> list[Finding]:
    return [
        Finding("step-refused", "steps", (one.place,), facts={"sentence": one.detail, "remedy": one.remedy})
        for one in left_out
    ]

"""The addresses of invoices. Names of patients and cases are in bodies and answers, never in an address."""

from fastapi import APIRouter, Response

from server import errors
from server.api.invoice_bodies import StepBody
from server.api.invoice_resources import InvoiceDetail, RecordedStep, StepOut, StepTaken
from server.api.once import once
from server.api.problems import refusals
from server.api.routes import BOOKS, STEP, OpenLedger
from server.billing.invoicing.batches import Asked
from server.ledger.books import Books
from server.ribbon.desk import ACTOR
from server.ribbon.invoices.recording import decide_rows

router = APIRouter(prefix="/clinics/{clinic}/invoices")

CLINIC = (errors.BadRequest, errors.UnknownClinic, *BOOKS)
"""What every address of a clinic can be refused with."""

ONE = (errors.UnknownInvoice, *CLINIC)

STEP_REFUSALS = refusals(*STEP, *CLINIC, errors.RequestIdReused)


@router.get("/{number}", responses=refusals(*ONE))
def show_invoice(clinic: str, number: str, ledger: OpenLedger) -> InvoiceDetail:
    """Return an invoice with its lines, offers, cheques, and what can be done to it now."""
    with ledger.clinic(clinic).reading() as books:
        return InvoiceDetail.of(books.invoices.get(number))


@router.get("/{number}/steps", responses=refusals(*ONE))
def list_steps(clinic: str, number: str, ledger: OpenLedger) -> list[RecordedStep]:
    """Return everything that was ever done to an invoice, the first step first."""
    with ledger.clinic(clinic).reading() as books:
        return [RecordedStep.of_recorded(recorded) for recorded in books.invoices.history(number)]


@router.post("/{number}/steps", response_model=StepTaken, responses=STEP_REFUSALS)
def take_step(clinic: str, number: str, body: StepBody, ledger: OpenLedger) -> Response:
    """Take one step with an invoice. Safe to send again with the same request id."""
    with ledger.clinic(clinic).transaction() as books:
        return once(books, "invoices.step", number, body, lambda: _stepped(books, number, body, ledger))


def _stepped(books: Books, number: str, body: StepBody, ledger: OpenLedger) -> StepTaken:
    if body.document:
        books.documents.get(body.document)
    batch = decide_rows(books, [Asked(0, body.request(number), body.version)], ledger.today())
    for refusal in batch.refused.values():
        raise refusal
    (invoice,) = books.invoices.record(list(batch.decided.values()), body.request_id, ACTOR)
    return StepTaken(step=StepOut.of(batch.decided[0]), invoice=InvoiceDetail.of(invoice))

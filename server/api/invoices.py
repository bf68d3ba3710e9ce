"""The addresses of invoices. Names of patients and cases are in bodies and answers, never in an address."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response

from server import errors
from server.api.invoice_bodies import ExamBody, Filter, InvoicesBody, LineBody, StepBody, as_exam
from server.api.invoice_resources import (
    InvoiceDetail,
    InvoiceOut,
    InvoicePage,
    InvoicesCreated,
    RecordedStep,
    StepOut,
    StepTaken,
)
from server.api.once import once
from server.api.problems import refusals
from server.api.routes import BOOKS, STEP, OpenLedger
from server.api.viewing import seen
from server.billing.invoicing import buckets
from server.billing.invoicing.batches import Asked
from server.billing.invoicing.exams import Draft, Exam, drafts
from server.billing.invoicing.prices import PriceList
from server.billing.invoicing.unbilled import sort_out
from server.billing.invoicing.values import Invoice, InvoiceLine
from server.errors import BadRequest, ExamsUnusable, Finding, NoPrices, Severity, counted
from server.ledger.books import Books
from server.ledger.invoices import Days, Wanted, in_both
from server.ribbon.desk import ACTOR
from server.ribbon.invoices.recording import decide_rows

router = APIRouter(prefix="/clinics/{clinic}/invoices")

CLINIC = (errors.BadRequest, errors.UnknownClinic, *BOOKS)
"""What every address of a clinic can be refused with."""

ONE = (errors.UnknownInvoice, *CLINIC)
PRICED = (errors.NoPrices, errors.ExamsUnusable)
ONCE = (errors.RequestIdReused, *CLINIC)


@router.get("", responses=refusals(*ONE))
def list_invoices(clinic: str, ledger: OpenLedger, asked: Annotated[Filter, Query()]) -> InvoicePage:
    """List invoices in the order of their numbers, a page at a time."""
    wanted = Wanted(
        states=asked.state,
        payer=asked.payer,
        attorney=asked.attorney,
        facility=asked.facility,
        physician=asked.physician,
        created=_days(asked, ledger.today()),
    )
    with ledger.clinic(clinic).reading() as books:
        found = books.invoices.find(wanted, asked.after, asked.limit + 1)
    page = found[: asked.limit]
    seen(ledger, clinic, "list invoices", counted(len(page), "invoice"))
    return InvoicePage(
        invoices=[InvoiceOut.of(invoice) for invoice in page],
        next=page[-1].number if len(found) > len(page) else None,
    )


@router.get("/{number}", responses=refusals(*ONE))
def show_invoice(clinic: str, number: str, ledger: OpenLedger) -> InvoiceDetail:
    """Return an invoice with its lines, offers, cheques, and what can be done to it now."""
    with ledger.clinic(clinic).reading() as books:
        invoice = books.invoices.get(number)
    seen(ledger, clinic, "show invoice", invoice.number)
    return InvoiceDetail.of(invoice)


@router.get("/{number}/steps", responses=refusals(*ONE))
def list_steps(clinic: str, number: str, ledger: OpenLedger) -> list[RecordedStep]:
    """Return everything that was ever done to an invoice, the first step first."""
    with ledger.clinic(clinic).reading() as books:
        steps = books.invoices.history(number)
    seen(ledger, clinic, "invoice history", number)
    return [RecordedStep.of_recorded(step) for step in steps]


@router.post("", response_model=InvoicesCreated, responses=refusals(*PRICED, *ONCE))
def create_invoices(clinic: str, body: InvoicesBody, ledger: OpenLedger) -> Response:
    """Make an invoice of each exam, of all of them or of none. Safe to send again with the same request id."""
    with ledger.clinic(clinic).transaction() as books:
        return once(books, "invoices.create", "", body, lambda: _billed(books, body, ledger.today()))


@router.post("/{number}/steps", response_model=StepTaken, responses=refusals(*STEP, *PRICED, *ONCE))
def take_step(clinic: str, number: str, body: StepBody, ledger: OpenLedger) -> Response:
    """Take one step with an invoice. Safe to send again with the same request id."""
    with ledger.clinic(clinic).transaction() as books:
        return once(
            books, "invoices.step", number, body, lambda: _stepped(books, number, body, ledger.today())
        )


def _days(asked: Filter, today: date) -> Days:
    """Return the days of creation asked for, within those of the bucket if one is named."""
    if not asked.bucket:
        return asked.since, asked.until
    bucket = buckets.named(asked.bucket)
    if bucket is None:
        known = ", ".join(f"{one.name} ({one.risk})" for one in buckets.BUCKETS)
        raise BadRequest(f"There is no such bucket. The buckets are: {known}.")
    return in_both(bucket.created(today), (asked.since, asked.until))


def _billed(books: Books, body: InvoicesBody, today: date) -> InvoicesCreated:
    exams = [as_exam(place, exam) for place, exam in enumerate(body.exams, 1)]
    drafted = _drafted(books, exams, today)
    findings = sort_out(drafted, exams, {}, books.invoices.of_exams(exams), set(body.again)).findings
    _refuse_blocked(findings)
    numbers = books.invoices.create(drafted[0], body.request_id, ACTOR)
    made = books.invoices.numbered(numbers)
    return InvoicesCreated(invoices=[InvoiceOut.of(made[number]) for number in numbers])


def _stepped(books: Books, number: str, body: StepBody, today: date) -> StepTaken:
    if body.document:
        books.documents.get(body.document)
    request = body.request(number)
    if body.lines:
        request = replace(request, lines=_priced(books, books.invoices.get(number), body.lines, today))
    batch = decide_rows(books, [Asked(0, request, body.version)], today)
    for refusal in batch.refused.values():
        raise refusal
    (invoice,) = books.invoices.record(list(batch.decided.values()), body.request_id, ACTOR)
    return StepTaken(step=StepOut.of(batch.decided[0]), invoice=InvoiceDetail.of(invoice))


def _priced(
    books: Books, invoice: Invoice, lines: Sequence[LineBody], today: date
) -> tuple[InvoiceLine, ...]:
    """Return lines of an invoice at the prices of its exam date and payer."""
    facts = invoice.facts
    shared = {name: getattr(facts, name) for name in ("exam_date", "patient", "case", "payer")}
    exams = [
        as_exam(place, ExamBody.model_construct(**shared, **line.model_dump()))
        for place, line in enumerate(lines, 1)
    ]
    made, findings = _drafted(books, exams, today)
    _refuse_blocked(findings)
    return made[0].lines


def _drafted(books: Books, exams: Sequence[Exam], today: date) -> tuple[list[Draft], list[Finding]]:
    setup = books.setup()
    if not setup.prices:
        raise NoPrices(setup.clinic.name)
    return drafts(exams, PriceList(setup.prices, setup.exam_types), today)


def _refuse_blocked(findings: Sequence[Finding]) -> None:
    if blockers := [finding for finding in findings if finding.severity is Severity.BLOCKER]:
        raise ExamsUnusable(blockers)

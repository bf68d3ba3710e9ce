"""Steps of invoices: checked, recorded all or none, and shown as a history."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from server.billing.invoices.exams import Exam, draft_invoices
from server.billing.invoices.invoice import Action, ActionRequest, Invoice, InvoiceLine, Step
from server.billing.invoices.prices import PriceList
from server.billing.invoices.projection import apply_step
from server.billing.invoices.step_batches import (
    Asked,
    Batch,
    Held,
    Subject,
    cheques_in_question,
    decide_all,
    invoices_in_question,
    rows_held,
    rows_together,
    subjects_of,
    subjects_of_counterparts,
)
from server.errors import (
    ActionNotOpen,
    AmountDoesNotFit,
    BillingError,
    ChangedSinceShown,
    ChequeDiffers,
    CreditNotUsable,
    DuplicateCheque,
    ExamsUnusable,
    Finding,
    InputsUnusable,
    NeedsManager,
    NoPrices,
    StaleInvoice,
    StepsRefused,
    UnknownDocument,
    UnknownInvoice,
)
from server.errors.invoice_findings import HeldWithAnother, StepNotRecorded
from server.ledger.clinic_books import ClinicBooks
from server.ledger.document_files import Document
from server.ledger.invoices.invoice_filter import HOLDING_CREDIT
from server.ledger.invoices.steps import StepRecord
from server.operations.invoices import PRICE_REFUSALS, prices_of, refuse_blocked
from server.operations.operation import operation
from server.operations.session import Session

STEP_REFUSALS = (
    UnknownInvoice,
    UnknownDocument,
    StaleInvoice,
    ActionNotOpen,
    NeedsManager,
    InputsUnusable,
    AmountDoesNotFit,
    DuplicateCheque,
    ChequeDiffers,
    CreditNotUsable,
)
"""The refusals that a step on an invoice can raise."""


# -- look at them


@operation(UnknownInvoice)
def list_steps(session: Session, number: str) -> list[StepRecord]:
    """Return every step of an invoice, in order."""
    with session.reading() as books:
        steps = books.invoices.history(number)
    session.record_view("invoice history", number)
    return steps


@dataclass(frozen=True, slots=True)
class StepInHistory:
    """One step of an invoice's history, the invoice before and after it, and the document it attached."""

    recorded: StepRecord
    before: Invoice
    after: Invoice
    paper: Document | None
    taken_back: tuple[Step, ...]


@operation(UnknownInvoice)
def show_history(session: Session, numbers: Sequence[str]) -> list[StepInHistory]:
    """Return every step of these invoices, invoice by invoice."""
    with session.reading() as books:
        books.invoices.with_numbers(numbers)  # one query: one by one takes three times as long
        steps = [step for number in numbers for step in _history_of(books, number)]
    session.record_view("invoice history", "; ".join(numbers))
    return steps


def _history_of(books: ClinicBooks, number: str) -> Iterator[StepInHistory]:
    recorded = books.invoices.history(number)
    steps = {one.step.place: one.step for one in recorded}
    invoice = Invoice(books.invoices.get(number).facts)
    for one in recorded:
        before, invoice = invoice, apply_step(invoice, one.step)
        digest = one.step.request.document
        paper = books.documents.get(digest) if digest else None
        taken_back = tuple(steps[place] for place in one.step.reverses)
        yield StepInHistory(one, before, invoice, paper, taken_back)


@dataclass(frozen=True, slots=True)
class DocumentInHistory:
    """A document, and the step that attached it."""

    paper: Document
    recorded: StepRecord


@operation(UnknownInvoice)
def list_documents(session: Session, number: str) -> list[DocumentInHistory]:
    """Return the documents of an invoice, one for each step that attached one."""
    with session.reading() as books:
        found = [
            DocumentInHistory(books.documents.get(one.step.request.document), one)
            for one in books.invoices.history(number)
            if one.step.request.document
        ]
    session.record_view("documents of invoice", number)
    return found


# -- record them


@dataclass(frozen=True, slots=True)
class StepAsked:
    """A requested step. ``row`` is the caller's number for it, ``version`` the invoice version that the person saw.

    ``lines`` is what an edit of the invoice's lines bills, as exams without a patient or a day.
    """

    row: int
    request: ActionRequest
    version: int | None = None
    lines: Sequence[Exam] = ()

    @property
    def is_priced(self) -> bool:
        """Return whether its lines are used: only one action takes lines."""
        return bool(self.lines) and self.request.action is Action.EDIT_LINES


@dataclass(frozen=True, slots=True)
class CheckedSteps:
    """The steps that can be recorded, in order, and the steps held because of another row. ``batch`` has the refused
    ones. ``together`` has the rows of the good ones in groups that are recorded together.
    """

    good: Sequence[Asked]
    held: Mapping[int, Held]
    batch: Batch
    together: Sequence[tuple[int, ...]]

    @property
    def batch_of_good(self) -> Batch:
        """Return the batch with the good steps alone."""
        return replace(self.batch, decided={one.row: self.batch.decided[one.row] for one in self.good})


@dataclass(frozen=True, slots=True)
class RecordedSteps:
    """The recorded steps, the invoices after them, and by row why other steps were not recorded."""

    batch: Batch
    invoices: Sequence[Invoice]
    refused: Mapping[int, BillingError]
    held: Mapping[int, Held]


def decide_steps(books: ClinicBooks, asked: Sequence[Asked], today: date) -> Batch:
    """Decide steps on the invoices and cheques in the books. Nothing is written."""
    invoices = books.invoices.with_numbers([one.request.number for one in asked])
    invoices |= books.invoices.with_numbers(invoices_in_question(asked, invoices))
    if any(one.request.action is Action.APPLY_CREDIT for one in asked):
        invoices |= {one.number: one for one in books.invoices.find(HOLDING_CREDIT)}
    known = books.invoices.cheques_known(cheques_in_question(asked, invoices))
    return decide_all(asked, invoices, today, known)


def _check_asked_steps(
    books: ClinicBooks, asked: Sequence[Asked], left_out: Mapping[int, Sequence[Subject]], today: date
) -> CheckedSteps:
    batch = decide_steps(books, asked, today)
    subjects = {
        one.row: (
            *subjects_of(one.request.number, one.request),
            *subjects_of_counterparts(batch.counterparts.get(one.row, ())),
        )
        for one in asked
    }
    held = rows_held({**subjects, **left_out}, batch.refused.keys() | left_out.keys())
    good = [one for one in asked if one.row not in batch.refused and one.row not in held]
    return CheckedSteps(good, held, batch, rows_together({one.row: subjects[one.row] for one in good}))


@operation()
def check_steps(
    session: Session, asked: Sequence[Asked], left_out: Mapping[int, Sequence[Subject]]
) -> CheckedSteps:
    """Return which steps can be recorded without the others. Nothing is written.

    ``left_out`` has the rows that ask for nothing or cannot be read, with their subjects.
    """
    with session.reading() as books:
        return _check_asked_steps(books, asked, left_out, session.today)


@operation(*STEP_REFUSALS)
def record_steps(session: Session, asked: Sequence[Asked]) -> RecordedSteps:
    """Record all of the steps that were checked before. They are decided again inside the write transaction."""
    batch = decide_steps(session.books, asked, session.today)
    for refusal in batch.refused.values():
        raise refusal
    return RecordedSteps(batch, _write_steps(session, batch.steps), {}, {})


@operation(*STEP_REFUSALS, ChangedSinceShown)
def record_shown_steps(
    session: Session, asked: Sequence[Asked], shown: Mapping[int, Step], rows: Collection[int]
) -> RecordedSteps:
    """Record the steps of some ``rows`` exactly as they were ``shown``. ``asked`` has these and all others that were shown.

    All of them are decided again inside the write transaction. Raises ChangedSinceShown if one is decided otherwise now.
    """
    batch = decide_steps(session.books, asked, session.today)
    for refusal in batch.refused.values():
        raise refusal
    if batch.decided != dict(shown):
        raise ChangedSinceShown
    decided = {row: step for row, step in batch.decided.items() if row in rows}
    return RecordedSteps(
        replace(batch, decided=decided), _write_steps(session, batch.steps_of(decided)), {}, {}
    )


@operation(*STEP_REFUSALS, *PRICE_REFUSALS)
def take_step(session: Session, asked: StepAsked) -> RecordedSteps:
    """Take one step on an invoice."""
    books = session.books
    prices = prices_of(books)[1] if asked.is_priced else None
    return record_steps(session, [_to_decide(books, asked, prices, session.today)])


@operation(StepsRefused, NoPrices)
def take_steps(session: Session, asked: Sequence[StepAsked], *, only_good: bool) -> RecordedSteps:
    """Take several steps: all of them or none, or with ``only_good`` the ones that can be recorded.

    Steps on one invoice or one cheque stay together (rule: invoices#all-or-none).
    """
    books = session.books
    books.invoices.with_numbers([one.request.number for one in asked])  # all of them in one query
    prices = prices_of(books)[1] if any(one.is_priced for one in asked) else None
    to_decide: list[Asked] = []
    refused: dict[int, BillingError] = {}
    for one in asked:
        try:
            to_decide.append(_to_decide(books, one, prices, session.today))
        except (UnknownDocument, UnknownInvoice, ExamsUnusable) as refusal:
            refused[one.row] = refusal
    about = {one.row: subjects_of(one.request.number, one.request) for one in asked if one.row in refused}
    judged = _check_asked_steps(books, to_decide, about, session.today)
    refused |= judged.batch.refused
    if not judged.good or ((refused or judged.held) and not only_good):
        raise StepsRefused(len(asked), _step_findings(refused, judged.held))
    decided = {one.row: judged.batch.decided[one.row] for one in judged.good}
    moved = _write_steps(session, judged.batch.steps_of(decided))
    return RecordedSteps(replace(judged.batch, decided=decided), moved, refused, judged.held)


def held_finding(held: Held) -> Finding:
    """Return the finding on a step that is held because of another row."""
    return Finding(HeldWithAnother(row=held.row, what=held.what), "")


def _step_findings(refused: Mapping[int, BillingError], held: Mapping[int, Held]) -> list[Finding]:
    kinds = {row: StepNotRecorded.of(one) for row, one in refused.items()}
    for row in held:
        one = held_finding(held[row])
        kinds[row] = StepNotRecorded(one.message, one.remedy, one.program_remedy)
    return [Finding(kind, "steps", (row,)) for row, kind in sorted(kinds.items())]


def _to_decide(books: ClinicBooks, asked: StepAsked, prices: PriceList | None, today: date) -> Asked:
    """Return a step with its lines priced; raises UnknownDocument, UnknownInvoice and ExamsUnusable."""
    request = asked.request
    if request.document:
        books.documents.get(request.document)
    if prices and asked.is_priced:
        request = replace(
            request, lines=_price_lines(books.invoices.get(request.number), asked.lines, prices, today)
        )
    return Asked(asked.row, request, asked.version)


def _price_lines(
    invoice: Invoice, lines: Sequence[Exam], prices: PriceList, today: date
) -> tuple[InvoiceLine, ...]:
    """Return lines of an invoice at the prices of its exam date and payer."""
    facts = invoice.facts
    exams = [
        replace(line, exam_date=facts.exam_date, patient=facts.patient, case=facts.case, payer=facts.payer)
        for line in lines
    ]
    made, findings = draft_invoices(exams, prices, today)
    refuse_blocked(findings)
    return made[0].lines


def _write_steps(session: Session, steps: Collection[Step]) -> list[Invoice]:
    return session.books.invoices.record(list(steps), session.request_id, session.person.name)


# -- attach a document to them


@dataclass(frozen=True, slots=True)
class AttachedPaper:
    """A document, the invoices it was attached to now, and the numbers of those that had it already.

    ``papers`` is how many documents each invoice has by now.
    """

    paper: Document
    attached: Mapping[str, Invoice]
    before: Sequence[str]
    papers: Mapping[str, int]


@operation(*STEP_REFUSALS)
def attach_document(session: Session, numbers: Sequence[str], digest: str, note: str) -> AttachedPaper:
    """Attach a kept document to all of these invoices or none. An invoice that has it with the same note is skipped."""
    books = session.books
    paper = books.documents.get(digest)
    lacking = [number for number in numbers if not _has_paper(books, number, digest, note)]
    asked = [
        Asked(row, ActionRequest(number, Action.ATTACH, session.person.role, note=note, document=digest))
        for row, number in enumerate(lacking)
    ]
    invoices = record_steps(session, asked).invoices
    before = [number for number in numbers if number not in lacking]
    papers = {number: len(found) for number, found in books.documents.of_invoices(numbers).items()}
    return AttachedPaper(paper, {invoice.number: invoice for invoice in invoices}, before, papers)


def _has_paper(books: ClinicBooks, number: str, digest: str, note: str) -> bool:
    requests = [recorded.step.request for recorded in books.invoices.history(number)]
    return any((request.document, request.note) == (digest, note) for request in requests)

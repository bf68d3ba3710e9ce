"""Invoices: created from exams, listed and shown."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from server.billing.invoices.billable_exams import BillableExams, PartOfKey, billed_before, select_billable
from server.billing.invoices.exams import Draft, Exam, draft_invoices, units_of_both_sides
from server.billing.invoices.invoice import Invoice
from server.billing.invoices.new_invoices import begin_invoices
from server.billing.invoices.prices import PriceList
from server.errors import (
    ExamsUnusable,
    Finding,
    NoPrices,
    Severity,
    UnknownInvoice,
    count_of,
)
from server.ledger.clinic_books import ClinicBooks
from server.ledger.invoices.invoice_filter import InvoiceFilter
from server.ledger.invoices.invoice_records import InvoiceOrder
from server.ledger.list_places import ListPlace
from server.operations.listed_rows import ListedRows
from server.operations.operation import operation
from server.operations.session import Session

PRICE_REFUSALS = (NoPrices, ExamsUnusable)
"""The refusals that pricing lines can raise."""


# -- look at invoices


@operation(UnknownInvoice)
def list_invoices(
    session: Session, invoice_filter: InvoiceFilter, place: ListPlace[InvoiceOrder], most: int
) -> ListedRows[Invoice]:
    """Return at most ``most`` invoices from a place of the list on."""
    with session.reading() as books:
        found = books.invoices.find(invoice_filter, place, most + 1)
        page = ListedRows.of_found(found, most, books.invoices.count_found(invoice_filter))
    session.record_view("list invoices", count_of(len(page.rows), "invoice"))
    return page


@dataclass(frozen=True, slots=True)
class OpenedInvoices:
    """The invoices for an Invoices sheet, and how many papers are attached to each, by number."""

    invoices: Sequence[Invoice]
    papers: Mapping[str, int]


@operation()
def open_invoices(session: Session, invoice_filter: InvoiceFilter, narrowed_by: str) -> OpenedInvoices:
    """Return the invoices for an Invoices sheet. ``narrowed_by`` says how they were chosen, without names of people."""
    with session.reading() as books:
        found = books.invoices.find(invoice_filter)
        papers = books.documents.of_invoices([invoice.number for invoice in found])
    session.record_view("open invoices", f"{count_of(len(found), 'invoice')}: {narrowed_by}")
    return OpenedInvoices(found, {number: len(documents) for number, documents in papers.items()})


@operation(UnknownInvoice)
def show_invoice(session: Session, number: str) -> Invoice:
    """Return one invoice."""
    with session.reading() as books:
        invoice = books.invoices.get(number)
    session.record_view("show invoice", invoice.number)
    return invoice


@operation()
def find_invoices(session: Session, numbers: Collection[str]) -> dict[str, Invoice]:
    """Return the invoices of a sheet that shows them already, by number, without unknown numbers."""
    with session.reading() as books:
        return books.invoices.with_numbers(numbers)


# -- create them


@dataclass(frozen=True, slots=True)
class DecidedExams:
    """The decision on the exams of a sheet or a request.

    ``exams`` says whether each exam can be billed; ``unusual`` has remarks on the billable ones; ``before`` has the
    invoices that billed a row earlier.
    """

    clinic: str
    exams: BillableExams
    unusual: Sequence[Finding]
    before: Mapping[int, Invoice]


@dataclass(frozen=True, slots=True)
class CreatedInvoices:
    """The decision on the exams, the exams that became invoices, and these invoices, in the same order.

    ``injuries`` is how many cases got another date of injury or claim number, also from rows that were billed earlier.
    """

    decided: DecidedExams
    drafts: Sequence[Draft] = ()
    invoices: Sequence[Invoice] = ()
    injuries: int = 0


@dataclass(frozen=True, slots=True)
class SheetOfExams:
    """What else is on a sheet of exams: the rows with an unreadable cell, and the invoice numbers in the Result column by
    row.
    """

    unreadable: Mapping[int, PartOfKey]
    numbers: Mapping[int, str]


NO_SHEET = SheetOfExams({}, {})


def all_or_none(decided: DecidedExams) -> Sequence[Draft] | None:
    """Return all exams, or ``None`` if one of them cannot be billed."""
    return None if _blocking_findings(decided.exams.findings) else decided.exams.good


@operation(NoPrices)
def create_invoices(
    session: Session,
    exams: Sequence[Exam],
    sheet: SheetOfExams = NO_SHEET,
    *,
    again: Collection[str] = (),
    agreed: Callable[[DecidedExams], Sequence[Draft] | None] = all_or_none,
) -> CreatedInvoices:
    """Create an invoice for each exam that ``agreed`` returns, only once per exam (rule: invoices#creating).

    If it returns ``None``, nothing is recorded. Otherwise rows that were billed earlier say of their injuries what they
    know by now, also if there is nothing to bill. ``agreed`` is asked again about what is decided inside the write
    transaction. ``again`` has the numbers of invoices whose exams are billed a second time.
    """
    with session.reading() as books:
        decided = _decide_exams(books, session.today, exams, sheet, again)
    if agreed(decided) is None:
        return CreatedInvoices(decided)
    books = session.books
    decided = _decide_exams(books, session.today, exams, sheet, again)
    drafts = agreed(decided)
    if drafts is None:
        return CreatedInvoices(decided)
    new = begin_invoices(drafts, books.invoices.count(), session.today)
    numbers = books.invoices.create(new, session.request_id, session.person.name)
    told = [exam for exam in exams if exam.row in decided.before]
    injuries = books.invoices.record_injuries([*(exam for draft in drafts for exam in draft.exams), *told])
    invoices = books.invoices.with_numbers(numbers)
    return CreatedInvoices(decided, drafts, [invoices[number] for number in numbers], injuries)


def _decide_exams(
    books: ClinicBooks, today: date, exams: Sequence[Exam], sheet: SheetOfExams, again: Collection[str]
) -> DecidedExams:
    setup, prices = prices_of(books)
    before, copied = billed_before(exams, _invoices_in_results(books, sheet.numbers), prices)
    fresh = [exam for exam in exams if exam.row not in before]
    made, flaws = draft_invoices(fresh, prices, today)
    standing = books.invoices.of_exams(fresh)
    found = select_billable((made, [*copied, *flaws]), fresh, sheet.unreadable, standing, again)
    return DecidedExams(setup, found, list(units_of_both_sides(found.good, prices)), before)


def _invoices_in_results(books: ClinicBooks, numbers: Mapping[int, str]) -> dict[int, Invoice]:
    found = books.invoices.with_numbers(list(numbers.values()))
    return {row: found[number] for row, number in numbers.items() if number in found}


def prices_of(books: ClinicBooks) -> tuple[str, PriceList]:
    """Return the clinic's name and its prices; raises NoPrices."""
    setup = books.setup()
    if not setup.prices:
        raise NoPrices(setup.clinic.name)
    return setup.clinic.name, PriceList(setup.prices, setup.exam_types)


def _blocking_findings(findings: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity is Severity.BLOCKER]


def refuse_blocked(findings: Sequence[Finding]) -> None:
    """Raise ExamsUnusable if a blocker keeps exams, or lines of one, from being billed."""
    if blockers := _blocking_findings(findings):
        raise ExamsUnusable(blockers)

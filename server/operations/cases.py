"""Cases: listed, shown and settled (rule: invoices#settled)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from server.billing.invoices.cases import Case, settlement_of
from server.billing.invoices.invoice import Action, ActionRequest, Invoice
from server.billing.invoices.step_batches import Asked
from server.billing.invoices.unusual_days import unusual_days
from server.errors import NotCleared, NotOfThisCase, StaleInvoice, UnknownCase, count_of
from server.ledger.clinic_books import ClinicBooks
from server.ledger.invoices.cases import CaseFilter, CaseOrder
from server.ledger.invoices.invoice_filter import InvoiceFilter
from server.ledger.invoices.parties import matching_text
from server.ledger.list_places import ListPlace
from server.operations.listed_rows import ListedRows
from server.operations.operation import operation
from server.operations.session import Session
from server.operations.steps import decide_steps


@dataclass(frozen=True, slots=True)
class CaseInvoices:
    """A case's invoices: those to clear (or just cleared), those that wait for something else, and the finished ones."""

    clearable: Sequence[Invoice]
    waiting: Sequence[Invoice]
    done: Sequence[Invoice]
    is_settled: bool
    left: Sequence[Invoice] = ()
    """Invoices that could be cleared and were left as the person chose."""

    @classmethod
    def of(cls, invoices: Collection[Invoice]) -> "CaseInvoices":
        """Split a case's invoices by what can be done with them."""
        split = settlement_of(invoices)
        by_number = {invoice.number: invoice for invoice in invoices}
        return cls(
            [by_number[number] for number in split.clearable],
            [by_number[number] for number in split.waiting],
            [one for one in invoices if one.number not in {*split.clearable, *split.waiting}],
            split.is_settled,
        )


@operation()
def list_cases(
    session: Session, case_filter: CaseFilter, place: ListPlace[CaseOrder], most: int
) -> ListedRows[Case]:
    """Return at most ``most`` cases that match a filter, from a place of the list on."""
    with session.reading() as books:
        found = books.cases(case_filter, place, most + 1)
        page = ListedRows.of_found(found, most, books.count_cases(case_filter))
    session.record_view("list cases", count_of(len(page.rows), "case"))
    return page


@operation()
def find_cases(session: Session, invoice_numbers: Sequence[str]) -> tuple[list[Case], list[Case]]:
    """Return every case, and the cases of the given invoices. They are not shown yet: see ``offer_cases``."""
    with session.reading() as books:
        every = books.cases()
        facts = [invoice.facts for invoice in books.invoices.with_numbers(invoice_numbers).values()]
    named = {(one.patient, one.case) for one in facts}
    return every, [case for case in every if (case.patient, case.name) in named]


@operation()
def offer_cases(session: Session, cases: Sequence[Case], most: int) -> Sequence[Case]:
    """Return the first ``most`` cases of a list for the person to choose from, and record that view."""
    offered = cases[:most]
    session.record_view("list cases", count_of(len(offered), "case"))
    return offered


@operation(UnknownCase)
def look_up_case(session: Session, patient: str, case: str) -> CaseInvoices:
    """Return a case's invoices. ``case`` is "" if it has no name. They are not shown yet: see ``show_case``."""
    with session.reading() as books:
        return CaseInvoices.of(invoices_of_case(books, patient, case))


@operation()
def show_case(session: Session, case: CaseInvoices) -> CaseInvoices:
    """Return a case that was looked up, and record that the person views it."""
    numbers = sorted(invoice.number for invoice in (*case.clearable, *case.waiting, *case.done))
    session.record_view("show case", "; ".join(numbers))
    return case


@operation()
def unusual_clearings(session: Session, case: CaseInvoices, cleared_on: date) -> dict[str, str]:
    """Return by invoice why the day is unusual for clearing it, as part of a sentence (rule: invoices#unusual-days).

    An invoice that cannot be cleared on that day is not among them.
    """
    with session.reading() as books:
        batch = decide_steps(books, _clearings(session, case.clearable, cleared_on), session.today)
    found = {step.number: unusual_days(step, batch.invoices[step.number]) for step in batch.decided.values()}
    return {number: days[0].why for number, days in found.items() if days}


@dataclass(frozen=True, slots=True)
class AgreedClearing:
    """What a person agreed to: the versions of the invoices that were shown, by number, and which of them to leave."""

    versions: Mapping[str, int]
    leave: Collection[str] = ()


@operation(UnknownCase, NotCleared, StaleInvoice, NotOfThisCase)
def settle_case(
    session: Session, patient: str, case: str, cleared_on: date, agreed: AgreedClearing | None = None
) -> CaseInvoices:
    """Clear every received cheque of a case, all or none, and return the case after it.

    ``agreed`` is ``None`` if the person was not asked. Raises StaleInvoice if other invoices can be cleared by now or one has
    changed since, NotOfThisCase if one is of another case, and NotCleared if one cannot be cleared. Nothing is done then.
    """
    books = session.books
    invoices = invoices_of_case(books, patient, case)
    before = CaseInvoices.of(invoices)
    if agreed is not None:
        _refuse_unseen(invoices, before.clearable, agreed.versions)
    leave = agreed.leave if agreed else ()
    left = [invoice for invoice in before.clearable if invoice.number in leave]
    clearable = [invoice for invoice in before.clearable if invoice.number not in leave]
    batch = decide_steps(books, _clearings(session, clearable, cleared_on), session.today)
    if batch.refused:
        raise NotCleared(list(batch.refused.values()))
    steps = batch.steps
    cleared = books.invoices.record(steps, session.request_id, session.person.name) if steps else []
    after = {invoice.number: invoice for invoice in (*invoices, *cleared)}
    is_settled = settlement_of(after.values()).is_settled
    return CaseInvoices(cleared, [*left, *before.waiting], before.done, is_settled, left)


def _clearings(session: Session, invoices: Sequence[Invoice], cleared_on: date) -> list[Asked]:
    role = session.person.role
    return [
        Asked(row, ActionRequest(invoice.number, Action.CLEAR, role, day=cleared_on))
        for row, invoice in enumerate(invoices)
    ]


def invoices_of_case(books: ClinicBooks, patient: str, case: str) -> list[Invoice]:
    """Return the invoices of one patient's case; raises UnknownCase if there are none."""

    def is_same(invoice: Invoice) -> bool:
        names = (invoice.facts.patient, invoice.facts.case)
        return tuple(map(matching_text, names)) == (matching_text(patient), matching_text(case))

    wanted = InvoiceFilter(patient=patient, case=case)
    found = [invoice for invoice in books.invoices.find(wanted) if is_same(invoice)]
    if not found:
        raise UnknownCase(case)
    return found


def _refuse_unseen(
    invoices: Collection[Invoice], clearable: Collection[Invoice], agreed: Mapping[str, int]
) -> None:
    """Refuse to clear an invoice that the person was not shown as it is now, and to leave out one that was shown."""
    if others := agreed.keys() - {invoice.number for invoice in invoices}:
        raise NotOfThisCase(min(others))
    versions = {invoice.number: invoice.version for invoice in clearable}
    for invoice in invoices:
        if versions.get(invoice.number) != agreed.get(invoice.number):
            raise StaleInvoice(invoice.number, invoice.state.label)

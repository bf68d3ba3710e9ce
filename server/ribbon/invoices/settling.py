"""Clearing all received cheques of a case at once, or none of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from server.billing.invoicing.batches import Asked
from server.billing.invoicing.cases import settlement
from server.billing.invoicing.values import Action, ActionRequest, Invoice
from server.errors import NotCleared, StaleInvoice, UnknownCase
from server.ledger.books import Books
from server.ledger.invoicing.invoices import Wanted
from server.ledger.invoicing.parties import spelled
from server.ribbon.desk import ACTOR, ROLE
from server.ribbon.invoices.recording import decide_rows


@dataclass(frozen=True, slots=True)
class Settling:
    """A case's invoices, as they stand: those to clear (or cleared), and those that wait for something else."""

    clearable: Sequence[Invoice]
    waiting: Sequence[Invoice]
    settled: bool

    @classmethod
    def of(cls, invoices: Collection[Invoice]) -> "Settling":
        """Sort a case's invoices."""
        told = settlement(invoices)
        by_number = {invoice.number: invoice for invoice in invoices}
        return cls(
            [by_number[number] for number in told.clearable],
            [by_number[number] for number in told.waiting],
            told.settled,
        )


def invoices_of(books: Books, patient: str, case: str) -> list[Invoice]:
    """Return the invoices of one case: of this patient, and of this name, be it none. Refuses a case without any."""

    def same(invoice: Invoice) -> bool:
        names = (invoice.facts.patient, invoice.facts.case)
        return tuple(map(spelled, names)) == (spelled(patient), spelled(case))

    found = [invoice for invoice in books.invoices.find(Wanted(patient=patient, case=case)) if same(invoice)]
    if not found:
        raise UnknownCase(case)
    return found


def settle_case(
    books: Books,
    invoices: Collection[Invoice],
    agreed: Collection[str] | None,
    days: tuple[date, date],
    request_id: str,
) -> Settling:
    """Clear every received invoice of a case, and return the case after it.

    ``days`` are the day they cleared and today. ``agreed`` are the invoices somebody agreed to clear: where it
    is other ones by now, nothing is done. Refuses as a whole what cannot be cleared in part.
    """
    cleared_on, today = days
    before = Settling.of(invoices)
    numbers = [invoice.number for invoice in before.clearable]
    if agreed is not None:
        _refuse_others(invoices, set(agreed) ^ set(numbers))
    asked = [
        Asked(row, ActionRequest(number, Action.CLEAR, ROLE, day=cleared_on))
        for row, number in enumerate(numbers)
    ]
    batch = decide_rows(books, asked, today)
    if batch.refused:
        raise NotCleared(list(batch.refused.values()))
    cleared = books.invoices.record(list(batch.decided.values()), request_id, ACTOR) if asked else []
    after = {invoice.number: invoice for invoice in (*invoices, *cleared)}
    return Settling(cleared, before.waiting, settlement(after.values()).settled)


def _refuse_others(invoices: Collection[Invoice], unforeseen: Collection[str]) -> None:
    """Refuse to clear what nobody was shown, and to leave out what somebody was."""
    for invoice in invoices:
        if invoice.number in unforeseen:
            raise StaleInvoice(invoice.number, invoice.state)

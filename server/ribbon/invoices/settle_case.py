"""Clearing all received cheques of a case at once, or none of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from server.billing.invoices.cases import settlement
from server.billing.invoices.invoice import Action, ActionRequest, Invoice
from server.billing.invoices.step_batches import Asked
from server.errors import NotCleared, StaleInvoice, UnknownCase
from server.ledger.clinic_books import ClinicBooks
from server.ledger.invoices.invoice_records import Wanted
from server.ledger.invoices.parties import spelled
from server.ribbon.context import ACTOR, ROLE
from server.ribbon.invoices.batch_decisions import decide_rows


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


def invoices_of(books: ClinicBooks, patient: str, case: str) -> list[Invoice]:
    """Return the invoices of one case: of this patient, and of this name, be it none. Refuses a case without any."""

    def same(invoice: Invoice) -> bool:
        names = (invoice.facts.patient, invoice.facts.case)
        return tuple(map(spelled, names)) == (spelled(patient), spelled(case))

    found = [invoice for invoice in books.invoices.find(Wanted(patient=patient, case=case)) if same(invoice)]
    if not found:
        raise UnknownCase(case)
    return found


def settle_case(
    books: ClinicBooks,
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

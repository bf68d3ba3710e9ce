"""Invoices and cases as papers to send: what is printed, and the view that the access log gets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from server.billing.clinics import Clinic
from server.billing.invoices.cases import Injury
from server.billing.invoices.invoice import Invoice
from server.errors import TooLarge, UnknownCase, UnknownInvoice
from server.operations.cases import invoices_of_case
from server.operations.operation import operation
from server.operations.session import Session

MOST_PRINTED = 500
"""Invoices in one file. They take about ten seconds."""


@dataclass(frozen=True, slots=True)
class InvoicesToPrint:
    """Invoices as they are now, with their clinic and what their payers know each case by, by invoice number."""

    clinic: Clinic
    invoices: Sequence[Invoice]
    injuries: Mapping[str, Injury]


@operation(UnknownInvoice, TooLarge)
def print_invoices(session: Session, numbers: Sequence[str]) -> InvoicesToPrint:
    """Return the invoices with these numbers, in this order. Raises TooLarge for more than ``MOST_PRINTED``."""
    if len(numbers) > MOST_PRINTED:
        what, limit = f"A file of {len(numbers):,} invoices", f"{MOST_PRINTED:,} invoices"
        raise TooLarge(what, limit, "Select fewer rows and press the button again.")
    with session.reading() as books:
        found = books.invoices.with_numbers(numbers)
        for number in numbers:
            if number not in found:
                raise UnknownInvoice(number)
        printed = InvoicesToPrint(
            books.setup().clinic, [*found.values()], books.invoices.injuries_of(numbers)
        )
    session.record_view("print invoices", "; ".join(numbers))
    return printed


@operation(UnknownCase)
def print_case(session: Session, patient: str, case: str) -> InvoicesToPrint:
    """Return every invoice of a case, in the order of their numbers."""
    with session.reading() as books:
        invoices = sorted(invoices_of_case(books, patient, case), key=lambda invoice: invoice.number)
        numbers = [invoice.number for invoice in invoices]
        printed = InvoicesToPrint(books.setup().clinic, invoices, books.invoices.injuries_of(numbers))
    session.record_view("print case", "; ".join(numbers))
    return printed

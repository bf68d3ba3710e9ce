"""Unapplied credit: what payers have paid that pays no invoice yet (rule: invoices#credit)."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.billing.invoices.credits import Credit, credits_of
from server.errors import UnknownInvoice, count_of
from server.ledger.invoices.invoice_filter import HOLDING_CREDIT
from server.ledger.invoices.invoice_records import InvoiceOrder
from server.ledger.list_places import ListPlace
from server.operations.operation import operation
from server.operations.session import Session


@dataclass(frozen=True, slots=True)
class CreditsFound:
    """Some credits in the order of the invoices that hold them, and the count and the total of all in cents.

    ``next`` is the invoice to list on from, "" if no more follow.
    """

    credits: Sequence[Credit]
    total: int
    total_cents: int
    next: str


@operation(UnknownInvoice)
def list_credits(session: Session, after: str, most: int) -> CreditsFound:
    """Return the credits of at most ``most`` invoices after the invoice ``after``, "" for the first page."""
    with session.reading() as books:
        holders = books.invoices.find(HOLDING_CREDIT, ListPlace(InvoiceOrder.NUMBER, after), most + 1)
        total, cents = books.invoices.credit_totals()
    page = holders[:most]
    found = [credit for invoice in page for credit in credits_of(invoice)]
    session.record_view("list credits", count_of(len(found), "credit"))
    return CreditsFound(found, total, cents, page[-1].number if len(holders) > most else "")

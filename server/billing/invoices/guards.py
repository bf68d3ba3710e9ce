"""The conditions on an invoice, or on an amount, under which a row of the state table applies."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from server.billing.invoices.invoice import Action, Invoice, Step


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition on an invoice. ``says`` describes it; ``otherwise`` tells staff why it does not hold.

    ``otherwise`` may name the last standing step's other invoice as ``{credit_invoice}``.
    """

    says: str
    otherwise: str
    holds: Callable[[Invoice], bool]

    def reason_for(self, invoice: Invoice) -> str:
        """Return why it does not hold for an invoice."""
        last = invoice.standing[-1].request.credit_invoice if invoice.standing else ""
        return self.otherwise.format(credit_invoice=last)


def cheque_steps(invoice: Invoice) -> tuple[Step, ...]:
    """Return the steps whose cheques are in hand, the oldest first. Clearing an invoice clears all of them."""
    return tuple(step for step in invoice.standing if step.request.cheque) if invoice.in_hand_cents else ()


def _settled_since_agreement(invoice: Invoice) -> bool:
    return bool(invoice.standing) and invoice.standing[-1].action is not Action.AGREE


NOT_IN_BOOKS = Guard(
    "not yet in the books", "it is in the books already", lambda invoice: not invoice.version
)
BILLED = Guard("something is billed", "nothing is billed on it", lambda invoice: invoice.billed_cents > 0)
PAYER = Guard("its payer is known", "it has no payer", lambda invoice: bool(invoice.facts.payer))
NO_PAYER = Guard("its payer is unknown", "it has a payer", lambda invoice: not invoice.facts.payer)
CHEQUE = Guard("a cheque is in hand", "no cheque is in hand", lambda invoice: bool(cheque_steps(invoice)))
NOTHING_PAID = Guard(
    "nothing of it is paid", "part of it is paid", lambda invoice: not invoice.collected_cents
)
PART_PAID = Guard("part of it is paid", "nothing of it is paid", lambda invoice: invoice.collected_cents > 0)
SINCE_AGREEMENT = Guard(
    "a cheque, credit or write-off stands", "nothing stands since the agreement", _settled_since_agreement
)
ONLY_AGREED = Guard(
    "nothing stands since the agreement",
    "a cheque, credit or write-off stands",
    lambda invoice: not _settled_since_agreement(invoice),
)
HOLDS_CREDIT = Guard(
    "it holds unapplied credit",
    "it holds no unapplied credit",
    lambda invoice: invoice.unapplied_cents > 0,
)
CREDIT_KEPT = Guard(
    "its credit was not used since it cleared",
    "its credit pays invoice {credit_invoice}; reopen that one first",
    lambda invoice: invoice.standing[-1].action is Action.CLEAR,
)
REFUNDED = Guard(
    "its last standing step is a refund",
    "its credit pays invoice {credit_invoice}; reopen that one first",
    lambda invoice: invoice.standing[-1].action is Action.REFUND_CREDIT,
)


class Fit(StrEnum):
    """How an amount has to compare with the invoice."""

    UP_TO_BILLED = "at most the billed amount"
    BALANCE = "equal to the balance"
    SHORT = "less than the balance"
    OVER = "more than the balance"


FITS: dict[Fit, Callable[[int, Invoice], bool]] = {
    Fit.UP_TO_BILLED: lambda cents, invoice: cents <= invoice.billed_cents,
    Fit.BALANCE: lambda cents, invoice: cents == invoice.balance_cents,
    Fit.SHORT: lambda cents, invoice: cents < invoice.balance_cents,
    Fit.OVER: lambda cents, invoice: cents > invoice.balance_cents,
}

"""The conditions on an invoice, or on an amount, under which a row of the state table applies."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from server.billing.invoices.invoice import Action, Invoice, Step


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition on an invoice. ``says`` describes it; ``otherwise`` tells staff why it does not hold."""

    says: str
    otherwise: str
    holds: Callable[[Invoice], bool]


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
NO_CHEQUE = Guard("no cheque is in hand", "a cheque is in hand", lambda invoice: not cheque_steps(invoice))
SINCE_AGREEMENT = Guard(
    "a cheque or write-off stands", "nothing stands since the agreement", _settled_since_agreement
)
ONLY_AGREED = Guard(
    "nothing stands since the agreement",
    "a cheque or write-off stands",
    lambda invoice: not _settled_since_agreement(invoice),
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

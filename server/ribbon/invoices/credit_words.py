"""What results and summaries say about unapplied credit (rule: invoices#credit)."""

from collections.abc import Iterable, Sequence

from server.billing.invoices.credits import Credit, credits_of
from server.billing.invoices.invoice import Action, Invoice, Step
from server.billing.money import dollars
from server.errors import list_names


def credit_clause(invoice: Invoice) -> str:
    """Return the credit that an invoice holds as a part of a sentence, "" if it holds none."""
    return "".join(
        f", {dollars(credit.cents)} unapplied credit of {credit.paying_party}"
        for credit in credits_of(invoice)
    )


def used_credit_sentence(step: Step) -> str:
    """Return a sentence about the credit that a step uses, "" if it uses none."""
    request = step.request
    if step.action is not Action.APPLY_CREDIT:
        return ""
    return f" The credit is of cheque {request.cheque_number} on {request.credit_invoice}."


def credit_summary(invoices: Iterable[Invoice]) -> str:
    """Return a sentence with the unapplied credit that invoices hold, and who holds it; "" if there is none."""
    held = [credit for invoice in invoices for credit in credits_of(invoice)]
    if not held:
        return ""
    return f" {dollars(sum(credit.cents for credit in held))} is unapplied credit: {_list_credits(held)}."


def _list_credits(held: Sequence[Credit]) -> str:
    return list_names(
        [f"{dollars(credit.cents)} of {credit.paying_party} on {credit.invoice}" for credit in held]
    )

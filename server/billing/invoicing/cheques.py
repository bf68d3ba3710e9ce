"""Cheques: the same one twice, and one over several invoices (DOMAIN 8.39, 8.40)."""

from collections.abc import Collection, Mapping
from types import MappingProxyType

from server.billing.invoicing.values import ActionRequest, Allocation, Cheque, Invoice
from server.billing.money import dollars
from server.billing.names import fold
from server.errors import AllocationUnusable, DuplicateCheque

ChequeKey = tuple[str, str, int]
"""Paying party and number, folded, and the whole amount in cents: what makes two cheques the same one."""

KnownCheques = Mapping[ChequeKey, Collection[str]]
"""The cheques that stand in the books (not bounced, not taken back), and the invoices they are recorded on."""

NONE_KNOWN: KnownCheques = MappingProxyType({})


def key_of(cheque: Cheque) -> ChequeKey:
    """Return what the cheque is known by."""
    return fold(cheque.paying_party), fold(cheque.number), cheque.amount_cents


def refuse_duplicate(request: ActionRequest, invoice: Invoice, known: KnownCheques) -> None:
    """Refuse a cheque that stands already: anywhere as a whole, or on this very invoice in part."""
    cheque = request.cheque
    if cheque is None:
        return
    key = key_of(cheque)
    invoices = known.get(key, ()) or _on_this_invoice(key, request.amount_cents, invoice)
    if invoices:
        raise DuplicateCheque(cheque.number, cheque.paying_party, dollars(cheque.amount_cents), invoices)


def _on_this_invoice(key: ChequeKey, part_cents: int | None, invoice: Invoice) -> tuple[str, ...]:
    party, number, whole_cents = key
    for step in invoice.standing:
        earlier = step.request.cheque
        if (
            earlier
            and key_of(earlier)[:2] == (party, number)
            and {whole_cents, part_cents} & {earlier.amount_cents, step.request.amount_cents}
        ):
            return (invoice.number,)
    return ()


def allocate(cheque: Cheque, parts: Mapping[str, int]) -> tuple[Allocation, ...]:
    """Divide a cheque: invoice number -> cents. What is left goes, as unapplied credit, with the last part.

    Refuses no parts at all, a part of nothing, and parts that are more than the cheque.
    """
    rest = cheque.amount_cents - sum(parts.values())
    if not parts:
        raise AllocationUnusable(cheque.number, "no invoice is named")
    if empty := [number for number, cents in parts.items() if cents <= 0]:
        raise AllocationUnusable(cheque.number, f"nothing goes to {', '.join(empty)}")
    if rest < 0:
        together = dollars(cheque.amount_cents - rest)
        raise AllocationUnusable(
            cheque.number, f"the parts are {together}, and the cheque is {dollars(cheque.amount_cents)}"
        )
    *others, last = (Allocation(number, cents) for number, cents in parts.items())
    return (*others, Allocation(last.number, last.amount_cents, rest))

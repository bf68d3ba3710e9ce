"""Cheques: duplicates, and one cheque for several invoices
(rule: invoices#same-cheque, invoices#split-cheque).
"""

from collections.abc import Collection, Mapping
from types import MappingProxyType

from server.billing.invoices.invoice import ActionRequest, Cheque, Invoice
from server.billing.money import dollars
from server.billing.names import fold
from server.errors import DuplicateCheque

ChequeKey = tuple[str, str, int]
"""Paying party and number, folded, and the whole amount in cents: two cheques with the same key are the same cheque."""

KnownCheques = Mapping[ChequeKey, Collection[str]]
"""The valid cheques in the books (not bounced, not taken back), with the invoices that they are recorded on."""

NONE_KNOWN: KnownCheques = MappingProxyType({})


def key_of(cheque: Cheque) -> ChequeKey:
    """Return the key that identifies the cheque."""
    return fold(cheque.paying_party), fold(cheque.number), cheque.amount_cents


def refuse_duplicate(request: ActionRequest, invoice: Invoice, known: KnownCheques) -> None:
    """Refuse a cheque that is already recorded: as a whole on any invoice, or in part on this invoice."""
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

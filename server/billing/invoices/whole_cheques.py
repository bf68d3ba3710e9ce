"""Which rows record one cheque, what it is worth, and where each of its cents goes
(rule: invoices#split-cheque, invoices#credit).

What no row takes of a cheque becomes unapplied credit in the last of its rows. So the parts and the unapplied
credit of a cheque always add up to the cheque.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from server.billing.invoices.cheques import NONE_KNOWN, ChequeKey, KnownCheques, key_of
from server.billing.invoices.invoice import Action, ActionRequest, Field, Invoice, Step
from server.billing.invoices.step_inputs import overdraft_flaw
from server.billing.names import fold
from server.errors import ChequeDiffers, InputsUnusable

PayerAndNumber = tuple[str, str]
"""Paying party and cheque number, folded."""


@dataclass(frozen=True, slots=True)
class WholeCheque:
    """A cheque as the rows of one batch record it, in their order. It is known by its first row."""

    rows: Mapping[int, ActionRequest]
    first: ActionRequest
    first_row: int
    last_row: int
    taken_cents: int

    @classmethod
    def of_rows(cls, rows: Mapping[int, ActionRequest]) -> "WholeCheque":
        """Return the cheque that these rows record, with what they take of it together."""
        numbers = list(rows)
        taken = sum(map(taken_of, rows.values()))
        return cls(rows, rows[numbers[0]], numbers[0], numbers[-1], taken)

    def request_of(self, row: int) -> ActionRequest:
        """Return a row's request with the amount of the whole cheque, and in its last row with what no row takes.

        Raises ChequeDiffers and InputsUnusable if several rows disagree about the cheque, or take more than it is.
        """
        request = self.rows[row]
        if len(self.rows) > 1:
            self._refuse_disagreement(request)
        if request.cheque_cents is None:
            return replace(request, cheque_cents=self.taken_cents) if len(self.rows) > 1 else request
        rest = request.cheque_cents - self.taken_cents
        return (
            replace(request, unapplied_cents=request.unapplied_cents + rest)
            if rest > 0 and row == self.last_row
            else request
        )

    def _refuse_disagreement(self, request: ActionRequest) -> None:
        same = (Field.CHEQUE_DATE, Field.RECEIVED_DATE, Field.CHEQUE_CENTS)
        if differing := [
            one for one in same if getattr(request, one.attribute) != getattr(self.first, one.attribute)
        ]:
            raise ChequeDiffers(request.cheque_number, request.paying_party, differing)
        if request.cheque_cents is not None and (
            flaw := overdraft_flaw(request.cheque_cents, self.taken_cents)
        ):
            raise InputsUnusable(request.number, request.action, {Field.CHEQUE_CENTS: flaw})


def taken_of(request: ActionRequest) -> int:
    """Return what a request takes of its cheque, in cents: for its invoice, and as unapplied credit."""
    return (request.amount_cents or 0) + request.unapplied_cents


def whole_cheques(rows: Iterable[tuple[int, ActionRequest]]) -> dict[int, WholeCheque]:
    """Return the cheque of each row that records one, by row.

    Rows with the same paying party and number record one cheque, unless it bounces on one of their invoices
    in a row between them: then it has come again.
    """
    groups: list[dict[int, ActionRequest]] = []
    current: dict[PayerAndNumber, dict[int, ActionRequest]] = {}
    for row, request in rows:
        if request.action is Action.BOUNCE:
            current = {
                key: earlier
                for key, earlier in current.items()
                if request.number not in {part.number for part in earlier.values()}
            }
        elif request.action is Action.RECORD_CHEQUE and request.cheque_number:
            key = fold(request.paying_party), fold(request.cheque_number)
            if key not in current:
                current[key] = {}
                groups.append(current[key])
            current[key][row] = request
    return {row: cheque for group in groups for cheque in [WholeCheque.of_rows(group)] for row in group}


@dataclass(slots=True)
class ChequesInForce:
    """The cheques that are in force while a batch is decided: those of the books, and those of earlier rows.

    ``invoice_of`` returns an invoice as the rows decided so far leave it, or ``None`` if the batch has no such invoice.
    """

    books: KnownCheques
    invoice_of: Callable[[str], Invoice | None]
    _recorded: dict[ChequeKey, list[tuple[str, int]]] = field(default_factory=lambda: defaultdict(list))

    def known_for(self, request: ActionRequest, cheque: WholeCheque | None) -> KnownCheques:
        """Return where the cheque of a request is in force, without what the other rows of ``cheque`` have recorded."""
        if request.cheque is None or cheque is None:
            return NONE_KNOWN
        key = key_of(request.cheque)
        return {key: self.invoices_on(key, besides=cheque.first_row)}

    def invoices_on(self, key: ChequeKey, besides: int | None = None) -> tuple[str, ...]:
        """Return the invoices that a cheque is in force on now, without those of the group that begins in a row."""
        recorded = (number for number, first_row in self._recorded.get(key, ()) if first_row != besides)
        return tuple(
            number
            for number in dict.fromkeys((*self.books.get(key, ()), *recorded))
            if self._stands(key, number)
        )

    def add_recorded(self, cheque: WholeCheque | None, step: Step) -> None:
        """Note that a row has recorded its part of a cheque."""
        if cheque and step.request.cheque:
            self._recorded[key_of(step.request.cheque)].append((step.number, cheque.first_row))

    def _stands(self, key: ChequeKey, number: str) -> bool:
        invoice = self.invoice_of(number)
        return invoice is None or key in map(key_of, invoice.cheques)

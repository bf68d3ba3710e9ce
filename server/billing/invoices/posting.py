"""The transfers that steps post, by name. Each has a debit and a credit, so it always balances."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from server.billing.invoices.guards import cheque_steps
from server.billing.invoices.invoice import Account, Action, ActionRequest, Invoice, Step, Transfer
from server.billing.names import fold


class Posting(StrEnum):
    """A transfer that a step posts, in the words of the docs: debit, credit, amount."""

    BILL = "receivable from billed: the lines' total, less what was billed"
    REDUCE = "reduction from receivable: billed less agreed"
    RECEIVE = "cheques in hand from receivable: up to the balance"
    CREDIT = "cheques in hand from unapplied credit: the excess"
    WRITE_OFF = "write-off from receivable: the rest"
    BANK = "bank from cheques in hand: every cheque in hand"
    APPLY = "bank from receivable: the amount, out of the bank of the invoice that holds the credit"
    REFUND = "unapplied credit from bank: the amount"


class TakesBack(StrEnum):
    """Which steps in force a step takes back, by posting their transfers in reverse."""

    LAST = "the last standing step"
    CHEQUE = "the cheque, and what was written off while it was in hand"
    ALL = "everything posted"


def _bill_transfer(invoice: Invoice, request: ActionRequest) -> Transfer:
    cents = sum(line.total_cents for line in request.lines) - invoice.billed_cents
    bill = Transfer(Account.RECEIVABLE, Account.BILLED, abs(cents))
    return bill if cents > 0 else bill.reverse_transfer


def _reduce_transfer(invoice: Invoice, request: ActionRequest) -> Transfer:
    return Transfer(Account.REDUCTION, Account.RECEIVABLE, invoice.billed_cents - _amount_cents(request))


def _receive_transfer(invoice: Invoice, request: ActionRequest) -> Transfer:
    cents = min(_amount_cents(request), invoice.balance_cents)
    return Transfer(Account.CHEQUES_IN_HAND, Account.RECEIVABLE, cents)


def _credit_transfer(invoice: Invoice, request: ActionRequest) -> Transfer:
    cents = max(_amount_cents(request) - invoice.balance_cents, 0) + request.unapplied_cents
    return Transfer(Account.CHEQUES_IN_HAND, Account.UNAPPLIED_CREDIT, cents)


def _write_off_transfer(invoice: Invoice, request: ActionRequest) -> Transfer:
    return Transfer(Account.WRITE_OFF, Account.RECEIVABLE, invoice.balance_cents - _amount_cents(request))


def _bank_transfer(invoice: Invoice, request: ActionRequest) -> Transfer:
    del request  # clearing clears all cheques in hand
    return Transfer(Account.BANK, Account.CHEQUES_IN_HAND, invoice.in_hand_cents)


def _apply_transfer(invoice: Invoice, request: ActionRequest) -> Transfer:
    del invoice  # its counterpart takes the money out of the bank of the invoice that holds the credit
    return Transfer(Account.BANK, Account.RECEIVABLE, _amount_cents(request))


def _refund_transfer(invoice: Invoice, request: ActionRequest) -> Transfer:
    del invoice  # only the amount matters
    return Transfer(Account.UNAPPLIED_CREDIT, Account.BANK, _amount_cents(request))


def _amount_cents(request: ActionRequest) -> int:
    return request.amount_cents or 0


_TRANSFERS: dict[Posting, Callable[[Invoice, ActionRequest], Transfer]] = {
    Posting.BILL: _bill_transfer,
    Posting.REDUCE: _reduce_transfer,
    Posting.RECEIVE: _receive_transfer,
    Posting.CREDIT: _credit_transfer,
    Posting.WRITE_OFF: _write_off_transfer,
    Posting.BANK: _bank_transfer,
    Posting.APPLY: _apply_transfer,
    Posting.REFUND: _refund_transfer,
}


def posted_transfers(
    postings: tuple[Posting, ...], invoice: Invoice, request: ActionRequest
) -> tuple[Transfer, ...]:
    """Return the transfers that a decided request posts, without those of zero cents."""
    transfers = (_TRANSFERS[posting](invoice, request) for posting in postings)
    return tuple(transfer for transfer in transfers if transfer.amount_cents)


def chosen_cheque(invoice: Invoice, request: ActionRequest) -> Step | None:
    """Return the step of the cheque in hand that a bounce names, or of the latest one; ``None`` if there is none."""
    found = (
        step
        for step in reversed(cheque_steps(invoice))
        if not request.cheque_number or fold(request.cheque_number) == fold(step.request.cheque_number)
    )
    return next(found, None)


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What a step takes back: whole steps in force, the latest first, and the transfers that undo them.

    The transfers can also undo the write-off of a cheque that stays in force.
    """

    steps: tuple[Step, ...] = ()
    transfers: tuple[Transfer, ...] = ()


NOTHING_BACK = TakenBack()


def _last_step(invoice: Invoice, request: ActionRequest) -> TakenBack:
    del request  # takes the last step back
    return _whole_steps(invoice, invoice.standing[-1:])


def _cheque_step(invoice: Invoice, request: ActionRequest) -> TakenBack:
    """Take back a cheque, and what was given up since it was recorded: that was done because its money was in hand
    (rule: invoices#clearing).
    """
    cheque = chosen_cheque(invoice, request)
    if cheque is None:
        return NOTHING_BACK
    later = invoice.standing[invoice.standing.index(cheque) + 1 :]
    given_up = [step for step in reversed(later) if written_off_by(step, invoice)]
    whole = tuple(step for step in given_up if step.action is Action.WRITE_OFF)
    beside = (written_off_by(step, invoice) for step in given_up if step not in whole)
    back = _whole_steps(invoice, (*whole, cheque))
    return TakenBack(
        back.steps, _reverse_transfers(transfer for part in beside for transfer in part) + back.transfers
    )


def _all_steps(invoice: Invoice, request: ActionRequest) -> TakenBack:
    del request  # takes all steps back
    return _whole_steps(invoice, invoice.standing[::-1])


_TAKEN_BACK: dict[TakesBack, Callable[[Invoice, ActionRequest], TakenBack]] = {
    TakesBack.LAST: _last_step,
    TakesBack.CHEQUE: _cheque_step,
    TakesBack.ALL: _all_steps,
}


def what_is_taken_back(what: TakesBack | None, invoice: Invoice, request: ActionRequest) -> TakenBack:
    """Return what a request takes back."""
    return _TAKEN_BACK[what](invoice, request) if what else NOTHING_BACK


def written_off_by(step: Step, invoice: Invoice) -> tuple[Transfer, ...]:
    """Return the write-off of a standing step, if it is still in force; else nothing.

    A bounce takes back the write-off of a later cheque and leaves the cheque itself in force. Nothing can be written off
    again before that, so what an invoice has written off is the latest of the write-offs of its standing steps.
    """
    left = invoice.written_off_cents
    for later in reversed(invoice.standing):
        found = tuple(transfer for transfer in later.transfers if transfer.debit is Account.WRITE_OFF)
        cents = sum(transfer.amount_cents for transfer in found)
        in_force = cents <= left
        left -= cents if in_force else 0
        if later is step:
            return found if in_force else ()
    return ()


def _whole_steps(invoice: Invoice, steps: tuple[Step, ...]) -> TakenBack:
    """Return these steps with the transfers that undo what of them is in force."""
    undone: list[Transfer] = []
    for step in steps:
        in_force = written_off_by(step, invoice)
        undone += _reverse_transfers(
            transfer
            for transfer in step.transfers
            if transfer.debit is not Account.WRITE_OFF or transfer in in_force
        )
    return TakenBack(steps, tuple(undone))


def _reverse_transfers(transfers: Iterable[Transfer]) -> tuple[Transfer, ...]:
    return tuple(transfer.reverse_transfer for transfer in reversed(tuple(transfers)))

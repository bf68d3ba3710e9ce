"""The transfers that steps post, by name. Each has a debit and a credit, so it always balances."""

from collections.abc import Callable
from enum import StrEnum

from server.billing.invoices.guards import cheque_steps
from server.billing.invoices.invoice import Account, ActionRequest, Invoice, Step, Transfer
from server.billing.names import fold


class Posting(StrEnum):
    """A transfer that a step posts, in the words of the docs: debit, credit, amount."""

    BILL = "receivable from billed: the lines' total, less what was billed"
    REDUCE = "reduction from receivable: billed less agreed"
    RECEIVE = "cheques in hand from receivable: up to the balance"
    CREDIT = "cheques in hand from unapplied credit: the excess"
    WRITE_OFF = "write-off from receivable: the rest"
    BANK = "bank from cheques in hand: every cheque in hand"


class TakesBack(StrEnum):
    """Which steps in force a step takes back, by posting their transfers in reverse."""

    LAST = "the last standing step"
    CHEQUE = "the cheque, with what was written off beside it"
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


def _amount_cents(request: ActionRequest) -> int:
    return request.amount_cents or 0


_TRANSFERS: dict[Posting, Callable[[Invoice, ActionRequest], Transfer]] = {
    Posting.BILL: _bill_transfer,
    Posting.REDUCE: _reduce_transfer,
    Posting.RECEIVE: _receive_transfer,
    Posting.CREDIT: _credit_transfer,
    Posting.WRITE_OFF: _write_off_transfer,
    Posting.BANK: _bank_transfer,
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


def _last_step(invoice: Invoice, request: ActionRequest) -> tuple[Step, ...]:
    del request  # takes the last step back
    return invoice.standing[-1:]


def _cheque_step(invoice: Invoice, request: ActionRequest) -> tuple[Step, ...]:
    step = chosen_cheque(invoice, request)
    return (step,) if step else ()


def _all_steps(invoice: Invoice, request: ActionRequest) -> tuple[Step, ...]:
    del request  # takes all steps back
    return invoice.standing[::-1]


_TAKEN_BACK: dict[TakesBack, Callable[[Invoice, ActionRequest], tuple[Step, ...]]] = {
    TakesBack.LAST: _last_step,
    TakesBack.CHEQUE: _cheque_step,
    TakesBack.ALL: _all_steps,
}


def steps_taken_back(what: TakesBack | None, invoice: Invoice, request: ActionRequest) -> tuple[Step, ...]:
    """Return the steps in force that a request takes back, the latest first."""
    return _TAKEN_BACK[what](invoice, request) if what else ()


def reverse_steps(steps: tuple[Step, ...]) -> tuple[Transfer, ...]:
    """Return the transfers that undo these steps."""
    return tuple(transfer.reverse_transfer for step in steps for transfer in reversed(step.transfers))

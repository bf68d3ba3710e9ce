"""What a step records in dollars, in the words of a biller: billed, offered, agreed, collected and so on."""

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum

from server.billing.invoices.invoice import Account, Action, ChequeException, Step


class Amount(StrEnum):
    """The kinds of amounts that a step can record."""

    BILLED = "billed"
    OFFERED = "offered"
    AGREED = "agreed"
    COLLECTED = "collected"
    CLEARED = "cleared"
    UNAPPLIED = "unapplied"
    WRITTEN_OFF = "written off"


_RAISED_BY_DEBIT = {
    Account.BILLED: (Amount.BILLED, -1),
    Account.CHEQUES_IN_HAND: (Amount.COLLECTED, 1),
    Account.BANK: (Amount.COLLECTED, 1),
    Account.WRITE_OFF: (Amount.WRITTEN_OFF, 1),
}
"""The amount of each account, and 1 if debits raise it, -1 if credits do."""

_OFFERS = (Action.SEND, Action.RECORD_OFFER, Action.COUNTER_OFFER)


def amounts_of_step(step: Step) -> dict[Amount, int]:
    """Return what a step records, in cents, without zeros. What it takes back is negative."""
    cents: Counter[Amount] = Counter()
    for transfer in step.transfers:
        for account, moved in (
            (transfer.debit, transfer.amount_cents),
            (transfer.credit, -transfer.amount_cents),
        ):
            if account is Account.UNAPPLIED_CREDIT:
                cents[Amount.UNAPPLIED] -= moved
                cents[Amount.COLLECTED] += moved
            elif account in _RAISED_BY_DEBIT:
                amount, sign = _RAISED_BY_DEBIT[account]
                cents[amount] += sign * moved
        if (transfer.debit, transfer.credit) == (Account.BANK, Account.CHEQUES_IN_HAND):
            cents[Amount.CLEARED] += transfer.amount_cents
    asked = step.request.amount_cents or 0
    if step.action in _OFFERS:
        cents[Amount.OFFERED] += asked
    if step.action is Action.AGREE:
        cents[Amount.AGREED] += asked
    return {amount: cents[amount] for amount in Amount if cents[amount]}


def total_amounts(steps: Iterable[Step]) -> dict[Amount, int]:
    """Return what several steps record together, in cents, without zeros."""
    cents: Counter[Amount] = Counter()
    for step in steps:
        cents.update(amounts_of_step(step))
    return {amount: cents[amount] for amount in Amount if cents[amount]}


_LASTING_ACTIONS: Mapping[Action, str] = {
    Action.VOID: "Nothing opens a voided invoice again.",
    Action.WRITE_OFF: "What is written off is given up.",
    Action.REFUND_CREDIT: "Only a manager can take a refund back.",
}


def lasting_consequence(step: Step) -> str:
    """Return why a step is shown before it is recorded, "" if it need not be (rule: invoices#preview)."""
    if step.request.exception is ChequeException.WRITE_OFF_REST:
        return "The rest is given up."
    return _LASTING_ACTIONS.get(step.action, "")

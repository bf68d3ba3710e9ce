"""An invoice is the sum of its steps. The ledger's running row and ``ledger verify`` use this one function."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import reduce
from typing import Any

from server.billing.invoices.invoice import Account, Action, Invoice, InvoiceFacts, Offer, Step, Transfer
from server.billing.invoices.state_machine import REVERSIBLE

OURS = "clinic"
"""The party of a counter-offer, or of an offer that is sent with the invoice."""

_AMOUNTS: dict[Account, tuple[str, int]] = {
    Account.RECEIVABLE: ("balance_cents", 1),
    Account.BILLED: ("billed_cents", -1),
    Account.REDUCTION: ("reduction_cents", 1),
    Account.WRITE_OFF: ("written_off_cents", 1),
    Account.CHEQUES_IN_HAND: ("in_hand_cents", 1),
    Account.BANK: ("banked_cents", 1),
    Account.UNAPPLIED_CREDIT: ("unapplied_cents", -1),
}
"""The amount of an invoice for each account, and 1 if debits raise it, -1 if credits do."""


def apply_step(invoice: Invoice, step: Step) -> Invoice:
    """Return the invoice after a step that was decided for it.

    Raises ``ValueError`` if the step cannot follow: it belongs to another invoice, place or state. Staff cannot
    cause this; the books or the program are damaged.
    """
    _refuse_what_cannot_follow(invoice, step)
    marked = _MARKS.get(step.action, _leave_unmarked)(invoice, step)
    return replace(
        marked,
        state=step.to_state,
        version=step.place,
        standing=_steps_standing(invoice, step),
        **_entry_into_state(invoice, step),
        **_amounts_after(invoice, step.transfers),
    )


def replay_steps(facts: InvoiceFacts, steps: Iterable[Step]) -> Invoice:
    """Return the invoice after all its steps, from the first on."""
    return reduce(apply_step, steps, Invoice(facts))


def _refuse_what_cannot_follow(invoice: Invoice, step: Step) -> None:
    place, first = invoice.version + 1, step.action is Action.CREATE
    if (step.number, step.place, step.from_state) != (invoice.number, place, invoice.state):
        message = (
            f"step {step.place} of {step.number} does not follow step {invoice.version} of {invoice.number}"
        )
        raise ValueError(message)
    if first != (place == 1):
        message = f"step {place} of {invoice.number} is {step.action}"
        raise ValueError(message)
    if missing := set(step.reverses) - {standing.place for standing in invoice.standing}:
        message = f"step {place} of {invoice.number} takes back {sorted(missing)}, which does not stand"
        raise ValueError(message)


def _entry_into_state(invoice: Invoice, step: Step) -> dict[str, Any]:
    """Return since when the invoice is in its state, if the step changes that. A bounce begins the wait for the cheque again."""
    if step.action is Action.CREATE:
        return {"state_place": step.place, "state_since": invoice.facts.created}
    if step.action is Action.BOUNCE or step.from_state != step.to_state:
        return {"state_place": step.place, "state_since": step.day}
    return {}


def _steps_standing(invoice: Invoice, step: Step) -> tuple[Step, ...]:
    kept = tuple(earlier for earlier in invoice.standing if earlier.place not in step.reverses)
    return (*kept, step) if step.action in REVERSIBLE else kept


def _amounts_after(invoice: Invoice, transfers: Iterable[Transfer]) -> dict[str, Any]:
    amounts: dict[str, Any] = {name: getattr(invoice, name) for name, _ in _AMOUNTS.values()}
    for transfer in transfers:
        for account, cents in (
            (transfer.debit, transfer.amount_cents),
            (transfer.credit, -transfer.amount_cents),
        ):
            name, sign = _AMOUNTS[account]
            amounts[name] += sign * cents
    return amounts


def _leave_unmarked(invoice: Invoice, step: Step) -> Invoice:
    del step  # changes only money or state
    return invoice


def _set_lines(invoice: Invoice, step: Step) -> Invoice:
    return replace(invoice, lines=step.request.lines)


def _mark_sent(invoice: Invoice, step: Step) -> Invoice:
    payer = invoice.facts.payer or step.request.paying_party
    sent = replace(invoice, facts=replace(invoice.facts, payer=payer), sent_on=step.day)
    return sent if step.request.amount_cents is None else _add_offer(sent, step, OURS)


def _mark_denied(invoice: Invoice, step: Step) -> Invoice:
    return replace(invoice, denied_on=(*invoice.denied_on, step.day))


def _add_offer(invoice: Invoice, step: Step, by: str) -> Invoice:
    offer = Offer(step.request.amount_cents or 0, by, step.day)
    return replace(invoice, offers=(*invoice.offers, offer))


_MARKS: dict[Action, Callable[[Invoice, Step], Invoice]] = {
    Action.CREATE: _set_lines,
    Action.EDIT_LINES: _set_lines,
    Action.SEND: _mark_sent,
    Action.RECORD_OFFER: lambda invoice, step: _add_offer(
        invoice, step, step.request.paying_party or invoice.facts.payer
    ),
    Action.COUNTER_OFFER: lambda invoice, step: _add_offer(invoice, step, OURS),
    Action.DENY: _mark_denied,
}
"""What a step changes on the invoice in addition to money and state."""

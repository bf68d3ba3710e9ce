"""Decides whether an action is allowed, and what it posts. All states and actions come from the table.

The first of these refuses it: the action is not open, the role may not take it, inputs are missing or
impossible (all of them are named), the amount does not fit, the cheque is already recorded,
the credit cannot be used.
"""

from collections.abc import Iterable
from datetime import date

from server.billing.invoices.cheques import NONE_KNOWN, KnownCheques, refuse_duplicate
from server.billing.invoices.credits import Credit, with_credit
from server.billing.invoices.guards import FITS
from server.billing.invoices.invoice import ActionRequest, Invoice, Step
from server.billing.invoices.posting import posted_transfers, what_is_taken_back
from server.billing.invoices.state_machine import Rule, open_actions, rules_for
from server.billing.invoices.step_inputs import flaws_of, only_taken_inputs
from server.billing.money import dollars
from server.errors import ActionNotOpen, AmountDoesNotFit, InputsUnusable, NeedsManager


def decide_step(
    invoice: Invoice,
    request: ActionRequest,
    today: date,
    known: KnownCheques = NONE_KNOWN,
    known_credits: Iterable[Credit] = (),
) -> Step:
    """Return the step that a request makes. ``projection.apply_step`` applies it.

    Raises ``ActionNotOpen``, ``NeedsManager``, ``InputsUnusable``, ``AmountDoesNotFit``, ``DuplicateCheque`` or
    ``CreditNotUsable``. ``known`` are the valid cheques of the clinic, ``known_credits`` its unapplied credits.
    """
    rule = _rule_for(invoice, request)
    if request.role not in rule.roles:
        raise NeedsManager(invoice.number, rule.exception or rule.action)
    request = only_taken_inputs(request, rule)
    if flaws := flaws_of(request, rule, invoice, today):
        raise InputsUnusable(invoice.number, rule.action, flaws)
    _refuse_misfit(invoice, request, rule)
    refuse_duplicate(request, invoice, known)
    request = with_credit(request, invoice, known_credits)
    back = what_is_taken_back(rule.takes_back, invoice, request)
    return Step(
        request=request,
        place=invoice.version + 1,
        from_state=rule.state,
        to_state=rule.leads_to,
        day=request.day or request.received_date or today,
        transfers=back.transfers + posted_transfers(rule.posts, invoice, request),
        reverses=tuple(step.place for step in back.steps),
    )


def _rule_for(invoice: Invoice, request: ActionRequest) -> Rule:
    """Return the rule that applies. Raises ``ActionNotOpen``, which names the open actions."""
    candidates = rules_for(invoice.state, request.action)
    open_now = [rule for rule in candidates if rule.applies_to(invoice)]
    if not open_now:
        lacking = (
            guard.reason_for(invoice)
            for rule in candidates
            for guard in rule.when
            if not guard.holds(invoice)
        )
        raise ActionNotOpen(
            invoice.number, invoice.state.label, request.action, open_actions(invoice), next(lacking, "")
        )
    excepted = [rule for rule in open_now if rule.exception == request.exception] or open_now
    return next((rule for rule in excepted if _is_fitting(rule, invoice, request)), excepted[0])


def _is_fitting(rule: Rule, invoice: Invoice, request: ActionRequest) -> bool:
    """Return whether the amount of a request compares with the invoice as the rule wants."""
    cents = request.amount_cents
    return rule.amount is None or cents is None or FITS[rule.amount](cents, invoice)


def _refuse_misfit(invoice: Invoice, request: ActionRequest, rule: Rule) -> None:
    cents = request.amount_cents
    if cents is None or _is_fitting(rule, invoice, request):
        return
    fitting = [
        other.exception
        for other in rules_for(invoice.state, rule.action)
        if other.exception and other.amount and FITS[other.amount](cents, invoice)
    ]
    chosen = rule.exception or ""
    raise AmountDoesNotFit(invoice.number, dollars(cents), dollars(invoice.balance_cents), chosen, fitting)

"""Finds what is missing or impossible in a request: all fields at once, before anything is decided."""

from collections.abc import Callable, Iterator
from datetime import date

from server.billing.days import us
from server.billing.invoices.guards import FITS, Fit, cheque_steps
from server.billing.invoices.invoice import Action, ActionRequest, Field, Invoice
from server.billing.invoices.posting import chosen_cheque
from server.billing.invoices.state_machine import Rule
from server.billing.money import dollars

MOST_CENTS = 100_000_000_000
"""From here up, an amount is a typing error (a billion dollars, as for any cell)."""

_TEXTS = (Field.CHEQUE_NUMBER, Field.PAYING_PARTY, Field.NOTE, Field.DOCUMENT, Field.CREDIT_INVOICE)
_PAST = (Field.DAY, Field.RECEIVED_DATE)


def only_taken_inputs(request: ActionRequest, rule: Rule) -> ActionRequest:
    """Return the request with only the inputs that the action takes, texts trimmed. Other inputs, for example
    leftovers of an earlier row, are neither checked nor recorded.
    """
    inputs = {field.attribute: getattr(request, field.attribute) for field in rule.fields}
    trimmed = {field.attribute: inputs[field.attribute].strip() for field in _TEXTS if field in rule.fields}
    return ActionRequest(request.number, request.action, request.role, **(inputs | trimmed))


def flaws_of(request: ActionRequest, rule: Rule, invoice: Invoice, today: date) -> dict[Field, str]:
    """Return what is wrong with a request's inputs: one sentence part for each. Dates must not be after ``today``.
    A cheque's own date can be later, but the cheque cannot clear before it.
    """
    flaws: dict[Field, str] = {}
    for field, flaw in _all_flaws(request, rule, invoice, today):
        flaws.setdefault(field, flaw)
    return flaws


def _all_flaws(
    request: ActionRequest, rule: Rule, invoice: Invoice, today: date
) -> Iterator[tuple[Field, str]]:
    yield from _missing_inputs(request, rule)
    yield from _future_dates(request, today)
    yield from _odd_amounts(request)
    yield from _beyond_billed(request, rule, invoice)
    yield from _unreadable_texts(request)
    if rule.action in _CHECKS:
        yield from _CHECKS[rule.action](request, invoice)


def overdraft_flaw(cheque_cents: int, taken_cents: int) -> str:
    """Return the flaw of a cheque if more is taken from it than its amount, or ""."""
    too_much = taken_cents > cheque_cents
    return f"{dollars(cheque_cents)} is less than the {dollars(taken_cents)} taken of it" if too_much else ""


def _missing_inputs(request: ActionRequest, rule: Rule) -> Iterator[tuple[Field, str]]:
    for need in rule.needs:
        if all(getattr(request, field.attribute) in {None, "", ()} for field in need):
            others = f" (or a {need[1].lower()})" if need[1:] else ""
            yield need[0], f"is missing{others}"


def _future_dates(request: ActionRequest, today: date) -> Iterator[tuple[Field, str]]:
    for field in _PAST:
        day = getattr(request, field.attribute)
        if day and day > today:
            yield field, f"{us(day)} is in the future"


def _odd_amounts(request: ActionRequest) -> Iterator[tuple[Field, str]]:
    for field in (Field.AMOUNT_CENTS, Field.CHEQUE_CENTS):
        cents = getattr(request, field.attribute)
        if cents is not None and cents <= 0:
            yield field, f"{dollars(cents)} is not more than $0.00"
        if cents is not None and cents >= MOST_CENTS:
            yield field, f"{dollars(cents)} is too large to be right"
    if request.unapplied_cents < 0:
        yield Field.UNAPPLIED_CENTS, f"{dollars(request.unapplied_cents)} is negative"


def _beyond_billed(request: ActionRequest, rule: Rule, invoice: Invoice) -> Iterator[tuple[Field, str]]:
    cents = request.amount_cents
    if cents is not None and rule.amount is Fit.UP_TO_BILLED and not FITS[rule.amount](cents, invoice):
        yield Field.AMOUNT_CENTS, f"{dollars(cents)} is more than the {dollars(invoice.billed_cents)} billed"


def _unreadable_texts(request: ActionRequest) -> Iterator[tuple[Field, str]]:
    for field in (Field.CHEQUE_NUMBER, Field.PAYING_PARTY):
        text = getattr(request, field.attribute)
        if text and not any(map(str.isalnum, text)):
            yield field, f"“{text}” has neither letters nor digits"


def _overdrawn_cheque(request: ActionRequest, invoice: Invoice) -> Iterator[tuple[Field, str]]:
    """Check that the amount for this invoice and the unapplied amount do not exceed the cheque."""
    del invoice  # only the cheque matters
    taken = (request.amount_cents or 0) + request.unapplied_cents
    if request.cheque_cents is not None and (flaw := overdraft_flaw(request.cheque_cents, taken)):
        yield Field.CHEQUE_CENTS, flaw


def _bounce_flaws(request: ActionRequest, invoice: Invoice) -> Iterator[tuple[Field, str]]:
    """Check that the cheque is in hand, and was received before it bounced."""
    step = chosen_cheque(invoice, request)
    cheque = step.request.cheque if step else None
    if cheque is None:
        numbers = ", ".join(step.request.cheque_number for step in cheque_steps(invoice))
        yield Field.CHEQUE_NUMBER, f"“{request.cheque_number}” is not in hand; in hand is {numbers}"
    elif request.day and request.day < cheque.received_date:
        yield Field.DAY, f"{us(request.day)} is before the cheque was received, {us(cheque.received_date)}"


def _clear_flaws(request: ActionRequest, invoice: Invoice) -> Iterator[tuple[Field, str]]:
    """Check that no cheque clears before it is received, or before its own date, and no credit before it was applied."""
    cleared = [max(cheque.cheque_date, cheque.received_date) for cheque in invoice.cheques]
    applied = [step.day for step in invoice.standing if step.action is Action.APPLY_CREDIT]
    earliest = max(cleared, default=date.min)
    if request.day and request.day < earliest:
        yield Field.DAY, f"{us(request.day)} is before the cheque could clear, {us(earliest)}"
    elif request.day and request.day < (latest := max(applied, default=date.min)):
        yield Field.DAY, f"{us(request.day)} is before credit was applied, {us(latest)}"


def _beyond_balance(request: ActionRequest, invoice: Invoice) -> Iterator[tuple[Field, str]]:
    """Check that credit pays no more than what is owed."""
    if request.amount_cents is not None and request.amount_cents > invoice.balance_cents:
        yield (
            Field.AMOUNT_CENTS,
            f"{dollars(request.amount_cents)} is more than the {dollars(invoice.balance_cents)} owed",
        )


_CHECKS: dict[Action, Callable[[ActionRequest, Invoice], Iterator[tuple[Field, str]]]] = {
    Action.RECORD_CHEQUE: _overdrawn_cheque,
    Action.BOUNCE: _bounce_flaws,
    Action.CLEAR: _clear_flaws,
    Action.APPLY_CREDIT: _beyond_balance,
}
"""Checks of an action in addition to its rule in the table."""

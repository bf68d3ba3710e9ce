"""Unapplied credit: who holds it, and how it pays another invoice of the same payer or is paid back
(rule: invoices#credit).

Credit stays with the invoice whose cheque brought it. It can be used once that invoice is paid: until then, its cheque may
bounce. Credit that pays another invoice is two steps in one recording: ``apply credit`` on the invoice that it pays, and its
counterpart ``transfer credit`` on the invoice that holds it. Taking the first back posts ``return credit`` on the second.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from server.billing.days import us
from server.billing.invoices.invoice import (
    COUNTERPARTS,
    Account,
    Action,
    ActionRequest,
    Field,
    Invoice,
    Step,
    Transfer,
)
from server.billing.invoices.projection import apply_step
from server.billing.money import dollars
from server.billing.names import fold
from server.errors import CreditNotUsable, InputsUnusable

_USES = (Action.TRANSFER_CREDIT, Action.REFUND_CREDIT)


@dataclass(frozen=True, slots=True)
class Credit:
    """The unapplied credit of one cheque on one invoice. ``cents`` is what is left of it.

    It belongs to ``paying_party``. ``usable_from`` is the day that its cheque cleared, ``None`` while it is in hand.
    """

    invoice: str
    paying_party: str
    cheque_number: str
    cents: int
    usable_from: date | None


def credits_of(invoice: Invoice) -> tuple[Credit, ...]:
    """Return the unapplied credits that an invoice holds, the oldest first. Their cents add up to its unapplied amount."""
    if not invoice.unapplied_cents:
        return ()
    left: Counter[tuple[str, str]] = Counter()
    spelled: dict[tuple[str, str], ActionRequest] = {}
    for step in invoice.standing:
        request = step.request
        key = fold(request.paying_party), fold(request.cheque_number)
        if request.cheque:
            spelled.setdefault(key, request)
            left[key] += sum(
                one.amount_cents for one in step.transfers if one.credit is Account.UNAPPLIED_CREDIT
            )
        elif step.action in _USES:
            left[key] -= request.amount_cents or 0
    return tuple(
        Credit(invoice.number, request.paying_party, request.cheque_number, left[key], invoice.paid_on)
        for key, request in spelled.items()
        if left[key]
    )


def with_credit(request: ActionRequest, invoice: Invoice, known: Iterable[Credit]) -> ActionRequest:
    """Return a request that uses credit, with the credit it uses: the cheque, and the invoice that holds it.

    Other requests are returned unchanged. Raises ``CreditNotUsable`` if there is none or several could be meant, and
    ``InputsUnusable`` if it is too small or had not cleared by the day.
    """
    if request.action is Action.REFUND_CREDIT:
        credit = _choose_credit(request, invoice, "", credits_of(invoice))
        return replace(request, paying_party=credit.paying_party, cheque_number=credit.cheque_number)
    if request.action is not Action.APPLY_CREDIT:
        return request
    payer = invoice.facts.payer
    of_payer = [
        one for one in known if fold(one.paying_party) == fold(payer) and one.invoice != invoice.number
    ]
    credit = _choose_credit(request, invoice, payer, of_payer)
    return replace(
        request,
        paying_party=credit.paying_party,
        cheque_number=credit.cheque_number,
        credit_invoice=credit.invoice,
    )


def _choose_credit(request: ActionRequest, invoice: Invoice, payer: str, known: Collection[Credit]) -> Credit:
    """Return the credit that a request means: the one it names, or the only one there is."""
    named = [
        one
        for one in known
        if (not request.cheque_number or fold(one.cheque_number) == fold(request.cheque_number))
        and (not request.credit_invoice or one.invoice == request.credit_invoice.upper())
    ]
    usable = [one for one in named if one.usable_from]
    if len(usable) != 1:
        waiting = [_credit_words(one) for one in named if not one.usable_from]
        raise CreditNotUsable(
            invoice.number, request.action, payer, [_credit_words(one) for one in usable], waiting
        )
    (credit,) = usable
    _refuse_misuse(request, credit)
    return credit


def _credit_words(credit: Credit) -> str:
    return f"{dollars(credit.cents)} of cheque {credit.cheque_number} on {credit.invoice}"


def _refuse_misuse(request: ActionRequest, credit: Credit) -> None:
    """Refuse to use more than is left, and to use it before its cheque cleared."""
    flaws: dict[Field, str] = {}
    cents = request.amount_cents or 0
    if cents > credit.cents:
        flaws[Field.AMOUNT_CENTS] = (
            f"{dollars(cents)} is more than the {dollars(credit.cents)} of credit left of cheque "
            f"{credit.cheque_number} on {credit.invoice}"
        )
    if request.day and credit.usable_from and request.day < credit.usable_from:
        flaws[Field.DAY] = f"{us(request.day)} is before the credit cleared, {us(credit.usable_from)}"
    if flaws:
        raise InputsUnusable(request.number, request.action, flaws)


# -- the steps on the invoices that hold it


def credit_invoices(invoice: Invoice) -> tuple[str, ...]:
    """Return the invoices whose credit pays this invoice."""
    return tuple(step.request.credit_invoice for step in _applications(invoice))


def counterpart_steps(invoice: Invoice, step: Step, others: Mapping[str, Invoice]) -> list[Step]:
    """Return the steps on other invoices that belong to a step decided for ``invoice``, in order.

    ``others`` are the invoices as they are now. Raises ``KeyError`` if one that holds the credit is not among them.
    """
    after = dict(others)
    found: list[Step] = []
    for one in _counterparts(invoice, step, after):
        after[one.number] = apply_step(after[one.number], one)
        found.append(one)
    return found


def _counterparts(invoice: Invoice, step: Step, after: Mapping[str, Invoice]) -> Iterator[Step]:
    """Yield the counterparts. The caller applies each to ``after`` before the next is made."""
    if step.action is Action.APPLY_CREDIT:
        yield _counterpart(after[step.request.credit_invoice], step, step.request)
    for applied in reversed(_applications(invoice)):
        if applied.place in step.reverses:
            holder = after[applied.request.credit_invoice]
            yield _counterpart(holder, step, applied.request, _transfer_step(holder, applied))


def _applications(invoice: Invoice) -> tuple[Step, ...]:
    return tuple(step for step in invoice.standing if step.action is Action.APPLY_CREDIT)


def _transfer_step(holder: Invoice, applied: Step) -> Step:
    """Return the latest standing step of the holder that gave this credit away."""
    request = applied.request
    wanted = (request.number, request.amount_cents, request.paying_party, request.cheque_number)

    def is_same(step: Step) -> bool:
        given = step.request
        return step.action is Action.TRANSFER_CREDIT and wanted == (
            given.credit_invoice,
            given.amount_cents,
            given.paying_party,
            given.cheque_number,
        )

    return next(step for step in reversed(holder.standing) if is_same(step))


def _counterpart(holder: Invoice, step: Step, applied: ActionRequest, given: Step | None = None) -> Step:
    """Return the step on the holder of applied credit: it gives the credit, or takes back the step that gave it."""
    request = ActionRequest(
        holder.number,
        Action.RETURN_CREDIT if given else Action.TRANSFER_CREDIT,
        step.request.role,
        day=step.day,
        amount_cents=applied.amount_cents,
        cheque_number=applied.cheque_number,
        paying_party=applied.paying_party,
        credit_invoice=step.number,
    )
    moved = Transfer(Account.UNAPPLIED_CREDIT, Account.BANK, applied.amount_cents or 0)
    return Step(
        request=request,
        place=holder.version + 1,
        from_state=holder.state,
        to_state=holder.state,
        day=step.day,
        transfers=(moved.reverse_transfer if given else moved,),
        reverses=(given.place,) if given else (),
    )


def refuse_unpaired(steps: Iterable[Step]) -> None:
    """Raise ``ValueError`` if steps that are recorded together apply other credit than they take from the invoices that
    hold it. Staff cannot cause this.
    """
    moved: Counter[str] = Counter()
    for step in steps:
        paid = step.request.credit_invoice if step.action in COUNTERPARTS else step.number
        for transfer in step.transfers:
            accounts = {transfer.debit, transfer.credit}
            if accounts == {Account.BANK, Account.RECEIVABLE} or step.action in COUNTERPARTS:
                sign = 1 if transfer.debit is Account.BANK else -1
                moved[paid] += sign * transfer.amount_cents
    if any(moved.values()):
        message = "credit is applied that no invoice has given, or given and not applied"
        raise ValueError(message)

"""A statement of account: what moved in a period, and what is owed at its end (rule: receivables#statements).

It is for people outside the clinic. It has no notes, no offers, and no words of ours.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from server.billing.invoices.invoice import Account, Action, InvoiceFacts, State, Step
from server.billing.receivables.aging_buckets import BUCKETS, Bucket, age_on, bucket_of
from server.billing.receivables.posting_days import posting_days

STATES: Mapping[State, str] = {
    State.PENDING_INVOICE: "Not sent yet",
    State.PENDING_REDUCTION: "Sent",
    State.PENDING_CHEQUE: "Agreed",
    State.CHEQUE_RECEIVED: "Payment received",
    State.PAID: "Paid",
    State.WRITTEN_OFF: "Written off",
    State.VOIDED: "VOID",
}
"""The states of an invoice, in words for people outside the clinic."""


class Holder(StrEnum):
    """Whose account it is."""

    PAYER = "payer"
    ATTORNEY = "attorney"
    CASE = "case"


class Movement(StrEnum):
    """What changes what is owed, in the order of the summary."""

    BILLED = "Billed"
    REDUCED = "Reductions agreed"
    PAID = "Payments received"
    RETURNED = "Payments returned"
    CREDIT = "Credit applied"
    WRITTEN_OFF = "Written off"


@dataclass(frozen=True, slots=True)
class RecordedStep:
    """A step with its place among all steps of the clinic."""

    id: int
    step: Step


@dataclass(frozen=True, slots=True)
class InvoiceHistory:
    """An invoice with all its steps, from the first on."""

    facts: InvoiceFacts
    steps: Sequence[RecordedStep]


@dataclass(frozen=True, slots=True)
class AccountLine:
    """A line of the statement. ``cents`` is what it adds to what is owed, ``balance_cents`` what is owed after it."""

    day: date
    number: str
    patient: str
    words: str
    kind: Movement
    cents: int
    balance_cents: int


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """An invoice on which something is owed at the end of the period. ``age`` is in days, ``state`` in words."""

    number: str
    patient: str
    exam_date: date
    age: int
    state: str
    billed_cents: int
    balance_cents: int


@dataclass(frozen=True, slots=True)
class AccountStatement:
    """The account of a holder. ``first`` is ``None`` if it goes back to the first invoice; amounts are cents.

    ``unapplied_cents`` is the credit that its invoices hold for those who paid too much. It is no part of what is owed.
    """

    holder: Holder
    name: str
    first: date | None
    last: date
    opening_cents: int
    lines: Sequence[AccountLine]
    open_invoices: Sequence[OpenInvoice]
    invoices: int
    unapplied_cents: int

    @property
    def closing_cents(self) -> int:
        """Return what is owed at the end of the period."""
        return sum(invoice.balance_cents for invoice in self.open_invoices)

    @property
    def totals(self) -> list[tuple[Movement, int]]:
        """Return what the lines of each kind add to what is owed. With the opening balance they make the closing balance."""
        cents: dict[Movement, int] = defaultdict(int)
        for line in self.lines:
            cents[line.kind] += line.cents
        return [(kind, cents[kind]) for kind in Movement if kind in cents]

    @property
    def buckets(self) -> list[tuple[Bucket, int, int]]:
        """Return the number of open invoices and what is owed on them, by age at the end of the period."""
        found = [(bucket_of(invoice.age), invoice) for invoice in self.open_invoices]
        return [
            (
                bucket,
                sum(one is bucket for one, _ in found),
                sum(invoice.balance_cents for one, invoice in found if one is bucket),
            )
            for bucket in BUCKETS
        ]


def state_account(
    account: tuple[Holder, str], histories: Iterable[InvoiceHistory], first: date | None, last: date
) -> AccountStatement:
    """Return the statement of an account, a kind of holder and a name, from a day to another, both included."""
    opening, unapplied, invoices = 0, 0, 0
    moved: list[tuple[date, int, InvoiceFacts, Movement, str, int]] = []
    opened: list[OpenInvoice] = []
    for history in histories:
        steps = [recorded.step for recorded in history.steps]
        days = posting_days(steps)
        known = [step for step, day in zip(steps, days, strict=True) if day <= last]
        if not known:
            continue
        invoices += 1
        unapplied -= _total(known, Account.UNAPPLIED_CREDIT)
        if owed := _total(known, Account.RECEIVABLE):
            opened.append(_open_invoice(history.facts, known, owed, last))
        numbers = _cheque_numbers(steps)
        for recorded, day in zip(history.steps, days, strict=True):
            if day > last:
                break
            for kind, words, cents in _movements(recorded.step, numbers):
                if first and day < first:
                    opening += cents
                else:
                    moved.append((day, recorded.id, history.facts, kind, words, cents))
    moved.sort(key=lambda one: one[:2])
    opened.sort(key=lambda one: one.number)
    return AccountStatement(
        *account, first, last, opening, list(_lines(moved, opening)), opened, invoices, unapplied
    )


def _lines(
    moved: Iterable[tuple[date, int, InvoiceFacts, Movement, str, int]], balance: int
) -> Iterator[AccountLine]:
    for day, _, facts, kind, words, cents in moved:
        balance += cents
        yield AccountLine(day, facts.number, facts.patient, words, kind, cents, balance)


def _open_invoice(facts: InvoiceFacts, known: Sequence[Step], owed: int, last: date) -> OpenInvoice:
    age, state = age_on(last, facts.created), STATES[known[-1].to_state]
    billed = -_total(known, Account.BILLED)
    return OpenInvoice(facts.number, facts.patient, facts.exam_date, age, state, billed, owed)


def _total(steps: Iterable[Step], account: Account) -> int:
    """Return the total of an account over steps in cents, debits above 0."""
    return sum(_cents_on(account, step) for step in steps)


def _cents_on(account: Account, step: Step) -> int:
    return sum(
        transfer.amount_cents if transfer.debit is account else -transfer.amount_cents
        for transfer in step.transfers
        if account in {transfer.debit, transfer.credit}
    )


def _cheque_numbers(steps: Iterable[Step]) -> dict[int, str]:
    """Return the number of the cheque that each step recorded, by the place of the step."""
    return {step.place: step.request.cheque_number for step in steps if step.request.cheque}


def _movements(step: Step, numbers: Mapping[int, str]) -> Iterator[tuple[Movement, str, int]]:
    """Yield what a step does to what is owed: its kind, what it is in words, and the cents that it adds."""
    cents: dict[Account, int] = defaultdict(int)
    for transfer in step.transfers:
        if transfer.debit is Account.RECEIVABLE:
            cents[_counted_under(transfer.credit)] += transfer.amount_cents
        elif transfer.credit is Account.RECEIVABLE:
            cents[_counted_under(transfer.debit)] -= transfer.amount_cents
    for account, added in cents.items():
        if added:
            kind = _kind_of(account, step, added)
            yield kind, _words_of(kind, step, added, numbers), added


def _counted_under(account: Account) -> Account:
    """Return the account under which a movement is counted: money in the bank is money that was received."""
    return Account.CHEQUES_IN_HAND if account is Account.BANK else account


def _kind_of(account: Account, step: Step, added: int) -> Movement:
    match account:
        case Account.BILLED:
            return Movement.BILLED
        case Account.REDUCTION:
            return Movement.REDUCED
        case Account.WRITE_OFF:
            return Movement.WRITTEN_OFF
        case _:
            if step.action is Action.APPLY_CREDIT:
                return Movement.CREDIT
            return Movement.RETURNED if added > 0 else Movement.PAID


def _words_of(kind: Movement, step: Step, added: int, numbers: Mapping[int, str]) -> str:
    match kind:
        case Movement.BILLED:
            words = {Action.CREATE: "Invoice", Action.VOID: "Invoice voided"}
            return words.get(step.action, "Invoice corrected")
        case Movement.REDUCED:
            return "Reduction agreed" if added < 0 else "Reduction taken back"
        case Movement.PAID:
            return f"Payment, cheque {step.request.cheque_number}"
        case Movement.RETURNED:
            cheques = [numbers[place] for place in step.reverses if place in numbers]
            named = f", cheque {cheques[0]}" if len(cheques) == 1 else ""
            return f"Payment {'returned unpaid' if step.action is Action.BOUNCE else 'taken back'}{named}"
        case Movement.CREDIT:
            return "Credit applied"
        case Movement.WRITTEN_OFF:
            return "Written off" if added < 0 else "Write-off taken back"

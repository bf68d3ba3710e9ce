"""What an invoice is: its lines and parties, its state, and the steps that led to it.

Amounts are whole cents, days are dates. All values are immutable: a step makes a new ``Invoice``.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from server.billing.names import fold
from server.billing.people import Role


class State(StrEnum):
    """The states of an invoice: five states in order, and two other ends."""

    PENDING_INVOICE = "pending_invoice"
    PENDING_REDUCTION = "pending_reduction"
    PENDING_CHEQUE = "pending_cheque"
    CHEQUE_RECEIVED = "cheque_received"
    PAID = "paid"
    WRITTEN_OFF = "written_off"
    VOIDED = "voided"

    @property
    def label(self) -> str:
        """Return the state in the words of sheets, filters and sentences. REST and figures have its code."""
        return STATE_LABELS[self]


STATE_LABELS = {
    State.PENDING_INVOICE: "Pending invoice",
    State.PENDING_REDUCTION: "Pending reduction",
    State.PENDING_CHEQUE: "Pending cheque",
    State.CHEQUE_RECEIVED: "Cheque received",
    State.PAID: "Paid",
    State.WRITTEN_OFF: "Written off",
    State.VOIDED: "Voided",
}

_STATES_BY_WORD = {fold(word): state for state in State for word in (state.value, state.label)}


def state_named(text: str) -> State | None:
    """Return the state that a label or a code names, in any case; ``None`` if it names none."""
    return _STATES_BY_WORD.get(fold(text))


SETTLED = frozenset({State.PAID, State.WRITTEN_OFF, State.VOIDED})
"""A case is settled when each of its invoices is in one of these (rule: invoices#settled)."""


class Action(StrEnum):
    """What can be done to an invoice, in the words staff type."""

    CREATE = "create"
    EDIT_LINES = "edit lines"
    ATTACH = "attach"
    REMIND = "remind"
    SEND = "send"
    RECORD_OFFER = "record offer"
    COUNTER_OFFER = "counter offer"
    AGREE = "agree"
    RECORD_CHEQUE = "record cheque"
    APPLY_CREDIT = "apply credit"
    BOUNCE = "bounce"
    CLEAR = "clear"
    REFUND_CREDIT = "refund credit"
    TRANSFER_CREDIT = "transfer credit"
    RETURN_CREDIT = "return credit"
    DENY = "deny"
    WRITE_OFF = "write off"
    VOID = "void"
    REOPEN = "reopen"
    NOTE = "note"


COUNTERPARTS = frozenset({Action.TRANSFER_CREDIT, Action.RETURN_CREDIT})
"""The actions that nobody requests: they are recorded with the step on another invoice that moves credit."""

SHEET_ACTIONS = (
    frozenset(Action) - COUNTERPARTS - {Action.CREATE, Action.EDIT_LINES, Action.ATTACH, Action.REMIND}
)
"""The actions that the Action column of an Invoices sheet offers."""


class ChequeException(StrEnum):
    """What happens to the difference between a cheque and the balance."""

    PARTIAL = "partial"
    WRITE_OFF_REST = "write off the rest"
    OVERPAID = "overpaid"


class Account(StrEnum):
    """The accounts of an invoice. The receivable exists from the day the invoice is created."""

    RECEIVABLE = "receivable"
    BILLED = "billed"
    REDUCTION = "reduction"
    CHEQUES_IN_HAND = "cheques in hand"
    BANK = "bank"
    WRITE_OFF = "write-off"
    UNAPPLIED_CREDIT = "unapplied credit"


class Field(StrEnum):
    """An input of an action: its heading on the sheet. ``attribute`` is ActionRequest's name for it."""

    attribute: str

    def __init__(self, heading: str) -> None:
        del heading
        self.attribute = self._name_.lower()

    DAY = "Date"
    AMOUNT_CENTS = "Amount"
    CHEQUE_NUMBER = "Cheque number"
    CHEQUE_DATE = "Cheque date"
    RECEIVED_DATE = "Received date"
    PAYING_PARTY = "Paying party"
    EXCEPTION = "Exception"
    NOTE = "Note"
    DOCUMENT = "Document"
    LINES = "Lines"
    DUE_DATE = "Due date"
    CHEQUE_CENTS = "Cheque amount"
    UNAPPLIED_CENTS = "Unapplied"
    CREDIT_INVOICE = "Credit invoice"


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One billed code. ``multiplier_thousandths`` is 1000, 1500 or 2000, frozen when the line was priced.

    ``total_cents`` is unit price x units x multiplier, rounded once.
    """

    code: str
    description: str
    units: int
    unit_price_cents: int
    multiplier_thousandths: int
    total_cents: int


@dataclass(frozen=True, slots=True)
class InvoiceFacts:
    """Who and what an invoice is about. Parties are names or ids as the clinic writes them, "" if unknown.

    ``created`` is the day its age is counted from.
    """

    number: str
    case: str
    patient: str
    exam_date: date
    created: date
    payer: str = ""
    attorney: str = ""
    facility: str = ""
    physician: str = ""


@dataclass(frozen=True, slots=True)
class Cheque:
    """A cheque. ``cheque_date`` can be after ``received_date``: then it is post-dated."""

    number: str
    cheque_date: date
    received_date: date
    paying_party: str
    amount_cents: int


@dataclass(frozen=True, slots=True)
class Offer:
    """An amount that somebody would pay, or accept, for an invoice."""

    amount_cents: int
    by: str
    day: date


@dataclass(frozen=True, slots=True)
class Transfer:
    """One movement of money between two accounts. ``amount_cents`` is more than 0."""

    debit: Account
    credit: Account
    amount_cents: int

    @property
    def reverse_transfer(self) -> "Transfer":
        """Return the movement that takes this one back."""
        return Transfer(self.credit, self.debit, self.amount_cents)


@dataclass(frozen=True, slots=True)
class ActionRequest:
    """An action that somebody requests for an invoice, with all its inputs.

    ``day`` is the Date column: the sent, offered, agreed, bounced, cleared or denied day.
    ``cheque_cents`` is the whole cheque if it pays more than this invoice, and ``unapplied_cents`` the
    part that pays no invoice. ``credit_invoice`` is the other invoice, if credit moves between two.
    """

    number: str
    action: Action
    role: Role = Role.BILLER
    day: date | None = None
    amount_cents: int | None = None
    cheque_number: str = ""
    cheque_date: date | None = None
    received_date: date | None = None
    paying_party: str = ""
    exception: ChequeException | None = None
    note: str = ""
    document: str = ""
    lines: tuple[InvoiceLine, ...] = ()
    due_date: date | None = None
    cheque_cents: int | None = None
    unapplied_cents: int = 0
    credit_invoice: str = ""

    @property
    def cheque(self) -> Cheque | None:
        """Return the cheque that this request records, or ``None``."""
        if self.cheque_date is None or self.received_date is None or self.amount_cents is None:
            return None
        amount = self.amount_cents + self.unapplied_cents if self.cheque_cents is None else self.cheque_cents
        return Cheque(self.cheque_number, self.cheque_date, self.received_date, self.paying_party, amount)


@dataclass(frozen=True, slots=True)
class Step:
    """One action as it was decided. ``request`` holds only the inputs the action takes.

    ``place`` counts an invoice's steps from 1; ``day`` is when it happened in the world, not when it
    was typed; ``reverses`` are the places of the steps it takes back.
    """

    request: ActionRequest
    place: int
    from_state: State
    to_state: State
    day: date
    transfers: tuple[Transfer, ...] = ()
    reverses: tuple[int, ...] = ()

    @property
    def number(self) -> str:
        """Return the invoice's number."""
        return self.request.number

    @property
    def action(self) -> Action:
        """Return what was done."""
        return self.request.action


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice after ``version`` steps. The amounts are the sums of its transfers, account by account.

    ``billed`` = ``reduction`` + ``collected`` + ``written_off`` + ``balance``, always, and ``balance``
    is what is receivable. ``unapplied`` is the credit that it holds for the payers of its cheques. ``standing`` are the steps in force that could be taken back.
    ``state_place`` is the place of the step that brought it into its state, or of a later bounce, and ``state_since`` the day of
    that. At version 0 it is not in the books: its first step must be ``create``.
    """

    facts: InvoiceFacts
    state: State = State.PENDING_INVOICE
    version: int = 0
    lines: tuple[InvoiceLine, ...] = ()
    billed_cents: int = 0
    reduction_cents: int = 0
    written_off_cents: int = 0
    balance_cents: int = 0
    in_hand_cents: int = 0
    banked_cents: int = 0
    unapplied_cents: int = 0
    sent_on: date | None = None
    offers: tuple[Offer, ...] = ()
    denied_on: tuple[date, ...] = ()
    standing: tuple[Step, ...] = ()
    state_place: int = 0
    state_since: date | None = None

    @property
    def number(self) -> str:
        """Return the invoice's number."""
        return self.facts.number

    @property
    def collected_cents(self) -> int:
        """Return the amount of this invoice that cheques and credit have paid, cleared or not."""
        return self.in_hand_cents + self.banked_cents - self.unapplied_cents

    @property
    def credit_applied_cents(self) -> int:
        """Return the credit of other invoices that pays this invoice."""
        return self._standing_cents(Action.APPLY_CREDIT)

    @property
    def transferred_cents(self) -> int:
        """Return the credit of its cheques that pays other invoices."""
        return self._standing_cents(Action.TRANSFER_CREDIT)

    @property
    def refunded_cents(self) -> int:
        """Return the credit of its cheques that was paid back."""
        return self._standing_cents(Action.REFUND_CREDIT)

    @property
    def agreed_cents(self) -> int | None:
        """Return the agreed payable, ``None`` while nothing is agreed."""
        agreement = self._latest_standing(Action.AGREE)
        return agreement.request.amount_cents if agreement else None

    @property
    def agreed_on(self) -> date | None:
        """Return the day of the agreement."""
        agreement = self._latest_standing(Action.AGREE)
        return agreement.day if agreement else None

    @property
    def paid_on(self) -> date | None:
        """Return the day its cheques cleared."""
        clearing = self._latest_standing(Action.CLEAR)
        return clearing.day if clearing else None

    @property
    def cheques(self) -> tuple[Cheque, ...]:
        """Return the valid cheques, in hand or cleared, in the order in which they were recorded."""
        return tuple(step.request.cheque for step in self.standing if step.request.cheque)

    def _standing_cents(self, action: Action) -> int:
        return sum(step.request.amount_cents or 0 for step in self.standing if step.action is action)

    def _latest_standing(self, action: Action) -> Step | None:
        return next((step for step in reversed(self.standing) if step.action is action), None)

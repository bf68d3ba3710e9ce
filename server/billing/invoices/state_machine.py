"""The life of an invoice as one table (rule: invoices#states). Docs, dropdowns and decisions all read it; no other
code knows which actions a state allows, or where they lead.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from server.billing.invoices.guards import (
    BILLED,
    CHEQUE,
    CREDIT_KEPT,
    HOLDS_CREDIT,
    NO_PAYER,
    NOT_IN_BOOKS,
    NOTHING_PAID,
    ONLY_AGREED,
    PART_PAID,
    PAYER,
    REFUNDED,
    SINCE_AGREEMENT,
    Fit,
    Guard,
)
from server.billing.invoices.invoice import SHEET_ACTIONS, Action, ChequeException, Field, Invoice, State
from server.billing.invoices.posting import Posting, TakesBack
from server.billing.people import Role
from server.billing.rights import BILLERS, roles_of_step

Need = tuple[Field, ...]
"""One thing that an action needs. If it has several fields, one of them is enough."""


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One row of the table: in a state, an action, what it needs and takes, and what it does.

    A rule applies if all guards ``when`` hold and its ``exception`` is the requested one. ``fields``
    are all inputs that the action uses. Rules compare by identity, so that lookups by rule are fast.
    """

    state: State
    action: Action
    leads_to: State
    needs: tuple[Need, ...] = ()
    takes: tuple[Field, ...] = ()
    when: tuple[Guard, ...] = ()
    exception: ChequeException | None = None
    amount: Fit | None = None
    posts: tuple[Posting, ...] = ()
    takes_back: TakesBack | None = None
    roles: frozenset[Role] = BILLERS
    fields: frozenset[Field] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", frozenset(self.takes).union(*self.needs))

    def applies_to(self, invoice: Invoice) -> bool:
        """Return whether all guards hold for an invoice in the rule's state."""
        return all(guard.holds(invoice) for guard in self.when)


_DRAFT, _REDUCTION, _CHEQUE = State.PENDING_INVOICE, State.PENDING_REDUCTION, State.PENDING_CHEQUE
_RECEIVED, _PAID = State.CHEQUE_RECEIVED, State.PAID

_DAY, _AMOUNT, _LINES, _NOTE = (Field.DAY,), (Field.AMOUNT_CENTS,), (Field.LINES,), (Field.NOTE,)
_DOCUMENT, _DUE, _PARTY = (Field.DOCUMENT,), (Field.DUE_DATE,), (Field.PAYING_PARTY,)
_EVIDENCE = (Field.NOTE, Field.DOCUMENT)
_CHEQUE_FIELDS: tuple[Need, ...] = (
    _AMOUNT,
    (Field.CHEQUE_NUMBER,),
    (Field.CHEQUE_DATE,),
    (Field.RECEIVED_DATE,),
    _PARTY,
    _EVIDENCE,
)
_CHEQUE_TAKES = (Field.EXCEPTION, Field.CHEQUE_CENTS, Field.UNAPPLIED_CENTS)
_PAPER = (Field.NOTE, Field.DOCUMENT)
_DATED = (Field.DAY, *_PAPER)
_OFFER_TAKES = (Field.AMOUNT_CENTS, *_PAPER)
_BOUNCE = (Field.CHEQUE_NUMBER, *_PAPER)
_CREDIT_TAKES = (Field.CHEQUE_NUMBER, Field.CREDIT_INVOICE, *_PAPER)
_WRITERS_OFF = roles_of_step(Action.WRITE_OFF)


def _cheque_rule(
    leads_to: State,
    amount: Fit,
    *posts: Posting,
    exception: ChequeException | None = None,
    roles: frozenset[Role] = BILLERS,
) -> Rule:
    """Return one of the four rules for a cheque: how its amount compares with the balance."""
    return Rule(
        _CHEQUE, Action.RECORD_CHEQUE, leads_to, _CHEQUE_FIELDS, _CHEQUE_TAKES,
        exception=exception, amount=amount, posts=(Posting.RECEIVE, Posting.CREDIT, *posts), roles=roles,
    )  # fmt: skip


def _rules_of_any_state(state: State) -> tuple[Rule, ...]:
    """Return the rules that apply in every state."""
    return (
        Rule(state, Action.NOTE, state, (_NOTE,), (Field.DAY, Field.DOCUMENT)),
        Rule(state, Action.ATTACH, state, (_DOCUMENT,), (Field.DAY, Field.NOTE)),
    )


def _manager_rule(state: State, action: Action, leads_to: State, back: TakesBack, *when: Guard) -> Rule:
    """Return a correction: a manager takes back steps and gives the reason."""
    return Rule(
        state,
        action,
        leads_to,
        (_NOTE,),
        (Field.DAY, Field.DOCUMENT),
        when,
        takes_back=back,
        roles=roles_of_step(action),
    )


def _write_off_rule(state: State, leads_to: State, *when: Guard) -> Rule:
    """Return the rule that writes off the whole balance."""
    takes, posts = (Field.DAY, Field.DOCUMENT), (Posting.WRITE_OFF,)
    return Rule(state, Action.WRITE_OFF, leads_to, (_NOTE,), takes, when, posts=posts, roles=_WRITERS_OFF)


def _apply_rule(leads_to: State, amount: Fit) -> Rule:
    """Return one of the two rules for credit: it pays part of the balance, or all of it."""
    return Rule(
        _CHEQUE, Action.APPLY_CREDIT, leads_to, (_AMOUNT, _DAY), _CREDIT_TAKES,
        amount=amount, posts=(Posting.APPLY,),
    )  # fmt: skip


def _remind_rule(state: State) -> Rule:
    return Rule(state, Action.REMIND, state, (_DUE, _NOTE))


def _deny_rule(state: State) -> Rule:
    return Rule(state, Action.DENY, state, (_DAY, _NOTE), _DOCUMENT)


_PART, _REST, _OVER = ChequeException.PARTIAL, ChequeException.WRITE_OFF_REST, ChequeException.OVERPAID
_BILL = (Posting.BILL,)

# fmt: off
RULES: tuple[Rule, ...] = (
    Rule(_DRAFT, Action.CREATE, _DRAFT, (_LINES,), _DATED, (NOT_IN_BOOKS,), posts=_BILL),
    Rule(_DRAFT, Action.EDIT_LINES, _DRAFT, (_LINES,), _DATED, posts=_BILL),
    Rule(_DRAFT, Action.SEND, _REDUCTION, (_DAY,), _OFFER_TAKES, (BILLED, PAYER), amount=Fit.UP_TO_BILLED),
    Rule(_DRAFT, Action.SEND, _REDUCTION, (_DAY, _PARTY), _OFFER_TAKES, (BILLED, NO_PAYER),
         amount=Fit.UP_TO_BILLED),
    _remind_rule(_DRAFT),
    _manager_rule(_DRAFT, Action.VOID, State.VOIDED, TakesBack.ALL),

    Rule(_REDUCTION, Action.RECORD_OFFER, _REDUCTION, (_AMOUNT, _DAY), (*_PARTY, *_PAPER),
         amount=Fit.UP_TO_BILLED),
    Rule(_REDUCTION, Action.COUNTER_OFFER, _REDUCTION, (_AMOUNT, _DAY), _PAPER, amount=Fit.UP_TO_BILLED),
    Rule(_REDUCTION, Action.AGREE, _CHEQUE, (_AMOUNT, _DAY, _EVIDENCE),
         amount=Fit.UP_TO_BILLED, posts=(Posting.REDUCE,)),
    _deny_rule(_REDUCTION),
    _remind_rule(_REDUCTION),
    _write_off_rule(_REDUCTION, State.WRITTEN_OFF),
    _manager_rule(_REDUCTION, Action.VOID, State.VOIDED, TakesBack.ALL),

    _cheque_rule(_RECEIVED, Fit.BALANCE),
    _cheque_rule(_CHEQUE, Fit.SHORT, exception=_PART),
    _cheque_rule(_RECEIVED, Fit.SHORT, Posting.WRITE_OFF, exception=_REST, roles=_WRITERS_OFF),
    _cheque_rule(_RECEIVED, Fit.OVER, exception=_OVER),
    _apply_rule(_CHEQUE, Fit.SHORT),
    _apply_rule(_RECEIVED, Fit.BALANCE),
    Rule(_CHEQUE, Action.BOUNCE, _CHEQUE, (_DAY,), _BOUNCE, (CHEQUE,), takes_back=TakesBack.CHEQUE),
    _deny_rule(_CHEQUE),
    _remind_rule(_CHEQUE),
    _write_off_rule(_CHEQUE, State.WRITTEN_OFF, NOTHING_PAID),
    _write_off_rule(_CHEQUE, _RECEIVED, PART_PAID),
    _manager_rule(_CHEQUE, Action.VOID, State.VOIDED, TakesBack.ALL),
    _manager_rule(_CHEQUE, Action.REOPEN, _REDUCTION, TakesBack.LAST, ONLY_AGREED),
    _manager_rule(_CHEQUE, Action.REOPEN, _CHEQUE, TakesBack.LAST, SINCE_AGREEMENT),

    Rule(_RECEIVED, Action.CLEAR, _PAID, (_DAY,), _PAPER, posts=(Posting.BANK,)),
    Rule(_RECEIVED, Action.BOUNCE, _CHEQUE, (_DAY,), _BOUNCE, (CHEQUE,), takes_back=TakesBack.CHEQUE),
    _remind_rule(_RECEIVED),
    _manager_rule(_RECEIVED, Action.VOID, State.VOIDED, TakesBack.ALL),
    _manager_rule(_RECEIVED, Action.REOPEN, _CHEQUE, TakesBack.LAST),

    Rule(_PAID, Action.REFUND_CREDIT, _PAID, (_AMOUNT, _DAY, _EVIDENCE), (Field.CHEQUE_NUMBER,),
         (HOLDS_CREDIT,), posts=(Posting.REFUND,),
         roles=roles_of_step(Action.REFUND_CREDIT)),
    _manager_rule(_PAID, Action.REOPEN, _RECEIVED, TakesBack.LAST, CREDIT_KEPT),
    _manager_rule(_PAID, Action.REOPEN, _PAID, TakesBack.LAST, REFUNDED),

    *(rule for state in State for rule in _rules_of_any_state(state)),
)
# fmt: on
"""Every rule, in the order of an invoice's life. Any other action is refused."""

REVERSIBLE = frozenset(rule.action for rule in RULES if rule.posts) | {Action.TRANSFER_CREDIT}
"""The actions whose steps can be taken back."""

_ROWS: dict[tuple[State, Action], list[Rule]] = defaultdict(list)
for _rule in RULES:
    _ROWS[_rule.state, _rule.action].append(_rule)


def rules_for(state: State, action: Action) -> tuple[Rule, ...]:
    """Return the rows of the table for an action in a state; none means that it is never allowed."""
    return tuple(_ROWS.get((state, action), ()))


def open_rules(invoice: Invoice) -> tuple[Rule, ...]:
    """Return the rows of the table that apply to an invoice now."""
    return tuple(rule for rule in RULES if rule.state is invoice.state and rule.applies_to(invoice))


def open_actions(invoice: Invoice) -> tuple[Action, ...]:
    """Return the actions that an invoice allows now, in the order of the table."""
    return tuple(dict.fromkeys(rule.action for rule in open_rules(invoice)))


def dropdown_actions(invoice: Invoice) -> tuple[Action, ...]:
    """Return the open actions that the Action column of an Invoices sheet offers."""
    return tuple(action for action in open_actions(invoice) if action in SHEET_ACTIONS)

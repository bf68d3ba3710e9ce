"""The table of states: every row does what it says, and nothing else is open."""

from datetime import date
from itertools import pairwise, product
from typing import Any

import pytest

from server.billing.invoices.guards import Fit
from server.billing.invoices.invoice import (
    COUNTERPARTS,
    SHEET_ACTIONS,
    Action,
    ActionRequest,
    ChequeException,
    Field,
    Invoice,
    State,
    Step,
)
from server.billing.invoices.projection import apply_step
from server.billing.invoices.state_machine import RULES, Rule, dropdown_actions, open_actions, rules_for
from server.billing.invoices.step_decisions import decide_step as decide_any_step
from server.billing.people import Role
from server.billing.rights import BILLERS
from server.errors import ActionNotOpen, AmountDoesNotFit, InputsUnusable, NeedsManager
from server.sheets.invoices.tables import INVOICES
from tests.invoices.invented import (
    CHEQUE,
    CREDITS,
    HISTORIES,
    LINES,
    MONDAY,
    OWES,
    TODAY,
    WRITE_OFF,
    a_draft,
    adds_up,
    an_invoice,
    owes,
    taken,
)

NEVER_OPEN = [(state, action) for state, action in product(State, Action) if not rules_for(state, action)]
HISTORY_OF = {an_invoice(history).state: history for history in reversed(HISTORIES)}
TYPED: dict[Field, Any] = {
    Field.DAY: MONDAY,
    Field.AMOUNT_CENTS: 1,
    Field.CHEQUE_NUMBER: "1003",
    Field.CHEQUE_DATE: MONDAY,
    Field.RECEIVED_DATE: MONDAY,
    Field.PAYING_PARTY: "Elm Insurance (invented)",
    Field.NOTE: "as the letter says",
    Field.DOCUMENT: "letter.pdf",
    Field.LINES: LINES,
    Field.DUE_DATE: date(2027, 1, 4),
}


def decide_step(invoice: Invoice, request: ActionRequest, today: date) -> Step:
    return decide_any_step(invoice, request, today, known_credits=CREDITS)


def named(rule: Rule) -> str:
    conditions = "-".join([rule.exception or "", *(guard.says for guard in rule.when)])
    return f"{rule.state}-{rule.action}-{conditions}-{rule.leads_to}"


EVERY_ROW = pytest.mark.parametrize("rule", RULES, ids=named)


def where(rule: Rule) -> Invoice:
    """Return an invoice the rule applies to."""
    invented = [*map(an_invoice, HISTORIES), an_invoice("created", payer=""), a_draft()]
    return next(
        invoice
        for invoice in invented
        if invoice.state is rule.state and all(guard.holds(invoice) for guard in rule.when)
    )


def asked(rule: Rule, invoice: Invoice, **instead: Any) -> ActionRequest:  # noqa: ANN401
    """Return a request with what the rule needs, and the amount that fits it."""
    amounts = {
        Fit.UP_TO_BILLED: invoice.billed_cents,
        Fit.BALANCE: invoice.balance_cents,
        Fit.SHORT: invoice.balance_cents - 1,
        Fit.OVER: invoice.balance_cents + 1,
    }
    needed = {field for need in rule.needs for field in need}
    typed = {field.attribute: value for field, value in TYPED.items() if field in needed}
    typed |= {"amount_cents": amounts[rule.amount]} if rule.amount else {}
    typed |= {"role": Role.MANAGER, "exception": rule.exception} | instead
    return ActionRequest(invoice.number, rule.action, **typed)


@EVERY_ROW
def test_each_row_leads_where_it_says_and_leaves_the_balance_that_state_promises(rule: Rule) -> None:
    invoice = where(rule)
    step = decide_step(invoice, asked(rule, invoice), TODAY)
    after = apply_step(invoice, step)
    assert (step.from_state, after.state, after.version) == (rule.state, rule.leads_to, invoice.version + 1)
    assert OWES[after.state] in owes(after)
    assert adds_up(after)


@EVERY_ROW
def test_only_rows_that_post_or_take_back_move_money(rule: Rule) -> None:
    invoice = where(rule)
    step = decide_step(invoice, asked(rule, invoice), TODAY)
    assert all(transfer.amount_cents > 0 for transfer in step.transfers)
    assert bool(step.reverses) == bool(rule.takes_back)
    if not rule.posts and not rule.takes_back:
        assert not step.transfers


@EVERY_ROW
def test_each_row_is_offered_where_it_applies(rule: Rule) -> None:
    invoice = where(rule)
    assert rule.action in open_actions(invoice)
    assert (rule.action in dropdown_actions(invoice)) == (rule.action in SHEET_ACTIONS)


def test_the_invoices_sheet_offers_only_what_can_be_typed_into_it_whole() -> None:
    offered = [rule for rule in RULES if rule.action in SHEET_ACTIONS]
    assert all(set(need) & set(INVOICES.titles) for rule in offered for need in rule.needs)
    assert set(Action) - SHEET_ACTIONS - COUNTERPARTS == {
        Action.CREATE, Action.EDIT_LINES, Action.ATTACH, Action.REMIND,
    }  # fmt: skip


@EVERY_ROW
def test_each_input_a_row_needs_is_named_when_it_is_missing_and_all_at_once(rule: Rule) -> None:
    invoice = where(rule)
    for need in rule.needs:
        blank = {
            field.attribute: ActionRequest.__dataclass_fields__[field.attribute].default for field in need
        }
        with pytest.raises(InputsUnusable) as refused:
            decide_step(invoice, asked(rule, invoice, **blank), TODAY)
        assert list(refused.value.cells) == [need[0]]
    if rule.needs:
        nothing = ActionRequest(invoice.number, rule.action, Role.MANAGER, exception=rule.exception)
        with pytest.raises(InputsUnusable) as refused:
            decide_step(invoice, nothing, TODAY)
        assert set(refused.value.cells) == {need[0] for need in rule.needs}


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.roles != BILLERS], ids=named)
def test_what_only_a_manager_may_do_is_refused_a_biller(rule: Rule) -> None:
    invoice = where(rule)
    with pytest.raises(NeedsManager):
        decide_step(invoice, asked(rule, invoice, role=Role.BILLER), TODAY)
    assert decide_step(invoice, asked(rule, invoice, role=Role.ADMINISTRATOR), TODAY)


def test_only_a_manager_voids_reopens_writes_off_and_refunds() -> None:
    managed = {rule.exception or rule.action for rule in RULES if Role.BILLER not in rule.roles}
    assert managed == {
        *(Action.VOID, Action.REOPEN, Action.WRITE_OFF, Action.REFUND_CREDIT),
        ChequeException.WRITE_OFF_REST,
    }


@pytest.mark.parametrize(("state", "action"), NEVER_OPEN)
def test_what_the_table_does_not_list_is_refused_with_the_open_actions_named(
    state: State, action: Action
) -> None:
    invoice = an_invoice(HISTORY_OF[state])
    everything = {field.attribute: value for field, value in TYPED.items()} | {"amount_cents": 1}
    with pytest.raises(ActionNotOpen) as refused:
        decide_step(invoice, ActionRequest(invoice.number, action, Role.ADMINISTRATOR, **everything), TODAY)
    assert refused.value.open_actions == open_actions(invoice)
    for word in (state.label, action):
        assert word in str(refused.value)
    assert all(word in refused.value.remedy for word in open_actions(invoice))


def test_the_way_to_paid_has_no_short_cut() -> None:
    order = [
        State.PENDING_INVOICE,
        State.PENDING_REDUCTION,
        State.PENDING_CHEQUE,
        State.CHEQUE_RECEIVED,
        State.PAID,
    ]
    places = {state: place for place, state in enumerate(order)}
    moves = {(rule.state, rule.leads_to) for rule in RULES if {rule.state, rule.leads_to} <= set(order)}
    assert all(abs(places[a] - places[b]) <= 1 for a, b in moves)
    assert set(pairwise(order)) <= moves


def test_everything_but_what_is_paid_or_settled_can_be_voided() -> None:
    voidable = {rule.state for rule in RULES if rule.action is Action.VOID}
    assert voidable == set(State) - {State.PAID, State.WRITTEN_OFF, State.VOIDED}


def test_what_is_written_off_or_voided_takes_nothing_but_remarks() -> None:
    for history in ("written off", "voided"):
        assert open_actions(an_invoice(history)) == (Action.NOTE, Action.ATTACH)


def test_an_invoice_without_a_price_is_not_sent() -> None:
    free = taken(a_draft(), Action.CREATE, lines=(LINES[0].__class__("EX-100", "Free", 1, 0, 1_000, 0),))
    with pytest.raises(ActionNotOpen, match="nothing is billed"):
        taken(free, Action.SEND, day=MONDAY)


def test_an_invoice_is_created_once() -> None:
    with pytest.raises(ActionNotOpen, match="in the books already"):
        taken(an_invoice(), Action.CREATE, lines=LINES)


def test_a_cheque_that_pays_less_is_refused_with_the_exceptions_there_are() -> None:
    with pytest.raises(AmountDoesNotFit) as refused:
        taken(an_invoice("agreed"), Action.RECORD_CHEQUE, **CHEQUE, amount_cents=79_999)
    assert refused.value.fitting == (ChequeException.PARTIAL, ChequeException.WRITE_OFF_REST)


def test_a_cheque_that_pays_more_is_refused_with_the_exception_there_is() -> None:
    with pytest.raises(AmountDoesNotFit) as refused:
        taken(an_invoice("agreed"), Action.RECORD_CHEQUE, **CHEQUE, amount_cents=80_001)
    assert refused.value.fitting == (ChequeException.OVERPAID,)


@pytest.mark.parametrize(
    ("exception", "cents"),
    [
        (ChequeException.PARTIAL, 80_000),
        (ChequeException.PARTIAL, 80_001),
        (ChequeException.WRITE_OFF_REST, 80_000),
        (ChequeException.WRITE_OFF_REST, 80_001),
        (ChequeException.OVERPAID, 80_000),
        (ChequeException.OVERPAID, 79_999),
    ],
)
def test_an_exception_that_is_not_true_of_the_amount_is_refused(
    exception: ChequeException, cents: int
) -> None:
    with pytest.raises(AmountDoesNotFit, match=exception):
        taken(an_invoice("agreed"), Action.RECORD_CHEQUE, **CHEQUE, amount_cents=cents, exception=exception)


def test_a_write_off_beside_a_cheque_waits_for_the_cheque_to_clear() -> None:
    after = taken(an_invoice("paid in part"), WRITE_OFF[0], **WRITE_OFF[1])
    assert (after.state, after.written_off_cents) == (State.CHEQUE_RECEIVED, 50_000)

"""What single steps leave on an invoice: the exceptions a negotiation lives through."""

from dataclasses import replace

import pytest

from server.billing.invoices.invoice import (
    Account,
    Action,
    ActionRequest,
    ChequeException,
    Invoice,
    Offer,
    State,
    Step,
    Transfer,
)
from server.billing.invoices.projection import apply_step, replay_steps
from server.billing.invoices.step_decisions import decide_step
from server.billing.people import Role
from tests.invoices.invented import (
    AGREE,
    CHEQUE,
    CLEAR,
    FULL,
    HISTORIES,
    LINES,
    MONDAY,
    PAYER,
    REST,
    TODAY,
    a_draft,
    accounts,
    adds_up,
    an_invoice,
    taken,
)


def test_accepted_in_full_is_an_agreement_at_the_billed_amount() -> None:
    after = taken(an_invoice("sent"), Action.AGREE, day=MONDAY, amount_cents=100_000, note="no haggling")
    assert (after.state, after.balance_cents, after.reduction_cents) == (State.PENDING_CHEQUE, 100_000, 0)
    assert after.agreed_cents == 100_000


def test_the_reduction_is_posted_and_so_is_the_agreed_amount_kept() -> None:
    after = an_invoice("agreed")
    assert (after.agreed_cents, after.reduction_cents, after.agreed_on) == (80_000, 20_000, MONDAY)


def test_offers_are_a_history_and_move_no_money() -> None:
    after = taken(an_invoice("sent"), Action.RECORD_OFFER, amount_cents=50_000, day=MONDAY)
    after = taken(after, Action.COUNTER_OFFER, amount_cents=90_000, day=MONDAY)
    after = taken(after, Action.RECORD_OFFER, amount_cents=60_000, day=MONDAY, paying_party="Lex Invented")
    assert after.offers == (
        Offer(50_000, PAYER, MONDAY),
        Offer(90_000, "clinic", MONDAY),
        Offer(60_000, "Lex Invented", MONDAY),
    )
    assert (after.state, after.balance_cents) == (State.PENDING_REDUCTION, 100_000)


def test_an_offer_can_go_out_with_the_invoice() -> None:
    after = taken(an_invoice(), Action.SEND, day=MONDAY, amount_cents=95_000)
    assert after.offers == (Offer(95_000, "clinic", MONDAY),)


def test_an_invoice_without_a_payer_is_sent_to_the_paying_party_named() -> None:
    after = taken(
        an_invoice(payer=""), Action.SEND, day=MONDAY, paying_party="Elm (invented)", amount_cents=95_000
    )
    assert after.facts.payer == "Elm (invented)"
    assert after.offers == (Offer(95_000, "clinic", MONDAY),)


def test_editing_lines_posts_the_difference() -> None:
    dearer = (replace(LINES[0], unit_price_cents=120_000, total_cents=120_000),)
    for lines, billed in ((dearer, 120_000), (LINES, 100_000), (LINES * 2, 200_000)):
        after = taken(an_invoice(), Action.EDIT_LINES, lines=lines)
        assert (after.lines, after.billed_cents, after.balance_cents) == (lines, billed, billed)
    cheaper = taken(taken(an_invoice(), Action.EDIT_LINES, lines=dearer), Action.EDIT_LINES, lines=LINES)
    assert (cheaper.billed_cents, cheaper.balance_cents) == (100_000, 100_000)


def test_a_partial_cheque_leaves_the_balance_to_be_paid() -> None:
    after = an_invoice("paid in part")
    assert (after.state, after.balance_cents, after.collected_cents) == (State.PENDING_CHEQUE, 50_000, 30_000)


def test_the_excess_of_a_cheque_is_the_payers_unapplied_credit() -> None:
    after = taken(
        an_invoice("agreed"),
        Action.RECORD_CHEQUE,
        **CHEQUE,
        amount_cents=85_000,
        exception=ChequeException.OVERPAID,
    )
    assert (after.balance_cents, after.collected_cents, after.unapplied_cents) == (0, 80_000, 5_000)
    assert after.in_hand_cents == 85_000


def test_what_a_cheque_leaves_open_can_be_written_off_with_it() -> None:
    after = taken(
        an_invoice("agreed"),
        Action.RECORD_CHEQUE,
        **CHEQUE,
        amount_cents=79_000,
        exception=ChequeException.WRITE_OFF_REST,
    )
    assert (after.state, after.balance_cents, after.written_off_cents) == (State.CHEQUE_RECEIVED, 0, 1_000)
    back = taken(after, Action.BOUNCE, day=MONDAY)
    assert (back.balance_cents, back.written_off_cents) == (80_000, 0)


def test_voiding_takes_back_everything_posted_the_latest_first() -> None:
    invoice = an_invoice("paid in part")
    posted = [transfer for step in invoice.standing for transfer in step.transfers]
    void = decide_step(
        invoice, ActionRequest(invoice.number, Action.VOID, Role.MANAGER, note="billed twice"), TODAY
    )
    assert len(posted) == 3
    assert list(void.transfers) == [transfer.reverse_transfer for transfer in reversed(posted)]
    assert list(void.reverses) == [step.place for step in reversed(invoice.standing)]


def test_of_two_cheques_only_the_bounced_one_is_taken_back() -> None:
    received = an_invoice("received in two")
    first = taken(received, Action.BOUNCE, day=MONDAY, cheque_number="1001")
    latest = taken(received, Action.BOUNCE, day=MONDAY)
    assert (first.balance_cents, [cheque.number for cheque in first.cheques]) == (30_000, ["1002"])
    assert (latest.balance_cents, [cheque.number for cheque in latest.cheques]) == (50_000, ["1001"])


def test_a_bounced_cheque_is_known_by_its_number_however_it_is_typed() -> None:
    after = taken(an_invoice("received in two"), Action.BOUNCE, day=MONDAY, cheque_number=" 10-01")
    assert [cheque.number for cheque in after.cheques] == ["1002"]


def test_a_partial_cheque_can_bounce_before_the_next_one_comes() -> None:
    after = taken(an_invoice("paid in part"), Action.BOUNCE, day=MONDAY)
    assert (after.state, after.balance_cents, after.cheques) == (State.PENDING_CHEQUE, 80_000, ())


def test_clearing_brings_every_cheque_in_hand_to_the_bank() -> None:
    after = taken(an_invoice("received in two"), CLEAR[0], **CLEAR[1])
    assert (after.state, after.in_hand_cents, after.banked_cents, after.paid_on) == (
        State.PAID,
        0,
        80_000,
        MONDAY,
    )


def test_reopening_goes_back_step_by_step_to_the_negotiation() -> None:
    invoice, seen = an_invoice("paid"), []
    for _ in range(3):
        invoice = taken(invoice, Action.REOPEN, note="typed by mistake")
        seen.append((invoice.state, invoice.balance_cents))
    assert seen == [
        (State.CHEQUE_RECEIVED, 0),
        (State.PENDING_CHEQUE, 80_000),
        (State.PENDING_REDUCTION, 100_000),
    ]
    assert invoice.agreed_cents is None


def test_reopening_takes_back_a_partial_cheque_before_the_agreement() -> None:
    after = taken(an_invoice("paid in part"), Action.REOPEN, note="wrong case")
    assert (after.state, after.balance_cents) == (State.PENDING_CHEQUE, 80_000)


def test_a_bounce_takes_back_a_write_off_made_while_the_cheque_was_in_hand() -> None:
    invoice = taken(an_invoice("paid in part"), Action.WRITE_OFF, note="the rest is lost")
    invoice = taken(invoice, Action.BOUNCE, day=MONDAY)
    assert (invoice.state, invoice.balance_cents, invoice.written_off_cents) == (
        State.PENDING_CHEQUE,
        80_000,
        0,
    )
    assert [step.action for step in invoice.standing] == [Action.CREATE, Action.AGREE]


def received_in_three() -> Invoice:
    """Have cheques of $300.00, $200.00 and $100.00 on $800.00, the last with the rest written off."""
    invoice = an_invoice("paid in part")
    for number, cents, exception in (
        ("1002", 20_000, ChequeException.PARTIAL),
        ("1003", 10_000, ChequeException.WRITE_OFF_REST),
    ):
        cheque = CHEQUE | {"cheque_number": number, "amount_cents": cents, "exception": exception}
        invoice = taken(invoice, Action.RECORD_CHEQUE, **cheque)
    return invoice


@pytest.mark.parametrize(("number", "owed"), [("1001", 50_000), ("1002", 40_000), ("1003", 30_000)])
def test_whichever_cheque_bounces_what_was_given_up_after_it_came_is_owed_again(
    number: str, owed: int
) -> None:
    before = received_in_three()
    after = taken(before, Action.BOUNCE, day=MONDAY, cheque_number=number)
    assert (before.written_off_cents, after.written_off_cents, after.balance_cents) == (20_000, 0, owed)
    assert number not in [cheque.number for cheque in after.cheques]
    assert adds_up(after)


@pytest.mark.parametrize(
    "order", [("1001", "1003", "1002"), ("1002", "1001", "1003"), ("1003", "1002", "1001")]
)
def test_a_write_off_is_taken_back_once_however_the_cheques_bounce(order: tuple[str, ...]) -> None:
    invoice = received_in_three()
    for number in order:
        invoice = taken(invoice, Action.BOUNCE, day=MONDAY, cheque_number=number)
    assert (invoice.balance_cents, invoice.written_off_cents, invoice.in_hand_cents) == (80_000, 0, 0)


def test_of_two_write_offs_only_the_one_in_force_is_taken_back() -> None:
    invoice = taken(received_in_three(), Action.BOUNCE, day=MONDAY, cheque_number="1002")
    rest = CHEQUE | {"cheque_number": "1004", "amount_cents": 35_000}
    invoice = taken(invoice, Action.RECORD_CHEQUE, **rest, exception=ChequeException.WRITE_OFF_REST)
    assert invoice.written_off_cents == 5_000
    for number, owed in (("1003", 15_000), ("1004", 50_000)):
        invoice = taken(invoice, Action.BOUNCE, day=MONDAY, cheque_number=number)
        assert (invoice.balance_cents, invoice.written_off_cents) == (owed, 0)


def test_an_invoice_can_be_agreed_anew_after_reopening() -> None:
    invoice = taken(an_invoice("agreed"), Action.REOPEN, note="the attorney called")
    invoice = taken(invoice, Action.AGREE, day=MONDAY, amount_cents=70_000, note="second try")
    assert (invoice.agreed_cents, invoice.reduction_cents, invoice.balance_cents) == (70_000, 30_000, 70_000)


@pytest.mark.parametrize("history", ["created", "sent", "agreed", "paid in part", "received in two"])
def test_voiding_takes_back_everything_that_was_posted(history: str) -> None:
    after = taken(an_invoice(history), Action.VOID, note="billed twice")
    assert set(accounts(after).values()) == {0}
    assert after.lines == LINES


def test_a_denial_is_an_event_that_moves_nothing() -> None:
    before = an_invoice("sent")
    after = taken(before, Action.DENY, day=MONDAY, note="not covered")
    assert (after.denied_on, after.state) == ((MONDAY,), before.state)
    assert accounts(after) == accounts(before)


def test_a_step_records_what_its_action_takes_and_nothing_left_over_in_the_row() -> None:
    leftovers = CHEQUE | {
        "day": MONDAY,
        "amount_cents": 7,
        "exception": ChequeException.PARTIAL,
        "note": " seen ",
    }
    request = ActionRequest("L-1", Action.CLEAR, **leftovers)
    step = decide_step(an_invoice("received"), request, TODAY)
    assert step.request == ActionRequest("L-1", Action.CLEAR, day=MONDAY, note="seen")


def test_a_cheque_is_received_on_its_day_and_a_void_today() -> None:
    cheque = decide_step(an_invoice("agreed"), ActionRequest("L-1", FULL[0], **FULL[1]), TODAY)
    void = decide_step(an_invoice("sent"), ActionRequest("L-1", Action.NOTE, note="called"), TODAY)
    assert (cheque.day, void.day) == (MONDAY, TODAY)


def test_a_running_invoice_is_the_sum_of_its_steps() -> None:
    invoice = a_draft()
    steps: list[Step] = []
    for action, inputs in HISTORIES["paid"]:
        steps.append(decide_step(invoice, ActionRequest("L-1", action, Role.MANAGER, **inputs), TODAY))
        invoice = apply_step(invoice, steps[-1])
    assert replay_steps(a_draft().facts, steps) == invoice == an_invoice("paid")
    assert adds_up(invoice)


def test_a_step_out_of_its_place_is_a_fault_of_the_books() -> None:
    agree = decide_step(an_invoice("sent"), ActionRequest("L-1", AGREE[0], **AGREE[1]), TODAY)
    bounce = decide_step(an_invoice("received"), ActionRequest("L-1", Action.BOUNCE, day=MONDAY), TODAY)
    create = decide_step(a_draft(), ActionRequest("L-1", Action.CREATE, lines=LINES), TODAY)
    for invoice, step in (
        (an_invoice("agreed"), agree),
        (an_invoice("sent", number="L-2"), agree),
        (an_invoice("sent"), replace(agree, from_state=State.PAID)),
        (an_invoice("received"), replace(bounce, reverses=(2,))),
        (a_draft(), replace(create, request=replace(create.request, action=Action.EDIT_LINES))),
    ):
        with pytest.raises(ValueError, match="step"):
            apply_step(invoice, step)


def test_the_receivable_is_there_from_the_day_the_invoice_is_created() -> None:
    step = decide_step(a_draft(), ActionRequest("L-1", Action.CREATE, lines=LINES), TODAY)
    assert step.transfers == (Transfer(Account.RECEIVABLE, Account.BILLED, 100_000),)


def test_the_rest_of_a_split_cheque_is_unapplied_credit() -> None:
    split = REST[1] | {"amount_cents": 80_000, "cheque_cents": 200_000, "unapplied_cents": 20_000}
    after: Invoice = taken(an_invoice("agreed"), Action.RECORD_CHEQUE, **split)
    assert (after.balance_cents, after.unapplied_cents, after.collected_cents) == (0, 20_000, 80_000)
    assert after.cheques[0].amount_cents == 200_000

"""Credit on a real ledger file: used once by one of several at once, and whole for whoever verifies it."""

import random
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from server.billing.invoices.credits import credits_of
from server.billing.invoices.invoice import Action, ChequeException, Invoice
from server.errors import StepRefused
from server.ledger.clinic_store import ClinicStore
from server.ledger.store import Ledger
from server.ledger.verify import Verified
from tests.ledger.conftest import a_clock
from tests.ledger.invented import LAKESIDE
from tests.ledger.invoiced import TODAY, a_cheque, a_draft, await_cheque, take

OVERPAID = {"exception": ChequeException.OVERPAID}


@pytest.fixture
def lakeside(tmp_path: Path) -> ClinicStore:
    """Return books with INV-000001, which holds $40.00 of credit, and three that wait for $80.00 each."""
    store = Ledger(tmp_path, a_clock).open_clinic(LAKESIDE)
    numbers = await_cheque(store, *[a_draft()] * 4)
    take(store, Action.RECORD_CHEQUE, numbers[:1], **a_cheque(120_00) | OVERPAID)
    take(store, Action.CLEAR, numbers[:1], day=TODAY)
    return store


def use(store: ClinicStore, action: Action, number: str, cents: int) -> bool:
    try:
        take(store, action, [number], amount_cents=cents, day=TODAY, note="because")
    except StepRefused:
        return False
    return True


def test_the_same_credit_is_used_once_however_many_try_at_once(lakeside: ClinicStore) -> None:
    wanted = [(Action.APPLY_CREDIT, f"INV-00000{place}") for place in (2, 3, 4)] * 3
    wanted += [(Action.REFUND_CREDIT, "INV-000001")] * 3
    with ThreadPoolExecutor(6) as clerks:
        done = list(clerks.map(lambda one: use(lakeside, one[0], one[1], 15_00), wanted))
    assert done.count(True) == 2
    with lakeside.reading() as books:
        holder = books.invoices.get("INV-000001")
    assert holder.unapplied_cents == 10_00
    assert isinstance(lakeside.verify(), Verified)


def counted(invoices: Iterable[Invoice]) -> tuple[int, int]:
    """Return how many credits these invoices hold, and how much they are in all, credit by credit."""
    held = [credit.cents for invoice in invoices for credit in credits_of(invoice)]
    return len(held), sum(held)


def test_an_invoice_with_what_two_cheques_left_holds_two_credits_until_one_is_used(
    lakeside: ClinicStore,
) -> None:
    part: dict[str, Any] = {
        "exception": ChequeException.PARTIAL,
        "cheque_cents": 45_00,
        "unapplied_cents": 5_00,
    }
    take(lakeside, Action.RECORD_CHEQUE, ["INV-000002"], **a_cheque(40_00, "78") | part)
    take(lakeside, Action.RECORD_CHEQUE, ["INV-000002"], **a_cheque(60_00, "79") | OVERPAID)
    take(lakeside, Action.CLEAR, ["INV-000002"], day=TODAY)
    for number, held, cents in (("", 3, 65_00), ("78", 2, 60_00)):
        if number:
            refund: dict[str, Any] = {
                "amount_cents": 5_00,
                "cheque_number": number,
                "day": TODAY,
                "note": "by transfer",
            }
            take(lakeside, Action.REFUND_CREDIT, ["INV-000002"], **refund)
        with lakeside.reading() as books:
            assert counted(books.invoices.find()) == (held, cents)
            assert books.invoices.credit_totals() == (held, cents)


@pytest.mark.parametrize("seed", range(3))
def test_what_was_received_is_collected_unapplied_or_refunded(lakeside: ClinicStore, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a history, not a secret
    actions = [Action.APPLY_CREDIT] * 4 + [Action.REFUND_CREDIT, Action.REOPEN, Action.VOID, Action.CLEAR]
    for _ in range(25):
        action, number = chance.choice(actions), f"INV-00000{chance.randint(1, 4)}"
        if number != "INV-000001" or action in {Action.REFUND_CREDIT, Action.APPLY_CREDIT}:
            use(lakeside, action, number, chance.choice([1, 5_00, 80_00]))
        with lakeside.reading() as books:
            every = books.invoices.find()
            totals = books.invoices.credit_totals()
        assert totals == counted(every)
        found = sum(one.collected_cents + one.unapplied_cents + one.refunded_cents for one in every)
        assert found == 120_00
        assert sum(one.credit_applied_cents for one in every) == every[0].transferred_cents
    assert isinstance(lakeside.verify(), Verified)


def test_half_of_an_applied_credit_never_reaches_the_file(lakeside: ClinicStore) -> None:
    assert use(lakeside, Action.APPLY_CREDIT, "INV-000002", 1_00)
    with lakeside.reading() as books:
        step = books.invoices.history("INV-000002")[-1].step
    with pytest.raises(ValueError, match="credit"), lakeside.transaction() as books:
        books.invoices.record([step], "again", "ana")

"""Random histories against a real ledger file, beside a model that knows nothing of steps and transfers.

The model keeps, for each invoice, what every action that still stands did to what is owed, in hand and
in the bank. Whether an action is open, the rules say; what became of the money, the model.
"""

import shutil
import tempfile
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from server.billing.invoices.invoice import Action, ChequeException
from server.billing.invoices.state_machine import open_actions
from server.errors import StepRefused
from server.ledger.store import Ledger
from server.ledger.verify import Verified
from tests.ledger.conftest import a_clock
from tests.ledger.invented import LAKESIDE
from tests.ledger.invoiced import TODAY, a_draft, created, take

CENTS = st.integers(1, 120_00)
BILLED = 100_00

ONWARD = (Action.SEND, Action.AGREE, Action.RECORD_CHEQUE, Action.CLEAR)
OTHERS = sorted(
    set(Action) - {Action.CREATE, Action.EDIT_LINES, Action.BOUNCE, Action.VOID, Action.WRITE_OFF}
)

BACK = [*[Action.REOPEN, Action.BOUNCE] * 4, Action.WRITE_OFF, Action.VOID]
CHEQUES = (
    (0, None),
    (-1_00, ChequeException.PARTIAL),
    (-2_00, ChequeException.WRITE_OFF_REST),
    (3_00, ChequeException.OVERPAID),
)
"""How much a cheque differs from what is owed, and what becomes of the difference."""

PAPER = b"%PDF-1.7 an invented cheque"

TYPED: dict[str, Any] = {
    "day": TODAY,
    "note": "because",
    "document": sha256(PAPER).hexdigest(),
    "due_date": TODAY,
    "cheque_date": TODAY,
    "received_date": TODAY,
    "paying_party": "Acme",
}
"""What staff typed into every cell of the row, needed or not."""


@dataclass
class Effect:
    """What one action did: cents onto what is owed, in hand, in the bank."""

    action: Action
    owed: int = 0
    in_hand: int = 0
    banked: int = 0


@dataclass
class Account:
    """An invoice as a clerk with a pencil would keep it."""

    version: int = 1
    effects: list[Effect] = field(default_factory=lambda: [Effect(Action.CREATE, owed=BILLED)])

    def total(self, what: str) -> int:
        return sum(getattr(effect, what) for effect in self.effects)

    def take(self, action: Action, cents: int, exception: ChequeException | None) -> None:
        self.version += 1
        owed, in_hand = self.total("owed"), self.total("in_hand")
        match action:
            case Action.AGREE:
                self.effects.append(Effect(action, owed=cents - owed))
            case Action.RECORD_CHEQUE:
                forgiven = exception is ChequeException.WRITE_OFF_REST and cents < owed
                self.effects.append(
                    Effect(action, owed=-owed if forgiven else -min(cents, owed), in_hand=cents)
                )
            case Action.WRITE_OFF:
                self.effects.append(Effect(action, owed=-owed))
            case Action.CLEAR:
                self.effects.append(Effect(action, in_hand=-in_hand, banked=in_hand))
            case Action.BOUNCE:
                place = max(at for at, one in enumerate(self.effects) if one.action is Action.RECORD_CHEQUE)
                later = [one for one in self.effects[place + 1 :] if one.action is not Action.WRITE_OFF]
                self.effects = self.effects[:place] + later
            case Action.REOPEN:
                self.effects.pop()
            case Action.VOID:
                self.effects.clear()


class Histories(RuleBasedStateMachine):
    """Staff who try anything, on one invoice or on several rows at once."""

    @initialize(count=st.integers(1, 4))
    def open_books(self, count: int) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.lakeside = Ledger(self.folder, a_clock).open_clinic(LAKESIDE)
        self.lakeside.keep_document(PAPER, "cheque.pdf", "ana")
        numbers = created(self.lakeside, *[a_draft()] * count)
        self.accounts = {number: Account() for number in numbers}
        self.clicks = 0

    @rule(action=st.sampled_from(OTHERS), cents=CENTS, data=st.data())
    def try_anything(self, action: Action, cents: int, data: st.DataObject) -> None:
        rows = st.lists(st.sampled_from(sorted(self.accounts)), min_size=1, max_size=3, unique=True)
        self._click(action, data.draw(rows), amount_cents=cents)

    @rule(cheque=st.sampled_from(CHEQUES), times=st.integers(1, 4), data=st.data())
    def get_on(self, cheque: tuple[int, ChequeException | None], times: int, data: st.DataObject) -> None:
        """Do the next things there are to do: send, agree, record a cheque, clear it."""
        number = data.draw(st.sampled_from(sorted(self.accounts)))
        for _ in range(times):
            self._next(number, cheque)

    def _next(self, number: str, cheque: tuple[int, ChequeException | None]) -> None:
        action = next((one for one in ONWARD if one in self._open(number)), None)
        if action:
            more, exception = cheque
            owed = max(self.accounts[number].total("owed") + more, 1)
            self._click(action, [number], amount_cents=owed, exception=exception)

    @rule(action=st.sampled_from(BACK), data=st.data())
    def change_their_mind(self, action: Action, data: st.DataObject) -> None:
        opened = [number for number in self.accounts if action in self._open(number)]
        if opened:
            self._click(action, [data.draw(st.sampled_from(opened))], amount_cents=1, cheque_number="")

    def _open(self, number: str) -> tuple[Action, ...]:
        with self.lakeside.reading() as books:
            return open_actions(books.invoices.get(number))

    def _click(self, action: Action, numbers: list[str], **inputs: Any) -> None:  # noqa: ANN401 - ActionRequest's
        """Take an action with some invoices: all of them, or none and the books are as they were."""
        self.clicks += 1
        try:
            take(
                self.lakeside,
                action,
                numbers,
                request_id=f"click-{self.clicks}",
                **(TYPED | {"cheque_number": f"77-{self.clicks}"} | inputs),
            )
        except StepRefused:
            return
        for number in numbers:
            self.accounts[number].take(action, inputs["amount_cents"], inputs.get("exception"))

    @precondition(lambda self: hasattr(self, "lakeside"))
    @invariant()
    def the_books_say_what_the_pencil_says(self) -> None:
        with self.lakeside.reading() as books:
            kept = books.invoices.with_numbers(list(self.accounts))
        for number, account in self.accounts.items():
            invoice = kept[number]
            told = (invoice.version, invoice.balance_cents, invoice.in_hand_cents, invoice.banked_cents)
            assert told == (account.version, *map(account.total, ("owed", "in_hand", "banked")))

    def teardown(self) -> None:
        verified = self.lakeside.verify()
        assert isinstance(verified, Verified), verified
        assert verified.steps == sum(account.version for account in self.accounts.values())
        assert verified.receivable_cents == sum(account.total("owed") for account in self.accounts.values())
        shutil.rmtree(self.folder)


TestHistories = pytest.mark.many_rounds(Histories.TestCase)
TestHistories.settings = settings(max_examples=25, stateful_step_count=40, deadline=None, derandomize=True)

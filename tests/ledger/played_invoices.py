"""Invoices that staff work on for weeks: random steps on many days, some of them recorded late."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from server.billing.invoices.invoice import Action, ActionRequest, ChequeException, Invoice
from server.billing.invoices.new_invoices import begin_invoices
from server.billing.invoices.state_machine import open_actions
from server.billing.invoices.step_batches import Asked
from server.billing.people import Role
from server.ledger.clinic_store import ClinicStore
from server.ledger.invoices.invoice_filter import HOLDING_CREDIT
from server.ledger.store import Ledger
from server.operations.steps import decide_steps
from tests.ledger.invented import LAKESIDE
from tests.ledger.invoiced import a_draft

FIRST_DAY = date(2026, 3, 2)
PAYERS = ("Oak Mutual (invented)", "Elm & Sons; “invented”", "@Ash | Invented", "Patient 1", "2, Patient")
ATTORNEYS = ("Lex Invented", "Jus Invented", "")
ONWARD = (Action.SEND, Action.AGREE, Action.RECORD_CHEQUE, Action.CLEAR)
OTHERS = (
    *[Action.BOUNCE, Action.REOPEN] * 3,
    *[Action.APPLY_CREDIT, Action.REFUND_CREDIT] * 6,
    Action.WRITE_OFF,
    Action.VOID,
    Action.NOTE,
)
"""What else is done, some of it more often."""
CHEQUES = (
    (0, None),
    (0, None),
    (-17_31, ChequeException.PARTIAL),
    (-2_02, ChequeException.WRITE_OFF_REST),
    *[(30_07, ChequeException.OVERPAID)] * 3,
)
"""How much a cheque differs from what is owed, and what becomes of the difference."""


class Office:
    """A clinic whose clock stands on a day of a story, and staff who do something every day."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.today = FIRST_DAY
        self.random = Random(seed)  # noqa: S311 - a story, no secret
        self.ledger = Ledger(folder, self._now)
        self.clinic: ClinicStore = self.ledger.open_clinic(LAKESIDE)
        self.taken: dict[Action, int] = {}
        self._clicks = 0

    def _now(self) -> datetime:
        return datetime(self.today.year, self.today.month, self.today.day, 12, tzinfo=UTC)

    def work(self, days: int, clicks: int) -> None:
        """Let some days pass, with as many clicks on each of them."""
        for _ in range(days):
            for _ in range(clicks):
                self.random.choices((self._create, self._move_on, self._do_otherwise), (1, 5, 3))[0]()
            self.today += timedelta(days=self.random.randint(1, 6))

    def numbers(self) -> list[str]:
        with self.clinic.reading() as books:
            return [invoice.number for invoice in books.invoices.find()]

    def _create(self) -> None:
        who = self.random.randint(1, 5)
        draft = a_draft(
            f"Patient {who}",
            case=f"Case {self.random.choice('AB')}",
            cents=self.random.randint(100_00, 400_00),
            payer=self.random.choice(PAYERS),
            attorney=self.random.choice(ATTORNEYS),
        )
        with self.clinic.transaction() as books:
            new = begin_invoices([draft], books.invoices.count(), self.today)
            books.invoices.create(new, self._request_id(), "ana")

    def _move_on(self) -> None:
        self._take(lambda actions: next((one for one in ONWARD if one in actions), None))

    def _do_otherwise(self) -> None:
        action = self.random.choice(OTHERS)
        self._take(lambda actions: action if action in actions else None)

    def _take(self, choose: Callable[[tuple[Action, ...]], Action | None]) -> None:
        with self.clinic.transaction() as books:
            chosen = [(one, choose(open_actions(one))) for one in books.invoices.find()]
            ready = [(one, action) for one, action in chosen if action]
            if not ready:
                return
            invoice, action = self.random.choice(ready)
            number = invoice.number
            holders = [
                one.number
                for one in books.invoices.find(HOLDING_CREDIT)
                if one.facts.payer == invoice.facts.payer
            ]
            request = ActionRequest(number, action, Role.MANAGER, **self._inputs(invoice, action, holders))
            batch = decide_steps(books, [Asked(2, request)], self.today)
            if not batch.refused:
                books.invoices.record(batch.steps, self._request_id(), "ana")
                self.taken[action] = self.taken.get(action, 0) + 1

    def _inputs(self, invoice: Invoice, action: Action, holders: list[str]) -> dict[str, Any]:
        day = self.today - timedelta(days=self.random.choice((0, 0, 1, 9, 25)))
        typed: dict[str, Any] = {"day": day, "note": "an internal remark"}
        match action:
            case Action.AGREE:
                typed["amount_cents"] = self.random.randint(60_00, invoice.billed_cents)
            case Action.RECORD_CHEQUE:
                more, exception = self.random.choice(CHEQUES)
                typed |= {
                    "amount_cents": max(invoice.balance_cents + more, 1),
                    "exception": exception,
                    "cheque_number": f"77-{self._clicks}",
                    "cheque_date": day,
                    "received_date": day,
                    "paying_party": invoice.facts.payer or PAYERS[0],
                }
            case Action.APPLY_CREDIT:
                typed |= {
                    "amount_cents": min(self.random.choice((5_00, 30_07)), invoice.balance_cents),
                    "credit_invoice": self.random.choice(holders or [""]),
                    "exception": ChequeException.PARTIAL,
                }
            case Action.REFUND_CREDIT:
                typed["amount_cents"] = self.random.choice((5_00, max(invoice.unapplied_cents, 1)))
        return typed

    def _request_id(self) -> str:
        self._clicks += 1
        return f"click-{self._clicks}"

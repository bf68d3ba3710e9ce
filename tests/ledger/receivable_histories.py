"""Random months of a clinic that bills, agrees, is paid, bounces cheques and takes things back, with a clock that moves on."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

from server.billing.invoices.exams import Draft, Exam
from server.billing.invoices.invoice import Action, ActionRequest, ChequeException, InvoiceLine
from server.billing.invoices.new_invoices import begin_invoices
from server.billing.invoices.state_machine import open_actions
from server.billing.invoices.step_batches import Asked
from server.billing.people import Role
from server.errors import BillingError
from server.ledger.clinic_store import ClinicStore
from server.ledger.store import Ledger
from server.operations.steps import decide_steps
from tests.ledger.invented import LAKESIDE

FIRST_DAY = date(2025, 1, 6)
PAYERS = ("Acme Invented Insurance", "Second Invented Insurance", "")
ATTORNEYS = ("Attorney Invented", "Other Attorney", "")
PHYSICIANS = ("Dr. Invented", "Dr. Second", "")
REASONS = ("not covered", "Not covered.", "late notice")
ONWARD = frozenset({Action.SEND, Action.AGREE, Action.RECORD_CHEQUE, Action.CLEAR})


class HistoryOfReceivables:
    """The books of a clinic and the day they are at. A history of one seed is always the same."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - a test
        self.today = FIRST_DAY
        self.books = Ledger(folder, self._now).open_clinic(LAKESIDE)
        self.numbers: list[str] = []
        self._clicks = 0

    def _now(self) -> datetime:
        return datetime.combine(self.today, time(12), UTC)

    @property
    def store(self) -> ClinicStore:
        return self.books

    def live(self, clicks: int, longest_pause: int = 14) -> None:
        """Click many times, with a pause of some days after some of the clicks."""
        for _ in range(clicks):
            if not self.numbers or self.random.random() < 0.12:
                self.bill()
            else:
                self.go_on(self.random.choice(self.numbers))
            if self.random.random() < 0.4:
                self.today += timedelta(days=self.random.randint(0, longest_pause))

    def bill(self, cents: int | None = None, **parties: str) -> str:
        """Make an invoice of the day, of an exam of some days before."""
        pick = self.random.choice
        cents = cents or self.random.randint(1, 400_00)
        exam = Exam(
            "Exams", 2, self.today - timedelta(days=self.random.randint(0, 20)), pick(("Patient One", "Patient Two")), pick(("A", "B")),
            parties.get("physician", pick(PHYSICIANS)), "North", code="EX-101", payer=parties.get("payer", pick(PAYERS)),
            attorney=parties.get("attorney", pick(ATTORNEYS)),
        )  # fmt: skip
        draft = Draft((exam,), (InvoiceLine("EX-101", "Invented exam", 1, cents, 1_000, cents),))
        with self.books.transaction() as books:
            new = begin_invoices([draft], books.invoices.count(), self.today)
            (number,) = books.invoices.create(new, self._click(), "ana")
        self.numbers.append(number)
        return number

    def take(self, number: str, action: Action, **inputs: Any) -> None:  # noqa: ANN401 - as ActionRequest has them
        """Take a step as a manager. Raises its refusal."""
        with self.books.transaction() as books:
            request = ActionRequest(number, action, Role.MANAGER, **inputs)
            batch = decide_steps(books, [Asked(2, request)], self.today)
            for refusal in batch.refused.values():
                raise refusal
            books.invoices.record(batch.steps, self._click(), "ana")

    def go_on(self, number: str) -> None:
        """Take a step that an invoice is open to, mostly the next one, with inputs that may do."""
        with self.books.reading() as books:
            invoice = books.invoices.get(number)
        opened = [
            action
            for action in open_actions(invoice)
            if action is not Action.VOID or self.random.random() < 0.1
        ]
        onward = [action for action in opened if action in ONWARD]
        action = self.random.choice(onward if onward and self.random.random() < 0.6 else opened)
        day = max(invoice.facts.created, self.today - timedelta(days=self.random.randint(0, 9)))
        tries = list(self._inputs(invoice.balance_cents, day))
        self.random.shuffle(tries)
        for inputs in tries:
            try:
                self.take(number, action, **inputs)
            except BillingError:
                continue
            return

    def _inputs(self, balance: int, day: date) -> Iterator[dict[str, Any]]:
        typed = {
            "day": day, "note": self.random.choice(REASONS), "due_date": day, "cheque_date": day, "received_date": day,
            "paying_party": self.random.choice(PAYERS[:2]), "cheque_number": f"77-{self._clicks}",
        }  # fmt: skip
        share = self.random.choice((60, 60, 80, 100, self.random.randint(1, 99)))
        part = max(1, balance * share // 100)
        line = InvoiceLine("EX-101", "Invented exam", 1, part, 1_000, part)
        exception = self.random.choice((ChequeException.PARTIAL, ChequeException.WRITE_OFF_REST))
        yield typed | {
            "amount_cents": part,
            "lines": (line,),
            "exception": exception if part < balance else None,
        }
        yield typed | {"amount_cents": balance}
        yield typed | {"amount_cents": balance + 5_00, "exception": ChequeException.OVERPAID}
        yield typed | {"amount_cents": part, "cheque_number": "", "day": self.today}
        yield typed | {"amount_cents": min(balance, 5_00) or 5_00, "cheque_number": "", "day": self.today}

    def _click(self) -> str:
        self._clicks += 1
        return f"click-{self._clicks}"

"""Books with a clock that moves on: invoices that staff create, send, agree on, get paid and take back on many days."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from server.billing.invoices.exams import Draft, Exam
from server.billing.invoices.invoice import Action, ActionRequest, ChequeException, InvoiceLine
from server.billing.invoices.new_invoices import begin_invoices
from server.billing.invoices.state_machine import open_actions
from server.billing.invoices.step_batches import Asked
from server.billing.people import Role
from server.errors import StepRefused
from server.ledger.clinic_store import ClinicStore
from server.ledger.store import Ledger
from server.operations.steps import decide_steps
from tests.ledger.invented import LAKESIDE

FIRST_DAY = date(2025, 3, 3)
PAYERS = ("Acme Invented", "Borealis Invented", "")
ATTORNEYS = ("Attorney One", "Attorney Two", "")
FACILITIES = ("North", "South")
PHYSICIANS = ("Dr. Uno", "Dr. Due", "")
CHEQUES = (
    (0, None),
    (-7, ChequeException.PARTIAL),
    (-3, ChequeException.WRITE_OFF_REST),
    (900, ChequeException.OVERPAID),
)

LIKELY = {
    **dict.fromkeys((Action.SEND, Action.AGREE, Action.RECORD_CHEQUE, Action.CLEAR), 14),
    **dict.fromkeys((Action.APPLY_CREDIT, Action.REFUND_CREDIT), 8),
    **dict.fromkeys((Action.VOID, Action.NOTE, Action.REMIND, Action.ATTACH, Action.DENY), 1),
}
"""How likely a step is, of those that are open."""


@dataclass
class Books:
    """A ledger in a folder, and the day that its clock shows."""

    folder: Path
    day: date = FIRST_DAY
    store: ClinicStore = field(init=False)
    clicks: int = 0

    def __post_init__(self) -> None:
        self.store = Ledger(self.folder, self.now).open_clinic(LAKESIDE)

    def now(self) -> datetime:
        """Return noon of the day, where the tests run."""
        return datetime(self.day.year, self.day.month, self.day.day, 12).astimezone(UTC)

    def create(self, **about: Any) -> str:  # noqa: ANN401 - the fields of an exam
        """Create an invoice and return its number. ``cents`` is what it bills, 100.00 if nothing is said."""
        cents = about.pop("cents", 100_00)
        facts: dict[str, Any] = {
            "exam_date": self.day,
            "patient": "Patient One",
            "case": "Case A",
            "physician": "Dr. Uno",
            "facility": "North",
            "payer": PAYERS[0],
            "attorney": ATTORNEYS[0],
        }
        exam = Exam("Exams", 2, code="EX-101", **(facts | about))
        draft = Draft((exam,), (InvoiceLine("EX-101", "Invented exam", 1, cents, 1_000, cents),))
        self.clicks += 1
        with self.store.transaction() as books:
            new = begin_invoices([draft], books.invoices.count(), self.day)
            (number,) = books.invoices.create(new, f"create-{self.clicks}", "ana")
        return number

    def take(self, action: Action, number: str, **inputs: Any) -> None:  # noqa: ANN401 - as the fields of ActionRequest are
        """Take a step on the day of the clock, with everything typed that it may need. Raises what refuses it."""
        self.clicks += 1
        typed: dict[str, Any] = {
            "role": Role.MANAGER,
            "day": self.day,
            "note": "because",
            "due_date": self.day,
            "cheque_number": f"77-{self.clicks}" if action is Action.RECORD_CHEQUE else "",
            "cheque_date": self.day,
            "received_date": self.day,
            "paying_party": PAYERS[0],
        }
        with self.store.transaction() as books:
            asked = Asked(2, ActionRequest(number, action, **(typed | inputs)))
            batch = decide_steps(books, [asked], self.day)
            for refusal in batch.refused.values():
                raise refusal
            books.invoices.record(batch.steps, f"click-{self.clicks}", "ana")

    def bring_to_cheque(self, number: str, agreed_cents: int) -> None:
        """Send an invoice and agree on an amount."""
        self.take(Action.SEND, number)
        self.take(Action.AGREE, number, amount_cents=agreed_cents)

    def balance(self, number: str) -> int:
        """Return what is owed on an invoice now."""
        with self.store.reading() as books:
            return books.invoices.get(number).balance_cents


def lived_through(folder: Path, seed: int, steps: int) -> tuple[Books, Sequence[date]]:
    """Return books after random steps, and the days from before the first step to the last."""
    chance, books = random.Random(seed), Books(folder)  # noqa: S311 - a history, not a secret
    numbers: list[str] = []
    for _ in range(steps):
        if chance.random() < 0.4:
            books.day += timedelta(days=chance.choice([1, 1, 2, 5, 13, 31]))
        if len(numbers) < 4 or chance.random() < 0.15:
            numbers.append(_create_any(books, chance))
        else:
            _take_any(books, chance, chance.choice(numbers))
    return books, [FIRST_DAY + timedelta(days=place) for place in range(-2, (books.day - FIRST_DAY).days + 1)]


def _create_any(books: Books, chance: random.Random) -> str:
    return books.create(
        patient=f"Patient {chance.choice('ABC')}",
        case=f"Case {chance.randint(1, 3)}",
        exam_date=books.day - timedelta(days=chance.choice([0, 3, 40])),
        payer=chance.choice(PAYERS),
        attorney=chance.choice(ATTORNEYS),
        facility=chance.choice(FACILITIES),
        physician=chance.choice(PHYSICIANS),
        cents=chance.randint(1, 200_00),
    )


def _take_any(books: Books, chance: random.Random, number: str) -> None:
    with books.store.reading() as reading:
        invoice = reading.invoices.get(number)
    wanted = open_actions(invoice)
    if not wanted:
        return
    action = chance.choice([one for one in wanted for _ in range(LIKELY.get(one, 2))])
    more, exception = chance.choice(CHEQUES)
    cents = max(
        1, invoice.balance_cents + (more if action is Action.RECORD_CHEQUE else -chance.randint(0, 9))
    )
    if action in {Action.APPLY_CREDIT, Action.REFUND_CREDIT}:
        cents = chance.randint(1, 3)
    lines = (InvoiceLine("EX-101", "Invented exam", 1, cents + 5, 1_000, cents + 5),)
    try:
        books.take(
            action,
            number,
            amount_cents=cents,
            exception=exception,
            lines=lines,
            day=books.day - timedelta(days=chance.choice([0, 0, 4])),
            paying_party=chance.choice(PAYERS[:2]),
        )
    except StepRefused:
        return

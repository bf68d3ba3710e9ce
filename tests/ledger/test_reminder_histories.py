"""Random months of a clinic: every day, what is due is what a list with a pencil says, nothing lost and nothing back without reason.

The pencil reads only the recorded steps, day by day, and the decisions that it took down itself.
"""

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from server.billing.invoices.case_records import CaseRecord, Stage
from server.billing.invoices.exams import Draft, Exam
from server.billing.invoices.invoice import Action, ActionRequest, ChequeException, InvoiceLine
from server.billing.invoices.new_invoices import begin_invoices
from server.billing.invoices.state_machine import open_actions
from server.billing.invoices.step_batches import Asked
from server.billing.people import Role
from server.billing.receivables.reminder_settings import ReminderSettings
from server.billing.receivables.reminders import Reminder
from server.errors import StepRefused
from server.ledger.clinic_books import ClinicBooks
from server.ledger.receivables.reminders import NewReminder
from server.ledger.store import Ledger
from server.ledger.verify import Verified
from server.operations.steps import decide_steps
from tests.invented import LAKESIDE

FIRST_DAY = date(2026, 1, 5)
SETTLED = {"paid", "written_off", "voided"}
STATES = {
    "pending_invoice": ("pending invoice", "pending_invoice_days"),
    "pending_reduction": ("pending reduction", "pending_reduction_days"),
    "pending_cheque": ("late cheque", "late_cheque_days"),
}


@dataclass
class Pencil:
    """What a clerk takes down: reminders that were added, and what was decided about which key."""

    added: dict[str, tuple[date, str, int]] = field(default_factory=dict)
    """Key -> due day, number of the invoice or "", id of the case."""
    put_off: dict[str, date] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    statutes: dict[int, date | None] = field(default_factory=dict)
    closed: set[int] = field(default_factory=set)

    def expected(self, books: ClinicBooks, settings: ReminderSettings) -> dict[str, date]:
        """Return what is open, by key, with the day on which it is due."""
        found: dict[str, date] = {}
        cases: dict[str, bool] = {}
        states: dict[str, str] = {}
        for invoice in books.invoices.find():
            state, place, since, cheques = self._replay(books, invoice.number)
            states[invoice.number] = state
            name = invoice.facts.case
            cases[name] = cases.get(name, False) or state not in SETTLED
            if state in STATES:
                kind, setting = STATES[state]
                if days := getattr(settings, setting):
                    found[f"{kind}/{invoice.number}/{place}"] = since + timedelta(days=days)
            for at, day in cheques.items() if settings.post_dated_cheques else ():
                found[f"post-dated cheque/{invoice.number}/{at}"] = day
        ids = {case.name: case.id for case in books.cases()}
        open_ids = {ids[name] for name, is_open in cases.items() if is_open}
        for case_id, statute in self.statutes.items():
            if statute and settings.statute_days and case_id in open_ids and case_id not in self.closed:
                due = statute - timedelta(days=settings.statute_days)
                found[f"statute date/{case_id}/{statute.isoformat()}"] = due
        for key, (due, number, case_id) in self.added.items():
            if states[number] not in SETTLED if number else case_id in open_ids:
                found[key] = due
        return {key: self.put_off.get(key, due) for key, due in found.items() if key not in self.done}

    def _replay(self, books: ClinicBooks, number: str) -> tuple[str, int, date, dict[int, date]]:
        state, place, since = "", 0, FIRST_DAY
        cheques: dict[int, date] = {}
        for record in books.invoices.history(number):
            step = record.step
            if step.action is Action.CREATE:
                place, since = 1, books.invoices.get(number).facts.created
            elif step.to_state.value != state or step.action is Action.BOUNCE:
                place, since = step.place, step.day
            state = step.to_state.value
            for reversed_place in step.reverses:
                cheques.pop(reversed_place, None)
            request = step.request
            cheque = request.cheque if step.action is Action.RECORD_CHEQUE else None
            if cheque and cheque.cheque_date > cheque.received_date:
                cheques[step.place] = cheque.cheque_date
        return state, place, since, cheques if state in {"pending_cheque", "cheque_received"} else {}


class Months:
    """A clinic whose clock the test turns."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - the same months every time
        self.day = FIRST_DAY
        self.ledger = Ledger(
            folder, lambda: datetime(self.day.year, self.day.month, self.day.day, 12, tzinfo=UTC)
        )
        self.store = self.ledger.open_clinic(LAKESIDE.clinic)
        self.pencil = Pencil()
        self.settings = ReminderSettings()
        self.cheques = 0

    def play(self, days: int) -> None:
        for _ in range(days):
            for _ in range(self.random.randrange(4)):
                with self.store.transaction() as books:
                    self._do_something(books)
            self.compare()
            self.day += timedelta(days=self.random.choice([1, 1, 3, 9]))

    def compare(self) -> None:
        with self.store.reading() as books:
            expected = self.pencil.expected(books, self.settings)
            owed = {one.number: one.balance_cents for one in books.invoices.find()}
            for ahead in (0, 1, 30):
                until = self.day + timedelta(days=ahead)
                found = books.reminders.due_by(until)
                due = {key: day for key, day in expected.items() if day <= until}
                assert {one.key: one.due_on for one in found} == due
                assert all(one.balance_cents == owed[one.invoice] for one in found if one.invoice)
                assert len(found) == len(due) == books.reminders.count_due_by(until)
            assert {k: r.due_on for k, r in books.reminders.with_keys(list(expected)).items()} == expected

    def _do_something(self, books: ClinicBooks) -> None:
        choose = self.random.choice
        (
            choose(
                [self._bill]
                + [self._step] * 5
                + [self._decide] * 3
                + [self._add, self._remind, self._statute, self._settings]
            )
        )(books)

    def _bill(self, books: ClinicBooks) -> None:
        case = f"Case {self.random.randrange(4)}"
        exam = Exam(
            "Exams", 2, self.day, f"Patient of {case}", case, "Dr. Invented", code="EX-101", payer="Acme"
        )
        draft = Draft((exam,), (InvoiceLine("EX-101", "Invented exam", 1, 100_00, 1_000, 100_00),))
        books.invoices.create(begin_invoices([draft], books.invoices.count(), self.day), "bill", "ana")

    def _step(self, books: ClinicBooks) -> None:
        invoices = books.invoices.find()
        if not invoices:
            return
        invoice = self.random.choice(invoices)
        weights = {
            Action.SEND: 9,
            Action.AGREE: 9,
            Action.RECORD_CHEQUE: 9,
            Action.CLEAR: 5,
            Action.BOUNCE: 5,
        }
        actions = [
            one
            for one in open_actions(invoice)
            if one not in {Action.EDIT_LINES, Action.ATTACH, Action.REMIND}
        ]
        if not actions:
            return
        action = self.random.choices(actions, [weights.get(one, 1) for one in actions])[0]
        self.cheques += 1
        owed = max(invoice.balance_cents, 1)
        is_part = action is Action.RECORD_CHEQUE and owed > 1 and self.random.random() < 0.3
        request = ActionRequest(
            invoice.number,
            action,
            Role.MANAGER,
            day=self.day,
            amount_cents=owed // 2 if is_part else owed,
            cheque_number=f"77-{self.cheques}" if action is Action.RECORD_CHEQUE else "",
            cheque_date=self.day + timedelta(days=self.random.choice([0, 0, 5, 40])),
            received_date=self.day,
            paying_party="Acme",
            exception=ChequeException.PARTIAL if is_part else None,
            note="because",
        )
        self._take(books, request)

    def _take(self, books: ClinicBooks, request: ActionRequest) -> bool:
        batch = decide_steps(books, [Asked(2, request)], self.day)
        if batch.refused:
            return False
        try:
            books.invoices.record(batch.steps, f"click-{self.cheques}", "ana")
        except StepRefused:
            return False
        return True

    def _remind(self, books: ClinicBooks) -> None:
        for invoice in self.random.sample(books.invoices.find(), min(1, books.invoices.count())):
            before = {one.key for one in self._open(books)}
            due = self.day + timedelta(days=self.random.randrange(-3, 30))
            if self._take(books, ActionRequest(invoice.number, Action.REMIND, due_date=due, note="call")):
                (key,) = {one.key for one in self._open(books)} - before
                self.pencil.added[key] = (due, invoice.number, 0)

    def _add(self, books: ClinicBooks) -> None:
        case = self.random.choice(books.cases() or [None])
        if case:
            due = self.day + timedelta(days=self.random.randrange(30))
            (key,) = books.reminders.add([NewReminder(case.id, due, "Call", "", "")], "ana")
            self.pencil.added[key] = (due, "", case.id)

    def _decide(self, books: ClinicBooks) -> None:
        for reminder in self.random.sample(due := self._open(books), min(1, len(due))):
            until = (
                None
                if self.random.random() < 0.5
                else self.day + timedelta(days=self.random.randrange(1, 40))
            )
            books.reminders.decide(reminder, until, "", "ana")
            if until:
                self.pencil.put_off[reminder.key] = until
            else:
                self.pencil.done.add(reminder.key)

    def _open(self, books: ClinicBooks) -> list[Reminder]:
        return sorted(books.reminders.due_by(self.day + timedelta(days=60)), key=lambda one: one.key)

    def _statute(self, books: ClinicBooks) -> None:
        case = self.random.choice(books.cases() or [None])
        if case:
            statute = self.random.choice([None, *(FIRST_DAY + timedelta(days=50 * at) for at in range(1, 5))])
            stage = self.random.choice([Stage.TREATING, Stage.TREATING, Stage.CLOSED])
            books.case_records.record(case.id, CaseRecord(statute_on=statute, stage=stage), "ana")
            self.pencil.statutes[case.id] = statute
            self.pencil.closed.discard(case.id)
            if stage is Stage.CLOSED:
                self.pencil.closed.add(case.id)

    def _settings(self, books: ClinicBooks) -> None:
        days = self.random.choice
        self.settings = ReminderSettings(
            days([0, 5, 30]), days([0, 10, 60]), days([0, 7, 21]), days([0, 60]), days([True, False])
        )
        clinic = replace(LAKESIDE.clinic, reminders=self.settings)
        books.save_setup(replace(books.setup(), clinic=clinic), "ana")


@pytest.mark.many_rounds
@pytest.mark.parametrize("seed", range(8))
def test_every_day_what_is_due_is_what_a_list_with_a_pencil_says(tmp_path: Path, seed: int) -> None:
    months = Months(tmp_path, seed)
    months.play(60)
    assert isinstance(months.store.verify(), Verified)
    assert months.pencil.done
    assert months.pencil.put_off

"""Whatever happens to visits and payments of some months, all runs together pay what one run over the final truth would pay.

Payments, refunds and take-backs come on random days, also with days of periods that are closed. Amounts are corrected, visits are
cancelled and given to other providers, services and days, rates change from some day on, files overlap, runs are voided and made
again. A last run has everything. Then the payment lines of all runs add up, for each provider, to what the final payments earn at
the rates of the final visits, to the cent (rule: pay-runs#payments).
"""

import random
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from server.billing.clinics import PayBasis, Provider
from server.ledger.store import Ledger
from tests.invented import LAKESIDE, a_rate
from tests.ribbon.clicks import a_click, a_clock, a_ledger, confirmed, pressed
from tests.ribbon.payment_sheets import payments_sheet

LOG = ("Appointment ID", "Date", "Provider", "Service", "Status", "Patient")
PAYMENTS = (
    "Payment date", "Appointment ID", "Patient", "Date of service", "Amount", "Payer", "Kind", "Payment ID",
)  # fmt: skip
PROVIDERS = ("Jane Roe", "Max Doe", "Ida Oak")
FIRST, MIDDLE = date(2026, 6, 1), date(2026, 7, 10)
MONTHS = [(date(2026, month, 1), date(2026, month, last)) for month, last in ((6, 30), (7, 31), (8, 31))]
LAST = (date(2026, 9, 1), date(2026, 9, 30))
SHARES = {
    ("Jane Roe", "EX-101"): ((FIRST, 400_000), (MIDDLE, 500_000)),
    ("Max Doe", "EX-101"): ((FIRST, 612_500),),
    ("Ida Oak", "EX-101"): ((FIRST, 333_333), (MIDDLE, 600_000)),
}
"""The shares of each provider from some days on. Reports (EX-103) are paid per session."""

SETUP = replace(
    LAKESIDE,
    providers=(*LAKESIDE.providers, Provider("Ida Oak", provider_id="P3")),
    rates=(
        *(
            a_rate(share, PayBasis.OF_COLLECTED, provider=provider, service=service, since=since)
            for (provider, service), shares in SHARES.items()
            for since, share in shares
        ),
        a_rate(7_000, service="EX-103"),
    ),
)


@dataclass(frozen=True)
class Visit:
    """A visit as the practice knows it now."""

    number: int
    day: date
    provider: str
    service: str
    is_kept: bool = True

    @property
    def row(self) -> tuple[str, ...]:
        """Return its row of an export."""
        status = "Show" if self.is_kept else "Cancelled"
        patient = f"Patient {self.number}"
        return f"AB-{self.number:03}", self.day.isoformat(), self.provider, self.service, status, patient

    @property
    def share(self) -> int:
        """Return the share of what is collected that it pays, in parts per million."""
        shares = SHARES.get((self.provider, self.service), ()) if self.is_kept else ()
        return max((since, share) for since, share in [(date.min, 0), *shares] if since <= self.day)[1]


@dataclass(frozen=True)
class Received:
    """A payment as the practice knows it now; ``cents`` is below 0 if money went back."""

    number: int
    visit: int
    day: date
    cents: int
    payer: str
    kind: str


@dataclass
class Practice:
    """A practice whose visits and payments change."""

    seed: int
    ledger: Ledger
    has_ids: bool
    by_patient: bool
    visits: dict[int, Visit] = field(default_factory=dict)
    received: dict[int, Received] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin with nothing."""
        self.random = random.Random(self.seed)  # noqa: S311 - no secret
        self.numbers = count(1)
        self.corrected: set[int] = set()

    def see_patients(self, first: date, last: date, how_many: int) -> None:
        """Add visits of some days."""
        for _ in range(how_many):
            number, day = (
                next(self.numbers),
                first + timedelta(self.random.randrange((last - first).days + 1)),
            )
            service = self.random.choice(("EX-101", "EX-101", "EX-103"))
            self.visits[number] = Visit(number, day, self.random.choice(PROVIDERS), service)

    def receive(self, until: date, how_many: int) -> None:
        """Add payments, refunds and take-backs of days so far. Some have the day of a period that is closed."""
        for _ in range(how_many):
            number, visit = next(self.numbers), self.random.choice([*self.visits])
            day = FIRST + timedelta(self.random.randrange((until - FIRST).days + 1))
            payer = self.random.choice(("Aetna", "Client"))
            came = [one for one in self.received.values() if one.visit == visit and one.cents > 0]
            if came and self.random.random() < 0.5:
                whole = self.random.choice(came).cents
                cents = -whole if self.random.random() < 0.6 else -self.random.randrange(1, whole + 1)
                kind = self.random.choice(("refund", "take-back", "payment"))
                self.received[number] = Received(number, visit, day, cents, payer, kind)
            else:
                cents = self.random.choice((5_000, 3_333, self.random.randrange(1, 20_000)))
                self.received[number] = Received(number, visit, day, cents, payer, "payment")

    def change_minds(self, how_many: int, until: date) -> None:
        """Correct amounts of payments and facts of visits."""
        for _ in range(how_many):
            if self.received and self.random.random() < 0.4:
                one = self.random.choice([*self.received.values()])
                sign = 1 if one.cents > 0 else -1
                self.received[one.number] = replace(one, cents=sign * self.random.randrange(1, 9_000))
                continue
            visit = self.random.choice([*self.visits.values()])
            change = self.random.randrange(4)
            if change and visit.number in self.corrected:
                continue  # an ID that comes back with two other facts is blocked as another visit
            if change:
                self.corrected.add(visit.number)
            match change:
                case 0:
                    visit = replace(visit, is_kept=not visit.is_kept)
                case 1:
                    visit = replace(visit, provider=self.random.choice(PROVIDERS))
                case 2:
                    visit = replace(visit, service=self.random.choice(("EX-101", "EX-103")))
                case 3:
                    day = FIRST + timedelta(self.random.randrange((until - FIRST).days + 1))
                    visit = replace(visit, day=day)
            self.visits[visit.number] = visit

    def payment_rows(self, first: date, last: date) -> list[tuple[Any, ...]]:
        """Return an export of the payments of some days, in any order. A refund is written with or without a sign."""
        found = []
        for one in self.received.values():
            if not first <= one.day <= last:
                continue
            visit = self.visits[one.visit]
            cents = abs(one.cents) if one.kind != "payment" and one.number % 2 else one.cents
            named = (
                (None, f"Patient {visit.number}", visit.day.isoformat())
                if self.by_patient
                else (visit.row[0], None, None)
            )
            number = f"P{one.number}" if self.has_ids else None
            found.append((one.day.isoformat(), *named, cents / 100, one.payer, one.kind, number))
        self.random.shuffle(found)
        return found

    def pay(self, first: date, last: date, since: date) -> None:
        """Generate and approve a run; now and then void it and do that again."""
        rows = [visit.row for visit in self.visits.values() if visit.day <= last]
        sheets = [payments_sheet(self.payment_rows(since, last), PAYMENTS)]
        inputs = {"from": first.isoformat(), "to": last.isoformat()}
        click = a_click(rows, headings=LOG, sheets=sheets, inputs=inputs)
        run = self.approve(click)
        if run and first > FIRST and self.random.random() < 0.3:
            pressed(self.ledger, "payroll.void", a_click(inputs={"run": run, "reason": "made again"}))
            self.approve({**click, "request_id": f"{click['request_id']}-again"})

    def approve(self, click: dict[str, Any]) -> str:
        """Generate and approve a run; return its name, "" if nothing is to be paid."""
        reply = pressed(self.ledger, "payroll.generate", click)
        assert reply["asks"] is None, reply["asks"]
        figures = reply["figures"]
        assert figures["blocked"] == 0, reply["findings"]
        if not figures["run"]:
            return ""
        closed = confirmed(self.ledger, "payroll.close", a_click(inputs={"run": figures["run"]}))
        assert closed["figures"]["state"] == "closed", closed["summary"]
        return str(figures["run"])

    def earned(self) -> Counter[str]:
        """Return what the final payments earn each provider, in cents; each is rounded once, halves away from zero."""
        found: Counter[str] = Counter()
        for one in self.received.values():
            visit = self.visits[one.visit]
            exact = Fraction(abs(one.cents) * visit.share, 1_000_000)
            rounded = int(exact + Fraction(1, 2))
            found[visit.provider] += rounded if one.cents > 0 else -rounded
        return found

    def paid(self) -> Counter[str]:
        """Return the sum of the payment lines of all approved runs, by provider, in cents."""
        found: Counter[str] = Counter()
        with self.ledger.clinic("lakeside").reading() as books:
            for one in books.payments.paid_payments():
                found[one.line.provider] += one.line.amount_cents
        return found


def a_ledger_over_time(folder: Path) -> Ledger:
    """Return the books of the practice, with a clock that goes on."""
    a_ledger(folder, SETUP)
    minutes = count()
    return Ledger(folder, lambda: a_clock() + timedelta(minutes=next(minutes)))


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("has_ids", [False, True])
def test_all_runs_pay_what_the_final_payments_earn(tmp_path: Path, seed: int, *, has_ids: bool) -> None:
    ledger = a_ledger_over_time(tmp_path / "books")
    practice = Practice(seed, ledger, has_ids=has_ids, by_patient=seed % 3 == 0)
    for first, last in MONTHS:
        practice.see_patients(first, last, 6)
        practice.receive(last, 9)
        since = practice.random.choice((FIRST, first, first - timedelta(12)))
        practice.pay(first, last, max(FIRST, since))
        practice.change_minds(5, last)
    practice.receive(LAST[1], 5)
    practice.pay(*LAST, FIRST)
    assert {name: cents for name, cents in practice.paid().items() if cents} == {
        name: cents for name, cents in practice.earned().items() if cents
    }

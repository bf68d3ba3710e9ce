"""The same as ``test_adjusted_histories.py`` for visits paid by what they are measured at, with fees for missed visits, voided runs
and periods that overlap.

Units, minutes, charges and collected amounts change between the runs, visits are missed after all or take place after all, and
patients have several equal visits a day, also in logs without IDs. Some approved runs are voided and generated again.
"""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from server.billing.clinics import CountsAs, MissedPay, MissedVisitRule, PayBasis, Provider, Service
from server.ledger.store import Ledger
from tests.invented import JANUARY, LAKESIDE, a_rate
from tests.ribbon.clicks import a_click, a_clock, confirmed, pressed

HEADINGS = (
    "Appointment ID", "Date", "Provider", "Service", "Status", "Patient", "Units", "Minutes", "Charge", "Collected",
)  # fmt: skip
PROVIDERS = ("Jane Roe", "Max Doe", "Ida Oak")
RATES = {
    "EX-101": (PayBasis.PER_SESSION, 5_000),
    "EX-102": (PayBasis.PER_UNIT, 1_834),
    "EX-103": (PayBasis.PER_HOUR, 6_475),
    "EX-104": (PayBasis.OF_CHARGE, 583_333),
    "EX-105": (PayBasis.OF_COLLECTED, 612_500),
}
FLAT_FEE, NO_SHOW_SHARE = 2_500, 400_000
STATUSES = ("Show", "Show", "Show", "Cancelled", "Late cancellation", "No Show")
MILLION = 1_000_000
FIRST, LAST = date(2026, 6, 1), date(2026, 9, 30)
PERIODS = {
    "months": [
        (date(2026, 6, 1), date(2026, 6, 30)),
        (date(2026, 7, 1), date(2026, 7, 31)),
        (date(2026, 8, 1), date(2026, 8, 31)),
    ],
    "overlapping": [
        (date(2026, 6, 1), date(2026, 6, 20)),
        (date(2026, 6, 15), date(2026, 7, 10)),
        (date(2026, 7, 1), date(2026, 8, 15)),
        (date(2026, 8, 10), date(2026, 8, 31)),
    ],
}
SETUP = replace(
    LAKESIDE,
    providers=(*LAKESIDE.providers, Provider("Ida Oak", provider_id="P3")),
    services=tuple(Service(code, f"Service {code}") for code in RATES),
    rates=tuple(a_rate(amount, basis, service=code) for code, (basis, amount) in RATES.items()),
    missed_visits=(
        MissedVisitRule("*", "*", CountsAs.LATE_CANCELLED, MissedPay.FLAT, FLAT_FEE, JANUARY),
        MissedVisitRule("*", "*", CountsAs.NO_SHOW, MissedPay.OF_RATE, NO_SHOW_SHARE, JANUARY),
    ),
)


def rounded(amount: Fraction) -> int:
    """Return whole cents, halves away from zero."""
    return int(amount + Fraction(1, 2)) if amount >= 0 else -int(-amount + Fraction(1, 2))


@dataclass(frozen=True)
class Visit:
    """A visit as the practice knows it now. Units are halves, minutes whole, money is cents."""

    number: int
    day: date
    provider: str
    service: str
    status: str
    patient: str
    halves: int
    minutes: int
    charge: int
    collected: int

    @property
    def row(self) -> tuple[object, ...]:
        """Return its row of an export."""
        return (
            f"AB-{self.number:03}", self.day.isoformat(), self.provider, self.service, self.status, self.patient,
            self.halves / 2, self.minutes, self.charge / 100, self.collected / 100,
        )  # fmt: skip

    @property
    def cents(self) -> int:
        """Return what it earns."""
        basis, rate = RATES[self.service]
        quantity = {
            PayBasis.PER_SESSION: Fraction(1),
            PayBasis.PER_UNIT: Fraction(self.halves, 2),
            PayBasis.PER_HOUR: Fraction(self.minutes, 60),
            PayBasis.OF_CHARGE: Fraction(self.charge, MILLION),
            PayBasis.OF_COLLECTED: Fraction(self.collected, MILLION),
        }[basis]
        match self.status:
            case "Show":
                return rounded(rate * quantity)
            case "Late cancellation":
                return FLAT_FEE
            case "No Show":
                return rounded(rate * quantity * NO_SHOW_SHARE / MILLION)
        return 0


@dataclass
class Practice:
    """A practice whose visits change, and the runs that were approved and stand."""

    random: random.Random
    ledger: Ledger
    has_ids: bool
    visits: dict[int, Visit] = field(default_factory=dict)
    runs: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    corrected: set[int] = field(default_factory=set)

    def measured(self, visit: Visit) -> Visit:
        """Return the visit with other measures."""
        draw = self.random.randrange
        charge = draw(5_000, 20_000)
        return replace(
            visit, halves=draw(1, 9), minutes=draw(15, 95), charge=charge, collected=draw(0, charge)
        )

    def see_patients(self, first: date, last: date, how_many: int) -> None:
        """Add visits of some days; some are equal to others but for what they are measured at."""
        for _ in range(how_many):
            number = next(self.numbers)
            day = first + timedelta(self.random.randrange((last - first).days + 1))
            patient = (
                f"Patient {self.random.randrange(6)}" if self.random.random() < 0.3 else f"Patient {number}"
            )
            visit = Visit(
                number, day, self.random.choice(PROVIDERS), self.random.choice([*RATES]),
                self.random.choice(STATUSES), patient, 2, 60, 10_000, 10_000,
            )  # fmt: skip
            self.visits[number] = self.measured(visit)
            if self.random.random() < 0.2:
                twin = replace(visit, number=next(self.numbers))
                self.visits[twin.number] = self.measured(twin)

    def see_lasting_patient(self, day: date) -> None:
        """Add a visit that never changes: it shows from which day the exports hold everything."""
        lasting = Visit(0, day, PROVIDERS[0], "EX-101", "Show", "Patient 0", 2, 60, 10_000, 10_000)
        self.visits[0] = lasting

    def change_minds(self, how_many: int, until: date) -> None:
        """Change, delete and add some visits of the days so far. A visit is given another fact once."""
        for _ in range(how_many):
            visit = self.random.choice([one for one in self.visits.values() if one.number])
            change = self.random.randrange(8)
            fresh = visit.number not in self.corrected
            day = FIRST + timedelta(self.random.randrange((until - FIRST).days + 1))
            if change == 0 and fresh:
                visit = replace(visit, provider=self.random.choice(PROVIDERS))
            elif change == 1 and fresh:
                visit = replace(visit, service=self.random.choice([*RATES]))
            elif change == 2 and fresh:
                visit = replace(visit, day=day)
            elif change == 3:
                del self.visits[visit.number]
                continue
            elif change == 4:
                visit = replace(visit, number=next(self.numbers), day=day)
            elif change == 5:
                visit = replace(visit, status=self.random.choice(STATUSES))
            else:
                visit = self.measured(visit)
            if change < 3:
                self.corrected.add(visit.number)
            self.visits[visit.number] = visit

    def pay(self, first: date, last: date, since: date, *, may_void: bool = True) -> None:
        """Generate and approve the payroll of a period from an export that begins on a day; sometimes void it and do it again."""
        run = self._approve(first, last, since)
        if run and may_void and self.random.random() < 0.3:
            pressed(self.ledger, "payroll.void", a_click(inputs={"run": run, "reason": "wrong"}))
            self.change_minds(2, last)
            run = self._approve(first, last, since)
        if run:
            self.runs.append(run)

    def _approve(self, first: date, last: date, since: date) -> str:
        rows = [visit.row for visit in self.visits.values() if since <= visit.day <= last]
        self.random.shuffle(rows)
        headings = HEADINGS if self.has_ids else HEADINGS[1:]
        rows = rows if self.has_ids else [row[1:] for row in rows]
        reply = self._answered(rows, headings, {"from": first.isoformat(), "to": last.isoformat()})
        run = str(reply["figures"]["run"])
        if run:
            agreed = confirmed(self.ledger, "payroll.close", a_click(inputs={"run": run}))
            assert "is approved" in agreed["summary"], agreed["summary"]
        return run

    def _answered(
        self, rows: list[tuple[Any, ...]], headings: tuple[str, ...], inputs: dict[str, str]
    ) -> dict[str, Any]:
        words = {"paid_visits": "same", "vanished_visits": "deleted"}
        for _ in range(6):
            reply = pressed(self.ledger, "payroll.generate", a_click(rows, headings=headings, inputs=inputs))
            if reply["asks"] is None:
                assert reply["figures"]["blocked"] == 0, [
                    one for one in reply["findings"] if one["severity"] == "blocker"
                ]
                return reply
            asked = {name["name"]: words[name["name"]] for name in reply["asks"]["fields"]}
            inputs = {**inputs, **asked}
        raise AssertionError(reply["asks"])

    def earned(self) -> Counter[str]:
        """Return what one run over the visits as they are now would pay, by provider."""
        earned: Counter[str] = Counter()
        for visit in self.visits.values():
            earned[visit.provider] += visit.cents
        return earned

    def handed_over(self) -> Counter[str]:
        """Return what all runs handed over, by provider, plus what is carried forward."""
        handed: Counter[str] = Counter()
        with self.ledger.clinic("lakeside").reading() as books:
            for run in self.runs:
                lines, _ = books.lines_of_run(run)
                adjustments, carried = books.adjustments_of_run(run)
                mine: Counter[str] = Counter()
                for provider, cents in zip(lines.provider, lines.amount_cents, strict=True):
                    mine[provider] += cents
                for one in adjustments:
                    mine[one.provider] += one.amount_cents
                for entry in carried:
                    assert mine[entry.provider] == entry.earned_cents
                    mine[entry.provider] = entry.paid_cents
                assert sum(mine.values()) == books.run(run).total_cents
                handed.update(mine)
            for _, provider, cents in books.balances():
                assert cents < 0
                handed[provider] += cents
        return handed


def a_ticking_ledger(folder: Path) -> Ledger:
    """Return a ledger of the clinic in which each thing is recorded a second after the one before."""
    seconds = count()

    def clock() -> datetime:
        return a_clock() + timedelta(seconds=next(seconds))

    ledger = Ledger(folder, clock)
    with ledger.open_clinic(SETUP.clinic).transaction() as books:
        books.save_setup(SETUP, "tests")
    return ledger


@pytest.mark.parametrize("periods", PERIODS.values(), ids=PERIODS)
@pytest.mark.parametrize("has_ids", [True, False], ids=["ids", "no-ids"])
@pytest.mark.parametrize("seed", range(3))
def test_all_runs_together_pay_the_final_truth(
    tmp_path: Path, seed: int, periods: list[tuple[date, date]], *, has_ids: bool
) -> None:
    practice = Practice(random.Random(seed), a_ticking_ledger(tmp_path), has_ids)  # noqa: S311 - no secret
    practice.see_lasting_patient(FIRST)
    seen = FIRST
    for first, last in periods:
        practice.see_patients(seen, last, 14)
        seen = last + timedelta(1)
        practice.pay(first, last, min(first, FIRST + timedelta(practice.random.choice([0, 12, 30, 100]))))
        practice.change_minds(4, last)
    practice.see_patients(date(2026, 9, 1), LAST, 10)

    practice.pay(date(2026, 9, 1), LAST, FIRST, may_void=False)

    assert +practice.handed_over() == +practice.earned()
    before = list(practice.runs)
    practice.pay(date(2026, 9, 1), LAST, FIRST, may_void=False)
    assert practice.runs == before

"""Whatever happens to the visits of some months, all runs together pay what one run over the final truth would pay.

Months of visits are changed at random between the runs: cancelled, given to another provider, made another service, moved to
another day or month, deleted, entered late. Every run is generated from an export that reaches back some days or months, and
approved. A last export holds everything. Then each provider was paid, over all runs, what the final visits earn: what was
handed over, plus what is still carried forward (rule: pay-runs#adjustments, rule: pay-runs#carry-forward).
"""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from server.billing.clinics import Provider
from server.ledger.store import Ledger
from tests.invented import LAKESIDE, a_rate
from tests.ribbon.clicks import a_click, a_ledger, confirmed, pressed

HEADINGS = ("Appointment ID", "Date", "Provider", "Service", "Status", "Patient")
PROVIDERS = ("Jane Roe", "Max Doe", "Ida Oak")
CENTS = {"EX-101": 5_000, "EX-102": 7_000, "EX-103": 12_345}
FACTS = {1, 2, 3}
"""The changes of a fact. A visit has one of them: an ID that comes back with two other facts is blocked as another visit."""

FIRST, LAST = date(2026, 6, 1), date(2026, 9, 30)
MONTHS = [
    (date(2026, 6, 1), date(2026, 6, 30)),
    (date(2026, 7, 1), date(2026, 7, 31)),
    (date(2026, 8, 1), date(2026, 8, 31)),
]
SETUP = replace(
    LAKESIDE,
    providers=(*LAKESIDE.providers, Provider("Ida Oak", provider_id="P3")),
    rates=tuple(a_rate(cents, service=service) for service, cents in CENTS.items()),
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
        return (
            f"AB-{self.number:03}",
            self.day.isoformat(),
            self.provider,
            self.service,
            status,
            f"Patient {self.number}",
        )


class Practice:
    """A practice whose visits change. ``runs`` are the runs that were approved."""

    headings: Sequence[str] = HEADINGS

    def __init__(self, seed: int, ledger: Ledger, *, has_ids: bool) -> None:
        self.random = random.Random(seed)  # noqa: S311 - no secret
        self.ledger = ledger
        self.has_ids = has_ids
        self.visits: dict[int, Visit] = {}
        self.runs: list[str] = []
        self.numbers = count(1)
        self.corrected: set[int] = set()

    def see_patients(self, first: date, last: date, how_many: int) -> None:
        """Add visits of some days."""
        for _ in range(how_many):
            number = next(self.numbers)
            day = first + timedelta(self.random.randrange((last - first).days + 1))
            provider, service = self.random.choice(PROVIDERS), self.random.choice([*CENTS])
            self.visits[number] = Visit(number, day, provider, service, self.random.random() < 0.9)

    def see_lasting_patient(self, day: date) -> None:
        """Add a visit that never changes: it shows from which day the exports hold everything."""
        self.lasting = Visit(next(self.numbers), day, PROVIDERS[0], "EX-101")

    def change_minds(self, how_many: int, until: date) -> None:
        """Change, delete and add some visits of the days so far."""
        for _ in range(how_many):
            visit = self.random.choice([*self.visits.values()])
            change = self.random.randrange(6)
            if change in FACTS and visit.number in self.corrected:
                continue
            if change in FACTS:
                self.corrected.add(visit.number)
            match change:
                case 0:
                    visit = replace(visit, is_kept=not visit.is_kept)
                case 1:
                    visit = replace(visit, provider=self.random.choice(PROVIDERS))
                case 2:
                    visit = replace(visit, service=self.random.choice([*CENTS]))
                case 3:
                    visit = replace(
                        visit, day=FIRST + timedelta(self.random.randrange((until - FIRST).days + 1))
                    )
                case 4:
                    del self.visits[visit.number]
                    continue
                case 5:
                    number = next(self.numbers)
                    day = FIRST + timedelta(self.random.randrange((until - FIRST).days + 1))
                    visit = replace(visit, number=number, day=day)
            self.visits[visit.number] = visit

    def pay(self, first: date, last: date, since: date) -> None:
        """Generate and approve the payroll of a period from an export that begins on a day."""
        exported = [one for one in (self.lasting, *self.visits.values()) if since <= one.day <= last]
        rows = [row for visit in exported for row in self.rows_of(visit)]
        self.random.shuffle(rows)
        headings = self.headings if self.has_ids else self.headings[1:]
        rows = rows if self.has_ids else [row[1:] for row in rows]
        inputs = {"from": first.isoformat(), "to": last.isoformat()}
        reply = self._answered(rows, headings, inputs)
        run = reply["figures"]["run"]
        if run:
            agreed = confirmed(self.ledger, "payroll.close", a_click(inputs={"run": run}))
            assert "is approved" in agreed["summary"], agreed["summary"]
            self.runs.append(run)

    def _answered(
        self, rows: list[tuple[str, ...]], headings: Sequence[str], inputs: dict[str, str]
    ) -> dict[str, Any]:
        """Generate, and answer what is asked as the practice would: the same visit, and deleted ones were deleted."""
        words = {"paid_visits": "same", "vanished_visits": "deleted"}
        for _ in range(4):
            reply = pressed(self.ledger, "payroll.generate", a_click(rows, headings=headings, inputs=inputs))
            if reply["asks"] is None:
                assert reply["figures"]["blocked"] == 0, reply["findings"]
                return reply
            (field,) = reply["asks"]["fields"]
            inputs = {**inputs, field["name"]: words[field["name"]]}
        raise AssertionError(reply["summary"])

    def earned(self) -> Counter[str]:
        """Return what one run over the visits as they are now would pay, by provider."""
        earned: Counter[str] = Counter()
        for visit in (self.lasting, *self.visits.values()):
            earned.update(self.pay_of(visit))
        return earned

    def rows_of(self, visit: Visit) -> list[tuple[str, ...]]:
        """Return the rows of an export about a visit."""
        return [visit.row]

    def pay_of(self, visit: Visit) -> Mapping[str, int]:
        """Return what a visit earns, by provider."""
        return {visit.provider: CENTS[visit.service]} if visit.is_kept else {}

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
                for plan in books.plan_records.lines_of_run(run):
                    mine[plan.provider] += plan.amount_cents
                for entry in carried:
                    assert mine[entry.provider] == entry.earned_cents
                    mine[entry.provider] = entry.paid_cents
                assert min(mine.values(), default=0) >= 0
                assert sum(mine.values()) == books.run(run).total_cents
                handed.update(mine)
            for _, provider, cents in books.balances():
                handed[provider] += cents
        return handed


def assert_runs_pay_the_truth(practice: Practice) -> None:
    """Play months of visits, exports and corrections. All runs pay what was earned in the end; the same log again pays nothing."""
    practice.see_lasting_patient(FIRST)
    for first, last in MONTHS:
        practice.see_patients(first, last, 14)
        reaches_back = practice.random.choice([0, 12, 30, 100])
        practice.pay(first, last, first - timedelta(reaches_back))
        practice.change_minds(3, last)
    practice.see_patients(date(2026, 9, 1), LAST, 10)

    practice.pay(date(2026, 9, 1), LAST, FIRST)

    assert +practice.handed_over() == +practice.earned()
    before = list(practice.runs)
    practice.pay(date(2026, 9, 1), LAST, FIRST)
    assert practice.runs == before


@pytest.mark.parametrize("has_ids", [True, False], ids=["ids", "no-ids"])
@pytest.mark.parametrize("seed", range(8))
def test_all_runs_together_pay_the_final_truth(tmp_path: Path, seed: int, *, has_ids: bool) -> None:
    practice = Practice(seed, a_ledger(tmp_path, SETUP), has_ids=has_ids)
    assert_runs_pay_the_truth(practice)

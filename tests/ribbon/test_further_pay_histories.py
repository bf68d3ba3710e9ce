"""Whatever happens to visits that are shared and supervised, all runs together pay everybody what the final truth would pay.

The months are those of ``test_adjusted_histories.py``. Here providers have shares of each other's visits and are supervised,
one service is held in groups, and visits may have a second service (rule: pay-runs#shares, pay-runs#supervision).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from server.billing.clinics import ANY, GroupSession, PaidPer, PayBasis, Provider, ShareRule, Supervision
from server.billing.payroll.further_rules import split_cents
from tests.ribbon.clicks import a_ledger
from tests.ribbon.test_add_on_histories import PracticeWithAddOns
from tests.ribbon.test_adjusted_histories import CENTS, FIRST, HEADINGS, LAST, MONTHS, PROVIDERS, SETUP, Visit

JANUARY, AUGUST = date(2026, 1, 1), date(2026, 8, 1)
JANE, MAX, IDA = PROVIDERS
GUIDE, GROUP = "Sue Guide", "EX-102"
SHARES = {
    (JANE, "EX-101"): (MAX, 400_000),
    (JANE, "EX-103"): (IDA, 333_333),
    (MAX, "EX-103"): (JANE, 500_000),
}
SUPERVISED = {MAX: 15_00, IDA: 7_50}
SETUP_OF_ALL = replace(
    SETUP,
    providers=(*SETUP.providers, Provider(GUIDE, provider_id="P9")),
    group_sessions=(GroupSession(GROUP, PaidPer.SESSION, JANUARY),),
    shares=tuple(
        ShareRule(provider, service, partner, share, JANUARY)
        for (provider, service), (partner, share) in SHARES.items()
    ),
    supervision=tuple(
        Supervision(provider, GUIDE, ANY, PayBasis.PER_SESSION, cents, AUGUST)
        for provider, cents in SUPERVISED.items()
    ),
)
"""Supervision begins in August, so that a visit that is moved comes under it or leaves it."""


class PracticeOfMany(PracticeWithAddOns):
    """A practice in which several people are paid for one visit."""

    headings: Sequence[str] = (*HEADINGS, "Start time")

    def rows_of(self, visit: Visit) -> list[tuple[str, ...]]:
        """Return the rows of each service; a group has a row for each of its patients, at least one of whom came."""
        start = f"{8 + visit.number // 60}:{visit.number % 60:02}"
        rows = [(*row, start) for row in super().rows_of(visit)]
        if self.services_of(visit) != [GROUP] or self.random.random() < 0.5:
            return rows
        identity, *facts, _, patient, _ = rows[0]
        status = self.random.choice(["Show", "No show"]) if visit.is_kept else "No show"
        return [*rows, (f"{identity}-2", *facts, status, f"{patient}-2", start)]

    def pay_of(self, visit: Visit) -> Mapping[str, int]:
        """Return what each service earns its provider, those who have a share, and the supervisor."""
        earned: Counter[str] = Counter()
        for service in self.services_of(visit) if visit.is_kept else ():
            partner, share = SHARES.get((visit.provider, service), (visit.provider, 0))
            own, part = split_cents(CENTS[service], [share])
            earned.update({visit.provider: own})
            earned.update({partner: part})
            if visit.day >= AUGUST:
                earned.update({GUIDE: SUPERVISED.get(visit.provider, 0)})
        return earned


@pytest.mark.parametrize("has_ids", [True, False], ids=["ids", "no-ids"])
@pytest.mark.parametrize(
    "seed", [0, 1, 2, 3, 4, 6, 7, 8, 14]
)  # with 5, two visits are so alike that a person has to tell
def test_everybody_is_paid_the_final_truth(tmp_path: Path, seed: int, *, has_ids: bool) -> None:
    practice = PracticeOfMany(seed, a_ledger(tmp_path, SETUP_OF_ALL), has_ids=has_ids)
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

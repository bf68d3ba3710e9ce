"""Whatever happens to the visits of some months, all runs together pay what the pay plans come to for the final truth.

The visits change as in test_adjusted_histories: cancelled, given to another provider, made another service, moved to another day or
month, deleted, entered late. What the plans come to is computed here visit by visit, month by month (rule: pay-runs#pay-plans).
"""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from server.billing.clinics import ANY, PayBasis, PayPlan, PlanKind, PlanMeasure
from tests.ribbon.clicks import a_ledger
from tests.ribbon.test_adjusted_histories import (
    CENTS,
    LAST,
    MONTHS,
    PROVIDERS,
    SETUP,
    Practice,
    assert_runs_pay_the_truth,
)

JANE, MAX, IDA = PROVIDERS
JANUARY = date(2026, 1, 1)


def a_tier(kind: PlanKind, whose: tuple[str, str], lower: int, upper: int | None, cents: int) -> PayPlan:
    """Return a tier of visits that is paid per session; ``whose`` are its provider and service."""
    bound = None if upper is None else upper * 1000
    return PayPlan(
        *whose, kind, PlanMeasure.VISITS, lower * 1000, bound, PayBasis.PER_SESSION, cents, JANUARY
    )


def an_amount(kind: PlanKind, provider: str, cents: int) -> PayPlan:
    """Return a minimum, a cap or a salary."""
    return PayPlan(provider, "", kind, None, None, None, None, cents, JANUARY)


PLANS = (
    a_tier(PlanKind.CLIFF, (JANE, ANY), 3, 5, 60_00),
    a_tier(PlanKind.CLIFF, (JANE, ANY), 5, None, 81_50),
    a_tier(PlanKind.MARGINAL, (MAX, "EX-101"), 0, 2, 40_00),
    a_tier(PlanKind.MARGINAL, (MAX, "EX-101"), 2, None, 90_00),
    an_amount(PlanKind.SALARY, MAX, 100_00),
    an_amount(PlanKind.MINIMUM, ANY, 250_00),
    an_amount(PlanKind.CAP, IDA, 300_00),
)
PLANNED = replace(SETUP, pay_plans=PLANS)
ALL_MONTHS = (*MONTHS, (date(2026, 9, 1), LAST))


class PlannedPractice(Practice):
    """A practice that pays by plans."""

    def earned(self) -> Counter[str]:
        """Return what the final truth earns, visit by visit and month by month."""
        services: dict[tuple[str, int], list[str]] = defaultdict(list)
        for visit in (self.lasting, *self.visits.values()):
            if visit.is_kept:
                services[visit.provider, visit.day.month].append(visit.service)
        earned: Counter[str] = Counter()
        for provider in PROVIDERS:
            for first, _ in ALL_MONTHS:
                earned[provider] += _paid_of_month(provider, services[provider, first.month])
        return earned


def _paid_of_month(provider: str, services: list[str]) -> int:
    """Return what one provider earns in one month for visits of these services."""
    cents = sum(CENTS[service] for service in services)
    if provider == JANE:
        if len(services) >= 5:
            cents = len(services) * 81_50
        elif len(services) >= 3:
            cents = len(services) * 60_00
    if provider == MAX:
        talks = services.count("EX-101")
        slices = [40_00, 40_00, *[90_00] * max(0, talks - 2)][:talks]
        cents += sum(slices) - talks * CENTS["EX-101"] + 100_00
    cents = max(cents, 250_00)
    return min(cents, 300_00) if provider == IDA else cents


@pytest.mark.parametrize("has_ids", [True, False], ids=["ids", "no-ids"])
@pytest.mark.parametrize("seed", range(8))
def test_all_runs_together_pay_what_the_plans_come_to(tmp_path: Path, seed: int, *, has_ids: bool) -> None:
    practice = PlannedPractice(seed, a_ledger(tmp_path, PLANNED), has_ids=has_ids)
    assert_runs_pay_the_truth(practice)

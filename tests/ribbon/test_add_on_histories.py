"""Whatever happens to appointments with several services, all runs together pay each of their services exactly once.

The months are those of ``test_adjusted_histories.py``. Here a visit may also have a second service, which is added and
removed again between the exports (rule: pay-runs#several-services).
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from tests.ribbon.clicks import a_ledger
from tests.ribbon.test_adjusted_histories import (
    CENTS,
    SETUP,
    Practice,
    Visit,
    assert_runs_pay_the_truth,
)


class PracticeWithAddOns(Practice):
    """A practice in which every third visit may have a second service. ``second`` maps visits to it."""

    def see_patients(self, first: date, last: date, how_many: int) -> None:
        """Add visits of some days, and second services to some of them."""
        before = {*self.visits}
        super().see_patients(first, last, how_many)
        self.second = getattr(self, "second", {})
        for number in self.visits.keys() - before:
            if self.random.random() < 0.4:
                self.second[number] = self.random.choice([*CENTS])

    def change_minds(self, how_many: int, until: date) -> None:
        """Change visits, and add and remove second services."""
        super().change_minds(how_many, until)
        for number in self.random.sample(sorted(self.visits), 3):
            if number in self.second:
                del self.second[number]
            else:
                self.second[number] = self.random.choice([*CENTS])

    def services_of(self, visit: Visit) -> list[str]:
        """Return the services of a visit: a second one that equals the first is none."""
        return [*dict.fromkeys((visit.service, self.second.get(visit.number, visit.service)))]

    def rows_of(self, visit: Visit) -> list[tuple[str, ...]]:
        """Return a row for each service."""
        return [(*visit.row[:3], service, *visit.row[4:]) for service in self.services_of(visit)]

    def pay_of(self, visit: Visit) -> Mapping[str, int]:
        """Return the sum of the services."""
        cents = sum(CENTS[service] for service in self.services_of(visit))
        return Counter({visit.provider: cents}) if visit.is_kept else {}


@pytest.mark.parametrize("has_ids", [True, False], ids=["ids", "no-ids"])
@pytest.mark.parametrize("seed", range(8))
def test_each_service_is_paid_once_over_all_runs(tmp_path: Path, seed: int, *, has_ids: bool) -> None:
    practice = PracticeWithAddOns(seed, a_ledger(tmp_path, SETUP), has_ids=has_ids)
    assert_runs_pay_the_truth(practice)

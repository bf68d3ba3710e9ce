"""Whatever happens to group sessions, all runs together pay each session exactly once, whoever of its patients came.

The months are those of ``test_adjusted_histories.py``. Here each visit of one service is a session with several patients, and
which of them come changes between the exports (rule: pay-runs#group-sessions).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from server.billing.clinics import GroupSession, PaidPer
from tests.ribbon.clicks import a_ledger
from tests.ribbon.test_adjusted_histories import (
    CENTS,
    HEADINGS,
    SETUP,
    Practice,
    Visit,
    assert_runs_pay_the_truth,
)

GROUP = "EX-102"
SETUP_OF_GROUPS = replace(SETUP, group_sessions=(GroupSession(GROUP, PaidPer.SESSION, date(2026, 1, 1)),))


class PracticeWithGroups(Practice):
    """A practice in which one service is held in groups."""

    headings: Sequence[str] = (*HEADINGS, "Start time")

    def rows_of(self, visit: Visit) -> list[tuple[str, ...]]:
        """Return a row for each patient of a session. Somebody came to a session that took place."""
        start = f"{8 + visit.number // 60}:{visit.number % 60:02}"
        if visit.service != GROUP:
            return [(*visit.row, start)]
        patients = range(self.random.randint(1, 4))
        came = [visit.is_kept and (number == 0 or self.random.random() < 0.6) for number in patients]
        self.random.shuffle(came)
        rows = []
        for number, is_there in zip(patients, came, strict=True):
            identity, *facts, _, patient = visit.row
            status = "Show" if is_there else "No show"
            rows.append((f"{identity}-{number}", *facts, status, f"{patient}-{number}", start))
        return rows

    def pay_of(self, visit: Visit) -> Mapping[str, int]:
        """Return what a session earns."""
        return {visit.provider: CENTS[visit.service]} if visit.is_kept else {}


@pytest.mark.parametrize("has_ids", [True, False], ids=["ids", "no-ids"])
@pytest.mark.parametrize("seed", range(8))
def test_each_session_is_paid_once_over_all_runs(tmp_path: Path, seed: int, *, has_ids: bool) -> None:
    practice = PracticeWithGroups(seed, a_ledger(tmp_path, SETUP_OF_GROUPS), has_ids=has_ids)
    assert_runs_pay_the_truth(practice)

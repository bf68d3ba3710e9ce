"""Whatever is held, repaired, voided and run again: each visit is paid at most once, and once if its row is right in the end."""

from collections import Counter
from itertools import product
from pathlib import Path
from random import Random

import pytest

from server.ledger.verify import Verified
from tests.ribbon.clicks import a_ledger
from tests.ribbon.held_history import HOURLY, History

ACTS = 8
KINDS = [*product((True, False), repeat=2)]
"""Whether the logs have IDs, and whether they name patients."""


@pytest.mark.parametrize("seed", range(12))
def test_each_visit_is_paid_once_however_its_row_was_held(tmp_path: Path, seed: int) -> None:
    random = Random(seed)  # noqa: S311 - the same histories every time
    has_ids, has_patients = KINDS[seed % len(KINDS)]
    history = History(a_ledger(tmp_path / "ledger", HOURLY), random, has_ids, has_patients)
    history.begin()
    took_place = Counter(visit.paid_as for visit in history.visits)
    for _ in range(ACTS):
        history.act()
        assert history.paid() <= took_place, history.done
        assert history.held_states().count("waiting") >= history.least_waiting(), history.done
    history.end()

    assert history.paid() == took_place, history.done
    assert "waiting" not in history.held_states(), history.done
    store = history.ledger.clinic("lakeside")
    with store.reading() as books:
        for run in books.runs():
            assert run.rows_in == run.paid + run.excluded + run.held + run.blocked + run.already_paid
    assert isinstance(store.verify(), Verified)

"""However late notes are signed: each visit is paid once, never before its note is signed, and no row is lost."""

from collections import Counter
from itertools import product
from pathlib import Path
from random import Random

import pytest

from server.ledger.verify import Verified
from tests.ribbon.clicks import a_ledger
from tests.ribbon.held_history import HOURLY
from tests.ribbon.note_history import NoteHistory

ACTS = 9
KINDS = [*product((True, False), repeat=2)]
"""Whether the logs have IDs, and whether they name patients."""


@pytest.mark.parametrize("seed", range(12))
def test_each_visit_is_paid_once_and_only_when_its_note_is_signed(tmp_path: Path, seed: int) -> None:
    random = Random(seed)  # noqa: S311 - the same histories every time
    has_ids, has_patients = KINDS[seed % len(KINDS)]
    history = NoteHistory(a_ledger(tmp_path / "ledger", HOURLY), random, has_ids, has_patients)
    history.begin()
    for _ in range(ACTS):
        history.act()
        if random.random() < 0.3:
            history.unlock()
        assert history.paid_cents() <= history.may_be_paid(), history.done
        if has_ids:
            right = Counter(history.visits[number].paid_as for number in history.was_right)
            assert history.paid() <= right, history.done
    history.end()

    assert history.paid_cents() == history.all_cents(), history.done
    if has_ids:
        assert history.paid() == Counter(visit.paid_as for visit in history.visits), history.done
        # Without IDs, a visit that two runs held may go on waiting if the second of them is voided.
        assert "waiting" not in history.held_states(), history.done
    store = history.ledger.clinic("lakeside")
    with store.reading() as books:
        for run in books.runs():
            assert run.rows_in == run.paid + run.excluded + run.held + run.blocked + run.already_paid
    assert isinstance(store.verify(), Verified)

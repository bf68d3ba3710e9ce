"""Held visits in the books: entered with the approval or not at all, settled once, and right after a void."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from server.billing.payroll.held_visits import DraftHolds, HeldRowFound, HeldState
from server.billing.payroll.pay_run import Outcome, Period
from server.errors import AlreadyPaidElsewhere, RunHasBlockers
from server.ledger.clinic_books import ClinicBooks
from server.ledger.clinic_store import ClinicStore
from server.ledger.payroll.drafts import KnownBy
from server.ledger.store import Ledger
from server.ledger.verify import Verified
from tests.behind import open_books
from tests.ledger import worker
from tests.ledger.invented import LAKESIDE, OCTOBER, OCTOBER_RUN, a_blocked_row, a_run
from tests.ledger.refused import RULE_BROKEN

Raw = Callable[[str], list[tuple[object, ...]]]

KILLS = 3
DECEMBER = Period(date(2026, 12, 1), date(2026, 12, 31))
NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))
AGAIN = "lakeside-2026-10-r2"
"""The next run of October."""

HELD_AS_COUNTED = """
SELECT COUNT(*) FROM pay_run WHERE (SELECT COUNT(*) FROM held_visit WHERE run = pay_run.id)
    <> CASE state WHEN 'draft' THEN 0 ELSE held END
"""


def draft(
    books: ClinicBooks, *identities: str, holds: DraftHolds | None = None, period: Period = OCTOBER
) -> str:
    """Record a draft of some visits, with a blocked row unless ``holds`` says otherwise."""
    holds = DraftHolds((a_blocked_row(),)) if holds is None else holds
    blocked = len(holds.blocked)
    run = a_run(identities, run_id=books.run_id_for(period), blocked=blocked, period=period)
    books.record_draft(run, KnownBy(identities, tuple(books.paid_before((), ()).runs)), b"{}", "ana")
    books.held_visits.record_draft(run.id, holds)
    return run.id


def states(lakeside: ClinicStore) -> list[HeldState]:
    with lakeside.reading() as books:
        return [visit.state for visit in books.held_visits.find()]


def test_a_draft_of_an_earlier_version_is_generated_again_before_its_rows_are_held(
    lakeside: ClinicStore,
) -> None:
    with lakeside.transaction() as books:
        draft(books, "A-1")
        books.held_visits.record_draft(OCTOBER_RUN, DraftHolds())
    with lakeside.transaction() as books, pytest.raises(RunHasBlockers):
        books.close_run(OCTOBER_RUN, "max", holds_rows=True)
    assert states(lakeside) == []


def test_a_visit_paid_under_its_id_is_settled_although_the_draft_did_not_know_it(
    lakeside: ClinicStore,
) -> None:
    with lakeside.transaction() as books:
        other = draft(books, "id:b-1", holds=DraftHolds(), period=NOVEMBER)
        draft(books, "A-1")
        books.close_run(OCTOBER_RUN, "max", holds_rows=True)
    assert states(lakeside) == [HeldState.WAITING]
    with lakeside.transaction() as books:
        books.close_run(other, "max")
    assert states(lakeside) == [HeldState.PAID]


def test_a_row_that_another_run_has_paid_since_does_not_wait_until_that_run_is_voided(
    lakeside: ClinicStore,
) -> None:
    with lakeside.transaction() as books:
        draft(books, "A-1")
        other = draft(books, "id:b-1", holds=DraftHolds(), period=NOVEMBER)
        books.close_run(other, "max")
        books.close_run(OCTOBER_RUN, "max", holds_rows=True)
    assert states(lakeside) == [HeldState.PAID]
    with lakeside.transaction() as books:
        books.void_run(other, "a slip", "max")
    assert states(lakeside) == [HeldState.WAITING]


def test_a_held_visit_that_another_run_settled_is_not_paid_again_under_another_id(
    lakeside: ClinicStore,
) -> None:
    paid = DraftHolds((), (HeldRowFound(1, 4, Outcome.PAID),))
    with lakeside.transaction() as books:
        draft(books, "A-1")
        books.close_run(OCTOBER_RUN, "max", holds_rows=True)
        again = draft(books, "N-1", holds=paid, period=DECEMBER)
        other = draft(books, "N-2", holds=paid, period=NOVEMBER)
        books.close_run(again, "max")
    with lakeside.transaction() as books, pytest.raises(AlreadyPaidElsewhere, match=again):
        books.close_run(other, "max")
    assert states(lakeside) == [HeldState.PAID]


def test_the_file_itself_settles_a_visit_once_and_holds_no_row_for_a_closed_run(
    lakeside: ClinicStore, raw: Raw
) -> None:
    with lakeside.transaction() as books:
        draft(books, "A-1")
        books.close_run(OCTOBER_RUN, "max", holds_rows=True)
        draft(books, "N-1", holds=DraftHolds((), (HeldRowFound(1, 4, Outcome.PAID),)))
        books.close_run(AGAIN, "max")
    outcome = "INSERT INTO held_visit_outcome (held, run, outcome) VALUES (1, '{run}', 'excluded')"
    with pytest.raises(RULE_BROKEN, match="already settled"):
        raw(outcome.format(run=OCTOBER_RUN))
    columns = "sheet, identity, source_row, heading, appointment, day, provider, folded_provider, provider_key, service"
    copied = f"INSERT INTO held_visit (run, place, {columns}, patient_key, code, problem) SELECT run, 9, {columns}, '', '', ''"
    with pytest.raises(RULE_BROKEN, match="never added to a closed run"):
        raw(f"{copied} FROM held_visit")


def test_a_run_holds_its_rows_in_the_order_of_the_log(lakeside: ClinicStore) -> None:
    rows = tuple(replace(a_blocked_row(), source_row=row, identity="") for row in (4, 7, 9))
    with lakeside.transaction() as books:
        draft(books, "A-1", holds=DraftHolds(rows))
        header = books.close_run(OCTOBER_RUN, "max", holds_rows=True)
        assert (header.held, header.blocked, header.rows_in) == (3, 0, 4)
        assert [visit.row for visit in books.held_visits.find()] == list(rows)


@pytest.mark.many_rounds
def test_a_program_killed_while_it_approves_leaves_runs_with_all_their_held_rows_or_none(
    folder: Path,
) -> None:
    before = 0
    lakeside = Ledger(folder).open_clinic(LAKESIDE)
    for _ in range(KILLS):
        program = subprocess.Popen([sys.executable, worker.__file__, folder, "hold", "1000000"])
        while (now := len(states(lakeside))) < before + 5:
            assert program.poll() is None
        program.kill()
        program.wait()
        before = now

        found = states(lakeside)
        assert found == [HeldState.HELD_AGAIN] * (len(found) - 1) + [HeldState.WAITING]
        with lakeside.reading() as books:
            assert books.held_visits.count() == sum(run.held for run in books.runs())
        Ledger(folder).close()
        with open_books(folder, "lakeside") as execute:
            assert execute(HELD_AS_COUNTED) == [(0,)]
        assert isinstance(lakeside.verify(), Verified)

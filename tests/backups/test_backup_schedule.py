"""When a backup is due, and when people are told that it is late."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.backups.backup_run import run_backup
from server.backups.backup_schedule import TRY_AGAIN_AFTER, is_due
from server.backups.backup_state import (
    RECORD,
    BackupState,
    backup_state,
    look,
    record_failure,
    recorded_state,
    try_backup,
)
from server.backups.kept_copies import KeptCounts
from server.ledger.store import Ledger
from tests.backups.conftest import Clock

OHIO = timezone(timedelta(hours=-5))
FOLDER = Path("backups")
NOON = datetime(2026, 11, 30, 12, 0, tzinfo=OHIO)
USUAL = KeptCounts()


@pytest.mark.parametrize(
    ("last_good", "due"),
    [
        (None, True),
        (datetime(2026, 11, 30, 2, 0, 5, tzinfo=OHIO), False),
        (datetime(2026, 11, 30, 1, 59, tzinfo=OHIO), True),
        (datetime(2026, 11, 30, 7, 0, 5, tzinfo=UTC), False),
        (datetime(2026, 11, 20, 2, 0, tzinfo=OHIO), True),
    ],
)
def test_one_is_due_if_there_is_none_since_the_last_night(last_good: datetime | None, *, due: bool) -> None:
    assert is_due(BackupState(FOLDER, last_good), NOON, 2) is due


def test_before_the_hour_the_backup_of_yesterday_will_do() -> None:
    state = BackupState(FOLDER, NOON - timedelta(hours=17))
    assert not is_due(state, NOON, 18)
    assert is_due(state, NOON.replace(hour=18), 18)


@pytest.mark.parametrize(
    ("tried_before", "due"),
    [(timedelta(minutes=1), False), (TRY_AGAIN_AFTER, True), (-timedelta(days=200), True)],
    ids=["just now", "an hour ago", "with a clock that was ahead"],
)
def test_after_a_failure_it_is_tried_again_an_hour_later(tried_before: timedelta, *, due: bool) -> None:
    state = BackupState(FOLDER, NOON - timedelta(days=3), NOON - tried_before, "The disk is full.")
    assert is_due(state, NOON, 2) is due


@given(st.lists(st.integers(1, 3000), min_size=1, max_size=40), st.integers(0, 23))
def test_a_service_that_looks_often_makes_at_most_one_a_night_and_misses_none(
    minutes: list[int], hour: int
) -> None:
    now, state, made = NOON, BackupState(FOLDER), []
    for step in minutes:
        now += timedelta(minutes=step)
        if is_due(state, now, hour):
            made.append(now)
            state = BackupState(FOLDER, now, now)
        assert not is_due(state, now, hour)
        assert state.last_good
        assert now - state.last_good < timedelta(days=1)
    nights = [(at - timedelta(hours=hour)).date() for at in made]
    assert len(nights) == len(set(nights))


@pytest.mark.parametrize(
    ("age", "late"),
    [
        (timedelta(hours=36), False),
        (timedelta(hours=36, seconds=1), True),
        (None, True),
        (-timedelta(minutes=4), False),
        (-timedelta(days=900), True),
    ],
)
def test_after_36_hours_the_last_good_one_is_late(age: timedelta | None, *, late: bool) -> None:
    assert BackupState(FOLDER, NOON - age if age else None).is_late(NOON) is late


def test_how_backups_stand_is_on_record_in_the_ledger_folder(
    ledger: Ledger, backups: Path, clock: Clock, tmp_path: Path
) -> None:
    assert recorded_state(ledger.folder, backups) is None
    made = try_backup(ledger, backups, USUAL).made
    state = recorded_state(ledger.folder, backups)
    assert state == BackupState(backups, made.made_at, made.made_at, "")
    assert recorded_state(ledger.folder, tmp_path / "another folder") is None
    backups.rename(tmp_path / "taken away")
    clock.pass_time(days=2)
    found = look(ledger, backups)
    assert (found.last_good, found.is_late(clock.now)) == (made.made_at, True)
    assert "cannot be read (No such file or directory)" in found.problem


def test_a_backup_made_by_somebody_else_ends_the_alarm(ledger: Ledger, backups: Path, clock: Clock) -> None:
    record_failure(ledger, backups, "The backup ended in the middle.")
    assert look(ledger, backups).problem
    clock.pass_time(minutes=5)
    run_backup(ledger, backups, USUAL)
    assert not look(ledger, backups).problem


def test_a_backup_dated_ahead_is_not_counted(ledger: Ledger, backups: Path, clock: Clock) -> None:
    clock.pass_time(days=90)
    try_backup(ledger, backups, USUAL)
    clock.pass_time(days=-90)
    assert backup_state(ledger, backups).last_good is None
    assert is_due(backup_state(ledger, backups), clock.now, 2)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"folder": 3}', b"\xff"])
def test_a_record_that_cannot_be_read_is_none(ledger: Ledger, backups: Path, content: bytes) -> None:
    (ledger.folder / RECORD).write_bytes(content)
    assert recorded_state(ledger.folder, backups) is None
    assert look(ledger, backups) == BackupState(backups)

"""Sessions: looked up for each request, and ended by time, by their user, and by an administrator."""

import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.errors import SessionEnded, SignInNeeded, UnknownUser
from server.ledger.people.people import People
from server.ledger.people.sign_in_rules import SessionKind
from server.ledger.store import Ledger
from tests.behind import stored_of_firm
from tests.disks import read_only
from tests.ledger.peopled import CHEAP, LOCAL, Clock, a_ledger, add_ana, add_max, sign_in


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Ledger:
    return a_ledger(tmp_path / "ledger", clock)


@pytest.fixture
def people(ledger: Ledger) -> People:
    add_max(ledger.people)
    add_ana(ledger.people)
    return ledger.people


def works(people: People, token: str | None) -> bool:
    """Return whether a token works; the quick look never says more than the other one."""
    at_once = people.sessions.identify_at_once(token)
    try:
        person = people.sessions.identify(token)
    except (SessionEnded, SignInNeeded):
        assert at_once is None
        return False
    assert at_once in {None, person}
    return True


@pytest.mark.parametrize("token", [None, "", "guessed", "\ud800", "x" * 1_000_000, "'; --"])
def test_what_is_no_token_needs_a_sign_in(people: People, token: str | None) -> None:
    sign_in(people)
    assert people.sessions.identify_at_once(token) is None
    with pytest.raises(SignInNeeded):
        people.sessions.identify(token)


@pytest.mark.parametrize(
    ("kind", "idle", "longest"),
    [
        (SessionKind.PAGE, timedelta(minutes=15), timedelta(hours=12)),
        (SessionKind.ADDIN, timedelta(hours=12), timedelta(hours=24)),
        (SessionKind.PROGRAM, timedelta(hours=12), timedelta(hours=24)),
    ],
)
def test_a_session_ends_when_nobody_uses_it_and_in_any_case(
    people: People, clock: Clock, kind: SessionKind, idle: timedelta, longest: timedelta
) -> None:
    begun, token = clock.now, sign_in(people, kind=kind)
    clock.now += idle
    with pytest.raises(SessionEnded, match="was not used for"):
        people.sessions.identify(token)
    token, clock.now = sign_in(people, kind=kind), clock.now
    begun = clock.now
    while clock.now + idle * 0.9 < begun + longest:
        clock.now += idle * 0.9
        assert works(people, token)
    clock.now = begun + longest
    with pytest.raises(SessionEnded, match="hours after it began"):
        people.sessions.identify(token)


def test_the_idle_times_are_settings(tmp_path: Path, clock: Clock) -> None:
    rules = replace(CHEAP, page_idle=timedelta(minutes=5))
    people = a_ledger(tmp_path / "other", clock, rules).people
    add_max(people)
    token = sign_in(people, "max")
    clock.go_on(minutes=5)
    with pytest.raises(SessionEnded, match="5 minutes"):
        people.sessions.identify(token)


def test_the_last_use_is_written_at_most_every_minute(people: People, clock: Clock) -> None:
    token = sign_in(people)
    written = set()
    for _ in range(120):
        clock.go_on(seconds=5)
        assert works(people, token)
        written.add(people.sessions.list_sessions("ana")[0].used_at)
    assert 8 <= len(written) <= 11


def test_uses_leave_nothing_in_the_journal(people: People, ledger: Ledger, clock: Clock) -> None:
    token = sign_in(people)
    before = ledger.firm_journal_head()
    for _ in range(10):
        clock.go_on(minutes=2)
        assert works(people, token)
    assert ledger.firm_journal_head() == before


@settings(max_examples=20, deadline=None)
@given(steps=st.lists(st.integers(-2_000, 2_000), max_size=12))
def test_a_clock_that_jumps_never_prolongs_a_session(
    tmp_path_factory: pytest.TempPathFactory, steps: list[int]
) -> None:
    """A session works only within its hard end, and within the idle time after a use that was no later than now."""
    clock = Clock()
    ledger = a_ledger(tmp_path_factory.mktemp("clock"), clock)
    add_max(ledger.people)
    begun, token = clock.now, sign_in(ledger.people, "max")
    used = [begun]
    for seconds in steps:
        clock.go_on(seconds=seconds)
        if works(ledger.people, token):
            assert begun - timedelta(minutes=1) <= clock.now < begun + timedelta(hours=12)
            assert clock.now - max(used) < timedelta(minutes=15)
            used.append(clock.now)
    ledger.close()


def test_a_session_is_signed_out_by_its_token_and_by_nothing_else(people: People, ledger: Ledger) -> None:
    first, second = sign_in(people), sign_in(people)
    people.sessions.sign_out("guessed")
    people.sessions.sign_out(first)
    people.sessions.sign_out(first)
    assert not works(people, first)
    assert works(people, second)
    assert [row.what for row in ledger.access.rows(3)].count("sign-out") == 1


def test_sessions_of_one_user_are_ended_by_an_administrator_or_the_user(people: People) -> None:
    tokens = [sign_in(people) for _ in range(3)]
    other = sign_in(people, "max")
    assert people.sessions.end_sessions(LOCAL, "ana") == 3
    assert not any(works(people, token) for token in tokens)
    assert works(people, other)
    ana = people.users.find("ana").person
    token = sign_in(people)
    assert people.sessions.end_sessions(ana, "ana") == 1
    assert not works(people, token)
    with pytest.raises(UnknownUser):
        people.sessions.end_sessions(LOCAL, "nobody")


def test_sessions_that_have_ended_are_not_listed(people: People, clock: Clock) -> None:
    sign_in(people)
    sign_in(people, "max", SessionKind.ADDIN)
    assert [one.sign_in_name for one in people.sessions.list_sessions()] == ["ana", "max"]
    clock.go_on(minutes=16)
    assert [one.sign_in_name for one in people.sessions.list_sessions()] == ["max"]
    assert people.sessions.list_sessions("ana") == []
    with pytest.raises(UnknownUser):
        people.sessions.list_sessions("nobody")


@pytest.mark.sqlite("a folder that can only be read")
def test_a_ledger_that_can_only_be_read_still_knows_its_sessions(
    people: People, ledger: Ledger, clock: Clock, tmp_path: Path
) -> None:
    token = sign_in(people)
    ledger.close()
    clock.go_on(minutes=3)  # the use should be written down, and cannot be
    with read_only(ledger.folder, tmp_path / "share") as share:
        assert works(Ledger(share, clock, sign_in_rules=CHEAP).people, token)
        Ledger(share).close()


def test_the_file_holds_no_token_that_works(people: People, ledger: Ledger) -> None:
    token = sign_in(people)
    ledger.close()
    stored = stored_of_firm(ledger.folder)
    assert b"ana" in stored
    assert token.encode() not in stored


@pytest.mark.sqlite("a glance at a file that is open already")
def test_a_request_is_identified_in_a_glance(people: People) -> None:
    token = sign_in(people)
    people.sessions.identify(token)
    taken = []
    for _ in range(200):
        start = time.perf_counter()
        assert people.sessions.identify_at_once(token)
        taken.append(time.perf_counter() - start)
    assert sorted(taken)[100] < 0.002

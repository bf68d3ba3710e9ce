"""Tokens: who may use the service, looked up for each request, until it is revoked or nobody used it for half a year."""

import statistics
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from server.errors import TokenExpired, TokenNeeded, TokenNotListed, TokenRevoked, TokenUnknown
from server.ledger.store import Ledger
from server.ledger.tokens import UNUSED_DAYS, Tokens
from tests.disks import read_only
from tests.ledger.conftest import a_clock


@dataclass
class Clock:
    """The ledger's clock, moved by hand."""

    days: float = 0.0

    def __call__(self) -> datetime:
        return a_clock() + timedelta(days=self.days)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens(tmp_path: Path, clock: Clock) -> Tokens:
    """Return the tokens of a ledger that gave none yet."""
    return Ledger(tmp_path, clock).tokens


def objection(tokens: Tokens, token: str | None) -> type | None:
    found = tokens.objection_to(token)
    return type(found) if found else None


def test_every_way_to_ask_gives_the_same_answer(tokens: Tokens, clock: Clock, *, sees_at_once: bool) -> None:
    """The quick look may only leave the decision to the other one, never decide otherwise."""
    assert tokens.admits(None)
    assert tokens.admits_at_once(None) == sees_at_once
    assert tokens.admits_at_once("anything") == sees_at_once
    valid, revoked, old = tokens.give("office"), tokens.give("office"), tokens.give("office")
    tokens.revoke(tokens.list_tokens()[-1].id)
    for days in (0, 0.1, 1, UNUSED_DAYS - 1, UNUSED_DAYS, UNUSED_DAYS + 1, 900, -900):
        clock.days = days
        for token in (None, "", "guessed", valid, revoked, old):
            admitted = tokens.admits(token)
            assert tokens.admits_at_once(token) <= admitted
            assert (tokens.objection_to(token) is None) == admitted


def test_the_answer_comes_at_once_when_the_books_are_open_and_the_use_is_written_down(
    tokens: Tokens, tmp_path: Path, *, sees_at_once: bool
) -> None:
    token = tokens.give("office")
    Ledger(tmp_path).close()
    assert not tokens.admits_at_once(token)  # nothing is open: opening is left to another thread
    assert tokens.admits(token)
    assert tokens.admits_at_once(token) == sees_at_once
    assert not tokens.admits_at_once("another")
    assert not tokens.admits_at_once(None)


def test_a_token_another_program_revoked_is_refused_from_that_moment_on(
    tokens: Tokens, tmp_path: Path, *, sees_at_once: bool
) -> None:
    token = tokens.give("office")
    assert tokens.admits(token)
    assert tokens.admits_at_once(token) == sees_at_once
    (listed,) = tokens.list_tokens()
    Ledger(tmp_path).tokens.revoke(listed.id)
    assert not tokens.admits_at_once(token)
    assert objection(tokens, token) is TokenRevoked


def test_an_open_ledger_is_closed_by_its_first_token(tokens: Tokens, *, sees_at_once: bool) -> None:
    assert tokens.admits(None)
    assert tokens.admits_at_once(None) == sees_at_once
    tokens.give("desktop")
    assert not tokens.admits_at_once(None)
    assert objection(tokens, None) is TokenNeeded
    assert objection(tokens, "guessed") is TokenUnknown


def test_a_token_expires_half_a_year_after_its_last_use(tokens: Tokens, clock: Clock) -> None:
    token = tokens.give("office")
    for _ in range(5):
        clock.days += UNUSED_DAYS - 1
        assert tokens.admits(token)
    clock.days += UNUSED_DAYS
    assert objection(tokens, token) is TokenExpired
    assert not tokens.admits_at_once(token)
    assert [one.is_expired for one in tokens.list_tokens()] == [True]


def test_the_last_use_is_written_at_most_hourly(tokens: Tokens, clock: Clock) -> None:
    token = tokens.give("office")
    written = set()
    for minute in range(0, 24 * 60, 7):
        clock.days = minute / 24 / 60
        assert tokens.admits(token)
        written.add(tokens.list_tokens()[0].used_at)
    assert 20 <= len(written - {""}) <= 24


def test_a_clock_set_back_or_ahead_for_a_while_costs_no_token(tokens: Tokens, clock: Clock) -> None:
    token = tokens.give("office")
    for days in (0, 100, -2000, 150, 400, 170):
        clock.days = days
        assert tokens.admits(token) == (days != 400)


@pytest.mark.sqlite("a folder that can only be read")
def test_a_ledger_that_can_only_be_read_still_knows_its_tokens(tmp_path: Path, clock: Clock) -> None:
    ledger = Ledger(tmp_path / "ledger", clock)
    token = ledger.tokens.give("office")
    ledger.close()
    clock.days = 3  # the use should be written down, and cannot be
    with read_only(tmp_path / "ledger", tmp_path / "share") as share:
        assert Ledger(share, clock).tokens.admits(token)
        Ledger(share).close()


def test_one_token_is_revoked_and_the_others_stay(tokens: Tokens) -> None:
    first, second = tokens.give("office", "Ana's Excel"), tokens.give("office", "Ben's Excel")
    ids = {one.name: one.id for one in tokens.list_tokens()}
    assert tokens.revoke(ids["Ana's Excel"].upper()).name == "Ana's Excel"
    assert objection(tokens, first) is TokenRevoked
    assert tokens.admits(second)
    assert [one.name for one in tokens.list_tokens()] == ["Ben's Excel"]


def test_an_id_that_names_none_or_several_revokes_none(tokens: Tokens) -> None:
    for _ in range(40):
        tokens.give("office")
    for wrong in ("", "zz", tokens.list_tokens()[0].id[:0], "%"):
        with pytest.raises(TokenNotListed):
            tokens.revoke(wrong)
    shared = next(one for one in "0123456789abcdef" if sum(t.id[0] == one for t in tokens.list_tokens()) > 1)
    with pytest.raises(TokenNotListed, match=r"names \d+ tokens"):
        tokens.revoke(shared)
    assert len(tokens.list_tokens()) == 40


@pytest.mark.sqlite("a glance at a file that is open already")
def test_the_quick_look_takes_microseconds_although_others_write_to_the_books_all_the_time(
    tokens: Tokens, tmp_path: Path
) -> None:
    token = tokens.give("office")
    assert tokens.admits(token)
    other = Ledger(tmp_path).tokens
    spent = []
    for number in range(50):
        if number % 5 == 0:
            other.give("office")
        begun = time.perf_counter()
        assert tokens.admits_at_once(token)
        spent.append(time.perf_counter() - begun)
    assert statistics.median(spent) < 0.002  # seconds; 20 microseconds on a computer that does nothing else

"""Who is let in without opening the firm's books, and for how long."""

import os
import time
from pathlib import Path

import pytest

from server.ledger.store import Ledger
from server.ledger.tokens import MOST_REMEMBERED, Tokens


def aged(folder: Path) -> None:
    """Have the firm's books written to a minute ago: nothing written in that tick can be confused with it."""
    then = time.time() - 60
    for path in folder.glob("firm.db*"):
        os.utime(path, (then, then))


@pytest.fixture
def tokens(tmp_path: Path) -> Tokens:
    """Return the tokens of a ledger that gave none yet, its books made."""
    ledger = Ledger(tmp_path)
    assert not ledger.tokens.has_tokens()
    ledger.close()
    return ledger.tokens


def test_a_token_once_admitted_is_known_until_the_books_are_written_to(
    tokens: Tokens, tmp_path: Path
) -> None:
    token = tokens.give("office")
    aged(tmp_path)
    assert not tokens.still_admits(token)
    assert tokens.admits(token)
    assert tokens.still_admits(token)
    assert not tokens.still_admits("another")
    assert not tokens.still_admits(None)


def test_a_token_another_program_forgot_is_not_remembered(tokens: Tokens, tmp_path: Path) -> None:
    token = tokens.give("office")
    aged(tmp_path)
    assert tokens.admits(token)
    Ledger(tmp_path).tokens.forget_all()
    assert not tokens.still_admits(token)
    assert not tokens.admits(token)


def test_an_open_ledger_is_closed_to_those_it_knew_by_the_first_token(tokens: Tokens, tmp_path: Path) -> None:
    aged(tmp_path)
    assert tokens.admits(None)
    assert tokens.still_admits(None)
    tokens.give("desktop")
    assert not tokens.still_admits(None)
    assert not tokens.admits(None)


def test_books_written_to_a_moment_ago_are_not_relied_on(tokens: Tokens) -> None:
    token = tokens.give("office")
    assert tokens.admits(token)
    assert not tokens.still_admits(token)


def test_a_refusal_is_never_remembered(tokens: Tokens, tmp_path: Path) -> None:
    tokens.give("office")
    aged(tmp_path)
    assert not tokens.admits("guessed")
    assert not tokens.still_admits("guessed")


def test_an_open_ledger_does_not_remember_whatever_it_is_shown(tokens: Tokens, tmp_path: Path) -> None:
    aged(tmp_path)
    shown = [f"token {number}" for number in range(MOST_REMEMBERED + 10)]
    assert all(map(tokens.admits, shown))
    assert sum(map(tokens.still_admits, shown)) == MOST_REMEMBERED

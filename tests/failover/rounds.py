"""Rounds of a failover: people press buttons, the primary is killed, the standby takes over, and the books are checked."""

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from tests.failover.ledger_on_pair import LedgerOnPair
from tests.failover.pressing import Carried, Pressing, people_pressing

PEOPLE = 4
PATIENCE_SECONDS = 60.0
APPLY_DELAY_MILLISECONDS = 50
"""How late the standby shows a commit, so that many a kill falls between a commit and its answer."""


@dataclass(frozen=True, slots=True)
class Round:
    """What one failover did to the clicks that were carried out since the one before.

    ``resolved`` is how many of them the killed primary had recorded, and were answered once the other server said so.
    ``away_seconds`` is from the kill of the primary to the end of the promotion, ``back_seconds`` from there to the answer to
    the first click that was sent after the kill.
    """

    carried: list[Carried]
    resolved: int
    away_seconds: float
    back_seconds: float


def fail_over_often(ledger: LedgerOnPair, url: str, rounds: int, seed: int) -> Iterator[Round]:
    """Let the database fail over while people press buttons; check the books after each round, then yield what happened.

    Between the kill and the promotion is up to two seconds. Raises AssertionError for a click that was acknowledged and is
    not in the books exactly once, and for books that do not verify.
    """
    dice = random.Random(seed)  # noqa: S311 - it chooses moments
    every: list[Carried] = []
    ledger.pair.delay_standby(APPLY_DELAY_MILLISECONDS)
    for place in range(rounds):
        with people_pressing(url, PEOPLE, f"R{place}") as pressing:
            _wait_for(pressing, 2 * PEOPLE, time.monotonic())
            time.sleep(dice.uniform(0, 1))
            begun, killed_at = time.monotonic(), datetime.now(UTC)
            ledger.pair.primary.kill()
            time.sleep(dice.uniform(0, 2))
            ledger.pair.promote()
            promoted = time.monotonic()
            _wait_for(pressing, 2 * PEOPLE, begun)
            ledger.pair.join()
        carried = pressing.so_far()
        every += carried
        recorded_at = _check_books(ledger, every)
        resolved = sum(
            one.answered_at > begun and recorded_at[one.clinic, one.request_id] < killed_at for one in carried
        )
        first = min(one.answered_at for one in carried if one.sent_at > begun)
        yield Round(carried, resolved, promoted - begun, first - promoted)


def _wait_for(pressing: Pressing, clicks: int, since: float) -> None:
    """Wait until so many clicks were sent after a moment and carried out."""
    end = time.monotonic() + PATIENCE_SECONDS
    while sum(one.sent_at > since for one in pressing.so_far()) < clicks:
        assert time.monotonic() < end, "no click was carried out"
        time.sleep(0.05)


def _check_books(ledger: LedgerOnPair, carried: list[Carried]) -> dict[tuple[str, str], datetime]:
    """Check that each click that was carried out is in the books once, with its answer, and nothing else is.

    Returns when each request was recorded.
    """
    billed, answered = ledger.billed(), ledger.answered()
    assert billed == {(one.clinic, one.patient): 1 for one in carried}
    assert {*answered} == {(one.clinic, one.request_id) for one in carried}
    ledger.verify()
    return answered

"""The primary is killed while people press buttons: what was acknowledged is in the books, once, and they verify."""

from tests.failover.ledger_on_pair import LedgerOnPair
from tests.failover.rounds import fail_over_often

ROUNDS = 2


def test_what_was_acknowledged_is_in_the_books_once_after_each_failover(on_pair: LedgerOnPair) -> None:
    with on_pair.served() as program:
        rounds = list(fail_over_often(on_pair, program.url, ROUNDS, seed=1))
    assert len(rounds) == ROUNDS

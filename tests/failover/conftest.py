"""A pair of PostgreSQL servers with the books of two clinics, for tests that kill one of them."""

import sys
from collections.abc import Iterator

import pytest

from tests.conftest import NO_POSTGRESQL
from tests.failover.ledger_on_pair import LedgerOnPair
from tests.postgresql import programs_folder
from tests.postgresql_pair import running_pair


@pytest.fixture(scope="module")
def on_pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LedgerOnPair]:
    """Return a ledger on a pair of servers, for the tests of a module."""
    if not sys.platform.startswith("linux"):
        pytest.skip("the processes of a server are found and killed on Linux only")
    programs = programs_folder()
    if programs is None:
        pytest.skip(NO_POSTGRESQL)
    with running_pair(programs) as pair:
        ledger = LedgerOnPair(tmp_path_factory.mktemp("on-pair") / "ledger", pair)
        ledger.prepare_books()
        yield ledger

"""A ledger on PostgreSQL and in a bucket, and the settings with which a function has it."""

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, TypeVar

import pytest

from server import serverless
from server.billing.people import Role
from server.ledger.people.sign_in_rules import SignInRules
from server.ledger.store import Ledger
from server.object_bucket import ObjectBucket
from server.storage import Storage
from tests.invented import LAKESIDE
from tests.object_servers import S3Server
from tests.people import CHEAP, add_user, program_of, token_of
from tests.postgresql import PostgresqlOfTests
from tests.ribbon.clicks import HARBOR
from tests.serverless.gateways import NAME, Event

P = ParamSpec("P")
T = TypeVar("T")
_THREAD = ThreadPoolExecutor(1)


@dataclass(frozen=True)
class Office:
    """What a function works with, and who signs in."""

    ledger: Ledger
    bucket: ObjectBucket
    token: str
    program: dict[str, str]
    folder: Path

    @property
    def signed_in(self) -> dict[str, str]:
        """Return the header of the manager's add-in."""
        return {"authorization": f"Bearer {self.token}"}


@pytest.fixture
def office(
    tmp_path: Path, postgresql: PostgresqlOfTests, s3: S3Server, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Office]:
    folder, bucket = tmp_path / "never-made", s3.new_bucket()
    address = postgresql.address_of(folder)
    storage = Storage(address, bucket)
    ledger = Ledger(folder, sign_in_rules=SignInRules(hashing=CHEAP), storage=storage)
    for setup in (LAKESIDE, HARBOR):
        with ledger.open_clinic(setup.clinic).transaction() as books:
            books.save_setup(setup, "tests")
    add_user(ledger, "ada", "Ada Admin", Role.ADMINISTRATOR)
    manager = add_user(ledger, "mia", "Mia Manager", Role.MANAGER)
    for variable, value in {
        "PATH": str(folder),
        "DATABASE": address.service,
        "OBJECTS": bucket.address,
        "NAMES": f"{NAME},127.0.0.1",
        "TIME_ZONE": "America/New_York",
    }.items():
        monkeypatch.setenv(f"CLINIC_LEDGER_{variable}", value)
    monkeypatch.setenv("TZ", os.environ.get("TZ", ""))
    yield Office(ledger, bucket, token_of(ledger, manager), program_of(ledger, Role.MANAGER), folder)
    alone(serverless.close)
    ledger.close()
    monkeypatch.undo()
    time.tzset()
    postgresql.empty_databases()


@pytest.fixture
def function(office: Office) -> Iterator[object]:
    yield invoke
    assert not office.folder.exists()


def invoke(event: Event) -> Event:
    """Send an event to the function in this process."""
    return alone(serverless.handler, event, None)


def alone(work: Callable[P, T], *args: P.args, **options: P.kwargs) -> T:
    """Do work in a thread that has no event loop, as the function's: the browser tests of a run leave one in ours."""
    return _THREAD.submit(work, *args, **options).result()

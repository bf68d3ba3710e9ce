"""A ledger with two clinics, and the service running on it."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from server.cli.service import temporary_service
from server.object_bucket import ObjectBucket
from server.settings import Settings
from tests.behind import copy_ledger
from tests.invented import LAKESIDE
from tests.invented_exams import PRICED
from tests.ribbon.clicks import HARBOR, a_ledger


@pytest.fixture(scope="session")
def made_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_ledger(tmp_path_factory.mktemp("made") / "ledger", LAKESIDE, HARBOR).folder


@pytest.fixture(scope="session")
def priced_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a ledger of a clinic that has prices, and of one that has none."""
    return a_ledger(tmp_path_factory.mktemp("priced") / "ledger", PRICED, HARBOR).folder


@pytest.fixture
def folder(tmp_path: Path, made_folder: Path) -> Path:
    return copy_ledger(made_folder, tmp_path / "ledger")


@pytest.fixture
def service(folder: Path, bucket: ObjectBucket | None) -> Iterator[httpx.Client]:
    """Return a client of a service on a ledger of the test's own."""
    settings = Settings(path=folder, workers=0, objects=bucket.address if bucket else "")
    with temporary_service(settings) as url, httpx.Client(base_url=url) as client:
        yield client


@pytest.fixture(scope="module")
def idle(made_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Return a client of a service that nothing is written to but who looked at what."""
    folder = copy_ledger(made_folder, tmp_path_factory.mktemp("idle") / "ledger")
    with temporary_service(Settings(path=folder, workers=0)) as url, httpx.Client(base_url=url) as client:
        yield client

"""One service for the whole gallery, and for each entry a fresh ledger and a folder of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gallery.build import CLINICS
from tests.gallery.transcript import Terminal, a_service, refresh

Service = tuple[str, Path, Path]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with a_service(tmp_path_factory.mktemp("gallery"), CLINICS) as running:
        yield running


@pytest.fixture
def terminal(service: Service, tmp_path: Path) -> Terminal:
    address, ledger, pristine = service
    refresh(ledger, pristine)
    return Terminal(address, ledger, tmp_path)

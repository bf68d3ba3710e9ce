"""What every test has in common that sets up a computer."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from addin.desktop.service_start import start_detached
from tests.autostart.computers import Place


@pytest.fixture
def awaited_services(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep the processes of the services that this process starts, and wait for their end after the test has ended them."""
    processes = []

    def start_and_keep(command: list[str]) -> "subprocess.Popen[bytes]":
        processes.append(start_detached(command))
        return processes[-1]

    monkeypatch.setattr("server.cli.background_service.start_detached", start_and_keep)
    yield
    for process in processes:
        process.wait()


@pytest.fixture
def place(
    tmp_path: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    awaited_services: None,  # noqa: ARG001 - it comes first
) -> Iterator[Place]:
    """A computer of the system that the test names, by default a Mac. What it started is ended with the test."""
    made = Place(tmp_path, getattr(request, "param", "darwin"))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.delenv("SUDO_USER", raising=False)
    for variable, value in made.environment().items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setattr(sys, "platform", made.system)
    yield made
    for folder in (made.ledger, tmp_path / "other"):
        Place.end_service_of(folder)

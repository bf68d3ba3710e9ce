"""A service that is not running is started from Excel, and the click goes on."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw

from addin.desktop import ribbon
from addin.desktop.install_settings import Settings
from addin.desktop.service import Service
from addin.desktop.service_start import ServiceNotStarted, can_start, start_service
from server.ledger.store import Ledger
from tests.addin.test_ribbon import alerts, installed
from tests.addin.test_service import free_port


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[subprocess.Popen[Any]]]:
    """Return the services that are started, which end with the test."""
    processes: list[subprocess.Popen[Any]] = []
    real = subprocess.Popen

    def noted(*arguments: Any, **options: Any) -> subprocess.Popen[Any]:  # noqa: ANN401 - as Popen
        processes.append(real(*arguments, **options))
        return processes[-1]

    monkeypatch.setattr(subprocess, "Popen", noted)
    yield processes
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGTERM)
        process.wait()


def test_a_press_starts_the_service_where_the_add_in_expects_it_and_goes_on(
    caller: xw.Book,
    started: list[subprocess.Popen[Any]],
    ledger_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("CLINIC_LEDGER_URL")
    url = f"http://127.0.0.1:{free_port()}"
    installed(tmp_path, Settings(url, Ledger(ledger_folder).tokens.ensure_desktop()))
    caller.app.impl.buttons_to_press.append("ok")

    ribbon.run("payroll.history")

    offer, answer = alerts(caller)
    assert offer.endswith("OK: Start it")
    assert "clinicledger serve" not in offer
    assert "clinic" in answer
    assert len(started) == 1
    assert started[0].poll() is None


def test_a_service_that_ends_at_once_is_said(started: list[subprocess.Popen[Any]], tmp_path: Path) -> None:
    (tmp_path / "ledger").write_text("no folder")
    url = f"http://127.0.0.1:{free_port()}"
    with Service(url, tmp_path / "ledger" / "token") as service, pytest.raises(ServiceNotStarted):
        start_service(service)
    assert started[0].poll() is not None


def test_only_a_service_of_this_computer_can_be_started() -> None:
    assert can_start("http://127.0.0.1:8765")
    assert can_start("https://localhost:8765")
    assert not can_start("https://ledger.example.org")

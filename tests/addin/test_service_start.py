"""A service that is not running is started from Excel, and the click goes on."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw

from addin.desktop import ribbon
from addin.desktop.install_settings import Settings, settings_file
from addin.desktop.service import Service
from addin.desktop.service_start import ServiceNotStarted, start_detached, start_service
from server.autostart.service_command import ServiceCommand
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


def command_for(url: str, ledger: Path) -> tuple[str, ...]:
    port = int(url.rpartition(":")[2])
    return tuple(ServiceCommand(sys.executable, str(ledger), port).words())


def test_a_press_starts_the_service_that_the_installation_named_and_goes_on(
    caller: xw.Book,
    started: list[subprocess.Popen[Any]],
    ledger_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("CLINIC_LEDGER_URL")
    url = f"http://127.0.0.1:{free_port()}"
    token = Ledger(ledger_folder).tokens.ensure_desktop()
    installed(tmp_path, Settings(url, token, command_for(url, ledger_folder)))

    ribbon.run("payroll.history")

    (answer,) = alerts(caller)
    assert "clinic" in answer
    assert len(started) == 1
    assert started[0].poll() is None


def test_clicks_at_the_same_moment_start_one_service(
    started: list[subprocess.Popen[Any]], tmp_path: Path
) -> None:
    url = f"http://127.0.0.1:{free_port()}"

    def click() -> None:
        with Service(url, tmp_path / "token") as service:
            start_service(service, command_for(url, tmp_path / "ledger"), tmp_path / "own")

    with ThreadPoolExecutor(3) as clicks:
        for one in [clicks.submit(click) for _ in range(3)]:
            one.result()
    assert len(started) == 1


def test_a_service_that_is_being_started_at_log_on_is_waited_for(
    started: list[subprocess.Popen[Any]], tmp_path: Path
) -> None:
    """The one that the click starts finds the ledger taken, and ends; the click goes on with the other one."""
    url, ledger = f"http://127.0.0.1:{free_port()}", tmp_path / "ledger"
    start_detached(command_for(url, ledger))
    with Service(url, tmp_path / "token") as service:
        start_service(service, command_for(url, ledger), tmp_path / "own")
        assert service.is_running()
    assert sum(one.poll() is None for one in started) <= 2


def test_a_service_that_ends_at_once_is_said(started: list[subprocess.Popen[Any]], tmp_path: Path) -> None:
    (tmp_path / "ledger").write_text("no folder")
    url = f"http://127.0.0.1:{free_port()}"
    with Service(url, tmp_path / "token") as service, pytest.raises(ServiceNotStarted):
        start_service(service, command_for(url, tmp_path / "ledger"), tmp_path / "own")
    assert started[0].poll()


def test_a_python_that_is_gone_is_said(tmp_path: Path) -> None:
    with Service("http://127.0.0.1:1", tmp_path / "token") as service, pytest.raises(ServiceNotStarted):
        start_service(service, [str(tmp_path / "python"), "-c", "1"], tmp_path / "own")


def test_a_service_that_does_not_answer_in_time_is_said_and_not_killed(
    started: list[subprocess.Popen[Any]], tmp_path: Path
) -> None:
    slow = [sys.executable, "-c", "import time; time.sleep(60)"]
    with Service("http://127.0.0.1:1", tmp_path / "token") as service, pytest.raises(ServiceNotStarted):
        start_service(service, slow, tmp_path / "own", seconds=0.5)
    assert started[0].poll() is None


def test_only_a_service_of_this_computer_is_started() -> None:
    start = ("clinicledger", "serve")
    assert Settings(None, None, start).start_command({}) == start
    assert Settings("https://localhost:8765", None, start).start_command({}) == start
    assert Settings("https://ledger.example.org", None, start).start_command({}) == ()
    assert Settings(None, None, start).start_command({"CLINIC_LEDGER_URL": "http://127.0.0.1:9"}) == ()
    assert Settings().start_command({}) == ()


def test_settings_of_an_older_installation_name_no_command(tmp_path: Path) -> None:
    file = settings_file(tmp_path)
    file.parent.mkdir()
    file.write_text('{"url": null, "token_file": null}')
    assert Settings.of(tmp_path) == Settings()

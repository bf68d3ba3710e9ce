"""``clinicledger service start | stop | status | logs`` where the system has no entry of setup: a process of its own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from server.autostart.ledger_lock import running_service
from server.autostart.logon_entry import LogonUser, entry_for
from server.autostart.service_command import ServiceCommand
from server.autostart.service_log import LOG_FILE, last_lines
from server.autostart.setup_record import RECORD_FILE, SetupRecord
from server.cli.background_service import is_known, start_service, stop_service
from server.cli.commands import app
from server.errors import ServiceStartFailed, ServiceStopFailed
from tests.cli.programs import ROOT, clinicledger, sentence
from tests.office_service import command, free_port

pytestmark = pytest.mark.sqlite("with PostgreSQL, a service is started in another way")


@pytest.fixture
def place(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    awaited_services: None,  # noqa: ARG001 - it comes first
) -> Iterator[Path]:
    """Return a folder with a home of its own. Its service is ended with the test."""
    for variable in ("HOME", "USERPROFILE", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(variable, str(tmp_path / "home"))
    monkeypatch.setenv("CLINIC_LEDGER_WORKERS", "0")
    monkeypatch.setenv("CLINIC_LEDGER_PATH", str(tmp_path / "ledger"))
    monkeypatch.setenv("CLINIC_LEDGER_CERTIFICATES", str(tmp_path / "certificates"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", str(ROOT / ".pytest_cache" / "bytecode"))
    (tmp_path / "home").mkdir()
    yield tmp_path
    running = running_service(tmp_path / "ledger")
    if running and running.process:
        os.kill(running.process, signal.SIGKILL)


def told(*words: str, code: int = 0) -> dict[str, Any]:
    """Give a command in this process, and return what it told. A program of its own would import everything once more."""
    done = CliRunner().invoke(app, ["service", *words, "--json"])
    assert done.exit_code == code, (done.output, done.exception)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def said(*words: str, code: int = 0) -> str:
    """Give a command in this process, and return what it said, as one line."""
    done = CliRunner().invoke(app, ["service", *words], env={"COLUMNS": "80"})
    assert done.exit_code == code, done.output
    return sentence(done.output)


def test_a_service_is_started_is_there_and_is_stopped(place: Path) -> None:
    port = free_port()
    assert told("status")["running"] is False

    started = told("start", "--port", str(port))
    assert (started["did"], started["answers"], started["starts_at_log_on"]) == ("started", True, False)
    assert started["url"] == f"http://127.0.0.1:{port}"
    assert httpx.get(f"{started['url']}/health", trust_env=False).status_code == 200

    again = told("start", "--port", str(port))
    assert (again["did"], again["process"]) == ("nothing", started["process"])

    assert f"It runs at {started['url']} (process {started['process']}) and answers." in said("status")

    stopped = told("stop")
    assert (stopped["did"], stopped["running"]) == ("stopped", False)
    assert told("stop")["did"] == "nothing"

    lines = told("logs")["lines"]
    assert lines[-2].endswith(f"INFO started at {started['url']}, process {started['process']}")
    assert lines[-1].endswith("INFO stopped")
    assert (place / "ledger" / LOG_FILE).stat().st_mode & 0o777 == 0o600


def test_two_that_start_it_at_once_start_one(place: Path) -> None:
    typed = ("service", "start", "--port", str(free_port()), "--json")
    with ThreadPoolExecutor(2) as both:
        started = [both.submit(clinicledger, *typed, within=place) for _ in range(2)]
        processes = {json.loads(one.result().stdout)["process"] for one in started}
    assert len(processes) == 1


def test_a_service_that_ends_at_once_is_said_with_the_reason_it_gave(place: Path) -> None:
    with command(place / "other", "--port", "0", "--http"):
        running = running_service(place / "other")
        assert running
        taken = running.url.rpartition(":")[2]
        problem = told("start", "--port", taken, code=1)
    assert problem["code"] == "service-start-failed"
    assert f"cannot listen on 127.0.0.1 port {taken}" in problem["detail"]
    assert "ended at once" in problem["detail"]


def test_a_service_that_does_not_stop_is_not_killed(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from datetime import UTC, datetime;"
        "from server.autostart.ledger_lock import LedgerLock; lock = LedgerLock.take(Path(sys.argv[1]));"
        "lock.note('http://127.0.0.1:1', datetime.now(UTC)); print('there', flush=True); sys.stdin.read()"
    )
    typed = [sys.executable, "-c", program, str(tmp_path)]
    with subprocess.Popen(typed, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as hanging:
        assert hanging.stdout
        hanging.stdout.readline()
        with pytest.raises(ServiceStopFailed, match=f"process {hanging.pid}"):
            stop_service(tmp_path, seconds=0.5)
        assert hanging.poll() is None
        hanging.communicate("")


def test_a_start_whose_program_is_gone_says_so(tmp_path: Path) -> None:
    gone = ServiceCommand(str(tmp_path / "python"), str(tmp_path / "ledger"), 8765)
    with pytest.raises(ServiceStartFailed, match="does not run: No such file") as refused:
        start_service(tmp_path / "ledger", gone)
    assert "clinicledger setup" in str(refused.value)


def test_a_start_waits_for_a_service_that_ends_and_then_starts_its_own(place: Path) -> None:
    """Somebody gives stop and start at the same moment."""
    program = (
        "import sys, time; from pathlib import Path; from server.autostart.ledger_lock import LedgerLock;"
        "lock = LedgerLock.take(Path(sys.argv[1])); print('there', flush=True); time.sleep(2)"
    )
    typed = [sys.executable, "-c", program, str(place / "ledger")]
    with subprocess.Popen(typed, stdout=subprocess.PIPE) as ending:
        assert ending.stdout
        ending.stdout.readline()
        assert told("start", "--port", str(free_port()))["did"] == "started"


def test_status_asks_whether_the_system_knows_what_setup_wrote(tmp_path: Path) -> None:
    user = LogonUser(tmp_path, tmp_path / ".config", "CLINIC\\ana", 501)
    entry = entry_for("linux", ServiceCommand("/python", "/ledger", 8765), user)
    assert entry.link
    assert not is_known(entry)
    entry.link.parent.mkdir(parents=True)
    entry.path.write_bytes(entry.content)
    assert not is_known(entry)
    entry.link.symlink_to(entry.path)
    assert is_known(entry)


def test_options_other_than_those_of_setup_are_refused(place: Path) -> None:
    (place / "ledger").mkdir()
    command = ServiceCommand(sys.executable, str(place / "ledger"), 9000, "/copies")
    SetupRecord(command=command).save(place / "ledger")
    assert "Setup chose port 9000" in said("start", "--port", "9001", code=2)
    assert "Setup chose /copies" in said("start", "--backups", "/x", code=2)
    (place / "ledger" / RECORD_FILE).write_text("{")
    assert told("start", code=1)["code"] == "setup-record-unusable"
    assert "is not known" in said("status")


def test_a_request_to_stop_another_process_stops_nobody(place: Path) -> None:
    """A request that came too late must not end the service that was started since."""
    (place / "ledger").mkdir()
    (place / "ledger" / "service.stop").write_text("1")
    assert told("start", "--port", str(free_port()))["answers"]
    assert told("status")["answers"]


def test_a_service_that_somebody_runs_in_a_window_is_stopped_too(place: Path) -> None:
    with command(place / "ledger", "--port", "0", "--http") as in_window:
        assert told("stop")["did"] == "stopped"
        assert in_window.program
        in_window.program.communicate(timeout=30)
        assert in_window.program.returncode == 0


def test_a_service_of_a_database_is_not_for_these_commands(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLINIC_LEDGER_DATABASE", "postgresql://ledger@127.0.0.1/ledger")
    assert told("start", code=1)["code"] == "not-in-background"
    assert not (place / "ledger").exists()


def test_a_second_start_at_log_on_is_no_failure(place: Path) -> None:
    """systemd and launchd would otherwise try again and again beside a service that a click has started."""
    with command(place / "ledger", "--port", "0", "--http"):
        second = clinicledger("serve", "--background", "--port", "0", within=place)
        assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
        assert "INFO not started: Another service works with the ledger" in last_lines(place / "ledger", 1)[0]


def test_the_log_is_replaced_when_it_is_large_and_names_places_and_no_texts(tmp_path: Path) -> None:
    program = (
        "import logging, sys; from pathlib import Path; from server.autostart import service_log;"
        "service_log.LARGEST_BYTES = 2000; service_log.write_log_to_file(Path(sys.argv[1]));"
        "log = logging.getLogger('clinicledger')\n"
        "for number in range(200): log.info('line %s', number)\n"
        "try: raise ValueError('Pat Patient')\n"
        "except ValueError: log.exception('a click failed')\n"
        "raise KeyError('Pat Patient')"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False, capture_output=True)
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == [LOG_FILE, *(f"{LOG_FILE}.{number}" for number in (1, 2, 3))]
    written = "".join((tmp_path / name).read_text("utf-8") for name in files)
    assert "Pat Patient" not in written
    assert "ValueError at <string>:3" in written
    assert "CRITICAL the service met an error it does not know: KeyError at <string>:5" in written


def test_a_full_disk_or_a_folder_that_cannot_be_written_ends_no_service(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    program = (
        "import logging, sys; from pathlib import Path; from server.autostart import service_log;"
        "service_log.write_log_to_file(Path(sys.argv[1])); logging.getLogger('clinicledger').info('x'); print('goes on')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "file")], check=True, capture_output=True, text=True
    )
    assert done.stdout == "goes on\n"


def test_a_python_without_a_console_serves(place: Path) -> None:
    """``pythonw.exe`` has neither output: the streams are None."""
    program = (
        "import sys; sys.stdout = sys.stderr = None; sys.argv = ['clinicledger', 'serve', '--background', '--port', '0'];"
        "from server.cli import main; main()"
    )
    folder = place / "ledger"
    environment = os.environ | {"CLINIC_LEDGER_PATH": str(folder)}
    silent = subprocess.Popen([sys.executable, "-c", program], env=environment)
    try:
        while not (running := running_service(folder)) or not running.url:
            assert silent.poll() is None
        assert httpx.get(f"{running.url}/health", trust_env=False).status_code == 200
    finally:
        stop_service(folder)
    assert silent.wait(30) == 0

"""``clinicledger setup`` and ``setup --undo``, on a computer made of folders: each of the three systems.

The programs of Windows and macOS are stand-ins, which start what the files say. The one of Linux is real, in
``test_systemd.py``. The service, the certificate, the ledger and all files are real everywhere.
"""

import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from addin.desktop.install_settings import settings_file
from addin.desktop.service_start import start_detached
from server.autostart.ledger_lock import running_service
from server.autostart.setup_record import RECORD_FILE
from server.cli.commands import app
from server.cli.setup_steps import SAMPLE_NAME, Setup
from tests.autostart.system_programs import calls, make_programs
from tests.cli.programs import ROOT, sentence
from tests.office_service import free_port
from tests.people import opened

pytestmark = pytest.mark.sqlite("with PostgreSQL, a service is set up in another way")

if sys.platform != "linux":
    pytest.skip("the computer made of folders is made on Linux", allow_module_level=True)

FOLDERS = ("HOME", "USERPROFILE", "APPDATA", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_DOCUMENTS_DIR")


class Place:
    """A computer made of folders."""

    def __init__(self, folder: Path, system: str) -> None:
        self.folder, self.system, self.port = folder, system, free_port()
        self.home, self.ledger, self.programs = folder / "home", folder / "books", folder / "programs"

    def setup(self, *words: str, code: int = 0) -> dict[str, Any]:
        typed = ["setup", "--ledger", str(self.ledger), "--no-open", "--json", *words]
        done = CliRunner().invoke(app, typed)
        assert done.exit_code == code, done.output
        told: dict[str, Any] = json.loads(done.stdout)
        return told

    def states(self, *words: str, code: int = 0) -> dict[str, str]:
        return {step["step"]: step["state"] for step in self.setup(*words, code=code)["steps"]}

    def files(self) -> dict[str, bytes]:
        """Return the files outside of the books, and the folders that are empty."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes() if path.is_file() else b""
            for folder in (self.home, self.folder / "certificates")
            for path in folder.rglob("*")
            if path.is_file() or not any(path.iterdir())
        }


@pytest.fixture
def place(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """A computer of the system that the test names, by default a Mac."""
    made = Place(tmp_path, getattr(request, "param", "darwin"))
    made.home.mkdir()
    for variable in FOLDERS:
        monkeypatch.setenv(variable, str(made.home))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(made.home / ".config"))
    monkeypatch.setenv("USERDOMAIN", "CLINIC")
    monkeypatch.setenv("USERNAME", "ana")
    monkeypatch.setenv("CLINIC_LEDGER_CERTIFICATES", str(tmp_path / "certificates"))
    monkeypatch.setenv("CLINIC_LEDGER_WORKERS", "0")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", str(ROOT / ".pytest_cache" / "bytecode"))
    if made.system != "linux":
        monkeypatch.setenv("PATH", make_programs(made.programs, made.system))
        monkeypatch.setenv("PATHEXT", ".EXE")
        monkeypatch.setattr(sys, "platform", made.system)
    processes = []

    def start_and_keep(command: list[str]) -> "subprocess.Popen[bytes]":
        processes.append(start_detached(command))
        return processes[-1]

    monkeypatch.setattr("server.cli.background_service.start_detached", start_and_keep)
    yield made
    for folder in (made.ledger, tmp_path / "other"):
        running = running_service(folder)
        if running and running.process:
            os.kill(running.process, signal.SIGKILL)
    for process in processes:
        process.wait()


@pytest.mark.parametrize("place", ["darwin", "win32"], indirect=True)
def test_one_command_does_all_of_it_twice_changes_nothing_and_undo_takes_exactly_that_away(
    place: Place,
) -> None:
    (place.home / "mine.txt").write_text("mine")
    before = place.files()

    told = place.setup("--port", str(place.port))
    states = {step["step"]: step["state"] for step in told["steps"]}
    assert set(states.values()) == {"done"}
    assert list(states) == [
        "ledger", "certificate", "trust", "add-in", "log-on", "backups", "service", "pairing", "sample",
    ]  # fmt: skip
    assert (place.home / SAMPLE_NAME).read_bytes()[:2] == b"PK"
    assert told["code"]
    running = running_service(place.ledger)
    assert running
    assert running.url == f"https://localhost:{place.port}"
    trusted = ssl.create_default_context(cafile=place.folder / "certificates" / "authority.pem")
    answer = httpx.get(f"{running.url}/health", verify=trusted, trust_env=False)
    assert answer.status_code == 200
    of_addin = json.loads(settings_file(place.home).read_bytes())
    assert of_addin["url"] == f"https://localhost:{place.port}"
    assert "--background" in of_addin["start"]
    assert str(place.home / "Clinic Ledger Backups") in of_addin["start"]

    after, called = place.files(), len(calls(place.programs))
    again = place.states()
    assert {step for step, state in again.items() if state != "there"} == {"pairing"}
    assert place.files() == after
    assert len(calls(place.programs)) == called
    now = running_service(place.ledger)
    assert now
    assert now.process == running.process

    assert set(place.states("--undo").values()) == {"done"}
    assert place.files() == before
    assert running_service(place.ledger) is None
    assert opened(place.ledger).tokens.has_tokens()
    assert place.setup("--undo")["steps"] == []
    forgotten = [call for call in calls(place.programs) if call[1:2] in (["bootout"], ["/Delete"])]
    assert forgotten


def test_a_dry_run_lists_the_steps_and_writes_nothing(place: Place) -> None:
    assert set(place.states("--dry-run").values()) == {"planned"}
    assert place.files() == {}
    assert not place.ledger.exists()
    assert calls(place.programs) == []
    assert place.setup("--undo", "--dry-run")["steps"] == []


class Interrupted(BaseException):
    """The computer is switched off here."""


@pytest.mark.parametrize("moment", range(6))
def test_interrupted_between_the_note_and_the_deed_it_is_undone_or_goes_on(
    place: Place, moment: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = Setup._note  # noqa: SLF001 - the moment that matters
    left = [moment]

    def note(self: Setup, record: Any) -> None:  # noqa: ANN401 - as Setup has it
        saved(self, record)
        if not left[0]:
            raise Interrupted
        left[0] -= 1

    with monkeypatch.context() as patch:
        patch.setattr(Setup, "_note", note)
        with pytest.raises(Interrupted):
            place.setup("--port", str(place.port))
    if moment == 2:
        assert "failed" not in place.states().values()
        assert running_service(place.ledger)
    assert "failed" not in place.states("--undo").values()
    assert place.files() == {}
    assert not (place.ledger / RECORD_FILE).exists()


@pytest.mark.parametrize("place", ["linux"], indirect=True)
def test_a_step_that_fails_says_what_to_do_and_the_others_go_on(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no manager of systemd in this session, and nothing that could change what Chromium trusts."""
    monkeypatch.setenv("PATH", str(place.folder / "empty"))
    told = place.setup("--port", str(place.port), code=1)
    steps = {step["step"]: step for step in told["steps"]}
    assert steps["log-on"]["state"] == steps["trust"]["state"] == "failed"
    assert "clinicledger service start" in steps["log-on"]["remedy"]
    assert "clinicledger addin certificate --trust" in steps["trust"]["remedy"]
    assert (steps["service"]["state"], steps["sample"]["state"], steps["add-in"]["state"]) == (
        "done",
        "done",
        "left-out",
    )
    assert running_service(place.ledger)
    assert "failed" not in place.states("--undo").values()
    assert place.files() == {}


def test_what_was_there_before_setup_stays_after_undo(place: Place) -> None:
    run = CliRunner()
    assert run.invoke(app, ["addin", "certificate"]).exit_code == 0
    assert run.invoke(app, ["addin", "install", "--ledger", str(place.ledger)]).exit_code == 0
    (place.home / SAMPLE_NAME).write_bytes(b"mine")
    before = place.files()
    states = place.states("--port", str(place.port))
    assert (states["certificate"], states["trust"], states["sample"]) == ("there", "there", "there")
    place.setup("--undo")
    settings = str(settings_file(place.home).relative_to(place.folder))
    kept, was = place.files(), before
    changed = {settings, str(Path(settings).with_name("installed.json"))}
    assert kept.keys() == was.keys()
    assert {name for name in kept if kept[name] != was[name]} <= changed


def test_a_sample_in_which_somebody_has_worked_is_left(place: Place) -> None:
    place.setup("--port", str(place.port))
    (place.home / SAMPLE_NAME).write_bytes(b"changed")
    assert place.states("--undo")["sample"] == "left-out"
    assert place.files() == {f"home/{SAMPLE_NAME}": b"changed"}


def test_another_ledger_that_starts_at_log_on_is_not_pushed_out(place: Place) -> None:
    place.setup("--port", str(place.port))
    other = Place(place.folder, place.system)
    other.ledger = place.folder / "other"
    told = other.setup("--port", str(other.port), code=1)
    (failed,) = [step for step in told["steps"] if step["state"] == "failed"]
    assert failed["step"] == "log-on"
    assert "setup --undo --ledger" in failed["remedy"]
    assert "serve" in json.loads(settings_file(place.home).read_bytes())["start"]
    running = running_service(other.ledger)
    assert running
    assert running.process
    other.setup("--undo")
    place.setup("--undo")


def test_another_port_and_another_folder_for_copies_are_kept_and_restart_the_service(place: Place) -> None:
    place.setup("--port", str(place.port))
    first = running_service(place.ledger)
    port = free_port()
    chosen = place.folder / "elsewhere"
    assert place.states("--port", str(port), "--backups", str(chosen))["service"] == "done"
    running = running_service(place.ledger)
    assert first
    assert running
    assert (running.url, running.process != first.process) == (f"https://localhost:{port}", True)
    assert place.states()["service"] == "there"
    assert str(chosen) in json.loads(settings_file(place.home).read_bytes())["start"]
    place.setup("--undo")


def test_a_ledger_in_a_database_is_set_up_by_who_runs_it(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLINIC_LEDGER_DATABASE", "postgresql://ledger@127.0.0.1/ledger")
    assert place.setup(code=1)["code"] == "not-in-background"
    assert place.files() == {}


def test_settings_that_only_this_terminal_has_are_named(place: Place) -> None:
    steps = {step["step"]: step for step in place.setup("--port", str(place.port))["steps"]}
    named = set(re.findall(r"CLINIC_LEDGER_\w+", steps["log-on"]["remedy"]))
    assert {"CLINIC_LEDGER_CERTIFICATES", "CLINIC_LEDGER_WORKERS"} <= named <= set(os.environ)
    place.setup("--undo")


def test_a_port_that_another_program_has_is_said_at_once(place: Place) -> None:
    with socket.create_server(("127.0.0.1", place.port)):
        told = place.setup("--port", str(place.port), code=1)
    (failed,) = [step for step in told["steps"] if step["state"] == "failed"]
    assert failed["step"] == "service"
    assert f"cannot listen on 127.0.0.1 port {place.port}" in failed["why"]
    assert told["code"]
    assert "failed" not in place.states().values()
    place.setup("--undo")


def test_it_is_told_in_words(place: Place) -> None:
    typed = ["setup", "--ledger", str(place.ledger), "--dry-run"]
    said = sentence(CliRunner().invoke(app, typed).stdout)
    assert "Would do: the start at log-on: the agent clinic-ledger.service of launchd" in said

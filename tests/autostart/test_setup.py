"""``clinicledger setup`` and ``setup --undo``, on a computer made of folders: each of the three systems.

The programs of Windows and macOS are stand-ins, which start what the files say. The one of Linux is real, in
``test_systemd.py``. The service, the certificate, the ledger and all files are real everywhere.
"""

import json
import os
import re
import socket
import ssl
import sys
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from addin.desktop.install_settings import settings_file
from server.autostart.ledger_lock import running_service
from server.cli.commands import app
from server.cli.setup_steps import SAMPLE_NAME
from tests.autostart.computers import Place
from tests.autostart.system_programs import calls
from tests.cli.programs import sentence
from tests.office_service import free_port
from tests.people import opened

pytestmark = pytest.mark.sqlite("with PostgreSQL, a service is set up in another way")

if sys.platform != "linux":
    pytest.skip("the computer made of folders is made on Linux", allow_module_level=True)


def changes(place: Place) -> list[list[str]]:
    """Return the commands that changed something for the system of a computer."""
    return [call for call in calls(place.programs) if "/Query" not in call]


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

    after, called = place.files(), changes(place)
    again = place.states()
    assert {step for step, state in again.items() if state != "there"} == {"pairing"}
    assert place.files() == after
    assert changes(place) == called
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

    (place.home / SAMPLE_NAME).write_bytes(b"somebody has worked in it")
    assert place.states("--undo")["sample"] == "left-out"
    assert place.files() == {f"home/{SAMPLE_NAME}": b"somebody has worked in it"}


def test_a_ledger_in_a_database_is_set_up_by_who_runs_it(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLINIC_LEDGER_DATABASE", "postgresql://ledger@127.0.0.1/ledger")
    assert place.setup(code=1)["code"] == "not-in-background"
    assert place.files() == {}


def test_settings_that_only_this_terminal_has_are_named(place: Place) -> None:
    remedy = place.set_up_until("log-on")[-1].remedy
    named = set(re.findall(r"CLINIC_LEDGER_\w+", remedy))
    assert {"CLINIC_LEDGER_CERTIFICATES", "CLINIC_LEDGER_WORKERS"} <= named <= set(os.environ)


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

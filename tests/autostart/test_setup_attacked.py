"""``clinicledger setup`` under attack: killed, given twice at once, with damaged notes, for another ledger, by somebody else."""

import json
import os
import sys
import threading
from collections.abc import Iterator
from itertools import count

import orjson
import pytest
from typer.testing import CliRunner

from addin.desktop.install_settings import settings_file
from server.autostart.ledger_lock import NOTE_FILE, running_service
from server.autostart.logon_entry import entry_for
from server.autostart.service_command import ServiceCommand, command_here
from server.autostart.setup_record import LOCK_FILE, RECORD_FILE, only_setup, user_here
from server.backups.backup_copy import copies_in
from server.cli.background_service import start_service
from server.cli.commands import app
from server.cli.setup_command import BACKUPS_NAME
from server.cli.setup_outcomes import State
from server.ledger.engine.sqlite.folder import FIRM_FILE
from tests.autostart.computers import HOMES, Killer, Place
from tests.autostart.system_programs import calls
from tests.disks import read_only
from tests.people import opened

pytestmark = pytest.mark.sqlite("with PostgreSQL, a service is set up in another way")

if sys.platform != "linux":
    pytest.skip("the computer made of folders is made on Linux", allow_module_level=True)

STRIDE = 17
"""Every so many file operations a setup is killed. Where that begins is drawn, so that in time every moment has its turn."""

GOES_ON = 4
"""Every so many of these setups are given again before they are undone."""


@pytest.fixture(scope="module")
def killer() -> Iterator[Killer]:
    program = Killer()
    yield program
    program.close()


@pytest.mark.parametrize("place", ["darwin", "win32", "linux"], indirect=True)
def test_of_a_setup_that_is_killed_undo_leaves_nothing(
    place: Place, killer: Killer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some of them are given again in between, and go on."""
    for number in count(place.port % STRIDE + 1, STRIDE):
        now = Place(place.folder / str(number), place.system, 'Zoë O\'Brien "Z" home')
        is_killed = killer.run(now, now.words("--port", str(now.port)), number)
        with monkeypatch.context() as patch:
            for variable, value in now.environment().items():
                patch.setenv(variable, value)
            if number // STRIDE % GOES_ON == 1:
                states = now.states("--port", str(now.port), code=int(place.system == "linux"))
                assert states["service"] != "failed"
            assert "failed" not in now.states("--undo").values(), number
            assert [name for name in now.files() if ".pki" not in name] == [], number
            assert not (now.ledger / RECORD_FILE).exists(), number
            assert running_service(now.ledger) is None
            if (now.ledger / FIRM_FILE).exists():
                assert opened(now.ledger).clinics() == []
        if not is_killed:
            break
    assert number > 3 * STRIDE


def test_copies_are_made_soon_after_setup_and_an_update_starts_the_service_anew(place: Place) -> None:
    place.setup("--port", str(place.port))
    first, note = running_service(place.ledger), place.ledger / NOTE_FILE
    entry, waited = opened(place.ledger).first_entry(), threading.Event()
    copies = place.home / BACKUPS_NAME
    assert any(copies_in(copies, entry) or waited.wait(0.5) for _ in range(240))

    note.write_bytes(orjson.dumps(orjson.loads(note.read_bytes()) | {"version": "0.0.1"}))
    assert place.states()["service"] == "done"
    second = running_service(place.ledger)
    assert first
    assert second
    assert first.process != second.process
    place.setup("--undo")
    assert copies_in(copies, entry)


def test_a_folder_for_copies_whose_disk_is_not_there_is_said_and_not_made(place: Place) -> None:
    chosen = place.folder / "disk" / "copies"
    told = place.setup("--backups", str(chosen), "--dry-run", code=1)
    (failed,) = [step for step in told["steps"] if step["state"] == "failed"]
    assert (failed["step"], "is not there" in failed["why"]) == ("backups", True)
    inside = place.setup("--backups", str(place.ledger / "copies"), "--dry-run", code=1)
    assert "in the folder of the ledger" in json.dumps(inside)


def test_of_two_setups_at_once_one_works(place: Place) -> None:
    with only_setup(place.ledger):
        assert place.setup("--port", str(place.port), code=1)["code"] == "setup-running"
        assert place.setup("--undo", code=1)["code"] == "setup-running"
        assert set(place.states("--dry-run").values()) == {"planned"}
    assert place.files() == {}
    assert [path.name for path in place.ledger.iterdir()] == [LOCK_FILE]


@pytest.mark.parametrize("damaged", [b"", b"{", b"[]", b"{}", b'{"home": 1}', b'{"other": 1}', b"\xff"])
def test_a_record_that_nobody_can_read_is_said_and_what_to_do(place: Place, damaged: bytes) -> None:
    place.ledger.mkdir()
    (place.ledger / RECORD_FILE).write_bytes(damaged)
    for words in (("--undo",), (), ("--dry-run",), ("--undo", "--dry-run")):
        told = place.setup(*words, code=1)
        assert told["code"] == "setup-record-unusable"
        assert str(place.ledger / RECORD_FILE) in told["detail"]
        assert "addin certificate --remove" in told["remedy"]
    assert place.files() == {}
    assert (place.ledger / RECORD_FILE).read_bytes() == damaged


def test_a_damaged_record_is_replaced_as_its_remedy_says(place: Place) -> None:
    place.set_up_until("log-on")
    (place.ledger / RECORD_FILE).write_bytes(b"{")
    assert place.setup("--undo", code=1)["code"] == "setup-record-unusable"
    (place.ledger / RECORD_FILE).unlink()
    assert State.FAILED not in {one.state for one in place.set_up_until("log-on")}
    assert "failed" not in place.states("--undo").values()
    assert not [name for name in place.files() if name.endswith(".plist")]


def test_a_record_of_another_computer_takes_nothing_away_here(place: Place) -> None:
    place.set_up_until("log-on")
    record = place.ledger / RECORD_FILE
    content = orjson.loads(record.read_bytes())
    record.write_bytes(orjson.dumps(content | {"home": "/Users/somebody else"}))
    before = place.files()
    for words in (("--undo",), ()):
        told = place.setup(*words, code=1)
        assert told["code"] == "setup-record-unusable"
        assert "/Users/somebody else" in told["detail"]
    assert place.files() == before


def test_another_ledger_that_starts_at_log_on_is_not_pushed_out(place: Place) -> None:
    place.set_up_until("log-on")
    before, called = place.files(), len(calls(place.programs))
    other = Place(place.folder, place.system)
    other.ledger = place.folder / "other"
    told = other.setup("--port", str(other.port), code=1)
    assert told["code"] == "other-ledger-set-up"
    assert f'setup --undo --ledger "{place.ledger}"' in told["remedy"]
    assert place.files() == before
    assert len(calls(place.programs)) == called
    assert other.setup("--undo")["steps"] == []
    assert str(place.ledger) in settings_file(place.home).read_text()


@pytest.mark.parametrize("place", ["darwin", "win32", "linux"], indirect=True)
def test_a_ledger_whose_folder_was_deleted_keeps_nobody_from_setting_up_another(place: Place) -> None:
    gone = ServiceCommand(sys.executable, str(place.folder / "gone"), 8765)
    entry = entry_for(place.system, gone, user_here(os.environ))
    entry.path.parent.mkdir(parents=True, exist_ok=True)
    entry.path.write_bytes(entry.content)
    assert place.states("--dry-run")["log-on"] == "planned"
    entry.path.write_text("somebody else's")
    assert place.states("--dry-run", code=1)["log-on"] == "failed"


def test_undo_leaves_a_start_at_log_on_that_somebody_changed_and_asks_the_system_nothing(
    place: Place,
) -> None:
    place.set_up_until("log-on")
    record = orjson.loads((place.ledger / RECORD_FILE).read_bytes())
    entry = entry_for(place.system, ServiceCommand(**record["command"]), user_here(os.environ))
    entry.path.write_text("somebody else's")
    called = len(calls(place.programs))
    assert place.states("--undo")["log-on"] == "left-out"
    assert not [call for call in calls(place.programs)[called:] if call[0] == "launchctl"]
    assert entry.path.read_text() == "somebody else's"


def test_undo_takes_away_what_an_earlier_version_wrote(place: Place) -> None:
    """A newer version may write another file for log-on from the same values."""
    place.set_up_until("log-on")
    record = place.ledger / RECORD_FILE
    content = orjson.loads(record.read_bytes())
    content["command"]["python"] = "/of/a/newer/version"
    record.write_bytes(orjson.dumps(content))
    assert "left-out" not in place.states("--undo").values()
    assert not [name for name in place.files() if "LaunchAgents" in name]


def test_a_certificate_that_the_user_made_since_stays(place: Place) -> None:
    place.set_up_until("log-on")
    record = place.ledger / RECORD_FILE
    content = orjson.loads(record.read_bytes())
    record.write_bytes(orjson.dumps(content | {"authority": "00" * 20}))
    assert place.states("--undo")["certificate"] == "left-out"
    assert (place.folder / "certificates" / "authority-key.pem").exists()


def test_a_service_that_a_click_started_during_undo_is_stopped(place: Place) -> None:
    """Excel had a file of the add-in open, so the first undo came only half way, and the next click started the service."""
    place.set_up_until("log-on")
    ribbon = next(place.home.rglob("clinicledger.xlam"))
    in_use = ribbon.with_name(f"{ribbon.name}.part")
    in_use.mkdir()  # as root no file is closed, so a folder stands where one is removed
    half = place.states("--undo", code=1)
    assert (next(iter(half)), half["add-in"], half["service"]) == ("add-in", "failed", "there")
    start_service(place.ledger, command_here("linux", sys.executable, place.ledger, place.port, None))
    in_use.rmdir()
    assert place.states("--undo") == {"add-in": "done", "service": "done"}
    assert running_service(place.ledger) is None


def test_setup_with_sudo_is_refused(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUDO_USER", "ana")
    told = place.setup(code=1)
    assert (told["code"], "without sudo" in told["remedy"]) == ("setup-with-sudo", True)
    assert place.files() == {}


@pytest.mark.parametrize("kept", [(), ("XDG_DATA_HOME",)])
def test_an_account_without_a_home_folder_is_told_so(
    place: Place, kept: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in {*HOMES, "XDG_CONFIG_HOME", "CLINIC_LEDGER_CERTIFICATES"} - {*kept}:
        monkeypatch.delenv(variable)
    monkeypatch.setattr(os, "getuid", lambda: 54321)  # a number that no user has
    for words in (["setup"], ["setup", "--undo"]):
        done = CliRunner().invoke(app, words, env={"COLUMNS": "300"})
        assert (done.exit_code, "has no home folder" in done.output) == (2, True), done.output
    assert place.files() == {}


@pytest.mark.parametrize("place", ["linux"], indirect=True)
def test_where_nothing_can_be_written_setup_says_so_and_undo_has_nothing_to_do(place: Place) -> None:
    (place.folder / "file").write_bytes(b"no folder")
    (place.folder / "share").mkdir()
    with read_only(place.folder / "share", place.folder / "mounted") as share:
        for ledger in (share, share / "new", place.folder / "file"):
            place.ledger = ledger
            assert place.states(code=1) == {"ledger": "failed"}
            assert place.setup("--undo")["steps"] == []
    assert place.files() == {}

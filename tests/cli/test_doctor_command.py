"""``clinicledger doctor`` on installations that lack one thing each: it names that thing, and says what to do."""

import json
import os
import socket
import sqlite3
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from addin.desktop.install import install
from addin.desktop.install_plan import Computer, install_steps, start_folder
from addin.desktop.install_settings import Settings as AddInSettings
from addin.desktop.service import Service
from server.autostart.ledger_lock import RunningService
from server.autostart.service_command import command_here
from server.autostart.setup_record import SetupRecord
from server.backups.backup_state import BackupState, record_state
from server.certificates import LEAF_DAYS, Certificates
from server.cli.computer_checks import address_of, check_add_in, check_service, check_trust
from server.cli.trust import look_up_step
from server.doctor.remarks import Level, Remark, worst
from server.doctor.service_checks import check_books, check_disk, check_installation
from server.ledger.firm_access import AccessEvent
from server.ledger.store import Ledger
from server.settings import Settings
from tests.addin.stand_in import running_stand_in
from tests.api.wire import serving
from tests.cli.programs import clinicledger
from tests.disks import small_disk
from tests.invented import LAKESIDE
from tests.office_service import free_port
from tests.ribbon.clicks import a_ledger

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
PATIENT = "Ada Example"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return a_ledger(tmp_path / "ledger", LAKESIDE).folder


def examined(within: Path, *words: str) -> tuple[int, dict[str, dict[str, Any]]]:
    """Return the exit code, and what was said by part."""
    done = clinicledger("doctor", "--json", *words, within=within)
    return done.returncode, {one["part"]: one for one in json.loads(done.stdout)["checks"]}


def levels(remarks: list[Remark]) -> dict[str, Level]:
    return {one.part: one.level for one in remarks}


def test_where_nothing_is_wrong_everything_is_good(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLINIC_LEDGER_BACKUPS", str(tmp_path / "backups"))
    assert clinicledger("ledger", "backup", "--keep", tmp_path / "backups", within=tmp_path).returncode == 0
    with serving(folder) as program:
        code, said = examined(tmp_path)

    assert said["Service"]["says"] == f"It answers at {program.url}."
    assert code == 0
    assert {one["level"] for one in said.values()} == {"good"}
    assert {
        "Program",
        "Python",
        "Service",
        "Token",
        "Excel",
        "Ledger",
        "Disk",
        "Clock",
        "Books",
    } <= said.keys()
    assert not any(one["remedy"] for one in said.values())


@pytest.mark.usefixtures("folder")
def test_a_service_that_does_not_run_is_bad_and_the_rest_is_examined_all_the_same(tmp_path: Path) -> None:
    code, said = examined(tmp_path, "--service", "http://127.0.0.1:9")

    assert code == 1
    assert said["Service"]["level"] == "bad"
    assert "clinicledger" in said["Service"]["remedy"]
    assert said["Books"]["says"] == "The books of 1 clinic are as they were written."


@pytest.mark.usefixtures("folder")
def test_another_program_at_the_port_is_not_taken_for_ours(tmp_path: Path) -> None:
    with running_stand_in() as stand_in:
        code, said = examined(tmp_path, "--service", stand_in.url)

    assert (code, said["Service"]["level"]) == (1, "bad")
    assert said["Service"]["says"] == f"It does not run, and another program answers at {stand_in.url}."
    assert "setup --port" in said["Service"]["remedy"]


def test_a_service_of_setup_that_does_not_run_is_examined_with_the_settings_of_setup(
    tmp_path: Path, folder: Path
) -> None:
    port, backups = free_port(), tmp_path / "backups"
    SetupRecord(command=command_here(sys.platform, sys.executable, folder, port, backups)).save(folder)
    record_state(folder, BackupState(backups, datetime.now(UTC), datetime.now(UTC)))

    code, said = examined(tmp_path)

    assert (code, said["Service"]["level"]) == (1, "bad")
    assert f":{port}" in said["Service"]["says"]
    assert said["Backups"]["level"] == "good"
    assert (said["Log-on"]["level"], said["Log-on"]["remedy"]) == (
        "attention",
        "Run clinicledger setup again.",
    )


def test_excel_that_asks_at_another_port_than_the_service_has_is_said(tmp_path: Path) -> None:
    with Service(f"http://127.0.0.1:{free_port()}", tmp_path / "none") as client:
        (said,) = check_service(client, RunningService(1, "http://127.0.0.1:8765"))

    assert (
        said.says
        == f"Excel asks at {client.url}, and the service of this ledger is at http://127.0.0.1:8765."
    )


def test_a_service_that_hangs_is_not_waited_for_as_long_as_a_click(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.cli.computer_checks.PATIENCE_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        computer = Computer(sys.platform, tmp_path, tmp_path, Path(sys.executable))
        with address_of(computer, url, None, SetupRecord()) as client:
            (said,) = check_service(client, None)

    assert (said.level, said.remedy) == (Level.BAD, "Wait a minute and press the button again.")


def test_a_ledger_that_does_not_open_hides_neither_its_backups_nor_its_disk(
    tmp_path: Path, folder: Path
) -> None:
    (folder / "firm.db").write_bytes(os.urandom(5000))

    code, said = examined(tmp_path, "--service", "http://127.0.0.1:9")

    assert (code, said["Ledger"]["level"]) == (1, "bad")
    assert {"Disk", "Backups"} <= said.keys()


@pytest.mark.parametrize("is_there", [True, False])
def test_books_without_the_list_of_the_firm_are_not_taken_for_an_empty_ledger(
    tmp_path: Path, folder: Path, *, is_there: bool
) -> None:
    (folder / "firm.db").unlink()
    if is_there:
        (folder / "firm.db").touch()

    code, said = examined(tmp_path, "--service", "http://127.0.0.1:9", "--quick")

    assert (code, said["Ledger"]["level"]) == (1, "bad")
    assert "firm.db is missing or empty, and there are books of clinics" in said["Ledger"]["says"]
    assert "backup" in said["Ledger"]["remedy"]


def test_a_list_without_clinics_beside_their_books_is_not_taken_for_an_empty_ledger(
    tmp_path: Path, folder: Path
) -> None:
    Ledger(tmp_path / "empty").close()
    (tmp_path / "empty" / "firm.db").replace(folder / "firm.db")

    code, said = examined(tmp_path, "--service", "http://127.0.0.1:9", "--quick")

    assert (code, said["Ledger"]["level"]) == (1, "bad")
    assert "books of 1 clinic, and the list of clinics, firm.db, has none" in said["Ledger"]["says"]


def test_without_a_ledger_none_is_made(tmp_path: Path) -> None:
    _, said = examined(tmp_path, "--service", "http://127.0.0.1:9", "--ledger", str(tmp_path / "none"))

    assert said["Ledger"]["level"] == "attention"
    assert not (tmp_path / "none").exists()


def test_books_that_were_changed_are_bad_and_quick_does_not_look(tmp_path: Path, folder: Path) -> None:
    with closing(sqlite3.connect(folder / "clinics" / "lakeside.db")) as conn:
        conn.execute("UPDATE provider SET name = ? WHERE id = 1", [PATIENT])
        conn.commit()

    code, said = examined(tmp_path, "--service", "http://127.0.0.1:9")
    _, quickly = examined(tmp_path, "--service", "http://127.0.0.1:9", "--quick")

    assert (code, said["Books"]["level"]) == (1, "bad")
    assert "ledger verify" in said["Books"]["remedy"]
    assert "Books" not in quickly
    assert not any(word in str(said) for word in (PATIENT, "lakeside", LAKESIDE.clinic.name))


def test_a_token_that_ended_is_said(tmp_path: Path, folder: Path) -> None:
    ledger = Ledger(folder)
    ledger.tokens.ensure_desktop()
    ledger.close()
    with serving(folder) as program:
        _, accepted = examined(tmp_path, "--service", program.url)
        (folder / "desktop-token").write_text("A" * 43, "ascii")
        code, said = examined(tmp_path, "--service", program.url)

    assert accepted["Token"]["level"] == "good"
    assert (code, said["Token"]["level"]) == (1, "bad")
    assert said["Token"]["remedy"]


@pytest.mark.parametrize(("kilobytes", "level"), [(64, Level.BAD), (1_000_000, Level.ATTENTION)])
def test_a_disk_without_room_is_said(tmp_path: Path, kilobytes: int, level: Level) -> None:
    with small_disk(tmp_path / "disk", kilobytes) as disk:
        said = check_disk(disk / "ledger" / "not" / "made")

    assert said.level is level
    assert said.remedy


def test_a_clock_that_was_set_back_is_bad(folder: Path) -> None:
    ahead = Ledger(folder, lambda: NOW + timedelta(days=30))
    ahead.access.record_copy(AccessEvent.BACKUP, "1 clinic")

    said = levels(list(check_installation(Ledger(folder, lambda: NOW), Settings(path=folder))))

    assert said["Clock"] is Level.BAD
    assert worst(check_installation(Ledger(folder, lambda: NOW), Settings(path=folder))) is Level.BAD


@pytest.mark.parametrize(("hours", "level"), [(35, Level.GOOD), (37, Level.BAD)])
def test_backups_that_are_late_are_bad_and_it_says_why(
    folder: Path, tmp_path: Path, hours: int, level: Level
) -> None:
    backups = (tmp_path / "backups").absolute()
    state = BackupState(backups, NOW - timedelta(hours=hours), NOW, "The disk is full.")
    record_state(folder, state)

    said = list(check_installation(Ledger(folder, lambda: NOW), Settings(path=folder, backups=backups)))
    (remark,) = (one for one in said if one.part == "Backups")

    assert remark.level is level
    assert ("The disk is full." in remark.says) == (level is Level.BAD)
    assert bool(remark.remedy) == (level is Level.BAD)


def test_a_line_for_support_names_neither_a_clinic_nor_the_user(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "ana"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "ana"))
    backups = tmp_path / "ana" / "copies"
    state = BackupState(
        backups, None, NOW, f"“lakeside” cannot be opened, clinics/lakeside.db is away, {backups} is full."
    )
    record_state(folder, state)

    said = list(check_installation(Ledger(folder, lambda: NOW), Settings(path=folder, backups=backups)))

    (remark,) = (one for one in said if one.part == "Backups")
    assert "“…” cannot be opened, clinics/….db is away, ~/copies is full." in remark.says
    assert not any(word in str(said) for word in ("lakeside", LAKESIDE.clinic.name, str(tmp_path / "ana")))


def test_backups_that_nobody_set_up_are_said(folder: Path) -> None:
    said = levels(list(check_installation(Ledger(folder), Settings(path=folder))))

    assert said["Backups"] is Level.ATTENTION


@pytest.mark.parametrize(
    ("age", "level"),
    [(0, Level.GOOD), (LEAF_DAYS - 10, Level.ATTENTION), (LEAF_DAYS + 1, Level.BAD)],
)
def test_a_certificate_that_was_not_renewed_is_said(
    folder: Path, tmp_path: Path, age: int, level: Level
) -> None:
    Certificates(tmp_path / "certificates").make(NOW - timedelta(days=age))
    settings = Settings(path=folder, certificates=tmp_path / "certificates")

    assert levels(list(check_installation(Ledger(folder, lambda: NOW), settings)))["Certificate"] is level


def test_a_certificate_that_the_system_does_not_trust_is_said(tmp_path: Path) -> None:
    own = Certificates(tmp_path / "certificates")
    assert list(check_trust(own, tmp_path)) == []
    own.make(NOW)

    (said,) = check_trust(own, tmp_path / "home")

    assert said.level is Level.ATTENTION
    assert "certificate --trust" in said.remedy


def test_each_system_is_asked_about_its_trust_in_the_words_of_its_own_program(tmp_path: Path) -> None:
    own = Certificates(tmp_path / "certificates")
    own.make(NOW)

    asked = {system: look_up_step(system, own, tmp_path).command for system in ("Windows", "macOS", "Linux")}

    assert asked["Windows"] == ("certutil", "-user", "-verifystore", "Root", own.fingerprint())
    assert asked["macOS"][:2] == ("security", "verify-cert")
    assert asked["Linux"][0] == "certutil"
    assert not any("add" in word for words in asked.values() for word in words[:-1] if word.startswith("-"))


@pytest.fixture(params=["win32", "darwin"])
def computer(request: pytest.FixtureRequest, tmp_path: Path) -> Computer:
    return Computer(request.param, tmp_path, tmp_path / "AppData" / "Roaming", tmp_path / "tool" / "python")


def test_an_add_in_that_is_as_this_program_installs_it_is_good(computer: Computer) -> None:
    assert [one.level for one in check_add_in(computer)] == [Level.ATTENTION, Level.ATTENTION]

    list(install(computer, install_steps(computer, AddInSettings())))

    assert [one.level for one in check_add_in(computer)] == [Level.GOOD]


def test_an_add_in_that_lacks_a_file_is_bad(computer: Computer) -> None:
    list(install(computer, install_steps(computer, AddInSettings())))
    next(start_folder(computer).iterdir()).unlink()

    (said,) = check_add_in(computer)

    assert said.level is Level.BAD
    assert said.says.startswith("Missing: the ribbon")
    assert "addin install" in said.remedy


def test_an_add_in_that_starts_another_python_is_bad(computer: Computer) -> None:
    list(install(computer, install_steps(computer, AddInSettings())))

    (said,) = check_add_in(replace(computer, python=computer.home / "other" / "python"))

    assert said.level is Level.BAD
    assert "another installation: where its macros find Python" in said.says


def test_the_service_says_the_same_to_the_task_pane(folder: Path) -> None:
    with serving(folder) as program, httpx.Client(base_url=program.url) as client:
        told = client.get("/doctor").json()

    assert told["level"] == "attention"
    assert [one["part"] for one in told["checks"]] == ["Program", "Ledger", "Disk", "Backups", "Clock"]


def test_a_ledger_that_does_not_open_is_bad(folder: Path) -> None:
    (folder / "clinics" / "lakeside.db").write_bytes(os.urandom(5000))

    assert check_books(Ledger(folder)).level is Level.BAD

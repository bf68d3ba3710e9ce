"""``clinicledger ledger encrypt | decrypt | rekey | recovery-text | enter-key``, and which new ledgers are encrypted."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from server.billing.clinics import Clinic
from server.cli.commands import app
from server.cli.new_ledgers import begin_encryption
from server.doctor.remarks import Level
from server.doctor.service_checks import check_installation
from server.encryption.folder_encryption import FolderEncryption, Note, State
from server.encryption.key_places import find_key
from server.encryption.recovery_text import read_recovery_text, recovery_text
from server.ledger.store import Ledger
from server.ledger.verify import Verified
from server.settings import Settings
from tests.encrypted import forget_keys
from tests.ledger.invoiced import a_draft, created

run = CliRunner()
pytestmark = pytest.mark.plain("begins with plain files")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    ledger = Ledger(tmp_path / "ledger")
    created(ledger.open_clinic(Clinic("lakeside", "Lakeside Clinic")), a_draft())
    ledger.close()
    return ledger.folder


def told(*words: str | Path, code: int = 0) -> Any:  # noqa: ANN401 - JSON
    done = run.invoke(app, ["ledger", *map(str, words), "--json"])
    assert done.exit_code == code, done.output
    return json.loads(done.stdout)


def test_a_ledger_is_encrypted_rekeyed_and_decrypted_and_each_clinic_is_told(folder: Path) -> None:
    encrypted = told("encrypt", "--ledger", folder)
    rekeyed = told("rekey", "--ledger", folder)
    decrypted = told("decrypt", "--ledger", folder)

    for one in (encrypted, rekeyed, decrypted):
        (clinic,) = one["clinics"]
        assert (clinic["clinic"], clinic["invoices"], clinic["receivable_cents"]) == ("lakeside", 1, 100_00)
        assert one["files"] == 2
    assert encrypted["key"] != rekeyed["key"]
    assert encrypted["clinics"] == rekeyed["clinics"] == decrypted["clinics"]
    assert isinstance(Ledger.open_existing(folder).verify_clinic("lakeside"), Verified)


def test_people_are_told_what_to_do_with_the_recovery_text_and_with_old_blocks(folder: Path) -> None:
    done = run.invoke(app, ["ledger", "encrypt", "--ledger", str(folder)])
    note = FolderEncryption(folder).note()
    assert note is not None

    assert done.exit_code == 0
    assert "old blocks" in done.stdout
    assert "ledger recovery-text" in done.stdout
    assert "Lakeside Clinic: 1 invoices" in done.stdout
    assert recovery_text(find_key(note.key)) not in done.output  # nobody reads it on a terminal here


def test_the_recovery_text_is_shown_when_asked_and_that_is_recorded(folder: Path) -> None:
    assert run.invoke(app, ["ledger", "recovery-text", "--ledger", str(folder)]).exit_code == 1
    key = told("encrypt", "--ledger", folder)["key"]

    done = run.invoke(app, ["ledger", "recovery-text", "--ledger", str(folder)])

    assert read_recovery_text(done.stdout).id == key
    events = [(row.what, row.about) for row in Ledger.open_existing(folder).access.rows(2)]
    assert events == [("recovery-text", key[:8]), ("encryption", "encrypted")]


def encrypted_and_copied(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Encrypt a ledger, back it up, and go on as another computer, which has no key; return the recovery text."""
    told("encrypt", "--ledger", folder)
    text = run.invoke(app, ["ledger", "recovery-text", "--ledger", str(folder)]).stdout
    told("backup", "--to", tmp_path / "copy", "--ledger", folder)
    monkeypatch.setenv("CLINIC_LEDGER_KEYS", str(tmp_path / "other computer"))
    forget_keys()
    return text


def test_a_backup_is_restored_on_another_computer_with_the_recovery_text(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = encrypted_and_copied(folder, tmp_path, monkeypatch)

    refused = told("restore", "--from", tmp_path / "copy", "--ledger", tmp_path / "new", code=1)
    assert refused["code"] == "ledger-key-missing"
    assert not (tmp_path / "new").exists()

    entered = run.invoke(app, ["ledger", "enter-key", "--json"], input=text)
    assert json.loads(entered.stdout)["key"] == read_recovery_text(text).id
    told("restore", "--from", tmp_path / "copy", "--ledger", tmp_path / "new")
    restored = Ledger.open_existing(tmp_path / "new")
    assert isinstance(restored.verify_clinic("lakeside"), Verified)
    assert FolderEncryption(tmp_path / "new").note() == FolderEncryption(folder).note()


def test_a_ledger_that_lost_its_note_opens_again_with_the_recovery_text(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = encrypted_and_copied(folder, tmp_path, monkeypatch)

    for lost in (folder, tmp_path / "copy"):
        (lost / "encryption.json").unlink()
        refused = told("verify", "--ledger", lost, code=1)
        assert "enter-key" in refused["remedy"]
        entered = run.invoke(app, ["ledger", "enter-key", "--ledger", str(lost), "--json"], input=text)
        assert json.loads(entered.stdout)["wrote_note"]
        assert told("verify", "--ledger", lost)
    assert not (tmp_path / "copy" / "encryption.lock").exists()  # a copy stays as it was made


def test_a_change_that_was_ended_is_named_by_the_command_the_service_and_the_doctor(folder: Path) -> None:
    key = told("encrypt", "--ledger", folder)["key"]
    FolderEncryption(folder).write(Note(key, State.DECRYPTING))
    settings = Settings(path=folder)

    assert "clinicledger ledger decrypt again" in begin_encryption(settings)
    ledger = Ledger.open_existing(folder)
    (remark,) = (one for one in check_installation(ledger, settings) if one.part == "Ledger")
    ledger.close()
    assert remark.level is Level.ATTENTION
    assert "clinicledger ledger decrypt again" in remark.remedy
    done = run.invoke(app, ["ledger", "rekey", "--ledger", str(folder)])
    assert done.exit_code == 1
    assert "clinicledger ledger decrypt again" in " ".join(done.output.split())
    told("decrypt", "--ledger", folder)
    assert begin_encryption(settings) == ""


@pytest.mark.parametrize("typed", ["", "ABCD-EFGH", "0" * 56])
def test_a_wrong_recovery_text_is_refused_and_not_repeated(typed: str) -> None:
    done = run.invoke(app, ["ledger", "enter-key"], input=typed)

    assert done.exit_code == 1
    assert not typed or typed not in done.output
    assert "recovery text" in " ".join(done.output.split())


@pytest.mark.parametrize(
    ("settings", "is_encrypted"),
    [
        ({}, False),
        ({"names": "ledger.office.example"}, True),
        ({"proxies": "127.0.0.1"}, True),
        ({"host": "192.0.2.7"}, True),
        ({"host": "192.0.2.7", "encryption": "off"}, False),
        ({"encryption": "on"}, True),
    ],
)
def test_a_new_ledger_of_an_office_is_encrypted_and_one_of_a_biller_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any], *, is_encrypted: bool
) -> None:
    monkeypatch.delenv("CLINIC_LEDGER_ENCRYPTION")
    chosen = Settings(path=tmp_path / "ledger", **settings)

    said = begin_encryption(chosen)
    Ledger(chosen.path).open_clinic(Clinic("lakeside", "Lakeside Clinic"))

    data = (chosen.path / "clinics" / "lakeside.db").read_bytes()
    assert data.startswith(b"SQLite format 3") is not is_encrypted
    assert ("recovery-text" in said) is is_encrypted
    assert begin_encryption(chosen) == ""


def test_a_ledger_of_an_office_that_has_users_and_no_clinic_yet_is_encrypted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service for others starts only once there are users, so their command has made the ledger."""
    monkeypatch.delenv("CLINIC_LEDGER_ENCRYPTION")
    Ledger(tmp_path / "ledger").close()

    assert "are encrypted" in begin_encryption(Settings(path=tmp_path / "ledger", host="192.0.2.7"))
    assert not (tmp_path / "ledger" / "firm.db").read_bytes().startswith(b"SQLite format 3")
    assert Ledger.open_existing(tmp_path / "ledger").clinics() == []


def test_a_ledger_that_has_clinics_stays_as_it_is_and_the_command_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CLINIC_LEDGER_ENCRYPTION")
    before = (folder / "firm.db").read_bytes()

    said = begin_encryption(Settings(path=folder, host="192.0.2.7"))

    assert "clinicledger ledger encrypt" in said
    assert (folder / "firm.db").read_bytes() == before
    assert FolderEncryption(folder).note() is None

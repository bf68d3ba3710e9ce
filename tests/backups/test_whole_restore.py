"""A whole ledger restored from a backup after its disk died."""

import json
import shutil
from pathlib import Path

import pytest

from server.backups.backup_run import run_backup
from server.backups.kept_copies import KeptCounts
from server.backups.whole_restore import restore_ledger
from server.billing.people import Role
from server.database_address import DatabaseAddress
from server.errors import NotRestored
from server.ledger.backup_folder import MANIFEST
from server.ledger.restoring import LOCK
from server.ledger.store import Ledger
from server.ledger.verify import Verified, VerifiedFirm
from server.storage import IN_FOLDER, Storage
from tests.behind import open_books
from tests.disks import small_disk
from tests.object_servers import S3Server
from tests.people import add_user

USUAL = KeptCounts()


def is_empty(folder: Path) -> bool:
    return not [path for path in folder.rglob("*") if path.is_file() and path.name != LOCK]


def test_everything_comes_back_the_users_too(ledger: Ledger, backups: Path, tmp_path: Path) -> None:
    add_user(ledger, "root", "The Administrator", Role.ADMINISTRATOR)
    copy = run_backup(ledger, backups, USUAL).made.folder
    before = {name: ledger.verify_clinic(name) for name in ("hillside", "lakeside")}
    ledger.close()
    shutil.rmtree(ledger.folder)

    anew = tmp_path / "new disk" / "ledger"
    taken = restore_ledger(copy, anew, IN_FOLDER)

    assert [entry.id for entry in taken] == ["hillside", "lakeside"]
    restored = Ledger(anew)
    assert {name: restored.verify_clinic(name) for name in before} == before
    assert isinstance(restored.verify_firm(), VerifiedFirm)
    assert restored.people.users.has_users()
    assert restored.access.rows(1)[0].about == "the whole ledger: 2 clinics"
    assert not list(anew.glob("restoring-*"))
    assert not (anew / MANIFEST).exists()
    assert {path.stat().st_mode & 0o077 for path in [anew, *anew.rglob("*")]} == {0}


def test_nothing_is_put_over_books_that_are_there(ledger: Ledger, backups: Path, tmp_path: Path) -> None:
    copy = run_backup(ledger, backups, USUAL).made.folder
    with pytest.raises(NotRestored, match="has books, and they are not replaced"):
        restore_ledger(copy, ledger.folder, IN_FOLDER)
    only_clinics = tmp_path / "only clinics"
    shutil.copytree(copy / "clinics", only_clinics / "clinics")
    with pytest.raises(NotRestored, match="has books, and they are not replaced"):
        restore_ledger(copy, only_clinics, IN_FOLDER)


@pytest.mark.parametrize(
    "spoilt",
    ["clinics/lakeside.db", "firm.db", "documents", "lost", "outside", "on Windows", "nameless", "other"],
)
def test_of_a_copy_that_is_not_whole_nothing_is_restored(
    ledger: Ledger, backups: Path, tmp_path: Path, spoilt: str
) -> None:
    copy = run_backup(ledger, backups, USUAL).made.folder
    (paper,) = (path for path in (copy / "documents").rglob("*") if path.is_file())
    manifest = json.loads((copy / MANIFEST).read_text())
    match spoilt:
        case "documents":
            paper.write_bytes(b"another cheque")
        case "lost":
            (copy / "firm.db").unlink()
        case "outside" | "on Windows" | "nameless" | "other":
            name = {
                "outside": "clinics/../../letter",
                "on Windows": "documents/..\\..\\letter",
                "nameless": "",
                "other": "letter",
            }[spoilt]
            (copy.parent / "letter").write_bytes(b"a letter")
            manifest["files"][name] = "0" * 64
            (copy / MANIFEST).write_text(json.dumps(manifest))
        case _:
            (copy / spoilt).write_bytes((copy / spoilt).read_bytes()[:-1] + b"?")
    with pytest.raises(NotRestored):
        restore_ledger(copy, tmp_path / "anew", IN_FOLDER)
    assert is_empty(tmp_path / "anew")


def test_a_backup_that_is_not_good_and_an_export_are_not_restored_whole(
    ledger: Ledger, backups: Path, tmp_path: Path
) -> None:
    ledger.export("lakeside", tmp_path / "export")
    with open_books(ledger.folder, "lakeside") as execute:
        execute("DROP TRIGGER step_never_changes")
        execute("UPDATE step SET note = 'x' WHERE id = 2")
    ledger.close()
    copy = run_backup(ledger, backups, USUAL).made.folder
    with pytest.raises(NotRestored, match="is not good: in “lakeside”"):
        restore_ledger(copy, tmp_path / "anew", IN_FOLDER)
    with pytest.raises(NotRestored, match="it is an export"):
        restore_ledger(tmp_path / "export", tmp_path / "anew", IN_FOLDER)
    assert not (tmp_path / "anew").exists()


def test_a_disk_without_room_keeps_nothing(ledger: Ledger, backups: Path, tmp_path: Path) -> None:
    copy = run_backup(ledger, backups, USUAL).made.folder
    with small_disk(tmp_path / "disk", 500) as disk:
        with pytest.raises(Exception, match=r"disk is full|No space left"):
            restore_ledger(copy, disk / "ledger", IN_FOLDER)
        assert is_empty(disk)


def test_documents_go_where_the_settings_have_them(
    ledger: Ledger, backups: Path, tmp_path: Path, s3: S3Server
) -> None:
    copy = run_backup(ledger, backups, USUAL).made.folder
    storage = Storage(bucket=s3.new_bucket())
    restore_ledger(copy, tmp_path / "anew", storage)
    assert isinstance(Ledger(tmp_path / "anew", storage=storage).verify_clinic("lakeside"), Verified)
    assert not (tmp_path / "anew" / "documents").exists()


def test_books_in_postgresql_are_restored_clinic_by_clinic(
    ledger: Ledger, backups: Path, tmp_path: Path
) -> None:
    copy = run_backup(ledger, backups, USUAL).made.folder
    with pytest.raises(NotRestored, match="restored with the database"):
        restore_ledger(copy, tmp_path / "anew", Storage(DatabaseAddress("postgresql://nobody@nowhere/none")))

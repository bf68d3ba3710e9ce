"""Backups that earlier programs made are restored by this one: on the day a disk dies, people install the newest version."""

import json
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from server.backups.backup_copy import BackupCopy, write_mark
from server.backups.rehearsal import rehearse_restore
from server.backups.whole_restore import restore_ledger
from server.ledger.backup_folder import MANIFEST
from server.ledger.engine.journal import JournalHead
from server.ledger.store import Ledger
from server.ledger.verify import Verified, VerifiedFirm
from server.storage import IN_FOLDER
from tests.contract.repository import ROOT

pytestmark = pytest.mark.sqlite("files of earlier programs")

KEPT = sorted((ROOT / "tests" / "data" / "ledgers").glob("*.zip"))
WITH_JOURNAL = next(kept for kept in KEPT if kept.stem == "0027")


def unpacked(kept: Path, folder: Path) -> Path:
    with zipfile.ZipFile(kept) as packed:
        packed.extractall(folder)
    return folder


def head_in(path: Path) -> JournalHead:
    with closing(sqlite3.connect(path)) as conn:
        row = conn.execute(
            "SELECT id, hash, substr(recorded_at, 1, 10) FROM journal ORDER BY id DESC LIMIT 1"
        ).fetchone()
    return JournalHead(*row)


def an_earlier_copy(kept: Path, folder: Path) -> Path:
    """Return the copy that an earlier program would have made of its ledger, with the manifest of that time."""
    unpacked(kept, folder)
    for path in folder.iterdir():
        if path.name not in {"firm.db", "clinics", "documents"}:
            path.unlink() if path.is_file() else None
    files = {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }
    (folder / MANIFEST).write_text(json.dumps(files))
    return folder


@pytest.mark.parametrize("kept", KEPT, ids=lambda path: path.stem)
def test_a_copy_of_an_earlier_program_is_restored_whole(kept: Path, tmp_path: Path) -> None:
    copy = an_earlier_copy(kept, tmp_path / "copy")
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}

    taken = restore_ledger(copy, tmp_path / "anew", IN_FOLDER)

    restored = Ledger(tmp_path / "anew")
    assert [entry.id for entry in taken] == sorted(path.stem for path in (copy / "clinics").glob("*.db"))
    assert all(isinstance(restored.verify_clinic(entry.id), Verified) for entry in taken)
    assert isinstance(restored.verify_firm(), VerifiedFirm)
    assert {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()} == before


def test_a_backup_of_an_earlier_program_is_rehearsed_without_a_difference(tmp_path: Path) -> None:
    copy = an_earlier_copy(WITH_JOURNAL, tmp_path / "copy")
    unpacked(WITH_JOURNAL, tmp_path / "ledger")
    heads = {path.stem: head_in(path) for path in (copy / "clinics").glob("*.db")}
    files = json.loads((copy / MANIFEST).read_text())
    journals = {name: asdict(head) for name, head in heads.items()}
    (copy / MANIFEST).write_text(json.dumps({"files": files, "journals": journals}))
    ledger = Ledger(tmp_path / "ledger")
    totals = {}
    for name, head in heads.items():
        found = ledger.verify_clinic(name)
        assert isinstance(found, Verified)
        assert found.entries > head.entries, "bringing it up to date adds to its journal"
        totals[name] = Verified(found.steps, found.invoices, found.receivable_cents, head.entries, head.hash)
    made_at = datetime(2026, 11, 1, tzinfo=UTC)
    write_mark(copy, BackupCopy(copy, ledger.first_entry(), made_at, totals))

    assert rehearse_restore(ledger, copy).differences == []

    mark = copy / "backup.json"
    mark.write_text(mark.read_text().replace('"steps": ', '"steps": 1', 1))
    (difference,) = rehearse_restore(ledger, copy).differences
    assert "has other totals than when the backup was made" in difference

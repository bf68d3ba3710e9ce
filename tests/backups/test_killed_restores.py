"""Restores that are killed in the middle: the same command again restores everything, and books of others are never touched."""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from server.backups.backup_run import run_backup
from server.backups.kept_copies import KeptCounts
from server.backups.whole_restore import restore_ledger
from server.billing.clinics import Clinic
from server.errors import BooksNotOpened, NotRestored
from server.ledger import restoring
from server.ledger.engine.sqlite.folder import SqliteFolder
from server.ledger.restoring import NOTE, only_restore
from server.ledger.store import Ledger
from server.ledger.verify import Verified
from server.storage import IN_FOLDER
from tests.cli.programs import ROOT, surroundings
from tests.ledger.invoiced import a_draft, created

USUAL = KeptCounts()
LAST = 4
"""At how many of its last operations a restore is done, and leaves nothing that a further one could know it by."""

pytestmark = pytest.mark.sqlite("files are moved in one after the other")


def killed(
    before: Path, command: str, source: str | Path, clinics: Sequence[str], every: int = 6
) -> dict[str, Any]:
    """Kill a restore at many of its operations; return what happened."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tests.backups.killed_restores"),
            *(before, command, source, str(every), *clinics),
        ],
        cwd=ROOT,
        env=surroundings(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_a_whole_restore_that_is_killed_at_any_moment_works_when_it_is_given_again(
    ledger: Ledger, backups: Path, tmp_path: Path
) -> None:
    copy = run_backup(ledger, backups, USUAL).made.folder
    (tmp_path / "empty").mkdir()
    found = killed(tmp_path / "empty", "whole", copy, ["hillside", "lakeside"])
    assert found["faults"] == []
    assert found["refused"] <= LAST
    assert found["kills"] > 20


def test_a_restore_of_clinics_that_is_killed_at_any_moment_works_when_it_is_given_again(
    ledger: Ledger, backups: Path, tmp_path: Path
) -> None:
    copy = run_backup(ledger, backups, USUAL).made.folder
    other = Ledger(tmp_path / "other")
    created(other.open_clinic(Clinic("woodland", "Woodland Practice")), a_draft())
    other.close()
    found = killed(tmp_path / "other", "clinics", copy, ["hillside", "lakeside", "woodland"])
    assert found["faults"] == []
    assert found["refused"] <= LAST
    assert found["kills"] > 20


def interrupted(copy: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Leave a ledger folder as a restore does that is killed before it moves the file of the firm in; return its stage."""
    with monkeypatch.context() as killing:
        killing.setattr(restoring, "_take_back", lambda *_: None)
        move_in = SqliteFolder(folder).firm(str).__class__.move_in

        def stop_before_the_firm(file: Any, source: Path) -> None:  # noqa: ANN401 - a file
            if file.name == "firm.db":
                raise KeyboardInterrupt
            move_in(file, source)

        killing.setattr(SqliteFolder(folder).firm(str).__class__, "move_in", stop_before_the_firm)
        with pytest.raises(KeyboardInterrupt):
            restore_ledger(copy, folder, IN_FOLDER)
    (stage,) = (path for path in folder.iterdir() if (path / NOTE).exists())
    return stage


def test_after_a_killed_restore_another_copy_can_be_restored(
    ledger: Ledger, backups: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run_backup(ledger, backups, USUAL).made.folder
    created(ledger.clinic("lakeside"), a_draft("Another Patient", case="Another"))
    second = run_backup(ledger, backups, USUAL).made.folder
    stage = interrupted(first, tmp_path / "anew", monkeypatch)
    assert (tmp_path / "anew" / "clinics" / "lakeside.db").exists()

    restore_ledger(second, tmp_path / "anew", IN_FOLDER)

    assert Ledger(tmp_path / "anew").verify_clinic("lakeside") == ledger.verify_clinic("lakeside")
    assert not stage.exists()


def test_books_that_somebody_put_there_after_a_killed_restore_are_not_touched(
    ledger: Ledger, backups: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = run_backup(ledger, backups, USUAL).made.folder
    interrupted(copy, tmp_path / "anew", monkeypatch)
    other = Ledger(tmp_path / "other")
    created(other.open_clinic(Clinic("lakeside", "Another Lakeside")), a_draft("Mine", case="Mine"))
    other.close()
    mine = tmp_path / "anew" / "clinics" / "lakeside.db"
    shutil.copy(tmp_path / "other" / "clinics" / "lakeside.db", mine)
    before = mine.read_bytes()

    for _ in range(2):
        with pytest.raises(NotRestored, match="has books, and they are not replaced"):
            restore_ledger(copy, tmp_path / "anew", IN_FOLDER)
    assert mine.read_bytes() == before


def test_half_a_ledger_of_a_killed_restore_is_not_opened_until_it_is_restored_again(
    ledger: Ledger, backups: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = run_backup(ledger, backups, USUAL).made.folder
    stage = interrupted(copy, tmp_path / "anew", monkeypatch)
    with pytest.raises(BooksNotOpened) as refused:
        Ledger(tmp_path / "anew")
    assert "If a restore was ended in the middle, give it again." in refused.value.remedy

    restored = restore_ledger(copy, tmp_path / "anew", IN_FOLDER)

    assert [entry.id for entry in restored] == ["hillside", "lakeside"]
    assert not stage.exists()
    assert isinstance(Ledger(tmp_path / "anew").verify_clinic("lakeside"), Verified)


def test_a_service_removes_what_a_killed_restore_of_clinics_left(
    ledger: Ledger, backups: Path, tmp_path: Path
) -> None:
    copy = run_backup(ledger, backups, USUAL).made.folder
    started = Ledger(tmp_path / "anew")
    stage = started.folder / "restoring-0123abcd"
    shutil.copytree(copy / "clinics", stage / "lakeside")
    started.remove_restore_leftovers()
    assert not stage.exists()
    assert [entry.id for entry in started.restore(copy)] == ["hillside", "lakeside"]
    assert isinstance(started.verify_clinic("lakeside"), Verified)


def test_of_two_restores_at_once_one_is_refused_and_takes_nothing_from_the_other(
    ledger: Ledger, backups: Path, tmp_path: Path
) -> None:
    copy = run_backup(ledger, backups, USUAL).made.folder
    anew = Ledger(tmp_path / "anew")
    with only_restore(anew.folder, SqliteFolder(anew.folder), "another command") as other:
        other.stage.mkdir()
        with pytest.raises(NotRestored, match="Another command restores books into"):
            restore_ledger(copy, anew.folder, IN_FOLDER)
        with pytest.raises(NotRestored, match="Another command restores books into"):
            anew.restore(copy)
        anew.remove_restore_leftovers()
        assert other.stage.exists()
    assert not other.stage.exists()

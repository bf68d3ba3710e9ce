"""One run of the backup: whole or not there, verified, and older ones removed only after it."""

import shutil
import subprocess
import sys
from pathlib import Path
from random import Random
from time import sleep

import pytest

from server.backups import backup_run
from server.backups.backup_copy import MARK, UNFINISHED, copies_in, read_copy
from server.backups.backup_run import LOCK, AlreadyMade, only_run, run_backup
from server.backups.backup_state import backup_state, recorded_state, try_backup
from server.backups.copy_check import check_copy
from server.backups.kept_copies import KeptCounts
from server.billing.clinics import Clinic
from server.encryption.folder_encryption import NOTE
from server.errors import BackupNotMade, BackupRunning, DiskFull
from server.ledger.backup_folder import MANIFEST
from server.ledger.clock import utc_now
from server.ledger.store import Ledger
from tests.backups.conftest import Clock
from tests.behind import open_books
from tests.cli.programs import ROOT, surroundings
from tests.disks import fill, free, small_disk
from tests.ledger.invoiced import a_draft, created

USUAL = KeptCounts()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != LOCK)


def spoil(ledger: Ledger, clinic: str = "lakeside") -> None:
    with open_books(ledger.folder, clinic) as execute:
        execute("DROP TRIGGER step_never_changes")
        execute("UPDATE step SET note = 'x' WHERE id = 2")
    ledger.close()


def test_a_backup_is_a_verified_copy_under_the_time_at_which_it_was_begun(
    ledger: Ledger, backups: Path, clock: Clock
) -> None:
    run = run_backup(ledger, backups, USUAL)

    made = run.made
    assert (made.fault, run.removed) == ("", 0)
    assert names(backups) == [f"{clock.now.astimezone():%Y-%m-%d-%H%M%S}"]
    assert made.folder == backups / names(backups)[0]
    assert {path.name for path in made.folder.iterdir()} - {NOTE} == {
        "clinics",
        "documents",
        "firm.db",
        MANIFEST,
        MARK,
    }
    assert made.clinics == {name: ledger.verify_clinic(name) for name in ("hillside", "lakeside")}
    assert read_copy(made.folder) == made
    assert check_copy(made.folder, utc_now).fault == ""


def test_a_backup_is_restored_like_any_copy(ledger: Ledger, backups: Path, tmp_path: Path) -> None:
    made = run_backup(ledger, backups, USUAL).made
    anew = Ledger(tmp_path / "anew")
    anew.restore(made.folder)
    assert anew.verify_clinic("lakeside") == ledger.verify_clinic("lakeside")


def test_night_by_night_seven_days_are_kept_and_nothing_of_others_is_touched(
    ledger: Ledger, backups: Path, clock: Clock, tmp_path: Path
) -> None:
    other = Ledger(tmp_path / "other", clock)
    of_other = run_backup(other, backups, USUAL).made.folder
    by_hand = backups / "2019-01-01-000000"
    ledger.backup(by_hand)
    for name in ("letters", "unfinished-letters", "unfinished-0123456789abcdef.zip"):
        (backups / name).mkdir()
    (backups / "notes.txt").write_text("call the bank")
    before = set(names(backups))

    for _ in range(12):
        run_backup(ledger, backups, KeptCounts(7, 2, 1))
        clock.pass_time(days=1)

    assert before <= set(names(backups))
    assert of_other.exists()
    assert by_hand.exists()
    kept = copies_in(backups, ledger.first_entry())
    days = [(clock.now - copy.made_at.astimezone(clock.now.tzinfo)).days for copy in kept]
    assert days[:7] == [1, 2, 3, 4, 5, 6, 7]
    assert len(days) <= 10


def test_a_clock_that_stands_still_makes_two_backups_of_two_names(ledger: Ledger, backups: Path) -> None:
    first, second = (run_backup(ledger, backups, USUAL).made.folder for _ in range(2))
    assert first != second
    assert second.exists()


def test_a_damaged_clinic_makes_a_backup_that_is_not_good_and_costs_no_good_one(
    ledger: Ledger, backups: Path, clock: Clock
) -> None:
    good = try_backup(ledger, backups, KeptCounts(1, 0, 0)).made
    spoil(ledger)
    for _ in range(3):
        clock.pass_time(days=1)
        run = try_backup(ledger, backups, KeptCounts(1, 0, 0))
        assert "“lakeside”, the table step" in run.made.fault
        assert "hillside" in run.made.clinics

    assert names(backups) == sorted([good.folder.name, run.made.folder.name])
    assert run.made.folder.name.endswith("-not-good")
    state = backup_state(ledger, backups)
    assert (state.last_good, state.is_late(clock.now)) == (good.made_at, True)
    assert "is not good: in “lakeside”" in state.problem


def test_a_clinic_whose_file_is_lost_keeps_no_other_from_being_backed_up(
    ledger: Ledger, backups: Path, tmp_path: Path
) -> None:
    ledger.close()
    (ledger.folder / "clinics" / "lakeside.db").write_bytes(b"no database at all" * 400)

    made = run_backup(ledger, backups, USUAL).made

    assert "“lakeside” cannot be opened and is not in the copy" in made.fault
    assert list(made.clinics) == ["hillside"]
    anew = Ledger(tmp_path / "anew")
    assert [entry.id for entry in anew.restore(made.folder)] == ["hillside"]


def test_the_next_good_backup_removes_the_one_that_is_not_good(
    ledger: Ledger, backups: Path, clock: Clock
) -> None:
    ledger.close()
    whole = (ledger.folder / "clinics" / "lakeside.db").read_bytes()
    spoil(ledger)
    run_backup(ledger, backups, USUAL)
    for leftover in (ledger.folder / "clinics").glob("lakeside.db-*"):
        leftover.unlink()
    (ledger.folder / "clinics" / "lakeside.db").write_bytes(whole)
    clock.pass_time(hours=1)

    made = run_backup(ledger, backups, USUAL).made

    assert made.is_good
    assert names(backups) == [made.folder.name]


def test_an_older_copy_in_the_place_of_the_ledger_costs_no_newer_backup(
    ledger: Ledger, backups: Path, clock: Clock, tmp_path: Path
) -> None:
    """Also one that a person accepted: the newer backup still has what is lost."""
    only_newest = KeptCounts(1, 0, 0)
    ledger.close()
    older = tmp_path / "older.db"
    shutil.copy(ledger.folder / "clinics" / "lakeside.db", older)
    created(ledger.clinic("lakeside"), a_draft("Another Patient", case="Another"))
    good = try_backup(ledger, backups, only_newest).made
    ledger.close()
    for leftover in (ledger.folder / "clinics").glob("lakeside.db-*"):
        leftover.unlink()
    shutil.copy(older, ledger.folder / "clinics" / "lakeside.db")
    ledger.accept_journal("lakeside", "a wrong backup was restored", "ana")

    for _ in range(2):
        clock.pass_time(days=1)
        made = try_backup(ledger, backups, only_newest).made
        assert f"“lakeside” lacks what the backup {good.folder.name} has" in made.fault
    assert names(backups) == sorted([good.folder.name, made.folder.name])
    assert "lacks what the backup" in backup_state(ledger, backups).problem

    good.folder.rename(tmp_path / "moved out")
    assert try_backup(ledger, backups, only_newest).made.is_good


def test_a_clinic_that_was_opened_since_the_last_backup_is_no_step_back(
    ledger: Ledger, backups: Path, clock: Clock
) -> None:
    run_backup(ledger, backups, USUAL)
    ledger.open_clinic(Clinic("woodland", "Woodland Practice"))
    created(ledger.clinic("lakeside"), a_draft("Another Patient", case="Another"))
    clock.pass_time(days=1)
    assert run_backup(ledger, backups, USUAL).made.is_good


@pytest.mark.parametrize("spoilt", ["clinics/lakeside.db", "documents", "added", "firm.db", "lost"])
def test_a_copy_that_was_changed_afterwards_does_not_pass_the_check(
    ledger: Ledger, backups: Path, spoilt: str
) -> None:
    folder = run_backup(ledger, backups, USUAL).made.folder
    (paper,) = (path for path in (folder / "documents").rglob("*") if path.is_file())
    match spoilt:
        case "documents":
            paper.write_bytes(b"another cheque")
        case "added":
            (paper.parent / "mine").write_bytes(b"a letter")
        case "lost":
            paper.unlink()
        case _:
            (folder / spoilt).write_bytes((folder / spoilt).read_bytes()[:-1] + b"?")
    assert check_copy(folder, utc_now).fault


def test_of_two_runs_at_once_one_is_refused(ledger: Ledger, backups: Path) -> None:
    with only_run(backups), pytest.raises(BackupRunning, match="is being made in"):
        try_backup(ledger, backups, USUAL)
    assert names(backups) == []
    assert backup_state(ledger, backups).tried_at is None
    assert run_backup(ledger, backups, USUAL).made.is_good


def test_a_backup_that_another_service_made_meanwhile_is_not_made_again(
    ledger: Ledger, backups: Path
) -> None:
    with pytest.raises(AlreadyMade):
        try_backup(ledger, backups, USUAL, lambda _state: False)
    assert (names(backups), recorded_state(ledger.folder, backups)) == ([], None)


def test_a_folder_that_is_not_there_is_never_made_where_its_disk_belongs(
    ledger: Ledger, tmp_path: Path
) -> None:
    missing = tmp_path / "media" / "stick" / "backups"
    with pytest.raises(BackupNotMade, match="is not there"):
        try_backup(ledger, missing, USUAL)
    assert not (tmp_path / "media").exists()
    assert "is not there" in backup_state(ledger, missing).problem


@pytest.mark.parametrize("inside", ["", "backups", "clinics"])
def test_backups_are_not_made_inside_the_ledger(ledger: Ledger, inside: str) -> None:
    with pytest.raises(BackupNotMade, match="lost together with it"):
        run_backup(ledger, ledger.folder / inside, USUAL)


def test_a_folder_of_backups_with_the_ledger_in_it_is_refused(ledger: Ledger, backups: Path) -> None:
    """Somebody who begins to work in a backup has the ledger there. It has a mark, and would be removed one night."""
    copy = run_backup(ledger, backups, USUAL).made.folder
    ledger.close()
    inside = Ledger(copy)
    with pytest.raises(BackupNotMade, match="has the folder of the ledger in it"):
        try_backup(inside, backups, KeptCounts(1, 0, 0))
    alias = backups.with_name("another name")
    alias.symlink_to(copy.parent)
    with pytest.raises(BackupNotMade, match="has the folder of the ledger in it"):
        try_backup(inside, alias, KeptCounts(1, 0, 0))
    assert names(backups) == [copy.name]


def test_a_backup_that_somebody_gave_another_name_is_never_removed(
    ledger: Ledger, backups: Path, clock: Clock
) -> None:
    first = run_backup(ledger, backups, USUAL).made.folder
    mine = backups / f"{first.name} before the audit"
    shutil.copytree(first, mine)
    clock.pass_time(days=1)
    second = run_backup(ledger, backups, KeptCounts(1, 0, 0)).made.folder
    assert names(backups) == sorted([mine.name, second.name])


def test_a_full_disk_leaves_the_good_backups_and_no_half_one(
    ledger: Ledger, tmp_path: Path, clock: Clock
) -> None:
    with small_disk(tmp_path / "disk", 6_000) as disk:
        good = try_backup(ledger, disk, KeptCounts(1, 0, 0)).made
        for room in (0, 100, 400, 700):
            fill(disk, leaving=room)
            clock.pass_time(days=2)
            with pytest.raises((DiskFull, BackupNotMade)):
                try_backup(ledger, disk, KeptCounts(1, 0, 0))
            (disk / "taken").unlink(missing_ok=True)
            assert names(disk) == [good.folder.name]
            state = backup_state(ledger, disk)
            assert state.problem
            assert state.is_late(clock.now)
            (disk / "taken").touch()
        free(disk)
        made = try_backup(ledger, disk, KeptCounts(1, 0, 0)).made
        assert names(disk) == [made.folder.name]
        assert not backup_state(ledger, disk).problem


@pytest.mark.parametrize("step", ["copied", "verified", "synced"])
def test_a_disk_that_is_taken_away_meanwhile_gets_no_backup_in_its_place(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """On Linux, the folder at which a disk was is there without it, and is on the disk of the ledger."""
    with small_disk(tmp_path / "disk", 20_000) as disk:
        owner, name = {
            "copied": (ledger, "backup"),
            "verified": (backup_run, "check_copy"),
            "synced": (backup_run, "sync_files"),
        }[step]
        work = getattr(owner, name)

        def take_away_and_work(*arguments: object) -> object:
            subprocess.run(["umount", "--lazy", disk], check=True)
            return work(*arguments)

        monkeypatch.setattr(owner, name, take_away_and_work)
        with pytest.raises(BackupNotMade, match="lost its disk while the backup was made"):
            try_backup(ledger, disk, USUAL)
        assert [path.name for path in disk.iterdir()] == []
        assert "lost its disk" in backup_state(ledger, disk).problem


def test_killed_at_any_moment_every_folder_with_a_name_is_whole(tmp_path: Path, backups: Path) -> None:
    ledger = Ledger(tmp_path / "ledger")
    created(ledger.open_clinic(Clinic("lakeside", "Lakeside Clinic")), a_draft())
    random, left_behind, counted = Random(16), 0, 0  # noqa: S311 - no secret
    for _ in range(8):
        program = subprocess.Popen(
            [sys.executable, "-m", "tests.backups.backup_worker", str(ledger.folder), str(backups)],
            cwd=ROOT,
            env=surroundings(),
            stdout=subprocess.PIPE,
        )
        assert program.stdout
        assert program.stdout.readline() == b"ready\n"
        program.stdout.readline()
        sleep(random.random() * 0.3)
        program.kill()
        program.wait()
        program.stdout.close()
        left_behind += sum(name.startswith(UNFINISHED) for name in names(backups))
        for name in names(backups):
            if not name.startswith(UNFINISHED):
                counted += 1
                copy = read_copy(backups / name)
                assert copy
                assert copy.is_good
                assert check_copy(backups / name, utc_now).fault == ""
        assert copies_in(backups, ledger.first_entry())
    assert counted
    run_backup(ledger, backups, USUAL)
    assert not [name for name in names(backups) if name.startswith(UNFINISHED)]
    assert left_behind


def test_marks_that_are_no_marks_are_passed_over(ledger: Ledger, backups: Path) -> None:
    made = run_backup(ledger, backups, USUAL).made
    for number, content in enumerate(
        (
            b"",
            b"[]",
            b"{}",
            b"null",
            b'{"made_at": 7}',
            b'{"ledger": "x", "made_at": "2026-11-02T15:04:05", "fault": "", "clinics": {}}',
        )
    ):
        (backups / f"odd-{number}").mkdir()
        (backups / f"odd-{number}" / MARK).write_bytes(content)
    assert copies_in(backups, ledger.first_entry()) == [made]


def test_a_backup_that_was_moved_to_another_disk_is_still_one(
    ledger: Ledger, backups: Path, tmp_path: Path
) -> None:
    made = run_backup(ledger, backups, USUAL).made
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(made.folder, elsewhere / "any name")
    (found,) = copies_in(elsewhere, ledger.first_entry())
    assert (found.made_at, found.is_good) == (made.made_at, True)

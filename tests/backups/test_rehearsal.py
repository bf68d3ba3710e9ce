"""The rehearsal of a restore: what it finds, and that it leaves nothing behind."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from server.backups.backup_copy import MARK
from server.backups.backup_run import run_backup
from server.backups.kept_copies import KeptCounts
from server.backups.rehearsal import newest_copy, rehearse_restore, throw_away_folder
from server.billing.clinics import Clinic
from server.cli.commands import app
from server.errors import NotRestored, RehearsalRunning
from server.ledger.store import Ledger
from tests.backups.conftest import Clock
from tests.behind import open_books
from tests.cli.programs import ROOT, surroundings
from tests.ledger.invoiced import a_draft, created

USUAL = KeptCounts()
run = CliRunner()


def told(*words: str | Path, code: int = 0) -> Any:  # noqa: ANN401 - JSON
    done = run.invoke(app, ["ledger", *map(str, words), "--json"])
    assert done.exit_code == code, done.output
    return json.loads(done.stdout)


def thrown_away(ledger: Ledger) -> bool:
    return not list(ledger.folder.glob("rehearsal-*"))


def test_a_backup_is_restored_compared_and_thrown_away(ledger: Ledger, backups: Path) -> None:
    made = run_backup(ledger, backups, USUAL).made
    ledger.close()
    before = {path: path.read_bytes() for path in ledger.folder.rglob("*.db")}

    found = rehearse_restore(ledger, newest_copy(ledger, backups))

    assert (found.copy, found.differences, found.not_in_copy) == (made.folder, [], [])
    assert {one.clinic: one.totals for one in found.clinics} == made.clinics
    assert thrown_away(ledger)
    ledger.close()
    assert {path: path.read_bytes() for path in ledger.folder.rglob("*.db")} == before


def test_it_says_how_many_steps_and_which_clinics_are_newer(ledger: Ledger, backups: Path) -> None:
    run_backup(ledger, backups, USUAL)
    created(ledger.clinic("lakeside"), a_draft("Another Patient", case="Another"))
    ledger.open_clinic(Clinic("woodland", "Woodland Practice"))

    found = rehearse_restore(ledger, newest_copy(ledger, backups))

    assert {one.clinic: one.newer_steps for one in found.clinics} == {"hillside": 0, "lakeside": 1}
    assert (found.not_in_copy, found.differences) == (["woodland"], [])


def test_the_newest_good_backup_is_taken(ledger: Ledger, backups: Path, clock: Clock) -> None:
    with pytest.raises(NotRestored, match="There is no good backup"):
        newest_copy(ledger, backups)
    run_backup(ledger, backups, USUAL)
    clock.pass_time(days=1)
    second = run_backup(ledger, backups, USUAL).made
    clock.pass_time(days=-300)
    ahead_is_not_counted = pytest.raises(NotRestored, match="There is no good backup")
    with ahead_is_not_counted:
        newest_copy(ledger, backups)
    clock.pass_time(days=301)
    with open_books(ledger.folder, "lakeside") as execute:
        execute("DROP TRIGGER step_never_changes")
        execute("UPDATE step SET note = 'x' WHERE id = 2")
    ledger.close()
    run_backup(ledger, backups, USUAL)
    assert newest_copy(ledger, backups) == second.folder


def test_a_copy_that_was_changed_and_a_ledger_that_lost_steps_are_told_apart(
    ledger: Ledger, backups: Path, tmp_path: Path
) -> None:
    ledger.close()
    older = tmp_path / "older.db"
    shutil.copy(ledger.folder / "clinics" / "lakeside.db", older)
    created(ledger.clinic("lakeside"), a_draft("Another Patient", case="Another"))
    copy = run_backup(ledger, backups, USUAL).made.folder
    ledger.close()
    shutil.copy(older, ledger.folder / "clinics" / "lakeside.db")

    (difference,) = rehearse_restore(ledger, copy).differences
    assert "The restored “lakeside” is whole. In today's ledger, journal" in difference

    spoilt = copy / "clinics" / "hillside.db"
    spoilt.write_bytes(spoilt.read_bytes()[:-1] + b"?")
    changed, _ = rehearse_restore(ledger, copy).differences
    assert "clinics/hillside.db is not as it was when the copy was made" in changed
    assert thrown_away(ledger)


def test_totals_that_are_not_those_of_the_backup_differ(ledger: Ledger, backups: Path) -> None:
    copy = run_backup(ledger, backups, USUAL).made.folder
    mark = json.loads((copy / MARK).read_text())
    mark["clinics"]["lakeside"]["receivable_cents"] += 1
    (copy / MARK).write_text(json.dumps(mark))
    (difference,) = rehearse_restore(ledger, copy).differences
    assert "“lakeside” has other totals" in difference


def test_a_list_of_clinics_and_users_that_cannot_be_restored_is_a_difference(
    ledger: Ledger, backups: Path, tmp_path: Path
) -> None:
    """Without it, no ledger is restored whole."""
    ledger.close()
    older = tmp_path / "older.db"
    shutil.copy(ledger.folder / "firm.db", older)
    copy = run_backup(ledger, backups, USUAL).made.folder
    firm = copy / "firm.db"
    whole = firm.read_bytes()
    for number in range(0, len(whole), len(whole) // 7):
        firm.write_bytes(whole[:number] + bytes([whole[number] ^ 1]) + whole[number + 1 :])
        (difference,) = rehearse_restore(ledger, copy).differences
        assert "firm.db is not as it was when the copy was made" in difference
    firm.unlink()
    (difference,) = rehearse_restore(ledger, copy).differences
    assert "firm.db cannot be read" in difference
    firm.write_bytes(whole)
    assert rehearse_restore(ledger, copy).differences == []
    ledger.close()
    shutil.copy(older, ledger.folder / "firm.db")
    (difference,) = rehearse_restore(ledger, copy).differences
    assert "list of clinics and users is whole. In today's, journal" in difference
    assert thrown_away(ledger)


def test_of_two_rehearsals_at_once_one_is_refused(ledger: Ledger, backups: Path) -> None:
    copy = run_backup(ledger, backups, USUAL).made.folder
    with throw_away_folder(ledger.folder), pytest.raises(RehearsalRunning):
        rehearse_restore(ledger, copy)


def test_the_command_says_it_for_people_and_for_programs(ledger: Ledger, tmp_path: Path) -> None:
    backups = tmp_path / "new" / "backups"
    now = Ledger(ledger.folder)
    made = told("backup", "--keep", backups, "--ledger", now.folder)
    assert (made["clinics"], made["fault"], made["removed"]) == (["hillside", "lakeside"], "", 0)
    found = told("rehearse", "--backups", backups, "--ledger", now.folder)
    assert (found["copy"], found["whole"]) == (made["folder"], True)
    assert found["clinics"][1]["totals"]["receivable_cents"] == 150_50
    shown = run.invoke(app, ["ledger", "rehearse", "--from", made["folder"], "--ledger", str(now.folder)])
    assert (
        "lakeside: whole, 2 invoices, 2 steps, $150.50 receivable. The ledger has 0 newer steps."
        in shown.stdout
    )
    (Path(made["folder"]) / "clinics" / "lakeside.db").unlink()
    assert not told("rehearse", "--from", made["folder"], "--ledger", now.folder, code=1)["whole"]


def test_a_copy_without_a_mark_is_rehearsed_too(ledger: Ledger, tmp_path: Path) -> None:
    told("backup", "--to", tmp_path / "copy", "--ledger", ledger.folder)
    assert told("rehearse", "--from", tmp_path / "copy", "--ledger", ledger.folder)["whole"]
    refusal = told("rehearse", "--from", tmp_path, "--ledger", ledger.folder, code=1)
    assert refusal["code"] == "not-restored"


@pytest.mark.parametrize("words", [[], ["--to", "a", "--keep", "b"]], ids=["neither", "both"])
def test_a_backup_goes_to_one_place(ledger: Ledger, words: list[str]) -> None:
    assert run.invoke(app, ["ledger", "backup", *words, "--ledger", str(ledger.folder)]).exit_code == 2


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_rehearsal_leaves_nothing_behind(
    ledger: Ledger, backups: Path, ending: signal.Signals
) -> None:
    """Killed, it has no time to remove its folder: the next one does."""
    lakeside = ledger.clinic("lakeside")
    for number in range(3):
        lakeside.keep_document(b"%PDF-1.7 " + os.urandom(18_000_000), f"{number}.pdf", "ana")
    copy = run_backup(ledger, backups, USUAL).made.folder
    program = subprocess.Popen(
        [sys.executable, "-m", "server.cli", "ledger", "rehearse", "--from", copy, "--ledger", ledger.folder],
        cwd=ROOT,
        env=surroundings(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while thrown_away(ledger):
        assert time.monotonic() < deadline
        assert program.poll() is None
        time.sleep(0.002)
    program.send_signal(ending)
    assert program.wait(60) != 0
    if ending is signal.SIGKILL:
        assert not thrown_away(ledger)
        assert not rehearse_restore(ledger, copy).differences
    assert thrown_away(ledger)

"""The runbook of docs/backups.md: every command in it is run, in its order, on the kind of bad day that it is for."""

import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from server.backups.backup_run import run_backup
from server.backups.kept_copies import KeptCounts
from server.billing.clinics import Clinic
from server.billing.people import Role
from server.cli.commands import app
from server.ledger.store import Ledger
from server.ledger.verify import Verified, VerifiedFirm
from tests.api.wire import wait_until
from tests.backups.test_litestream import PROGRAM, replicating
from tests.behind import open_books
from tests.cli.programs import ROOT, surroundings
from tests.ledger.invoiced import a_draft, created
from tests.people import add_user, opened

pytestmark = pytest.mark.sqlite("files are lost, damaged and moved by hand")

RUNBOOK = (ROOT / "docs" / "backups.md").read_text("utf-8").partition('id="runbook"')[2]
SECTIONS = {
    anchor: re.findall(r"^ {4,}(clinicledger .+)$", text, re.MULTILINE)
    for anchor, text in re.findall(
        r'^### <a id="([a-z-]+)"></a>(.+?)(?=^### |\Z)', RUNBOOK, re.MULTILINE | re.DOTALL
    )
}


class Runbook:
    """One section of the runbook, whose commands are given one after the other."""

    def __init__(self, anchor: str, places: dict[str, Path]) -> None:
        self._commands = list(SECTIONS[anchor])
        self._places = places

    def next_words(self, begins: str, **names: str) -> list[str]:
        """Return the words of the next command, with the folders and names of the test in it."""
        command = self._commands.pop(0)
        assert command.startswith(f"clinicledger {begins}"), command
        words = [
            word.replace("NAME", names.get("NAME", "NAME"))
            for word in shlex.split(command.replace("\\", "/"))
        ]
        for name, place in self._places.items():
            words = [str(place) if word == name else word for word in words]
        return words[1:]

    def give(self, begins: str, code: int = 0, **names: str) -> str:
        """Give the next command; return what it prints, as one line."""
        done: Result = CliRunner().invoke(app, self.next_words(begins, **names))
        assert done.exit_code == code, done.output
        return " ".join(done.output.split())

    def is_done(self) -> bool:
        """Return whether every command of the section was given."""
        return not self._commands


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Make a ledger of today with users, two clinics, and a document."""
    ledger = opened(tmp_path / "ledger")
    ledger.open_clinic(Clinic("hillside", "Hillside Practice"))
    lakeside = ledger.open_clinic(Clinic("lakeside", "Lakeside Clinic"))
    created(lakeside, a_draft(), a_draft(cents=50_50))
    lakeside.keep_document(b"%PDF-1.7 an invented cheque", "cheque.pdf", "ana")
    yield ledger
    ledger.close()


@pytest.fixture
def places(tmp_path: Path, ledger: Ledger) -> dict[str, Path]:
    """Make a backup of the night, and say where the folders of the runbook are."""
    backups = tmp_path / "backups"
    backups.mkdir()
    copy = run_backup(ledger, backups, KeptCounts()).made.folder
    created(ledger.clinic("lakeside"), a_draft("After the backup", case="After"))
    return {
        "E:/Backups": backups,
        "E:/Backups/2026-11-30-020003": copy,
        "E:/Replica": tmp_path / "replica",
        "D:/Ledger": tmp_path / "new disk" / "ledger",
        "D:/Anew": tmp_path / "anew",
    }


def spoil(ledger: Ledger, clinic: str = "lakeside") -> None:
    with open_books(ledger.folder, clinic) as execute:
        execute("DROP TRIGGER step_never_changes")
        execute("UPDATE step SET note = 'x' WHERE id = 2")
    ledger.close()


def lose(ledger: Ledger) -> None:
    ledger.close()
    shutil.rmtree(ledger.folder)


def assert_whole(folder: Path, *clinics: str) -> None:
    found = Ledger(folder)
    assert isinstance(found.verify_firm(), VerifiedFirm)
    assert {one.id: type(found.verify_clinic(one.id)) for one in found.clinics()} == dict.fromkeys(
        clinics, Verified
    )
    found.close()


def test_the_runbook_has_the_sections_that_are_tested_here() -> None:
    assert {anchor.replace("-", "_") for anchor in SECTIONS} == {
        name.removeprefix("test_when_").partition("__")[0]
        for name in globals()
        if name.startswith("test_when_")
    }
    assert all(SECTIONS.values())
    assert sum(map(len, SECTIONS.values())) == len(re.findall(r"^ +clinicledger ", RUNBOOK, re.MULTILINE))


def test_when_disk_died__all_comes_back_as_it_was_at_night(ledger: Ledger, places: dict[str, Path]) -> None:
    add_user(ledger, "root", "The Administrator", Role.ADMINISTRATOR)
    user = add_user(ledger, "ben", "Ben Biller", Role.BILLER)
    places["E:/Backups/2026-11-30-020003"] = run_backup(
        ledger, places["E:/Backups"], KeptCounts()
    ).made.folder
    lose(ledger)
    runbook = Runbook("disk-died", places)

    assert "Restored Hillside Practice (hillside), Lakeside Clinic (lakeside)" in runbook.give(
        "ledger restore"
    )
    assert "lakeside: 3 invoices" in runbook.give("ledger verify")
    assert "Ben Biller" in runbook.give("user list")
    runbook.give("user disable", NAME=user.name)
    runbook.give("user sign-out", NAME=user.name)
    runbook.give("addin forget")
    words = [*runbook.next_words("serve"), "--port", "0", "--json"]
    program = subprocess.Popen(
        [sys.executable, "-m", "server.cli", *words], cwd=ROOT, env=surroundings(), stdout=subprocess.PIPE
    )
    assert program.stdout
    assert b"http" in program.stdout.readline()
    program.terminate()
    program.communicate(timeout=60)
    assert runbook.is_done()
    assert_whole(places["D:/Ledger"], "hillside", "lakeside")


@pytest.mark.plain("Litestream cannot read encrypted files")
def test_when_disk_died_with_litestream__the_books_are_of_the_last_moment(
    ledger: Ledger, places: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not PROGRAM.exists():
        pytest.skip("no Litestream: its package has no program for this system")
    monkeypatch.setenv("PATH", f"{PROGRAM.parent}{os.pathsep}{os.environ['PATH']}")
    replica = places["E:/Replica"]
    with replicating(ledger.folder, replica, tmp_path / "litestream.yml"):
        for file in ("firm.db", "clinics/hillside.db", "clinics/lakeside.db"):
            wait_until((replica / file / "ltx" / "9").exists)
    # The file of the firm is replicated once more than the clinic's: it knows a step that the clinic lost.
    behind = replica / "clinics" / "lakeside.db"
    kept = tmp_path / "kept"
    shutil.copytree(behind, kept)
    with replicating(ledger.folder, replica, tmp_path / "litestream.yml"):
        created(ledger.clinic("lakeside"), a_draft("The last moment", case="Last"))
        last = ledger.clinic("lakeside").journal_head().entries
        wait_until(lambda: replicated_head(replica, tmp_path) == last)
    shutil.rmtree(behind)
    shutil.copytree(kept, behind)
    lose(ledger)
    runbook = Runbook("disk-died-with-litestream", places)

    assert "Restored 2 clinics" in runbook.give("ledger litestream")
    shutil.copytree(places["E:/Backups/2026-11-30-020003"] / "documents", places["D:/Ledger"] / "documents")
    assert "lakeside: journal" in runbook.give("ledger verify", code=1)
    assert "lakeside: 3 invoices" in runbook.give("ledger accept")
    assert runbook.is_done()
    assert_whole(places["D:/Ledger"], "hillside", "lakeside")


def replicated_head(replica: Path, tmp_path: Path) -> int:
    """Return how many journal entries of Lakeside the file of the firm knows of in the replica."""
    file = tmp_path / "firm of the replica.db"
    file.unlink(missing_ok=True)
    words: list[str | Path] = [PROGRAM, "restore", "-o", file, f"file://{replica}/firm.db"]
    subprocess.run(words, check=True, capture_output=True)
    with closing(sqlite3.connect(file)) as db:
        return int(db.execute("SELECT entries FROM journal_head WHERE clinic = 'lakeside'").fetchone()[0])


@pytest.mark.parametrize("damage", ["a row", "the file"])
def test_when_clinic_damaged__it_comes_back_as_it_was_at_night(
    ledger: Ledger, places: dict[str, Path], tmp_path: Path, damage: str
) -> None:
    if damage == "a row":
        spoil(ledger)
    else:
        ledger.close()
        (ledger.folder / "clinics" / "lakeside.db").write_bytes(b"no database" * 500)
    places["D:/Ledger"] = ledger.folder
    runbook = Runbook("clinic-damaged", places)

    told = runbook.give("ledger rehearse", code=1)
    assert "The restored “lakeside” is whole. In today's ledger," in told
    assert "hillside: whole" in told
    assert "is not good" in runbook.give("ledger backup", code=1)
    aside = tmp_path / "aside"
    aside.mkdir()
    for path in (ledger.folder / "clinics").glob("lakeside.db*"):
        shutil.move(path, aside)
    shutil.copy(places["E:/Backups/2026-11-30-020003"] / "clinics" / "lakeside.db", ledger.folder / "clinics")
    assert "lakeside: journal" in runbook.give("ledger verify", code=1)
    assert "lakeside: 2 invoices" in runbook.give("ledger accept")
    assert runbook.is_done()
    assert_whole(ledger.folder, "hillside", "lakeside")


def test_when_firm_damaged__the_clinics_keep_what_is_newer(ledger: Ledger, places: dict[str, Path]) -> None:
    ledger.close()
    (ledger.folder / "firm.db").write_bytes(b"no database" * 500)
    runbook = Runbook("firm-damaged", places)

    runbook.give("ledger restore")
    for name in ("clinics", "documents"):
        shutil.copytree(ledger.folder / name, places["D:/Anew"] / name, dirs_exist_ok=True)
    assert "lakeside: 3 invoices" in runbook.give("ledger verify")
    assert runbook.is_done()
    assert_whole(places["D:/Anew"], "hillside", "lakeside")


@pytest.mark.plain("looks into a file behind the ledger's back")
def test_when_wrong_restore__the_newer_backup_shows_it(ledger: Ledger, places: dict[str, Path]) -> None:
    wrong = places["E:/Backups/2026-11-30-020003"]
    places["E:/Backups/2026-11-30-020003"] = run_backup(
        ledger, places["E:/Backups"], KeptCounts()
    ).made.folder
    CliRunner().invoke(
        app, ["ledger", "restore", "--whole", "--from", str(wrong), "--ledger", str(places["D:/Ledger"])]
    )
    lose(ledger)
    runbook = Runbook("wrong-restore", places)

    assert "lakeside: journal" in runbook.give("ledger verify", code=1)
    runbook.give("ledger restore")
    assert "lakeside" in runbook.give("ledger info")
    assert runbook.is_done()
    with closing(sqlite3.connect(places["D:/Anew"] / "clinics" / "lakeside.db")) as db:
        assert db.execute("SELECT COUNT(*) FROM invoice").fetchone() == (3,)
    assert_whole(places["D:/Anew"], "hillside", "lakeside")


def test_when_only_not_good__whole_clinics_are_taken_alone(ledger: Ledger, places: dict[str, Path]) -> None:
    spoil(ledger)
    made = run_backup(ledger, places["E:/Backups"], KeptCounts()).made
    assert made.folder.name.endswith("-not-good")
    places["E:/Backups/2026-11-30-020003-not-good"] = made.folder
    runbook = Runbook("only-not-good", places)

    assert "Restored Hillside Practice" in runbook.give("ledger restore")
    assert runbook.is_done()
    assert_whole(places["D:/Anew"], "hillside")
    done = CliRunner().invoke(
        app,
        [
            "ledger",
            "restore",
            "--from",
            str(made.folder),
            "--clinic",
            "lakeside",
            "--ledger",
            str(places["D:/Anew"]),
        ],
    )
    assert (done.exit_code, "step 2" in done.output) == (1, True)

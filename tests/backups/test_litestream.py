"""Litestream beside a service at work: the disk is lost, and the books come back whole, but for a second."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event, Thread

import httpx
import pytest
import yaml
from typer.testing import CliRunner

from server.backups.backup_run import run_backup
from server.backups.kept_copies import KeptCounts
from server.backups.litestream import configuration
from server.cli.commands import app
from server.ledger.engine.sqlite.schema import OF_LITESTREAM
from server.ledger.restoring import LOCK
from server.ledger.store import Ledger
from server.ledger.verify import FirstBadRow, Verified, VerifiedFirm
from tests.api.billed import an_exam
from tests.api.wire import serving, wait_until
from tests.backups.test_killed_restores import LAST, killed
from tests.behind import open_books
from tests.invented_exams import PRICED
from tests.ribbon.clicks import HARBOR, a_ledger

pytestmark = [
    pytest.mark.sqlite("Litestream replicates files of SQLite"),
    pytest.mark.plain("Litestream cannot read encrypted files"),
]

PROGRAM = Path(sys.executable).with_name("litestream")
MOST_LOST_SECONDS = 2.0
"""Twice what is promised, because the computer of the tests is busy."""

WOODLAND = replace(PRICED, clinic=replace(PRICED.clinic, id="woodland", name="Woodland Practice"))


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    if not PROGRAM.exists():
        pytest.skip("no Litestream: its package has no program for this system")
    return Ledger(a_ledger(tmp_path / "ledger", PRICED, HARBOR).folder)


@contextmanager
def replicating(ledger: Path, replica: Path, config: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run Litestream with the configuration that the program prints."""
    config.write_text(shown("--to", replica, "--ledger", ledger))
    with (config.with_suffix(".log")).open("wb") as log:
        program = subprocess.Popen(
            [PROGRAM, "replicate", "-no-expand-env", "-config", config], stdout=log, stderr=log
        )
    try:
        yield program
    finally:
        program.kill()
        program.wait()


def shown(*words: str | Path) -> str:
    done = CliRunner().invoke(app, ["ledger", "litestream", *map(str, words)])
    assert done.exit_code == 0, done.output
    return done.stdout


@dataclass
class Load:
    """People who bill one exam after the other, and when each was acknowledged."""

    url: str
    acknowledged: dict[str, dict[str, float]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    ended: Event = field(default_factory=Event)
    threads: list[Thread] = field(default_factory=list)

    def begin(self, clinic: str, person: int) -> None:
        self.acknowledged.setdefault(clinic, {})
        self.threads.append(Thread(target=self._bill, args=(clinic, person), daemon=True))
        self.threads[-1].start()

    def _bill(self, clinic: str, person: int) -> None:
        number = 0
        with httpx.Client(base_url=self.url, trust_env=False, timeout=30) as client:
            while not self.ended.is_set():
                number += 1
                body = {
                    "request_id": f"request-{clinic}-{person}-{number}",
                    "exams": [an_exam(f"P-{person}-{number}", f"C-{person}-{number}")],
                }
                try:
                    answer = client.post(f"/clinics/{clinic}/invoices", json=body)
                except httpx.HTTPError:
                    return
                if not answer.is_success:
                    self.refused.append(answer.text)
                    return
                for invoice in answer.json()["invoices"]:
                    self.acknowledged[clinic][invoice["number"]] = time.monotonic()

    def most_billed(self) -> int:
        return min(map(len, self.acknowledged.values()))


@pytest.fixture(autouse=True)
def _on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{PROGRAM.parent}{os.pathsep}{os.environ['PATH']}")


def numbers_of(ledger: Ledger, clinic: str) -> set[str]:
    with ledger.clinic(clinic).reading() as books:
        return {one.number for one in books.invoices.find()}


def test_the_disk_is_lost_under_load_and_every_clinic_comes_back_but_for_a_second(
    ledger: Ledger, tmp_path: Path
) -> None:
    folder, replica = ledger.folder, tmp_path / "other disk" / "replica"
    ledger.close()
    with (
        replicating(folder, replica, tmp_path / "litestream.yml") as litestream,
        serving(folder, workers="0", address_requests="100000") as service,
    ):
        load = Load(service.url)
        for person in range(3):
            load.begin("lakeside", person)
        wait_until(lambda: load.most_billed() > 5)
        with ledger.open_clinic(WOODLAND.clinic).transaction() as books:
            books.save_setup(WOODLAND, "tests")
        for person in range(2):
            load.begin("woodland", person)
        wait_until((replica / "clinics" / "woodland.db").exists)
        begun = time.monotonic()
        wait_until(lambda: load.most_billed() > 20 and time.monotonic() > begun + 4)

        assert load.refused == []
        service.process.kill()
        litestream.send_signal(signal.SIGKILL)
        lost_at = time.monotonic()
        load.ended.set()
        ledger.close()
        shutil.rmtree(folder)

    restored = tmp_path / "new disk" / "ledger"
    told = shown("--to", replica, "--restore", "--ledger", restored)
    assert told.startswith(f"Restored 3 clinics into {restored}.")
    assert {path.stat().st_mode & 0o077 for path in [restored, *restored.rglob("*")]} == {0}

    anew = Ledger(restored)
    assert [entry.id for entry in anew.clinics()] == ["harbor", "lakeside", "woodland"]
    assert isinstance(anew.verify_firm(), VerifiedFirm)
    lost: dict[str, float] = {}
    for clinic in ("harbor", "lakeside", "woodland"):
        found = anew.verify_clinic(clinic)
        if isinstance(found, FirstBadRow):  # the file of the firm is a moment newer, and says so
            assert found.table == "journal"
            assert "is now missing" in found.why
            found = anew.accept_journal(clinic, "the disk died", "ana")
        assert isinstance(found, Verified)
        assert isinstance(anew.verify_clinic(clinic), Verified)
        there = numbers_of(anew, clinic)
        for number, at in load.acknowledged.get(clinic, {}).items():
            if number not in there:
                lost[f"{clinic} {number}"] = lost_at - at
    recorded = sum(map(len, load.acknowledged.values()))
    seconds = max(lost.values(), default=0.0)
    sys.stderr.write(f"{recorded} acknowledged, {len(lost)} lost, of the last {seconds:.2f} s\n")
    assert seconds < MOST_LOST_SECONDS
    anew.close()


def test_books_that_litestream_replicates_verify_and_are_backed_up(ledger: Ledger, tmp_path: Path) -> None:
    backups = tmp_path / "backups"
    backups.mkdir()
    with replicating(ledger.folder, tmp_path / "replica", tmp_path / "litestream.yml"):
        wait_until((tmp_path / "replica" / "clinics" / "harbor.db").exists)
        for clinic in ("harbor", "lakeside"):
            assert isinstance(ledger.verify_clinic(clinic), Verified)
        assert isinstance(ledger.verify_firm(), VerifiedFirm)
        with closing(sqlite3.connect(ledger.folder / "clinics" / "harbor.db")) as db:
            tables = {name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        assert {name for _, name in OF_LITESTREAM} <= tables
        assert run_backup(ledger, backups, KeptCounts()).made.is_good
        ledger.close()
        with closing(sqlite3.connect(ledger.folder / "clinics" / "harbor.db")) as db:
            assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert (ledger.folder / "clinics" / "harbor.db-wal").stat().st_size > 0


def test_a_restore_that_is_killed_at_any_moment_works_when_it_is_given_again(
    ledger: Ledger, tmp_path: Path
) -> None:
    replica = tmp_path / "replica"
    with replicating(ledger.folder, replica, tmp_path / "litestream.yml"):
        for name in ("clinics/lakeside.db", "clinics/harbor.db", "firm.db"):
            wait_until((replica / name / "ltx" / "9").exists)
    (tmp_path / "empty").mkdir()
    found = killed(tmp_path / "empty", "replica", replica, ["harbor", "lakeside"], every=15)
    assert (found["faults"], found["refused"] <= LAST) == ([], True)
    assert found["kills"] > 20


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE _litestream_lock (id INTEGER, patient TEXT)",
        "CREATE TABLE _litestream_other (id INTEGER)",
    ],
)
def test_a_table_that_only_looks_like_litestreams_is_named(ledger: Ledger, statement: str) -> None:
    with open_books(ledger.folder, "harbor") as execute:
        execute(statement)
    found = ledger.verify_clinic("harbor")
    assert isinstance(found, FirstBadRow)
    assert found.why == "was added"


@pytest.mark.parametrize("replica", ['/mnt/other disk/a: "b" #c', "s3://bucket/pre fix/"])
def test_the_configuration_is_yaml_whatever_the_folders_are_called(tmp_path: Path, replica: str) -> None:
    folder = tmp_path / "a: ledger's #1"
    firm, clinics = yaml.safe_load(configuration(folder, replica))["dbs"]
    assert (firm["path"], clinics["dir"]) == (str(folder / "firm.db"), str(folder / "clinics"))
    key = "url" if "://" in replica else "path"
    assert firm["replica"][key] == f"{replica.rstrip('/')}/firm.db"
    assert clinics["replica"][key] == f"{replica.rstrip('/')}/clinics"


def refused(*words: str | Path) -> str:
    done = CliRunner().invoke(app, ["ledger", "litestream", "--restore", *map(str, words)])
    assert done.exit_code == 1, done.output
    return " ".join(done.output.split())


def test_books_are_restored_all_or_none_and_never_over_others(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replica, anew = tmp_path / "replica", tmp_path / "anew"
    assert "There is no replica of a ledger in" in refused("--to", replica, "--ledger", anew)
    with replicating(ledger.folder, replica, tmp_path / "litestream.yml"):
        wait_until((replica / "clinics" / "lakeside.db" / "ltx" / "9").exists)
        wait_until((replica / "firm.db" / "ltx" / "9").exists)
        wait_until((replica / "clinics" / "harbor.db" / "ltx" / "9").exists)
    assert "has books, and they are not replaced" in refused("--to", replica, "--ledger", ledger.folder)

    (damaged,) = (replica / "clinics" / "lakeside.db" / "ltx" / "9").iterdir()
    whole = {path: path.read_bytes() for path in (replica / "clinics" / "lakeside.db").rglob("*.ltx")}
    for path in whole:
        path.write_bytes(whole[path][:100])
    assert "Litestream cannot restore clinics/lakeside.db" in refused("--to", replica, "--ledger", anew)
    assert [path.name for path in anew.rglob("*") if path.is_file()] == [LOCK]
    for path, content in whole.items():
        path.write_bytes(content)
    assert damaged.exists()

    shutil.rmtree(replica / "clinics" / "harbor.db")
    assert "harbor: the replica has nothing of it" in shown("--to", replica, "--restore", "--ledger", anew)
    assert isinstance(Ledger(anew).verify_clinic("lakeside"), Verified)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "The program litestream is not on the PATH" in refused(
        "--to", replica, "--ledger", tmp_path / "third"
    )

"""The backups that a service makes by itself: soon after its start, once, and not in the way of clicks."""

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.api import nightly_backups
from server.api.nightly_backups import make_backups
from server.backups.backup_copy import MARK, UNFINISHED, copies_in
from server.backups.backup_run import only_run
from server.backups.backup_state import BackupState, look, record_state, recorded_state
from server.billing.clinics import Clinic
from server.ledger.store import Ledger
from server.settings import Settings
from tests.api.on_postgresql import books_on
from tests.api.wire import serving
from tests.backups.conftest import PATIENCE_SECONDS, Clock, wait_long
from tests.disks import read_only
from tests.event_loops import run_apart
from tests.ledger.invoiced import a_draft, created
from tests.postgresql import PostgresqlOfTests
from tests.ribbon.clicks import a_click, pressed


@pytest.fixture
def books(tmp_path: Path) -> Ledger:
    """Make a ledger of the present, as a service has one."""
    ledger = Ledger(tmp_path / "ledger")
    created(ledger.open_clinic(Clinic("lakeside", "Lakeside Clinic")), a_draft())
    ledger.close()
    return ledger


def readiness(url: str) -> Any:  # noqa: ANN401 - JSON
    return httpx.get(f"{url}/ready", trust_env=False, timeout=30).json()


def test_a_service_makes_one_soon_after_its_start_and_says_so_to_anybody(
    books: Ledger, backups: Path
) -> None:
    with serving(books.folder, "--backups", backups) as program:
        assert readiness(program.url) == {"ready": True}
        wait_long(lambda: (readiness(program.url).get("backup") or {}).get("made_at") is not None)
        told = readiness(program.url)["backup"]
    (copy,) = copies_in(backups, books.first_entry())
    assert (told["is_late"], copy.is_good, list(copy.clinics)) == (False, True, ["lakeside"])
    with serving(books.folder, "--backups", backups) as program:
        time.sleep(nightly_backups.FIRST_LOOK_SECONDS + 4)
        assert not readiness(program.url)["backup"]["is_late"]
    assert len(copies_in(backups, books.first_entry())) == 1


def test_a_folder_whose_disk_is_away_is_an_alarm_and_ends_when_it_is_back(
    books: Ledger, tmp_path: Path
) -> None:
    away = tmp_path / "stick"
    with serving(books.folder, "--backups", away, workers="0") as program:
        wait_long(lambda: (recorded_state(books.folder, away) or BackupState(away)).tried_at is not None)
        assert readiness(program.url) == {"ready": True, "backup": {"made_at": None, "is_late": True}}
        wait_long(lambda: not program.workers())
        time.sleep(0.5)  # the service logs it then
        assert "is not there" in program.interrupt()
    assert not away.exists()


@pytest.mark.skipif(os.name == "nt", reason="a pipe stands in for the share, which Windows has not as a file")
def test_a_share_that_does_not_answer_keeps_no_service_from_stopping(books: Ledger, backups: Path) -> None:
    (backups / "2026-01-01-020000").mkdir()
    os.mkfifo(backups / "2026-01-01-020000" / MARK)
    with serving(books.folder, "--backups", backups, workers="0") as program:
        time.sleep(nightly_backups.FIRST_LOOK_SECONDS + 2)
        assert readiness(program.url)["ready"]
        program.interrupt()
        assert program.process.wait(60) is not None


@pytest.mark.skipif(os.name == "nt", reason="a pipe stands in for the share, which Windows has not as a file")
@pytest.mark.usefixtures("quick")
def test_a_share_that_does_not_answer_is_on_record(
    books: Ledger, backups: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (backups / "2026-01-01-020000").mkdir()
    os.mkfifo(backups / "2026-01-01-020000" / MARK)
    monkeypatch.setattr(nightly_backups, "ANSWER_SECONDS", 0.5)

    def is_said() -> bool:
        state = recorded_state(books.folder, backups)
        return state is not None and "does not answer" in state.problem

    run_together([Settings(path=books.folder, backups=backups)], is_said)
    state = recorded_state(books.folder, backups)
    assert state
    assert state.is_late(books.now())


def test_a_service_that_is_killed_takes_its_backup_along_and_the_next_one_makes_it(
    books: Ledger, backups: Path
) -> None:
    lakeside = books.clinic("lakeside")
    for number in range(4):
        lakeside.keep_document(b"%PDF-1.7 " + os.urandom(15_000_000), f"{number}.pdf", "ana")
    books.close()
    with serving(books.folder, "--backups", backups) as program:
        wait_long(lambda: any(backups.glob(f"{UNFINISHED}*")))
        program.process.kill()
        program.process.wait()
        wait_long(lambda: is_free(backups))
    before = copies_in(backups, books.first_entry())
    with serving(books.folder, "--backups", backups):
        wait_long(lambda: bool(copies_in(backups, books.first_entry())))
        wait_long(lambda: not any(backups.glob(f"{UNFINISHED}*")))
    assert before == []
    assert len(copies_in(backups, books.first_entry())) == 1


def is_free(backups: Path) -> bool:
    try:
        with only_run(backups):
            return True
    except Exception:  # noqa: BLE001 - the other run is still ending
        return False


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at once, and often."""
    monkeypatch.setattr(nightly_backups, "FIRST_LOOK_SECONDS", 0.0)
    monkeypatch.setattr(nightly_backups, "LOOK_SECONDS", 0.3)


def has_backup(backups: Path) -> bool:
    return any(not path.name.startswith(UNFINISHED) and path.is_dir() for path in backups.iterdir())


def has_seen_one(ledger: Path, backups: Path) -> bool:
    state = recorded_state(ledger, backups)
    return state is not None and state.last_good is not None


def run_together(settings: list[Settings], until: Callable[[], object]) -> None:
    """Run what services do for backups, each with a ledger of its own, until something is so and some seconds longer."""

    async def all_of_them() -> None:
        ledgers = [Ledger(one.path, storage=one.storage) for one in settings]
        tasks = [
            asyncio.create_task(make_backups(one, ledger))
            for one, ledger in zip(settings, ledgers, strict=True)
        ]
        end = time.monotonic() + PATIENCE_SECONDS
        while not until():
            assert time.monotonic() < end
            await asyncio.sleep(0.1)
        await asyncio.sleep(5)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    run_apart(all_of_them())


@pytest.mark.usefixtures("quick")
def test_of_two_services_on_one_folder_only_one_makes_it(books: Ledger, backups: Path) -> None:
    run_together([Settings(path=books.folder, backups=backups)] * 2, lambda: has_backup(backups))
    assert len(copies_in(backups, books.first_entry())) == 1
    state = recorded_state(books.folder, backups)
    assert state
    assert state.problem == ""


@pytest.mark.usefixtures("quick")
def test_of_three_services_on_one_database_only_one_makes_it(
    postgresql: PostgresqlOfTests, tmp_path: Path, backups: Path
) -> None:
    with books_on(postgresql, tmp_path / "ledger") as harbor:
        of_each = [
            harbor.settings(path=tmp_path / "ledger", backups=backups),
            harbor.settings(path=tmp_path / "second computer", backups=backups),
            harbor.settings(path=tmp_path / "third computer", backups=backups),
        ]
        run_together(of_each, lambda: all(has_seen_one(one.path, backups) for one in of_each))
        ledger = Ledger(of_each[0].path, storage=of_each[0].storage)
        (copy,) = copies_in(backups, ledger.first_entry())
        ledger.close()
        assert copy.is_good
        for one in of_each:
            state = recorded_state(one.path, backups)
            assert state
            assert (state.last_good, state.problem) == (copy.made_at, "")


@pytest.mark.usefixtures("quick")
def test_a_process_that_is_killed_is_a_failure_that_is_told(
    books: Ledger, backups: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    start = nightly_backups._start_process  # noqa: SLF001 - the process itself, to kill it

    def start_and_kill(settings: Settings) -> Any:  # noqa: ANN401 - as it returns
        process = start(settings)
        process.kill()
        return process

    monkeypatch.setattr(nightly_backups, "_start_process", start_and_kill)
    run_together([Settings(path=books.folder, backups=backups)], lambda: "ended" in caplog.text)
    state = recorded_state(books.folder, backups)
    assert state
    assert (state.last_good, state.problem) == (None, "The backup ended in the middle.")
    assert caplog.text.count("ended in the middle") == 1


@pytest.mark.sqlite("a folder of files can be made read-only")
@pytest.mark.usefixtures("quick")
def test_a_failure_that_cannot_be_put_on_record_is_not_tried_again_at_once(
    books: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, started = nightly_backups._start_process, []  # noqa: SLF001 - to count the processes

    def start_and_count(settings: Settings) -> Any:  # noqa: ANN401 - as it returns
        started.append(start(settings))
        return started[-1]

    monkeypatch.setattr(nightly_backups, "_start_process", start_and_count)
    with read_only(books.folder, tmp_path / "protected") as protected:
        settings = Settings(path=protected, backups=tmp_path / "away")
        run_together([settings], lambda: started and started[0].exitcode is not None)
        assert len(started) == 1
        assert recorded_state(protected, tmp_path / "away") is None


def remarks(reply: dict[str, Any]) -> list[dict[str, Any]]:
    return [finding for finding in reply["findings"] if finding["code"] in {"backup-late", "backup-missing"}]


def test_a_click_that_is_recorded_says_that_the_last_good_backup_is_too_old(
    ledger: Ledger, backups: Path, clock: Clock
) -> None:
    ledger.backups = backups
    assert not remarks(pressed(ledger, "invoices.open", a_click()))  # nobody has looked yet
    record_state(ledger.folder, BackupState(backups, clock.now, clock.now))
    assert not remarks(pressed(ledger, "invoices.open", a_click()))
    clock.pass_time(hours=37)
    record_state(
        ledger.folder, BackupState(backups, clock.now - clock.age(37), clock.now, "The disk is full.")
    )
    reply = pressed(ledger, "invoices.open", a_click())
    (remark,) = remarks(reply)
    assert (reply["level"], remark["severity"], remark["sheet"]) == ("review", "review", "")
    begun = (clock.now - clock.age(37)).astimezone()
    assert remark["message"] == (
        f"The last good backup of the books is from {begun:%m/%d/%Y} at {begun:%H:%M}. The disk is full."
    )
    assert "clinicledger ledger backup --keep FOLDER" in remark["remedy"]


def test_where_no_backup_was_ever_good_a_click_says_why(ledger: Ledger, tmp_path: Path, clock: Clock) -> None:
    ledger.backups = tmp_path / "stick"
    look(ledger, ledger.backups)
    assert not remarks(pressed(ledger, "invoices.open", a_click()))
    why = "The folder E:\\Backups is not there."
    record_state(ledger.folder, BackupState(ledger.backups, None, clock.now, why))
    (remark,) = remarks(pressed(ledger, "invoices.open", a_click()))
    assert remark["message"] == f"There is no good backup of the books yet. {why}"

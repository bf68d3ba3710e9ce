"""One service works with the books of a ledger folder; a second one says who has them, and ends."""

import json
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from server.autostart.ledger_lock import LOCK_FILE, NOTE_FILE, LedgerLock, running_service
from server.cli.service import temporary_service
from server.errors import LedgerServed
from server.settings import Settings
from tests.cli.programs import PATIENCE_SECONDS, clinicledger, sentence
from tests.disks import read_only
from tests.office_service import Command, command

pytestmark = pytest.mark.sqlite("with PostgreSQL, several services on one ledger are right")


def test_a_second_service_on_a_ledger_is_refused_and_names_the_first(tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    with command(folder, "--port", "0", "--http") as first:
        assert first.program
        running = running_service(folder)
        assert running
        assert running.process == first.program.pid
        second = clinicledger("serve", "--port", "0", "--http", "--json", within=tmp_path)
        problem = json.loads(second.stdout)
        assert (second.returncode, problem["code"]) == (1, "ledger-served")
        assert f"at {running.url} (process {first.program.pid})" in problem["detail"]
        assert httpx.get(f"{running.url}/health", trust_env=False).status_code == 200
    assert running_service(folder) is None


def test_a_killed_service_leaves_no_lock_behind(tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    first = Command(folder, ["--port", "0", "--http"], {"CLINIC_LEDGER_WORKERS": "1"})
    first.start()
    first.kill()
    assert (folder / LOCK_FILE).exists()
    assert (folder / NOTE_FILE).exists()
    assert running_service(folder) is None
    with command(folder, "--port", "0", "--http"):
        assert running_service(folder)


def test_a_temporary_service_runs_beside_the_one_that_serves(tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    with (
        command(folder, "--port", "0", "--http"),
        temporary_service(Settings(path=folder, workers=0)) as address,
    ):
        assert httpx.get(f"{address}/health", trust_env=False).status_code == 200


def test_of_services_that_start_at_the_same_moment_one_works(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from server.autostart.ledger_lock import LedgerLock;"
        "lock = LedgerLock.take(Path(sys.argv[1])); print('has it', flush=True); sys.stdin.read()"
    )
    typed = [sys.executable, "-c", program, str(tmp_path)]
    starting = [
        subprocess.Popen(
            typed, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    first_words = [one.stdout.readline() for one in starting if one.stdout]
    complaints = [one.communicate(timeout=PATIENCE_SECONDS)[1] for one in starting]
    assert sorted(first_words) == ["", "", "", "has it\n"]
    assert sum("LedgerServed" in complaint for complaint in complaints) == 3


def test_asking_who_serves_keeps_no_service_from_starting(tmp_path: Path) -> None:
    LedgerLock.take(tmp_path).release()
    for _ in range(200):
        assert running_service(tmp_path) is None
    lock = LedgerLock.take(tmp_path)
    with pytest.raises(LedgerServed, match="Another service works with the ledger"):
        LedgerLock.take(tmp_path)
    lock.release()


def test_people_who_ask_at_the_same_moment_do_not_take_each_other_for_a_service(tmp_path: Path) -> None:
    LedgerLock.take(tmp_path).release()
    with ThreadPoolExecutor(4) as people:
        assert set(people.map(lambda _: running_service(tmp_path), range(400))) == {None}


def test_a_folder_that_can_only_be_read_is_served_without_a_lock(tmp_path: Path) -> None:
    LedgerLock.take(tmp_path / "ledger").release()
    with read_only(tmp_path / "ledger", tmp_path / "share") as share:
        LedgerLock.take(share).release()
        assert running_service(share) is None


def test_the_lock_file_is_for_its_owner_only(tmp_path: Path) -> None:
    lock = LedgerLock.take(tmp_path / "ledger")
    assert (tmp_path / "ledger" / LOCK_FILE).stat().st_mode & 0o777 == 0o600
    lock.release()


@pytest.mark.parametrize("note", ["", "{", "[]", '{"process": 1, "password": "x"}'])
def test_a_note_that_cannot_be_read_hides_no_service(tmp_path: Path, note: str) -> None:
    lock = LedgerLock.take(tmp_path)
    (tmp_path / NOTE_FILE).write_text(note)
    running = running_service(tmp_path)
    assert running
    assert running.process is None
    lock.release()


def test_the_refusal_is_a_sentence_on_a_terminal(tmp_path: Path) -> None:
    with command(tmp_path / "ledger", "--port", "0", "--http") as first:
        second = clinicledger("serve", "--port", "0", "--http", within=tmp_path)
        assert second.returncode == 1
        assert "clinicledger service stop" in sentence(second.stderr)
        first.send_signal(signal.SIGTERM)

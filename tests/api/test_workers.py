"""The service as a program: big sheets beside small ones, workers that die, and Ctrl-C."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from os import kill
from pathlib import Path
from signal import SIGKILL
from time import sleep

import httpx
import pytest

from server.cli.service import ready_service
from server.errors import AddressUnusable
from server.settings import Settings
from tests.api.wire import Program, press, problem, serving, wait_until
from tests.behind import copy_ledger, open_books
from tests.invented import a_row
from tests.ribbon.clicks import a_click, visits

BIG = [a_row(id=f"A-{number}") for number in range(200)]
BIG_BYTES = "10000"

WAITING = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="looks its processes up in /proc")
on_posix = pytest.mark.skipif(sys.platform == "win32", reason="presses Ctrl-C with a signal")


@pytest.fixture(scope="module")
def shared_folder(made_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_ledger(made_folder, tmp_path_factory.mktemp("shared") / "ledger")


@pytest.fixture(scope="module")
def standing(shared_folder: Path) -> Iterator[Program]:
    """Return a service that several tests talk to, since a program takes seconds to start."""
    with serving(shared_folder, big_request=BIG_BYTES) as running:
        yield running


@pytest.fixture
def program(folder: Path) -> Iterator[Program]:
    """Return a service that the test ends."""
    with serving(folder, big_request=BIG_BYTES) as running:
        yield running


def a_client(program: Program) -> httpx.Client:
    return httpx.Client(base_url=program.url, timeout=30)


@contextmanager
def writing(folder: Path, clinic: str = "lakeside") -> Iterator[None]:
    """Write to a clinic's books, so that a click has to wait in the middle of its work."""
    with open_books(folder, clinic) as books, books.writers_turn():
        yield


def is_in(worker: int, folder: Path) -> bool:
    """Return whether a worker has the clinic's books open."""
    books = str(folder / "clinics" / "lakeside.db")
    for link in Path(f"/proc/{worker}/fd").iterdir():
        with suppress(FileNotFoundError):  # a worker opens and closes files while it is looked at
            if str(link.readlink()) == books:
                return True
    return False


class Clicks:
    """Which workers of a service are in the middle of a click on the clinic's books."""

    def __init__(self, program: Program, folder: Path, *, are_rows: bool) -> None:
        self.program = program
        self.folder = folder
        self._are_rows = are_rows
        self._known: set[int] = set()

    def workers(self) -> list[int]:
        """Return the workers that have the books open. On PostgreSQL, the one worker if another statement waits now."""
        if not self._are_rows:
            return [worker for worker in self.program.workers() if is_in(worker, self.folder)]
        with open_books(self.folder) as books:
            waiting = {number for (number,) in books(WAITING)}
        are_new = bool(waiting - self._known)  # that of a worker that was killed waits on
        self._known |= waiting
        return self.program.workers() if are_new else []

    def wait_for_worker(self) -> int:
        """Wait until a worker has the books open, and return it."""
        found: list[int] = []

        def one_is() -> bool:
            found[:] = self.workers()
            return bool(found)

        wait_until(one_is)
        return found[0]


@pytest.fixture
def clicks(standing: Program, shared_folder: Path, *, is_postgresql: bool) -> Clicks:
    return Clicks(standing, shared_folder, are_rows=is_postgresql)


@on_linux
def test_small_clicks_are_answered_while_a_big_one_is_under_way(
    standing: Program, shared_folder: Path, clicks: Clicks
) -> None:
    with a_client(standing) as client, ThreadPoolExecutor(1) as pool:
        with writing(shared_folder):
            big = pool.submit(press, client, "payroll.generate", a_click(BIG))
            clicks.wait_for_worker()
            small = press(client, "payroll.generate", a_click(visits(5, provider="Pat Poe"), clinic="harbor"))
            assert small.status_code == 200
            assert not big.done()
        assert big.result().json()["figures"]["paid"] == 200


@on_linux
def test_a_click_whose_worker_is_killed_is_worked_on_by_another(
    standing: Program, shared_folder: Path, clicks: Clicks
) -> None:
    with a_client(standing) as client, ThreadPoolExecutor(1) as pool:
        with writing(shared_folder):
            click = pool.submit(press, client, "payroll.check", a_click(BIG))
            kill(clicks.wait_for_worker(), SIGKILL)
        assert click.result().json()["figures"]["rows_in"] == 200


@on_linux
def test_a_click_that_ends_two_workers_is_told_and_the_next_one_works(
    standing: Program, shared_folder: Path, clicks: Clicks
) -> None:
    with a_client(standing) as client, ThreadPoolExecutor(1) as pool:
        with writing(shared_folder):
            lost = pool.submit(press, client, "payroll.check", a_click(BIG))
            while not lost.done():  # one of those killed may have been idle, its books still open
                for worker in clicks.workers():
                    with suppress(OSError):
                        kill(worker, SIGKILL)
                sleep(0.01)
            answer = lost.result()
        again = press(client, "payroll.check", a_click(BIG))

    assert (answer.status_code, problem(answer)["code"]) == (503, "work-cut-short")
    assert again.json()["figures"]["rows_in"] == 200


@on_linux
def test_a_worker_killed_while_idle_is_never_noticed(standing: Program) -> None:
    with a_client(standing) as client:
        assert press(client, "payroll.check", a_click(BIG)).status_code == 200
        (worker,) = standing.workers()
        kill(worker, SIGKILL)
        wait_until(lambda: not standing.workers())
        assert press(client, "payroll.check", a_click(BIG)).status_code == 200


def test_a_second_service_on_the_same_port_is_told_so_in_a_sentence(
    standing: Program, tmp_path: Path
) -> None:
    port = httpx.URL(standing.url).port
    with pytest.raises(AddressUnusable, match=f"cannot listen on 127.0.0.1 port {port}"):
        ready_service(Settings(path=tmp_path / "other", port=port), plain=True)


@on_linux
def test_ctrl_c_lets_the_click_under_way_finish_and_ends_everything_without_a_word(
    program: Program, folder: Path, *, is_postgresql: bool
) -> None:
    clicks = Clicks(program, folder, are_rows=is_postgresql)
    with a_client(program) as client, ThreadPoolExecutor(2) as pool:
        with writing(folder):
            click = pool.submit(press, client, "payroll.generate", a_click(BIG))
            worker = clicks.wait_for_worker()
            complaints = pool.submit(program.interrupt)
        assert click.result().status_code == 200
        assert complaints.result() == ""
    assert program.process.returncode == 0
    assert not Path(f"/proc/{worker}").exists()


@on_posix
def test_ctrl_c_while_the_worker_still_starts_is_as_quiet(program: Program) -> None:
    assert httpx.get(f"{program.url}/health").status_code == 200
    assert program.interrupt() == ""
    assert program.process.returncode == 0


@on_linux
def test_workers_do_not_outlive_a_service_that_was_killed(program: Program) -> None:
    wait_until(program.workers)
    workers = program.workers()
    program.process.kill()
    program.process.wait()
    wait_until(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers))

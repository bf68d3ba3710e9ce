"""One server for each program and one child for each task, which is as a fresh process would be and outlives nobody."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from addin.desktop.forked_process import ForkedProcess, ForkServer
from addin.desktop.limited_process import SERVER, LimitedProcess

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a fork server")

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 60


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        started = ForkServer([sys.executable, "-m", "tests.addin.forked_tasks"])
        started.start()
    yield started
    started.end()


@pytest.fixture
def others() -> Iterator[ThreadPoolExecutor]:
    """Threads for tasks that run at the same time."""
    with ThreadPoolExecutor(8) as threads:
        yield threads


def answer_of(server: ForkServer, do: str, details: object = None) -> Any:  # noqa: ANN401 - an answer is JSON
    with ForkedProcess(server) as process:
        answer, _ = process.communicate(_task(do, details), PATIENCE_SECONDS)
        return json.loads(answer) if answer else process.returncode


def _task(do: str, details: object) -> bytes:
    return json.dumps({"do": do, "with": details}).encode()


def is_running(number: int) -> bool:
    """Return whether a process runs. One that ended and that nobody has asked about yet does not."""
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def wait_until_ended(number: int) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while is_running(number):
        assert time.monotonic() < end, f"process {number} still runs"
        time.sleep(0.01)


def number_in(file: Path) -> int:
    """Return the number that a waiting task wrote, once it did."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not file.exists():
        assert time.monotonic() < end, "the task did not begin"
        time.sleep(0.01)
    return int(file.read_text())


@pytest.mark.parametrize("round_", range(2))
def test_a_child_has_the_surroundings_that_its_program_has_now(
    server: ForkServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, round_: int
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CLINIC_LEDGER_PATH", f"ledger-{round_}-\udcff")
    monkeypatch.setenv("TZ", f"EX{'AB'[round_]}T5")
    monkeypatch.delenv("HOME")
    before = os.umask(0o027 + round_)
    try:
        child = answer_of(server, "describe")
    finally:
        os.umask(before)

    assert child["folder"] == str(tmp_path)
    assert child["environment"] == dict(os.environ)
    assert child["zone"] == f"EX{'AB'[round_]}T"
    assert child["umask"] == 0o027 + round_


def test_a_child_works_in_a_folder_that_was_deleted(
    server: ForkServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert answer_of(server, "describe")["folder"] == f"{tmp_path}/gone (deleted)"


def test_a_child_has_no_file_or_socket_of_another_task(
    server: ForkServer, tmp_path: Path, others: ThreadPoolExecutor
) -> None:
    with ForkedProcess(server) as waiting:
        ended = others.submit(waiting.communicate, _task("wait", str(tmp_path / "number")), PATIENCE_SECONDS)
        number_in(tmp_path / "number")
        assert answer_of(server, "describe")["open"] == ["0", "1", "2"]
        waiting.kill()
        ended.result()


def test_a_child_has_a_group_of_its_own_and_no_terminal(server: ForkServer) -> None:
    child = answer_of(server, "describe")
    assert child["group"] == child["number"]
    assert child["session"] == child["server"]


def test_threads_get_their_own_answers(server: ForkServer, others: ThreadPoolExecutor) -> None:
    texts = [f"{number}" * 200_000 for number in range(24)]
    answers: list[Future[Any]] = [others.submit(answer_of, server, "answer", text) for text in texts]
    assert [answer.result() for answer in answers] == texts


@pytest.mark.parametrize(
    ("do", "details", "code"), [("exit", 97, 97), ("crash", None, -signal.SIGSEGV), ("unknown", None, 1)]
)
def test_the_exit_code_of_a_child_without_an_answer_is_known(
    server: ForkServer, do: str, details: object, code: int
) -> None:
    assert answer_of(server, do, details) == code


def test_a_child_that_takes_too_long_is_ended(server: ForkServer, tmp_path: Path) -> None:
    with ForkedProcess(server) as process:
        with pytest.raises(TimeoutError):
            process.communicate(_task("wait", str(tmp_path / "number")), 2)
        process.kill()
        process.wait()
        assert process.returncode == -signal.SIGKILL
        assert not is_running(process.pid)


def test_a_child_that_nobody_waits_for_is_ended(server: ForkServer, tmp_path: Path) -> None:
    with ForkedProcess(server) as process, pytest.raises(TimeoutError):
        process.communicate(_task("wait", str(tmp_path / "number")), 2)
    wait_until_ended(process.pid)


def test_when_the_server_dies_its_children_end_and_the_next_task_has_another_server(
    tmp_path: Path, server: ForkServer, others: ThreadPoolExecutor
) -> None:
    first = answer_of(server, "describe")["server"]
    interrupted = others.submit(answer_of, server, "wait", str(tmp_path / "number"))
    child = number_in(tmp_path / "number")

    os.kill(first, signal.SIGKILL)

    assert interrupted.result() is None
    wait_until_ended(child)
    assert answer_of(server, "describe")["server"] != first


def test_a_server_that_does_not_start_is_an_error_and_no_wait() -> None:
    server = ForkServer([sys.executable, "-c", "raise SystemExit(1)"])
    with pytest.raises(ChildProcessError):
        answer_of(server, "describe")
    server.end()


def start_program(event: str, file: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.addin.forking_program", event, str(file)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_when_the_program_is_killed_server_and_children_end(tmp_path: Path) -> None:
    with start_program("wait", tmp_path / "number") as program:
        assert program.stdout
        server = int(program.stdout.readline())
        child = number_in(tmp_path / "number")
        program.kill()
        program.wait()
        for ended in (server, child):
            wait_until_ended(ended)


def test_when_the_program_ends_its_server_has_ended(tmp_path: Path) -> None:
    with start_program("end", tmp_path / "number") as program:
        told, _ = program.communicate()
    assert not is_running(int(told))


def test_a_program_that_forks_keeps_its_server_and_the_copy_gets_another(tmp_path: Path) -> None:
    with start_program("copy", tmp_path / "number") as program:
        told, _ = program.communicate()
    first, *later = map(int, told.split())
    assert len(later) == 3
    assert later.count(first) == 2
    assert not any(map(is_running, {first, *later}))


def test_the_server_of_workbooks_has_one_thread(tmp_path: Path) -> None:
    """A fork copies one thread; what the others held would be locked for ever."""
    log = tmp_path / "log.csv"
    log.write_text("Date,Provider\n10/05/2026,Ada Example\n")
    with LimitedProcess() as process:
        process.convert(log, tmp_path / "log.xlsx")
    inside = SERVER._process  # noqa: SLF001 - whom else to ask
    assert inside is not None
    assert len(list(Path(f"/proc/{inside.pid}/task").iterdir())) == 1

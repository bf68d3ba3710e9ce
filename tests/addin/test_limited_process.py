"""Pressing in a process with limits: the same result, and a sentence whatever the file does to the process."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook

from addin.desktop import limited_process
from addin.desktop.files.refusals import CorruptFile, TooLarge
from addin.desktop.forked_process import ForkServer
from addin.desktop.limited_process import SERVER_PROGRAM, LimitedProcess, TaskRefused
from addin.desktop.process_limits import OVER_MEMORY, OVER_TIME, limits_for
from addin.desktop.service import Service
from tests.addin.hostile_files import an_xlsx, with_broken_stream
from tests.addin.stand_in import DONE, StandIn, a_log, as_bytes, finished, sending

ROOT = Path(__file__).parents[2]
POSIX = pytest.mark.skipif(os.name != "posix", reason="only POSIX limits a process")
LONG_LOG = b"ID,Provider,Charge\n" + b"".join(b"A-%d,Ada Example,%d\n" % (n, n) for n in range(400_000))


LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a fork server")


@pytest.fixture(params=[pytest.param(True, marks=LINUX), False], ids=["forked", "fresh"])
def process(request: pytest.FixtureRequest) -> Iterator[LimitedProcess]:
    with LimitedProcess(forks=request.param) as started:
        yield started


def interrupt_task(process: LimitedProcess, folder: Path, number: int | None, kind: int) -> None:
    """Send a signal to a process, by default to that of the task, which then has an unfinished file."""
    inside = process._process  # noqa: SLF001 - its unfinished file has its number
    while not inside.pid:
        time.sleep(0.01)
    (folder / f".{inside.pid}.unfinished.xlsx").touch()
    time.sleep(0.5)
    os.kill(number or inside.pid, kind)


def test_a_button_is_pressed_and_the_result_saved(
    tmp_path: Path, stand_in: StandIn, service: Service, process: LimitedProcess
) -> None:
    log = a_log(tmp_path / "October.xlsx", clinic="lakeside")
    stand_in.output = as_bytes(finished("Payroll Summary"))
    stand_in.reply = sending(stand_in.output, "Payroll Summary")

    result = process.press("payroll.generate", log, service=service, inputs={"from": "2026-10-01"})

    assert (result.saved_to, result.reply["summary"]) == (log, "Done.")
    assert load_workbook(log).sheetnames == ["Appointments", "Payroll Summary"]
    assert stand_in.sent["inputs"] == {"from": "2026-10-01"}


def test_a_file_sent_as_an_answer_is_still_a_file(
    tmp_path: Path, stand_in: StandIn, service: Service, process: LimitedProcess
) -> None:
    log, paper = a_log(tmp_path / "October.xlsx", clinic="lakeside"), tmp_path / "none.pdf"
    with pytest.raises(TaskRefused, match=r"no file none\.pdf"):
        process.press("payroll.check", log, service=service, inputs={"document": paper})
    assert not stand_in.requests


@pytest.mark.parametrize("name", ["damaged.xlsx", "none.xlsx"])
def test_a_refusal_keeps_its_code_and_its_words(
    tmp_path: Path, service: Service, process: LimitedProcess, name: str
) -> None:
    (tmp_path / "damaged.xlsx").write_bytes(with_broken_stream(an_xlsx()))
    with pytest.raises(TaskRefused) as caught:
        process.press("payroll.check", tmp_path / name, service=service)
    expected = {"damaged.xlsx": "file-corrupt", "none.xlsx": "file-missing"}
    assert caught.value.code == expected[name]
    assert caught.value.title == "The file cannot be opened"
    assert caught.value.remedy.endswith(".")


def test_a_file_of_any_kind_is_converted(tmp_path: Path, process: LimitedProcess) -> None:
    log = tmp_path / "log.csv"
    log.write_text("Date,Provider\n10/05/2026,Ada Example\n")
    process.convert(log, tmp_path / "log.xlsx")
    assert load_workbook(tmp_path / "log.xlsx").worksheets[0]["B2"].value == "Ada Example"


@POSIX
@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"memory": 250_000_000}, "needs more .*memory"),
        ({"cpu_seconds": 1}, "takes more than 1 seconds"),
        ({"wall_seconds": 1}, "takes more than 1 seconds"),
    ],
    ids=["memory", "cpu", "wall"],
)
def test_a_file_beyond_the_limits_of_its_process_is_refused_in_words(
    tmp_path: Path, process: LimitedProcess, limits: dict[str, int], words: str
) -> None:
    log, target = tmp_path / "log.csv", tmp_path / "log.xlsx"
    log.write_bytes(LONG_LOG)
    task = {"task": "convert", "workbook": str(log), "save_as": str(target)}
    with pytest.raises((TaskRefused, TooLarge), match=words):
        process.result_of(task, replace(limits_for(log), **limits))
    assert [path.name for path in tmp_path.iterdir()] == ["log.csv"]


def test_a_process_that_dies_leaves_a_sentence_and_no_file(tmp_path: Path, process: LimitedProcess) -> None:
    log = tmp_path / "log.csv"
    log.write_bytes(LONG_LOG)
    threading.Thread(target=interrupt_task, args=(process, tmp_path, None, signal.SIGTERM)).start()
    with pytest.raises(CorruptFile, match="it ended the program that read it"):
        process.convert(log, tmp_path / "log.xlsx")
    assert [path.name for path in tmp_path.iterdir()] == ["log.csv"]


@pytest.fixture
def ctrl_c_interrupts() -> Iterator[None]:
    """Python does not listen to Ctrl-C if it was started in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@POSIX
@pytest.mark.usefixtures("ctrl_c_interrupts")
def test_ctrl_c_ends_the_process_and_leaves_no_file(tmp_path: Path, process: LimitedProcess) -> None:
    log = tmp_path / "log.csv"
    log.write_bytes(LONG_LOG)
    threading.Thread(target=interrupt_task, args=(process, tmp_path, os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        process.convert(log, tmp_path / "log.xlsx")
    assert process._process.returncode is not None  # noqa: SLF001 - whether it has ended
    assert [path.name for path in tmp_path.iterdir()] == ["log.csv"]


def test_an_error_nobody_foresaw_shows_its_place_and_nothing_of_the_file(
    tmp_path: Path, process: LimitedProcess
) -> None:
    log = tmp_path / "log.csv"
    log.write_bytes(b"Zoe Example,b\n")
    with pytest.raises(TaskRefused) as caught:
        process.convert(log, tmp_path / "a\0b" / "log.xlsx")
    assert caught.value.code == "file-not-processed"
    assert "ValueError in" in str(caught.value)
    assert "Zoe" not in str(caught.value)


@pytest.mark.parametrize(
    ("limits", "work", "code"),
    [
        ("200_000_000, 1e9", "block = bytearray(b'x') * 300_000_000; time.sleep(60)", OVER_MEMORY),
        ("1_000_000_000, 1", "while True: pass", OVER_TIME),
    ],
    ids=["memory", "time"],
)
def test_a_process_watches_itself_where_the_system_does_not_limit_it(
    limits: str, work: str, code: int
) -> None:
    program = f"import time; from addin.desktop.process_limits import watch_use; watch_use({limits})\n{work}"
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False, timeout=50)
    assert ended.returncode == code


@pytest.mark.parametrize("bytes_of_log", [0, 5_000_000, 60_000_000, 100_000_000])
def test_big_logs_get_what_they_need(tmp_path: Path, bytes_of_log: int) -> None:
    """Measured: 100 MB of memory and 4 CPU seconds for each megabyte of an .xlsx."""
    log = tmp_path / "log.xlsx"
    with log.open("wb") as file:
        file.truncate(bytes_of_log)
    limits = limits_for(log)
    assert limits.cpu_seconds >= 60 + 12 * bytes_of_log / 1e6
    assert limits.wall_seconds > limits.cpu_seconds
    assert limits.memory >= min(1.5e9 + 150 * bytes_of_log, 4e9)


@pytest.mark.parametrize("forks", [pytest.param(True, marks=LINUX), False], ids=["forked", "fresh"])
def test_nothing_is_imported_from_the_folder_that_one_is_in(
    tmp_path: Path, stand_in: StandIn, service: Service, monkeypatch: pytest.MonkeyPatch, *, forks: bool
) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('imported')")
    monkeypatch.chdir(tmp_path)
    if forks:
        monkeypatch.setattr(limited_process, "SERVER", server := ForkServer(SERVER_PROGRAM))
    stand_in.reply = DONE
    with LimitedProcess(forks=forks) as process:
        assert process.press("payroll.check", a_log(tmp_path / "a.xlsx"), service=service).reply == DONE
    if forks:
        server.end()


@LINUX
def test_relative_paths_are_those_of_the_folder_that_one_is_in_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        Path("log.csv").write_text(f"Date,Provider\n10/05/2026,Ada {name}\n")
        with LimitedProcess() as process:
            process.convert(Path("log.csv"), Path("log.xlsx"))
        assert load_workbook(tmp_path / name / "log.xlsx").worksheets[0]["B2"].value == f"Ada {name}"

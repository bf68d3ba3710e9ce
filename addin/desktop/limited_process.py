"""Reads files from outside in a process of its own, limited in time and memory (ADR 29)."""

import json
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from addin.desktop.files.refusals import CorruptFile
from addin.desktop.forked_process import ForkedProcess, ForkServer
from addin.desktop.limited_task import FORK_FOR_TASKS, memory_refusal, time_refusal
from addin.desktop.press import Inputs, PressResult
from addin.desktop.process_limits import OVER_MEMORY, OVER_TIME, ProcessLimits, limits_for
from addin.desktop.refusals import Refusal
from addin.desktop.service import Service

PROGRAM = (sys.executable, "-P", "-m", "addin.desktop.limited_task")
"""``-P``: nothing is imported from the folder that the person is in."""

FORKS = sys.platform == "linux"
"""Elsewhere each task gets a process that is started for it: Windows cannot fork, and on macOS what xlwings and numpy
import starts threads of the system, which do not live on in a child.
"""

SERVER_PROGRAM = (*PROGRAM, FORK_FOR_TASKS)
SERVER = ForkServer(SERVER_PROGRAM)

TIME_CODES = {
    OVER_TIME,
    *(-getattr(signal, name) for name in ("SIGXCPU", "SIGKILL") if hasattr(signal, name)),
}


class TaskRefused(Refusal):
    """The process refused the task and says why. ``problem`` is what it wrote."""

    def __init__(self, problem: Mapping[str, Any]) -> None:
        super().__init__(problem["detail"], problem["remedy"], problem["findings"])
        self.code, self.title = problem["code"], problem["title"]
        self.remedies = tuple(problem["remedies"])


class LimitedProcess:
    """A process for one task. It is started at once, so that it is ready when the task is known, and ended at the end.

    Where this program ``forks``, only the first task waits for that: the fork server stays.
    """

    def __init__(self, *, forks: bool = FORKS) -> None:
        self._process = ForkedProcess(SERVER) if forks else _fresh_process()

    def __enter__(self) -> Self:
        """Return the process."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process if it still runs."""
        self._process.kill()
        with self._process:
            pass

    def press(  # noqa: PLR0913 - the options of ``clinicledger press``
        self,
        button: str,
        workbook: Path,
        *,
        service: Service,
        clinic: str | None = None,
        sheet: str | None = None,
        rows: Sequence[int] | None = None,
        inputs: Inputs | None = None,
        save_as: Path | None = None,
    ) -> PressResult:
        """Press one ribbon button on a workbook file and save the result, as ``press.press`` does. Raises Refusal."""
        result = self.result_of(
            {
                "task": "press",
                "workbook": str(workbook),
                "url": service.url,
                "token_file": _text_of(service.token_file),
                "program_token": service.program_token,
                "button": button,
                "clinic": clinic,
                "sheet": sheet,
                "rows": rows,
                "inputs": {
                    name: {"path": str(value)} if isinstance(value, Path) else value
                    for name, value in (inputs or {}).items()
                },
                "save_as": _text_of(save_as),
            },
            limits_for(workbook),
        )
        saved_to, file = (Path(result[name]) if result[name] else None for name in ("saved_to", "file"))
        return PressResult(result["reply"], saved_to, tuple(result["warnings"]), file)

    def convert(self, workbook: Path, target: Path) -> None:
        """Save a file of any kind that we open as an .xlsx. Raises Refusal."""
        task = {"task": "convert", "workbook": str(workbook), "save_as": str(target)}
        self.result_of(task, limits_for(workbook))

    def result_of(self, task: Mapping[str, Any], limits: ProcessLimits) -> dict[str, Any]:
        """Carry out a task and return its result. Raises Refusal, also if the process ended without an answer.

        The answer is JSON: nothing in it can be run.
        """
        path = Path(task["workbook"])
        request = json.dumps({**task, "limits": asdict(limits)}).encode()
        try:
            answer, _ = self._process.communicate(request, timeout=limits.wall_seconds)
        except (subprocess.TimeoutExpired, TimeoutError):
            self._end_task(task)
            raise time_refusal(path, limits.wall_seconds) from None
        except BaseException:  # Ctrl-C among them
            self._end_task(task)
            raise
        try:
            answered: dict[str, Any] = json.loads(answer)
        except ValueError:
            self._remove_unfinished_files(task)
            raise self._refusal_without_answer(path, limits) from None
        if "problem" in answered:
            raise TaskRefused(answered["problem"])
        result: dict[str, Any] = answered["result"]
        return result

    def _end_task(self, task: Mapping[str, Any]) -> None:
        self._process.kill()
        self._process.wait()
        self._remove_unfinished_files(task)

    def _refusal_without_answer(self, path: Path, limits: ProcessLimits) -> Refusal:
        if self._process.returncode == OVER_MEMORY:
            return memory_refusal(path, limits)
        if self._process.returncode in TIME_CODES:
            return time_refusal(path, limits.cpu_seconds)
        return CorruptFile(path, "it ended the program that read it")

    def _remove_unfinished_files(self, task: Mapping[str, Any]) -> None:
        """Delete what the process was writing. The name of such a file begins with the number of its process."""
        folders = {Path(task[name]).resolve().parent for name in ("workbook", "save_as") if task.get(name)}
        for folder in folders:
            for unfinished in folder.glob(f".{self._process.pid}.*"):
                with suppress(OSError):
                    unfinished.unlink()


def _fresh_process() -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - this program itself
        PROGRAM, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )


def _text_of(path: Path | None) -> str | None:
    return None if path is None else str(path)

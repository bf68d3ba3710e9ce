"""The program of the process in which a file from outside is read: ``python -P -m addin.desktop.limited_task``.

It reads one task as JSON, works under the limits that the task names, and writes one answer as JSON: ``result`` or
``problem``. As a fork server it does so in a child for each task. Whatever the file makes a library do ends in an answer or, at worst, in the end of this process.
"""

import json
import os
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from addin.desktop.files import open_workbook
from addin.desktop.files.refusals import TooLarge
from addin.desktop.files.saving import save_workbook
from addin.desktop.fork_server import fork_for_tasks
from addin.desktop.press import press
from addin.desktop.process_limits import OVER_MEMORY, ProcessLimits, TimeUp, apply_limits
from addin.desktop.refusals import Refusal
from addin.desktop.service import Service

Task = Mapping[str, Any]

FORK_FOR_TASKS = "--fork-for-tasks"
"""The argument with which this program is a fork server."""

NO_SERVICE = "http://no-service.invalid"
"""An address that nothing is ever sent to, and that no token is read for."""


class TaskFailed(Refusal):
    """The file led to an error that nobody foresaw."""

    code = "file-not-processed"
    title = "The file could not be worked on"

    def __init__(self, path: Path, error: Exception) -> None:
        place = traceback.extract_tb(error.__traceback__)[-1]
        super().__init__(
            f"{path.name} led to an error of this program ({type(error).__name__} in "
            f"{Path(place.filename).name}, line {place.lineno}). The file was not saved.",
            "Export the file again. If it happens again, tell the person who looks after Clinic Ledger what is in parentheses.",
        )


def answer_to(task: Task) -> dict[str, Any]:
    """Carry out a task under its limits and return its result, or the problem that it ended in."""
    path, limits = Path(task["workbook"]), ProcessLimits(**task["limits"])
    try:
        apply_limits(limits)
        return {"result": TASKS[task["task"]](task)}
    except Refusal as refusal:
        return {"problem": refusal.as_problem()}
    except MemoryError:
        return {"problem": memory_refusal(path, limits).as_problem()}
    except TimeUp:
        return {"problem": time_refusal(path, limits.cpu_seconds).as_problem()}
    except Exception as error:  # noqa: BLE001 - the text of an error may quote the file, so only its place is told
        return {"problem": TaskFailed(path, error).as_problem()}


def memory_refusal(path: Path, limits: ProcessLimits) -> TooLarge:
    """Return the refusal of a file that needs more memory than it may have."""
    return TooLarge(path, f"it needs more than {limits.memory / 1e9:,.1f} GB of memory")


def time_refusal(path: Path, seconds: int) -> TooLarge:
    """Return the refusal of a file that takes longer than it may."""
    return TooLarge(path, f"working on it takes more than {seconds:,} seconds")


def _press_button(task: Task) -> dict[str, Any]:
    inputs = {
        name: Path(value["path"]) if isinstance(value, dict) else value
        for name, value in task["inputs"].items()
    }
    token_file = Path(task["token_file"]) if task["token_file"] else None
    with Service(task["url"], token_file, task["program_token"]) as service:
        result = press(
            task["button"],
            Path(task["workbook"]),
            service=service,
            clinic=task["clinic"],
            sheet=task["sheet"],
            rows=task["rows"],
            inputs=inputs,
            save_as=Path(task["save_as"]) if task["save_as"] else None,
        )
    saved_to, file = (None if path is None else str(path) for path in (result.saved_to, result.file))
    return {"reply": result.reply, "saved_to": saved_to, "warnings": result.warnings, "file": file}


def _convert_workbook(task: Task) -> dict[str, Any]:
    opened = open_workbook(Path(task["workbook"]))
    save_workbook(opened.workbook, Path(task["save_as"]), opened.cached)
    return {"warnings": opened.warnings}


TASKS: Mapping[str, Callable[[Task], dict[str, Any]]] = {"press": _press_button, "convert": _convert_workbook}


def _own_output() -> BinaryIO:
    """Return the output for the answer. What a library prints goes nowhere from now on."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - a device
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
    return answers


def main() -> None:
    """Carry out one task."""
    with _own_output() as output:
        try:
            answer = answer_to(json.loads(sys.stdin.buffer.read()))
            output.write(json.dumps(answer).encode())
        except MemoryError:  # not even an answer fits
            os._exit(OVER_MEMORY)


def serve_tasks() -> None:
    """Be a fork server, whose children carry out one task each."""
    with Service(NO_SERVICE):
        pass  # the first client that is made imports half of the HTTP library
    fork_for_tasks(main)


if __name__ == "__main__":
    if sys.argv[1:] == [FORK_FOR_TASKS]:
        serve_tasks()
    else:
        main()

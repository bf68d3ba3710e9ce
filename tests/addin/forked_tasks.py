"""A fork server whose tasks tell what their process is like: ``python -m tests.addin.forked_tasks``."""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from addin.desktop.fork_server import fork_for_tasks


def carry_out() -> None:
    task = json.loads(sys.stdin.buffer.read())
    print(json.dumps(TASKS[task["do"]](task["with"])), end="", flush=True)  # noqa: T201


def describe(_: object) -> dict[str, Any]:
    own = Path("/proc/self/fd")
    return {
        "folder": str(Path("/proc/self/cwd").readlink()),
        "environment": dict(os.environ),
        "zone": time.tzname[0],
        "umask": os.umask(0),
        "open": [name for name in sorted(os.listdir(own)) if (own / name).exists()],  # noqa: PTH208
        "number": os.getpid(),
        "group": os.getpgrp(),
        "session": os.getsid(0),
        "server": os.getppid(),
    }


def wait(file: str) -> None:
    """Say who waits, in a file, and wait for ever."""
    Path(file).with_suffix(".new").write_text(str(os.getpid()))
    Path(file).with_suffix(".new").rename(file)
    time.sleep(600)


def crash(_: object) -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


TASKS: dict[str, Callable[[Any], Any]] = {
    "describe": describe,
    "wait": wait,
    "exit": os._exit,
    "crash": crash,
    "answer": lambda what: what,
}

if __name__ == "__main__":
    fork_for_tasks(carry_out)

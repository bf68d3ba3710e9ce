"""The log of a service without a window: a file in the ledger folder, which never holds what a sheet said.

Of an exception it has the type and the places, because the text may quote a cell.
"""

import logging
import os
import sys
import threading
import time
from collections import deque
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TextIO

from server.failure_places import place_of
from server.private_files import make_private_folder, open_private_log

LOG_FILE = "service.log"
LARGEST_BYTES = 1_000_000
OLDER_FILES = 3
STANDARD_ERROR = 2
NOT_STARTED = " ERROR not started: "
"""What a line has in which a service says why it does not start."""

SERVER_LOGS = ("uvicorn", "uvicorn.error", "uvicorn.access")

log = logging.getLogger("clinicledger")


def write_log_to_file(folder: Path) -> None:
    """Write what is logged from now on into the log of a ledger folder, and what ends the process by mistake.

    Where the folder cannot be written to, nothing is logged.
    """
    sys.stdout, sys.stderr = sys.stdout or _nowhere(), sys.stderr or _nowhere()  # pythonw.exe has neither
    with suppress(Exception):
        make_private_folder(folder)
        handler = _LogFile(folder / LOG_FILE, maxBytes=LARGEST_BYTES, backupCount=OLDER_FILES)
        handler.setFormatter(_LineFormat("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%SZ"))
        logging.getLogger().addHandler(handler)
        log.setLevel(logging.INFO)
    sys.excepthook = lambda _kind, error, _trace: _log_crash(error)
    threading.excepthook = lambda thread: _log_crash(thread.exc_value)


def take_over_server_logs() -> None:
    """Have what uvicorn logs go the same way: it has set up handlers of its own by now."""
    for name in SERVER_LOGS:
        of_server = logging.getLogger(name)
        of_server.handlers.clear()
        of_server.propagate = True


def last_lines(folder: Path, count: int) -> list[str]:
    """Return the last lines of the log of a ledger folder, the latest last. There are none where nothing was logged."""
    try:
        with (folder / LOG_FILE).open(encoding="utf-8", errors="replace") as file:
            return [line.rstrip("\n") for line in deque(file, count)]
    except OSError:
        return []


class _LogFile(RotatingFileHandler):
    """A log file for its owner only. It is replaced by a new one when it is large."""

    def _open(self) -> TextIO:  # type: ignore[override] # as the parent, with a wrapper of any kind
        stream = open_private_log(Path(self.baseFilename))
        if (
            sys.platform != "win32"
        ):  # an open file cannot be replaced there, and worker processes inherit none
            os.dup2(stream.fileno(), STANDARD_ERROR)
        return stream

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Do nothing about a line that cannot be written: a full disk must not end the service."""


class _LineFormat(logging.Formatter):
    converter = time.gmtime  # type: ignore[assignment] # typeshed has it narrower than Python

    def formatException(self, ei: object) -> str:  # noqa: N802 - logging's name
        error = ei[1] if isinstance(ei, tuple) else None
        return f"{type(error).__name__} at {place_of(error)}" if isinstance(error, BaseException) else ""


def _log_crash(error: BaseException | None) -> None:
    if error is not None:
        log.critical(
            "the service met an error it does not know: %s at %s", type(error).__name__, place_of(error)
        )


def _nowhere() -> TextIO:
    return open_private_log(Path(os.devnull))

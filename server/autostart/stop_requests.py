"""A request to stop that a service finds in its ledger folder.

Windows has no signal that asks a process without a window to end, so the request is a file, on every system. The folder is
for its owner only, so nobody else can ask.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from os import getpid
from pathlib import Path
from threading import Thread

from server.private_files import write_private_file

REQUEST_FILE = "service.stop"
LOOK_SECONDS = 0.5


def request_stop(folder: Path, process: int) -> None:
    """Ask the service with this process id to answer what has come, and to end."""
    write_private_file(folder / REQUEST_FILE, str(process).encode())


def watch_for_stop_request(folder: Path, stop: Callable[[], None]) -> None:
    """Call ``stop`` when this process is asked to stop, from a thread that lasts as long as the process."""
    Thread(target=_watch, args=(folder / REQUEST_FILE, stop), daemon=True).start()


def _watch(request: Path, stop: Callable[[], None]) -> None:
    while True:
        with suppress(OSError):
            if request.read_bytes() == str(getpid()).encode():
                request.unlink(missing_ok=True)
                stop()
                return
        time.sleep(LOOK_SECONDS)

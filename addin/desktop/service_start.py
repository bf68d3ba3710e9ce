"""Starts the service of this computer, for a click that found it not running."""

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from addin.desktop.refusals import Refusal
from addin.desktop.service import Service

START_SECONDS: Final = 90.0
"""How long a click waits. The first start after an installation or an upgrade takes the longest."""

PAUSE_SECONDS: Final = 0.2
LOCK_FILE: Final = "starting.lock"


class ServiceNotStarted(Refusal):
    """The service was started, and does not answer."""

    code = "service-not-started"
    title = "Clinic Ledger could not be started"
    may_pass = True

    def __init__(self, url: str) -> None:
        super().__init__(
            f"Clinic Ledger was started, and does not answer at {url}.",
            "Press the button again in a minute. If that does not help, clinicledger service start says why it does not start.",
        )


def start_service(
    service: Service, command: Sequence[str], folder: Path, seconds: float = START_SECONDS
) -> None:
    """Start the service with the command of the installation, and wait until it answers. Raises ServiceNotStarted.

    It goes on running when Excel is closed. Of clicks at the same moment, one starts it and the others wait for it; ``folder``
    holds the lock that decides which.
    """
    end = time.monotonic() + seconds
    with _one_at_a_time(folder, seconds):
        if service.is_running():
            return
        process = _process_of(command, service)
        while time.monotonic() < end:
            if service.is_running():
                return
            if process.poll():  # it ends with 0 if another service has the ledger by now, which is waited for
                break
            time.sleep(PAUSE_SECONDS)
    raise ServiceNotStarted(service.url)


def start_detached(command: Sequence[str]) -> "subprocess.Popen[bytes]":
    """Start a program that goes on when this one ends, without a window and in a folder that nobody wants to remove.

    Raises OSError if there is no such program.
    """
    return subprocess.Popen(  # noqa: S603 - the command that the installation wrote
        command,
        cwd=Path.home(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        creationflags=_without_window(),
    )


def _process_of(command: Sequence[str], service: Service) -> "subprocess.Popen[bytes]":
    try:
        return start_detached(command)
    except OSError:
        raise ServiceNotStarted(service.url) from None


@contextmanager
def _one_at_a_time(folder: Path, seconds: float) -> Iterator[None]:
    """Let one process at a time into the block. One that has waited too long goes in as well, and sees what is there."""
    from filelock import FileLock, Timeout  # noqa: PLC0415 - most clicks start no service

    lock = FileLock(folder / LOCK_FILE, timeout=seconds, fallback_to_soft=False)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except (OSError, Timeout):
        yield  # the ledger has a lock of its own, so there is never a second service
        return
    try:
        yield
    finally:
        lock.release()


def _without_window() -> int:
    if sys.platform == "win32":
        return subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
    return 0

"""Starts the service of this computer, for a click that found it not running."""

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from addin.desktop.refusals import Refusal
from addin.desktop.service import Service

PROGRAM: Final = ("-P", "-m", "server.cli", "serve")
THIS_COMPUTER: Final = {"127.0.0.1", "localhost", "::1"}
START_SECONDS: Final = 30.0
PAUSE_SECONDS: Final = 0.2


class ServiceNotStarted(Refusal):
    """The service was started, and does not answer."""

    code = "service-not-started"
    title = "Clinic Ledger could not be started"

    def __init__(self, url: str) -> None:
        super().__init__(
            f"Clinic Ledger was started, and does not answer at {url}.",
            "Restart the computer and try again. If that does not help, ask the person who looks after Clinic Ledger on this computer.",
        )


def can_start(url: str) -> bool:
    """Return whether the address is one where this computer itself runs the service."""
    return urlsplit(url).hostname in THIS_COMPUTER


def start_service(service: Service, seconds: float = START_SECONDS) -> None:
    """Start the service where the add-in expects it, and wait until it answers. Raises ServiceNotStarted.

    It goes on running when Excel is closed, in a process without a window.
    """
    process = start_detached([sys.executable, *PROGRAM, *_options_for(service.url, service.token_file)])
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        if service.is_running():
            return
        time.sleep(PAUSE_SECONDS)
    process.kill()
    raise ServiceNotStarted(service.url)


def start_detached(command: Sequence[str]) -> "subprocess.Popen[bytes]":
    """Start a program that goes on when this one ends, without a window and in a folder that nobody wants to remove."""
    return subprocess.Popen(  # noqa: S603 - this program itself
        command,
        cwd=Path.home(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        creationflags=_without_window(),
    )


def _options_for(url: str, token_file: Path | None) -> list[str]:
    """Return the options of ``serve`` for an address. The token that the add-in shows is kept in the folder of the ledger."""
    place = urlsplit(url)
    options = ["--http"] if place.scheme == "http" else []
    if place.port:
        options += ["--port", str(place.port)]
    if token_file is not None:
        options += ["--ledger", str(token_file.parent)]
    return options


def _without_window() -> int:
    if sys.platform == "win32":
        return subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
    return 0

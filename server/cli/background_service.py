"""Starts and stops the service of a ledger in the background, and finds out how it is.

Where setup made an entry for log-on, the system's own manager starts and stops the service. Elsewhere it is a process of its own.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from addin.desktop.service import Service
from addin.desktop.service_start import start_detached
from server.autostart.ledger_lock import RunningService, running_service
from server.autostart.logon_entry import LogonEntry
from server.autostart.service_command import ServiceCommand
from server.autostart.service_log import LOG_FILE, NOT_STARTED, last_lines
from server.autostart.setup_record import logon_entry, read_record, user_here
from server.autostart.stop_requests import request_stop
from server.cli.remote_access import is_for_others
from server.cli.system_commands import first_failure, why_failed
from server.errors import NotInBackground, ServiceStartFailed, ServiceStopFailed, SetupRecordUnusable
from server.ledger.tokens import DESKTOP_TOKEN
from server.settings import Settings

START_SECONDS = 120.0
"""The first start after an installation or an upgrade takes the longest."""

STOP_SECONDS = 330.0
"""Longer than the longest click takes."""

PAUSE_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """How the service of a ledger is."""

    running: bool
    answers: bool
    """Whether it answers at its address, as Excel would ask it."""

    process: int | None
    url: str
    started_at: str
    starts_at_log_on: bool
    """Whether the system knows the entry of setup, and not only whether its file is there."""

    setup_problem: str
    """Why nobody can read what setup made, "" if there is no difficulty."""

    ledger: str
    log: str


def check_background(settings: Settings) -> None:
    """Raise NotInBackground for a ledger whose service is not this computer's own."""
    if settings.database:
        raise NotInBackground("The books of this ledger are in a PostgreSQL database")
    if is_for_others(settings):
        raise NotInBackground("The service of this ledger is for other computers, too")


def entry_here(folder: Path) -> LogonEntry | None:
    """Return what starts the service of a ledger at log-on of this user, ``None`` if setup made nothing."""
    return logon_entry(folder, sys.platform, user_here(os.environ))


def is_known(entry: LogonEntry) -> bool:
    """Return whether the system will start what an entry says: it may have refused it, or somebody may have turned it off."""
    has_files = entry.path.exists() and (entry.link is None or entry.link.is_symlink())
    return has_files and first_failure(entry.look_up) is None


def status_of(folder: Path) -> ServiceStatus:
    """Return how the service of a ledger folder is."""
    running = running_service(folder)
    entry = entry_here(folder)
    return ServiceStatus(
        running=running is not None,
        answers=running is not None and _answers(running, folder),
        process=running.process if running else None,
        url=running.url if running else "",
        started_at=running.started_at if running else "",
        starts_at_log_on=entry is not None and is_known(entry),
        setup_problem=_setup_problem(folder),
        ledger=str(folder),
        log=str(folder / LOG_FILE),
    )


def start_service(folder: Path, command: ServiceCommand, seconds: float = START_SECONDS) -> bool:
    """Start the service of a ledger and wait until it answers; return whether it had to be started.

    Raises ServiceStartFailed.
    """
    if running_service(folder) and _answers_while_running(folder, seconds):
        return False
    entry = entry_here(folder)
    said_before = last_lines(folder, 1)
    # Of the commands of an entry, one that succeeds is enough. If none does, there may be no manager in this session.
    is_started = entry is not None and any(why_failed(words) is None for words in entry.start)
    process = None if is_started else _started_process(folder, command)
    _wait_for_answer(folder, process, said_before, seconds)
    return True


def stop_service(folder: Path, seconds: float = STOP_SECONDS) -> bool:
    """Stop the service of a ledger, after it has answered what has come; return whether there was one.

    Raises ServiceStopFailed. It is never killed.
    """
    running = running_service(folder)
    if running is None:
        return False
    entry = entry_here(folder)
    for words in entry.stop if entry else ():
        why_failed(words)  # a service that the manager did not start is asked in the other way
    asked = None

    def is_stopped() -> bool:
        nonlocal asked
        now_running = running_service(folder)
        if now_running and now_running.process and asked is None:
            asked = now_running.process
            request_stop(folder, asked)
        return now_running is None or asked not in {None, now_running.process}

    if not _wait_until(is_stopped, seconds):
        raise ServiceStopFailed(asked, seconds)
    return True


def _started_process(folder: Path, command: ServiceCommand) -> "subprocess.Popen[bytes]":
    try:
        return start_detached(command.words())
    except OSError as problem:
        why = f"{command.python} does not run: {problem.strerror}. Run clinicledger setup again, if the program was installed once more"
        raise ServiceStartFailed(why, str(folder / LOG_FILE)) from None


def _setup_problem(folder: Path) -> str:
    try:
        read_record(folder)
    except SetupRecordUnusable as refusal:
        return str(refusal)
    return ""


def _answers_while_running(folder: Path, seconds: float) -> bool:
    """Wait until the service that runs answers, or has ended; return whether it answers. Raises ServiceStartFailed if it hangs."""
    running = None

    def is_clear() -> bool:
        nonlocal running
        running = running_service(folder)
        return running is None or _answers(running, folder)

    if not _wait_until(is_clear, seconds):
        raise _no_answer(folder, seconds)
    return running is not None


def _wait_for_answer(
    folder: Path, process: "subprocess.Popen[bytes] | None", said_before: list[str], seconds: float
) -> None:
    """Wait until the service of a ledger answers. ``process`` is the one that was started, if this process started it.

    ``said_before`` is the last line of the log then: a service that the system started says there why it ended.
    """

    def is_there() -> bool:
        running = running_service(folder)
        if running and _answers(running, folder):
            return True
        said = last_lines(folder, 1)
        is_refused = said != said_before and NOT_STARTED in said[0]
        if running is None and (is_refused or (process and process.poll() is not None)):
            raise ServiceStartFailed(_reason(folder, "ended at once"), str(folder / LOG_FILE))
        return False

    if not _wait_until(is_there, seconds):
        raise _no_answer(folder, seconds)


def _no_answer(folder: Path, seconds: float) -> ServiceStartFailed:
    why = f"does not answer after {seconds:.0f} seconds"
    return ServiceStartFailed(_reason(folder, why), str(folder / LOG_FILE))


def _reason(folder: Path, what: str) -> str:
    """Return what happened, with the last line that the service wrote about it."""
    said = last_lines(folder, 1)
    return f"{what}. It wrote: {said[0].rstrip('.')}" if said else what


def _answers(running: RunningService, folder: Path) -> bool:
    if not running.url:
        return False
    with Service(running.url, folder / DESKTOP_TOKEN) as service:
        return service.is_running()


def _wait_until(is_so: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            return False
        time.sleep(PAUSE_SECONDS)
    return True

"""The backups that the service makes by itself, each in a process of its own, so that no click waits for one."""

import asyncio
import logging
import multiprocessing
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Thread
from typing import TypeVar, cast

from server.api.workers import ctrl_c_blocked, prepare_worker
from server.backups.backup_run import AlreadyMade
from server.backups.backup_schedule import is_due
from server.backups.backup_state import (
    BackupState,
    look,
    record_failure,
    record_state,
    recorded_state,
    try_backup,
)
from server.errors import BackupRunning, BillingError
from server.failure_places import place_of
from server.ledger.store import Ledger
from server.settings import Settings

log = logging.getLogger("clinicledger")

FIRST_LOOK_SECONDS = 5.0
"""How long after its start the service first looks whether a backup is due: the first clicks come before it."""

LOOK_SECONDS = 60.0
"""How often it looks then."""

ANSWER_SECONDS = 60.0
"""After how long without an answer of the disk of the backups that is said."""

Result = TypeVar("Result")

NICENESS = 10
"""By how much the process gives way to others, where the system knows that."""


async def make_backups(settings: Settings, ledger: Ledger) -> None:
    """Make a backup whenever one is due, as long as the service runs. Returns at once if no folder for them is set."""
    folder = ledger.backups
    if folder is None:
        return
    await asyncio.sleep(FIRST_LOOK_SECONDS)
    tried_at: datetime | None = None
    while True:
        try:
            state = await _look_patiently(ledger, folder)
            now = ledger.now().astimezone()
            # Where the ledger's disk is full, the last try may not be on record.
            if is_due(replace(state, tried_at=tried_at or state.tried_at), now, settings.backups_hour):
                tried_at = now
                await _make_backup(settings, ledger, state)
        except Exception as problem:  # noqa: BLE001 - a failed round must not be the last one
            log.warning("backups: %s at %s", type(problem).__name__, place_of(problem))
        await asyncio.sleep(LOOK_SECONDS)


async def _make_backup(settings: Settings, ledger: Ledger, before: BackupState) -> None:
    process = await asyncio.to_thread(_start_process, settings)
    try:
        await _begin_apart(process.join)
    finally:  # also if the service stops: the next run removes what this one leaves behind
        process.kill()
        process.join()
    after = await _look_patiently(ledger, before.folder)
    if process.exitcode != LEFT_TO_ANOTHER:
        await asyncio.to_thread(_report, ledger, before, after)


async def _look_patiently(ledger: Ledger, folder: Path) -> BackupState:
    """Look into the folder of the backups. If it does not answer for a while, that goes on record, and is waited for."""
    looking = _begin_apart(lambda: look(ledger, folder))
    await asyncio.wait({looking}, timeout=ANSWER_SECONDS)
    if not looking.done():
        why = f"The folder {folder} does not answer."
        log.warning("backups: %s", why)
        known = recorded_state(ledger.folder, folder) or BackupState(folder)
        tried_at = known.tried_at or ledger.now().astimezone()
        record_state(ledger.folder, replace(known, tried_at=tried_at, problem=why))
    return await looking


def _begin_apart(work: Callable[[], Result]) -> asyncio.Future[Result]:
    """Begin work in a thread for which the program does not wait when it ends: a share that is gone may never answer."""
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[Result] = loop.create_future()

    def set_outcome(result: Result | None, failure: Exception | None) -> None:
        if outcome.cancelled():
            return
        if failure:
            outcome.set_exception(failure)
        else:
            outcome.set_result(cast("Result", result))

    def run() -> None:
        result, failure = None, None
        try:
            result = work()
        except Exception as problem:  # noqa: BLE001 - who waits for it gets it
            failure = problem
        with suppress(RuntimeError):  # the service has stopped meanwhile
            loop.call_soon_threadsafe(set_outcome, result, failure)

    Thread(target=run, daemon=True).start()
    return outcome


LEFT_TO_ANOTHER = 3
"""The exit code of a process that found another backup at work, or already made."""


def _report(ledger: Ledger, before: BackupState, after: BackupState) -> None:
    """Log how a backup ended. If its process was killed before it could record anything, record that."""
    if after.tried_at == before.tried_at and after.last_good == before.last_good:
        why = "The backup ended in the middle."
        record_failure(ledger, after.folder, why)
        log.warning("backups: %s", why)
    elif after.problem:
        log.warning("backups: %s", after.problem)


def _start_process(settings: Settings) -> BaseProcess:
    process = multiprocessing.get_context("spawn").Process(
        target=back_up_apart, args=(settings,), daemon=True
    )
    with ctrl_c_blocked():
        process.start()
    return process


def back_up_apart(settings: Settings) -> None:
    """Make a backup in this process, which was started for it. How it ends is recorded in the ledger folder."""
    prepare_worker()
    with suppress(AttributeError, OSError):  # Windows has no niceness
        os.nice(NICENESS)
    folder = settings.storage.backups
    if folder is None:
        return
    ledger = Ledger.open_existing(settings.path, settings.storage)

    def is_needed(state: BackupState) -> bool:
        return is_due(state, ledger.now().astimezone(), settings.backups_hour)

    try:
        try_backup(ledger, folder, settings.kept_backups, is_needed)
    except (AlreadyMade, BackupRunning):
        os._exit(LEFT_TO_ANOTHER)
    except BillingError:
        return  # it is on record
    except Exception as bug:  # noqa: BLE001 - its text may quote a cell, so it must not be printed
        log.warning("backups: %s at %s", type(bug).__name__, place_of(bug))

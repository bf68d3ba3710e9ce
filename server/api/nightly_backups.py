"""The backups that the service makes by itself, each in a process of its own, so that no click waits for one."""

import asyncio
import logging
import multiprocessing
import os
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from multiprocessing.process import BaseProcess

from server.api.workers import ctrl_c_blocked, prepare_worker
from server.backups.backup_run import AlreadyMade
from server.backups.backup_schedule import is_due
from server.backups.backup_state import BackupState, look, record_failure, try_backup
from server.errors import BackupRunning, BillingError
from server.failure_places import place_of
from server.ledger.store import Ledger
from server.settings import Settings

log = logging.getLogger("clinicledger")

FIRST_LOOK_SECONDS = 5.0
"""How long after its start the service first looks whether a backup is due: the first clicks come before it."""

LOOK_SECONDS = 60.0
"""How often it looks then."""

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
            state = await asyncio.to_thread(look, ledger, folder)
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
        await asyncio.to_thread(process.join)
    finally:  # also if the service stops: the next run removes what this one leaves behind
        process.kill()
        process.join()
    after = await asyncio.to_thread(look, ledger, before.folder)
    if process.exitcode != LEFT_TO_ANOTHER:
        await asyncio.to_thread(_report, ledger, before, after)


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

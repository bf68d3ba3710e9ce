"""How the backups of a ledger stand: when the last good one was made, whether that is too long ago, and why the last try failed.

A record of it is in the ledger folder, so that a click, ``GET /ready`` and ``doctor`` are told without waiting for the disk
of the backups, which may be a share that does not answer.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from server.backups.backup_copy import AHEAD, copies_in, newest_good
from server.backups.backup_run import AlreadyMade, BackupRun, run_backup
from server.backups.kept_copies import KeptCounts
from server.errors import BackupRunning, BillingError
from server.ledger.store import Ledger
from server.private_files import write_private_file

RECORD = "backups.json"
"""The file of the ledger folder that says how its backups stand."""

LATE_AFTER = timedelta(hours=36)
"""After how long without a good backup people are told: one night was missed, and half a day had time to make it up."""


@dataclass(frozen=True, slots=True)
class BackupState:
    """How the backups in a folder stand.

    ``last_good`` is when the newest good backup was begun, ``tried_at`` when one was last begun. ``problem`` is the sentence that
    says why that one failed, "" if it did not. It names no patient; it may name the folder.
    """

    folder: Path
    last_good: datetime | None = None
    tried_at: datetime | None = None
    problem: str = ""

    def is_late(self, now: datetime) -> bool:
        """Return whether the last good backup is missing, more than 36 hours old, or dated ahead: then the clock was wrong."""
        return self.last_good is None or not -AHEAD <= now - self.last_good <= LATE_AFTER


def backup_state(ledger: Ledger, folder: Path) -> BackupState:
    """Look into a folder of backups; return how the backups of the ledger stand in it. It takes as long as its disk does."""
    recorded = recorded_state(ledger.folder, folder) or BackupState(folder)
    try:
        good = newest_good(copies_in(folder, ledger.first_entry()), ledger.now())
    except OSError as problem:
        why = f"The folder {folder} cannot be read ({problem.strerror or type(problem).__name__})."
        return replace(recorded, problem=recorded.problem or why)
    last_good = good.made_at if good else None
    is_newer = last_good and recorded.tried_at and last_good > recorded.tried_at
    return replace(recorded, last_good=last_good, problem="" if is_newer else recorded.problem)


def recorded_state(ledger_folder: Path, folder: Path) -> BackupState | None:
    """Return how the backups in a folder stood when the service or a command last looked, ``None`` if nothing is on record."""
    try:
        found = orjson.loads((ledger_folder / RECORD).read_bytes())
        if found["folder"] != str(folder):
            return None
        return BackupState(folder, _time(found["last_good"]), _time(found["tried_at"]), str(found["problem"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def record_state(ledger_folder: Path, state: BackupState) -> None:
    """Record how backups stand, for the clicks that follow. A ledger that cannot be written to is left as it is."""
    content: dict[str, Any] = {
        "folder": str(state.folder),
        "last_good": state.last_good and state.last_good.isoformat(),
        "tried_at": state.tried_at and state.tried_at.isoformat(),
        "problem": state.problem,
    }
    with suppress(BillingError, OSError):
        write_private_file(ledger_folder / RECORD, orjson.dumps(content, option=orjson.OPT_INDENT_2))


def look(ledger: Ledger, folder: Path) -> BackupState:
    """Look into a folder of backups, and record and return how the backups stand."""
    found = backup_state(ledger, folder)
    if found != recorded_state(ledger.folder, folder):
        record_state(ledger.folder, found)
    return found


def record_failure(ledger: Ledger, folder: Path, why: str) -> None:
    """Record that a backup ended without having recorded anything: its process was killed."""
    state = backup_state(ledger, folder)
    record_state(ledger.folder, replace(state, tried_at=ledger.now().astimezone(), problem=why))


def try_backup(
    ledger: Ledger,
    folder: Path,
    counts: KeptCounts,
    is_needed: Callable[[BackupState], bool] = lambda _state: True,
) -> BackupRun:
    """Make a backup, as ``run_backup`` does, and record how it ended.

    Raises what ``run_backup`` does. Nothing is recorded while another run is at work, and if that one made it: it records it.
    """
    begun_at = ledger.now().astimezone()
    state = replace(backup_state(ledger, folder), tried_at=begun_at)

    def work() -> BackupRun:
        return run_backup(ledger, folder, counts, lambda: is_needed(backup_state(ledger, folder)))

    run = _run_and_record_failure(ledger, state, work)
    made = run.made
    fault = f"The backup of {made.made_at:%Y-%m-%d %H:%M} is not good: {made.fault}." if made.fault else ""
    last_good = made.made_at if made.is_good else state.last_good
    record_state(ledger.folder, replace(state, last_good=last_good, problem=fault))
    return run


def _run_and_record_failure(ledger: Ledger, state: BackupState, work: Callable[[], BackupRun]) -> BackupRun:
    try:
        return work()
    except (BackupRunning, AlreadyMade):
        raise
    except BillingError as refusal:
        record_state(ledger.folder, replace(state, problem=str(refusal)))
        raise
    except BaseException as problem:
        why = f"The backup ended in the middle ({type(problem).__name__})."
        record_state(ledger.folder, replace(state, problem=why))
        raise


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None

"""The configuration of Litestream, which sends each change of the books to another disk or a store within a second.

Litestream is a program of its own (https://litestream.io). It replicates files of SQLite, so it does nothing for books in
PostgreSQL, and nothing for documents.
"""

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from server.errors import NotRestored
from server.ledger.engine.sqlite.folder import CLINICS, FIRM_FILE, SqliteFolder
from server.ledger.restoring import only_restore, refuse_books
from server.ledger.store import ClinicEntry, Ledger
from server.private_files import FILE_MODE, make_private_folder, write_private_file
from server.storage import IN_FOLDER

INTERVAL = "250ms"
"""How often it looks for changes, and how often it sends them. Both together are what can be lost: half a second."""

KEPT = "72h"
"""How long the replica can be taken back to any moment."""


def configuration(ledger: Path, replica: str) -> str:
    """Return the configuration for a ledger folder and the address or folder of its replica, as YAML.

    It names the folder of the clinics, not the clinics: Litestream finds a new one by itself within seconds.
    """
    firm, clinics = f"{replica.rstrip('/')}/{FIRM_FILE}", f"{replica.rstrip('/')}/{CLINICS}"
    return f"""# Run it with: litestream replicate -no-expand-env -config FILE
snapshot:
  interval: 24h
  retention: {KEPT}
dbs:
  - path: {_yaml_text(ledger / FIRM_FILE)}
    monitor-interval: {INTERVAL}
    replica:
      {_place(firm)}
      sync-interval: {INTERVAL}
  - dir: {_yaml_text(ledger / CLINICS)}
    pattern: "*.db"
    watch: true
    monitor-interval: {INTERVAL}
    replica:
      {_place(clinics)}
      sync-interval: {INTERVAL}
"""


@dataclass(frozen=True, slots=True)
class RestoredReplica:
    """The clinics that were restored from a replica, and those of the firm's list of which the replica has nothing yet."""

    clinics: list[str]
    missing: list[str]


def restore_replica(ledger: Path, replica: str) -> RestoredReplica:
    """Restore the file of the firm and those of all clinics from a replica into a ledger folder that has no books.

    All of them are there afterwards, or none. Raises NotRestored.
    """
    program = shutil.which("litestream")
    if program is None:
        raise NotRestored("The program litestream is not on the PATH.")
    try:
        with only_restore(ledger, SqliteFolder(ledger), replica) as restore:
            if restore.done is None:
                refuse_books(ledger)
                restore.move_ledger_in(_fetch_books(program, restore.stage, replica))
    except OSError as problem:
        raise NotRestored(f"The books cannot be put into {ledger} ({problem.strerror}).") from problem
    listed = [entry.id for entry in _clinics_in(ledger)]
    there = [name for name in listed if (ledger / CLINICS / f"{name}.db").exists()]
    return RestoredReplica(there, [name for name in listed if name not in there])


def _fetch_books(program: str, stage: Path, replica: str) -> list[str]:
    """Restore the file of the firm into a stage, and those of its clinics; return the clinics that the replica has."""
    make_private_folder(stage / CLINICS)
    if not _restore_file(program, stage, replica, FIRM_FILE):
        raise NotRestored(f"There is no replica of a ledger in {replica}.")
    listed = [entry.id for entry in _clinics_in(stage)]
    return [name for name in listed if _restore_file(program, stage, replica, f"{CLINICS}/{name}.db")]


def _clinics_in(folder: Path) -> list[ClinicEntry]:
    restored = Ledger(folder, storage=IN_FOLDER)
    try:
        return restored.clinics()
    finally:
        restored.close()


def _restore_file(program: str, stage: Path, replica: str, file: str) -> bool:
    """Restore one file; return whether the replica has it. An address on the command line would not do: it may have no blanks."""
    target, place = stage / file, _place(f"{replica.rstrip('/')}/{file}")
    text = f"dbs:\n  - path: {_yaml_text(target)}\n    replica:\n      {place}\n"
    config = stage / "litestream.yml"
    write_private_file(config, text.encode())
    words = [program, "restore", "-no-expand-env", "-if-replica-exists", "-config", str(config), str(target)]
    done = subprocess.run(words, capture_output=True, check=False)  # noqa: S603 - the program that was asked for
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise NotRestored(
            f"Litestream cannot restore {file}: {lines[-1] if lines else 'it does not say why'}"
        )
    if not target.exists():
        return False
    target.chmod(FILE_MODE)
    return True


def _place(replica: str) -> str:
    return f"{'url' if '://' in replica else 'path'}: {_yaml_text(replica)}"


def _yaml_text(text: object) -> str:
    """Return a text as YAML reads it whatever is in it: JSON is YAML."""
    return json.dumps(str(text))

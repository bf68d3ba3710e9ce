"""A program that restores books and is killed, many times: at each operation on files of the ledger folder.

Each kill hits a program of its own, forked from this one. Then the same command, in a program of its own too, must restore
everything, and leave nothing behind. It prints what happened as JSON.
"""

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from server.backups.litestream import restore_replica
from server.backups.whole_restore import restore_ledger
from server.errors import NotRestored
from server.ledger.restoring import LOCK
from server.ledger.store import Ledger
from server.ledger.verify import Verified, VerifiedFirm
from server.storage import IN_FOLDER
from tests.ledger.killed_changes import KillAt

COPIED = ["hillside", "lakeside"]


MOVING = 30
"""How many of the last operations of a restore are about moving in: enough for the two clinics of the tests."""


def restore_clinics(source: str, folder: Path) -> None:
    """Restore the clinics of a copy into a ledger that has others."""
    ledger = Ledger.open_existing(folder)
    assert [entry.id for entry in ledger.restore(Path(source))] == COPIED


COMMANDS: dict[str, Callable[[str, Path], object]] = {
    "whole": lambda source, folder: restore_ledger(Path(source), folder, IN_FOLDER),
    "replica": lambda source, folder: restore_replica(folder, source),
    "clinics": restore_clinics,
}


def in_a_program(work: Callable[[], object], folder: Path, at: int | None = None) -> tuple[int, int, str]:
    """Do work in a forked program; return its exit status, its operations on files, and its failure."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        hook = KillAt(folder, at)
        sys.addaudithook(hook)
        problem = ""
        try:
            work()
        except BaseException as failure:  # noqa: BLE001 - it is told
            problem = repr(failure)
        os.write(write_end, json.dumps([hook.count, problem]).encode())
        os._exit(bool(problem))
    os.close(write_end)
    _, status = os.waitpid(child, 0)
    with os.fdopen(read_end) as told:
        count, problem = json.loads(told.read() or '[0, ""]')
    return os.waitstatus_to_exitcode(status), count, problem


def check(folder: Path, clinics: list[str]) -> None:
    """Raise an exception unless exactly these clinics are there and verify, and nothing is left of a restore."""
    ledger = Ledger.open_existing(folder)
    found = {entry.id: ledger.verify_clinic(entry.id) for entry in ledger.clinics()}
    firm = ledger.verify_firm()
    left = [path.name for path in folder.glob("restoring*") if path.name != LOCK]
    if not isinstance(firm, VerifiedFirm) or sorted(found) != clinics or left:
        raise AssertionError((firm, found, left))
    if wrong := [one for one in found.values() if not isinstance(one, Verified)]:
        raise AssertionError(wrong)
    ledger.close()


def main(before: Path, command: str, source: str, every: int, clinics: list[str]) -> None:
    """Kill a restore at each of its operations on files from the note of what is moved in on, and at every ``every``-th before it.

    ``before`` is the ledger folder before it, and ``clinics`` are those that it has after it. Prints what happened. A restore that was killed when it was done may be refused when it is given again.
    """
    folder = before.with_name("restored")
    refused = 0

    def restore() -> object:
        return COMMANDS[command](source, folder)

    def finish() -> None:
        try:
            restore()
        except NotRestored:
            check(folder, clinics)
            raise
        check(folder, clinics)

    shutil.copytree(before, folder)
    status, operations, problem = in_a_program(restore, folder)
    faults = [f"not killed: {problem}"] if status else []
    kills = 0
    last = max(1, operations - MOVING)
    for at in (*range(1, last, every), *range(last, operations + 1)):
        shutil.rmtree(folder)
        shutil.copytree(before, folder)
        status, _, _ = in_a_program(restore, folder, at)
        kills += status == -signal.SIGKILL
        _, _, problem = in_a_program(finish, folder)
        if "not replaced" in problem:
            refused += 1
        elif problem:
            faults.append(f"{at}: {problem}")
    told = {"operations": operations, "kills": kills, "refused": refused, "faults": faults}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]), sys.argv[5:])

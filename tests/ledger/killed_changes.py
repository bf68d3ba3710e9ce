"""A program that changes the encryption of a ledger and is killed, many times: at each file operation, and at random moments.

Each kill hits a program of its own, forked from this one. After it, the ledger must open with everything that was recorded,
go on recording, and be finished by the same command. It prints what happened as JSON.
"""

import json
import os
import shutil
import signal
import sys
import time
from pathlib import Path
from random import Random
from typing import Any

from server.encryption.folder_encryption import FolderEncryption
from server.ledger.encryption_change import STAGE, decrypt_ledger, encrypt_ledger, rekey_ledger
from server.ledger.store import Ledger
from server.ledger.verify import Verified, VerifiedFirm
from server.storage import IN_FOLDER

CHANGES = {"encrypt": encrypt_ledger, "rekey": rekey_ledger, "decrypt": decrypt_ledger}
PLAIN = b"SQLite format 3\x00"
PDF = b"%PDF-1.7 "
"""How each document of the tests begins. No sealed file can: it begins with the bytes of its own header."""
WATCHED = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.utime"}


class KillAt:
    """An audit hook that kills this program at the n-th operation on files of a folder, before it happens."""

    def __init__(self, folder: Path, number: int | None) -> None:
        self._folder, self._number = str(folder), number
        self.count = 0

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in WATCHED and any(
            self._folder in os.fsdecode(one) for one in arguments if isinstance(one, str | bytes)
        ):
            self.count += 1
            if self.count == self._number:
                os.kill(os.getpid(), signal.SIGKILL)


def in_a_program(
    folder: Path, change: str, *, at: int | None = None, after: float | None = None
) -> tuple[int, int]:
    """Change the encryption in a forked program; return its exit status, negative for a signal, and how many operations it did."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        hook = KillAt(folder, at)
        sys.addaudithook(hook)
        status = 1
        try:
            CHANGES[change](folder, IN_FOLDER, lambda _: None)
            os.write(write_end, str(hook.count).encode())
            status = 0
        finally:
            os._exit(status)
    os.close(write_end)
    if after is not None:
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    with os.fdopen(read_end) as told:
        return os.waitstatus_to_exitcode(status), int(told.read() or 0)


def fault_of(folder: Path, change: str, documents: list[str]) -> str:
    """Return what is wrong with the ledger after a kill, "" for nothing; it is used and the change is finished on the way."""
    ledger = Ledger.open_existing(folder)
    for clinic in ledger.clinics():
        found = ledger.verify_clinic(clinic.id)
        if not isinstance(found, Verified):
            return f"{clinic.id}: {found}"
    if not isinstance(firm := ledger.verify_firm(), VerifiedFirm):
        return str(firm)
    lakeside = ledger.clinic("lakeside")
    new = lakeside.keep_document(b"%PDF-1.7 recorded after the kill", "after.pdf", "ana").digest
    ledger.close()
    if _is_open(folder, change):
        CHANGES[change](folder, IN_FOLDER, lambda _: None)
    ledger = Ledger.open_existing(folder)
    for digest in [*documents, new]:
        if not ledger.clinic("lakeside").read_document(digest)[1].startswith(PDF):
            return f"document {digest}"
    wrong = [one.id for one in ledger.clinics() if not isinstance(ledger.verify_clinic(one.id), Verified)]
    ledger.close()
    is_plain = {path.name: path.read_bytes()[:16] == PLAIN for path in folder.rglob("*.db")}
    if set(is_plain.values()) != {change == "decrypt"}:
        return f"plain: {is_plain}"
    plain = [
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and change != "decrypt" and path.read_bytes().startswith(PDF)
    ]
    if (folder / STAGE).exists() or plain:
        return f"left: {plain or STAGE}"
    return f"not whole: {wrong}" if wrong else ""


def _is_open(folder: Path, change: str) -> bool:
    """Return whether the change is to be given again: a kill at its very end may have left nothing to do."""
    note = FolderEncryption(folder).note()
    return (
        (note is not None)
        if change == "decrypt"
        else (note is None or note.state != "encrypted" or change == "rekey")
    )


def main(source: Path, change: str, rounds: int, documents: list[str]) -> None:
    """Kill the change of a copy of a ledger at ``rounds`` operations and as many moments; print what happened."""
    folder = source.with_name("killed")
    random = Random(rounds)  # noqa: S311 - no secret
    shutil.copytree(source, folder)
    began = time.monotonic()
    status, operations = in_a_program(folder, change)
    took = time.monotonic() - began
    faults = [f"not killed: {status}"] if status else []
    shutil.rmtree(folder)
    kills = 0
    step = max(1, operations // rounds)
    points: list[dict[str, Any]] = [{"at": number} for number in range(1, operations + 1, step)]
    points += [{"after": random.uniform(0, took)} for _ in range(rounds)]
    for point in points:
        shutil.copytree(source, folder)
        status, _ = in_a_program(folder, change, **point)
        kills += status == -signal.SIGKILL
        try:
            fault = fault_of(folder, change, documents)
        except Exception as problem:  # noqa: BLE001 - it is told
            fault = repr(problem)
        if fault:
            faults.append(f"{point}: {fault}")
        shutil.rmtree(folder)
    sys.stdout.write(json.dumps({"operations": operations, "kills": kills, "faults": faults}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4:])

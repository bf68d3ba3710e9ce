"""What ``clinicledger setup`` made on this computer, so that ``setup --undo`` takes away that and nothing else."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Self

import orjson
from filelock import FileLock, Timeout

from server.autostart.logon_entry import LogonEntry, LogonUser, entry_for
from server.autostart.service_command import ServiceCommand
from server.errors import DiskFull, LedgerReadOnly, SetupRecordUnusable, SetupRunning
from server.private_files import FILE_MODE, make_private_folder, refuse_storage_errors, write_private_file

RECORD_FILE = "setup.json"
LOCK_FILE = "setup.lock"


@dataclass(frozen=True, slots=True)
class SetupRecord:
    """What setup made. Each is noted before it is made, so that an interrupted setup is undone, too."""

    home: str = ""
    """The home folder of the user for whom it was made, "" before anything is made."""

    command: ServiceCommand | None = None
    """What is started at log-on; ``None`` if setup made no entry."""

    entry_digests: tuple[str, ...] = ()
    """The SHA-256 of what setup wrote into the file of the entry, the latest last."""

    is_registered: bool = False
    """Whether the system knows the entry."""

    started: ServiceCommand | None = None
    """How setup last started the service."""

    certificate: bool = False
    authority: str = ""
    """The fingerprint of the authority that setup made, "" before it is there."""

    trusted: str = ""
    """The fingerprint of the authority that the system was made to trust, "" before that."""

    add_in: bool = False
    sample: str = ""
    """The path of the sample workbook."""

    sample_digest: str = ""
    folders: tuple[str, ...] = ()
    """The folders that were missing, the outer ones first."""

    @property
    def is_empty(self) -> bool:
        """Return whether nothing is left of what setup made."""
        return not (self.command or self.started or self.certificate or self.add_in or self.sample)

    def with_folders_of(self, path: Path) -> Self:
        """Return the record with the folders that have to be made for a file."""
        missing = [str(folder) for folder in reversed(path.parents) if not folder.exists()]
        return replace(self, folders=(*self.folders, *(one for one in missing if one not in self.folders)))

    def save(self, folder: Path) -> None:
        """Write the record into the ledger folder, as that of this user."""
        noted = asdict(self) | {"home": str(_home())}
        content = orjson.dumps(noted, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        write_private_file(folder / RECORD_FILE, content, sync=True)


def read_record(folder: Path) -> SetupRecord:
    """Return what setup made for a ledger, which is nothing if it has not run.

    Raises SetupRecordUnusable if that cannot be read, or was made for another user or on another computer.
    """
    path = folder / RECORD_FILE
    try:
        content = orjson.loads(path.read_bytes())
        for name in ("command", "started"):
            content[name] = ServiceCommand(**content[name]) if content[name] else None
        for name in ("folders", "entry_digests"):
            content[name] = tuple(map(str, content[name]))
        record = SetupRecord(**content)
        is_here = not record.home or Path(record.home) == _home()
    except (FileNotFoundError, NotADirectoryError):
        return SetupRecord()
    except (OSError, ValueError, KeyError, TypeError):
        raise SetupRecordUnusable(str(path)) from None
    if not is_here:
        raise SetupRecordUnusable(str(path), record.home)
    return record


@contextmanager
def only_setup(folder: Path) -> Iterator[None]:
    """Let one setup, or one undo, at a time work for a ledger. Raises SetupRunning.

    A folder that cannot be written to needs no lock, because nothing is made there.
    """
    lock = FileLock(folder / LOCK_FILE, mode=FILE_MODE, fallback_to_soft=False)
    with suppress(OSError, LedgerReadOnly, DiskFull):
        make_private_folder(folder)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            raise SetupRunning(str(folder)) from None
    try:
        yield
    finally:
        lock.release()


def remove_record(folder: Path) -> None:
    """Remove the record, when nothing is left of what setup made. Raises LedgerReadOnly."""
    if (folder / RECORD_FILE).exists():  # no folder needs to be writable for what is not there
        with refuse_storage_errors():
            (folder / RECORD_FILE).unlink(missing_ok=True)


def logon_entry(folder: Path, system: str, user: LogonUser) -> LogonEntry | None:
    """Return what starts the service of a ledger at log-on, ``None`` if setup did not make it or it is gone."""
    command = None
    with suppress(SetupRecordUnusable):
        command = read_record(folder).command
    if command is None:
        return None
    entry = entry_for(system, command, user)
    return entry if entry.path.exists() else None


def user_here(environment: Mapping[str, str]) -> LogonUser:
    """Return the user of this process."""
    home = Path.home()
    name = "\\".join(filter(None, (environment.get("USERDOMAIN"), environment.get("USERNAME"))))
    number = os.getuid() if hasattr(os, "getuid") else 0
    return LogonUser(home, Path(environment.get("XDG_CONFIG_HOME") or home / ".config"), name, number)


def _home() -> Path:
    return Path.home().resolve()

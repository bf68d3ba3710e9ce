"""What ``clinicledger setup`` made on this computer, so that ``setup --undo`` takes away that and nothing else."""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Self

import orjson

from server.autostart.logon_entry import LogonEntry, LogonUser, entry_for
from server.autostart.service_command import ServiceCommand
from server.private_files import write_private_file

RECORD_FILE = "setup.json"


@dataclass(frozen=True, slots=True)
class SetupRecord:
    """What setup made. Each is noted before it is made, so that an interrupted setup is undone, too."""

    command: ServiceCommand | None = None
    """What is started at log-on; ``None`` if setup made no entry."""

    is_registered: bool = False
    """Whether the system knows the entry."""

    started: ServiceCommand | None = None
    """How setup last started the service."""

    certificate: bool = False
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
        return replace(self, folders=(), trusted="", sample_digest="", is_registered=False) == SetupRecord()

    def with_folders_of(self, path: Path) -> Self:
        """Return the record with the folders that have to be made for a file."""
        missing = [str(folder) for folder in reversed(path.parents) if not folder.exists()]
        return replace(self, folders=(*self.folders, *(one for one in missing if one not in self.folders)))

    def save(self, folder: Path) -> None:
        """Write the record into the ledger folder."""
        content = orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        write_private_file(folder / RECORD_FILE, content, sync=True)


def read_record(folder: Path) -> SetupRecord:
    """Return what setup made for a ledger. It is nothing if setup has not run, or if nobody can read what it wrote."""
    try:
        content = orjson.loads((folder / RECORD_FILE).read_bytes())
        for name in ("command", "started"):
            content[name] = ServiceCommand(**content[name]) if content[name] else None
        content["folders"] = tuple(content["folders"])
        return SetupRecord(**content)
    except (OSError, ValueError, KeyError, TypeError):
        return SetupRecord()


def remove_record(folder: Path) -> None:
    """Remove the record, when nothing is left of what setup made."""
    (folder / RECORD_FILE).unlink(missing_ok=True)


def logon_entry(folder: Path, system: str, user: LogonUser) -> LogonEntry | None:
    """Return what starts the service of a ledger at log-on, ``None`` if setup did not make it or it is gone."""
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

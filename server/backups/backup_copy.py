"""One backup in the folder of backups: a copy of the ledger, and beside its manifest the mark that says that it was verified.

A folder without a readable mark was made by somebody else. It is never counted, and never removed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from server.ledger.verify import Verified
from server.private_files import write_private_file

MARK = "backup.json"

AHEAD = timedelta(minutes=5)
"""By how much the clock of another computer may be ahead. A backup dated further ahead is not counted: the clock was wrong."""


@dataclass(frozen=True, slots=True)
class BackupCopy:
    """A backup: where it is, of which ledger, when it was begun, and the totals of each clinic that was verified in it.

    ``ledger`` is the hash of the first entry of the firm's journal. ``fault`` says why the copy is not good, "" if it is: then
    every clinic and the firm's list were verified in it.
    """

    folder: Path
    ledger: str
    made_at: datetime
    clinics: Mapping[str, Verified]
    fault: str = ""

    @property
    def is_good(self) -> bool:
        """Return whether everything in it was verified when it was made."""
        return not self.fault


def write_mark(folder: Path, copy: BackupCopy) -> None:
    """Write the mark of a copy that was verified, into a folder that is not under its final name yet."""
    content = {
        "ledger": copy.ledger,
        "made_at": copy.made_at.isoformat(timespec="seconds"),
        "fault": copy.fault,
        "clinics": {name: asdict(totals) for name, totals in copy.clinics.items()},
    }
    write_private_file(folder / MARK, orjson.dumps(content, option=orjson.OPT_INDENT_2), sync=True)


def read_copy(folder: Path) -> BackupCopy | None:
    """Return the backup in a folder, ``None`` if the folder has no readable mark."""
    try:
        found = orjson.loads((folder / MARK).read_bytes())
        return _copy_of(folder, found)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _copy_of(folder: Path, found: dict[str, Any]) -> BackupCopy:
    made_at = datetime.fromisoformat(found["made_at"])
    if made_at.tzinfo is None:
        message = "the time of a backup has a time zone"
        raise ValueError(message)
    clinics = {str(name): Verified(**totals) for name, totals in found["clinics"].items()}
    return BackupCopy(folder, str(found["ledger"]), made_at, clinics, str(found["fault"]))


def copies_in(folder: Path, ledger: str) -> list[BackupCopy]:
    """Return the backups of one ledger in a folder of backups, the newest first. Raises OSError."""
    found = [copy for copy in _marked_copies(folder) if copy.ledger == ledger]
    return sorted(found, key=lambda copy: copy.made_at, reverse=True)


def newest_good(copies: list[BackupCopy], now: datetime) -> BackupCopy | None:
    """Return the newest good backup of those given, ``None`` if there is none. One that is dated ahead is not counted."""
    good = [copy for copy in copies if copy.is_good and copy.made_at <= now + AHEAD]
    return max(good, key=lambda copy: copy.made_at, default=None)


def _marked_copies(folder: Path) -> Iterator[BackupCopy]:
    for path in folder.iterdir():
        if not path.name.startswith(UNFINISHED) and (copy := read_copy(path)):
            yield copy


UNFINISHED = "unfinished-"
"""How the name of a folder begins that is being written or removed. It is no backup, whatever is in it."""

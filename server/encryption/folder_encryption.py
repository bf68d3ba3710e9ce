"""Whether the files of a ledger folder, or of a copy of one, are encrypted, and with which key: its file ``encryption.json``.

The file has the id of the key, from which the key cannot be found, and is no secret. While the encryption of a folder
changes, it says so: then each file is the old one or the new one, and both can be read. So a change can be ended at any moment.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import orjson

from server.encryption.key_places import find_key
from server.encryption.ledger_key import ID_BYTES, LedgerKey
from server.errors import BooksNotOpened
from server.private_files import sync_folder, write_private_file

NOTE = "encryption.json"
"""The file that says with which key the files of a folder are encrypted."""

CLINICS = "clinics"
"""Where in a ledger folder, and in a copy of one, the clinics' files are."""


class State(StrEnum):
    """What the files of a folder are."""

    ENCRYPTED = "encrypted"
    ENCRYPTING = "encrypting"
    """Some are not encrypted yet."""
    REKEYING = "rekeying"
    """Some are still encrypted with the former key."""
    DECRYPTING = "decrypting"
    """Some are not decrypted yet."""


COMMANDS = {State.ENCRYPTING: "encrypt", State.REKEYING: "rekey", State.DECRYPTING: "decrypt"}
"""The command that ends a change, after ``clinicledger ledger``."""

_WITH_PLAIN = frozenset({State.ENCRYPTING, State.DECRYPTING})

_KEY_ID = re.compile(rf"[0-9a-f]{{{2 * ID_BYTES}}}")

ENTER_KEY = (
    "Nothing was written. If the ledger is encrypted, type its recovery text with clinicledger ledger enter-key, which writes"
    " encryption.json again. Otherwise put the right file back from a backup."
)
"""What to do if nothing says with which key the files of a folder are encrypted."""


@dataclass(frozen=True, slots=True)
class Note:
    """What ``encryption.json`` says: the id of the key, the state, and the id of the former key while it changes."""

    key: str
    state: State = State.ENCRYPTED
    former: str = ""

    def __post_init__(self) -> None:
        ids = [self.key, *([self.former] if self.former or self.state is State.REKEYING else [])]
        if not all(_KEY_ID.fullmatch(one) for one in ids):
            message = "what is there is no id of a key"
            raise ValueError(message)


class FolderEncryption:
    """The encryption of one folder. It is read each time: a change of it counts at once for programs that are running.

    A folder that was encrypted and suddenly says nothing has lost its note. Nothing plain is written there then.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._path = folder / NOTE
        self._latest: Note | None = None
        """What was read last."""

    @classmethod
    def of_database(cls, path: Path) -> "FolderEncryption":
        """Return the encryption of the folder that a database file is in: the firm's, or a clinic's."""
        return cls(path.parent.parent if path.parent.name == CLINICS else path.parent)

    def note(self) -> Note | None:
        """Return what the folder says, ``None`` if nothing in it is encrypted. Raises BooksNotOpened."""
        self._latest = self._read()
        return self._latest

    def _read(self) -> Note | None:
        try:
            found = orjson.loads(self._path.read_bytes())
            return Note(found["key"], State(found["state"]), found.get("former", ""))
        except (FileNotFoundError, NotADirectoryError):
            if self._latest and self._latest.state is not State.DECRYPTING:
                raise BooksNotOpened(NOTE, "is missing", ENTER_KEY) from None
            return None
        except OSError as problem:
            raise BooksNotOpened(NOTE, f"cannot be read ({problem.strerror})") from problem
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError) as problem:
            raise BooksNotOpened(NOTE, "is damaged", ENTER_KEY) from problem

    def unfinished_change(self) -> str:
        """Return what to say of a change that was ended in the middle, "" if there is none. Raises BooksNotOpened."""
        note = self.note()
        if note is None or note.state is State.ENCRYPTED:
            return ""
        return (
            "A change of the encryption was ended before every file was changed. The ledger works. To finish it, stop the"
            f" service and give clinicledger ledger {COMMANDS[note.state]} again."
        )

    def write(self, note: Note) -> None:
        """Write what the folder says to disk: all of it, or it stays as it is."""
        said = {"key": note.key, "state": note.state.value, "former": note.former}
        write_private_file(self._path, orjson.dumps(said, option=orjson.OPT_INDENT_2), sync=True)

    def remove(self) -> None:
        """Say that nothing in the folder is encrypted."""
        self._latest = None
        self._path.unlink(missing_ok=True)
        sync_folder(self.folder)

    def copy_to(self, folder: Path) -> None:
        """Let another folder, whose files will be copies, be encrypted as this one is. Its files are all new."""
        if key := self.key_of_new():
            FolderEncryption(folder).write(Note(key.id))

    def key_of_new(self) -> LedgerKey | None:
        """Return the key of files that are made now, ``None`` for plain ones. Raises LedgerKeyMissing."""
        note = self.note()
        return find_key(note.key) if note and note.state is not State.DECRYPTING else None

    def keys_of_files(self) -> list[LedgerKey | None]:
        """Return the keys of the files that are there, the latest first, and ``None`` if some may be plain. It is never empty."""
        note = self.note()
        if note is None:
            return [None]
        keys: list[LedgerKey | None] = [find_key(key_id) for key_id in (note.key, note.former) if key_id]
        return keys if note.state not in _WITH_PLAIN else [*keys, None]

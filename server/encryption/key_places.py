"""Where the keys of ledgers are kept: in the system's key store, or in files that only their owner can read.

A key is kept as its recovery text, under its id. ``CLINIC_LEDGER_KEYS`` names a folder for files; without it they are in the
key store, and where a computer has none, in a folder of their own among the settings of the user. That is never in a
ledger folder, whose copies would have the key beside what it encrypts.
"""

import os
import stat
from pathlib import Path
from threading import Lock

from platformdirs import user_config_path
from pydantic import field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from server.encryption.ledger_key import LedgerKey
from server.encryption.recovery_text import read_recovery_text, recovery_text
from server.errors import LedgerKeyMissing, LedgerKeyNotKept, RecoveryTextWrong
from server.key_store import KeyStoreRefused, find_secret, store_secret
from server.private_files import make_private_folder, write_private_file

KEY_STORE_NAME = "Clinic Ledger encryption"
"""What the key store shows the keys under."""

KEY_STORE = "the key store of this computer"

UNLOCK = (
    "Nothing was changed. Unlock the key store as the user who runs the service, and try again. Where nobody can, type the"
    " recovery text with clinicledger ledger enter-key and CLINIC_LEDGER_KEYS=FOLDER, and set it for the service, too."
)

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class KeySettings(BaseSettings):
    """The settings of this module: the variables ``CLINIC_LEDGER_*`` of the computer, the same for all of its ledgers."""

    model_config = SettingsConfigDict(env_prefix="CLINIC_LEDGER_", extra="ignore", hide_input_in_errors=True)

    keys: Path | None = None
    """The folder of the key files; "" for the key store of the system."""

    @field_validator("keys", mode="before")
    @classmethod
    def _read_empty_as_unset(cls, path: object) -> object:
        return path or None


_known: dict[tuple[str, str], LedgerKey] = {}
"""The keys that this program has read, by the setting and their id: a click does not ask the key store."""

_lock = Lock()


def store_key(key: LedgerKey) -> str:
    """Keep a key, read it again, and return where it is, in words. Raises LedgerKeyNotKept."""
    text = recovery_text(key)
    folder = KeySettings().keys
    where = KEY_STORE
    if folder or not store_secret(KEY_STORE_NAME, key.id, text):
        path = _file_of(folder or _usual_folder(), key.id)
        where = str(path)
        try:
            make_private_folder(path.parent)
            write_private_file(path, f"{text}\n".encode(), sync=True)
        except OSError as problem:
            raise LedgerKeyNotKept(str(path.parent), problem.strerror or "it cannot be written") from None
    if _read_key(key.id, folder) != key:
        raise LedgerKeyNotKept(where, "it is not there as it was written")
    return where


def find_key(key_id: str) -> LedgerKey:
    """Return the key with an id. Raises LedgerKeyMissing, and LedgerKeyNotKept for what cannot be read, or by too many."""
    place = os.environ.get("CLINIC_LEDGER_KEYS", "")
    with _lock:
        known = _known.get((place, key_id))
    if known:
        return known
    found = _read_key(key_id, KeySettings().keys)
    if found is None:
        raise LedgerKeyMissing(key_id)
    with _lock:
        return _known.setdefault((place, key_id), found)


def _read_key(key_id: str, folder: Path | None) -> LedgerKey | None:
    """Return a key from where keys are kept, ``None`` if it is not there."""
    text, refused = (None, "") if folder else _text_in_key_store(key_id)
    where = KEY_STORE
    if text is None:
        path = _file_of(folder or _usual_folder(), key_id)
        where = str(path)
        text = _text_in(path)
    if text is None:
        if refused:
            raise LedgerKeyNotKept(KEY_STORE, refused, UNLOCK)
        return None
    try:
        key = read_recovery_text(text)
    except RecoveryTextWrong:
        raise LedgerKeyNotKept(where, "what is there is no key") from None
    if key.id != key_id:
        raise LedgerKeyNotKept(where, "what is there is the key of another ledger")
    return key


def _text_in_key_store(key_id: str) -> tuple[str | None, str]:
    """Return what the key store has under an id, and why it did not answer, "" if it did."""
    try:
        return find_secret(KEY_STORE_NAME, key_id), ""
    except KeyStoreRefused as problem:
        return None, str(problem)


def _text_in(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            if os.name == "posix" and os.fstat(file.fileno()).st_mode & _OTHERS:
                raise LedgerKeyNotKept(str(path), "other users can read it")
            return file.read(1000).decode("ascii", "replace")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as problem:
        raise LedgerKeyNotKept(str(path), problem.strerror or "it cannot be read") from None


def _file_of(folder: Path, key_id: str) -> Path:
    return folder / f"{key_id}.key"


def _usual_folder() -> Path:
    return user_config_path("Clinic Ledger keys", appauthor=False)

"""The key of a ledger: the one that a new ledger begins with, and its recovery text."""

from contextlib import suppress
from pathlib import Path

from server.encryption.folder_encryption import CLINICS, NOTE, FolderEncryption, Note, State
from server.encryption.key_places import find_key, store_key
from server.encryption.ledger_key import LedgerKey
from server.encryption.recovery_text import recovery_text
from server.errors import BooksNotOpened, EncryptionNotChanged
from server.ledger.backup_folder import is_copy
from server.ledger.clock import instant, utc_now
from server.ledger.engine.sqlite.change_lock import only_change
from server.ledger.engine.sqlite.connections import BUSY_SECONDS, is_used
from server.ledger.engine.sqlite.conversion import is_opened_by
from server.ledger.engine.sqlite.folder import FIRM_FILE
from server.ledger.firm_access import AccessEvent, FirmAccess
from server.ledger.store import databases_of
from server.private_files import make_private_folder
from server.storage import Storage


def is_new_ledger(folder: Path) -> bool:
    """Return whether a folder holds no ledger of files yet, and nothing says how one there will be encrypted."""
    return not (folder / FIRM_FILE).exists() and not (folder / NOTE).exists()


def encrypt_new_ledger(folder: Path) -> str:
    """Let the ledger that will be made in a folder be encrypted with a new key; return where the key is, in words.

    "" if another program has just done the same. Raises LedgerKeyNotKept, and then there is no ledger.
    """
    make_private_folder(folder)
    with only_change(folder, BUSY_SECONDS):
        if not is_new_ledger(folder):
            return ""
        key = LedgerKey.new()
        kept_in = store_key(key)
        FolderEncryption(folder).write(Note(key.id))
    return kept_in


def write_note_again(folder: Path, key: LedgerKey) -> bool:
    """Say again with which key the files of a ledger or of a copy are encrypted, if that was lost; return whether it was.

    Raises EncryptionNotChanged if the files are encrypted with another key.
    """
    encryption = FolderEncryption(folder)
    with suppress(BooksNotOpened):
        if encryption.note():
            return False
    options = "mode=ro&immutable=1" if is_copy(folder) else "mode=rw"
    files = [path for path in (folder / FIRM_FILE, *(folder / CLINICS).glob("*.db")) if is_used(path)]
    is_plain = [is_opened_by(path, None, options) for path in files]
    if all(is_plain):
        return False
    for path, plain in zip(files, is_plain, strict=True):
        if not plain and not is_opened_by(path, key, options):
            raise EncryptionNotChanged(
                f"The key {key.id[:8]} is kept now, but {path.name} in {folder} is encrypted with another one, or damaged.",
                "Type the recovery text of that ledger. If its key was changed, type the latest one.",
            )
    encryption.write(Note(key.id, State.ENCRYPTING if any(is_plain) else State.ENCRYPTED))
    return True


def show_recovery_text(folder: Path, storage: Storage) -> str:
    """Return the recovery text of an encrypted ledger, and record that it was shown. Never log it.

    Raises EncryptionNotChanged for a ledger that is not encrypted, and LedgerKeyMissing.
    """
    note = FolderEncryption(folder).note()
    if note is None:
        raise EncryptionNotChanged(
            "This ledger is not encrypted, so it has no recovery text.",
            "Have it encrypted with clinicledger ledger encrypt, if it should be.",
        )
    text = recovery_text(find_key(note.key))
    firm = databases_of(folder, storage.database).firm(lambda: instant(utc_now()))
    FirmAccess(firm, utc_now).record_copy(AccessEvent.RECOVERY_TEXT, note.key[:8])
    return text

"""A new ledger is encrypted from its first file on, where the settings say so."""

from server.cli.remote_access import is_for_others
from server.encryption.folder_encryption import FolderEncryption
from server.ledger.backup_folder import is_copy
from server.ledger.encryption_change import encrypt_ledger
from server.ledger.ledger_keys import encrypt_new_ledger, is_new_ledger
from server.ledger.store import Ledger
from server.settings import Encryption, Settings

BEGUN = (
    "The files of this new ledger are encrypted. Their key is in {where}. Print the recovery text now with clinicledger ledger"
    " recovery-text: without it, nobody can restore a backup on another computer."
)
NOT_ENCRYPTED = (
    "The files of this ledger are not encrypted. Stop the service and give clinicledger ledger encrypt to have them encrypted;"
    " CLINIC_LEDGER_ENCRYPTION=off says that they are meant to be so."
)


def begin_encryption(settings: Settings) -> str:
    """Let a ledger that has no clinic yet be encrypted, if the settings want it; return what to say about it, "" for nothing.

    A ledger with clinics stays as it is. So does one whose encryption was being changed. Raises LedgerKeyNotKept, and then nothing was made.
    """
    if unfinished := FolderEncryption(settings.path).unfinished_change():
        return unfinished
    is_wanted = settings.encryption is Encryption.ON or (
        settings.encryption is Encryption.FOR_AN_OFFICE and is_for_others(settings)
    )
    if not is_wanted or settings.database:
        return ""
    if is_new_ledger(settings.path):
        where = encrypt_new_ledger(settings.path)
        return BEGUN.format(where=where) if where else ""
    if FolderEncryption(settings.path).note() or is_copy(settings.path):
        return ""
    ledger = Ledger.open_existing(settings.path, settings.storage)
    has_clinics = bool(ledger.clinics())
    ledger.close()
    if has_clinics:
        return NOT_ENCRYPTED
    return BEGUN.format(where=encrypt_ledger(settings.path, settings.storage, lambda _: None).kept_in)

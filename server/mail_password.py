"""The password of the mail server: in the system's key store, or else in a file of the ledger folder that only its owner can read."""

from pathlib import Path

from server.key_store import KeyStoreRefused, find_secret, store_secret
from server.mail_server_settings import MailServerSettings
from server.private_files import write_private_file

KEY_STORE_NAME = "Clinic Ledger mail"
"""What the key store shows the password under."""

PASSWORD_FILE = "mail-password"  # noqa: S105 - the name of a file


def store_password(folder: Path, settings: MailServerSettings, password: str) -> str:
    """Store the password of the settings' user, and return where, in words. An older one is replaced."""
    if store_secret(KEY_STORE_NAME, _entry_of(settings), password):
        (folder / PASSWORD_FILE).unlink(missing_ok=True)
        return "the key store of this computer"
    write_private_file(folder / PASSWORD_FILE, password.encode(), sync=True)
    return str(folder / PASSWORD_FILE)


def find_password(folder: Path, settings: MailServerSettings) -> str | None:
    """Return the password of the settings' user, ``None`` if none was stored."""
    kept = folder / PASSWORD_FILE
    if kept.is_file():
        return kept.read_text("utf-8").rstrip("\n")
    try:
        return find_secret(KEY_STORE_NAME, _entry_of(settings))
    except KeyStoreRefused:
        return None


def _entry_of(settings: MailServerSettings) -> str:
    return f"{settings.user}@{settings.host}"

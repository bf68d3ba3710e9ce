"""The password of the mail server: in the system's key store, or else in a file of the ledger folder that only its owner can read."""

from pathlib import Path

from server.mail_server_settings import MailServerSettings
from server.private_files import write_private_file

KEY_STORE_NAME = "Clinic Ledger mail"
"""What the key store shows the password under."""

PASSWORD_FILE = "mail-password"  # noqa: S105 - the name of a file


def store_password(folder: Path, settings: MailServerSettings, password: str) -> str:
    """Store the password of the settings' user, and return where, in words. An older one is replaced."""
    import keyring  # noqa: PLC0415 - its back ends take time that no click should wait for
    from keyring.errors import KeyringError  # noqa: PLC0415

    if _has_key_store():
        try:
            keyring.set_password(KEY_STORE_NAME, _entry_of(settings), password)
        except KeyringError:
            pass
        else:
            (folder / PASSWORD_FILE).unlink(missing_ok=True)
            return "the key store of this computer"
    write_private_file(folder / PASSWORD_FILE, password.encode(), sync=True)
    return str(folder / PASSWORD_FILE)


def find_password(folder: Path, settings: MailServerSettings) -> str | None:
    """Return the password of the settings' user, ``None`` if none was stored."""
    import keyring  # noqa: PLC0415 - as above
    from keyring.errors import KeyringError  # noqa: PLC0415

    kept = folder / PASSWORD_FILE
    if kept.is_file():
        return kept.read_text("utf-8").rstrip("\n")
    if not _has_key_store():
        return None
    try:
        return keyring.get_password(KEY_STORE_NAME, _entry_of(settings))
    except KeyringError:
        return None


def _entry_of(settings: MailServerSettings) -> str:
    return f"{settings.user}@{settings.host}"


def _has_key_store() -> bool:
    """Return whether this computer has a key store that keeps what is stored. A server without a desktop often has none."""
    import keyring  # noqa: PLC0415 - as above

    priority: float = getattr(keyring.get_keyring(), "priority", 0)
    return priority >= 1

"""Ledgers of tests with encrypted files."""

from pathlib import Path
from typing import Any

import pytest

from server.encryption import key_places
from server.encryption.folder_encryption import FolderEncryption, Note
from server.encryption.key_places import store_key
from server.encryption.ledger_key import LedgerKey
from server.ledger.backup_folder import is_copy
from server.ledger.ledger_keys import is_new_ledger
from server.ledger.store import Ledger


def encrypt_folder(folder: Path, key: LedgerKey | None = None) -> LedgerKey:
    """Say of a folder without files that those that are made in it are encrypted; return their key."""
    key = key or LedgerKey.new()
    store_key(key)
    FolderEncryption(folder).write(Note(key.id))
    return key


def encrypt_new_ledgers(patch: pytest.MonkeyPatch) -> None:
    """Let every ledger of files be encrypted that is made while the patch lasts."""
    key = LedgerKey.new()
    make = Ledger.__init__

    def make_encrypted(self: Ledger, folder: Path, *options: Any, **named: Any) -> None:  # noqa: ANN401
        if is_new_ledger(folder) and not is_copy(folder) and (folder.is_dir() or not folder.exists()):
            encrypt_folder(folder, key)
        make(self, folder, *options, **named)

    patch.setattr(Ledger, "__init__", make_encrypted)


def forget_keys() -> None:
    """Let the program read keys again from where they are kept."""
    key_places._known.clear()  # noqa: SLF001 - as a new program begins

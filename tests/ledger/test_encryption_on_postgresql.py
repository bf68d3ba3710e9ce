"""A ledger whose books are on PostgreSQL: its documents and finished workbooks are encrypted, and its copies and moves."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from server.ledger.encryption_change import adopt_encryption, decrypt_ledger, encrypt_ledger, rekey_ledger
from server.ledger.move import move_ledger
from server.ledger.move_target import Target
from server.ledger.store import Ledger
from server.ledger.verify import Verified
from server.storage import IN_FOLDER, Storage
from tests.encrypted import encrypt_folder
from tests.ledger.invented import LAKESIDE
from tests.ledger.invoiced import a_draft, created
from tests.postgresql import PostgresqlOfTests

PAPER = b"%PDF-1.7 an invented paper of Orla Quill"
PLAIN = b"SQLite format 3\x00"

pytestmark = [
    pytest.mark.plain("makes its own encrypted ledgers"),
    pytest.mark.sqlite("moves files, and says itself where the database is"),
]


@dataclass
class Office:
    """A ledger with its books on a server, and its documents in a folder."""

    folder: Path
    storage: Storage
    digest: str = ""

    def fill(self) -> None:
        """Record an invoice and a document."""
        ledger = Ledger(self.folder, storage=self.storage)
        lakeside = ledger.open_clinic(LAKESIDE)
        created(lakeside, a_draft())
        self.digest = lakeside.keep_document(PAPER, "paper.pdf", "ana").digest
        ledger.outputs.keep("lakeside", b"PK of Orla Quill")

    def assert_whole(self, folder: Path | None = None, storage: Storage | None = None) -> None:
        """Everything is in the ledger, or in another one that was made of it."""
        ledger = Ledger.open_existing(folder or self.folder, storage or self.storage)
        assert isinstance(ledger.verify_clinic("lakeside"), Verified)
        assert ledger.clinic("lakeside").read_document(self.digest)[1] == PAPER
        ledger.close()


@pytest.fixture
def office(postgresql: PostgresqlOfTests, tmp_path: Path) -> Iterator[Office]:
    yield Office(tmp_path / "ledger", Storage(postgresql.address_of(tmp_path / "ledger")))
    postgresql.empty_databases()


def is_readable(folder: Path) -> bool:
    """Return whether somebody who has a folder reads anything of a patient."""
    found = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    return any(b"Quill" in data or data.startswith(PLAIN) for data in found)


def say_nothing(_step: str) -> None:
    """Tell nobody."""


def test_documents_and_finished_workbooks_in_the_folder_are_encrypted_and_decrypted(office: Office) -> None:
    office.fill()
    for change in (encrypt_ledger, rekey_ledger):
        changed = change(office.folder, office.storage, say_nothing)
        assert (changed.files, changed.objects, changed.leftovers) == (0, 2, [])
        assert not is_readable(office.folder)
        office.assert_whole()

    decrypt_ledger(office.folder, office.storage, say_nothing)
    assert is_readable(office.folder)
    office.assert_whole()


def test_a_backup_of_them_is_encrypted_and_restored_into_files(office: Office, tmp_path: Path) -> None:
    encrypt_folder(office.folder)
    office.fill()
    ledger = Ledger(office.folder, storage=office.storage)
    ledger.backup(tmp_path / "copy")

    assert not is_readable(tmp_path / "copy")
    adopt_encryption(tmp_path / "files", tmp_path / "copy")
    restored = Ledger(tmp_path / "files")
    restored.restore(tmp_path / "copy")
    restored.close()
    office.assert_whole(tmp_path / "files", IN_FOLDER)
    assert not is_readable(tmp_path / "files")


def test_encrypted_files_go_to_a_database_and_back_and_nothing_plain_is_left(
    office: Office, tmp_path: Path
) -> None:
    in_database, office.storage = office.storage, IN_FOLDER
    encrypt_folder(office.folder)
    office.fill()
    Ledger(office.folder).close()

    move_ledger(office.folder, IN_FOLDER, Target(office.folder, in_database.database), say_nothing)
    office.assert_whole(storage=in_database)
    assert not is_readable(office.folder)

    move_ledger(office.folder, in_database, Target(tmp_path / "again"), say_nothing)
    office.assert_whole(tmp_path / "again", IN_FOLDER)
    assert not is_readable(tmp_path / "again")


def test_the_plain_files_that_a_move_left_are_named(office: Office) -> None:
    in_database, office.storage = office.storage, IN_FOLDER
    office.fill()
    Ledger(office.folder).close()
    move_ledger(office.folder, IN_FOLDER, Target(office.folder, in_database.database), say_nothing)

    changed = encrypt_ledger(office.folder, in_database, say_nothing)

    assert changed.leftovers == ["clinics", "firm.db"]

"""Ledgers with encrypted files: copies of them, restores into other ledgers, wrong keys, and moved files."""

import os
import subprocess
import sys
from contextlib import closing, nullcontext
from pathlib import Path

import pytest

from server.encryption.folder_encryption import FolderEncryption, Note
from server.encryption.key_places import find_key, store_key
from server.encryption.ledger_key import LedgerKey
from server.errors import BillingError, BooksBusy, LedgerKeyMissing, NotRestored
from server.ledger.encryption_change import adopt_encryption
from server.ledger.engine.sqlite import conversion, library
from server.ledger.engine.sqlite.connections import connect, open_with, was_replaced
from server.ledger.store import Ledger
from server.ledger.verify import FirstBadRow, Verified
from tests.encrypted import encrypt_folder, forget_keys
from tests.ledger.invented import LAKESIDE
from tests.ledger.invoiced import a_draft, created

PAPER = b"%PDF-1.7 an invented paper of Orla Quill"
PLAIN = b"SQLite format 3\x00"

pytestmark = [
    pytest.mark.plain("makes its own encrypted ledgers, and plain ones beside them"),
    pytest.mark.sqlite("encrypts files"),
]


def a_ledger(folder: Path, *, encrypted: bool) -> Ledger:
    if encrypted:
        encrypt_folder(folder)
    ledger = Ledger(folder)
    lakeside = ledger.open_clinic(LAKESIDE)
    created(lakeside, a_draft())
    lakeside.keep_document(PAPER, "paper.pdf", "ana")
    return ledger


def has_plain(folder: Path) -> bool:
    """Return whether anything in a folder can be read."""
    data = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    return any(one.startswith(PLAIN) or b"Quill" in one or b"Invented Insurance" in one for one in data)


def documents_of(ledger: Ledger) -> list[bytes]:
    with ledger.clinic("lakeside").reading() as books:
        digests = [digest for (digest,) in books.documents._session.all("SELECT digest FROM document")]  # noqa: SLF001
    return [ledger.clinic("lakeside").read_document(digest)[1] for digest in digests]


def test_a_backup_and_an_export_of_an_encrypted_ledger_are_encrypted_and_restored_with_the_key(
    tmp_path: Path,
) -> None:
    ledger = a_ledger(tmp_path / "ledger", encrypted=True)
    whole = ledger.verify_clinic("lakeside")
    ledger.backup(tmp_path / "backup")
    ledger.export("lakeside", tmp_path / "export")

    for copy in ("backup", "export"):
        assert not has_plain(tmp_path / copy)
        new = tmp_path / f"from {copy}"
        adopt_encryption(new, tmp_path / copy)
        restored = Ledger(new)
        restored.restore(tmp_path / copy)
        assert restored.verify_clinic("lakeside") == whole
        assert documents_of(restored) == [PAPER]
        assert FolderEncryption(new).note() == FolderEncryption(ledger.folder).note()
        restored.close()
        assert not has_plain(new)
    assert Ledger.open_existing(tmp_path / "backup").verify_clinic("lakeside") == whole


def test_a_copy_without_its_key_is_not_restored_and_the_recovery_text_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_ledger(tmp_path / "ledger", encrypted=True).backup(tmp_path / "backup")
    other = a_ledger_without_clinics(tmp_path / "other", monkeypatch, tmp_path)

    with pytest.raises(LedgerKeyMissing) as refused:
        other.restore(tmp_path / "backup")

    assert "recovery text" in refused.value.remedy
    assert other.clinics() == []
    assert not list(other.folder.glob("restoring-*"))


def a_ledger_without_clinics(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Ledger:
    """Return an encrypted ledger of another computer, which has other keys."""
    monkeypatch.setenv("CLINIC_LEDGER_KEYS", str(tmp_path / "keys of another computer"))
    forget_keys()
    encrypt_folder(folder)
    return Ledger(folder)


def test_an_encrypted_copy_is_never_restored_into_plain_files(tmp_path: Path) -> None:
    a_ledger(tmp_path / "ledger", encrypted=True).backup(tmp_path / "backup")
    plain = Ledger(tmp_path / "plain")

    with pytest.raises(NotRestored, match="Encrypt it first"):
        plain.restore(tmp_path / "backup")
    assert plain.clinics() == []


@pytest.mark.parametrize("copied", ["plain", "encrypted with another key"])
def test_what_is_restored_is_encrypted_as_the_ledger_is(tmp_path: Path, copied: str) -> None:
    source = a_ledger(tmp_path / "source", encrypted=copied != "plain")
    whole = source.verify_clinic("lakeside")
    source.backup(tmp_path / "backup")
    encrypt_folder(tmp_path / "ledger")
    ledger = Ledger(tmp_path / "ledger")

    ledger.restore(tmp_path / "backup")

    assert ledger.verify_clinic("lakeside") == whole
    assert documents_of(ledger) == [PAPER]
    ledger.close()
    assert not has_plain(ledger.folder)


def test_a_file_of_another_ledger_is_named(tmp_path: Path) -> None:
    ledger = a_ledger(tmp_path / "ledger", encrypted=True)
    other = a_ledger(tmp_path / "other", encrypted=True)
    ledger.close()
    other.close()
    name = Path("clinics", "lakeside.db")
    (ledger.folder / name).write_bytes((other.folder / name).read_bytes())

    found = ledger.verify_clinic("lakeside")

    assert isinstance(found, FirstBadRow)
    assert found.why.startswith("cannot be decrypted with the key of this ledger")


def test_a_changed_byte_is_found_and_never_read(tmp_path: Path) -> None:
    ledger = a_ledger(tmp_path / "ledger", encrypted=True)
    ledger.close()
    path = ledger.folder / "clinics" / "lakeside.db"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)

    assert isinstance(ledger.verify_clinic("lakeside"), FirstBadRow)


@pytest.mark.parametrize("spoil", ["changed", "plain", "swapped"])
def test_a_document_that_is_not_as_it_was_sealed_is_found(tmp_path: Path, spoil: str) -> None:
    ledger = a_ledger(tmp_path / "ledger", encrypted=True)
    other = ledger.clinic("lakeside").keep_document(b"%PDF-1.7 another", "other.pdf", "ana")
    first, second = sorted(path for path in (ledger.folder / "documents").rglob("*") if path.is_file())
    if spoil == "changed":
        first.write_bytes(first.read_bytes()[:-1])
    elif spoil == "plain":
        first.write_bytes(PAPER)
    else:
        first.write_bytes(second.read_bytes())

    found = ledger.verify_clinic("lakeside")

    assert isinstance(found, FirstBadRow)
    assert found.table == "document"
    assert other.digest


def test_finished_workbooks_are_sealed_and_one_that_was_replaced_is_not_given_out(tmp_path: Path) -> None:
    ledger = a_ledger(tmp_path / "ledger", encrypted=True)
    kept = ledger.outputs.keep("lakeside", b"PK of Orla Quill")
    (path,) = (ledger.folder / "outputs").rglob("*.xlsx")

    assert b"Quill" not in path.read_bytes()
    assert ledger.outputs.read(kept).data == b"PK of Orla Quill"
    path.write_bytes(b"PK of a stranger")
    with pytest.raises(BillingError, match="not there any more"):
        ledger.outputs.read(kept)
    path.write_bytes(b"CLSEAL\x00\x01 damaged")
    assert ledger.outputs.tidy() == 0


def test_without_the_package_plain_ledgers_open_and_encrypted_ones_say_what_is_missing(
    tmp_path: Path,
) -> None:
    a_ledger(tmp_path / "plain", encrypted=False).close()
    a_ledger(tmp_path / "encrypted", encrypted=True).close()
    program = (
        "import sys; sys.modules['sqlcipher3'] = None\n"
        "from pathlib import Path\n"
        "from server.ledger.store import Ledger\n"
        "from server.errors import EncryptionNotInstalled\n"
        "print(type(Ledger.open_existing(Path(sys.argv[1])).verify_clinic('lakeside')).__name__)\n"
        "try:\n    Ledger.open_existing(Path(sys.argv[2]))\n"
        "except EncryptionNotInstalled as refusal:\n    print(refusal)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "plain", tmp_path / "encrypted"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.splitlines()[0] == Verified.__name__
    assert "sqlcipher3" in done.stdout.splitlines()[1]


def test_a_plain_ledger_never_loads_the_package(tmp_path: Path) -> None:
    program = (
        "import sys\nfrom pathlib import Path\nfrom server.ledger.store import Ledger\n"
        "Ledger(Path(sys.argv[1])).clinics()\nprint('sqlcipher3' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "plain"], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "False"


def test_one_program_never_has_a_file_open_with_both_libraries(tmp_path: Path) -> None:
    """It would lose its locks, and another program could write at the same time."""
    ledger = a_ledger(tmp_path / "ledger", encrypted=False)
    ledger.close()
    path = ledger.folder / "clinics" / "lakeside.db"
    plain = connect(path, 0.1)
    encrypt_folder(ledger.folder)

    with pytest.raises(BooksBusy):
        connect(path, 0.1)
    plain.close()
    with pytest.raises(library.database_errors(), match="not a database"):  # it is still a plain one
        connect(path, 0.1)


@pytest.mark.skipif(os.name == "nt", reason="Windows replaces no file that somebody has open")
@pytest.mark.parametrize(
    "statement", ["UPDATE clinic SET name = 'lost'", "PRAGMA journal_mode = WAL", "BEGIN IMMEDIATE"]
)
@pytest.mark.parametrize("encrypted", [False, True])
def test_who_waits_for_a_file_while_it_is_written_again_writes_nothing_to_the_old_one(
    tmp_path: Path, statement: str, *, encrypted: bool
) -> None:
    """It is nobody's any more. A log of it beside the new file would be taken for the log of that."""
    ledger = a_ledger(tmp_path / "ledger", encrypted=encrypted)
    ledger.close()
    path = ledger.folder / "clinics" / "lakeside.db"
    key = conversion.key_of(path)
    with conversion.rewrite_file(path, tmp_path / "staged.db", key, key):
        waiting = open_with(path, "mode=rw", 0.0, key, with_sqlcipher=True)
        with pytest.raises(library.operational_errors(), match="locked"):
            waiting.execute(statement)

    def write() -> None:
        waiting.execute(statement)
        waiting.execute("UPDATE clinic SET name = 'lost'")

    with pytest.raises(library.operational_errors(), match="readonly"):
        write()
    assert was_replaced(path)
    waiting.close()
    assert not was_replaced(path)
    assert [one.name for one in path.parent.iterdir()] == ["lakeside.db"]
    assert isinstance(ledger.verify_clinic("lakeside"), Verified)
    with ledger.clinic("lakeside").reading() as books:
        assert books.setup().clinic.name == LAKESIDE.name


def test_every_ledger_folder_says_with_which_key_it_is_encrypted_and_not_the_key(tmp_path: Path) -> None:
    key = encrypt_folder(tmp_path / "ledger")
    said = (tmp_path / "ledger" / "encryption.json").read_bytes()

    assert FolderEncryption(tmp_path / "ledger").note() == Note(key.id)
    assert find_key(key.id) == key
    for secret in (key.secret(), key.of_databases, key.of_objects, key.of_names):
        assert secret not in said
        assert secret.hex().encode() not in said


FIRST_USES = {
    "a connection to a new file": "connect_new(target, 1, key).execute('CREATE TABLE kept (word)')",
    "an attached file": "write_converted(plain, None, target, key)",
    "a program that was forked before": "in_child(lambda: write_converted(plain, None, target, key))",
    "a program that was forked after": "open_with(plain, 'mode=rw', 1, None, with_sqlcipher=True).close(); in_child(lambda: write_converted(plain, None, target, key))",
    "two threads at once": "[one.join() for one in [begun(Thread(target=write_converted, args=(plain, None, path, key))) for path in (target, other)]]",
}
"""How a program may come to its first encrypted file."""

BEGIN = """
import os, sqlite3, sys
from pathlib import Path
from threading import Thread
from server.encryption.key_places import find_key
from server.ledger.engine.sqlite.connections import connect_new, open_with
from server.ledger.engine.sqlite.conversion import write_converted

def in_child(work):
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0

def begun(thread):
    thread.start()
    return thread

key, folder = find_key(sys.argv[1]), Path(sys.argv[2])
plain, target, other = folder / "plain.db", folder / "target.db", folder / "other.db"
conn = sqlite3.connect(plain)
conn.execute("CREATE TABLE kept (word)")
conn.close()
target.touch()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="programs are forked")
@pytest.mark.parametrize("first_use", FIRST_USES)
def test_pages_are_authenticated_alike_however_a_program_comes_to_its_first_file(
    tmp_path: Path, first_use: str
) -> None:
    """Otherwise one program could not read what another one wrote."""
    from sqlcipher3 import dbapi2  # noqa: PLC0415 - as library.py

    key = LedgerKey.new()
    store_key(key)
    subprocess.run([sys.executable, "-c", BEGIN + FIRST_USES[first_use], key.id, tmp_path], check=True)

    for algorithm, is_read in (("HMAC_SHA256", True), ("HMAC_SHA512", False)):
        with closing(dbapi2.connect(tmp_path / "target.db")) as conn:
            conn.execute(f'PRAGMA key = "{library.key_literal(key)}"')
            conn.execute(f"PRAGMA cipher_hmac_algorithm = {algorithm}")
            with nullcontext() if is_read else pytest.raises(dbapi2.DatabaseError):
                assert conn.execute("SELECT name FROM sqlite_master").fetchall() == [("kept",)]

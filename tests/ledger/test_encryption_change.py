"""``ledger encrypt``, ``decrypt`` and ``rekey``: everything is there afterwards, and at every moment on the way."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from itertools import permutations
from pathlib import Path
from threading import Event, Thread
from typing import Any

import httpx
import pytest

from server.billing.clinics import Clinic
from server.encryption.folder_encryption import FolderEncryption, Note, State
from server.encryption.key_places import find_key, store_key
from server.encryption.ledger_key import LedgerKey
from server.errors import (
    BillingError,
    BooksBusy,
    BooksNotOpened,
    EncryptionNotChanged,
    LedgerKeyMissing,
    NoLedger,
)
from server.ledger.encryption_change import STAGE, Changed, decrypt_ledger, encrypt_ledger, rekey_ledger
from server.ledger.engine.sqlite.change_lock import only_change
from server.ledger.ledger_keys import write_note_again
from server.ledger.store import Ledger
from server.ledger.verify import FirstBadRow, Verified, VerifiedFirm
from server.storage import IN_FOLDER
from tests.behind import open_books
from tests.ledger.invoiced import a_draft, created
from tests.office_service import Command

pytestmark = [pytest.mark.plain("begins with plain files"), pytest.mark.sqlite("encrypts files")]

PLAIN = b"SQLite format 3\x00"
PAPER = b"%PDF-1.7 an invented cheque of Orla Quill"
WORKBOOK = b"PK an invented workbook of Orla Quill"
PATIENT = b"Quill"


class Made:
    """A ledger of two clinics with two invoices, a document and a finished workbook."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        ledger = Ledger(folder)
        ledger.open_clinic(Clinic("hillside", "Hillside Practice"))
        lakeside = ledger.open_clinic(Clinic("lakeside", "Lakeside Clinic"))
        created(lakeside, a_draft(), a_draft(cents=50_50))
        self.document = lakeside.keep_document(PAPER, "cheque.pdf", "ana").digest
        self.output = ledger.outputs.keep("lakeside", WORKBOOK)
        self.content = ledger.verify_clinic("lakeside")
        ledger.close()

    def assert_whole(self) -> None:
        """Everything is in the ledger."""
        ledger = Ledger.open_existing(self.folder)
        assert ledger.verify_clinic("lakeside") == self.content
        assert isinstance(ledger.verify_clinic("hillside"), Verified)
        assert isinstance(ledger.verify_firm(), VerifiedFirm)
        assert ledger.clinic("lakeside").read_document(self.document)[1] == PAPER
        assert ledger.outputs.read(self.output).data == WORKBOOK
        ledger.close()

    def files(self) -> dict[str, bytes]:
        """Return the bytes of all files."""
        return {
            path.relative_to(self.folder).as_posix(): path.read_bytes()
            for path in self.folder.rglob("*")
            if path.is_file()
        }

    def is_readable(self) -> bool:
        """Return whether somebody who has the disk reads anything of a patient, or sees a known document."""
        found = self.files()
        return any(PATIENT in data or data.startswith(PLAIN) for data in found.values()) or any(
            self.document in name for name in found
        )


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return Made(tmp_path_factory.mktemp("made") / "ledger")


@pytest.fixture
def made(made_once: Made, tmp_path: Path) -> Made:
    """Return a copy of a plain ledger."""
    copy = object.__new__(Made)
    copy.__dict__.update(made_once.__dict__)
    copy.folder = tmp_path / "ledger"
    shutil.copytree(made_once.folder, copy.folder)
    return copy


def quietly(_: str) -> None:
    """Tell nobody."""


def encrypt(made: Made) -> Changed:
    return encrypt_ledger(made.folder, IN_FOLDER, quietly)


def test_nobody_who_has_the_disk_can_read_an_encrypted_ledger(made: Made) -> None:
    assert made.is_readable()

    changed = encrypt(made)

    assert not made.is_readable()
    made.assert_whole()
    assert (changed.files, changed.objects, len(changed.clinics)) == (3, 2, 2)
    assert changed.key_id in changed.kept_in
    assert FolderEncryption(made.folder).note() == Note(changed.key_id)


def test_neither_the_folder_nor_what_is_said_has_the_key(made: Made) -> None:
    said: list[str] = []
    changed = encrypt_ledger(made.folder, IN_FOLDER, said.append)
    secret = find_key(changed.key_id).secret()
    text = Path(changed.kept_in).read_text("ascii").strip()

    for shown in (*made.files().values(), repr(changed).encode(), repr(said).encode()):
        for form in (secret, secret.hex().encode(), text.encode(), text.replace("-", "").encode()):
            assert form not in shown
    assert Path(changed.kept_in).stat().st_mode & 0o777 == 0o600 or os.name == "nt"


def test_the_log_beside_an_encrypted_file_is_encrypted_too(made: Made) -> None:
    encrypt(made)
    ledger = Ledger.open_existing(made.folder)
    with ledger.clinic("lakeside").transaction() as books:
        books.log_access("ana", "looked for Quill", "Quill")

    assert any(name.endswith("lakeside.db-wal") for name in made.files())
    assert not made.is_readable()
    ledger.close()


def test_encrypting_again_changes_nothing(made: Made) -> None:
    first = encrypt(made)
    before = made.files()["clinics/lakeside.db"]
    again = encrypt(made)

    assert (again.key_id, again.files, again.objects) == (first.key_id, 0, 0)
    assert made.files()["clinics/lakeside.db"] == before


def test_a_new_key_reads_everything_and_the_former_one_nothing(made: Made) -> None:
    first = encrypt(made)
    before = made.files()
    changed = rekey_ledger(made.folder, IN_FOLDER, quietly)

    made.assert_whole()
    assert changed.key_id != first.key_id
    assert (changed.files, changed.objects) == (3, 2)
    assert not made.is_readable()
    assert not any(name.startswith("documents") and name in before for name in made.files())
    FolderEncryption(made.folder).write(Note(first.key_id))
    with pytest.raises(BillingError, match="cannot be decrypted with the key of this ledger"):
        Ledger.open_existing(made.folder)
    assert find_key(first.key_id)  # copies of before need it


def test_a_decrypted_ledger_is_as_it_was(made: Made) -> None:
    before = set(made.files())
    encrypt(made)
    decrypt_ledger(made.folder, IN_FOLDER, quietly)

    made.assert_whole()
    assert set(made.files()) - before == {"encryption.lock"}
    assert made.is_readable()
    with pytest.raises(EncryptionNotChanged, match="not encrypted"):
        decrypt_ledger(made.folder, IN_FOLDER, quietly)


def test_without_its_key_a_ledger_says_so_and_not_that_a_file_is_no_database(
    made: Made, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    changed = encrypt(made)
    monkeypatch.setenv("CLINIC_LEDGER_KEYS", str(tmp_path / "elsewhere"))

    with pytest.raises(LedgerKeyMissing, match=f"key {changed.key_id[:8]}"):
        Ledger.open_existing(made.folder)


def test_a_plain_file_that_somebody_put_among_encrypted_ones_is_refused_until_it_is_encrypted(
    made: Made,
) -> None:
    plain = made.files()["clinics/lakeside.db"]
    encrypt(made)
    (made.folder / "clinics" / "lakeside.db").write_bytes(plain)
    ledger = Ledger.open_existing(made.folder)

    found = ledger.verify_clinic("lakeside")

    assert isinstance(found, FirstBadRow)
    assert "not encrypted" in found.why
    ledger.close()
    assert encrypt(made).files == 1
    made.assert_whole()


@contextmanager
def another_program_reads(path: Path) -> Iterator[None]:
    """Have a file open in another program: one program has its locks only once."""
    reads = "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); db.execute('BEGIN'); db.execute('SELECT 1 FROM step').fetchall(); print('reads', flush=True); sys.stdin.read(); db.close()"
    with subprocess.Popen(
        [sys.executable, "-c", reads, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline().strip() == b"reads"
        yield
        program.communicate()


def test_who_has_the_ledger_open_keeps_it_as_it_is(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.ledger.engine.sqlite.conversion._PATIENCE", 0.2)
    before = made.files()["clinics/lakeside.db"]
    with (
        another_program_reads(made.folder / "clinics" / "lakeside.db"),
        pytest.raises(BooksBusy, match=r"lakeside\.db"),
    ):
        encrypt(made)

    assert made.files()["clinics/lakeside.db"] == before
    assert FolderEncryption(made.folder).note() is None  # nothing was changed, and no key was made
    made.assert_whole()
    encrypt(made)
    made.assert_whole()
    assert not made.is_readable()


def test_a_ledger_without_one_of_its_files_stays_as_it_is(made: Made, tmp_path: Path) -> None:
    lost = (made.folder / "clinics" / "hillside.db").rename(tmp_path / "hillside.db")

    with pytest.raises(BooksNotOpened, match=r"hillside\.db is missing"):
        encrypt(made)

    assert FolderEncryption(made.folder).note() is None
    lost.rename(made.folder / "clinics" / "hillside.db")
    encrypt(made)
    made.assert_whole()


def test_an_encrypted_ledger_stays_encrypted_if_it_is_not_encrypted_again(made: Made, tmp_path: Path) -> None:
    encrypt(made)
    note = FolderEncryption(made.folder).note()
    (made.folder / "clinics" / "hillside.db").rename(tmp_path / "hillside.db")

    with pytest.raises(BooksNotOpened, match=r"hillside\.db is missing"):
        encrypt(made)

    assert FolderEncryption(made.folder).note() == note


class Killed(Exception):
    """Ends a change in the middle."""


def end_at(clinic: str) -> Callable[[str], None]:
    """Return what ends a change before the files of a clinic."""

    def stop(step: str) -> None:
        if step.startswith(clinic):
            raise Killed

    return stop


def test_each_change_may_be_ended_and_followed_by_each_other_one(made: Made) -> None:
    """The key that some files still have is never forgotten, whichever commands were ended in the middle."""
    changes = {"encrypt": encrypt_ledger, "rekey": rekey_ledger, "decrypt": decrypt_ledger}
    for order in permutations(["rekey", "decrypt", "encrypt", "rekey"]):
        encrypt(made)
        for change in order:
            with suppress(Killed, EncryptionNotChanged):
                changes[change](made.folder, IN_FOLDER, end_at("Lakeside"))
            made.assert_whole()
        note = FolderEncryption(made.folder).note()
        if note and note.state is State.REKEYING:
            rekey_ledger(made.folder, IN_FOLDER, quietly)
        encrypt(made)
        made.assert_whole()
        assert not made.is_readable()


def test_what_a_killed_program_did_not_write_to_its_end_is_removed(made: Made) -> None:
    for store in ("documents/lakeside/0a", "outputs/lakeside", "documents/never-listed/0a"):
        (made.folder / store).mkdir(parents=True, exist_ok=True)
        (made.folder / store / "0123456789abcdef.part").write_bytes(PAPER)

    encrypt(made)

    assert not made.is_readable()
    made.assert_whole()


@pytest.mark.parametrize("change", [encrypt_ledger, decrypt_ledger, rekey_ledger])
def test_a_ledger_that_lost_its_note_is_not_taken_for_a_plain_one(made: Made, change: Any) -> None:  # noqa: ANN401
    key = encrypt(made).key_id
    (made.folder / "encryption.json").unlink()
    before = made.files()

    with pytest.raises(
        BooksNotOpened, match=r"encryption\.json, which says with which key, is missing"
    ) as refused:
        change(made.folder, IN_FOLDER, quietly)

    assert "ledger enter-key" in refused.value.remedy
    assert made.files() == before
    assert write_note_again(made.folder, find_key(key))
    made.assert_whole()


def test_a_running_program_writes_nothing_plain_once_the_note_is_lost(made: Made) -> None:
    encrypt(made)
    ledger = Ledger.open_existing(made.folder)
    ledger.check_objects()  # as each service does when it starts
    (made.folder / "encryption.json").unlink()

    with pytest.raises(BooksNotOpened, match="is missing"):
        ledger.outputs.keep("lakeside", WORKBOOK)
    with pytest.raises(BooksNotOpened, match="is missing"):
        ledger.clinic("lakeside").keep_document(PAPER + b" again", "cheque.pdf", "ana")
    ledger.close()

    assert not made.is_readable()


@pytest.mark.parametrize("note", ["", "{}", '{"key": "', '{"key": "", "state": "encrypted"}'])
def test_a_lost_note_is_written_again_with_the_key_of_the_ledger_only(made: Made, note: str) -> None:
    key = encrypt(made).key_id
    (made.folder / "encryption.json").write_text(note)

    with pytest.raises(EncryptionNotChanged, match="encrypted with another one"):
        write_note_again(made.folder, LedgerKey.new())
    assert write_note_again(made.folder, find_key(key))

    assert FolderEncryption(made.folder).note() == Note(key)
    made.assert_whole()
    assert not write_note_again(made.folder, LedgerKey.new())  # what is there is right


def test_a_lost_note_of_a_change_that_was_ended_says_that_some_files_are_plain(made: Made) -> None:
    with pytest.raises(Killed):
        encrypt_ledger(made.folder, IN_FOLDER, end_at("Lakeside"))
    note = FolderEncryption(made.folder).note()
    assert note
    (made.folder / "encryption.json").unlink()

    assert write_note_again(made.folder, find_key(note.key))

    assert FolderEncryption(made.folder).note() == note
    made.assert_whole()


def test_a_plain_ledger_and_a_missing_one_get_no_note(made: Made, tmp_path: Path) -> None:
    assert not write_note_again(made.folder, LedgerKey.new())
    assert not write_note_again(tmp_path / "nothing", LedgerKey.new())
    assert FolderEncryption(made.folder).note() is None


@pytest.mark.parametrize("note", [None, Note("0" * 32, State.ENCRYPTING)])
def test_a_file_that_a_killed_change_left_without_its_log_gets_it_back_when_it_is_opened(
    made: Made, note: Note | None
) -> None:
    """Without the log, somebody who reads holds up everybody who records."""
    path = made.folder / "clinics" / "lakeside.db"
    with closing(sqlite3.connect(path)) as conn:
        assert conn.execute("PRAGMA journal_mode = DELETE").fetchone() == ("delete",)
    if note:
        key = LedgerKey.new()
        store_key(key)
        FolderEncryption(made.folder).write(Note(key.id, note.state))

    with only_change(made.folder):  # a command is at work
        made.assert_whole()
    with closing(sqlite3.connect(path)) as conn:
        assert conn.execute("PRAGMA journal_mode").fetchone() == ("delete",)

    made.assert_whole()
    with closing(sqlite3.connect(path)) as conn:
        assert conn.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_what_is_recorded_between_two_files_of_a_change_is_there_afterwards(made: Made) -> None:
    """A service that was not stopped records in a clinic while the files of others are written again."""
    service = Ledger.open_existing(made.folder)

    def record(step: str) -> None:
        if step.startswith("Lakeside"):
            with service.clinic("hillside").transaction() as books:
                books.log_access("ana", "recorded meanwhile", "")
            service.close()

    encrypt_ledger(made.folder, IN_FOLDER, record)

    with open_books(made.folder, "hillside") as books:
        assert books("SELECT COUNT(*) FROM access WHERE what = 'recorded meanwhile'") == [(1,)]


def test_a_backup_that_is_made_between_two_files_of_a_change_is_encrypted_and_whole(
    made: Made, tmp_path: Path
) -> None:
    """A service that was not stopped, or the next one after a kill, makes its nightly copy."""

    with pytest.raises(Killed):
        encrypt_ledger(made.folder, IN_FOLDER, end_at("Lakeside"))
    ledger = Ledger.open_existing(made.folder)
    kept = ledger.clinic("lakeside").keep_document(b"%PDF-1.7 of Quill, kept meanwhile", "new.pdf", "ana")
    ledger.backup(tmp_path / "copy")
    ledger.close()

    copy = Ledger.open_existing(tmp_path / "copy")
    assert copy.clinic("lakeside").read_document(made.document)[1] == PAPER
    assert isinstance(copy.verify_clinic("lakeside"), Verified)
    copy.close()
    copied = [path.read_bytes() for path in (tmp_path / "copy").rglob("*") if path.is_file()]
    assert not any(PATIENT in data or data.startswith(PLAIN) for data in copied)

    encrypt(made)
    assert not made.is_readable()
    assert b"meanwhile" in Ledger.open_existing(made.folder).clinic("lakeside").read_document(kept.digest)[1]


def test_one_change_at_a_time(made: Made) -> None:
    with only_change(made.folder), pytest.raises(EncryptionNotChanged, match="Another command"):
        encrypt(made)
    made.assert_whole()
    assert made.is_readable()


def test_damaged_books_are_not_encrypted_and_nothing_of_them_is_removed(made: Made) -> None:
    with open_books(made.folder, "lakeside") as books, books.without_triggers():
        books("UPDATE step SET note = 'x' WHERE id = 2")
    before = made.files()["clinics/lakeside.db"]

    with pytest.raises(EncryptionNotChanged, match="step 2"):
        encrypt(made)

    assert made.files()["clinics/lakeside.db"] == before
    note = FolderEncryption(made.folder).note()
    assert note is not None
    assert note.state is State.ENCRYPTING


def test_a_copy_and_a_folder_without_a_ledger_are_refused(made: Made, tmp_path: Path) -> None:
    ledger = Ledger.open_existing(made.folder)
    ledger.backup(tmp_path / "copy")
    ledger.close()

    with pytest.raises(EncryptionNotChanged, match="stays as it was made"):
        encrypt_ledger(tmp_path / "copy", IN_FOLDER, quietly)
    with pytest.raises(NoLedger):
        encrypt_ledger(tmp_path / "nothing", IN_FOLDER, quietly)
    with pytest.raises(EncryptionNotChanged, match="Not all files"):
        rekey_ledger(made.folder, IN_FOLDER, quietly)
    assert not (tmp_path / "nothing").exists()


def test_a_damaged_note_is_said_to_be(made: Made) -> None:
    encrypt(made)
    (made.folder / "encryption.json").write_text('{"key": "')

    with pytest.raises(BillingError, match=r"encryption\.json is damaged"):
        Ledger.open_existing(made.folder)


def test_what_a_killed_command_left_is_named(made: Made) -> None:
    (made.folder / "restoring-12345678").mkdir()

    assert encrypt(made).leftovers == ["restoring-12345678"]
    assert not (made.folder / STAGE).exists()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="programs are forked")
@pytest.mark.parametrize("change", ["encrypt", "rekey", "decrypt"])
@pytest.mark.parametrize(
    "rounds", [6, pytest.param(60, marks=pytest.mark.many_rounds)], ids=["some moments", "many moments"]
)
def test_a_change_that_is_killed_at_any_moment_loses_nothing_and_goes_on(
    made: Made, change: str, rounds: int
) -> None:
    if change != "encrypt":
        encrypt(made)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.ledger.killed_changes",
            made.folder,
            change,
            str(rounds),
            made.document,
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout)

    assert told["faults"] == []
    assert told["kills"] >= rounds
    assert told["operations"] > 30


def test_a_service_that_was_not_stopped_loses_no_step_it_answered(made: Made) -> None:
    """Under load the change is refused, and in a pause it is done; the service goes on with the new files by itself."""
    service = Command(made.folder, ["--port", "0"])
    answered: list[int] = []
    is_over = Event()

    def note_often() -> None:
        with httpx.Client(base_url=url, trust_env=False, timeout=60) as http:
            while not is_over.is_set():
                body = {"request_id": f"step {len(answered)}", "action": "note", "note": "live"}
                answered.append(
                    http.post("/clinics/lakeside/invoices/INV-000001/steps", json=body).status_code
                )

    url = service.start()["url"]
    try:
        load = Thread(target=note_often)
        load.start()
        with pytest.raises(BooksBusy):
            encrypt(made)
        is_over.set()
        load.join()
        encrypt(made)
        is_over.clear()
        load = Thread(target=note_often)
        load.start()
        Event().wait(0.5)
        is_over.set()
        load.join()
    finally:
        service.stop()

    assert len(answered) > 5
    assert set(answered) == {200}
    with open_books(made.folder, "lakeside") as books:
        assert books("SELECT COUNT(*) FROM step WHERE note = 'live'") == [(len(answered),)]
    assert isinstance(Ledger.open_existing(made.folder).verify_clinic("lakeside"), Verified)
    assert not made.is_readable()

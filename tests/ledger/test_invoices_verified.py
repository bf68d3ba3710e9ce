"""Whatever is changed in the books behind the ledger's back, ``verify`` names the first row of it."""

# ruff: noqa: S608 -- the statements are made of this file's own words

import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from server.billing.invoices.invoice import Action
from server.ledger.clinic_store import ClinicStore
from server.ledger.store import Ledger
from server.ledger.verify import FirstBadRow, Verified
from tests.behind import Rows, connect_file, open_books
from tests.ledger.conftest import a_clock
from tests.ledger.invented import LAKESIDE
from tests.ledger.invoiced import TODAY, a_cheque, a_draft, await_cheque, created, take

Spoil = Callable[[str], Rows]

PDF = b"%PDF-1.7 an invented cheque"
PAPER = sha256(PDF).hexdigest()


def live(folder: Path) -> Ledger:
    """Have two invoices that a cheque paid, one that waits for its payer, and eleven steps."""
    ledger = Ledger(folder, a_clock)
    lakeside = ledger.open_clinic(LAKESIDE)
    numbers = await_cheque(lakeside, a_draft(), a_draft("Patient Two"))
    take(lakeside, Action.RECORD_CHEQUE, numbers, **a_cheque(80_00))
    take(lakeside, Action.CLEAR, numbers[:1], day=TODAY)
    created(lakeside, a_draft("Patient Three", payer=""))
    for words in ("We hold the licenses.", "We made these codes ourselves."):
        with lakeside.transaction() as books:
            books.attest_license(words, "ana")
    lakeside.keep_document(PDF, "cheque.pdf", "ana")
    take(lakeside, Action.NOTE, ["INV-000003"], note="waiting for the file", document=PAPER)
    return ledger


@pytest.fixture(scope="module")
def lived_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a ledger of files, which is quicker to copy than to make."""
    ledger = live(tmp_path_factory.mktemp("lived") / "ledger")
    ledger.close()
    return ledger.folder


@pytest.fixture
def lived(folder: Path, request: pytest.FixtureRequest, *, is_postgresql: bool) -> ClinicStore:
    if is_postgresql:
        return live(folder).clinic(LAKESIDE.id)
    shutil.copytree(request.getfixturevalue("lived_ledger"), folder)
    return Ledger(folder, a_clock).clinic(LAKESIDE.id)


@pytest.fixture
def spoil(lived: ClinicStore, folder: Path) -> Spoil:
    """Change the rows as somebody would who has the disk or the server: triggers and references hold nobody back."""

    def change(sql: str) -> Rows:
        with open_books(folder, lived.clinic_id) as execute, execute.without_triggers():
            return execute(sql)

    return change


def test_books_left_alone_are_as_they_were_written(lived: ClinicStore) -> None:
    verified = lived.verify()
    assert isinstance(verified, Verified)
    assert (verified.steps, verified.invoices, verified.receivable_cents) == (11, 3, 100_00)
    assert len(verified.head) == 64


TEXTS = ("request", "action", "day", "inputs", "note", "reverses", "actor", "recorded_at", "to_state")


@pytest.mark.parametrize("column", TEXTS)
@pytest.mark.parametrize("step", [1, 7, 11])
def test_a_flipped_byte_of_a_step_is_found(lived: ClinicStore, spoil: Spoil, step: int, column: str) -> None:
    ((text,),) = spoil(f"SELECT {column} FROM step WHERE id = {step}")
    flipped = chr(ord(text[0]) ^ 1) + text[1:] if text else "x"
    spoil(f"UPDATE step SET {column} = '{flipped}' WHERE id = {step}")

    assert lived.verify() == FirstBadRow(
        "step", str(step), "or one of its transfers is not as it was recorded"
    )


@pytest.mark.sqlite("a text that is none")
def test_a_byte_that_is_no_text_is_found(lived: ClinicStore, spoil: Spoil) -> None:
    spoil("UPDATE step SET note = CAST(x'ff' AS TEXT) WHERE id = 11")

    assert lived.verify() == FirstBadRow("step", "11", "or one of its transfers is not as it was recorded")


@pytest.mark.parametrize(
    ("change", "table", "row"),
    [
        ("UPDATE step SET hash = REPLACE(hash, SUBSTR(hash, 1, 1), 'x') WHERE id = 4", "step", "4"),
        ("UPDATE step SET previous = 'x' WHERE id = 4", "step", "4"),
        ("DELETE FROM step WHERE id = 4", "step", "4"),
        ("UPDATE step SET invoice = 3, place = 9 WHERE id = 4", "step", "4"),
        ("UPDATE transfer SET amount_cents = amount_cents + 1 WHERE step = 5", "step", "5"),
        ("UPDATE transfer SET credit = 'bank' WHERE step = 5", "step", "5"),
        ("DELETE FROM transfer WHERE step = 7", "step", "7"),
        ("INSERT INTO transfer (step, place, debit, credit, amount_cents) VALUES (3, 1, 'bank', 'receivable', 1)", "step", "3"),
        ("INSERT INTO transfer (step, place, debit, credit, amount_cents) VALUES (99, 1, 'bank', 'receivable', 1)", "transfer", ""),
        ("UPDATE invoice SET billed_cents = billed_cents + 1, balance_cents = balance_cents + 1 WHERE id = 2",
         "invoice", "INV-000002"),
        ("UPDATE invoice SET state = 'paid' WHERE id = 2", "invoice", "INV-000002"),
        ("UPDATE invoice SET standing = '[1]' WHERE id = 2", "invoice", "INV-000002"),
        ("UPDATE invoice SET created = '2020-01-01' WHERE id = 2", "invoice", "INV-000002"),
        ("UPDATE invoice SET payer = 1 WHERE id = 3", "invoice", "INV-000003"),
        ("UPDATE invoice SET payer = NULL WHERE id = 1", "invoice", "INV-000001"),
        ("UPDATE invoice SET patient_case = 1 WHERE id = 3", "invoice", "INV-000003"),
        ("UPDATE invoice SET paid_on = NULL WHERE id = 1", "invoice", "INV-000001"),
        ("UPDATE invoice SET number = 'INV-000004' WHERE id = 3", "invoice", "INV-000004"),
        ("UPDATE allocation SET amount_cents = amount_cents + 1 WHERE step = 8", "allocation", "8"),
        ("UPDATE licence_attestation SET words = 'so' WHERE id = 1", "licence_attestation", "1"),
        ("UPDATE licence_attestation SET attested_by = 'ben' WHERE id = 2", "licence_attestation", "2"),
        ("DELETE FROM licence_attestation WHERE id = 1", "licence_attestation", "1"),
        ("DELETE FROM document", "step", "11"),
        ("UPDATE document SET size = size + 1", "document", PAPER),
        ("DELETE FROM allocation WHERE step = 8", "allocation", "8"),
        ("UPDATE cheque SET amount_cents = 1", "allocation", "7"),
        ("UPDATE cheque SET number = 'another'", "allocation", "7"),
        ("UPDATE allocation SET recording = step", "cheque", "1"),
    ],
)  # fmt: skip
def test_the_first_bad_row_is_named(
    lived: ClinicStore, spoil: Spoil, change: str, table: str, row: str
) -> None:
    spoil(change)

    bad = lived.verify()
    assert isinstance(bad, FirstBadRow)
    assert (bad.table, bad.row) == (table, row)


@pytest.mark.sqlite("a page of a file")
@pytest.mark.parametrize("place", range(1, 8))
def test_a_page_of_garbage_is_never_taken_for_books(lived: ClinicStore, folder: Path, place: int) -> None:
    path = folder / "clinics" / "lakeside.db"
    db = connect_file(path)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (root,) = db.execute(
        "SELECT rootpage FROM sqlite_schema WHERE name IN"
        " ('step', 'transfer', 'invoice', 'cheque', 'allocation', 'payer', 'patient_case')"
        f" AND type = 'table' ORDER BY name LIMIT 1 OFFSET {place - 1}"
    ).fetchone()
    size = int(*db.execute("PRAGMA page_size").fetchone())
    db.close()
    data = bytearray(path.read_bytes())
    data[(root - 1) * size : (root - 1) * size + 16] = b"\xa5" * 16
    path.write_bytes(data)

    assert isinstance(lived.verify(), FirstBadRow)

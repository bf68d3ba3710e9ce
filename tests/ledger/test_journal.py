"""The journal vouches for every row, a second program agrees with it, and its head shows what the file alone cannot."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from server.errors import NotRestored, UnknownRun
from server.ledger.clinic_books import ClinicBooks
from server.ledger.clinic_store import ClinicStore
from server.ledger.engine.journal import JournalHead
from server.ledger.engine.sqlite.database_file import close_files
from server.ledger.engine.table_rules import (
    CLINIC_JOURNAL,
    CLINIC_TABLES,
    FIRM_JOURNAL,
    FIRM_TABLES,
    OUTSIDE_THE_JOURNAL,
)
from server.ledger.store import Ledger
from server.ledger.verify import FirstBadRow, Verified, VerifiedFirm
from tests.behind import OpenedBooks, connect_file, open_books
from tests.ledger import journal_reader
from tests.ledger.conftest import a_clock
from tests.ledger.invented import HILLSIDE, LAKESIDE
from tests.ledger.lived import live_through_a_month

Raw = OpenedBooks


@pytest.fixture
def books_file(lakeside: ClinicStore, folder: Path) -> Path:
    return folder / "clinics" / f"{lakeside.clinic_id}.db"


@pytest.fixture
def lived(lakeside: ClinicStore, ledger: Ledger) -> Ledger:
    """Return a ledger whose clinic has rows in every table."""
    live_through_a_month(lakeside)
    ledger.tokens.give("desktop")
    ledger.pairing_codes.make("Front desk")
    ledger.access.record_refusal("token-unknown", "127.0.0.1")
    return ledger


def write_once(lakeside: ClinicStore, what: str = "looked") -> None:
    with lakeside.transaction() as books:
        books.log_access("ana", what, "lakeside")


def write_and_fail(books: ClinicBooks) -> None:
    books.log_access("ana", "looked", "lakeside")
    books.close_run("lakeside-1999-01-r1", "ana")


def test_every_table_is_in_the_journal_or_says_why_not() -> None:
    for tables, journal in ((CLINIC_TABLES, CLINIC_JOURNAL), (FIRM_TABLES, FIRM_JOURNAL)):
        assert tables.keys() - journal.keys() <= OUTSIDE_THE_JOURNAL.keys()
        assert not journal.keys() & OUTSIDE_THE_JOURNAL.keys()


def test_a_second_program_finds_the_same_heads(
    lived: Ledger, folder: Path, tmp_path: Path, *, is_postgresql: bool
) -> None:
    if is_postgresql:  # the second program reads files
        lived.backup(tmp_path / "copy")
        folder = tmp_path / "copy"
    books_file = folder / "clinics" / "lakeside.db"
    found, firm = lived.verify_clinic(LAKESIDE.id), lived.verify_firm()

    assert isinstance(found, Verified)
    assert isinstance(firm, VerifiedFirm)
    assert list(journal_reader.problems_in(books_file)) == []
    assert list(journal_reader.problems_in(folder / "firm.db")) == []
    assert journal_reader.head_of(books_file) == (found.entries, found.head)
    assert journal_reader.head_of(folder / "firm.db") == (firm.entries, firm.head)


def test_every_table_with_rows_has_entries(lived: Ledger, raw: Raw) -> None:
    assert lived.clinics()
    subjects = {subject for (subject,) in raw("SELECT DISTINCT subject FROM journal")}
    with_rows = {table for table in CLINIC_JOURNAL if raw(f"SELECT 1 FROM {table} LIMIT 1")}  # noqa: S608
    assert subjects == with_rows


def test_each_commit_moves_the_kept_head(lakeside: ClinicStore, folder: Path) -> None:
    for _ in range(3):
        write_once(lakeside)
        head = lakeside.journal_head()
        with open_books(folder, "") as execute:
            kept = execute("SELECT clinic, entries, hash, day FROM journal_head")
        assert kept == [("lakeside", head.entries, head.hash, "2026-11-02")]


def test_a_click_that_fails_leaves_no_entry(lakeside: ClinicStore) -> None:
    before = lakeside.journal_head()
    with pytest.raises(UnknownRun), lakeside.transaction() as books:
        write_and_fail(books)
    assert lakeside.journal_head() == before


def test_clicks_at_once_make_one_chain(lakeside: ClinicStore, ledger: Ledger) -> None:
    def click(number: int) -> None:
        if number % 5 == 0:
            with pytest.raises(UnknownRun), lakeside.transaction() as books:
                write_and_fail(books)
        else:
            write_once(lakeside, f"looked {number}")

    before = lakeside.journal_head()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(click, range(100)))

    assert isinstance(ledger.verify_clinic(LAKESIDE.id), Verified)
    assert lakeside.journal_head().entries == before.entries + 80


@pytest.mark.sqlite("a file that was put in place of another")
def test_an_older_copy_of_the_file_is_seen(lakeside: ClinicStore, ledger: Ledger, books_file: Path) -> None:
    write_once(lakeside)
    close_files(ledger.folder)
    shutil.copy(books_file, books_file.with_suffix(".last-week"))
    write_once(lakeside)
    close_files(ledger.folder)
    books_file.with_suffix(".last-week").replace(books_file)

    found = ledger.verify_clinic(LAKESIDE.id)
    assert isinstance(found, FirstBadRow)
    assert (found.table, "older copy" in found.why) == ("journal", True)
    for number in range(3):  # work goes on, and the file is still not the one it was
        write_once(lakeside, f"looked again {number}")
    assert isinstance(ledger.verify_clinic(LAKESIDE.id), FirstBadRow)


@pytest.mark.sqlite("a file that was put in place of another")
def test_a_lost_write_ahead_log_is_seen(lakeside: ClinicStore, ledger: Ledger, books_file: Path) -> None:
    close_files(ledger.folder)
    write_once(lakeside)
    log = books_file.with_name(f"{books_file.name}-wal").read_bytes()
    data = books_file.read_bytes()
    close_files(ledger.folder)
    books_file.write_bytes(data)
    books_file.with_name(f"{books_file.name}-wal").write_bytes(log[: len(log) // 2])

    assert isinstance(ledger.verify_clinic(LAKESIDE.id), FirstBadRow)


@pytest.mark.parametrize("rows", [1, 4])
def test_a_tail_that_was_cut_off_is_seen(lived: Ledger, raw: Raw, rows: int) -> None:
    with raw.without_triggers():
        raw(f"DELETE FROM journal WHERE id > (SELECT MAX(id) - {rows} FROM journal)")  # noqa: S608

    assert isinstance(lived.verify_clinic(LAKESIDE.id), FirstBadRow)


@pytest.mark.sqlite("a file that was put in place of another")
def test_a_journal_written_anew_is_seen_by_its_kept_head(
    lakeside: ClinicStore, ledger: Ledger, folder: Path
) -> None:
    write_once(lakeside)
    noted = lakeside.journal_head()
    forged = Ledger(folder.with_name("forged"), a_clock)
    write_once(forged.open_clinic(LAKESIDE), "looked elsewhere")
    assert isinstance(forged.verify_clinic(LAKESIDE.id), Verified)
    for one in (ledger, forged):
        close_files(one.folder)
    shutil.copy(forged.folder / "clinics" / "lakeside.db", folder / "clinics" / "lakeside.db")

    assert isinstance(ledger.verify_clinic(LAKESIDE.id), FirstBadRow)
    shutil.copy(forged.folder / "firm.db", folder / "firm.db")  # the kept head is forged as well
    assert isinstance(ledger.verify_clinic(LAKESIDE.id), Verified)
    on_paper = JournalHead(noted.entries, noted.hash[:16])
    assert isinstance(ledger.verify_clinic(LAKESIDE.id, [on_paper]), FirstBadRow)


@pytest.mark.sqlite("the statements of triggers; test_postgresql.py has those that are switched off")
@pytest.mark.usefixtures("lived")
def test_each_missing_trigger_is_named(ledger: Ledger, raw: Raw) -> None:
    triggers = raw("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
    assert len(triggers) > len(CLINIC_JOURNAL)
    for name, sql in triggers:
        raw(f"DROP TRIGGER {name}")
        assert ledger.verify_clinic(LAKESIDE.id) == FirstBadRow("trigger", str(name), "is missing")
        raw(str(sql))
    assert isinstance(ledger.verify_clinic(LAKESIDE.id), Verified)


@pytest.mark.sqlite("a file that was put in place of another")
def test_a_person_accepts_a_file_that_was_put_in_place(
    lakeside: ClinicStore, ledger: Ledger, books_file: Path
) -> None:
    close_files(ledger.folder)
    shutil.copy(books_file, books_file.with_suffix(".last-week"))
    write_once(lakeside)
    close_files(ledger.folder)
    books_file.with_suffix(".last-week").replace(books_file)
    assert isinstance(ledger.verify_clinic(LAKESIDE.id), FirstBadRow)

    assert isinstance(ledger.accept_journal(LAKESIDE.id, "the disk failed", "max"), Verified)
    assert isinstance(ledger.verify_clinic(LAKESIDE.id), Verified)
    db = connect_file(books_file)
    assert db.execute("SELECT actor, what, about FROM access ORDER BY id DESC LIMIT 1").fetchall() == [
        ("max", "accepted the journal as it is", "the disk failed")
    ]
    db.execute("DROP TRIGGER access_stays")
    db.execute("DELETE FROM access")
    db.commit()
    db.close()
    assert isinstance(ledger.accept_journal(LAKESIDE.id, "again", "max"), FirstBadRow)
    assert isinstance(ledger.verify_clinic(LAKESIDE.id), FirstBadRow)


def test_a_copy_is_compared_with_the_heads_in_its_manifest(lived: Ledger, tmp_path: Path) -> None:
    lived.open_clinic(HILLSIDE)
    copy = tmp_path / "copy"
    lived.backup(copy)
    opened = Ledger.open_existing(copy)
    assert isinstance(opened.verify_clinic(LAKESIDE.id), Verified)
    assert isinstance(opened.verify_firm(), VerifiedFirm)
    opened.close()
    head = lived.clinic(LAKESIDE.id).journal_head()
    manifest = copy / "manifest.json"
    manifest.write_text(manifest.read_text().replace(head.hash, "0" * 64))

    assert isinstance(Ledger.open_existing(copy).verify_clinic(LAKESIDE.id), FirstBadRow)
    with pytest.raises(NotRestored):
        Ledger(tmp_path / "other", a_clock).restore(copy)


def test_a_restored_clinic_has_the_head_of_its_copy(lived: Ledger, tmp_path: Path) -> None:
    lived.backup(tmp_path / "copy")
    other = Ledger(tmp_path / "other", a_clock)
    other.restore(tmp_path / "copy")

    assert isinstance(other.verify_clinic(LAKESIDE.id), Verified)
    write_once(other.clinic(LAKESIDE.id))
    assert isinstance(other.verify_clinic(LAKESIDE.id), Verified)

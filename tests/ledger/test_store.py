import os
import shutil
import stat
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from server.billing.clinics import Clinic, Provider, Setup
from server.billing.names import fold
from server.errors import (
    BadClinicId,
    BooksBusy,
    BooksNotOpened,
    ClinicMismatch,
    DatabaseUnreachable,
    LedgerReadOnly,
    UnknownClinic,
    UnknownRun,
)
from server.ledger.clinic_store import ClinicStore
from server.ledger.engine.sqlite import database_file
from server.ledger.engine.sqlite.library import operational_errors
from server.ledger.store import ClinicEntry, Ledger
from tests.behind import connect_file
from tests.ledger.invented import HILLSIDE, LAKESIDE

NUL = pytest.param("lakeside\0", marks=pytest.mark.sqlite("the NUL, which a request cannot hold"))


def save(books_of: ClinicStore, setup: Setup) -> None:
    with books_of.transaction() as books:
        books.save_setup(setup, "ana")


def folded(*names: str) -> set[str]:
    return {fold(name) for name in names}


def test_clinics_are_listed_by_name(ledger: Ledger) -> None:
    for clinic in (Clinic("b", "zen"), Clinic("c", "Anew"), Clinic("a", "apt")):
        ledger.open_clinic(clinic)

    assert ledger.clinics() == [ClinicEntry("c", "Anew"), ClinicEntry("a", "apt"), ClinicEntry("b", "zen")]


def test_a_new_ledger_has_no_clinics(ledger: Ledger) -> None:
    assert ledger.clinics() == []


def test_opening_a_clinic_again_keeps_its_books_and_takes_the_new_name(ledger: Ledger) -> None:
    setup = Setup(LAKESIDE, providers=(Provider("Ada Invented"),))
    save(ledger.open_clinic(LAKESIDE), setup)

    ledger.open_clinic(replace(LAKESIDE, name="Lakeside West"))

    assert ledger.clinics() == [ClinicEntry("lakeside", "Lakeside West")]
    with ledger.clinic("lakeside").reading() as books:
        assert books.setup() == setup


def test_a_ledger_is_found_again_by_its_folder(ledger: Ledger, lakeside: ClinicStore, folder: Path) -> None:
    assert Ledger(folder).clinics() == ledger.clinics()
    with Ledger(folder).clinic(lakeside.clinic_id).reading() as books:
        assert books.setup() == Setup(LAKESIDE)


@pytest.mark.parametrize("clinic_id", ["hillside", "", "LAKESIDE", "../lakeside", NUL, "firm"])
def test_a_clinic_not_on_the_list_has_no_books(ledger: Ledger, clinic_id: str) -> None:
    ledger.open_clinic(LAKESIDE)
    with pytest.raises(UnknownClinic):
        ledger.clinic(clinic_id)


@pytest.mark.parametrize(
    "clinic_id",
    [
        "",
        "-a",
        "A",
        "a b",
        "a_b",
        "é",
        "../a",
        "a/b",
        "a\\b",
        "a.db",
        "a\n",
        "con",
        "nul",
        "lpt1",
        "com0",
        "a" * 64,
    ],
)
def test_an_id_that_cannot_name_a_file_everywhere_is_refused(
    ledger: Ledger, folder: Path, clinic_id: str
) -> None:
    with pytest.raises(BadClinicId):
        ledger.open_clinic(Clinic(clinic_id, "Anything"))
    assert ledger.clinics() == []
    assert not (folder / "clinics").exists()


@pytest.mark.parametrize("clinic_id", ["a", "9", "a" * 63, "console", "north-2", "com10"])
def test_any_other_id_will_do(ledger: Ledger, clinic_id: str) -> None:
    with ledger.open_clinic(Clinic(clinic_id, "Anything")).reading() as books:
        assert books.setup().clinic.id == clinic_id


@pytest.mark.sqlite("a file put in place of another")
def test_books_copied_over_another_clinics_are_refused(
    ledger: Ledger, lakeside: ClinicStore, folder: Path
) -> None:
    hillside = ledger.open_clinic(HILLSIDE)
    ledger.close()
    shutil.copy(folder / "clinics" / "lakeside.db", folder / "clinics" / "hillside.db")

    with (
        pytest.raises(BooksNotOpened, match=r"hillside\.db holds the books of another clinic"),
        hillside.reading(),
    ):
        pass
    with pytest.raises(BooksNotOpened), hillside.transaction():
        pass
    with lakeside.reading() as books:
        assert books.setup().clinic == LAKESIDE


@pytest.mark.sqlite("a file put in place of another")
def test_a_file_renamed_to_a_new_clinics_is_refused_and_the_clinic_not_listed(
    ledger: Ledger, lakeside: ClinicStore, folder: Path
) -> None:
    (folder / "clinics" / f"{lakeside.clinic_id}.db").rename(folder / "clinics" / "hillside.db")

    with pytest.raises(BooksNotOpened, match="another clinic"):
        ledger.open_clinic(HILLSIDE)
    assert [clinic.id for clinic in ledger.clinics()] == ["lakeside"]


@pytest.mark.sqlite("a file that is missing")
def test_missing_books_are_said_to_be_missing_and_not_made_anew(
    lakeside: ClinicStore, ledger: Ledger, folder: Path
) -> None:
    path = folder / "clinics" / "lakeside.db"
    path.unlink()

    with pytest.raises(BooksNotOpened, match="is missing"), lakeside.reading():
        pass
    ledger.open_clinic(LAKESIDE)
    assert not path.exists()


@pytest.mark.sqlite("a damaged file")
def test_a_file_that_is_no_ledger_is_said_to_be_unreadable(lakeside: ClinicStore, folder: Path) -> None:
    (folder / "clinics" / "lakeside.db").write_bytes(b"not a database at all, " * 400)

    with pytest.raises(BooksNotOpened, match=r"cannot be (read|decrypted)"), lakeside.reading():
        pass


@pytest.mark.sqlite("a file made in the folder")
def test_a_ledger_cannot_be_made_where_something_else_is(tmp_path: Path) -> None:
    (tmp_path / "ledger").write_text("a letter")

    with pytest.raises(BooksNotOpened, match=r"firm\.db cannot be made in"):
        Ledger(tmp_path / "ledger")


@pytest.mark.sqlite("an empty file")
def test_making_a_clinic_that_was_interrupted_is_finished_by_the_next_try(
    ledger: Ledger, folder: Path
) -> None:
    (folder / "clinics").mkdir()
    (folder / "clinics" / "lakeside.db").touch()

    with ledger.open_clinic(LAKESIDE).reading() as books:
        assert books.setup() == Setup(LAKESIDE)


def test_nothing_is_kept_of_a_click_that_is_refused_half_way(lakeside: ClinicStore) -> None:
    def click() -> None:
        with lakeside.transaction() as books:
            books.save_setup(Setup(LAKESIDE, providers=(Provider("Ada Invented"),)), "ana")
            books.close_run("lakeside-2026-10-r1", "ana")

    with pytest.raises(UnknownRun):
        click()

    with lakeside.reading() as books:
        assert books.setup() == Setup(LAKESIDE)


def test_reading_writes_nothing(lakeside: ClinicStore) -> None:
    with (
        pytest.raises((LedgerReadOnly, DatabaseUnreachable), match=r"only be read|does not answer"),
        lakeside.reading() as books,
    ):  # a server that only reads is the wrong one, after a failover
        books.log_access("ana", "looked", "around")


def test_what_is_read_stays_as_it_was_while_somebody_writes(lakeside: ClinicStore) -> None:
    with lakeside.reading() as books:
        before = books.setup()
        save(lakeside, Setup(LAKESIDE, providers=(Provider("Ada Invented"),)))
        assert books.setup() == before


@pytest.mark.sqlite("the lock of a file")
def test_what_is_read_in_a_transaction_cannot_change_before_it_is_written(
    lakeside: ClinicStore, folder: Path
) -> None:
    other = connect_file(folder / "clinics" / "lakeside.db", timeout=0)
    with lakeside.transaction(), pytest.raises(operational_errors(), match="locked"):
        other.execute("BEGIN IMMEDIATE")
    other.close()


def test_a_click_that_waits_too_long_is_told_to_try_again(
    lakeside: ClinicStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_file, "BUSY_SECONDS", 0.01)
    with (
        lakeside.transaction(),
        pytest.raises(BooksBusy, match="Somebody else is writing"),
        lakeside.transaction(),
    ):
        pass


def test_clinics_never_wait_for_each_other(
    ledger: Ledger, lakeside: ClinicStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    hillside = ledger.open_clinic(HILLSIDE)
    monkeypatch.setattr(database_file, "BUSY_SECONDS", 0.01)

    with lakeside.transaction(), hillside.transaction() as books:
        books.log_access("ana", "opened setup", "hillside")


@pytest.mark.sqlite("attached files; test_postgresql.py has the rows of others")
def test_nothing_of_one_clinic_is_reachable_from_the_books_of_another(
    ledger: Ledger, lakeside: ClinicStore
) -> None:
    hillside = ledger.open_clinic(HILLSIDE)
    save(hillside, Setup(HILLSIDE, providers=(Provider("Ada Invented"),)))

    with lakeside.transaction() as books:
        assert books.setup().providers == ()
        with pytest.raises(ClinicMismatch):
            books.save_setup(Setup(HILLSIDE), "ana")
        attached = books._session.all("PRAGMA database_list")  # noqa: SLF001
    assert [Path(path).name for _, _, path in attached] == ["lakeside.db"]


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps a user's own folders by other means")
@pytest.mark.sqlite("the modes of files")
def test_the_books_are_for_their_owner_only(lakeside: ClinicStore, folder: Path) -> None:
    with lakeside.transaction():
        paths = [folder, *folder.rglob("*")]
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in paths}

    assert modes.pop("encryption.json", 0o600) == 0o600
    assert modes == {
        "ledger": 0o700,
        "clinics": 0o700,
        "firm.db": 0o600,
        "firm.db-wal": 0o600,
        "firm.db-shm": 0o600,
        "lakeside.db": 0o600,
        "lakeside.db-wal": 0o600,
        "lakeside.db-shm": 0o600,
    }


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows cannot be told another timezone")
@pytest.mark.parametrize(("zone", "day"), [("Etc/GMT+8", 31), ("Etc/GMT-8", 1)])
def test_today_is_the_civil_day_where_the_service_runs(
    folder: Path, monkeypatch: pytest.MonkeyPatch, zone: str, day: int
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        month = 11 if day == 1 else 10
        instant = datetime(2026, 10, 31, 20, 0, tzinfo=UTC)
        assert Ledger(folder, now=lambda: instant).today() == date(2026, month, day)
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    ("names", "known"),
    [
        (folded("Ada Invented", "Bo Madeup"), True),
        (folded("ada  invented", "BO MADEUP", "Cy Fictional"), True),
        (folded("Ada Invented", "Cy Fictional"), False),
        (folded("Invented, Ada"), True),
        (folded("Cy Fictional"), False),
        (folded("Ada Invented", "Dee Pretend"), False),
        (set(), False),
        ({""}, False),
    ],
)
def test_a_log_is_known_elsewhere_when_one_other_clinic_has_most_of_its_providers(
    ledger: Ledger,
    names: set[str],
    known: bool,  # noqa: FBT001
) -> None:
    providers = (Provider("Ada Invented", ("Invented, Ada",)), Provider("Bo Madeup"))
    save(ledger.open_clinic(HILLSIDE), Setup(HILLSIDE, providers=providers))
    third = Clinic("third", "Third")
    save(ledger.open_clinic(third), Setup(third, providers=(Provider("Dee Pretend"),)))
    save(ledger.open_clinic(LAKESIDE), Setup(LAKESIDE, providers=(Provider("Cy Fictional"),)))

    assert ledger.knows_elsewhere(names, except_clinic="lakeside") is known


@pytest.mark.sqlite("a damaged file")
def test_one_clinics_damaged_books_do_not_stop_another(ledger: Ledger, folder: Path) -> None:
    ledger.open_clinic(LAKESIDE)
    ledger.open_clinic(HILLSIDE)
    (folder / "clinics" / "hillside.db").write_bytes(b"damaged " * 1_000)

    assert not ledger.knows_elsewhere(folded("Ada Invented"), except_clinic="lakeside")


@pytest.mark.sqlite("the file of the list")
@pytest.mark.parametrize("is_there", [True, False], ids=["empty", "lost"])
@pytest.mark.parametrize("open_ledger", [Ledger, Ledger.open_existing], ids=["service", "command"])
def test_books_without_the_list_of_clinics_are_not_taken_for_a_new_ledger(
    ledger: Ledger, folder: Path, open_ledger: Callable[[Path], Ledger], *, is_there: bool
) -> None:
    ledger.open_clinic(LAKESIDE)
    ledger.close()
    lost = (folder / "firm.db").read_bytes()
    (folder / "firm.db").unlink()
    if is_there:
        (folder / "firm.db").touch()

    with pytest.raises(BooksNotOpened, match=r"firm\.db is missing or empty, and there are books of clinics"):
        open_ledger(folder)

    (folder / "firm.db").write_bytes(lost)
    assert [entry.id for entry in open_ledger(folder).clinics()] == ["lakeside"]

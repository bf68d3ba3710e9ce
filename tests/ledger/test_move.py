"""Books moved from files to PostgreSQL and back: the same on both sides, also if the move is killed or somebody records."""

import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from pathlib import Path
from types import FrameType

import httpx
import pytest

from server.billing.clinics import Clinic
from server.billing.people import LOCAL_PERSON, Role
from server.cli.service import temporary_service
from server.database_address import DatabaseAddress
from server.errors import (
    BillingError,
    BooksNotOpened,
    DatabaseNotPrepared,
    DatabaseUnreachable,
    NotMoved,
    UnknownClinic,
)
from server.ledger.clinic_copy import copy_clinic
from server.ledger.firm_access import AccessEvent
from server.ledger.move import move_ledger
from server.ledger.move_sides import Side
from server.ledger.move_target import Target
from server.ledger.objects.object_places import FolderPlaces
from server.ledger.people.program_tokens import ProgramRights
from server.ledger.people.sign_in_rules import SessionKind
from server.ledger.preparation import prepare_database
from server.ledger.store import Ledger, databases_of
from server.ledger.verify import Verified, VerifiedFirm
from server.settings import Settings
from server.storage import IN_FOLDER, Storage
from tests.behind import connect_file
from tests.ledger.conftest import a_clock
from tests.ledger.invented import LAKESIDE
from tests.ledger.invoiced import a_draft, await_cheque
from tests.ledger.lived import live_through_a_month
from tests.ledger.objects import names_in
from tests.ledger.peopled import CHEAP, HERE, live_with_users, never_slow, sign_in, typed
from tests.ledger.receivable_histories import HistoryOfReceivables
from tests.object_servers import S3Server
from tests.postgresql import OWNER, SERVICE, PostgresqlOfTests, programs_folder

pytestmark = pytest.mark.sqlite("it names the engine of each ledger itself")

HARBOR = Clinic("harbor", "Harbor Practice")
Heads = dict[str, object]


def say_nothing(_sentence: str) -> None:
    """Take a sentence about a step."""


@dataclass
class Places:
    """A ledger in files, and a database to move it to."""

    folder: Path
    address: DatabaseAddress

    @property
    def in_database(self) -> Storage:
        return Storage(self.address)

    def move(self, tell: Callable[[str], None] = say_nothing) -> list[bool]:
        """Move the files to the database; return which clinics were there already."""
        target = Target(self.folder, self.address)
        return [one.was_there for one in move_ledger(self.folder, IN_FOLDER, target, tell)]

    def move_back(self, folder: Path) -> None:
        move_ledger(self.folder, self.in_database, Target(folder), say_nothing)

    def files(self) -> Ledger:
        return Ledger(self.folder, a_clock, sign_in_rules=CHEAP)

    def moved(self) -> Ledger:
        return Ledger(self.folder, a_clock, sign_in_rules=CHEAP, storage=self.in_database)


@pytest.fixture(scope="session")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a ledger once, with a row in every table of the firm and of a clinic, and with a second clinic."""
    ledger = Ledger(tmp_path_factory.mktemp("lived") / "ledger", a_clock, sign_in_rules=CHEAP)
    live_through_a_month(ledger.open_clinic(LAKESIDE))
    live_with_users(ledger)
    await_cheque(ledger.clinic(HARBOR.id), a_draft(), a_draft())
    ledger.outputs.keep(LAKESIDE.id, b"a workbook")
    ledger.close()
    return ledger.folder


@pytest.fixture
def places(postgresql: PostgresqlOfTests, lived_in: Path, tmp_path: Path) -> Iterator[Places]:
    shutil.copytree(lived_in, tmp_path / "ledger")
    yield Places(tmp_path / "ledger", postgresql.address_of(tmp_path / "ledger"))
    postgresql.empty_databases()


def verified(ledger: Ledger) -> Heads:
    """Return what verifying says of each clinic and of the firm."""
    found: Heads = {one.id: ledger.verify_clinic(one.id) for one in ledger.clinics()}
    assert all(isinstance(one, Verified) for one in found.values()), found
    firm = ledger.verify_firm()
    assert isinstance(firm, VerifiedFirm), firm
    return found | {"": firm}


def verified_copy(folder: Path, to: Path) -> Heads:
    """Return what verifying says of the files of a folder, without their mark."""
    shutil.copytree(folder, to, ignore=shutil.ignore_patterns("moved.txt"))
    return verified(Ledger(to, a_clock))


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(("moving-", "restoring-"))]


# -- There and back --


def test_books_go_to_the_database_and_back_to_files_as_they_were(places: Places, tmp_path: Path) -> None:
    assert places.move() == [False, False]
    there = verified(places.moved())
    assert verified_copy(places.folder, tmp_path / "as-they-were") == there
    places.move_back(tmp_path / "again")
    assert verified(Ledger(tmp_path / "again", a_clock)) | {"": None} == there | {"": None}
    assert leftovers(places.folder) == leftovers(tmp_path / "again") == []


def test_a_row_of_every_table_is_moved(places: Places, tmp_path: Path) -> None:
    before = {
        name: rows_of_file(places.folder / name) for name in ("clinics/lakeside.db", "clinics/harbor.db")
    }
    users = rows_of_file(places.folder / "firm.db")
    places.move()
    places.move_back(tmp_path / "again")
    after = {name: rows_of_file(tmp_path / "again" / name) for name in before}
    assert after == before
    assert rows_of_file(tmp_path / "again" / "firm.db")["user"] == users["user"]
    assert all(before["clinics/lakeside.db"][table] for table in ("step", "pay_line", "request", "rate"))


def rows_of_file(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(connect_file(path)) as conn:
        tables = [name for (name,) in conn.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return {table: conn.execute(f'SELECT * FROM "{table}" ORDER BY 1, 2').fetchall() for table in tables}  # noqa: S608


@pytest.mark.parametrize("seed", range(4))
def test_random_histories_go_there_and_back(postgresql: PostgresqlOfTests, tmp_path: Path, seed: int) -> None:
    folder = tmp_path / "ledger"
    HistoryOfReceivables(folder, seed).live(60)
    places = Places(folder, postgresql.address_of(folder))
    before = rows_of_file(folder / "clinics" / "lakeside.db")
    try:
        places.move()
        places.move_back(tmp_path / "again")
    finally:
        postgresql.empty_databases()
    assert rows_of_file(tmp_path / "again" / "clinics" / "lakeside.db") == before


def test_users_tokens_and_documents_work_after_the_move(places: Places, tmp_path: Path) -> None:
    with places.files().clinic(LAKESIDE.id).reading() as books:
        digest = books.documents.unattached_before(a_clock()) or [
            *names_in(places.folder / "documents", places.folder)
        ]
    token = sign_in_lin(places.files())

    def move_back() -> Ledger:
        places.move_back(tmp_path / "again")
        return Ledger(tmp_path / "again", a_clock, sign_in_rules=CHEAP)

    places.move()
    for opened in (places.moved, move_back):
        ledger = opened()
        never_slow(ledger.people)
        assert ledger.people.sessions.identify(token)
        with pytest.raises(BillingError):
            ledger.people.sign_ins.sign_in(
                typed("tom", "a wrong password", HERE), SessionKind.PAGE, "Tom's computer"
            )
        assert sign_in(ledger.people, "tom")
        document, data = ledger.clinic(LAKESIDE.id).read_document(digest[0])
        assert (document.digest, data) == (digest[0], b"%PDF-1.7")
        ledger.close()


def sign_in_lin(ledger: Ledger) -> str:
    never_slow(ledger.people)
    token = sign_in(ledger.people, "tom")
    ledger.close()
    return token


def test_documents_in_a_bucket_stay_there(
    postgresql: PostgresqlOfTests, s3: S3Server, tmp_path: Path
) -> None:
    folder, back, bucket = tmp_path / "ledger", tmp_path / "back", s3.new_bucket()
    address = postgresql.address_of(folder)
    files, database = Storage(bucket=bucket), Storage(address, bucket)
    ledger = Ledger(folder, a_clock, storage=files)
    digest = ledger.open_clinic(LAKESIDE).keep_document(b"%PDF-1.7", "cheque.pdf", "ana").digest
    ledger.close()
    try:
        move_ledger(folder, files, Target(folder, address), say_nothing)
        moved = Ledger(folder, a_clock, storage=database)
        assert moved.clinic(LAKESIDE.id).read_document(digest)[1] == b"%PDF-1.7"
        move_ledger(folder, database, Target(back), say_nothing)
    finally:
        postgresql.empty_databases()
    again = Ledger(back, a_clock, storage=files)
    assert again.clinic(LAKESIDE.id).read_document(digest)[1] == b"%PDF-1.7"
    assert not (back / "documents").exists()


def test_books_that_were_in_a_database_from_the_first_day_go_into_the_folder_of_their_documents(
    postgresql: PostgresqlOfTests, tmp_path: Path
) -> None:
    places = Places(tmp_path / "ledger", postgresql.address_of(tmp_path / "ledger"))
    clinic = places.moved().open_clinic(LAKESIDE)
    digest = clinic.keep_document(b"%PDF-1.7", "cheque.pdf", "ana").digest
    try:
        places.move_back(places.folder)
    finally:
        postgresql.empty_databases()
    assert places.files().clinic(LAKESIDE.id).read_document(digest)[1] == b"%PDF-1.7"


def test_a_server_that_ends_all_connections_during_the_move_loses_nothing(
    places: Places, postgresql: PostgresqlOfTests
) -> None:
    name = postgresql.database_of(places.folder)

    of_database = f"FROM pg_stat_activity WHERE datname = '{name}'"  # the name is the test's own

    def end_connections(sentence: str) -> None:
        if sentence.startswith("Moving the list"):
            postgresql.execute(f"SELECT pg_terminate_backend(pid) {of_database}")

    with pytest.raises(DatabaseUnreachable):
        places.move(end_connections)
    before = verified(places.files())
    places.files().close()
    assert places.move() == [True, True]
    assert verified(places.moved())["lakeside"] == before["lakeside"]


def test_a_dump_of_the_database_is_a_backup(
    places: Places, postgresql: PostgresqlOfTests, tmp_path: Path
) -> None:
    """As docs/postgresql.md says: dumped by a role that sees every row, restored into a new database, prepared again."""
    programs = programs_folder()
    assert programs
    places.move()
    there = verified(places.moved())
    name, dump = postgresql.database_of(places.folder), tmp_path / "ledger.dump"

    def run(program: str, *options: str) -> subprocess.CompletedProcess[str]:
        words = [str((programs / "initdb").resolve().parent / program), *options]
        return subprocess.run(words, capture_output=True, text=True, check=False)

    as_service = run("pg_dump", "-Fc", f"--file={dump}", f"--dbname={postgresql.address(OWNER, name)}")
    assert "row-level security" in as_service.stderr
    made = run("pg_dump", "-Fc", f"--file={dump}", f"--dbname={postgresql.address('postgres', name)}")
    assert made.returncode == 0, made.stderr
    postgresql.execute(
        f"CREATE DATABASE restored TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8' OWNER {OWNER}"
    )
    try:
        restored = run("pg_restore", f"--dbname={postgresql.address('postgres', 'restored')}", str(dump))
        assert restored.returncode == 0, restored.stderr
        address = DatabaseAddress(
            postgresql.address(SERVICE, "restored"), postgresql.address(OWNER, "restored")
        )
        assert prepare_database(address) == []
        ledger = Ledger(places.folder, a_clock, storage=Storage(address))
        assert verified(ledger) == there
        await_cheque(ledger.clinic(HARBOR.id), a_draft("Patient Two"))
        verified(ledger)
        ledger.close()
    finally:
        postgresql.execute("DROP DATABASE restored WITH (FORCE)")


# -- The files afterwards --


def test_files_that_were_moved_are_not_opened_and_say_why(places: Places) -> None:
    running = places.files()
    clinic = running.clinic(LAKESIDE.id)
    places.move()
    with pytest.raises(BooksNotOpened, match="was moved to a PostgreSQL database on 20"):
        places.files()
    with pytest.raises(BooksNotOpened, match="was moved"):
        running.clinic(LAKESIDE.id)
    with pytest.raises(BooksNotOpened, match="was moved"), clinic.transaction():
        pass
    mark = (places.folder / "moved.txt").read_text("utf-8")
    assert OWNER not in mark
    assert SERVICE not in mark


def test_a_service_that_was_not_stopped_answers_that_the_books_were_moved(places: Places) -> None:
    people = Ledger(places.folder, sign_in_rules=CHEAP).people
    token = people.programs.make(LOCAL_PERSON, "Reader", ProgramRights(Role.VIEWER, None), 30)
    with temporary_service(Settings(path=places.folder, workers=0)) as url:
        ask = partial(httpx.get, headers={"Authorization": f"Bearer {token}"}, timeout=30)
        assert ask(f"{url}/clinics/harbor/invoices").status_code == HTTPStatus.OK
        places.move()
        answer = ask(f"{url}/clinics/harbor/invoices")
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert answer.json()["code"] == "books-not-opened"
    assert "was moved to a PostgreSQL database" in answer.text


def test_a_move_given_again_says_that_everything_is_there(places: Places) -> None:
    places.move()
    there = verified(places.moved())
    assert places.move() == [True, True]
    assert verified(places.moved()) == there


def test_a_move_given_again_after_the_database_went_on_changes_nothing(places: Places) -> None:
    places.move()
    await_cheque(places.moved().clinic(HARBOR.id), a_draft("Patient Two"))
    there = verified(places.moved())
    assert places.move() == [True, True]
    assert verified(places.moved()) == there


def test_a_database_whose_books_are_files_now_records_nothing_and_says_why(
    places: Places, tmp_path: Path
) -> None:
    places.move()
    forgotten = places.moved()
    clinic = forgotten.clinic("lakeside")
    clinic.journal_head()
    places.move_back(tmp_path / "back")
    before = clinic.journal_head()
    with pytest.raises(DatabaseNotPrepared, match=r"moved to files on 20\d\d-\d\d-\d\d"):
        await_cheque(clinic, a_draft("Patient Two"))
    with pytest.raises(DatabaseNotPrepared, match="moved to files"):
        forgotten.access.record_copy(AccessEvent.BACKUP, "one")
    assert clinic.journal_head() == before
    with pytest.raises(DatabaseNotPrepared, match="moved to files"):
        places.moved()
    with pytest.raises(DatabaseNotPrepared, match="moved to files"):
        places.move_back(tmp_path / "again")
    assert not (tmp_path / "again" / "firm.db").exists()


def test_books_that_went_on_in_files_go_back_into_the_database_that_was_closed(
    places: Places, tmp_path: Path
) -> None:
    places.move()
    back = tmp_path / "back"
    places.move_back(back)
    await_cheque(Ledger(back, a_clock).clinic("harbor"), a_draft("Patient Two"))
    there = verified(Ledger(back, a_clock))
    target = Target(back, places.address)
    move_ledger(back, IN_FOLDER, target, say_nothing)
    again = Ledger(back, a_clock, storage=places.in_database)
    after = verified(again)
    assert {name: after[name] for name in ("lakeside", "harbor")} == {
        name: there[name] for name in ("lakeside", "harbor")
    }
    await_cheque(again.clinic("harbor"), a_draft("Patient Three"))


def test_moved_files_are_not_moved_to_another_database(
    places: Places, postgresql: PostgresqlOfTests, tmp_path: Path
) -> None:
    places.move()
    other = Places(places.folder, postgresql.address_of(tmp_path / "other"))
    with pytest.raises(BooksNotOpened, match="was moved"):
        other.move()


# -- Refused --


def refusal_of(act: Callable[[], object]) -> str:
    with pytest.raises(BillingError) as refused:
        act()
    return str(refused.value)


def test_a_database_that_holds_another_ledger_is_refused(places: Places) -> None:
    other = places.moved()
    other.open_clinic(Clinic("cedar", "Cedar Clinic"))
    before = verified(other)
    with pytest.raises(NotMoved, match="holds another ledger"):
        places.move()
    assert verified(other) == before
    assert places.files().clinics()


def test_a_folder_that_holds_something_else_is_refused(places: Places, tmp_path: Path) -> None:
    places.files().backup(tmp_path / "backup")
    places.move()
    for name in ("backup", "notes"):
        (tmp_path / name).mkdir(exist_ok=True)
        (tmp_path / name / "notes.txt").write_text("mine")
        before = sorted(tmp_path.joinpath(name).rglob("*"))
        with pytest.raises(NotMoved):
            places.move_back(tmp_path / name)
        assert sorted(tmp_path.joinpath(name).rglob("*")) == before
    (tmp_path / "file").write_text("mine")
    with pytest.raises(NotMoved):
        places.move_back(tmp_path / "file")
    with pytest.raises(NotMoved):
        places.move_back(places.folder)


def test_without_the_owner_or_with_that_of_another_database_nothing_is_moved(
    places: Places, postgresql: PostgresqlOfTests, tmp_path: Path
) -> None:
    service = places.address.service
    with pytest.raises(DatabaseNotPrepared, match="owner"):
        Places(places.folder, DatabaseAddress(service)).move()
    other = postgresql.address_of(tmp_path / "other").owner
    with pytest.raises(NotMoved, match="another database"):
        Places(places.folder, DatabaseAddress(service, other)).move()
    with pytest.raises(DatabaseNotPrepared, match="has not the tables"):
        Places(
            places.folder,
            DatabaseAddress(
                postgresql.address(SERVICE, "postgres"), postgresql.address("postgres", "postgres")
            ),
        ).move()
    assert places.move() == [False, False]


def test_books_that_were_changed_by_hand_are_not_moved(places: Places) -> None:
    with closing(connect_file(places.folder / "clinics" / "harbor.db")) as conn:
        conn.execute("UPDATE payer SET name = 'Another'")
        conn.execute("DELETE FROM journal_pending")
        conn.commit()
    with pytest.raises(NotMoved, match="harbor"):
        places.move()
    assert not (places.folder / "moved.txt").exists()
    assert leftovers(places.folder) == []


# -- At once --


def test_somebody_who_records_during_the_move_keeps_it_from_finishing(places: Places) -> None:
    files = places.files()

    def record(sentence: str) -> None:
        if sentence.startswith("Moving the list"):
            await_cheque(files.clinic(HARBOR.id), a_draft("Patient Two"))

    with pytest.raises(NotMoved, match="Somebody recorded in Harbor Practice"):
        places.move(record)
    before = verified(files)
    files.close()
    assert places.move() == [False, True]
    after = verified(places.moved())
    assert after[HARBOR.id] == before[HARBOR.id]


def test_a_new_clinic_during_the_move_keeps_it_from_finishing(places: Places) -> None:
    files = places.files()

    def record(sentence: str) -> None:
        if sentence.startswith("Moving Lakeside"):
            files.open_clinic(Clinic("cedar", "Cedar Clinic"))

    with pytest.raises(NotMoved, match="list of clinics"):
        places.move(record)
    assert len(places.move()) == 3


def test_two_moves_at_once_are_one(places: Places) -> None:
    refused: list[str] = []

    def move_too(_sentence: str) -> None:
        refused.append(refusal_of(places.move))

    assert places.move(move_too) == [False, False]
    assert refused
    assert all("Another move of this database is running" in one for one in refused)
    verified(places.moved())


# -- One clinic --


def test_one_clinic_is_copied_and_stays_where_it_was(places: Places, tmp_path: Path) -> None:
    target = Target(tmp_path / "other", places.address)
    with pytest.raises(UnknownClinic):
        copy_clinic(places.folder, IN_FOLDER, target, "nobody", say_nothing)
    with pytest.raises(NotMoved, match="documents in one folder"):
        copy_clinic(places.folder, IN_FOLDER, Target(places.folder, places.address), "lakeside", say_nothing)
    assert not copy_clinic(places.folder, IN_FOLDER, target, "lakeside", say_nothing).was_there
    there = Ledger(tmp_path / "other", a_clock, storage=places.in_database)
    assert [one.id for one in there.clinics()] == ["lakeside"]
    assert verified(there)["lakeside"] == verified(places.files())["lakeside"]
    assert copy_clinic(places.folder, IN_FOLDER, target, "lakeside", say_nothing).was_there
    assert not copy_clinic(places.folder, IN_FOLDER, target, "harbor", say_nothing).was_there
    await_cheque(places.files().clinic(HARBOR.id), a_draft("Patient Two"))
    with pytest.raises(NotMoved, match="other books"):
        copy_clinic(places.folder, IN_FOLDER, target, "harbor", say_nothing)
    back = Target(tmp_path / "files")
    copy_clinic(tmp_path / "other", places.in_database, back, "lakeside", say_nothing)
    assert verified(Ledger(back.folder, a_clock))["lakeside"] == verified(there)["lakeside"]
    assert leftovers(places.folder) == leftovers(back.folder) == leftovers(tmp_path / "other") == []


def test_a_copy_that_was_ended_before_the_clinic_was_listed_goes_on(places: Places, tmp_path: Path) -> None:
    there = Ledger(tmp_path / "other", a_clock, storage=places.in_database)
    file = tmp_path / "copy.db"
    here = Side(databases_of(places.folder, None), FolderPlaces(places.folder, a_clock), a_clock)
    here.clinic("lakeside").copy(file)
    Side(databases_of(tmp_path, places.address), here.places, a_clock).clinic("lakeside").move_in(file)
    assert there.clinics() == []
    copy_clinic(places.folder, IN_FOLDER, Target(tmp_path / "other", places.address), "lakeside", say_nothing)
    assert verified(there)["lakeside"]


# -- Killed --

_MOVING = ("move.py", "move_sides.py", "moved_mark.py", "row_moving.py", "row_loading.py", "clinic_copy.py")
"""The modules whose calls are counted as moments of a move."""

MOMENTS = 6
"""At how many moments, spread over a move from the first to the last, it is killed."""


def run_in_child(act: Callable[[], object], counted: Path, killed_at: int = 0) -> bool:
    """Run in a program of its own. It kills itself at a moment, or writes down how many moments there were.

    Returns whether it was killed. Two moves differ by a few moments, so the last one may not come.
    """

    def run() -> None:
        moments = 0

        def count(frame: FrameType, event: str, _arg: object) -> None:
            nonlocal moments
            if event in {"call", "return"} and frame.f_code.co_filename.endswith(_MOVING):
                moments += 1
                if moments == killed_at:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.setprofile(count)
        act()
        sys.setprofile(None)
        counted.write_text(str(moments))

    child = multiprocessing.get_context("fork").Process(target=run)
    child.start()
    child.join()
    assert child.exitcode in {-signal.SIGKILL, 0}
    return child.exitcode != 0


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("way", ["to the database", "to files", "one clinic"])
def test_a_move_killed_at_any_moment_goes_on_and_loses_nothing(
    postgresql: PostgresqlOfTests, lived_in: Path, tmp_path: Path, way: str
) -> None:
    before = verified_copy(lived_in, tmp_path / "before")

    def begin(name: str) -> tuple[Callable[[], object], Callable[[], Ledger], Places]:
        """Return what moves a new copy of the ledger, what opens it where it is then, and where both are."""
        folder, back = tmp_path / name / "ledger", tmp_path / name / "back"
        shutil.copytree(lived_in, folder)
        places = Places(folder, postgresql.address_of(folder))
        if way == "to files":
            places.move()
            places.moved().close()
            return lambda: places.move_back(back), lambda: Ledger(back, a_clock), places
        if way == "to the database":
            return places.move, places.moved, places
        target = Target(back, places.address)
        return (
            lambda: copy_clinic(folder, IN_FOLDER, target, "lakeside", say_nothing),
            lambda: Ledger(back, a_clock, storage=places.in_database),
            places,
        )

    try:
        move, opened, places = begin("counted")
        assert not run_in_child(move, tmp_path / "count")
        most = int((tmp_path / "count").read_text())
        for number in range(MOMENTS):
            moment = 1 + number * (most - 1) // (MOMENTS - 1)
            move, opened, places = begin(f"killed-{moment}")
            assert run_in_child(move, tmp_path / "count", moment) or moment == most
            if way == "to the database" and not (places.folder / "moved.txt").exists():
                assert verified(places.files())["lakeside"] == before["lakeside"], moment
                places.files().close()
            move()
            after = verified(opened())
            expected = {"lakeside"} if way == "one clinic" else {"lakeside", "harbor"}
            assert after.keys() - {""} == expected, moment
            assert all(after[name] == before[name] for name in expected), moment
            assert [one for one in leftovers(places.folder) if one.startswith("moving-")] == []
    finally:
        postgresql.empty_databases()

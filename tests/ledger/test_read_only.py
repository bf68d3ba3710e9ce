"""A ledger that can only be read is verified, shown and served where it lies, and whatever would write is refused."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import httpx
import orjson
import pytest
from typer.testing import CliRunner

from server.cli.commands import app
from server.cli.service import temporary_service
from server.errors import BackupNotMade, CopyNeeded, LedgerReadOnly, NoLedger
from server.ledger.clinic_store import ClinicStore
from server.ledger.retention import remove_expired
from server.ledger.store import Ledger
from server.ledger.verify import Verified
from server.settings import Settings
from tests.api.wire import press, problem
from tests.behind import connect_file
from tests.disks import read_only
from tests.ledger.conftest import a_clock
from tests.ledger.invoiced import a_draft, await_cheque
from tests.ledger.objects import names_in
from tests.ledger.test_retention import PERIODS
from tests.ribbon.clicks import a_click

TRUE_SENTENCE = (
    "The folder of the ledger can only be read. Nothing was written, and the books are not damaged."
)


@pytest.fixture
def number(lakeside: ClinicStore) -> str:
    """Return the number of an invoice of the ledger."""
    (number,) = await_cheque(lakeside, a_draft())
    lakeside.keep_document(b"%PDF-1.7 an invented paper", "paper.pdf", "ana")
    return number


@pytest.fixture
def backup(ledger: Ledger, number: str, tmp_path: Path) -> Iterator[Path]:  # noqa: ARG001
    """Return a backup on a share that can only be read."""
    ledger.backup(tmp_path / "backup")
    with read_only(tmp_path / "backup", tmp_path / "share") as share:
        yield share
        Ledger(share).close()


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_backup_on_a_read_only_share_is_verified_and_restored_from_where_it_lies(
    backup: Path, tmp_path: Path
) -> None:
    before = contents(backup)
    copy = Ledger.open_existing(backup)
    assert copy.is_read_only()
    assert isinstance(copy.clinic("lakeside").verify(), Verified)
    assert [entry.id for entry in Ledger(tmp_path / "other", a_clock).restore(backup)] == ["lakeside"]
    copy.backup(tmp_path / "second copy")
    assert isinstance(Ledger(tmp_path / "second copy").clinic("lakeside").verify(), Verified)
    assert contents(backup) == before


@pytest.mark.parametrize("command", ["verify", "info"])
def test_the_command_line_shows_a_ledger_that_can_only_be_read(backup: Path, command: str) -> None:
    said = CliRunner().invoke(app, ["ledger", command, "--ledger", str(backup)])
    assert said.exit_code == 0
    assert "lakeside" in said.output


def test_nothing_is_written_to_it_and_the_sentence_is_true(backup: Path, number: str, tmp_path: Path) -> None:
    Ledger(tmp_path / "backup", lambda: a_clock() - timedelta(days=9)).outputs.keep(
        "lakeside", b"past its day"
    )
    copy = Ledger(backup, a_clock)
    store = copy.clinic("lakeside")
    for write in (
        lambda: store.transaction().__enter__(),
        lambda: store.keep_document(b"%PDF-1.7 another", "paper.pdf", "ana"),
        lambda: copy.outputs.keep("lakeside", b"workbook"),
        lambda: copy.tokens.give("office"),
    ):
        with pytest.raises(LedgerReadOnly, match=TRUE_SENTENCE):
            write()
    remove_expired(copy, PERIODS)  # has nothing to do
    with store.reading() as books:
        assert books.invoices.get(number).number == number
    with pytest.raises(BackupNotMade, match="can only be read"):
        copy.backup(backup / "inside")


@pytest.mark.sqlite("a folder without a file")
def test_an_empty_folder_that_can_only_be_read_holds_no_ledger(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with read_only(tmp_path / "empty", tmp_path / "share") as share:
        with pytest.raises(NoLedger):
            Ledger.open_existing(share)
        with pytest.raises(LedgerReadOnly):
            Ledger(share)


def test_it_is_served_every_reading_works_and_every_writing_is_refused(backup: Path, number: str) -> None:
    with (
        temporary_service(Settings(path=backup, workers=0)) as url,
        httpx.Client(base_url=url, trust_env=False) as http,
    ):
        for path in ("/health", "/clinics", "/clinics/lakeside/providers", "/clinics/lakeside/pay-runs"):
            assert http.get(path).status_code == httpx.codes.OK
        clinic = "/clinics/lakeside"
        (document,) = names_in(backup / "documents", backup)
        for path in ("/invoices", f"/invoices/{number}", f"/invoices/{number}/steps", "/cases"):
            assert http.get(clinic + path).status_code == httpx.codes.OK
        assert http.get(f"{clinic}/documents/{document}").content == b"%PDF-1.7 an invented paper"

        step = {"request_id": "step-1", "action": "note", "note": "called", "version": 3}
        paper = {"content-type": "application/octet-stream"}
        for refused in (
            http.post(f"{clinic}/invoices/{number}/steps", json=step),
            http.post(f"{clinic}/documents", content=b"%PDF-1.7 more", headers=paper),
            press(http, "clinic.open", a_click()),
        ):
            assert (refused.status_code, problem(refused)["code"]) == (409, "ledger-read-only")
            assert problem(refused)["detail"] == TRUE_SENTENCE


@pytest.mark.sqlite("a file that is protected")
def test_a_ledger_protected_under_a_running_service_is_still_read(ledger: Ledger, number: str) -> None:
    """The folder is written to, then protected, while the service goes on: no answer is a bug."""
    with (
        temporary_service(Settings(path=ledger.folder, workers=0)) as url,
        httpx.Client(base_url=url, trust_env=False) as http,
    ):
        assert http.get(f"/clinics/lakeside/invoices/{number}").status_code == httpx.codes.OK
        ledger.close()
        with read_only(ledger.folder, ledger.folder):
            for _ in range(3):
                assert http.get(f"/clinics/lakeside/invoices/{number}").status_code == httpx.codes.OK
                refused = press(http, "clinic.open", a_click())
                assert (refused.status_code, problem(refused)["code"]) == (409, "ledger-read-only")
            ledger.close()
        assert press(http, "clinic.open", a_click()).status_code == httpx.codes.OK


@pytest.mark.sqlite("the log beside a file")
def test_a_snapshot_of_a_ledger_in_use_shows_its_latest_steps(
    ledger: Ledger, lakeside: ClinicStore, number: str, tmp_path: Path
) -> None:
    """The log and the shared memory of SQLite lie beside the file, and hold what the file does not."""
    held = connect_file(ledger.folder / "clinics" / "lakeside.db")
    held.execute("BEGIN").execute(
        "SELECT COUNT(*) FROM step"
    ).fetchone()  # keeps SQLite from emptying its log
    with lakeside.transaction() as books:
        books.log_access("ana", "the latest", "")
    shutil.copytree(ledger.folder, tmp_path / "snapshot")
    held.close()
    with read_only(tmp_path / "snapshot", tmp_path / "share") as share:
        copy = Ledger(share).clinic("lakeside")
        with copy.reading() as books:
            assert books._session.value("SELECT what FROM access ORDER BY id DESC") == "the latest"  # noqa: SLF001
            assert books.invoices.get(number).number == number
        Ledger(share).close()


def test_what_others_write_to_a_shared_folder_is_seen_by_a_computer_that_can_only_read_it(
    backup: Path, tmp_path: Path
) -> None:
    """The file was opened as one that nobody writes to. It must not be taken for that again."""
    shared = Ledger(backup).clinic("lakeside")
    with shared.reading():
        pass
    with Ledger(tmp_path / "backup", a_clock).clinic("lakeside").transaction() as books:
        books.log_access("ana", "from elsewhere", "")
    with shared.reading() as books:
        assert books._session.value("SELECT what FROM access ORDER BY id DESC") == "from elsewhere"  # noqa: SLF001


@pytest.mark.sqlite("the log beside a file")
def test_a_log_that_cannot_be_read_is_not_passed_over(
    ledger: Ledger, lakeside: ClinicStore, number: str, tmp_path: Path
) -> None:
    """Without it the latest steps would be missing, and nobody would notice."""
    assert number
    held = connect_file(ledger.folder / "clinics" / "lakeside.db")
    held.execute("BEGIN").execute("SELECT COUNT(*) FROM step").fetchone()
    with lakeside.transaction() as books:
        books.log_access("ana", "the latest", "")
    shutil.copytree(ledger.folder, tmp_path / "copy", ignore=shutil.ignore_patterns("*-shm"))
    held.close()
    with (
        read_only(tmp_path / "copy", tmp_path / "share") as share,
        pytest.raises(CopyNeeded, match="is not damaged"),
        Ledger(share).clinic("lakeside").reading(),
    ):
        pass


def test_an_older_backup_says_that_a_copy_is_needed(backup: Path, tmp_path: Path) -> None:
    shutil.copytree(backup, tmp_path / "older")
    with closing(connect_file(tmp_path / "older" / "firm.db")) as db:
        db.execute("DELETE FROM _sqlite_migrations WHERE name LIKE '0002%'")
        db.execute("DROP TABLE token")
    with read_only(tmp_path / "older", tmp_path / "older share") as share:
        said = CliRunner().invoke(app, ["ledger", "verify", "--json", "--ledger", str(share)])
    told = orjson.loads(said.output)
    assert told["code"] == "copy-needed"
    assert "not damaged" in told["detail"]

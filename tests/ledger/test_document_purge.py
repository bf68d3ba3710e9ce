"""Documents that were uploaded and never attached are removed after a day; an attached one never is, nor one about to be."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from server.billing.invoices.invoice import Action, ActionRequest
from server.billing.invoices.step_batches import Asked, decide_all
from server.billing.people import Role
from server.errors import UnknownDocument
from server.ledger.clinic_store import ClinicStore
from server.ledger.document_files import Document, DocumentFiles
from server.ledger.engine.postgresql.database import PostgresqlDatabase
from server.ledger.engine.sqlite.database_file import SqliteFile
from server.ledger.retention import RetentionPeriods, remove_expired
from server.ledger.store import Ledger
from server.ledger.verify import Verified
from server.storage import Storage
from tests.ledger.conftest import a_clock
from tests.ledger.invoiced import TODAY, created, take
from tests.ledger.objects import IN_FOLDER_AND_BUCKET, Objects
from tests.ledger.refused import RULE_BROKEN

Raw = Callable[[str], list[tuple[object, ...]]]

pytestmark = IN_FOLDER_AND_BUCKET

PERIODS = RetentionPeriods(answers=timedelta(days=30), documents=timedelta(days=1))
FAR_AHEAD = datetime(2999, 1, 1, tzinfo=UTC)
"""Every document was recorded before: a purge that leaves no time at all."""


@pytest.fixture
def rounds(*, is_postgresql: bool) -> int:
    """Return how many races to run. On PostgreSQL each takes ten times as long: verifying alone is a hundred statements."""
    return 25 if is_postgresql else 150


def a_paper(number: int) -> bytes:
    return b"%PDF-1.7 an invented paper " + str(number).encode()


def keep(lakeside: ClinicStore, number: int = 0) -> str:
    return lakeside.keep_document(a_paper(number), "paper.pdf", "ana").digest


def later(objects: Objects, days: float) -> Ledger:
    return Ledger(
        objects.folder, lambda: a_clock() + timedelta(days=days), storage=Storage(bucket=objects.bucket)
    )


def attach(lakeside: ClinicStore, invoice: str, digest: str) -> None:
    """Attach a kept document as the operation does: looked up and named in one transaction."""
    request = ActionRequest(invoice, Action.ATTACH, Role.MANAGER, document=digest)
    with lakeside.transaction() as books:
        books.documents.get(digest)
        invoices = books.invoices.with_numbers([invoice])
        decided = decide_all([Asked(1, request)], invoices, TODAY, books.invoices.cheques_known(())).decided
        books.invoices.record(list(decided.values()), "click", "ana")


def test_a_document_nobody_attached_is_removed_after_its_day_and_not_before(
    lakeside: ClinicStore, objects: Objects, raw: Raw
) -> None:
    digest = keep(lakeside)

    remove_expired(later(objects, 0.9), PERIODS)
    assert objects.documents() == {digest}
    assert lakeside.read_document(digest)[1] == a_paper(0)

    remove_expired(later(objects, 1.1), PERIODS)
    assert raw("SELECT * FROM document") == []
    assert objects.documents() == set()
    with pytest.raises(UnknownDocument):
        lakeside.read_document(digest)


def test_an_attached_document_is_kept_for_good(lakeside: ClinicStore, objects: Objects) -> None:
    attached, alone = keep(lakeside, 1), keep(lakeside, 2)
    take(lakeside, Action.ATTACH, created(lakeside), document=attached)

    remove_expired(later(objects, 4000), PERIODS)

    assert objects.documents() == {attached}
    assert isinstance(lakeside.verify(), Verified)
    with pytest.raises(UnknownDocument):
        lakeside.read_document(alone)


def test_a_document_uploaded_again_has_its_day_again(lakeside: ClinicStore, objects: Objects) -> None:
    keep(lakeside)
    digest = keep(later(objects, 0.8).clinic("lakeside"))

    remove_expired(later(objects, 1.5), PERIODS)

    assert lakeside.read_document(digest)[1] == a_paper(0)


def test_the_books_themselves_refuse_to_lose_an_attached_document(lakeside: ClinicStore, raw: Raw) -> None:
    attached, alone = keep(lakeside, 1), keep(lakeside, 2)
    take(lakeside, Action.ATTACH, created(lakeside), document=attached)

    with pytest.raises(RULE_BROKEN, match="never deleted"):
        raw(f"DELETE FROM document WHERE digest = '{attached}'")  # noqa: S608
    raw(f"DELETE FROM document WHERE digest = '{alone}'")  # noqa: S608


def test_a_file_whose_row_was_never_written_is_removed_too(lakeside: ClinicStore, objects: Objects) -> None:
    kept = keep(lakeside)
    take(lakeside, Action.ATTACH, created(lakeside), document=kept)
    objects.change("0" * 64, b"left behind")
    if not objects.bucket:  # a bucket has nothing unfinished
        objects.path_of("0" * 64).with_name("0123456789abcdef.part").write_bytes(b"left")

    lakeside.purge_documents(FAR_AHEAD)

    assert objects.documents() == {kept}


@pytest.mark.many_rounds
def test_a_document_attached_at_the_moment_of_a_purge_is_never_lost(
    lakeside: ClinicStore, objects: Objects, rounds: int, record_property: Callable[[str, object], None]
) -> None:
    """Whoever attaches wins, or is told that the document is gone and sends it again; it is never half there."""
    (invoice,) = created(lakeside)
    outcomes = {"attached": 0, "sent again": 0}
    barrier = Barrier(2)

    def purge(_: int) -> None:
        barrier.wait()
        lakeside.purge_documents(FAR_AHEAD)

    def send_and_attach(number: int) -> str:
        digest = keep(lakeside, number)
        barrier.wait()
        try:
            attach(lakeside, invoice, digest)
        except UnknownDocument:
            outcomes["sent again"] += 1
            return digest
        outcomes["attached"] += 1
        assert lakeside.read_document(digest)[1] == a_paper(number)
        return digest

    with ThreadPoolExecutor(2) as pool:
        for number in range(rounds):
            purged = pool.submit(purge, number)
            pool.submit(send_and_attach, number).result()
            purged.result()

    assert isinstance(lakeside.verify(), Verified)
    assert sum(outcomes.values()) == rounds
    lakeside.purge_documents(FAR_AHEAD)
    assert len(objects.documents()) == outcomes["attached"]
    record_property("Races of a purge with a paper being attached", rounds)


@pytest.mark.many_rounds
def test_a_document_sent_again_during_a_purge_has_its_file(
    lakeside: ClinicStore, rounds: int, record_property: Callable[[str, object], None]
) -> None:
    """Its row and its file are removed, and the same bytes are kept again, in any order."""
    with ThreadPoolExecutor(3) as pool:
        for _ in range(rounds):
            keep(lakeside)
            purged = pool.submit(lakeside.purge_documents, FAR_AHEAD)
            kept = [pool.submit(keep, lakeside) for _ in range(2)]
            purged.result()
            assert len({one.result() for one in kept}) == 1
            assert isinstance(lakeside.verify(), Verified)
    record_property("Races of a purge with a paper being sent again", rounds)


def test_a_document_whose_file_is_removed_before_its_row_is_written_gets_its_file_back(
    lakeside: ClinicStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one moment that threads rarely hit: the file is found there, then purged, then the row is written."""
    write = DocumentFiles.write

    def written_then_purged(files: DocumentFiles, data: bytes, name: str) -> Document:
        written = write(files, data, name)
        monkeypatch.setattr(DocumentFiles, "write", write)
        lakeside.purge_documents(FAR_AHEAD)
        return written

    keep(lakeside)
    monkeypatch.setattr(DocumentFiles, "write", written_then_purged)

    assert lakeside.read_document(keep(lakeside))[1] == a_paper(0)


@pytest.mark.many_rounds
def test_a_backup_made_during_purges_is_whole(
    lakeside: ClinicStore, ledger: Ledger, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    for number in range(12):
        for paper in range(8):
            keep(lakeside, paper)
        with ThreadPoolExecutor(2) as pool:
            backed_up = pool.submit(ledger.backup, tmp_path / f"backup-{number}")
            pool.submit(lakeside.purge_documents, FAR_AHEAD).result()
            backed_up.result()
        assert isinstance(Ledger(tmp_path / f"backup-{number}").clinic("lakeside").verify(), Verified)
        record_property("Backups made during a purge", 1)


@pytest.mark.parametrize("moment", ["before the books", "after the books"])
def test_a_backup_is_whole_if_papers_come_and_go_just_before_or_after_its_books_are_copied(
    lakeside: ClinicStore,
    ledger: Ledger,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    moment: str,
    *,
    is_postgresql: bool,
) -> None:
    """The two moments that threads rarely hit."""
    engine = PostgresqlDatabase if is_postgresql else SqliteFile
    copy = engine.copy

    def copied_as_papers_change(database: Any, target: Path) -> None:  # noqa: ANN401 - of either engine
        is_clinic = "lakeside" in database.name
        if is_clinic and moment == "before the books":
            keep(lakeside, 2)
        copy(database, target)
        if is_clinic and moment == "after the books":
            lakeside.purge_documents(FAR_AHEAD)

    keep(lakeside, 1)
    monkeypatch.setattr(engine, "copy", copied_as_papers_change)
    ledger.backup(tmp_path / "backup")
    assert isinstance(Ledger(tmp_path / "backup").clinic("lakeside").verify(), Verified)

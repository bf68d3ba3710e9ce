"""Papers attached to invoices."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from server.errors import DiskFull, DocumentUnusable, UnknownDocument
from server.ledger.clinic_store import ClinicStore
from server.ledger.document_files import LARGEST
from server.ledger.verify import FirstBadRow, Verified
from tests.ledger.objects import IN_FOLDER_AND_BUCKET, Objects

Raw = Callable[[str], list[tuple[object, ...]]]

PDF = b"%PDF-1.7 an invented cheque"


def keep(lakeside: ClinicStore, data: bytes, name: str = "cheque.pdf") -> str:
    return lakeside.keep_document(data, name, "ana").digest


@IN_FOLDER_AND_BUCKET
@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (PDF, "application/pdf"),
        (b"\x89PNG\r\n\x1a\n...", "image/png"),
        (b"\xff\xd8\xff\xe0...", "image/jpeg"),
        (b"II*\x00...", "image/tiff"),
        (b"MM\x00*...", "image/tiff"),
        ("Called the payer: “no”.\r\n".encode(), "text/plain"),
    ],
)
def test_a_document_is_what_its_bytes_say_whatever_it_is_called(
    lakeside: ClinicStore, data: bytes, media_type: str
) -> None:
    digest = keep(lakeside, data, r"../../somewhere/page.html")

    kept, content = lakeside.read_document(digest)
    assert content == data
    assert (kept.media_type, kept.size, kept.file_name) == (media_type, len(data), "page.html")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"%PDF-" + bytes(LARGEST),
        b"MZ\x90\x00",
        b"PK\x03\x04",
        b"<html><script>alert(1)</script>",
        b"\xef\xbb\xbf  <svg/>",
        b"text with \x00",
        b"\xff\xfe",
    ],
    ids=lambda data: repr(data[:8]),
)
@IN_FOLDER_AND_BUCKET
def test_what_is_not_kept_is_refused(lakeside: ClinicStore, raw: Raw, data: bytes, objects: Objects) -> None:
    with pytest.raises(DocumentUnusable):
        keep(lakeside, data)
    assert raw("SELECT COUNT(*) FROM document") == [(0,)]
    assert objects.documents() == set()
    assert not (objects.folder / "documents").exists()


@IN_FOLDER_AND_BUCKET
def test_the_same_paper_twice_is_one_document(lakeside: ClinicStore, objects: Objects) -> None:
    digest = keep(lakeside, PDF)
    assert keep(lakeside, PDF, "again.pdf") == digest
    assert objects.documents() == {digest}


@pytest.mark.parametrize("name", ["", "/", "..", "a/..", "C:"])
def test_a_document_that_came_without_a_name_has_one(lakeside: ClinicStore, name: str) -> None:
    assert lakeside.keep_document(PDF, name, "ana").file_name == "document"


@IN_FOLDER_AND_BUCKET
def test_a_damaged_paper_sent_again_is_whole_again(lakeside: ClinicStore, objects: Objects) -> None:
    digest = keep(lakeside, PDF)
    objects.change(digest, PDF[::-1])

    keep(lakeside, PDF)

    assert isinstance(lakeside.verify(), Verified)


def test_a_full_disk_leaves_nothing_of_a_paper(
    lakeside: ClinicStore, folder: Path, raw: Raw, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFull):
        keep(lakeside, PDF)

    assert [path for path in (folder / "documents").rglob("*") if path.is_file()] == []
    assert raw("SELECT COUNT(*) FROM document") == [(0,)]


def test_nobody_waits_for_a_paper_to_be_written(
    lakeside: ClinicStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced = os.fsync

    def written_meanwhile(descriptor: int) -> None:
        with lakeside.transaction() as books:
            books.log_access("ben", "looked", "")
        synced(descriptor)

    monkeypatch.setattr(os, "fsync", written_meanwhile)
    assert keep(lakeside, PDF)


@IN_FOLDER_AND_BUCKET
def test_a_document_nobody_kept_is_refused(lakeside: ClinicStore) -> None:
    for digest in ("0" * 64, "", "../../firm.db"):
        with pytest.raises(UnknownDocument):
            lakeside.read_document(digest)


@IN_FOLDER_AND_BUCKET
@pytest.mark.parametrize(
    "harm", [Objects.lose, lambda objects, digest: objects.change(digest, b"%PDF-1.7 another cheque")]
)
def test_a_document_that_was_lost_or_changed_is_found(
    lakeside: ClinicStore, objects: Objects, harm: Callable[[Objects, str], object]
) -> None:
    digest = keep(lakeside, PDF)
    assert isinstance(lakeside.verify(), Verified)
    harm(objects, digest)

    bad = lakeside.verify()
    assert isinstance(bad, FirstBadRow)
    assert (bad.table, bad.row) == ("document", digest)
    with pytest.raises(UnknownDocument):
        lakeside.read_document(digest)

"""The zip a workbook is: read back by Python's own, whatever the length of its parts."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from server.sheets.xlsx.workbook_builder import Page, WorkbookBuilder
from server.sheets.xlsx.zip_package import AHEAD, BLOCK, zip_parts

PIECE = bytes(range(256)) * 64


def in_pieces(size: int) -> Iterator[bytes]:
    for start in range(0, size, len(PIECE)):
        yield PIECE[: size - start]


@pytest.mark.parametrize("size", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, (AHEAD + 4) * BLOCK])
def test_a_part_is_read_back_as_it_was_put_in_however_long(size: int) -> None:
    book = ZipFile(BytesIO(zip_parts([("before", [b"<a/>"]), ("rows", in_pieces(size)), ("behind", [])])))

    assert book.testzip() is None
    assert book.read("rows") == b"".join(in_pieces(size))
    assert (book.read("before"), book.read("behind")) == (b"<a/>", b"")
    assert {part.compress_type for part in book.infolist()} == {ZIP_DEFLATED}


def test_how_a_part_comes_in_pieces_does_not_show() -> None:
    assert zip_parts([("rows", in_pieces(BLOCK // 2))]) == zip_parts(
        [("rows", [b"".join(in_pieces(BLOCK // 2))])]
    )


def test_the_same_parts_are_the_same_bytes() -> None:
    once, again = (zip_parts([("rows", in_pieces(3 * BLOCK))]) for _ in range(2))
    assert once == again


def test_rows_that_cannot_be_written_leave_no_workbook() -> None:
    def rows() -> Iterator[bytes]:
        yield from in_pieces(2 * BLOCK)
        raise ArithmeticError

    with pytest.raises(ArithmeticError):
        zip_parts([("rows", rows())])


def test_a_workbook_is_made_without_any_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A temporary file would stay on the disk if the program is killed: readable, beside an encrypted ledger."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "no such folder"))
    book = WorkbookBuilder("statement", "Lakeside Clinic", "invented")
    book.add("Statement", Page([10], "Orla Quill"), [])

    assert book.to_bytes()
    assert list(book.plain_parts())

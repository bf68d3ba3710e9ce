"""Files of books that are really damaged: they open, and something further in is not what was written."""

from contextlib import closing
from pathlib import Path

from tests.behind import connect_file


def overwrite_table(file: Path, table: str) -> None:
    """Overwrite the first page of a table, in the middle of the file. No program has the file open."""
    with closing(connect_file(file)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        ((page,),) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", [table])
        size = int(*db.execute("PRAGMA page_size").fetchone())
    with file.open("r+b") as written:
        written.seek((page - 1) * size)
        written.write(b"\xa5" * size)


def overwrite_text(file: Path, text: bytes, by: bytes) -> None:
    """Overwrite a text by another one of the same length wherever the file has it. No program has the file open."""
    assert len(text) == len(by)
    with closing(connect_file(file)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = file.read_bytes()
    assert text in data
    file.write_bytes(data.replace(text, by))

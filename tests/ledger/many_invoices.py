"""Many invoices at once, copied by SQL from the first one: for files that must be long."""

from pathlib import Path

from tests.behind import open_books

COPIED = {
    "invoice": {
        "id": "value",
        "number": "'INV-' || substr(CAST(1000000 + value AS TEXT), 2)",
        "version": "1",
        "lined": "1",
        "standing": "'[]'",
    },
    "step": {"id": "1000000 + value", "invoice": "value", "previous": "hash"},
}
"""The columns in which a copy differs from the first row, by table."""


def fill_books(folder: Path, count: int, clinic: str = "lakeside") -> None:
    """Have ``count`` invoices in a clinic's books, each with the step that created it, copied from the first invoice.

    They are for reading only: their steps have no hashes of their own. ``count`` is less than a million.
    """
    with open_books(folder, clinic) as books, books.without_triggers():
        ((last,),) = books("SELECT MAX(id) FROM invoice")
        numbers = f"WITH RECURSIVE n (value) AS (SELECT {last + 1} UNION ALL SELECT value + 1 FROM n WHERE value < {count})"  # noqa: S608
        for table, changed in COPIED.items():
            columns = books.columns()[table]
            copied = ", ".join(changed.get(name, f"{table}.{name}") for name in columns)
            books(
                f"INSERT INTO {table} ({', '.join(columns)}) {numbers}"  # noqa: S608
                f" SELECT {copied} FROM n, {table} WHERE {table}.id = 1"
            )

"""SQL that a list of columns is written into."""

from functools import cache

EVERY_ROW = 2**62
"""A limit beyond any table."""

_INSERT = "INSERT INTO {table} ({columns}) VALUES ({values})"
_UPDATE = "UPDATE {table} SET {columns} = ? WHERE id = ?"


@cache
def insert(table: str, columns: tuple[str, ...]) -> str:
    """Return the statement that adds a row: a parameter for each column."""
    return _INSERT.format(table=table, columns=", ".join(columns), values=", ".join("?" * len(columns)))


@cache
def update(table: str, columns: tuple[str, ...]) -> str:
    """Return the statement that changes a row: a parameter for each column, then the row's id."""
    return _UPDATE.format(table=table, columns=" = ?, ".join(columns))


def fill_in(statement: str, **parts: str) -> str:
    """Return a statement with SQL in its named places: tables, conditions, expressions. Never a value from outside."""
    return statement.format(**parts)

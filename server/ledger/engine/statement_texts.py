"""SQL statements built from lists of columns.

A number of rows is a parameter of ``LIMIT CAST(? AS BIGINT)``. SQLite 3.53 looks at the number of a plain ``LIMIT ?`` while it plans,
and so compiles the statement again each time; for an invoice with its names that took longer than to read it.
"""

from collections.abc import Sequence
from functools import cache

EVERY_ROW = 2**62
"""A LIMIT larger than any table."""

_INSERT = "INSERT INTO {table} ({columns}) VALUES ({values})"
_AFTER_ROW = "({own}) {compares} (SELECT {columns} FROM {table} AS last WHERE last.{key} = ?)"
_UPDATE = "UPDATE {table} SET {columns} = ? WHERE id = ?"


@cache
def insert(table: str, columns: tuple[str, ...]) -> str:
    """Return the statement that inserts a row: one parameter for each column."""
    return _INSERT.format(table=table, columns=", ".join(columns), values=", ".join("?" * len(columns)))


@cache
def update(table: str, columns: tuple[str, ...]) -> str:
    """Return the statement that updates a row: one parameter for each column, then the row's id."""
    return _UPDATE.format(table=table, columns=" = ?, ".join(columns))


def in_order(table: str, columns: Sequence[str], *, is_descending: bool) -> str:
    """Return what follows ORDER BY for a list that is sorted by columns of a table."""
    return ", ".join(f"{table}.{column}{' DESC' if is_descending else ''}" for column in columns)


def after_row(table: str, columns: Sequence[str], key: str, *, is_descending: bool) -> str:
    """Return the condition that a row follows the one with a key in that order. The last column tells all rows apart."""
    own = ", ".join(f"{table}.{column}" for column in columns)
    compares = "<" if is_descending else ">"
    return _AFTER_ROW.format(own=own, compares=compares, columns=", ".join(columns), table=table, key=key)


def fill_in(statement: str, **parts: str) -> str:
    """Return a statement with SQL put in its named places: tables, conditions, expressions. Never put user input there."""
    return statement.format(**parts)

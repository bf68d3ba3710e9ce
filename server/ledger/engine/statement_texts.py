"""SQL statements built from lists of columns."""

from functools import cache

EVERY_ROW = 2**62
"""A LIMIT larger than any table."""

_INSERT = "INSERT INTO {table} ({columns}) VALUES ({values})"
_UPDATE = "UPDATE {table} SET {columns} = ? WHERE id = ?"


@cache
def insert(table: str, columns: tuple[str, ...]) -> str:
    """Return the statement that inserts a row: one parameter for each column."""
    return _INSERT.format(table=table, columns=", ".join(columns), values=", ".join("?" * len(columns)))


@cache
def update(table: str, columns: tuple[str, ...]) -> str:
    """Return the statement that updates a row: one parameter for each column, then the row's id."""
    return _UPDATE.format(table=table, columns=" = ?, ".join(columns))


def fill_in(statement: str, **parts: str) -> str:
    """Return a statement with SQL put in its named places: tables, conditions, expressions. Never put user input there."""
    return statement.format(**parts)

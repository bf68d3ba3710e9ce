"""SQL that a list of columns is written into."""

EVERY_ROW = 2**62
"""A limit beyond any table."""

_INSERT = "INSERT INTO {table} ({columns}) VALUES ({values})"
_UPDATE = "UPDATE {table} SET {columns} = ? WHERE id = ?"


def insert(table: str, columns: tuple[str, ...]) -> str:
    """Return the statement that adds a row: a parameter for each column."""
    return _INSERT.format(table=table, columns=", ".join(columns), values=", ".join("?" * len(columns)))


def update(table: str, columns: tuple[str, ...]) -> str:
    """Return the statement that changes a row: a parameter for each column, then the row's id."""
    return _UPDATE.format(table=table, columns=" = ?, ".join(columns))

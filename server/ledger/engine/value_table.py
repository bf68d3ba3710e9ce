"""Rows of values as a table that a statement can join, passed as one parameter for any number of rows: a JSON text."""

from collections.abc import Collection, Iterable

import orjson


class ValueTable:
    """A table of values with named columns.

    ``sql`` goes after FROM or JOIN in a statement, and takes one parameter: what ``rows`` returns. ``numbers`` are the
    columns that hold whole numbers; the others hold texts.
    """

    def __init__(self, name: str, *columns: str, numbers: Collection[str] = ()) -> None:
        self._columns = columns
        values = ["value"] if len(columns) == 1 else [f"value ->> {place}" for place in range(len(columns))]
        values = [
            f"CAST({value} AS INTEGER)" if column in numbers else value
            for value, column in zip(values, columns, strict=True)
        ]
        listed = ", ".join(f"{value} AS {column}" for value, column in zip(values, columns, strict=True))
        self.sql = _ROWS.format(values=listed, name=name)

    def rows(self, rows: Iterable[Collection[object]]) -> str:
        """Return the parameter for rows of texts, whole numbers or None, in the order of the columns."""
        listed = list(rows)
        if any(len(row) != len(self._columns) for row in listed):
            message = f"each row needs {len(self._columns)} values"
            raise ValueError(message)
        return _json_text([value for (value,) in listed] if len(self._columns) == 1 else listed)

    def values(self, values: Iterable[object]) -> str:
        """Return the parameter for a table with one column."""
        (_,) = self._columns
        return _json_text(list(values))


_ROWS = "(SELECT {values} FROM json_each(?)) AS {name}"


def _json_text(values: list[object] | list[Collection[object]]) -> str:
    return orjson.dumps(values).decode()

"""Expressions over columns that hold JSON, where the engines' dialects differ."""

_LISTS = "EXISTS (SELECT 1 FROM json_each({column}) AS listed WHERE listed.value = {value})"
_ROWS_AS_LISTS = "(SELECT json_group_array(json_array({columns})) FROM ({source}))"
_MEMBER = "{column} ->> '{key}'"


def list_contains(column: str, value: str) -> str:
    """Return the condition that a column's JSON list has a value among its members."""
    return _LISTS.format(column=column, value=value)


def rows_as_json(source: str, *columns: str) -> str:
    """Return the expression that makes one JSON text of the rows of a query: a list of a list for each row."""
    return _ROWS_AS_LISTS.format(columns=", ".join(columns), source=source)


def member_text(column: str, key: str) -> str:
    """Return the expression for what a column's JSON object has under a key, NULL if nothing."""
    return _MEMBER.format(column=column, key=key)

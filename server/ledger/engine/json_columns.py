"""SQL expressions over columns that hold JSON. Databases differ in how they write these."""

_LISTS = "EXISTS (SELECT 1 FROM json_each({column}) AS listed WHERE listed.value = {value})"
_ROWS_AS_LISTS = "(SELECT json_group_array(json_array({columns})) FROM ({source}) AS listed)"
_OBJECTS_AS_LIST = "(SELECT '[' || group_concat({column}) || ']' FROM ({source}) AS listed)"
_ROWS_OF = "json_each({column}) AS {name}"
_MEMBER = "{column} ->> '{key}'"
_MEMBER_OF_VALID = "CASE WHEN json_valid({column}) THEN {column} ->> '{key}' END"


def list_contains(column: str, value: str) -> str:
    """Return the condition that a column's JSON list contains a value."""
    return _LISTS.format(column=column, value=value)


def rows_as_json(source: str, *columns: str) -> str:
    """Return the expression for the rows of a query as one JSON text: a list with one list for each row."""
    return _ROWS_AS_LISTS.format(columns=", ".join(columns), source=source)


def objects_as_list(source: str, column: str) -> str:
    """Return the expression for the JSON objects in a column of a query as one JSON text: a list, in the query's order, NULL if it has no row."""
    return _OBJECTS_AS_LIST.format(column=column, source=source)


def rows_of_list(column: str, name: str) -> str:
    """Return the table of the values in a column's JSON list, in a column ``value``. It goes after FROM."""
    return _ROWS_OF.format(column=column, name=name)


def member_text(column: str, key: str) -> str:
    """Return the expression for the value of a key in a column's JSON object, NULL if it has none."""
    return _MEMBER.format(column=column, key=key)


def member_of_valid_text(column: str, key: str) -> str:
    """Return the expression for ``member_text``, which is NULL where the column's text is no JSON."""
    return _MEMBER_OF_VALID.format(column=column, key=key)


def member_of_valid_number(column: str, key: str) -> str:
    """Return the expression for ``member_of_valid_text`` as a whole number."""
    return f"CAST({member_of_valid_text(column, key)} AS INTEGER)"

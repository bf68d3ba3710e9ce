"""The ledger's statements as PostgreSQL reads them.

They are written once, as SQLite reads them. What differs is little: the sign for a parameter, the word ``user``, casts,
and the expressions over JSON and days that ``json_columns``, ``day_columns`` and ``ValueTable`` write. A statement that
needs more than this fails in the tests, which run on both engines.
"""

import re
from functools import lru_cache

_COLUMN = r"\w+(?:\.\w+)?"

_EXPRESSIONS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        # ValueTable. OFFSET 0 has the values computed first: under a policy no index is looked up by an expression that may fail.
        (
            r"\(SELECT (value|CAST\(value AS INTEGER\)) AS (\w+) FROM json_each\(\?\)\)",
            r"(SELECT \1 AS \2 FROM json_array_elements_text(?::json) AS value OFFSET 0)",
        ),
        (r"\bFROM json_each\(\?\)\)", r"FROM json_array_elements(?::json) AS value OFFSET 0)"),
        # json_columns
        (
            rf"EXISTS \(SELECT 1 FROM json_each\(({_COLUMN})\) AS listed WHERE listed\.value = ({_COLUMN})\)",  # noqa: S608 - a pattern
            r"ledger.list_contains(\1, \2::text)",
        ),
        (rf"json_each\(({_COLUMN})\) AS (\w+)", r"ledger.numbers_of(\1) AS \2"),
        (
            r"json_group_array\(json_array\(([^()]*)\)\)",
            r"COALESCE(json_agg(json_build_array(\1)), '[]')::text",
        ),
        (r"group_concat\((\w+)\)", r"string_agg(\1, ',')"),
        (
            rf"CASE WHEN json_valid\(({_COLUMN})\) THEN \1 ->> ('\w+') END",
            r"ledger.member_of_valid_text(\1, \2)",
        ),
        (rf"(?<!value )({_COLUMN}) ->> ('\w+')", r"ledger.member_text(\1, \2)"),
        # day_columns
        (
            rf"CAST\(julianday\(({_COLUMN}|\?)\) - julianday\(({_COLUMN}|\?)\) AS INTEGER\)",
            r"(\1::date - \2::date)",
        ),
        # Everywhere. SQLite takes CROSS JOIN as the order in which to join.
        (r"CROSS JOIN (\w+(?: AS \w+)?) ON\b", r"JOIN \1 ON"),
        (r"\bx'([0-9a-fA-F]*)'", r"'\\x\1'::bytea"),
        (rf"({_COLUMN}) COLLATE NOCASE", r"LOWER(\1)"),
        (r"\bAS INTEGER\)", "AS BIGINT)"),
    )
)
_CONFLICT = re.compile(r"\bON CONFLICT \(")
_WORDS = re.compile(r"""'(?:[^']|'')*'|"[^"]*"|\?|%|\buser\b""")
_NAMED = {"?": "%s", "%": "%%", "user": '"user"'}


@lru_cache(maxsize=4096)
def translate(statement: str, *, of_clinic: bool) -> bytes:
    """Return a statement as PostgreSQL reads it. The keys of a clinic's tables begin with the clinic."""
    for pattern, replacement in _EXPRESSIONS:
        statement = pattern.sub(replacement, statement)
    if of_clinic:
        statement = _CONFLICT.sub("ON CONFLICT (clinic, ", statement)
    return _WORDS.sub(_name, statement).encode()


def _name(word: re.Match[str]) -> str:
    return _NAMED.get(word[0]) or word[0].replace("%", "%%")

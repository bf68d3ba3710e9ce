"""The triggers that refuse to change or delete rows, generated from the list of table rules.

A file's own triggers are compared with the list whenever it is opened. Those of older files were written by
hand in their SQL steps, with the same text; only what differs is dropped and made again. Triggers with
conditions of their own stay in SQL and are left alone.
"""

import re
import sqlite3
from collections.abc import Mapping
from functools import lru_cache

from server.ledger.engine.table_rules import REFUSED, Event, RowRule, Tables

_NAMES: Mapping[Event, str] = {"UPDATE": "{table}_never_changes", "DELETE": "{table}_stays"}
_REFUSALS: Mapping[Event, str] = {"UPDATE": "changed", "DELETE": "deleted"}
_TRIGGER = (
    "CREATE TRIGGER {name} BEFORE {event} ON {table}"
    " BEGIN SELECT RAISE(ABORT, '{table} rows are never {refused}'); END"
)
_UNCONDITIONAL = re.compile(
    r"CREATE TRIGGER \S+ BEFORE (UPDATE|DELETE) ON (\w+)"
    r" BEGIN SELECT RAISE\(ABORT, '\2 rows are never (changed|deleted)'\); END"
)
_DROP = 'DROP TRIGGER "{name}"'
_OBJECTS = """
SELECT type, name, CASE type WHEN 'trigger' THEN sql ELSE '' END FROM sqlite_schema WHERE type IN ('table', 'trigger')
"""

Objects = tuple[tuple[str, str, str], ...]
"""The tables and triggers of a file: which of the two, its name, and a trigger's statement."""


def triggers_for(tables: Tables) -> dict[str, str]:
    """Return the triggers the list asks for: the statement that makes each, by its name."""
    return {
        name: _TRIGGER.format(name=name, event=event, table=table, refused=_REFUSALS[event])
        for table, rule in tables.items()
        for event in REFUSED[rule]
        for name in [_NAMES[event].format(table=table)]
    }


def repairs(conn: sqlite3.Connection, tables: Tables) -> tuple[str, ...]:
    """Return the statements that bring a file's triggers into line with the list; none if they are."""
    return _repairs_of(tuple(conn.execute(_OBJECTS)), frozenset(tables.items()))


@lru_cache
def _repairs_of(objects: Objects, rules: frozenset[tuple[str, RowRule]]) -> tuple[str, ...]:
    """Compare once for all files of the same tables: a firm may open hundreds of them."""
    present = {name for kind, name, _ in objects if kind == "table"}
    tables = {table: rule for table, rule in rules if table in present}
    wanted = triggers_for(tables)
    found = {name: " ".join(sql.split()) for kind, name, sql in objects if kind == "trigger"}
    governed = {name for name, sql in found.items() if name in wanted or _unconditional_on(sql) in tables}
    wrong = sorted(name for name in governed if found[name] != wanted.get(name))
    missing = [name for name in sorted(wanted) if name not in found or name in wrong]
    drops = (_DROP.format(name=name.replace('"', '""')) for name in wrong)
    return (*drops, *(wanted[name] for name in missing))


def _unconditional_on(trigger: str) -> str | None:
    """Return the table whose rows a trigger protects in every case, ``None`` if it has a condition."""
    match = _UNCONDITIONAL.fullmatch(trigger)
    return match[2] if match else None

"""The triggers that refuse to change or delete rows, and those that mark rows for the journal, generated from the table rules.

A file's triggers are compared with the list each time the file is opened. In older files they were written by
hand in the SQL steps, with the same text. Only triggers that differ are dropped and created again. Triggers
with conditions are written in the SQL steps, and are not touched here.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from server.ledger.engine.sqlite.library import AnyConnection
from server.ledger.engine.table_rules import REFUSED, Event, Journal, JournalRule, RowRule, Tables

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
_MARK = (
    "CREATE TRIGGER {name} AFTER {event} ON {table}{condition}"
    " BEGIN INSERT INTO journal_pending (subject, row_key) VALUES ('{table}', CAST({row}.{key} AS TEXT)); END"
)
_MARKING = re.compile(r"CREATE TRIGGER \S+ AFTER .* BEGIN INSERT INTO journal_pending .*")
_EVENTS = ("INSERT", "UPDATE", "DELETE")
_DROP = 'DROP TRIGGER "{name}"'
_OBJECTS = """
SELECT type, name, CASE type WHEN 'trigger' THEN sql ELSE '' END FROM sqlite_schema WHERE type IN ('table', 'trigger')
"""

Objects = tuple[tuple[str, str, str], ...]
"""The tables and triggers of a file: the type, the name, and the statement of a trigger."""


def triggers_for(tables: Tables, journal: Journal) -> dict[str, str]:
    """Return the triggers that the lists require: CREATE statements by trigger name."""
    refusing = {
        name: _TRIGGER.format(name=name, event=event, table=table, refused=_REFUSALS[event])
        for table, rule in tables.items()
        for event in REFUSED[rule]
        for name in [_NAMES[event].format(table=table)]
    }
    marking = {
        f"{table}_{event.lower()}_is_journaled": _marking_trigger(table, journal[table], event)
        for table in journal
        for event in _EVENTS
        if event not in REFUSED[tables.get(table, RowRule.REPLACEABLE)]
    }
    return refusing | marking


def repairs(conn: AnyConnection, tables: Tables, journal: Journal) -> tuple[str, ...]:
    """Return the statements that make a file's triggers match the lists, none if they match."""
    return _repairs_of(tuple(conn.execute(_OBJECTS)), frozenset(tables.items()), frozenset(journal.items()))


@lru_cache
def _repairs_of(
    objects: Objects, rules: frozenset[tuple[str, RowRule]], journal_rules: frozenset[tuple[str, JournalRule]]
) -> tuple[str, ...]:
    """Return the repairs, computed once for all files with the same objects: a firm may open hundreds."""
    present = {name for kind, name, _ in objects if kind == "table"}
    tables = {table: rule for table, rule in rules if table in present}
    journal = {table: rule for table, rule in journal_rules if table in present and "journal" in present}
    required = triggers_for(tables, journal)
    found = {name: " ".join(sql.split()) for kind, name, sql in objects if kind == "trigger"}
    governed = {
        name
        for name, sql in found.items()
        if name in required or _unconditional_on(sql) in tables or _MARKING.fullmatch(sql)
    }
    wrong = sorted(name for name in governed if found[name] != required.get(name))
    missing = [name for name in sorted(required) if name not in found or name in wrong]
    drops = (_DROP.format(name=name.replace('"', '""')) for name in wrong)
    return (*drops, *(required[name] for name in missing))


def _marking_trigger(table: str, rule: JournalRule, event: str) -> str:
    """Return the trigger that marks each row after an event. An older row is marked under its new key."""
    return _MARK.format(
        name=f"{table}_{event.lower()}_is_journaled",
        event=event,
        table=table,
        condition=f" WHEN {rule.marked_if}" if rule.marked_if else "",
        row="OLD" if event == "DELETE" else "NEW",
        key=rule.key,
    )


def _unconditional_on(trigger: str) -> str | None:
    """Return the table whose rows a trigger always protects, ``None`` if the trigger has a condition."""
    match = _UNCONDITIONAL.fullmatch(trigger)
    return match[2] if match else None

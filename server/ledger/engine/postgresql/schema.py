"""The schema of the ledger in PostgreSQL: what the owner makes, and the service only uses.

``firm`` has the firm's tables, ``clinics`` those of all clinics, and ``ledger`` the functions of both. Each table of
``clinics`` begins its keys and indexes with the clinic, and a policy shows a statement the rows of one clinic only: the one
that its transaction is about. A transaction that says none sees nothing.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import resources

from server.ledger.engine.table_rules import (
    CLINIC_JOURNAL,
    CLINIC_TABLES,
    FIRM_JOURNAL,
    FIRM_TABLES,
    REFUSED,
    Journal,
    JournalRule,
    RowRule,
    Tables,
)

STEP_LIST = "_sqlite_migrations"
"""The list of steps that each clinic's books took. It has this name on both engines, because the journal covers it."""

OWN_CLINIC = "clinic = current_setting('app.clinic', true)"
"""The condition that a row belongs to the clinic of the transaction."""

_FOLDER = resources.files("server.ledger").joinpath("sql", "postgresql")
_STEP_LIST = """
CREATE TABLE IF NOT EXISTS _sqlite_migrations (
    {clinic}id            BIGINT NOT NULL DEFAULT ledger.next_id('_sqlite_migrations'),
    migration_set TEXT,
    name          TEXT,
    applied_at    TEXT,
    PRIMARY KEY ({key}id)
);
CREATE UNIQUE INDEX IF NOT EXISTS idx__sqlite_migrations_migration_set_name ON _sqlite_migrations ({key}migration_set, name)
"""
_TENANT = "clinic        TEXT NOT NULL DEFAULT current_setting('app.clinic'),\n    "
_REFUSING = (
    "CREATE OR REPLACE TRIGGER {table}_{name} BEFORE {event} ON {quoted} FOR EACH ROW"
    " EXECUTE FUNCTION ledger.refuse('{table} rows are never {refused}')"
)
_OPEN = "CREATE OR REPLACE TRIGGER journal_is_open BEFORE INSERT ON journal FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_if_moved()"
"""Each click that records something writes the journal, so this closes a database whose books are elsewhere."""
_MARKING_FUNCTION = """
CREATE OR REPLACE FUNCTION {table}_is_journaled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT ledger.is_moving() THEN
        INSERT INTO journal_pending (subject, row_key) SELECT '{table}', {key}::text FROM written{condition};
    END IF;
    RETURN NULL;
END $$
"""
_MARKING = (
    "CREATE OR REPLACE TRIGGER {table}_{lower}_is_journaled AFTER {event} ON {quoted}"
    " REFERENCING {side} TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION {table}_is_journaled()"
)
_TRIGGER = re.compile(r"^CREATE TRIGGER (\w+)", re.MULTILINE)
_NUMBERED = re.compile(
    r'CREATE TABLE "?(\w+)"? \([^;]*?\bid +BIGINT NOT NULL DEFAULT ledger\.next_id', re.DOTALL
)


@dataclass(frozen=True)
class Schema:
    """The steps and the table rules of the firm's tables, or of the clinics'."""

    kind: str
    namespace: str
    tables: Tables
    journal: Journal

    @property
    def of_clinic(self) -> bool:
        """Whether each row belongs to a clinic."""
        return self.kind == "clinic"

    @cached_property
    def steps(self) -> Mapping[str, str]:
        """The statements of each step by its name, in their order."""
        files = sorted(_FOLDER.joinpath(self.kind).iterdir(), key=lambda file: file.name)
        return {file.name.removesuffix(".sql"): file.read_text("utf-8") for file in files}

    @cached_property
    def numbered_tables(self) -> frozenset[str]:
        """The tables whose rows get the next number as their id."""
        return frozenset(table for ddl in self.steps.values() for table in _NUMBERED.findall(ddl))

    def triggers(self) -> Iterator[tuple[str, str]]:
        """Yield the name and the statements of each trigger that the table rules require."""
        for table, rule in self.tables.items():
            for refused_event in REFUSED[rule]:
                name, refused = (
                    ("never_changes", "changed") if refused_event == "UPDATE" else ("stays", "deleted")
                )
                made = _REFUSING.format(
                    table=table, name=name, event=refused_event, refused=refused, quoted=quoted_name(table)
                )
                yield f"{table}_{name}", made
        yield "journal_is_open", _OPEN
        for table, rule_of_rows in self.journal.items():
            for event in ("INSERT", "UPDATE", "DELETE"):
                if event not in REFUSED[self.tables.get(table, RowRule.REPLACEABLE)]:
                    yield (
                        f"{table}_{event.lower()}_is_journaled",
                        _marking_trigger(table, event, rule_of_rows),
                    )

    def trigger_names(self) -> set[str]:
        """Return the names of all triggers: those of the table rules, and those written in the steps."""
        written = {name for ddl in self.steps.values() for name in _TRIGGER.findall(ddl)}
        return written | {name for name, _ in self.triggers()}


FIRM = Schema("firm", "firm", FIRM_TABLES, FIRM_JOURNAL)
CLINIC = Schema("clinic", "clinics", CLINIC_TABLES, CLINIC_JOURNAL)


def step_list(schema: Schema) -> bytes:
    """Return the statement that makes the list of the steps that books took."""
    clinic, key = (_TENANT, "clinic, ") if schema.of_clinic else ("", "")
    return _STEP_LIST.format(clinic=clinic, key=key).encode()


def quoted_name(table: str) -> str:
    """Return a table's name as a statement needs it: ``user`` is a word of PostgreSQL's own."""
    return '"user"' if table == "user" else table


def _marking_trigger(table: str, event: str, rule: JournalRule) -> str:
    condition = f" WHERE {rule.marked_if.removeprefix('NEW.')}" if rule.marked_if else ""
    function = _MARKING_FUNCTION.format(table=table, key=quoted_name(rule.key), condition=condition)
    trigger = _MARKING.format(
        table=table,
        lower=event.lower(),
        event=event,
        quoted=quoted_name(table),
        side="OLD" if event == "DELETE" else "NEW",
    )
    return f"{function};\n{trigger}"

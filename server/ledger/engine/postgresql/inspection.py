"""PostgreSQL's own checks of books that somebody may have changed."""

from collections.abc import Iterator
from typing import Any

import psycopg

from server.ledger.engine.inspection import Inspection
from server.ledger.engine.postgresql.schema import OWN_CLINIC, Schema, quoted_name
from server.ledger.engine.postgresql.session import PostgresqlSession

_TRIGGERS = """
SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE nspname = %s AND NOT tgisinternal AND tgenabled = 'O'
"""
_UNPROTECTED = """
SELECT relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE nspname = %s AND relkind = 'r' AND NOT (
    relrowsecurity AND relforcerowsecurity
    AND 1 = (SELECT COUNT(*) FROM pg_policy WHERE polrelid = pg_class.oid)
)
ORDER BY relname
"""
REFERENCES = """
SELECT child.relname, parent.relname,
    (SELECT array_agg(attname::text ORDER BY place) FROM unnest(conkey) WITH ORDINALITY AS key (number, place)
        JOIN pg_attribute ON attrelid = conrelid AND attnum = key.number),
    (SELECT array_agg(attname::text ORDER BY place) FROM unnest(confkey) WITH ORDINALITY AS key (number, place)
        JOIN pg_attribute ON attrelid = confrelid AND attnum = key.number)
FROM pg_constraint JOIN pg_class AS child ON child.oid = conrelid JOIN pg_class AS parent ON parent.oid = confrelid
JOIN pg_namespace ON pg_namespace.oid = child.relnamespace
WHERE contype = 'f' AND nspname = %s ORDER BY child.relname, conname
"""


class PostgresqlInspection(PostgresqlSession, Inspection):
    """A read of books that may be damaged, with PostgreSQL's own checks."""

    def __init__(self, conn: "psycopg.Connection[Any]", schema: Schema) -> None:
        super().__init__(conn, schema)
        self.journal = schema.journal

    def schema_faults(self) -> Iterator[tuple[str, str, str]]:
        """Yield triggers that are missing or switched off, and tables that show the rows of every clinic."""
        found = {name for (name,) in self._conn.execute(_TRIGGERS, [self._schema.namespace])}
        for name in sorted(self._schema.trigger_names() - found):
            yield "trigger", name, "is missing, or is switched off"
        if self._schema.of_clinic:
            for (table,) in self._conn.execute(_UNPROTECTED, [self._schema.namespace]):
                yield "table", table, f"shows the rows of every clinic (its policy is not {OWN_CLINIC})"

    def broken_references(self) -> Iterator[tuple[str, str, str]]:
        """Yield rows that reference a missing row: their table, their row id, the referenced table."""
        for child, parent, own, others in self._conn.execute(REFERENCES, [self._schema.namespace]).fetchall():
            pairs = list(zip(own, others, strict=True))
            named = [column for column, _ in pairs if column != "clinic"] or ["clinic"]
            given = " AND ".join(f'child."{column}" IS NOT NULL' for column in named)
            same = " AND ".join(f'parent."{other}" = child."{column}"' for column, other in pairs)
            row_id = (
                "child.id" if "id" in self._kinds()[child] else "''"
            )  # such a table has a key of several columns
            missing = self._conn.execute(
                f"SELECT {row_id} FROM {quoted_name(child)} AS child WHERE {given} AND NOT EXISTS ("  # noqa: S608
                f"SELECT 1 FROM {quoted_name(parent)} AS parent WHERE {same}) LIMIT 1".encode()
            )
            for (row,) in missing:
                yield child, str(row), parent

    def file_fault(self) -> str:
        """Return "": the pages are the server's to check (``pg_amcheck``)."""
        return ""

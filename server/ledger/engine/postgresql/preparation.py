"""What an administrator does once, and again after each upgrade: make the ledger's tables in a PostgreSQL database.

It runs as the owner of the tables. The service signs in as another role, which can read and add the rows of the clinic that
a transaction is about, and cannot change a table, a trigger or a policy.
"""

from importlib import resources

import psycopg
from psycopg import errors as database_errors
from psycopg import sql

from server.database_address import DatabaseAddress
from server.errors import DatabaseNotPrepared
from server.ledger.engine.postgresql.addresses import complete_address, parameters_of
from server.ledger.engine.postgresql.connections import refuse_unusable
from server.ledger.engine.postgresql.roles import refuse_unfit_role
from server.ledger.engine.postgresql.schema import CLINIC, FIRM, OWN_CLINIC, STEP_LIST, Schema, step_list
from server.ledger.engine.table_rules import REFUSED, RowRule

OLDEST_SERVER = 150_000
"""The oldest PostgreSQL that is supported, 15, as the server says it."""

_TURN = "SELECT pg_advisory_xact_lock(hashtextextended('clinic ledger preparation', 0))"
_SORTS_BY_CODE = """
SELECT pg_encoding_to_char(encoding) = 'UTF8' AND datcollate IN ('C', 'POSIX', 'C.UTF-8', 'C.utf8')
FROM pg_database WHERE datname = current_database()
"""
_STEPS_TAKEN = """
CREATE TABLE IF NOT EXISTS ledger.step_taken (kind TEXT, name TEXT, taken_at TIMESTAMPTZ DEFAULT now(), PRIMARY KEY (kind, name))
"""
_MOVED = "CREATE TABLE IF NOT EXISTS ledger.moved (only_row BIGINT PRIMARY KEY CHECK (only_row = 1), day TEXT NOT NULL)"
_OFTEN_ANALYZED = "ALTER TABLE {table} SET (autovacuum_analyze_scale_factor = 0.02)"
"""A new clinic changes what the planner should expect; statistics are of two percent of the rows at the oldest."""
_POLICY = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS own_clinic ON {table};
CREATE POLICY own_clinic ON {table} USING ({condition}) WITH CHECK ({condition})
"""


def prepare_for_service(address: DatabaseAddress) -> list[str]:
    """Make the ledger's tables as the owner of an address, for the role that its service signs in as.

    Returns the names of the steps taken. Raises ``DatabaseNotPrepared``, and then nothing is changed, and
    ``DatabaseUnreachable``.
    """
    if not address.owner:
        raise DatabaseNotPrepared(
            "is prepared by the owner of its tables",
            "Give the owner's address in CLINIC_LEDGER_DATABASE_OWNER, then do this again.",
        )
    service = role_of(address.service)
    try:
        with refuse_unusable("of the firm"):
            return prepare(address.owner, service)
    except database_errors.InsufficientPrivilege as problem:
        raise DatabaseNotPrepared(
            "lets the role in CLINIC_LEDGER_DATABASE_OWNER make no tables, or belongs to another role",
            "Name the role that owns the database, then do this again.",
        ) from problem


def role_of(address: str) -> str:
    """Return the role that an address names. Raises ``DatabaseNotPrepared`` if it names none or is no address."""
    return parameters_of(address)["user"]


def prepare(owner: str, service: str) -> list[str]:
    """Make the ledger's tables, or bring them up to date; return the names of the steps taken.

    ``owner`` is the connection text of the role that owns the tables, ``service`` the name of the role that the service signs
    in as. Two administrators who do so at once queue. Raises ``DatabaseNotPrepared``, and then nothing is changed.
    """
    with psycopg.connect(complete_address(owner)) as conn:
        _refuse_unfit(conn, service)
        conn.execute(_TURN)
        for namespace in ("ledger", FIRM.namespace, CLINIC.namespace):
            conn.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(namespace)))
        conn.execute(
            resources.files("server.ledger").joinpath("sql", "postgresql", "functions.sql").read_bytes()
        )
        conn.execute(_STEPS_TAKEN)
        conn.execute(_MOVED)
        taken = [step for schema in (FIRM, CLINIC) for step in _bring_up_to_date(conn, schema)]
        for schema in (FIRM, CLINIC):
            _protect(conn, schema, sql.Identifier(service))
        return taken


def _refuse_unfit(conn: psycopg.Connection, service: str) -> None:
    if conn.info.server_version < OLDEST_SERVER:
        raise DatabaseNotPrepared("is older than PostgreSQL 15", "Use a server of version 15 or newer.")
    if not conn.execute(_SORTS_BY_CODE).fetchone()[0]:  # type: ignore[index]
        raise DatabaseNotPrepared(
            "sorts texts by a language, and the ledger needs the order of their codes in UTF-8",
            "Make another one: CREATE DATABASE clinic_ledger TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'.",
        )
    refuse_unfit_role(conn, service)


def _bring_up_to_date(conn: psycopg.Connection, schema: Schema) -> list[str]:
    """Take the missing steps, and make the triggers of the table rules; return the names of the steps."""
    conn.execute(sql.SQL("SET LOCAL search_path = {}, pg_catalog").format(sql.Identifier(schema.namespace)))
    found = conn.execute("SELECT name FROM ledger.step_taken WHERE kind = %s", [schema.kind]).fetchall()
    taken = {name for (name,) in found}
    if not taken <= schema.steps.keys():
        raise DatabaseNotPrepared("was prepared by a newer version of Clinic Ledger", "Install that version.")
    conn.execute(step_list(schema))
    missing = [name for name in schema.steps if name not in taken]
    for name in missing:
        conn.execute(schema.steps[name].encode())
        conn.execute("INSERT INTO ledger.step_taken (kind, name) VALUES (%s, %s)", [schema.kind, name])
    for _, statements in schema.triggers():
        conn.execute(statements.encode())
    return missing


def _protect(conn: psycopg.Connection, schema: Schema, service: sql.Identifier) -> None:
    """Let the service see one clinic at a time, and do what the rules of each table allow."""
    namespace = sql.Identifier(schema.namespace)
    for used in (namespace, sql.Identifier("ledger")):
        conn.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(used, service))
    conn.execute(sql.SQL("GRANT SELECT ON ledger.step_taken, ledger.moved TO {}").format(service))
    for name, rule in {STEP_LIST: RowRule.APPEND_ONLY, **schema.tables}.items():
        table = sql.Identifier(schema.namespace, name)
        if schema.of_clinic:
            conn.execute(sql.SQL(_POLICY).format(table=table, condition=sql.SQL(OWN_CLINIC)))
            conn.execute(sql.SQL(_OFTEN_ANALYZED).format(table=table))
        conn.execute(sql.SQL("REVOKE ALL ON {} FROM {}").format(table, service))
        rights = [
            "SELECT",
            "INSERT",
            *(event for event in ("UPDATE", "DELETE") if event not in REFUSED[rule]),
        ]
        allowed = sql.SQL(", ".join(rights))
        conn.execute(sql.SQL("GRANT {} ON {} TO {}").format(allowed, table, service))
    if schema.of_clinic:
        # A writer locks the row of its books, for which PostgreSQL asks this right. A trigger refuses any real change.
        books = sql.Identifier(schema.namespace, "books")
        conn.execute(sql.SQL("GRANT UPDATE (opened_at) ON {} TO {}").format(books, service))

"""The role of the service: it must be one that the rules of the tables hold."""

from typing import Any

import psycopg

from server.errors import DatabaseNotPrepared

_PASSES_RULES = "SELECT rolsuper OR rolbypassrls OR pg_has_role(rolname, {owner}, 'MEMBER') FROM pg_roles WHERE rolname = {role}"
_OF_SERVICE = _PASSES_RULES.format(owner="current_user", role="%s")
_OF_MYSELF = _PASSES_RULES.format(
    owner="(SELECT nspowner FROM pg_namespace WHERE nspname = 'ledger')", role="current_user"
)


def refuse_unfit_role(conn: "psycopg.Connection[Any]", service: str) -> None:
    """Raise DatabaseNotPrepared if a role is not there, or could pass the rules. The connection is of the owner of the tables."""
    row = conn.execute(_OF_SERVICE.encode(), [service]).fetchone()
    if row is None:
        raise DatabaseNotPrepared(
            f"has no role {service}",
            f"Make it: CREATE ROLE {service} LOGIN PASSWORD '...', then do this again.",
        )
    if row[0]:
        raise _role_too_strong(f"the role {service}")


def refuse_strong_role(conn: "psycopg.Connection[Any]") -> None:
    """Raise DatabaseNotPrepared if the role of a connection could pass the rules."""
    row = conn.execute(_OF_MYSELF.encode()).fetchone()
    if row is None or row[0]:
        raise _role_too_strong("the role that the service signs in as")


def _role_too_strong(role: str) -> DatabaseNotPrepared:
    return DatabaseNotPrepared(
        f"lets {role} pass the ledger's rules: it is a superuser, may bypass row-level security, or is"
        " the owner of the tables or a member of the owner",
        "Name a role of its own for the service, without these rights.",
    )

"""What the administrator of a PostgreSQL database does before a ledger is kept in it, and after each upgrade."""

from typing import TYPE_CHECKING

from server.database_address import DatabaseAddress
from server.errors import DatabaseNotPrepared

if TYPE_CHECKING:
    from server.ledger.engine.postgresql.server import PostgresqlServer


def server_of(address: DatabaseAddress) -> "PostgresqlServer":
    """Return the server of an address. Raises DatabaseNotPrepared if this program was installed without what speaks to it."""
    try:
        # Not loaded where a ledger is files: it would add a tenth of a second to each start.
        from server.ledger.engine.postgresql.server import PostgresqlServer  # noqa: PLC0415
    except ImportError as problem:
        raise DatabaseNotPrepared(
            "cannot be spoken to: the packages for PostgreSQL are not installed",
            "Install them with Clinic Ledger: clinic-ledger[postgresql].",
        ) from problem
    return PostgresqlServer(address)


def prepare_database(address: DatabaseAddress) -> list[str]:
    """Make the ledger's tables in a database, or bring them up to date; return the names of the steps taken.

    Raises DatabaseNotPrepared and DatabaseUnreachable, and then nothing is changed.
    """
    return server_of(address).prepare()

"""What the administrator of a PostgreSQL database does before a ledger is kept in it, and after each upgrade."""

from server.database_address import DatabaseAddress


def prepare_database(address: DatabaseAddress) -> list[str]:
    """Make the ledger's tables in a database, or bring them up to date; return the names of the steps taken.

    Raises DatabaseNotPrepared and DatabaseUnreachable, and then nothing is changed.
    """
    # Not loaded where a ledger is files: it would add a tenth of a second to each start.
    from server.ledger.engine.postgresql.server import PostgresqlServer  # noqa: PLC0415

    return PostgresqlServer(address).prepare()

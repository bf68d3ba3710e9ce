"""A firm's databases as the rows of one PostgreSQL database."""

from contextlib import AbstractContextManager
from datetime import date

from server.database_address import DatabaseAddress
from server.ledger.engine.database import KeepHead, PoolUse, Stamp
from server.ledger.engine.postgresql.connections import (
    close_pools,
    connect_owner,
    pools_in_use,
    refuse_unusable,
)
from server.ledger.engine.postgresql.database import PostgresqlDatabase
from server.ledger.engine.postgresql.move_lock import only_move
from server.ledger.engine.postgresql.moved_mark import DatabaseMovedMark
from server.ledger.engine.postgresql.preparation import prepare_for_service
from server.ledger.engine.postgresql.schema import CLINIC, FIRM


class PostgresqlServer:
    """The databases of one firm."""

    def __init__(self, address: DatabaseAddress) -> None:
        self.address = address
        self.mark = DatabaseMovedMark(address)

    def firm(self, stamp: Stamp) -> PostgresqlDatabase:
        """Return the firm's database."""
        return PostgresqlDatabase(self.address, FIRM, "", stamp)

    def clinic(self, clinic_id: str, stamp: Stamp, keep_head: KeepHead) -> PostgresqlDatabase:
        """Return the database of a clinic, which may not exist yet."""
        return PostgresqlDatabase(self.address, CLINIC, clinic_id, stamp, keep_head)

    def only_move(self, *, with_owner: bool) -> AbstractContextManager[None]:
        """Return what keeps other moves of this database waiting outside. Raises NotMoved if one is running.

        ``with_owner`` says that books are moved in, or that this database is closed, which needs the owner's address.
        """
        return only_move(self.address, with_owner=with_owner)

    def prepare(self) -> list[str]:
        """Make the ledger's tables, or bring them up to date; return the names of the steps taken.

        Raises DatabaseNotPrepared and DatabaseUnreachable, and then nothing is changed.
        """
        return prepare_for_service(self.address)

    def analyze(self) -> None:
        """Tell the planner what the tables hold, which the server would find out by itself only later. Needs the owner of the tables."""
        with refuse_unusable("of the firm"), connect_owner(self.address.owner) as conn:
            conn.execute("ANALYZE (SKIP_LOCKED)")

    def close(self) -> None:
        """Close the connections that are open."""
        close_pools(self.address.service)

    def refuse_lost_list(self) -> None:
        """Do nothing: the list and the books are in one database."""

    def remove_earlier_copies(self, before: date) -> None:
        """Do nothing: the administrator copies the database before preparing it for another version."""

    def pools(self) -> list[PoolUse]:
        """Return how the pools of connections of this program are used."""
        return list(pools_in_use(self.address.service))

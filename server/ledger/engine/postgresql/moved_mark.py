"""The mark of a database whose books are files now: nothing is recorded in it any more, whatever service was forgotten."""

from datetime import date

from server.database_address import DatabaseAddress
from server.errors import DatabaseNotPrepared
from server.ledger.engine.postgresql.connections import connect_owner, refuse_unusable

MOVED_STATE = "MOVED"
"""The SQLSTATE with which the trigger of the journals refuses entries, and says the day. The standard uses no letters from I on."""

_NAME = "of the firm"


class DatabaseMovedMark:
    """The mark of a database: a row that only the owner of the tables writes."""

    def __init__(self, address: DatabaseAddress) -> None:
        self._address = address

    def is_there(self) -> bool:
        """Return whether the books were moved."""
        return bool(self._day())

    def refuse(self, _file: str) -> None:
        """Raise DatabaseNotPrepared if the books were moved."""
        if day := self._day():
            raise books_moved(day)

    def write(self, day: date) -> None:
        """Say that the books were moved on a day. A mark that is there stays."""
        with refuse_unusable(_NAME), connect_owner(self._address.owner) as conn:
            conn.execute(
                "INSERT INTO ledger.moved (only_row, day) VALUES (1, %s) ON CONFLICT DO NOTHING",
                [day.isoformat()],
            )

    def remove(self) -> None:
        """Take the mark away."""
        with refuse_unusable(_NAME), connect_owner(self._address.owner) as conn:
            conn.execute("DELETE FROM ledger.moved")

    def _day(self) -> str:
        with refuse_unusable(_NAME), connect_owner(self._address.owner) as conn:
            row = conn.execute("SELECT day FROM ledger.moved").fetchone()
        return row[0] if row else ""


def books_moved(day: str) -> DatabaseNotPrepared:
    """Return the refusal of a database whose books were moved on a day."""
    return DatabaseNotPrepared(
        f"is not in use any more: its books were moved to files on {day}",
        "Nothing was written. Take CLINIC_LEDGER_DATABASE away where the service runs, and name the ledger folder.",
    )

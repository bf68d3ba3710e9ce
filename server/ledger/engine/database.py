"""What the ledger asks of a database engine. SQLite and PostgreSQL answer it, and nothing else knows which one does."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.inspection import Inspection
from server.ledger.engine.journal import JournalGrowth, JournalHead

Stamp = Callable[[], str]
"""Returns the current instant as UTC text."""

KeepHead = Callable[[JournalGrowth], None]
"""Gets the growth of a journal after a commit that wrote entries, to keep its head elsewhere, unless the commit itself kept it. It must not
raise."""


@dataclass(frozen=True, slots=True)
class PoolUse:
    """How many connections a pool may have, has open, and has to give away now, and how many clicks wait for one."""

    name: str
    most: int
    open: int
    idle: int
    waiting: int


def keep_no_head(_growth: JournalGrowth) -> None:
    """Keep the head of the journal nowhere."""


class MovedMark(Protocol):
    """Says that books are elsewhere now, where they were: nobody takes the old ones for the ledger by mistake."""

    def is_there(self) -> bool:
        """Return whether the books were moved."""

    def refuse(self, file: str, /) -> None:
        """Raise the refusal of books that were moved. ``file`` is what staff know them by."""

    def write(self, day: date) -> None:
        """Say that the books were moved on a day. A mark that is there stays."""

    def remove(self) -> None:
        """Take the mark away."""


class Database(Protocol):
    """The tables of the firm, or those of one clinic. It holds no connection; each use takes its own."""

    @property
    def name(self) -> str:
        """What staff and administrators know it by."""

    def exists(self) -> bool:
        """Return whether it was created."""

    def create(self) -> None:
        """Create it with all its tables, or bring an older one up to date. One that can only be read stays as it is."""

    def is_writable(self) -> bool:
        """Return whether something can be recorded now, by beginning to."""

    def read(self) -> AbstractContextManager[DatabaseSession]:
        """Yield a session that sees the database as it is at one moment. A write through it fails."""

    def glance(self) -> AbstractContextManager[DatabaseSession | None]:
        """Yield a session for a single query, on a connection that is open already; ``None`` if none is.

        It waits for nobody, so a question that every request asks is answered at once.
        """

    def write(self) -> AbstractContextManager[DatabaseSession]:
        """Yield a session; commit everything done in it with its journal entries, or none of it.

        Writers queue, so what is read inside cannot change before the write.
        """

    def confirm(self) -> None:
        """Return once everything that can be read now is as safe as what was acknowledged.

        An answer that was recorded, and never sent, is sent again only after this.
        """

    def write_quickly(self) -> AbstractContextManager[DatabaseSession]:
        """Yield a session like ``write``, for rows outside the journal that may be lost when the power fails."""

    def verify(self) -> AbstractContextManager[Inspection]:
        """Yield a session like ``read``, with the engine's own checks. Raises ``FileDamaged`` if it cannot be read on."""

    def copy(self, target: Path) -> JournalHead | None:
        """Copy it as it is at one moment to a SQLite file that does not exist yet; return the head of the copied journal."""

    def move_in(self, source: Path) -> None:
        """Take over a verified SQLite file, row by row as it is. Nothing exists here yet."""

    def move_out(self, target: Path) -> None:
        """Take back what ``move_in`` did, as long as it is on no list."""


class Databases(Protocol):
    """The databases of one firm."""

    @property
    def mark(self) -> MovedMark:
        """The mark that says that the books were moved elsewhere."""

    def firm(self, stamp: Stamp) -> Database:
        """Return the firm's database."""

    def clinic(self, clinic_id: str, stamp: Stamp, keep_head: KeepHead) -> Database:
        """Return the database of a clinic, which may not exist yet."""

    def close(self) -> None:
        """Close the connections that are open. A later use opens others."""

    def refuse_lost_list(self) -> None:
        """Raise BooksNotOpened if there are books of clinics, and no list of them: a new list would hide them."""

    def remove_earlier_copies(self, before: date) -> None:
        """Remove the copies that the engine made before it changed tables, if they are from before a day."""

    def pools(self) -> list[PoolUse]:
        """Return how the pools of connections of this program are used, none if the engine has no pools."""

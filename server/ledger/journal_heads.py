"""The heads of the clinics' journals, written in ``firm.db``: seen from outside the files that they vouch for.

A clinic's file that was cut off, or replaced by an older copy of itself, lacks the entry that was its head.
"""

from server.errors import BillingError
from server.ledger.engine.database import Database
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.journal import JournalGrowth, JournalHead, has_entry

_KEPT = "SELECT entries, hash, day FROM journal_head WHERE clinic = ?"
_KEEP = """
INSERT INTO journal_head (clinic, entries, hash, day) VALUES (?, ?, ?, ?)
ON CONFLICT (clinic) DO UPDATE SET entries = excluded.entries, hash = excluded.hash, day = excluded.day
"""


class JournalHeads:
    """The heads written in ``firm.db``."""

    def __init__(self, firm: Database) -> None:
        self._firm = firm

    def kept_head(self, clinic_id: str) -> JournalHead | None:
        """Return the head kept for a clinic, ``None`` if there is none."""
        with self._firm.read() as session:
            row = session.one(_KEPT, [clinic_id])
        return JournalHead(*row) if row else None

    def clinics(self) -> list[str]:
        """Return the ids of the clinics that have a kept head."""
        with self._firm.read() as session:
            return [clinic for (clinic,) in session.all("SELECT clinic FROM journal_head ORDER BY clinic")]

    def keep_head(self, clinic_id: str, file: Database, growth: JournalGrowth) -> None:
        """Keep the new head of a clinic's journal, after its commit.

        A kept head only moves forward along its own chain. If the file lacks it, it stays as it is, so that ``verify``
        can still say so. It is not kept if the firm's file cannot be written now: the next commit keeps a later one.
        """
        try:
            with self._firm.write_quickly() as session:
                row = session.one(_KEPT, [clinic_id])
                kept = JournalHead(*row) if row else None
                if kept == growth.before or (kept and _is_ancestor(file, kept, growth.head)):
                    write_head(session, clinic_id, growth.head)
        except BillingError:
            return

    def replace_head(self, clinic_id: str, head: JournalHead) -> None:
        """Keep a head whatever was kept before: the books were restored, or a person accepted them as they are."""
        with self._firm.write_quickly() as session:
            write_head(session, clinic_id, head)


def _is_ancestor(file: Database, kept: JournalHead, head: JournalHead) -> bool:
    if kept.entries >= head.entries:
        return False
    with file.read() as session:
        return has_entry(session, kept)


def write_head(session: DatabaseSession, clinic_id: str, head: JournalHead) -> None:
    """Write the head of a clinic's journal inside a transaction of the firm's database."""
    session.execute(_KEEP, [clinic_id, head.entries, head.hash, head.day])

"""Checks that a file's rows are those of its journal, and that the journal's chain is whole.

Memory: a digest for each row that has an entry of its own, and one block of rows. Growing tables need none.
"""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from server.ledger.engine import hash_chain
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.journal import COLUMNS, NO_ROWS, content_columns, entry_hash, rows_digest
from server.ledger.engine.statement_texts import fill_in
from server.ledger.engine.table_rules import BY_ID, Journal, JournalRule

CHANGED = "is not as it was recorded"
MISSING = "is missing"
UNRECORDED = "is not in the journal"

STEP_LIST = "_sqlite_migrations"
"""The list of the SQL steps that were applied to a file."""

_CHAIN = "SELECT id, recorded_at, subject, first_row, last_row, digest, hash FROM journal ORDER BY id"
_ENTRIES = "SELECT subject, first_row, digest FROM journal ORDER BY id"
_BLOCKS = """
SELECT CAST(first_row AS INTEGER), CAST(last_row AS INTEGER), digest FROM journal
WHERE subject = ? AND id >= (
    SELECT MAX(id) FROM journal WHERE subject = ? AND CAST(first_row AS INTEGER) = (
        SELECT MIN(CAST(first_row AS INTEGER)) FROM journal WHERE subject = ?
    )
)
ORDER BY id
"""
"""The entries of a growing table. When its columns were changed, new entries cover all rows again, from the first one on."""
_ROWS = "SELECT {key}, {columns} FROM {table} ORDER BY {order}"


class Fault(NamedTuple):
    """A row that is wrong: its table, its key and what is wrong with it."""

    table: str
    row: str
    why: str


def journal_faults(session: DatabaseSession, journal: Journal) -> Iterator[Fault]:
    """Yield what is wrong with a file's journal, and then the rows that are not as it says."""
    for subject, key in session.each("SELECT subject, row_key FROM journal_pending"):
        yield Fault(subject, key, UNRECORDED)
    yield from _chain_faults(session)
    latest = _latest_digests(session, journal)
    for table, rule in journal.items():
        if rule.is_growing:
            yield from _growing_faults(session, table, rule)
        else:
            yield from _row_faults(session, table, rule, latest[table])


def step_list_faults(session: DatabaseSession) -> Iterator[Fault]:
    """Yield the rows of the list of applied SQL steps that are not as the journal says, none if there is no journal yet.

    The program decides by that list what it does to a file, so it is compared before anything else is done.
    """
    if not session.has_table("journal"):
        return
    if not session.has_table(STEP_LIST):
        yield Fault("table", STEP_LIST, MISSING)
        return
    yield from _row_faults(session, STEP_LIST, BY_ID, _latest_digests(session, {STEP_LIST: BY_ID})[STEP_LIST])


def _chain_faults(session: DatabaseSession) -> Iterator[Fault]:
    """Yield the entries whose hash is wrong or does not follow the hash of the entry before."""
    previous = hash_chain.NO_ROW_BEFORE
    for place, row in enumerate(session.each(_CHAIN), 1):
        content, found = row[: len(COLUMNS)], row[-1]
        if row[0] != place:
            yield Fault("journal", str(place), MISSING)
        if found != entry_hash(content, previous):
            yield Fault(
                "journal", str(row[0]), "is not as it was written, or does not follow the entry before it"
            )
        previous = found


def _latest_digests(session: DatabaseSession, journal: Journal) -> dict[str, dict[str, str]]:
    """Return the digest in the latest entry of each row, by table and key, for tables that do not grow."""
    latest: dict[str, dict[str, str]] = {table: {} for table, rule in journal.items() if not rule.is_growing}
    for subject, key, digest in session.each(_ENTRIES):
        if subject in latest:
            latest[subject][key] = digest
    return latest


def _row_faults(
    session: DatabaseSession, table: str, rule: JournalRule, latest: dict[str, str]
) -> Iterator[Fault]:
    """Yield the rows that differ from their latest entry, have none, or are missing."""
    for key, rows in groupby(_keyed_rows(session, table, rule), itemgetter(0)):
        recorded = latest.pop(str(key), None)
        found = rows_digest(table, (row[1:] for row in rows))
        if found != recorded:
            yield Fault(table, str(key), CHANGED if recorded else UNRECORDED)
    for key, digest in latest.items():
        if digest != NO_ROWS:
            yield Fault(table, key, MISSING)


def _growing_faults(session: DatabaseSession, table: str, rule: JournalRule) -> Iterator[Fault]:
    """Yield the blocks of rows that differ from their entry, and the rows that no entry covers."""
    rows = _keyed_rows(session, table, rule)
    row = next(rows, None)
    for first, last, digest in session.each(_BLOCKS, [table] * 3):
        block = []
        while row is not None and row[0] <= last:
            if row[0] < first:
                yield Fault(table, str(row[0]), UNRECORDED)
            else:
                block.append(row[1:])
            row = next(rows, None)
        if rows_digest(table, block) != digest:
            whole = len(block) == last - first + 1
            yield Fault(
                table, f"{first}" if first == last else f"{first} to {last}", CHANGED if whole else MISSING
            )
    if row is not None:
        yield Fault(table, str(row[0]), UNRECORDED)


def _keyed_rows(session: DatabaseSession, table: str, rule: JournalRule) -> Iterator[tuple[object, ...]]:
    """Yield the rows of a table in the order of its journal, each after its key."""
    order = rule.order if rule.order == rule.key else f"{rule.key}, {rule.order}"
    select = fill_in(
        _ROWS, key=rule.key, columns=content_columns(session, table, rule), table=table, order=order
    )
    return session.each(select)

"""The journal of a file: one entry for each thing recorded, chained by hashes (docs/journal.md).

Triggers mark every row that is written. Just before the commit, each marked row gets an entry with the digest of
its content, and each entry carries the hash of the entry before. So no writer can leave a row out, and a
row that is changed later no longer has its digest.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise

import orjson

from server.ledger.engine import hash_chain
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.statement_texts import fill_in
from server.ledger.engine.table_rules import Journal, JournalRule

NO_ROWS = sha256().hexdigest()
"""The digest of an entry whose row was deleted."""

COLUMNS = ("id", "recorded_at", "subject", "first_row", "last_row", "digest")
"""The columns of an entry that are hashed, in this order, before the hash of the entry before."""

_LAST = "SELECT id, hash, SUBSTR(recorded_at, 1, 10) FROM journal ORDER BY id DESC LIMIT 1"
_ENTRY = "SELECT hash, SUBSTR(recorded_at, 1, 10) FROM journal WHERE id = ?"
_TAKE_PENDING = "DELETE FROM journal_pending RETURNING subject, row_key"
_CONTENT = "SELECT {columns} FROM {table} WHERE {key} BETWEEN ? AND ? ORDER BY {order}"
_MARK_ALL = (
    "INSERT INTO journal_pending (subject, row_key) SELECT '{table}', CAST({key} AS TEXT) FROM {table}"
)


@dataclass(frozen=True, slots=True)
class JournalHead:
    """The last entry of a journal: how many entries there are, its hash, and its day (UTC, ISO text).

    On paper, the hash may be only its first digits, and the day may be missing.
    """

    entries: int
    hash: str
    day: str = ""


@dataclass(frozen=True, slots=True)
class JournalGrowth:
    """The heads of a journal before and after a transaction. ``before`` is ``None`` for the first entries."""

    before: JournalHead | None
    head: JournalHead


@dataclass(frozen=True, slots=True)
class NewEntries:
    """The entries of a transaction, to be written last in it."""

    rows: list[tuple[object, ...]]
    growth: JournalGrowth

    def write(self, session: DatabaseSession) -> None:
        """Write them."""
        session.insert_many("journal", (*COLUMNS, "hash"), self.rows)


def read_head(session: DatabaseSession) -> JournalHead | None:
    """Return the head of the journal, ``None`` if it has no entry."""
    row = session.one(_LAST)
    return JournalHead(*row) if row else None


def has_entry(session: DatabaseSession, head: JournalHead) -> bool:
    """Return whether the journal contains an entry that was its head once."""
    found = session.one(_ENTRY, [head.entries])
    return found is not None and found[0].startswith(head.hash) and found[1].startswith(head.day)


def write_entries(session: DatabaseSession, journal: Journal, recorded_at: str) -> JournalGrowth | None:
    """Write the entries of all rows that were marked; return the old and the new head, ``None`` if no row was marked.

    Call it last in a transaction. ``recorded_at`` is an instant as UTC text.
    """
    entries = take_entries(session, journal, recorded_at)
    if entries is None:
        return None
    entries.write(session)
    return entries.growth


def take_entries(session: DatabaseSession, journal: Journal, recorded_at: str) -> NewEntries | None:
    """Return the entries of all rows that were marked, which no longer are; ``None`` if no row was."""
    marked: dict[str, set[str]] = {}
    for subject, key in session.all(_TAKE_PENDING):
        marked.setdefault(subject, set()).add(key)
    if not marked:
        return None
    before = read_head(session)
    count, previous = (before.entries, before.hash) if before else (0, hash_chain.NO_ROW_BEFORE)
    rows: list[tuple[object, ...]] = []
    for number, (subject, first, last) in enumerate(_entries_of(marked, journal), count + 1):
        digest = _digest_between(session, subject, journal[subject], first, last)
        content = (number, recorded_at, subject, str(first), str(last), digest)
        previous = entry_hash(content, previous)
        rows.append((*content, previous))
    return NewEntries(rows, JournalGrowth(before, JournalHead(count + len(rows), previous, recorded_at[:10])))


def mark_every_row(session: DatabaseSession, table: str, rule: JournalRule) -> None:
    """Mark all rows of a table, because its columns were changed or because it was never in the journal."""
    session.execute(fill_in(_MARK_ALL, table=table, key=rule.key))


def entry_hash(content: tuple[object, ...], previous: str) -> str:
    """Return the hash of an entry's columns (``COLUMNS``) and of the hash of the entry before."""
    return hash_chain.row_hash([*content, previous])


def rows_digest(table: str, rows: Iterable[tuple[object, ...]]) -> str:
    """Return the SHA-256 of rows, one JSON line for each: the table and the values in the order of its columns."""
    digest = sha256()
    for row in rows:
        digest.update(orjson.dumps((table, row), default=_bytes_as_digest, option=orjson.OPT_APPEND_NEWLINE))
    return digest.hexdigest()


def content_columns(session: DatabaseSession, table: str, rule: JournalRule) -> str:
    """Return the columns whose values are hashed, as SQL."""
    return ", ".join(rule.columns) or session.columns_of(table)


def _digest_between(
    session: DatabaseSession, table: str, rule: JournalRule, first: int | str, last: int | str
) -> str:
    select = fill_in(
        _CONTENT, columns=content_columns(session, table, rule), table=table, key=rule.key, order=rule.order
    )
    has_one_row = first == last and rule.order == rule.key
    return rows_digest(table, (session.all if has_one_row else session.each)(select, [first, last]))


def _entries_of(
    marked: Mapping[str, Collection[str]], journal: Journal
) -> Iterator[tuple[str, int | str, int | str]]:
    """Yield the table and the first and the last row of each entry, in the order of the list of tables."""
    for subject, rule in journal.items():
        keys = marked.get(subject, ())
        if rule.is_growing:
            for first, last in _consecutive_runs(sorted(map(int, keys))):
                yield subject, first, last
        else:
            for key in sorted(keys):
                yield subject, key, key


def _consecutive_runs(keys: list[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last number of each unbroken run in an ascending list."""
    if not keys:
        return
    first = keys[0]
    for key, following in pairwise(keys):
        if following != key + 1:
            yield first, key
            first = following
    yield first, keys[-1]


def _bytes_as_digest(value: object) -> str:
    if isinstance(value, bytes):
        return f"sha256:{sha256(value).hexdigest()}"
    raise TypeError

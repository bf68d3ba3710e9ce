"""The lists of the Setup workbook: providers, services, statuses.

A row is entered, changed, removed (with the time and the person) or brought back. It is never
deleted, and it keeps its row id: rates reference that id, not a spelling.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from server.errors import SetupDoesNotFit
from server.ledger.clinics.changes import Changes
from server.ledger.clock import Stamp
from server.ledger.engine.database_session import DatabaseSession

Row = dict[str, Any]
"""The columns of one table row. ``folded`` is the spelling that it is matched by."""

Match = Callable[[Sequence[Row], Sequence[Row]], list[Row | None]]
"""Finds the stored row of each wished row, ``None`` if it has none."""


_LISTED_ROWS = "SELECT * FROM {table} WHERE removed_at IS NULL ORDER BY place"
_ALL_ROWS = "SELECT * FROM {table}"


def listed_rows(session: DatabaseSession, table: str) -> Iterator[Row]:
    """Return the rows that the sheet shows, in its order."""
    return session.records(_LISTED_ROWS.format(table=table))


def by_spelling(wished: Sequence[Row], stored: Sequence[Row]) -> list[Row | None]:
    """Match services and statuses by their folded spelling."""
    known = {row["folded"]: row for row in stored}
    return [known.get(row["folded"]) for row in wished]


def by_provider_id(wished: Sequence[Row], stored: Sequence[Row]) -> list[Row | None]:
    """Match providers: by Provider ID where the sheet gives one, else by the folded name.

    So a person who is renamed keeps their row, and a new person with an old name and another ID
    gets a row of their own. Among namesakes, the one now on the list is preferred, then the latest.
    """
    by_id = {row["provider_id"]: row for row in stored if row["provider_id"]}
    found = [by_id.get(row["provider_id"]) for row in wished]
    claimed = {row["id"] for row in found if row}
    namesakes: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(stored, key=lambda row: (row["removed_at"] is not None, -row["id"])):
        if row["id"] not in claimed:
            namesakes[row["folded"]].append(row)
    return [match or _best_namesake(row, namesakes) for match, row in zip(found, wished, strict=True)]


def save_list(
    session: DatabaseSession, table: str, wished: Sequence[Row], match: Match, stamp: Stamp
) -> tuple[Changes, dict[str, int]]:
    """Make the table list the wished rows and no others, in their order.

    Returns what changed, and the row id of each folded spelling now listed.
    """
    stored = list(session.records(_ALL_ROWS.format(table=table)))
    fates: Counter[str] = Counter()
    ids: dict[str, int] = {}
    for place, (row, old) in enumerate(zip(wished, match(wished, stored), strict=True)):
        shown = row | {"place": place, "removed_at": None, "removed_by": None}
        fates[_kind_of_change(shown, old)] += 1
        ids[row["folded"]] = _write_row(session, table, shown, old)
    gone = [row["id"] for row in stored if row["removed_at"] is None and row["id"] not in ids.values()]
    for row_id in gone:
        session.update(table, row_id, {"removed_at": stamp.at, "removed_by": stamp.actor})
    return Changes(deactivated=len(gone), **fates), ids


def refuse_twins(sheet: str, column: str, rows: Sequence[Row]) -> None:
    """Refuse a sheet with two rows of one folded spelling, or with a row that has no letters or digits."""
    for row in rows:
        if not row["folded"]:
            raise SetupDoesNotFit(sheet, row[column], "has neither letters nor digits")
    _refuse_repeats(sheet, [(row["folded"], row[column]) for row in rows])


def refuse_same_ids(sheet: str, rows: Sequence[Row]) -> None:
    """Refuse two providers with the same Provider ID."""
    _refuse_repeats(sheet, [(row["provider_id"], row["provider_id"]) for row in rows if row["provider_id"]])


def _refuse_repeats(sheet: str, spellings: Iterable[tuple[str, str]]) -> None:
    seen: set[str] = set()
    for folded, spelling in spellings:
        if folded in seen:
            raise SetupDoesNotFit(sheet, spelling, "is there twice")
        seen.add(folded)


def _best_namesake(row: Row, namesakes: dict[str, list[Row]]) -> Row | None:
    for candidate in namesakes[row["folded"]]:
        if not (row["provider_id"] and candidate["provider_id"]):
            return candidate
    return None


def _kind_of_change(shown: Row, old: Row | None) -> str:
    if old is None:
        return "added"
    if old["removed_at"] is not None:
        return "reactivated"
    differs = any(old[column] != value for column, value in shown.items() if column != "place")
    return "changed" if differs else "unchanged"


def _write_row(session: DatabaseSession, table: str, shown: Row, old: Row | None) -> int:
    """Write the row if it differs from the stored one; return its id."""
    if old is None:
        return session.insert(table, shown)
    if any(old[column] != value for column, value in shown.items()):
        session.update(table, old["id"], shown)
    return int(old["id"])

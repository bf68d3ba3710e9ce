"""The lists of the Setup workbook: providers, services, statuses.

A row is entered, changed, removed (with since when and by whom) or brought back. It is never
deleted, and keeps its row id through all of it: rates hang on that id, not on a spelling.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from server.errors import SetupDoesNotFit
from server.ledger.clinics.changes import Changes
from server.ledger.clock import Stamp
from server.ledger.engine.database_session import DatabaseSession

Row = dict[str, Any]
"""The columns of one table row. ``folded`` holds the spelling it is matched by."""

Match = Callable[[Sequence[Row], Sequence[Row]], list[Row | None]]
"""Finds for each wished row the standing row that it is, if any."""


_LISTED = "SELECT * FROM {table} WHERE removed_at IS NULL ORDER BY place"
_STANDING = "SELECT * FROM {table}"


def listed(session: DatabaseSession, table: str) -> Iterator[Row]:
    """Return the rows the sheet shows, in its order."""
    return session.records(_LISTED.format(table=table))


def by_spelling(wished: Sequence[Row], standing: Sequence[Row]) -> list[Row | None]:
    """Match services and statuses: the folded spelling says which they are."""
    known = {row["folded"]: row for row in standing}
    return [known.get(row["folded"]) for row in wished]


def by_provider_id(wished: Sequence[Row], standing: Sequence[Row]) -> list[Row | None]:
    """Match providers: by Provider ID where the sheet gives one, else by the folded name.

    So a person who is renamed stays the same row, and somebody new under an old name but with
    another ID becomes a row of their own. Of namesakes the one now on the list goes first, then
    the latest.
    """
    by_id = {row["provider_id"]: row for row in standing if row["provider_id"]}
    found = [by_id.get(row["provider_id"]) for row in wished]
    claimed = {row["id"] for row in found if row}
    namesakes: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(standing, key=lambda row: (row["removed_at"] is not None, -row["id"])):
        if row["id"] not in claimed:
            namesakes[row["folded"]].append(row)
    return [match or _namesake(row, namesakes) for match, row in zip(found, wished, strict=True)]


def save(
    session: DatabaseSession, table: str, wished: Sequence[Row], match: Match, stamp: Stamp
) -> tuple[Changes, dict[str, int]]:
    """Make the table list exactly the wished rows, in their order.

    Returns what changed, and the row id of each folded spelling now listed.
    """
    standing = list(session.records(_STANDING.format(table=table)))
    fates: Counter[str] = Counter()
    ids: dict[str, int] = {}
    for place, (row, old) in enumerate(zip(wished, match(wished, standing), strict=True)):
        shown = row | {"place": place, "removed_at": None, "removed_by": None}
        fates[_fate(shown, old)] += 1
        ids[row["folded"]] = _enter(session, table, shown, old)
    gone = [row["id"] for row in standing if row["removed_at"] is None and row["id"] not in ids.values()]
    for row_id in gone:
        session.update(table, row_id, {"removed_at": stamp.at, "removed_by": stamp.actor})
    return Changes(deactivated=len(gone), **fates), ids


def refuse_twins(sheet: str, column: str, rows: Sequence[Row]) -> None:
    """Refuse a sheet of which two rows could not be told apart, or one could never be found."""
    for row in rows:
        if not row["folded"]:
            raise SetupDoesNotFit(sheet, row[column], "has neither letters nor digits")
    _refuse_repeats(sheet, [(row["folded"], row[column]) for row in rows])


def refuse_same_ids(sheet: str, rows: Sequence[Row]) -> None:
    """Refuse two providers of one Provider ID."""
    _refuse_repeats(sheet, [(row["provider_id"], row["provider_id"]) for row in rows if row["provider_id"]])


def _refuse_repeats(sheet: str, spellings: Iterable[tuple[str, str]]) -> None:
    seen: set[str] = set()
    for folded, spelling in spellings:
        if folded in seen:
            raise SetupDoesNotFit(sheet, spelling, "is there twice")
        seen.add(folded)


def _namesake(row: Row, namesakes: dict[str, list[Row]]) -> Row | None:
    for candidate in namesakes[row["folded"]]:
        if not (row["provider_id"] and candidate["provider_id"]):
            return candidate
    return None


def _fate(shown: Row, old: Row | None) -> str:
    if old is None:
        return "added"
    if old["removed_at"] is not None:
        return "reactivated"
    differs = any(old[column] != value for column, value in shown.items() if column != "place")
    return "changed" if differs else "unchanged"


def _enter(session: DatabaseSession, table: str, shown: Row, old: Row | None) -> int:
    """Write the row where it differs, and return its id."""
    if old is None:
        return session.insert(table, shown)
    if any(old[column] != value for column, value in shown.items()):
        session.update(table, old["id"], shown)
    return int(old["id"])

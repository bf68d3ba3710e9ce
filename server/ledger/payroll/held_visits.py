"""Held visits: rows that approved runs left for a later run, and what became of them.

Rows are only added. The state of a held visit follows from the states of the runs that held and settled it, and from the
latest decision of staff, so that a voided run needs no correction here.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

import orjson

from server.billing.names import fold
from server.billing.payroll.held_visits import (
    BlockedRow,
    DraftHolds,
    HeldDecision,
    HeldRowFound,
    HeldState,
    HeldVisit,
)
from server.billing.payroll.pay_run import Outcome, Period
from server.billing.payroll.unsigned_notes import HELD_CODES
from server.errors import UnknownHeldVisit
from server.ledger.clock import Stamp, civil_day
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.statement_texts import EVERY_ROW, fill_in
from server.ledger.engine.value_table import ValueTable
from server.ledger.list_places import ListOrder, ListPlace

_ROW = tuple(column.name for column in fields(BlockedRow) if column.name != "column")
_IDENTITIES = ValueTable("wanted", "identity")

_SOURCE = """
FROM held_visit
JOIN pay_run AS holder ON holder.id = held_visit.run
LEFT JOIN (
    SELECT settling.held, settling.run, settling.outcome FROM held_visit_outcome AS settling
    JOIN pay_run ON pay_run.id = settling.run AND pay_run.state = 'closed'
) AS settled ON settled.held = held_visit.id
LEFT JOIN held_visit_decision AS decided ON decided.id = (
    SELECT MAX(latest.id) FROM held_visit_decision AS latest WHERE latest.held = held_visit.id
)
"""
_STATE = """
CASE
    WHEN holder.state <> 'closed' THEN 'ended'
    WHEN settled.outcome IS NOT NULL THEN settled.outcome
    WHEN decided.decision = 'write_off' THEN 'written_off'
    ELSE 'waiting'
END
"""
_SELECT = fill_in(
    """
SELECT held_visit.id, held_visit.run, holder.first_day, holder.last_day, held_visit.sheet, {state} AS state,
    COALESCE(holder.closed_at, '') AS held_at, COALESCE(holder.closed_by, '') AS held_by,
    COALESCE(settled.run, '') AS settled_by, COALESCE(decided.reason, '') AS reason,
    COALESCE(decided.decided_at, '') AS decided_at, COALESCE(decided.decided_by, '') AS decided_by,
    held_visit.column_place, {row}
{source}
""",
    state=_STATE,
    row=", ".join(f"held_visit.{column}" for column in _ROW),
    source=_SOURCE,
)
_WAITING_BY_RUN = fill_in(
    """
SELECT held_visit.run, COUNT(*), COALESCE(MIN(holder.closed_at), '') {source} WHERE {state} = 'waiting'
GROUP BY held_visit.run ORDER BY held_visit.run
""",
    source=_SOURCE,
    state=_STATE,
)
_COUNT = "SELECT COUNT(*) {source} WHERE {condition}"
_WHERE = "{select} WHERE {condition} ORDER BY {order} LIMIT CAST(? AS BIGINT)"
_STATE_IS = "{state} IN ({marks})"
_RECORD_DRAFT = """
UPDATE draft SET blocked_rows = ?, held_found = ? WHERE run = ? AND (blocked_rows <> ? OR held_found <> ?)
"""
_OF_IDENTITIES = "held_visit.identity IN (SELECT wanted.identity FROM {wanted})"


class HeldVisitOrder(ListOrder):
    """The orders in which held visits can be listed."""

    RECORDED = "recorded"
    DAY = "day"
    PROVIDER = "provider"

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that the list is sorted by: providers as they are compared."""
        return ("folded_provider", "id") if self is HeldVisitOrder.PROVIDER else super().columns


@dataclass(frozen=True, slots=True)
class HeldVisitFilter:
    """Which held visits to find: those that match every field. An empty field matches any.

    A provider matches in any spelling that folds alike. ``days`` are the first and the last day of the visit.
    """

    states: Collection[HeldState] = ()
    provider: str = ""
    run_id: str = ""
    days: tuple[date | None, date | None] = (None, None)


EVERY_HELD_VISIT = HeldVisitFilter()
FIRST_PAGE = ListPlace(HeldVisitOrder.RECORDED)


class HeldVisits:
    """The held visits of a clinic, inside one reading or one transaction."""

    def __init__(self, session: DatabaseSession) -> None:
        self._session = session

    def unsettled_visits(self) -> list[HeldVisit]:
        """Return the held visits that wait for a later run or are written off."""
        return self.find(HeldVisitFilter((HeldState.WAITING, HeldState.WRITTEN_OFF)))

    def waiting_by_run(self) -> list[tuple[str, int, str]]:
        """Return each run with held visits that wait: its id, how many, and since when, as UTC text."""
        return self._session.all(_WAITING_BY_RUN)

    def find(
        self,
        wanted: HeldVisitFilter = EVERY_HELD_VISIT,
        place: ListPlace[HeldVisitOrder] = FIRST_PAGE,
        most: int = EVERY_ROW,
    ) -> list[HeldVisit]:
        """Return up to ``most`` held visits that match a filter, from a place of the list on."""
        conditions, parameters = _conditions_of(wanted)
        later, after = place.later_rows("held_visit", "id")
        order = place.sort_columns("held_visit")
        return self._select_visits([*conditions, *later], [*parameters, *after, most], order)

    def count(self, wanted: HeldVisitFilter = EVERY_HELD_VISIT) -> int:
        """Return how many held visits match a filter."""
        conditions, parameters = _conditions_of(wanted)
        query = fill_in(_COUNT, source=_SOURCE, condition=" AND ".join(conditions))
        found: int = self._session.value(query, parameters)
        return found

    def with_id(self, held_id: int) -> HeldVisit:
        """Return one held visit; raises UnknownHeldVisit."""
        for visit in self._select_visits(["held_visit.id = ?"], [held_id, 1]):
            return visit
        raise UnknownHeldVisit(held_id)

    def record_decision(self, held_id: int, decision: HeldDecision, reason: str, stamp: Stamp) -> None:
        """Record what staff decided about a held visit."""
        made = {"decided_at": stamp.at, "decided_by": stamp.actor}
        row = {"held": held_id, "decision": decision.value, "reason": reason, **made}
        self._session.insert("held_visit_decision", row)

    def record_draft(self, run_id: str, holds: DraftHolds) -> None:
        """Record with a draft which rows its approval holds or can hold, and which held visits it settles.

        The row of a draft may be large, so it is written again only if this has changed.
        """
        blocked = orjson.dumps([asdict(row) for row in (*holds.blocked, *holds.unsigned)]).decode()
        found = orjson.dumps([asdict(one) for one in holds.found]).decode()
        self._session.execute(_RECORD_DRAFT, [blocked, found, run_id, blocked, found])

    def of_draft(self, run_id: str) -> DraftHolds:
        """Return which rows the approval of a draft holds or can hold, and which held visits it settles."""
        row = self._session.one("SELECT blocked_rows, held_found FROM draft WHERE run = ?", [run_id])
        blocked, found = (orjson.loads(text) for text in row) if row else ([], [])
        rows = [BlockedRow(**one) for one in blocked]
        rows = [BlockedRow(**one) for one in blocked]
        return DraftHolds(
            tuple(row for row in rows if row.code not in HELD_CODES),
            tuple(HeldRowFound(**one | {"outcome": Outcome(one["outcome"])}) for one in found),
            tuple(row for row in rows if row.code in HELD_CODES),
        )

    def with_ids(self, held_ids: Collection[int]) -> dict[int, HeldVisit]:
        """Return held visits by their ids."""
        if not held_ids:
            return {}
        condition = f"held_visit.id IN ({', '.join('?' * len(held_ids))})"
        return {visit.id: visit for visit in self._select_visits([condition], [*held_ids, EVERY_ROW])}

    def hold(self, run_id: str, rows: Sequence[BlockedRow]) -> None:
        """Enter the blocked rows of a draft that is being approved as held visits."""
        sheet = self._session.value("SELECT log_sheet FROM draft WHERE run = ?", [run_id]) or ""
        columns = ("run", "place", "sheet", "column_place", "folded_provider", *_ROW)
        self._session.insert_many(
            "held_visit",
            columns,
            (
                (run_id, place, sheet, row.column, fold(row.provider), *(getattr(row, name) for name in _ROW))
                for place, row in enumerate(rows)
            ),
        )

    def entered_by(self, run_id: str) -> list[HeldVisit]:
        """Return the rows that a run holds."""
        return self._select_visits(["held_visit.run = ?"], [run_id, EVERY_ROW])

    def settle(self, run_id: str, outcomes: Sequence[tuple[int, HeldState]]) -> None:
        """Record what became of held visits in a run."""
        columns = ("held", "run", "outcome")
        self._session.insert_many(
            "held_visit_outcome", columns, ((held, run_id, state.value) for held, state in outcomes)
        )

    def waiting_under(self, identities: Collection[str]) -> list[HeldVisit]:
        """Return the waiting visits that are known by one of these identities."""
        if not self._session.one("SELECT 1 FROM held_visit LIMIT 1"):
            return []
        conditions, parameters = _conditions_of(HeldVisitFilter((HeldState.WAITING,)))
        conditions.append(fill_in(_OF_IDENTITIES, wanted=_IDENTITIES.sql))
        return self._select_visits(conditions, [*parameters, _IDENTITIES.values(identities), EVERY_ROW])

    def _select_visits(
        self, conditions: Sequence[str], parameters: Sequence[object], order: str = "held_visit.id"
    ) -> list[HeldVisit]:
        query = fill_in(_WHERE, select=_SELECT, condition=" AND ".join(conditions), order=order)
        return [_held_visit_of(row) for row in self._session.records(query, parameters)]


def _conditions_of(wanted: HeldVisitFilter) -> tuple[list[str], list[object]]:
    """Return the conditions of a filter and their parameters."""
    conditions, parameters = ["true"], list[object]()
    if wanted.states:
        marks = ", ".join("?" * len(wanted.states))
        conditions.append(fill_in(_STATE_IS, state=_STATE, marks=marks))
        parameters += [state.value for state in wanted.states]
    for column, value in (("folded_provider", fold(wanted.provider)), ("run", wanted.run_id)):
        if value:
            conditions.append(f"held_visit.{column} = ?")
            parameters.append(value)
    for compares, day in zip((">=", "<="), wanted.days, strict=True):
        if day:
            conditions.append(f"held_visit.day <> '' AND held_visit.day {compares} ?")
            parameters.append(day.isoformat())
    return conditions, parameters


def _held_visit_of(row: dict[str, Any]) -> HeldVisit:
    return HeldVisit(
        id=row["id"],
        run_id=row["run"],
        period=Period(date.fromisoformat(row["first_day"]), date.fromisoformat(row["last_day"])),
        sheet=row["sheet"],
        row=BlockedRow(column=row["column_place"], **{name: row[name] for name in _ROW}),
        state=HeldState(row["state"]),
        held_at=row["held_at"],
        held_by=row["held_by"],
        settled_by=row["settled_by"],
        reason=row["reason"],
        decided_on=civil_day(row["decided_at"]),
        decided_by=row["decided_by"],
    )

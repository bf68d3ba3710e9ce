"""Adjustment lines and carried-forward totals of runs: the permanent record, and what they mean for later runs."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import orjson

from server.billing.payroll.adjustments import Adjustment, AdjustmentKind, CarriedForward, FurtherPaid, PaidBy
from server.billing.payroll.carry_forward import Balance, CarriedRow, balances_after
from server.billing.payroll.vanished_answers import VanishedAnswer
from server.ledger.clock import Stamp
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.statement_texts import fill_in
from server.ledger.engine.value_table import ValueTable
from server.ledger.payroll import pay_items, payments, plan_lines

_ADJUSTMENT = (
    "kind",
    "of_run",
    "of_place",
    "source_row",
    "appointment",
    "day",
    "provider",
    "provider_key",
    "service",
    "counts_as",
    "was_cents",
    "now_cents",
    "reason",
    "is_taken_back",
    "paid_by",
    "accepted_by",
)
_CARRIED = ("provider", "provider_key", "in_cents", "earned_cents")

_WANTED = ValueTable("wanted", "run", "place", numbers=["place"])

_LATEST = """
SELECT adjusted.of_run, adjusted.of_place, adjusted.day, adjusted.provider, adjusted.provider_key, adjusted.service,
    adjusted.counts_as, adjusted.now_cents, adjusted.kind, adjusted.paid_by
FROM pay_adjustment AS adjusted
JOIN pay_run ON pay_run.id = adjusted.run AND pay_run.state = 'closed'
WHERE adjusted.of_place IS NOT NULL AND adjusted.is_taken_back = 0 AND adjusted.kind NOT IN ('share', 'supervision')
ORDER BY pay_run.closed_at, adjusted.run, adjusted.place
"""

_PAID = """
SELECT line.amount_cents FROM pay_line AS line
JOIN pay_run ON pay_run.id = line.run AND pay_run.state = 'closed'
WHERE line.run = ? AND line.place = ?
"""

_FURTHER = fill_in(
    """
SELECT adjusted.of_run, adjusted.of_place, adjusted.kind, adjusted.provider, adjusted.provider_key, adjusted.now_cents,
    adjusted.paid_by
FROM {wanted}
CROSS JOIN pay_adjustment AS adjusted ON adjusted.of_run = wanted.run AND adjusted.of_place = wanted.place
    AND adjusted.kind IN ('share', 'supervision')
CROSS JOIN pay_run ON pay_run.id = adjusted.run AND pay_run.state = 'closed'
ORDER BY pay_run.closed_at, adjusted.run, adjusted.place
""",
    wanted=_WANTED.sql,
)

_CARRIED_ROWS = """
SELECT carried.provider_key, carried.provider, carried.in_cents, carried.out_cents
FROM carried_forward AS carried JOIN pay_run ON pay_run.id = carried.run AND pay_run.state = 'closed'
ORDER BY pay_run.closed_at, carried.run, carried.place
"""

_VANISHED_ANSWERS = """
SELECT given.run, given.place, given.answer FROM vanished_answer AS given
WHERE NOT EXISTS (
    SELECT 1 FROM pay_adjustment AS adjusted
    JOIN pay_run ON pay_run.id = adjusted.run AND pay_run.state = 'closed' AND pay_run.closed_at > given.answered_at
    WHERE adjusted.of_run = given.run AND adjusted.of_place = given.place AND adjusted.kind = ?
)
ORDER BY given.id
"""

_ADJUSTED_BY = """
SELECT DISTINCT adjusted.run FROM pay_adjustment AS adjusted
JOIN pay_run ON pay_run.id = adjusted.run AND pay_run.state = 'closed'
WHERE adjusted.of_run = ? AND adjusted.run <> ? ORDER BY adjusted.run
"""

_CARRIED_BY = """
SELECT DISTINCT later.run FROM carried_forward AS mine
JOIN carried_forward AS later ON later.provider_key = mine.provider_key AND later.run <> mine.run AND later.in_cents < 0
JOIN pay_run AS run ON run.id = later.run AND run.state = 'closed'
JOIN pay_run AS own ON own.id = mine.run AND run.closed_at >= own.closed_at
WHERE mine.run = ? AND mine.out_cents < 0 ORDER BY later.run
"""


class AdjustedVisit(NamedTuple):
    """The facts of a paid visit after the latest adjustment of its line. ``day`` is ISO text."""

    day: str
    provider: str
    provider_key: str
    service: str
    counts_as: str
    amount_cents: int
    kind: AdjustmentKind
    paid_by: PaidBy | None

    @property
    def is_taken_back(self) -> bool:
        """Return whether the visit is paid nothing any more, because it did not take place or was gone from the log."""
        return not self.amount_cents and self.kind in {AdjustmentKind.STATUS, AdjustmentKind.VANISHED}


def write(
    session: DatabaseSession,
    run_id: str,
    adjustments: Sequence[Adjustment],
    carried: Sequence[CarriedForward],
    late_lines: Mapping[int, int],
) -> None:
    """Write the adjustments of a draft as rows; ``late_lines`` maps the row of each late visit to the place of its line."""
    session.insert_many(
        "pay_adjustment",
        ("run", "place", "own_line", *_ADJUSTMENT),
        ((run_id, place, _own_line(one, late_lines), *_fields(one)) for place, one in enumerate(adjustments)),
    )
    session.insert_many(
        "carried_forward",
        ("run", "place", "out_cents", *_CARRIED),
        (
            (run_id, place, one.out_cents, *(getattr(one, name) for name in _CARRIED))
            for place, one in enumerate(carried)
        ),
    )


def _own_line(one: Adjustment, late_lines: Mapping[int, int]) -> int | None:
    """Return the place of the line that pays a late visit, ``None`` for other adjustments."""
    return None if one.of_place is not None or one.source_row is None else late_lines[one.source_row]


def read(session: DatabaseSession, run_id: str) -> tuple[list[Adjustment], list[CarriedForward]]:
    """Return the adjustments and the carried-forward totals of a run that was closed; none if it never was."""
    rows = session.records("SELECT * FROM pay_adjustment WHERE run = ? ORDER BY place", [run_id])
    carried = session.records("SELECT * FROM carried_forward WHERE run = ? ORDER BY place", [run_id])
    return [adjustment_of_fields(row) for row in rows], [carried_of_fields(row) for row in carried]


def late_lines(session: DatabaseSession, run_id: str) -> set[int]:
    """Return the places of the lines that pay late visits of a closed run."""
    found = "SELECT own_line FROM pay_adjustment WHERE run = ? AND own_line IS NOT NULL"
    return {place for (place,) in session.all(found, [run_id])}


def adjusted_visits(session: DatabaseSession) -> dict[tuple[str, int], AdjustedVisit]:
    """Return the facts of each paid line that closed runs have adjusted, by its run and place."""
    return {
        (run, place): AdjustedVisit(
            day,
            provider,
            key,
            service,
            counts_as,
            cents,
            AdjustmentKind(kind),
            PaidBy(**orjson.loads(paid_by)) if paid_by else None,
        )
        for run, place, day, provider, key, service, counts_as, cents, kind, paid_by in session.each(_LATEST)
    }


def paid_lines(session: DatabaseSession, lines: Iterable[tuple[str, int]]) -> dict[tuple[str, int], int]:
    """Return what some lines were paid in all, in cents, by run and place; none of runs that are not approved."""
    adjusted = adjusted_visits(session)
    found: dict[tuple[str, int], int] = {}
    for run, place in lines:
        if (paid := session.one(_PAID, [run, place])) is not None:
            facts = adjusted.get((run, place))
            found[run, place] = facts.amount_cents if facts else paid[0]
    return found


def further_paid(
    session: DatabaseSession, lines: Iterable[tuple[str, int]]
) -> dict[tuple[str, int], list[FurtherPaid]]:
    """Return what closed runs paid beside some lines, by run and place: each provider's shares and supervision as they are by
    now.
    """
    if not session.one("SELECT 1 FROM pay_adjustment WHERE kind IN ('share', 'supervision') LIMIT 1"):
        return {}
    latest: dict[tuple[str, int], dict[tuple[str, str], FurtherPaid]] = defaultdict(dict)
    rows = session.each(_FURTHER, [_WANTED.rows(sorted(set(lines)))])
    for run, place, kind, provider, key, cents, paid_by in rows:
        by = PaidBy(**orjson.loads(paid_by)) if paid_by else None
        latest[run, place][kind, key] = FurtherPaid(AdjustmentKind(kind), provider, key, cents, by)
    return {line: [*found.values()] for line, found in latest.items()}


def runs_that_adjusted(
    session: DatabaseSession, lines: Iterable[tuple[str, int]]
) -> dict[tuple[str, int], set[str]]:
    """Return the runs that have adjusted some lines, in any state, by the run and the place of the line."""
    found = "SELECT run FROM pay_adjustment WHERE of_run = ? AND of_place = ?"
    return {line: {run for (run,) in session.all(found, line)} for line in lines}


def balances(session: DatabaseSession) -> list[Balance]:
    """Return the key, the name and the balance of each provider with a negative total, in cents."""
    return balances_after(CarriedRow(*row) for row in session.each(_CARRIED_ROWS))


def runs_built_on(session: DatabaseSession, run_id: str) -> list[str]:
    """Return the closed runs that adjust lines of a run, repay its advances, pay payments of its visits, bring in what it carried
    forward, or have plan lines that count its visits.
    """
    adjusted = session.all(_ADJUSTED_BY, [run_id, run_id])
    carried = session.all(_CARRIED_BY, [run_id])
    repaid = pay_items.runs_repaying(session, run_id)
    planned = plan_lines.runs_planning(session, run_id)
    received = payments.runs_built_on(session, run_id)
    return sorted({*(later for (later,) in (*adjusted, *carried)), *repaid, *planned, *received})


def record_vanished(
    session: DatabaseSession, answers: Mapping[tuple[str, int], VanishedAnswer], stamp: Stamp
) -> None:
    """Record what staff said about paid lines that a log does not have."""
    session.insert_many(
        "vanished_answer",
        ("run", "place", "answer", "answered_at", "answered_by"),
        ((run, place, answer.value, stamp.at, stamp.actor) for (run, place), answer in answers.items()),
    )


def vanished_answers(session: DatabaseSession) -> dict[tuple[str, int], VanishedAnswer]:
    """Return the latest answer about each paid line that a log did not have, by its run and place.

    An answer does not count any more once a closed run has taken the pay back: if the visit was in a log again since, staff
    are asked anew.
    """
    rows = session.all(_VANISHED_ANSWERS, [AdjustmentKind.VANISHED.value])
    return {(run, place): VanishedAnswer(answer) for run, place, answer in rows}


def adjustment_of_fields(fields: Mapping[str, Any]) -> Adjustment:
    """Return an adjustment from its fields; its day is ISO text."""
    values = {name: fields[name] for name in _ADJUSTMENT}
    paid_by = values["paid_by"]
    if isinstance(paid_by, str):
        paid_by = orjson.loads(paid_by)
    values |= {
        "kind": AdjustmentKind(values["kind"]),
        "day": date.fromisoformat(values["day"]),
        "is_taken_back": bool(values["is_taken_back"]),
        "paid_by": PaidBy(**paid_by) if paid_by else None,
    }
    return Adjustment(**values)


def carried_of_fields(fields: Mapping[str, Any]) -> CarriedForward:
    """Return a carried-forward total from its fields."""
    return CarriedForward(**{name: fields[name] for name in _CARRIED})


def _fields(one: Adjustment) -> tuple[object, ...]:
    values = {name: getattr(one, name) for name in _ADJUSTMENT}
    values |= {
        "kind": one.kind.value,
        "day": one.day.isoformat(),
        "is_taken_back": int(one.is_taken_back),
        "paid_by": orjson.dumps(one.paid_by).decode() if one.paid_by else None,
    }
    return tuple(values.values())

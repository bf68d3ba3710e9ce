"""Plan lines of runs: the permanent record, and which of them closed runs have paid. Those of typed hours have a table of their own."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from server.billing.payroll.pay_run import Period
from server.billing.payroll.plan_lines import HOURS, PaidPlan, PlanLine
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.statement_texts import fill_in

_COLUMNS = (
    "provider",
    "provider_key",
    "kind",
    "service",
    "measure",
    "first_day",
    "last_day",
    "was_cents",
    "now_cents",
    "words",
)
_OF_HOURS = (
    "provider",
    "provider_key",
    "service",
    "day",
    "was_minutes",
    "now_minutes",
    "was_cents",
    "now_cents",
    "words",
)

_CLOSED = "JOIN pay_run ON pay_run.id = line.run AND pay_run.state = 'closed'"
_PAID = fill_in(
    "SELECT pay_run.closed_at, line.* FROM plan_line AS line {closed} WHERE line.last_day >= ? AND line.first_day <= ?",
    closed=_CLOSED,
)
_PAID_HOURS = fill_in(
    "SELECT pay_run.closed_at, line.* FROM hours_line AS line {closed} WHERE line.day BETWEEN ? AND ?",
    closed=_CLOSED,
)
PAYMENT_DAY = "CASE WHEN one.payment_day > pay_run.first_day THEN one.payment_day ELSE pay_run.first_day END"
"""The day of a payment line ``one`` of ``pay_run``: a payment that came before the period counts on its first day."""

_LATER = fill_in(
    """
WITH asked (run) AS (VALUES (?)), later AS (
    SELECT run, provider_key, first_day, last_day FROM plan_line
    UNION ALL
    SELECT run, provider_key, day, day FROM hours_line
), counted AS (
    SELECT run, provider_key, day AS first_day, day AS last_day FROM pay_line WHERE run = (SELECT run FROM asked)
    UNION ALL
    SELECT run, provider_key, day, day FROM pay_adjustment WHERE run = (SELECT run FROM asked) AND kind IN ('share', 'supervision')
    UNION ALL
    SELECT one.run, one.provider_key, {day}, {day} FROM payment_line AS one JOIN pay_run ON pay_run.id = one.run WHERE one.run = (SELECT run FROM asked)
    UNION ALL
    SELECT run, provider_key, first_day, last_day FROM later WHERE run = (SELECT run FROM asked)
)
SELECT DISTINCT later.run FROM pay_run AS own
JOIN pay_run AS run ON run.state = 'closed' AND (run.closed_at, run.id) > (own.closed_at, own.id)
JOIN later ON later.run = run.id
WHERE own.id = (SELECT run FROM asked) AND EXISTS (
    SELECT 1 FROM counted
    WHERE counted.provider_key = later.provider_key AND counted.first_day >= later.first_day AND counted.last_day <= later.last_day
)
ORDER BY later.run
""",
    day=PAYMENT_DAY,
)


def write(session: DatabaseSession, run_id: str, lines: Sequence[PlanLine]) -> None:
    """Write the plan lines of a draft as rows."""
    placed = [(place, fields_of_plan(line)) for place, line in enumerate(lines)]
    session.insert_many(
        "plan_line",
        ("run", "place", *_COLUMNS),
        (
            (run_id, place, *(fields[name] for name in _COLUMNS))
            for place, fields in placed
            if fields["kind"] != HOURS
        ),
    )
    session.insert_many(
        "hours_line",
        ("run", "place", *_OF_HOURS),
        (
            (run_id, place, *({**fields, "day": fields["first_day"]}[name] for name in _OF_HOURS))
            for place, fields in placed
            if fields["kind"] == HOURS
        ),
    )


def read(session: DatabaseSession, run_id: str) -> list[PlanLine]:
    """Return the plan lines of a run that was closed; none if it never was."""
    rows = [*session.records("SELECT * FROM plan_line WHERE run = ?", [run_id])]
    rows += map(_hours_as_plan, session.records("SELECT * FROM hours_line WHERE run = ?", [run_id]))
    return [plan_of_fields(row) for row in sorted(rows, key=lambda row: int(row["place"]))]


def paid_plans(session: DatabaseSession, period: Period) -> list[PaidPlan]:
    """Return the plan lines of closed runs for days of a period, in the order in which the runs were closed."""
    days = [period.first.isoformat(), period.last.isoformat()]
    rows = [*session.records(_PAID, days), *map(_hours_as_plan, session.records(_PAID_HOURS, days))]
    in_order = sorted(rows, key=lambda row: (row["closed_at"], row["run"], row["place"]))
    return [PaidPlan(row["run"], plan_of_fields(row)) for row in in_order]


def runs_planning(session: DatabaseSession, run_id: str) -> list[str]:
    """Return the closed runs with plan lines that count visits, hours or plan lines of a run."""
    return [later for (later,) in session.all(_LATER, [run_id])]


def plan_of_fields(fields: Mapping[str, Any]) -> PlanLine:
    """Return a plan line from its columns; days are ISO text. Only those of hours have minutes."""
    values = {name: fields[name] for name in _COLUMNS}
    values |= {end: date.fromisoformat(values.pop(f"{end}_day")) for end in ("first", "last")}
    minutes = {name: fields.get(name, 0) for name in ("was_minutes", "now_minutes")}
    return PlanLine(**values, **minutes)


def fields_of_plan(line: PlanLine) -> dict[str, Any]:
    """Return the columns of a plan line; days are ISO text."""
    days = {"first_day": line.first.isoformat(), "last_day": line.last.isoformat()}
    names = dict.fromkeys((*_COLUMNS, "was_minutes", "now_minutes"))
    return {name: days[name] if name in days else getattr(line, name) for name in names}


def _hours_as_plan(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of typed hours with the columns of a plan line."""
    return {**row, "kind": HOURS, "measure": "", "first_day": row["day"], "last_day": row["day"]}

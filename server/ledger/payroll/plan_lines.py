"""Plan lines of runs: the permanent record, and which of them closed runs have paid."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from server.billing.payroll.pay_run import Period
from server.billing.payroll.plan_lines import PaidPlan, PlanLine
from server.ledger.engine.database_session import DatabaseSession

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

_PAID = """
SELECT line.* FROM plan_line AS line
JOIN pay_run ON pay_run.id = line.run AND pay_run.state = 'closed'
WHERE line.last_day >= ? AND line.first_day <= ?
ORDER BY pay_run.closed_at, line.run, line.place
"""
_LATER = """
SELECT DISTINCT later.run FROM pay_run AS own
JOIN pay_run AS run ON run.state = 'closed' AND (run.closed_at, run.id) > (own.closed_at, own.id)
JOIN plan_line AS later ON later.run = run.id
WHERE own.id = ? AND (
    EXISTS (
        SELECT 1 FROM pay_line AS line
        WHERE line.run = own.id AND line.provider_key = later.provider_key AND line.day BETWEEN later.first_day AND later.last_day
    )
    OR EXISTS (
        SELECT 1 FROM plan_line AS line
        WHERE line.run = own.id AND line.provider_key = later.provider_key
            AND line.first_day = later.first_day AND line.last_day = later.last_day
    )
)
ORDER BY later.run
"""


def write(session: DatabaseSession, run_id: str, lines: Sequence[PlanLine]) -> None:
    """Write the plan lines of a draft as rows."""
    session.insert_many(
        "plan_line",
        ("run", "place", *_COLUMNS),
        ((run_id, place, *fields_of_plan(line).values()) for place, line in enumerate(lines)),
    )


def read(session: DatabaseSession, run_id: str) -> list[PlanLine]:
    """Return the plan lines of a run that was closed; none if it never was."""
    rows = session.records("SELECT * FROM plan_line WHERE run = ? ORDER BY place", [run_id])
    return [plan_of_fields(row) for row in rows]


def paid_plans(session: DatabaseSession, period: Period) -> list[PaidPlan]:
    """Return the plan lines of closed runs for days of a period, in the order in which the runs were closed."""
    rows = session.records(_PAID, [period.first.isoformat(), period.last.isoformat()])
    return [PaidPlan(row["run"], plan_of_fields(row)) for row in rows]


def runs_planning(session: DatabaseSession, run_id: str) -> list[str]:
    """Return the closed runs with plan lines that count visits or plan lines of a run."""
    return [later for (later,) in session.all(_LATER, [run_id])]


def plan_of_fields(fields: Mapping[str, Any]) -> PlanLine:
    """Return a plan line from its columns; days are ISO text."""
    values = {name: fields[name] for name in _COLUMNS}
    values |= {end: date.fromisoformat(values.pop(f"{end}_day")) for end in ("first", "last")}
    return PlanLine(**values)


def fields_of_plan(line: PlanLine) -> dict[str, Any]:
    """Return the columns of a plan line; days are ISO text."""
    days = {"first_day": line.first.isoformat(), "last_day": line.last.isoformat()}
    return {name: days.get(name) or getattr(line, name) for name in _COLUMNS}

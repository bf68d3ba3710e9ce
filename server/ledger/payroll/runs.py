"""Pay runs as rows, with the state of each.

Nothing is decided here. The rules decide the steps; SQLite's triggers refuse what no rule allows.
"""

from datetime import date
from typing import Any

from server.billing.payroll.pay_run import Outcome, PayRun, Period
from server.billing.payroll.recorded_runs import RunHeader, RunState, run_number
from server.billing.payroll.run_states import RunStep
from server.errors import UnknownRun
from server.ledger.clock import Stamp
from server.ledger.engine.database_session import DatabaseSession


def latest_of(session: DatabaseSession, period: Period) -> tuple[int, RunState] | None:
    """Return the number and the state of the last run of exactly this period, ``None`` if there is none."""
    latest = session.one(
        "SELECT number, state FROM pay_run WHERE first_day = ? AND last_day = ? ORDER BY number DESC LIMIT 1",
        [period.first.isoformat(), period.last.isoformat()],
    )
    return (latest[0], RunState(latest[1])) if latest else None


def header(session: DatabaseSession, run_id: str) -> RunHeader:
    """Return one pay run; refuses an unknown id."""
    for row in session.records("SELECT * FROM pay_run WHERE id = ?", [run_id]):
        return _header_of_row(row)
    raise UnknownRun(run_id)


def headers(session: DatabaseSession) -> list[RunHeader]:
    """Return every pay run, the latest period first."""
    latest_first = "SELECT * FROM pay_run ORDER BY last_day DESC, first_day DESC, number DESC"
    return [_header_of_row(row) for row in session.records(latest_first)]


def open_draft(session: DatabaseSession, period: Period) -> RunHeader | None:
    """Return the open draft of exactly this period, ``None`` if there is none."""
    found = "SELECT * FROM pay_run WHERE state = 'draft' AND first_day = ? AND last_day = ?"
    rows = session.records(found, [period.first.isoformat(), period.last.isoformat()])
    return next(map(_header_of_row, rows), None)


def enter_draft(session: DatabaseSession, run: PayRun, figures: bytes, stamp: Stamp) -> int:
    """Insert a run as a draft, or overwrite its draft; return the revision: how often the draft was made."""
    earlier: int = session.value("SELECT revision FROM pay_run WHERE id = ?", [run.id]) or 0
    made = {"revision": earlier + 1, **_draft_columns(run, figures, stamp)}
    if earlier:
        session.update("pay_run", run.id, made)
    else:
        session.insert("pay_run", {**_key_columns(run), "state": RunState.DRAFT.value, **made})
    return earlier + 1


def record_step(session: DatabaseSession, step: RunStep, stamp: Stamp, *, held: int = 0) -> None:
    """Record a decided step: the new state, the time, the person and the reason. ``held`` is how many rows
    are held then; none is blocked any more.
    """
    entered: dict[RunState, dict[str, object]] = {
        RunState.CLOSED: {"closed_at": stamp.at, "closed_by": stamp.actor},
        RunState.VOIDED: {"voided_at": stamp.at, "voided_by": stamp.actor, "void_reason": step.reason},
    }
    counts = {"blocked": 0, "held": held} if held else {}
    session.update("pay_run", step.run_id, {"state": step.to_state.value, **entered[step.to_state], **counts})


def _header_of_row(row: dict[str, Any]) -> RunHeader:
    period = Period(date.fromisoformat(row.pop("first_day")), date.fromisoformat(row.pop("last_day")))
    pay_date = row.pop("pay_date")
    del row["number"]
    values: dict[str, Any] = {column: "" if value is None else value for column, value in row.items()}
    values |= {"period": period, "state": RunState(row["state"])}
    values["pay_date"] = date.fromisoformat(pay_date) if pay_date else None
    return RunHeader(**values)


def _key_columns(run: PayRun) -> dict[str, object]:
    return {
        "id": run.id,
        "first_day": run.period.first.isoformat(),
        "last_day": run.period.last.isoformat(),
        "number": run_number(run.id),
    }


def _draft_columns(run: PayRun, figures: bytes, stamp: Stamp) -> dict[str, object]:
    return {
        "rows_in": run.rows_in,
        "paid": run.count(Outcome.PAID),
        "excluded": run.count(Outcome.EXCLUDED),
        "held": run.count(Outcome.HELD),
        "blocked": run.count(Outcome.BLOCKED),
        "already_paid": run.count(Outcome.ALREADY_PAID),
        "paid_cents": run.paid_cents,
        "adjustments": len(run.adjustments),
        "adjustment_cents": run.adjustment_cents,
        "carried_in_cents": run.carried_in_cents,
        "carried_out_cents": run.carried_out_cents,
        "items": len(run.items),
        "items_cents": run.items_cents,
        "plans": len(run.plans),
        "plans_cents": run.plans_cents,
        "collections": len(run.payments),
        "collections_cents": run.payments.cents,
        "unallocated": len(run.payments.unallocated_rows),
        "unallocated_cents": run.payments.unallocated_cents,
        "follows_payments": int(run.payments.is_followed),
        "fingerprint": run.fingerprint,
        "pay_date": run.pay_date.isoformat() if run.pay_date else None,
        "figures": figures,
        "made_at": stamp.at,
        "made_by": stamp.actor,
    }

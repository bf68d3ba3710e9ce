"""Writes the rows of reminders, and compares them with the steps and the decisions that they follow from."""

from collections.abc import Iterator
from typing import Any

from server.ledger.clock import Stamp
from server.ledger.engine.database_session import DatabaseSession


def insert_row(session: DatabaseSession, row: dict[str, Any], stamp: Stamp) -> int:
    """Write a reminder that waits from its due day on; return its id."""
    recorded = {"waits_until": row["due_on"], "recorded_at": stamp.at, "recorded_by": stamp.actor}
    return session.insert("reminder", row | recorded)


def reminder_faults(session: DatabaseSession) -> Iterator[tuple[str, str]]:
    """Yield the reminders that differ from what was decided about them, and the steps without a reminder: an id and why."""
    for row_id, *_ in session.each(_WRONG_DAYS):
        yield str(row_id), "is not due on the day that was decided"
    for row_id, *_ in session.each(_LOST_STEPS):
        yield f"of step {row_id}", "is missing"


_WRONG_DAYS = """
SELECT reminder.id FROM reminder LEFT JOIN reminder_decision AS last ON last.id = (
    SELECT MAX(latest.id) FROM reminder_decision AS latest WHERE latest.reminder = reminder.id
)
WHERE reminder.waits_until IS DISTINCT FROM CASE WHEN last.id IS NULL THEN reminder.due_on ELSE last.until END ORDER BY reminder.id
"""
_LOST_STEPS = """
SELECT step.id FROM step WHERE step.action = 'remind'
    AND NOT EXISTS (SELECT 1 FROM reminder WHERE reminder.step = step.id) ORDER BY step.id
"""

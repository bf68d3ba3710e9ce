"""Group sessions of the setup: services that are paid once for a whole group. An append-only table, as rates are."""

from collections.abc import Iterable
from datetime import date

from server.billing.clinics import GroupSession, PaidPer
from server.ledger.clinics import append_only
from server.ledger.clinics.append_only import ListedIds, Table
from server.ledger.clinics.changes import Changes
from server.ledger.clock import Stamp
from server.ledger.engine.database_session import DatabaseSession

_CURRENT_ROWS = """
SELECT kept.*, service.code AS service_code
FROM {table} AS kept
JOIN service ON service.id = kept.service
WHERE NOT EXISTS (SELECT 1 FROM {table}_withdrawal AS withdrawn WHERE withdrawn.id = kept.id)
ORDER BY service.place, kept.effective_from, kept.id
"""
_GROUP_SESSIONS = Table(
    "group_session", ("service", "effective_from", "paid_per"), key=(0, 1), current_rows=_CURRENT_ROWS
)


def group_sessions(session: DatabaseSession) -> tuple[GroupSession, ...]:
    """Return the current rules, by service and day."""
    return tuple(
        GroupSession(row["service_code"], PaidPer(row["paid_per"]), date.fromisoformat(row["effective_from"]))
        for row in append_only.current_rows(session, _GROUP_SESSIONS)
    )


def save_group_sessions(
    session: DatabaseSession, wished: Iterable[GroupSession], row_ids: ListedIds, stamp: Stamp
) -> Changes:
    """Make these the current rules, and no others."""
    contents = [
        (
            row_ids.of_service("Group sessions", rule.service),
            rule.effective_from.isoformat(),
            rule.paid_per.value,
        )
        for rule in wished
    ]
    return append_only.save_rows(session, _GROUP_SESSIONS, contents, stamp)

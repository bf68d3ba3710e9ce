"""Shares and supervision of the setup: who is paid for visits of others. Append-only tables, as rates are."""

from collections.abc import Iterable
from datetime import date

from server.billing.clinics import PayBasis, ShareRule, Supervision
from server.ledger.clinics import append_only
from server.ledger.clinics.append_only import ListedIds, Table
from server.ledger.clinics.changes import Changes
from server.ledger.clock import Stamp
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.statement_texts import fill_in

_CURRENT_ROWS = """
SELECT kept.*, COALESCE(provider.name, '*') AS provider_name, COALESCE(service.code, '*') AS service_code,
    further.name AS further_name
FROM {table} AS kept
JOIN provider AS further ON further.id = kept.{further}
LEFT JOIN provider ON provider.id = kept.provider
LEFT JOIN service ON service.id = kept.service
WHERE NOT EXISTS (SELECT 1 FROM {table}_withdrawal AS withdrawn WHERE withdrawn.id = kept.id)
ORDER BY provider.place IS NULL, provider.place, service.place IS NULL, service.place, further.place,
         kept.effective_from, kept.id
"""
_SHARES = Table(
    "share_rule",
    ("provider", "service", "partner", "effective_from", "share"),
    key=(0, 1, 2, 3),
    current_rows=fill_in(_CURRENT_ROWS, table="share_rule", further="partner"),
)
_SUPERVISION = Table(
    "supervision",
    ("provider", "service", "supervisor", "effective_from", "until", "basis", "amount"),
    key=(0, 1, 2, 3),
    current_rows=fill_in(_CURRENT_ROWS, table="supervision", further="supervisor"),
)


def share_rules(session: DatabaseSession) -> tuple[ShareRule, ...]:
    """Return the current shares, by provider, service and partner."""
    return tuple(
        ShareRule(
            row["provider_name"],
            row["service_code"],
            row["further_name"],
            row["share"],
            date.fromisoformat(row["effective_from"]),
        )
        for row in append_only.current_rows(session, _SHARES)
    )


def supervision(session: DatabaseSession) -> tuple[Supervision, ...]:
    """Return the current supervision, by provider, service and supervisor."""
    return tuple(
        Supervision(
            row["provider_name"],
            row["further_name"],
            row["service_code"],
            PayBasis(row["basis"]),
            row["amount"],
            date.fromisoformat(row["effective_from"]),
            date.fromisoformat(row["until"]) if row["until"] else None,
        )
        for row in append_only.current_rows(session, _SUPERVISION)
    )


def save_share_rules(
    session: DatabaseSession, wished: Iterable[ShareRule], row_ids: ListedIds, stamp: Stamp
) -> Changes:
    """Make these the current shares, and no others."""
    contents = [
        (
            *row_ids.of_row("Shares", rule.provider, rule.service),
            row_ids.of_provider("Shares", rule.partner),
            rule.effective_from.isoformat(),
            rule.share,
        )
        for rule in wished
    ]
    return append_only.save_rows(session, _SHARES, contents, stamp)


def save_supervision(
    session: DatabaseSession, wished: Iterable[Supervision], row_ids: ListedIds, stamp: Stamp
) -> Changes:
    """Make this the current supervision, and no other."""
    contents = [
        (
            *row_ids.of_row("Supervision", rule.provider, rule.service),
            row_ids.of_provider("Supervision", rule.supervisor),
            rule.effective_from.isoformat(),
            rule.until.isoformat() if rule.until else None,
            rule.basis.value,
            rule.amount,
        )
        for rule in wished
    ]
    return append_only.save_rows(session, _SUPERVISION, contents, stamp)

"""Pay items of the setup: pay that no visit earns. An append-only table, as rates are."""

from collections.abc import Iterable
from datetime import date

from server.billing.setup_pay_items import Every, PayItem, PayItemKind
from server.ledger.clinics import append_only
from server.ledger.clinics.append_only import ListedIds, Table
from server.ledger.clinics.changes import Changes
from server.ledger.clock import Stamp
from server.ledger.engine.database_session import DatabaseSession

_CURRENT_ROWS = """
SELECT kept.*, provider.name AS provider_name
FROM {table} AS kept
JOIN provider ON provider.id = kept.provider
WHERE NOT EXISTS (SELECT 1 FROM {table}_withdrawal AS withdrawn WHERE withdrawn.id = kept.id)
ORDER BY provider.place, kept.first_day, kept.id
"""
_PAY_ITEMS = Table(
    "pay_item",
    ("provider", "kind", "amount_cents", "first_day", "last_day", "every", "note"),
    key=(0, 1, 3, 6),
    current_rows=_CURRENT_ROWS,
)


def pay_items(session: DatabaseSession) -> tuple[PayItem, ...]:
    """Return the current pay items, by provider and first day."""
    return tuple(
        PayItem(
            provider=row["provider_name"],
            kind=PayItemKind(row["kind"]),
            amount_cents=row["amount_cents"],
            first=date.fromisoformat(row["first_day"]),
            last=date.fromisoformat(row["last_day"]) if row["last_day"] else None,
            every=Every(row["every"]),
            note=row["note"],
        )
        for row in append_only.current_rows(session, _PAY_ITEMS)
    )


def save_pay_items(
    session: DatabaseSession, wished: Iterable[PayItem], row_ids: ListedIds, stamp: Stamp
) -> Changes:
    """Make these the current pay items, and no others."""
    contents = [
        (
            row_ids.of_provider("Pay items", item.provider),
            item.kind.value,
            item.amount_cents,
            item.first.isoformat(),
            item.last.isoformat() if item.last else None,
            item.every.value,
            item.note,
        )
        for item in wished
    ]
    return append_only.save_rows(session, _PAY_ITEMS, contents, stamp)

"""Pay plans of the setup: tiers, minimum, cap and salary. An append-only table, as rates are."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from server.billing.clinics import ANY, PayBasis, PayPlan, PlanKind, PlanMeasure
from server.ledger.clinics import append_only
from server.ledger.clinics.append_only import ListedIds, Table
from server.ledger.clinics.changes import Changes
from server.ledger.clock import Stamp
from server.ledger.engine.database_session import DatabaseSession

_ROWS = """
SELECT kept.*, COALESCE(provider.name, '*') AS provider_name, COALESCE(service.code, '*') AS service_code
FROM pay_plan AS kept
LEFT JOIN provider ON provider.id = kept.provider
LEFT JOIN service ON service.id = kept.service
WHERE kept.recorded_at <= ? AND NOT EXISTS (
    SELECT 1 FROM pay_plan_withdrawal AS withdrawn WHERE withdrawn.id = kept.id AND withdrawn.withdrawn_at <= ?
)
ORDER BY provider.place IS NULL, provider.place, service.place IS NULL, service.place, kept.effective_from, kept.kind,
    kept.lower, kept.id
"""
_EVER = "9999"
"""Later than any instant."""

_PAY_PLANS = Table(
    "pay_plan",
    (
        "provider",
        "service",
        "kind",
        "measure",
        "lower",
        "upper",
        "basis",
        "amount",
        "effective_from",
        "note",
    ),
    key=(0, 1, 2, 3, 4, 8),
)


def pay_plans(session: DatabaseSession, at: str = _EVER) -> tuple[PayPlan, ...]:
    """Return the pay plans as they were at an instant, by default the current ones, by provider and service."""
    return tuple(map(_plan_of_row, session.records(_ROWS, [at, at])))


def has_ever_any(session: DatabaseSession) -> bool:
    """Return whether there is or was any pay plan."""
    return session.one("SELECT 1 FROM pay_plan LIMIT 1") is not None


def _plan_of_row(row: dict[str, Any]) -> PayPlan:
    kind = PlanKind(row["kind"])
    return PayPlan(
        provider=row["provider_name"],
        service=row["service_code"] if kind.is_tier else "",
        kind=kind,
        measure=PlanMeasure(row["measure"]) if row["measure"] else None,
        lower=row["lower"],
        upper=row["upper"],
        basis=PayBasis(row["basis"]) if row["basis"] else None,
        amount=row["amount"],
        effective_from=date.fromisoformat(row["effective_from"]),
        note=row["note"],
    )


def save_pay_plans(
    session: DatabaseSession, wished: Iterable[PayPlan], row_ids: ListedIds, stamp: Stamp
) -> Changes:
    """Make these the current pay plans, and no others."""
    contents = [
        (
            *row_ids.of_row("Pay plans", plan.provider, plan.service or ANY),
            plan.kind.value,
            plan.measure.value if plan.measure else None,
            plan.lower,
            plan.upper,
            plan.basis.value if plan.basis else None,
            plan.amount,
            plan.effective_from.isoformat(),
            plan.note,
        )
        for plan in wished
    ]
    return append_only.save_rows(session, _PAY_PLANS, contents, stamp)

"""Append-only tables of the setup: rates and missed-visit rules. Prices, pay items and pay plans have modules of their own.

The rates of a closed run must be found again for years, so a row is never changed. A row that left
the sheet is withdrawn. If a row differs in anything, the old one is withdrawn and a new one inserted.
Rows reference the row ids of providers and services, so a rename keeps them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from server.billing.clinics import ANY, CountsAs, MissedPay, MissedVisitRule, PayBasis, Rate
from server.billing.names import fold
from server.errors import SetupDoesNotFit
from server.ledger.clinics.changes import Changes
from server.ledger.clock import Stamp
from server.ledger.engine.database_session import DatabaseSession

Content = tuple[object, ...]
"""The values of one row, in the order of its table's columns."""


_CURRENT_ROWS = """
SELECT kept.*, COALESCE(provider.name, '*') AS provider_name, COALESCE(service.code, '*') AS service_code
FROM {table} AS kept
LEFT JOIN provider ON provider.id = kept.provider
LEFT JOIN service ON service.id = kept.service
WHERE NOT EXISTS (SELECT 1 FROM {table}_withdrawal AS withdrawn WHERE withdrawn.id = kept.id)
ORDER BY provider.place IS NULL, provider.place, service.place IS NULL, service.place,
         kept.effective_from, kept.id
"""


@dataclass(frozen=True, slots=True)
class Table:
    """An append-only table; ``<name>_withdrawal`` holds the ids of the withdrawn rows."""

    name: str
    columns: tuple[str, ...]
    key: tuple[int, ...]
    """Positions of the columns that identify the row for a person."""
    current_rows: str = _CURRENT_ROWS
    """The query for the rows that are not withdrawn, in their order."""

    def subject(self, content: Content) -> Content:
        """Return the values that identify a row for a person."""
        return tuple(content[position] for position in self.key)


_RATES = Table("rate", ("provider", "service", "effective_from", "basis", "amount", "note"), (0, 1, 2))
_MISSED_VISITS = Table(
    "missed_visit", ("provider", "service", "counts_as", "effective_from", "basis", "amount"), (0, 1, 2, 3)
)


class ListedIds:
    """The row ids of the listed providers and services, by folded spelling."""

    def __init__(self, providers: dict[str, int], services: dict[str, int]) -> None:
        self._providers = providers
        self._services = services

    def of_row(self, sheet: str, provider: str, service: str) -> tuple[int | None, int | None]:
        """Return the row ids of a provider and a service, ``None`` for any; raises SetupDoesNotFit."""
        return (
            self._row_id(self._providers, provider, sheet, "is not on the Providers sheet"),
            self._row_id(self._services, service, sheet, "is not on the Services sheet"),
        )

    def of_provider(self, sheet: str, provider: str) -> int:
        """Return the row id of a provider; raises SetupDoesNotFit, also for ``ANY``."""
        row_id = self.of_row(sheet, provider, ANY)[0]
        if row_id is None:
            raise SetupDoesNotFit(sheet, provider, "is not on the Providers sheet")
        return row_id

    def of_service(self, sheet: str, service: str) -> int:
        """Return the row id of a service; raises SetupDoesNotFit, also for ``ANY``."""
        row_id = self.of_row(sheet, ANY, service)[1]
        if row_id is None:
            raise SetupDoesNotFit(sheet, service, "is not on the Services sheet")
        return row_id

    def _row_id(self, known: dict[str, int], spelling: str, sheet: str, why: str) -> int | None:
        if spelling == ANY:
            return None
        if fold(spelling) not in known:
            raise SetupDoesNotFit(sheet, spelling, why)
        return known[fold(spelling)]


def rates(session: DatabaseSession) -> tuple[Rate, ...]:
    """Return the current rates, in the order of their providers and services."""
    return tuple(
        Rate(
            provider=row["provider_name"],
            service=row["service_code"],
            basis=PayBasis(row["basis"]),
            amount=row["amount"],
            effective_from=date.fromisoformat(row["effective_from"]),
            note=row["note"],
        )
        for row in current_rows(session, _RATES)
    )


def missed_visits(session: DatabaseSession) -> tuple[MissedVisitRule, ...]:
    """Return the current missed-visit rules, in the order of their providers and services."""
    return tuple(
        MissedVisitRule(
            provider=row["provider_name"],
            service=row["service_code"],
            counts_as=CountsAs(row["counts_as"]),
            basis=MissedPay(row["basis"]),
            amount=row["amount"],
            effective_from=date.fromisoformat(row["effective_from"]),
        )
        for row in current_rows(session, _MISSED_VISITS)
    )


def save_rates(session: DatabaseSession, wished: Iterable[Rate], row_ids: ListedIds, stamp: Stamp) -> Changes:
    """Make these the current rates, and no others."""
    contents = [
        (
            *row_ids.of_row("Rates", rate.provider, rate.service),
            rate.effective_from.isoformat(),
            rate.basis.value,
            rate.amount,
            rate.note,
        )
        for rate in wished
    ]
    return save_rows(session, _RATES, contents, stamp)


def save_missed_visits(
    session: DatabaseSession, wished: Iterable[MissedVisitRule], row_ids: ListedIds, stamp: Stamp
) -> Changes:
    """Make these the current missed-visit rules, and no others."""
    contents = [
        (
            *row_ids.of_row("Missed visits", rule.provider, rule.service),
            rule.counts_as.value,
            rule.effective_from.isoformat(),
            rule.basis.value,
            rule.amount,
        )
        for rule in wished
    ]
    return save_rows(session, _MISSED_VISITS, contents, stamp)


def current_rows(session: DatabaseSession, table: Table) -> Iterable[dict[str, Any]]:
    """Return the rows that are not withdrawn."""
    return session.records(table.current_rows.format(table=table.name))


def save_rows(session: DatabaseSession, table: Table, wished: Sequence[Content], stamp: Stamp) -> Changes:
    """Withdraw current rows that are not wished, and insert wished rows that are not current."""
    spare: dict[Content, list[int]] = defaultdict(list)
    for row in current_rows(session, table):
        spare[tuple(row[column] for column in table.columns)].append(row["id"])
    fresh = [content for content in wished if not _take_one(spare, content)]
    withdrawn = [(content, row_id) for content, row_ids in spare.items() for row_id in row_ids]
    session.insert_many(
        f"{table.name}_withdrawal",
        ("id", "withdrawn_at", "withdrawn_by"),
        ((row_id, stamp.at, stamp.actor) for _, row_id in withdrawn),
    )
    session.insert_many(
        table.name,
        (*table.columns, "recorded_at", "recorded_by"),
        ((*content, stamp.at, stamp.actor) for content in fresh),
    )
    before, after = (
        Counter(map(table.subject, contents)) for contents in ([content for content, _ in withdrawn], fresh)
    )
    changed = (before & after).total()
    return Changes(
        added=len(fresh) - changed,
        changed=changed,
        deactivated=len(withdrawn) - changed,
        unchanged=len(wished) - len(fresh),
    )


def _take_one(spare: dict[Content, list[int]], content: Content) -> bool:
    """Remove one current row with this content from ``spare``; return whether there was one."""
    rows = spare.get(content)
    if not rows:
        return False
    rows.pop(0)
    return True

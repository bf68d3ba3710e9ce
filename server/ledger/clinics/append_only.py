"""Append-only tables of the setup: rates and missed-visit rules here, prices in a module of their own.

What a closed run was paid by must be found again for years, so a row is never changed. One that
left the sheet is withdrawn, one that differs in anything is withdrawn and written anew. They hang
on the row ids of providers and services: whoever is renamed keeps them.
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


_STANDING = """
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
    """A table that only grows; ``<name>_withdrawal`` holds the ids of the rows withdrawn."""

    name: str
    columns: tuple[str, ...]
    key: tuple[int, ...]
    """Positions of the columns that say what the row is about, as a person sees it."""
    standing: str = _STANDING
    """The query for the rows that stand, in their order."""

    def about(self, content: Content) -> Content:
        """Return what a row is about."""
        return tuple(content[position] for position in self.key)


_RATES = Table("rate", ("provider", "service", "effective_from", "basis", "amount", "note"), (0, 1, 2))
_MISSED_VISITS = Table(
    "missed_visit", ("provider", "service", "counts_as", "effective_from", "basis", "amount"), (0, 1, 2, 3)
)


class Listed:
    """The providers and services now listed, found by spelling: folded -> row id."""

    def __init__(self, providers: dict[str, int], services: dict[str, int]) -> None:
        self._providers = providers
        self._services = services

    def ids(self, sheet: str, provider: str, service: str) -> tuple[int | None, int | None]:
        """Return the row ids a row of a sheet speaks of, ``None`` for any."""
        return (
            self._id(self._providers, provider, sheet, "is not on the Providers sheet"),
            self._id(self._services, service, sheet, "is not on the Services sheet"),
        )

    def _id(self, known: dict[str, int], spelling: str, sheet: str, why: str) -> int | None:
        if spelling == ANY:
            return None
        if fold(spelling) not in known:
            raise SetupDoesNotFit(sheet, spelling, why)
        return known[fold(spelling)]


def rates(session: DatabaseSession) -> tuple[Rate, ...]:
    """Return the rates that stand, in the order of their providers and services."""
    return tuple(
        Rate(
            provider=row["provider_name"],
            service=row["service_code"],
            basis=PayBasis(row["basis"]),
            amount=row["amount"],
            effective_from=date.fromisoformat(row["effective_from"]),
            note=row["note"],
        )
        for row in standing(session, _RATES)
    )


def missed_visits(session: DatabaseSession) -> tuple[MissedVisitRule, ...]:
    """Return the missed-visit rules that stand, in the order of their providers and services."""
    return tuple(
        MissedVisitRule(
            provider=row["provider_name"],
            service=row["service_code"],
            counts_as=CountsAs(row["counts_as"]),
            basis=MissedPay(row["basis"]),
            amount=row["amount"],
            effective_from=date.fromisoformat(row["effective_from"]),
        )
        for row in standing(session, _MISSED_VISITS)
    )


def save_rates(session: DatabaseSession, wished: Iterable[Rate], listed: Listed, stamp: Stamp) -> Changes:
    """Make exactly these rates stand."""
    contents = [
        (
            *listed.ids("Rates", rate.provider, rate.service),
            rate.effective_from.isoformat(),
            rate.basis.value,
            rate.amount,
            rate.note,
        )
        for rate in wished
    ]
    return save(session, _RATES, contents, stamp)


def save_missed_visits(
    session: DatabaseSession, wished: Iterable[MissedVisitRule], listed: Listed, stamp: Stamp
) -> Changes:
    """Make exactly these missed-visit rules stand."""
    contents = [
        (
            *listed.ids("Missed visits", rule.provider, rule.service),
            rule.counts_as.value,
            rule.effective_from.isoformat(),
            rule.basis.value,
            rule.amount,
        )
        for rule in wished
    ]
    return save(session, _MISSED_VISITS, contents, stamp)


def standing(session: DatabaseSession, table: Table) -> Iterable[dict[str, Any]]:
    """Return the rows that stand."""
    return session.records(table.standing.format(table=table.name))


def save(session: DatabaseSession, table: Table, wished: Sequence[Content], stamp: Stamp) -> Changes:
    """Withdraw what stands and is not wished, write what is wished and does not stand."""
    spare: dict[Content, list[int]] = defaultdict(list)
    for row in standing(session, table):
        spare[tuple(row[column] for column in table.columns)].append(row["id"])
    fresh = [content for content in wished if not _taken(spare, content)]
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
        Counter(map(table.about, contents)) for contents in ([content for content, _ in withdrawn], fresh)
    )
    changed = (before & after).total()
    return Changes(
        added=len(fresh) - changed,
        changed=changed,
        deactivated=len(withdrawn) - changed,
        unchanged=len(wished) - len(fresh),
    )


def _taken(spare: dict[Content, list[int]], content: Content) -> bool:
    """Take one standing row of this content, if there is one left."""
    rows = spare.get(content)
    if not rows:
        return False
    rows.pop(0)
    return True

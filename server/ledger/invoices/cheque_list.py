"""The cheques of a clinic as a list, each with the invoices that it was recorded on."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from server.ledger.engine import json_columns
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.statement_texts import fill_in
from server.ledger.invoices.invoice_filter import ANY_DAY, Days
from server.ledger.invoices.parties import matching_text
from server.ledger.list_places import ListOrder, ListPlace


@dataclass(frozen=True, slots=True)
class ChequePart:
    """What one step took of a cheque. ``is_in_effect`` is whether it neither bounced nor was taken back."""

    invoice: str
    place: int
    amount_cents: int
    unapplied_cents: int
    cheque_date: str
    received_date: str
    is_in_effect: bool


@dataclass(frozen=True, slots=True)
class RecordedCheque:
    """A cheque as it was first recorded, with every part in the order of recording. ``amount_cents`` is the whole cheque."""

    id: int
    number: str
    paying_party: str
    amount_cents: int
    parts: tuple[ChequePart, ...]

    @property
    def is_in_effect(self) -> bool:
        """Return whether a part of it is in effect."""
        return any(part.is_in_effect for part in self.parts)


@dataclass(frozen=True, slots=True)
class ChequeFilter:
    """Which cheques to find: those that match every field. An empty field matches any cheque.

    Names and numbers match in any spelling that folds alike.
    """

    payer: str = ""
    number: str = ""
    is_in_effect: bool | None = None
    received: Days = ANY_DAY


class ChequeOrder(ListOrder):
    """The orders in which cheques can be listed."""

    RECORDED = "recorded"
    AMOUNT_CENTS = "amount_cents"


_STANDS = json_columns.list_contains("invoice.standing", "step.place")
_RECEIVED = json_columns.member_text("step.inputs", "received_date")
_TAKEN = """
FROM allocation JOIN step ON step.id = allocation.step JOIN invoice ON invoice.id = step.invoice
"""
_WITH_PART = "EXISTS (SELECT 1 {taken} WHERE allocation.cheque = cheque.id AND {condition})"
_IN_EFFECT = fill_in(_WITH_PART, taken=_TAKEN, condition=_STANDS)
_NAMED = {"payer": "cheque.payer = ?", "number": "cheque.number = ?"}
_COUNT = "SELECT COUNT(*) FROM cheque WHERE {condition}"
_LIST = fill_in(
    """
SELECT cheque.id, {number}, {paying_party}, cheque.amount_cents, invoice.number, step.place,
    allocation.amount_cents, allocation.unapplied_cents, {cheque_date}, {received}, {stands}
FROM (SELECT cheque.* FROM cheque WHERE {{condition}} ORDER BY {{order}} LIMIT CAST(? AS BIGINT)) AS cheque
JOIN allocation ON allocation.cheque = cheque.id
JOIN step ON step.id = allocation.step JOIN invoice ON invoice.id = step.invoice
ORDER BY {{order}}, step.id
""",
    number=json_columns.member_text("step.inputs", "cheque_number"),
    paying_party=json_columns.member_text("step.inputs", "paying_party"),
    cheque_date=json_columns.member_text("step.inputs", "cheque_date"),
    received=_RECEIVED,
    stands=_STANDS,
)


def list_cheques(
    session: DatabaseSession, cheque_filter: ChequeFilter, place: ListPlace[ChequeOrder], most: int
) -> list[RecordedCheque]:
    """Return up to ``most`` cheques that match a filter, from a place of the list on."""
    conditions, parameters = _conditions_of(cheque_filter)
    later, after = place.later_rows("cheque", "id")
    query = fill_in(_LIST, condition=" AND ".join([*conditions, *later]), order=place.sort_columns("cheque"))
    rows = session.all(query, [*parameters, *after, most])
    return [_cheque_of_rows(list(group)) for _, group in groupby(rows, key=lambda row: row[0])]


def count_cheques(session: DatabaseSession, cheque_filter: ChequeFilter) -> int:
    """Return how many cheques match a filter."""
    conditions, parameters = _conditions_of(cheque_filter)
    found: int = session.value(fill_in(_COUNT, condition=" AND ".join(conditions)), parameters)
    return found


def _conditions_of(cheque_filter: ChequeFilter) -> tuple[list[str], list[object]]:
    """Return the conditions of a filter and their parameters."""
    conditions, parameters = ["true"], list[object]()
    for name, condition in _NAMED.items():
        if spelling := getattr(cheque_filter, name):
            conditions.append(condition)
            parameters.append(matching_text(spelling))
    if cheque_filter.is_in_effect is not None:
        conditions.append(_IN_EFFECT if cheque_filter.is_in_effect else f"NOT {_IN_EFFECT}")
    first, last = cheque_filter.received
    if first or last:
        days = [
            (f"{_RECEIVED} {compares} ?", day.isoformat())
            for compares, day in ((">=", first), ("<=", last))
            if day
        ]
        limits = " AND ".join(condition for condition, _ in days)
        conditions.append(fill_in(_WITH_PART, taken=_TAKEN, condition=limits))
        parameters += [day for _, day in days]
    return conditions, parameters


def _cheque_of_rows(rows: list[tuple[Any, ...]]) -> RecordedCheque:
    cheque_id, number, paying_party, amount_cents, *_ = rows[0]
    parts = tuple(ChequePart(*[*row[4:10], bool(row[10])]) for row in rows)
    return RecordedCheque(cheque_id, number, paying_party, amount_cents, parts)

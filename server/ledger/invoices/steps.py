"""The steps of all invoices, one after the other, each linked to the one before by its hash.

Everything that was ever done is here, append-only. A changed byte in a step or in its transfers makes its
hash wrong. A step left out, added or moved makes the next step's hash wrong.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import orjson

from server.billing.invoices.invoice import (
    Account,
    Action,
    ActionRequest,
    ChequeException,
    InvoiceLine,
    State,
    Step,
    Transfer,
)
from server.billing.people import Role
from server.ledger.clock import Stamp
from server.ledger.engine import hash_chain, json_columns
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.statement_texts import fill_in
from server.ledger.engine.value_table import ValueTable

COLUMNS = (
    "id",
    "request",
    "invoice",
    "place",
    "action",
    "from_state",
    "to_state",
    "day",
    "inputs",
    "note",
    "reverses",
    "facts",
    "actor",
    "recorded_at",
    "previous",
)
"""The columns of a step that are hashed, in this order, before its transfers."""

_MOVED = ValueTable(
    "moved", "step", "place", "debit", "credit", "amount_cents", numbers=["step", "place", "amount_cents"]
)
_INSERT_TRANSFERS = fill_in(
    "INSERT INTO transfer (step, place, debit, credit, amount_cents)"
    " SELECT moved.step, moved.place, moved.debit, moved.credit, moved.amount_cents FROM {moved}",
    moved=_MOVED.sql,
)
"""One statement takes half the time of one statement for each row."""

_SELECT = "SELECT step.*, invoice.number, {transfers} AS transfers FROM {source}"
_TRANSFERS = json_columns.rows_as_json(
    "SELECT * FROM transfer WHERE transfer.step = step.id ORDER BY place", "debit", "credit", "amount_cents"
)


def select_steps(source: str) -> str:
    """Return the query for steps with their invoice's number and their transfers, in the form that ``step_of`` reads."""
    return _SELECT.format(transfers=_TRANSFERS, source=source)


_WANTED = ValueTable("wanted", "invoice", "place", numbers=["invoice", "place"])
_AT_PLACES = select_steps(
    f"{_WANTED.sql} JOIN step ON step.invoice = wanted.invoice AND step.place = wanted.place"
    " JOIN invoice ON invoice.id = step.invoice"
)
_HISTORY = select_steps(
    "invoice JOIN step ON step.invoice = invoice.id WHERE invoice.number = ? ORDER BY step.place"
)
_NUMBERS = ValueTable("wanted", "number")
_HISTORIES = select_steps(
    f"{_NUMBERS.sql} JOIN invoice ON invoice.number = wanted.number JOIN step ON step.invoice = invoice.id"
    " ORDER BY invoice.id, step.place"
)
_LAST = "SELECT id, hash FROM step ORDER BY id DESC LIMIT 1"
CHAIN = select_steps("step LEFT JOIN invoice ON invoice.id = step.invoice ORDER BY step.id")

_OWN_COLUMNS = {"number", "action", "note"}
"""Inputs with a column of their own."""

_BLANK = {field.name: field.default for field in fields(ActionRequest) if field.name not in _OWN_COLUMNS}
_DAYS = ("day", "cheque_date", "received_date", "due_date")


@dataclass(frozen=True, slots=True)
class StepRecord:
    """A step with the person and the time (UTC text) of its recording. ``id`` counts the clinic's steps from 1."""

    id: int
    step: Step
    request_id: str
    actor: str
    recorded_at: str


@dataclass(frozen=True, slots=True)
class StepEntry:
    """A step to be written: its invoice (row id), and for a first step the invoice's facts as JSON."""

    invoice: int
    step: Step
    facts: str | None = None


def step_hash(content: Sequence[object], transfers: Sequence[Sequence[object]]) -> str:
    """Return the hash of a step's columns (``COLUMNS``) and its transfers (debit, credit, cents)."""
    return hash_chain.row_hash([content, transfers])


def append(
    session: DatabaseSession, entries: Iterable[StepEntry], request_id: str, stamp: Stamp
) -> list[int]:
    """Append steps and their transfers to the chain; return the steps' ids."""
    last_id, previous = session.one(_LAST) or (0, hash_chain.NO_ROW_BEFORE)
    rows: list[tuple[object, ...]] = []
    moved: list[tuple[object, ...]] = []
    for step_id, entry in enumerate(entries, last_id + 1):
        transfers = [(one.debit, one.credit, one.amount_cents) for one in entry.step.transfers]
        content = (step_id, request_id, *_hashed_content(entry), stamp.actor, stamp.at, previous)
        previous = step_hash(content, transfers)
        rows.append((*content, previous))
        moved += [(step_id, place, *transfer) for place, transfer in enumerate(transfers, 1)]
    session.insert_many("step", (*COLUMNS, "hash"), rows)
    session.execute(_INSERT_TRANSFERS, [_MOVED.rows(moved)])
    return list(range(last_id + 1, last_id + 1 + len(rows)))


def at_places(session: DatabaseSession, wanted: Sequence[tuple[int, int]]) -> dict[tuple[int, int], Step]:
    """Return the steps at (invoice row id, place), keyed by that pair."""
    rows = session.records(_AT_PLACES, [_WANTED.rows(wanted)])
    return {(row["invoice"], row["place"]): step_of(row) for row in rows}


def history(session: DatabaseSession, number: str) -> Iterator[StepRecord]:
    """Yield every step of an invoice in order."""
    return map(_record_of, session.records(_HISTORY, [number]))


def histories(session: DatabaseSession, numbers: Collection[str]) -> Iterator[StepRecord]:
    """Yield every step of invoices, by invoice and in order."""
    return map(_record_of, session.records(_HISTORIES, [_NUMBERS.values(numbers)]))


def _record_of(row: dict[str, Any]) -> StepRecord:
    return StepRecord(row["id"], step_of(row), row["request"], row["actor"], row["recorded_at"])


def step_of(row: dict[str, Any]) -> Step:
    """Return the step in a row of a ``select_steps`` query."""
    return Step(
        request=_request_of(row),
        place=row["place"],
        from_state=State(row["from_state"]),
        to_state=State(row["to_state"]),
        day=date.fromisoformat(row["day"]),
        transfers=tuple(
            Transfer(Account(debit), Account(credit), cents)
            for debit, credit, cents in orjson.loads(row["transfers"])
        ),
        reverses=tuple(orjson.loads(row["reverses"])),
    )


def _hashed_content(entry: StepEntry) -> tuple[object, ...]:
    step, request = entry.step, entry.step.request
    inputs = {name: value for name, blank in _BLANK.items() if (value := getattr(request, name)) != blank}
    return (
        entry.invoice,
        step.place,
        step.action.value,
        step.from_state.value,
        step.to_state.value,
        step.day.isoformat(),
        orjson.dumps(inputs).decode(),
        request.note,
        orjson.dumps(step.reverses).decode(),
        entry.facts,
    )


def _request_of(row: dict[str, Any]) -> ActionRequest:
    inputs: dict[str, Any] = orjson.loads(row["inputs"])
    inputs |= {name: date.fromisoformat(inputs[name]) for name in _DAYS if name in inputs}
    if "role" in inputs:
        inputs["role"] = Role(inputs["role"])
    if "exception" in inputs:
        inputs["exception"] = ChequeException(inputs["exception"])
    inputs["lines"] = tuple(InvoiceLine(**line) for line in inputs.get("lines", ()))
    return ActionRequest(row["number"], Action(row["action"]), note=row["note"], **inputs)

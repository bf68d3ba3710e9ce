"""Suggestions to follow up about which nothing was decided yet, found in the books (rule: receivables#suggestions).

Each query finds rows of one kind, with an index that holds only those that can be suggested, so that counting is quick
among a million invoices. A suggestion about which something was decided has a row in ``reminder``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from server.billing.invoices.invoice import SETTLED
from server.billing.receivables.reminder_settings import ReminderSettings
from server.billing.receivables.reminders import (
    STATE_OF_KIND,
    SUGGESTED,
    Reminder,
    ReminderKind,
    days_of_kind,
    due_day,
    latest_start,
    reason_for,
)
from server.ledger.engine import json_columns
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.statement_texts import fill_in
from server.ledger.receivables.reminder_keys import key_of_state, key_of_statute

FAR_AHEAD = date(9999, 1, 1)
"""After every day: whatever its day, a suggestion is found."""

SETTLED_STATES = ", ".join(f"'{state}'" for state in sorted(SETTLED))
"""The states as SQL: an index of unsettled invoices is used only by a query that spells them as the index does."""

CASE_IS_OPEN = fill_in(
    "EXISTS (SELECT 1 FROM invoice AS open_one WHERE open_one.patient_case = {patient_case}"
    " AND open_one.state NOT IN ({settled}))",
    patient_case="{patient_case}",
    settled=SETTLED_STATES,
)
CASE_BALANCE = fill_in(
    "(SELECT COALESCE(SUM(open_one.balance_cents), 0) FROM invoice AS open_one"
    " WHERE open_one.patient_case = {patient_case} AND open_one.state NOT IN ({settled}))",
    patient_case="{patient_case}",
    settled=SETTLED_STATES,
)
CHEQUE_WAITS = fill_in(
    "invoice.state IN ('pending_cheque', 'cheque_received') AND invoice.in_hand_cents > 0 AND {stands}",
    stands=json_columns.list_contains("invoice.standing", "{place}"),
)
"""Whether the cheque of a step of an invoice was neither taken back nor cleared."""

LATEST_RECORD = "{record}.id = (SELECT MAX(latest.id) FROM case_record AS latest WHERE latest.patient_case = {patient_case})"

_CHEQUE_DATE = json_columns.member_of_valid_text("step.inputs", "cheque_date")
_RECEIVED = json_columns.member_of_valid_text("step.inputs", "received_date")

_IN_STATE = """
FROM invoice
{parties}
WHERE invoice.state IN ('pending_invoice', 'pending_reduction', 'pending_cheque') AND invoice.state = ? AND invoice.state_since <= ?
    AND NOT EXISTS (SELECT 1 FROM reminder WHERE reminder.invoice = invoice.id AND reminder.kind = ?
        AND reminder.place = invoice.state_place) AND {condition}
"""
_POST_DATED = fill_in(
    """
FROM step JOIN invoice ON invoice.id = step.invoice
{parties}
WHERE step.action = 'record cheque' AND {cheque_date} > {received} AND {cheque_date} <= ? AND {waits}
    AND NOT EXISTS (SELECT 1 FROM reminder WHERE reminder.invoice = invoice.id AND reminder.kind = ?
        AND reminder.place = step.place) AND {condition}
""",
    parties="{parties}",
    condition="{condition}",
    cheque_date=_CHEQUE_DATE,
    received=_RECEIVED,
    waits=fill_in(CHEQUE_WAITS, place="step.place"),
)
_STATUTE = fill_in(
    """
FROM case_record AS record
{parties}
WHERE record.statute_on IS NOT NULL AND record.statute_on <= ? AND record.stage NOT IN ('settled', 'closed')
    AND {is_latest} AND {is_open}
    AND NOT EXISTS (SELECT 1 FROM reminder WHERE reminder.patient_case = record.patient_case
        AND reminder.statute_on = record.statute_on) AND {condition}
""",
    parties="{parties}",
    condition="{condition}",
    is_latest=fill_in(LATEST_RECORD, record="record", patient_case="record.patient_case"),
    is_open=fill_in(CASE_IS_OPEN, patient_case="record.patient_case"),
)
_PARTIES = """
JOIN patient_case ON patient_case.id = {patient_case}
JOIN patient ON patient.id = patient_case.patient
"""
_OF_INVOICES = fill_in(_PARTIES, patient_case="invoice.patient_case")
_OF_CASES = fill_in(_PARTIES, patient_case="record.patient_case")
_NAMES = "patient_case.id, patient_case.name, patient.name"


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Which suggestions are wanted: conditions over invoices and over cases, with a parameter each; every one if empty."""

    of_invoices: str = "true"
    of_cases: str = "true"
    numbers: Sequence[str] = ()
    case_ids: Sequence[str] = ()


EVERY_ONE = Narrowing()


def count_suggestions(session: DatabaseSession, settings: ReminderSettings, due_by: date) -> int:
    """Return how many suggestions are due by a day."""
    return sum(
        session.value("SELECT COUNT(*)" + fill_in(source, parties="", condition="true"), parameters)
        for _, source, parameters in _sources(settings, due_by)
    )


def find_suggestions(
    session: DatabaseSession, settings: ReminderSettings, due_by: date, wanted: Narrowing = EVERY_ONE
) -> Iterator[Reminder]:
    """Yield the suggestions that are due by a day."""
    for kind, source, parameters in _sources(settings, due_by):
        days = days_of_kind(settings, kind) or 0
        if kind is ReminderKind.STATUTE_DATE:
            yield from _of_statutes(session, source, [*parameters, *wanted.case_ids], days, wanted.of_cases)
            continue
        place, since = (
            ("step.place", _CHEQUE_DATE)
            if kind is ReminderKind.POST_DATED_CHEQUE
            else ("invoice.state_place", "invoice.state_since")
        )
        columns = (
            f"SELECT invoice.number, {place}, {since}, invoice.balance_cents, invoice.in_hand_cents, {_NAMES}"
        )
        query = columns + fill_in(source, parties=_OF_INVOICES, condition=wanted.of_invoices)
        for number, at, day, cents, in_hand, case_id, case, patient in session.each(
            query, [*parameters, *wanted.numbers]
        ):
            start = date.fromisoformat(day)
            yield Reminder(
                kind,
                due_day(kind, start, days),
                case_id,
                case,
                patient,
                reason_for(kind, start),
                "",
                number,
                balance_cents=cents,
                in_hand_cents=in_hand,
                key=key_of_state(kind, number, at),
            )


def _of_statutes(
    session: DatabaseSession, source: str, parameters: Sequence[object], days: int, condition: str
) -> Iterator[Reminder]:
    kind = ReminderKind.STATUTE_DATE
    balance = fill_in(CASE_BALANCE, patient_case="record.patient_case")
    query = f"SELECT record.statute_on, {balance}, {_NAMES}" + fill_in(
        source, parties=_OF_CASES, condition=condition
    )
    for day, cents, case_id, case, patient in session.each(query, parameters):
        statute = date.fromisoformat(day)
        yield Reminder(
            kind,
            due_day(kind, statute, days),
            case_id,
            case,
            patient,
            reason_for(kind, statute),
            "",
            balance_cents=cents,
            key=key_of_statute(case_id, day),
        )


def _sources(settings: ReminderSettings, due_by: date) -> Iterator[tuple[ReminderKind, str, list[object]]]:
    """Yield what a query for each suggestion that is not turned off selects from, and its parameters."""
    for kind in sorted(SUGGESTED):
        days = days_of_kind(settings, kind)
        if days is None:
            continue
        start = due_by if due_by == FAR_AHEAD else latest_start(kind, due_by, days)
        if kind in STATE_OF_KIND:
            yield kind, _IN_STATE, [STATE_OF_KIND[kind], start.isoformat(), kind]
        elif kind is ReminderKind.POST_DATED_CHEQUE:
            yield kind, _POST_DATED, [start.isoformat(), kind]
        else:
            yield kind, _STATUTE, [start.isoformat()]

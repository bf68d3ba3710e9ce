"""Reminders in the books: those that somebody added, attorneys' requests, and suggestions, each with what was decided.

A step that reminds of an invoice gives a reminder, too: the database writes it with the step. A reminder that is waiting has the day on which it is due in ``waits_until``. Whether its reason still holds follows from
the books: a settled invoice or case reminds of nothing.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from server.billing.receivables.reminder_settings import ReminderSettings
from server.billing.receivables.reminders import (
    SUGGESTED,
    Reminder,
    ReminderKind,
    days_of_kind,
)
from server.ledger.clinics.setup import reminder_settings
from server.ledger.clock import Stamp, instant
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.statement_texts import fill_in
from server.ledger.engine.value_table import ValueTable
from server.ledger.receivables.reminder_keys import (
    key_of_request,
    key_of_row,
    key_of_state,
    key_of_statute,
    wanted_rows,
)
from server.ledger.receivables.reminder_rows import insert_row
from server.ledger.receivables.reminder_subjects import ReminderSubjects
from server.ledger.receivables.suggestions import (
    CASE_BALANCE,
    CASE_IS_OPEN,
    CHEQUE_WAITS,
    FAR_AHEAD,
    LATEST_RECORD,
    SETTLED_STATES,
    Narrowing,
    count_suggestions,
    find_suggestions,
)

_HOLDS = fill_in(
    """
CASE reminder.kind
    WHEN 'invoice' THEN invoice.state NOT IN ({settled})
    WHEN 'case' THEN {case_is_open}
    WHEN 'status request' THEN NOT EXISTS (SELECT 1 FROM status_answer WHERE status_answer.status_request = reminder.status_request)
    WHEN 'statute date' THEN {case_is_open} AND EXISTS (SELECT 1 FROM case_record AS record
        WHERE record.patient_case = reminder.patient_case AND record.statute_on = reminder.statute_on
            AND record.stage NOT IN ('settled', 'closed') AND {is_latest})
    WHEN 'post-dated cheque' THEN {cheque_waits}
    ELSE invoice.state_place = reminder.place
END
""",
    settled=SETTLED_STATES,
    case_is_open=fill_in(CASE_IS_OPEN, patient_case="reminder.patient_case"),
    is_latest=fill_in(LATEST_RECORD, record="record", patient_case="reminder.patient_case"),
    cheque_waits=fill_in(CHEQUE_WAITS, place="reminder.place"),
)
"""Whether the reason of a reminder still holds. A state that is entered again is another suggestion."""

_KEPT = """
FROM reminder
LEFT JOIN invoice ON invoice.id = reminder.invoice
{parties}
WHERE reminder.waits_until IS NOT NULL AND reminder.waits_until <= ? AND reminder.kind NOT IN ({off}) AND {holds} AND {condition}
"""
_PARTIES = """
JOIN patient_case ON patient_case.id = {patient_case}
JOIN patient ON patient.id = patient_case.patient
"""
_KEPT_ROWS = fill_in(
    """
SELECT reminder.id, reminder.kind, reminder.waits_until, reminder.place, reminder.statute_on, reminder.status_request,
    reminder.what_to_do, reminder.note, reminder.for_whom,
    COALESCE((SELECT asked.recorded_by FROM status_request AS asked WHERE asked.id = reminder.status_request), reminder.recorded_by),
    invoice.number,
    CASE WHEN invoice.id IS NULL THEN {case_balance} ELSE invoice.balance_cents END, COALESCE(invoice.in_hand_cents, 0),
    (SELECT COUNT(*) FROM reminder_decision WHERE reminder_decision.reminder = reminder.id),
    patient_case.id, patient_case.name, patient.name
""",
    case_balance=fill_in(CASE_BALANCE, patient_case="reminder.patient_case"),
)
_ROWS, _REQUESTS, _NUMBERS, _CASES = (
    ValueTable("wanted", "id", numbers=["id"]),
    ValueTable("wanted", "id", numbers=["id"]),
    ValueTable("wanted", "number"),
    ValueTable("wanted", "id", numbers=["id"]),
)
_KEPT_WANTED = """
(reminder.id IN (SELECT wanted.id FROM {rows})
    OR reminder.status_request IN (SELECT wanted.id FROM {requests})
    OR invoice.number IN (SELECT wanted.number FROM {numbers})
    OR reminder.statute_on IS NOT NULL AND reminder.patient_case IN (SELECT wanted.id FROM {cases}))
"""
_OPEN_REQUESTS = """
FROM status_request AS asked
{parties}
WHERE NOT EXISTS (SELECT 1 FROM status_answer WHERE status_answer.status_request = asked.id)
    AND NOT EXISTS (SELECT 1 FROM reminder WHERE reminder.status_request = asked.id)
"""
_REQUEST_ROWS = fill_in(
    "SELECT asked.id, asked.recorded_at, asked.message, asked.recorded_by, {case_balance},"
    " patient_case.id, patient_case.name, patient.name",
    case_balance=fill_in(CASE_BALANCE, patient_case="asked.patient_case"),
)
_ROW_OF = {
    "invoice": "SELECT id, patient_case FROM invoice WHERE number = ?",
    "suggested": "SELECT id FROM reminder WHERE invoice = ? AND kind = ? AND place = ?",
    "statute": "SELECT id FROM reminder WHERE patient_case = ? AND statute_on = ?",
    "request": "SELECT id FROM reminder WHERE status_request = ?",
}


@dataclass(frozen=True, slots=True)
class NewReminder:
    """A reminder to be written: about an invoice, or about a case if ``invoice`` is ""."""

    case_id: int
    due_on: date
    what_to_do: str
    note: str
    for_whom: str
    invoice: str = ""


class Reminders:
    """The reminders of a clinic's books, and the ``subjects`` that new ones can be about."""

    def __init__(self, session: DatabaseSession, now: Callable[[], datetime]) -> None:
        self.subjects = ReminderSubjects(session)
        self._session = session
        self._now = now

    def settings(self) -> ReminderSettings:
        """Return when the clinic wants to be reminded."""
        return reminder_settings(self._session)

    def due_by(self, day: date) -> list[Reminder]:
        """Return every reminder that is due by a day."""
        settings = self.settings()
        kept = self._kept_reminders(settings, day)
        return [*kept, *self._open_requests(day), *find_suggestions(self._session, settings, day)]

    def count_due_by(self, day: date) -> int:
        """Return how many reminders are due by a day."""
        settings = self.settings()
        query = "SELECT COUNT(*)" + _kept_source(settings, "", "true")
        kept: int = self._session.value(query, [day.isoformat()])
        requests = len(self._open_requests(day))
        return kept + requests + count_suggestions(self._session, settings, day)

    def with_keys(self, keys: Collection[str]) -> dict[str, Reminder]:
        """Return the reminders that are open and have these keys, by key, also those that are not due yet."""
        wanted, settings = wanted_rows(keys), self.settings()
        condition = fill_in(
            _KEPT_WANTED, rows=_ROWS.sql, requests=_REQUESTS.sql, numbers=_NUMBERS.sql, cases=_CASES.sql
        )
        parameters = [
            _ROWS.values(wanted.rows),
            _REQUESTS.values(wanted.requests),
            _NUMBERS.values(wanted.numbers),
            _CASES.values(wanted.cases),
        ]
        narrowing = Narrowing(
            fill_in("invoice.number IN (SELECT wanted.number FROM {numbers})", numbers=_NUMBERS.sql),
            fill_in("record.patient_case IN (SELECT wanted.id FROM {cases})", cases=_CASES.sql),
            [_NUMBERS.values(wanted.numbers)],
            [_CASES.values(wanted.cases)],
        )
        found = [
            *self._kept_reminders(settings, FAR_AHEAD, condition, parameters),
            *(self._open_requests(FAR_AHEAD) if wanted.requests else ()),
            *find_suggestions(self._session, settings, FAR_AHEAD, narrowing),
        ]
        by_key = {one.key: one for one in found}
        return {key: by_key[key] for key in keys if key in by_key}

    def add(self, wished: Sequence[NewReminder], actor: str) -> list[str]:
        """Write reminders; return their keys in order."""
        return [key_of_row(self._insert(one, actor)) for one in wished]

    def decide(self, reminder: Reminder, until: date | None, note: str, actor: str) -> None:
        """Record that an open reminder is done, or put off until a day."""
        row_id = self._row_of(reminder) or self._insert_for(reminder, actor)
        stamp = {"recorded_at": instant(self._now()), "recorded_by": actor}
        day = until.isoformat() if until else None
        decision: dict[str, object] = {
            "reminder": row_id,
            "decision": "snooze" if until else "done",
            "until": day,
            "note": note,
        }
        self._session.insert("reminder_decision", decision | stamp)
        self._session.update("reminder", row_id, {"waits_until": day})

    def _kept_reminders(
        self,
        settings: ReminderSettings,
        day: date,
        condition: str = "true",
        parameters: Sequence[object] = (),
    ) -> list[Reminder]:
        parties = fill_in(_PARTIES, patient_case="reminder.patient_case")
        query = _KEPT_ROWS + _kept_source(settings, parties, condition)
        return [_kept_reminder(row) for row in self._session.all(query, [day.isoformat(), *parameters])]

    def _open_requests(self, day: date) -> list[Reminder]:
        """Return the open requests of a day and before, without those that were put off."""
        parties = fill_in(_PARTIES, patient_case="asked.patient_case")
        query = _REQUEST_ROWS + fill_in(_OPEN_REQUESTS, parties=parties)
        return [one for one in map(_request_reminder, self._session.all(query)) if one.due_on <= day]

    def _row_of(self, reminder: Reminder) -> int | None:
        """Return the id of the row of a reminder, ``None`` if it has none yet."""
        kind, *about = reminder.key.split("/")
        if kind == "reminder":
            return int(about[0])
        if kind == ReminderKind.STATUS_REQUEST:
            return self._id_of("request", about[0])
        if kind == ReminderKind.STATUTE_DATE:
            return self._id_of("statute", reminder.case_id, about[1])
        (invoice, _) = self._invoice(reminder.invoice)
        return self._id_of("suggested", invoice, kind, about[1])

    def _id_of(self, query: str, *parameters: object) -> int | None:
        found: int | None = self._session.value(_ROW_OF[query], list(parameters))
        return found

    def _invoice(self, number: str) -> tuple[int, int]:
        """Return the row ids of an invoice and of its case."""
        found = self._session.one(_ROW_OF["invoice"], [number])
        if found is None:
            raise KeyError(number)
        return found[0], found[1]

    def _insert(self, wished: NewReminder, actor: str) -> int:
        invoice, case_id = self._invoice(wished.invoice) if wished.invoice else (None, wished.case_id)
        row = {
            "kind": (ReminderKind.INVOICE if invoice else ReminderKind.CASE).value,
            "patient_case": case_id,
            "invoice": invoice,
            "due_on": wished.due_on.isoformat(),
            "what_to_do": wished.what_to_do,
            "note": wished.note,
            "for_whom": wished.for_whom,
        }
        return insert_row(self._session, row, Stamp(instant(self._now()), actor))

    def _insert_for(self, reminder: Reminder, actor: str) -> int:
        """Write the row of a suggestion, or of a request, about which something is decided for the first time."""
        _, *about = reminder.key.split("/")
        row: dict[str, object] = {
            "kind": reminder.kind.value,
            "patient_case": reminder.case_id,
            "due_on": reminder.due_on.isoformat(),
            "what_to_do": "",
            "note": reminder.note,
            "for_whom": "",
        }
        if reminder.kind is ReminderKind.STATUS_REQUEST:
            row["status_request"] = int(about[0])
        elif reminder.kind is ReminderKind.STATUTE_DATE:
            row["statute_on"] = about[1]
        else:
            row["invoice"], row["place"] = self._invoice(reminder.invoice)[0], int(about[1])
        return insert_row(self._session, row, Stamp(instant(self._now()), actor))


def _kept_source(settings: ReminderSettings, parties: str, condition: str) -> str:
    off = [kind for kind in sorted(SUGGESTED) if days_of_kind(settings, kind) is None]
    listed = ", ".join(f"'{kind}'" for kind in off) or "''"
    return fill_in(_KEPT, parties=parties, off=listed, holds=_HOLDS, condition=condition)


def _kept_reminder(row: tuple[Any, ...]) -> Reminder:
    (
        row_id,
        word,
        waits_until,
        place,
        statute_on,
        request,
        what_to_do,
        note,
        for_whom,
        actor,
        number,
        *rest,
    ) = row
    balance, in_hand, version, case_id, case, patient = rest
    kind = ReminderKind(word)
    if kind is ReminderKind.STATUS_REQUEST:
        key = key_of_request(request)
    elif kind is ReminderKind.STATUTE_DATE:
        key = key_of_statute(case_id, statute_on)
    else:
        key = key_of_state(kind, number, place) if kind in SUGGESTED else key_of_row(row_id)
    return Reminder(
        kind,
        date.fromisoformat(waits_until),
        case_id,
        case,
        patient,
        note,
        "" if kind in SUGGESTED else actor,
        number or "",
        what_to_do,
        for_whom,
        balance,
        in_hand,
        key,
        version,
    )


def _request_reminder(row: tuple[Any, ...]) -> Reminder:
    request_id, asked_at, message, asked_by, balance, case_id, case, patient = row
    due_on = datetime.fromisoformat(asked_at).astimezone().date()
    return Reminder(
        ReminderKind.STATUS_REQUEST,
        due_on,
        case_id,
        case,
        patient,
        message,
        asked_by,
        balance_cents=balance,
        key=key_of_request(request_id),
    )

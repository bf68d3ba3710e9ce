"""The attorneys' requests for the status of their cases, and which of them staff answered (rule: people#status-requests)."""

from collections import defaultdict
from collections.abc import Callable, Collection
from datetime import date, datetime
from typing import Any

from server.billing.invoices.status_requests import StatusRequest
from server.ledger.clock import civil_day, instant
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.statement_texts import fill_in
from server.ledger.engine.value_table import ValueTable
from server.ledger.invoices.parties import matching_text, party_ids

_CASES = ValueTable("wanted", "id", numbers=["id"])
_REQUESTS = ValueTable("wanted", "id", numbers=["id"])

_ROWS = """
SELECT asked.id, asked.patient_case, attorney.name, asked.recorded_at, asked.recorded_by, asked.message,
    answer.recorded_at, COALESCE(answer.recorded_by, '')
FROM status_request AS asked
JOIN attorney ON attorney.id = asked.attorney
LEFT JOIN status_answer AS answer ON answer.status_request = asked.id
WHERE {condition} ORDER BY asked.id
"""
_OPEN = fill_in(_ROWS, condition="answer.id IS NULL")
_OF_CASES = fill_in(
    _ROWS,
    condition=fill_in("asked.patient_case IN (SELECT wanted.id FROM {cases})", cases=_CASES.sql),
)
_WITH_IDS = fill_in(
    _ROWS, condition=fill_in("asked.id IN (SELECT wanted.id FROM {requests})", requests=_REQUESTS.sql)
)
_SINCE = fill_in(_ROWS, condition="asked.recorded_at >= ? AND attorney.folded = ?")


class StatusRequests:
    """The requests of a clinic's books."""

    def __init__(self, session: DatabaseSession, now: Callable[[], datetime]) -> None:
        self._session = session
        self._now = now

    def open_requests(self) -> list[StatusRequest]:
        """Return every request that nobody has answered, the oldest first."""
        return self._read(_OPEN)

    def of_cases(self, case_ids: Collection[int]) -> dict[int, list[StatusRequest]]:
        """Return the requests about each case that has any, the oldest first, also the answered ones."""
        found: dict[int, list[StatusRequest]] = defaultdict(list)
        for one in self._read(_OF_CASES, _CASES.values(case_ids)) if case_ids else ():
            found[one.case_id].append(one)
        return found

    def with_ids(self, request_ids: Collection[int]) -> list[StatusRequest]:
        """Return the requests with these ids, the oldest first, without unknown ones."""
        return self._read(_WITH_IDS, _REQUESTS.values(request_ids))

    def of_day(self, attorney: str, day: date) -> int:
        """Return how many requests an attorney made on a local day."""
        midnight = datetime(day.year, day.month, day.day).astimezone()
        rows = self._read(_SINCE, instant(midnight), matching_text(attorney))
        return sum(one.asked_on == day for one in rows)

    def add(self, case_id: int, attorney: str, message: str, actor: str) -> None:
        """Record a request."""
        row: dict[str, object] = {
            "patient_case": case_id,
            "attorney": party_ids(self._session, "attorney", [attorney])[attorney],
            "message": message,
        }
        self._session.insert("status_request", row | self._stamp_of(actor))

    def answer(self, request_ids: Collection[int], actor: str) -> int:
        """Record that requests were answered; return how many of them were open."""
        waiting = [one.id for one in self.with_ids(request_ids) if one.answered_on is None]
        for request_id in waiting:
            self._session.insert("status_answer", {"status_request": request_id, **self._stamp_of(actor)})
        return len(waiting)

    def _stamp_of(self, actor: str) -> dict[str, str]:
        return {"recorded_at": instant(self._now()), "recorded_by": actor}

    def _read(self, query: str, *parameters: object) -> list[StatusRequest]:
        return [_request_of(row) for row in self._session.all(query, list(parameters))]


def _request_of(row: tuple[Any, ...]) -> StatusRequest:
    request_id, case_id, attorney, asked_at, asked_by, message, answered_at, answered_by = row
    asked_on = datetime.fromisoformat(asked_at).astimezone().date()
    return StatusRequest(
        request_id, case_id, attorney, asked_on, asked_by, message, civil_day(answered_at or ""), answered_by
    )

"""Which reminders are open: steps that remind of an invoice, and attorneys' requests for the status of a case."""

from datetime import date, datetime
from typing import Any

import orjson

from server.billing.invoices.invoice import SETTLED
from server.billing.receivables.reminders import Reminder, ReminderKind
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.statement_texts import fill_in

_OF_INVOICES = """
SELECT step.inputs, patient_case.id, patient_case.name, patient.name, step.note, step.actor, invoice.number
FROM step
JOIN invoice ON invoice.id = step.invoice AND invoice.version = step.place
JOIN patient_case ON patient_case.id = invoice.patient_case
JOIN patient ON patient.id = patient_case.patient
WHERE step.action = 'remind' AND invoice.state NOT IN ({settled})
"""
_OF_REQUESTS = """
SELECT asked.recorded_at, patient_case.id, patient_case.name, patient.name, asked.message, asked.recorded_by
FROM status_request AS asked
JOIN patient_case ON patient_case.id = asked.patient_case
JOIN patient ON patient.id = patient_case.patient
LEFT JOIN status_answer AS answer ON answer.status_request = asked.id
WHERE answer.id IS NULL
"""


class Reminders:
    """The reminders of a clinic's books."""

    def __init__(self, session: DatabaseSession) -> None:
        self._session = session

    def open_reminders(self) -> list[Reminder]:
        """Return every reminder that is open, also those that are not due yet.

        A step that reminds of an invoice is open until the next step of the invoice, a request until it is answered.
        """
        settled = sorted(SETTLED)
        query = fill_in(_OF_INVOICES, settled=", ".join("?" * len(settled)))
        of_invoices = self._session.all(query, settled)
        return [*map(_of_request, self._session.all(_OF_REQUESTS)), *map(_of_invoice, of_invoices)]


def _of_invoice(row: tuple[Any, ...]) -> Reminder:
    inputs, *about = row
    due_on = date.fromisoformat(orjson.loads(inputs)["due_date"])
    return Reminder(ReminderKind.INVOICE, due_on, *about)


def _of_request(row: tuple[Any, ...]) -> Reminder:
    asked_at, *about = row
    due_on = datetime.fromisoformat(asked_at).astimezone().date()
    return Reminder(ReminderKind.STATUS_REQUEST, due_on, *about)

"""The routes of reminders: what is due today."""

from datetime import date
from typing import Self

from fastapi import APIRouter
from pydantic import BaseModel

from server.api.invoices import CLINIC
from server.api.problems import refusals
from server.api.sessions import OfClinic
from server.billing.receivables.reminders import Reminder, ReminderKind
from server.operations.reminders import count_due_reminders, list_due_reminders

router = APIRouter(prefix="/clinics/{clinic}/reminders")


class ReminderOut(BaseModel):
    """Something that is due."""

    kind: ReminderKind
    due_on: date
    subject: str
    action: str
    note: str
    asked_by: str
    case_id: int
    case: str
    patient: str
    number: str

    @classmethod
    def of(cls, reminder: Reminder) -> Self:
        """Return a reminder as shown."""
        return cls(
            kind=reminder.kind,
            due_on=reminder.due_on,
            subject=reminder.subject,
            action=reminder.kind.action,
            note=reminder.note,
            asked_by=reminder.asked_by,
            case_id=reminder.case_id,
            case=reminder.case,
            patient=reminder.patient,
            number=reminder.invoice,
        )


class DueReminders(BaseModel):
    """Every reminder that is due."""

    reminders: list[ReminderOut]


class DueCount(BaseModel):
    """How many reminders are due."""

    due: int


@router.get("", responses=refusals(*CLINIC))
def list_reminders(sessions: OfClinic) -> DueReminders:
    """List the reminders that are due, those that have waited longest first."""
    with sessions.view_session() as session:
        found = list_due_reminders(session)
    return DueReminders(reminders=[ReminderOut.of(one) for one in found])


@router.get("/count", responses=refusals(*CLINIC))
def count_reminders(sessions: OfClinic) -> DueCount:
    """Count the reminders that are due, as the task pane shows at its button."""
    with sessions.view_session() as session:
        return DueCount(due=count_due_reminders(session))

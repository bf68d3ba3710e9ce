"""The routes of reminders: what is due, what is added, and what is decided about it."""

from datetime import date
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from server.api.invoice_bodies import LONGEST_NAME, MOST_STEPS, Body, Day, Name, Needed, Note, Recording
from server.api.invoices import CLINIC, ONCE
from server.api.problems import refusals
from server.api.row_ids import RowId
from server.api.sessions import OfClinic
from server.billing.receivables.reminder_decisions import Decision, ReminderEdit, WishedReminder
from server.billing.receivables.reminders import Reminder, ReminderKind
from server.operations import reminders
from server.operations.reminders import MOST_AHEAD
from server.operations.session import Session

router = APIRouter(prefix="/clinics/{clinic}/reminders")


class ReminderOut(BaseModel):
    """Something that is due, or will be."""

    key: str
    version: int
    kind: ReminderKind
    due_on: date
    subject: str
    action: str
    note: str
    for_whom: str
    asked_by: str
    case_id: int
    case: str
    patient: str
    number: str
    balance_cents: int

    @classmethod
    def of(cls, reminder: Reminder) -> Self:
        """Return a reminder as shown."""
        return cls(
            key=reminder.key,
            version=reminder.version,
            kind=reminder.kind,
            due_on=reminder.due_on,
            subject=reminder.subject,
            action=reminder.action,
            note=reminder.note,
            for_whom=reminder.for_whom,
            asked_by=reminder.asked_by,
            case_id=reminder.case_id,
            case=reminder.case,
            patient=reminder.patient,
            number=reminder.invoice,
            balance_cents=reminder.balance_cents,
        )


class DueReminders(BaseModel):
    """Every reminder that is due."""

    reminders: list[ReminderOut]


class DueCount(BaseModel):
    """How many reminders are due."""

    due: int


class NewReminder(Body):
    """A reminder to add, about the invoice with a number or else about the case with an id."""

    number: Name = ""
    case_id: RowId | None = None
    due_on: Day
    action: Needed
    note: Note = ""
    for_whom: Name = ""


class NewReminders(Recording):
    """Reminders to add, all or none."""

    reminders: Annotated[list[NewReminder], Field(min_length=1, max_length=MOST_STEPS)]


class ReminderDecision(Body):
    """What is decided about a reminder: it is done, or put off until a day. ``version`` is the one that was shown."""

    key: Needed
    version: Annotated[int, Field(ge=0)] | None = None
    decision: Literal["done", "snooze"]
    until: Day | None = None
    note: Note = ""


class ReminderDecisions(Recording):
    """Decisions about reminders, all or none."""

    decisions: Annotated[list[ReminderDecision], Field(min_length=1, max_length=MOST_STEPS)]


class DecisionsRecorded(BaseModel):
    """How many decisions were recorded, and the reminders that are still open after them."""

    recorded: int
    reminders: list[ReminderOut]


@router.get("", responses=refusals(*CLINIC))
def list_reminders(
    sessions: OfClinic,
    days: Annotated[int, Query(ge=0, le=MOST_AHEAD)] = 0,
    who: Annotated[str, Query(max_length=LONGEST_NAME)] = "",
) -> DueReminders:
    """List the reminders that are due today or so many days ahead, those that have waited longest first."""
    with sessions.view_session() as session:
        found = reminders.list_due_reminders(session, days, who)
    return DueReminders(reminders=[ReminderOut.of(one) for one in found])


@router.get("/count", responses=refusals(*CLINIC))
def count_reminders(sessions: OfClinic) -> DueCount:
    """Count the reminders that are due, as the task pane shows at its button."""
    with sessions.view_session() as session:
        return DueCount(due=reminders.count_due_reminders(session))


@router.post("", response_model=DueReminders, responses=refusals(*reminders.add_reminders.refusals, *ONCE))
def add_reminders(body: NewReminders, sessions: OfClinic) -> Response:
    """Add reminders, all or none. Safe to send again with the same request id."""

    def add(session: Session) -> DueReminders:
        wished = [
            WishedReminder(
                place,
                one.due_on,
                one.action,
                one.note,
                one.for_whom,
                one.number,
                None if one.number else one.case_id,
            )
            for place, one in enumerate(body.reminders, 1)
        ]
        added = reminders.add_reminders(session, wished)
        return DueReminders(reminders=[ReminderOut.of(one) for one in added])

    return sessions.answer_once(("reminders.add", ""), body, add)


@router.post(
    "/decisions",
    response_model=DecisionsRecorded,
    responses=refusals(*reminders.decide_reminders.refusals, *ONCE),
)
def decide_reminders(body: ReminderDecisions, sessions: OfClinic) -> Response:
    """Record that reminders are done or put off, all or none. Safe to send again with the same request id."""

    def decide(session: Session) -> DecisionsRecorded:
        edits = [
            ReminderEdit(place, one.key, one.version, Decision(one.decision), one.until, one.note)
            for place, one in enumerate(body.decisions, 1)
        ]
        still_open = reminders.decide_reminders(session, edits)
        shown = [ReminderOut.of(one) for one in still_open.values()]
        return DecisionsRecorded(recorded=len(edits), reminders=shown)

    return sessions.answer_once(("reminders.decide", ""), body, decide)

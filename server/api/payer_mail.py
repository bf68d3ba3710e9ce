"""The routes of mail to payers: what was written to whom, and what a person says became of it (rule: receivables#mail-outcome)."""

from datetime import datetime
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from server import errors
from server.api.invoice_bodies import Note, Recording
from server.api.invoices import CLINIC, ONCE
from server.api.list_filters import ListOfMail
from server.api.problems import refusals
from server.api.row_ids import RowId
from server.api.sessions import OfClinic
from server.billing.receivables.mail_log import (
    Channel,
    LetterKind,
    MailOutcome,
    MessageOnRecord,
    MessageState,
    open_decisions,
)
from server.operations import payer_mail
from server.operations.listed_rows import ListedRows

router = APIRouter(prefix="/clinics/{clinic}/payer-mail")


class MessageOut(BaseModel):
    """A mail or a letter to a payer or an attorney. Its text is not on record."""

    id: int
    channel: Channel
    kind: LetterKind
    recipient: str
    address: str
    level: int | None
    template: str
    invoices: int
    amount_cents: int
    recorded_at: datetime
    recorded_by: str
    state: MessageState
    reason: str
    decided_at: datetime | None
    decided_by: str
    open_outcomes: tuple[MailOutcome, ...]

    @classmethod
    def of(cls, message: MessageOnRecord, state: MessageState) -> Self:
        """Return a message as shown."""
        return cls(
            id=message.id,
            channel=message.channel,
            kind=message.kind,
            recipient=message.recipient,
            address=message.address,
            level=message.level,
            template=message.template,
            invoices=message.invoices,
            amount_cents=message.amount_cents,
            recorded_at=datetime.fromisoformat(message.recorded_at),
            recorded_by=message.recorded_by,
            state=state,
            reason=message.reason,
            decided_at=datetime.fromisoformat(message.decided_at) if message.decided_at else None,
            decided_by=message.decided_by,
            open_outcomes=open_decisions(state),
        )


class MailPage(BaseModel):
    """A page of a list of messages. ``next`` is the ``after`` of the next page, ``null`` on the last page."""

    messages: list[MessageOut]
    next: int | None
    total: int

    @classmethod
    def of(cls, listed: ListedRows[tuple[MessageOnRecord, MessageState]]) -> Self:
        """Return a page as shown."""
        return cls(
            messages=[MessageOut.of(message, state) for message, state in listed.rows],
            next=listed.rows[-1][0].id if listed.has_more else None,
            total=listed.total,
        )


class OutcomeBody(Recording):
    """What a person says became of a message, and how the person knows."""

    outcome: Literal["sent", "send again", "bounced"]
    reason: Note = ""


@router.get("", responses=refusals(errors.MissingInput, *CLINIC))
def list_payer_mail(sessions: OfClinic, asked: Annotated[ListOfMail, Query()]) -> MailPage:
    """List the mail and letters to payers and attorneys, one page at a time, the latest first unless sorted otherwise."""
    with sessions.view_session() as session:
        found = payer_mail.list_messages(session, asked.mail_filter(), asked.place(), asked.limit)
    return MailPage.of(found)


@router.post(
    "/{message}/outcome",
    response_model=MessageOut,
    responses=refusals(*payer_mail.decide_message.refusals, *ONCE),
)
def decide_payer_mail(message: RowId, body: OutcomeBody, sessions: OfClinic) -> Response:
    """Say what became of a message: of one that nobody knows the end of, or of one that came back.

    With ``send again`` the next run writes about the same invoices. Safe to send again with the same request id.
    """
    return sessions.answer_once(
        ("payer_mail.decide", str(message)),
        body,
        lambda session: MessageOut.of(
            *payer_mail.decide_message(session, message, MailOutcome(body.outcome), body.reason)
        ),
    )

"""What is on record about mail and letters that went out, and what a person may say about their end (rule: receivables#mail-outcome)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

BEING_SENT = timedelta(minutes=10)
"""How long a mail without an outcome counts as being sent. A mail server gets no longer than that for one mail."""


class Channel(StrEnum):
    """How a message went out."""

    MAIL = "mail"
    LETTER = "letter"


class LetterKind(StrEnum):
    """What a message is about."""

    REMINDER = "reminder"
    NOT_YOURS = "not yours"
    REDUCTION_OFFER = "reduction offer"
    LIEN = "lien"


class MailOutcome(StrEnum):
    """What became of a mail. Without one, it is being sent, or the program was stopped before it could say."""

    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SEND_AGAIN = "send again"
    BOUNCED = "bounced"


class MessageState(StrEnum):
    """The state of a message, for people."""

    BEING_SENT = "being sent"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SEND_AGAIN = "to be sent again"
    BOUNCED = "bounced"
    MADE = "made"


@dataclass(frozen=True, slots=True)
class MessageOnRecord:
    """A mail or a letter on record. ``address`` is where it went, ``recipient`` the payer or the attorney.

    ``outcome`` is the latest one, ``None`` without one. ``recorded_at`` and ``decided_at`` are instants as UTC text.
    """

    id: int
    channel: Channel
    kind: LetterKind
    recipient: str
    address: str
    level: int | None
    template: str
    digest: str
    message_id: str
    invoices: int
    amount_cents: int
    recorded_at: str
    recorded_by: str
    outcome: MailOutcome | None = None
    reason: str = ""
    decided_at: str = ""
    decided_by: str = ""

    def state_at(self, now: datetime) -> MessageState:
        """Return the state at an instant."""
        if self.channel is Channel.LETTER and self.outcome is None:
            return MessageState.MADE
        if self.outcome is None:
            begun = datetime.fromisoformat(self.recorded_at)
            return MessageState.BEING_SENT if now - begun < BEING_SENT else MessageState.UNKNOWN
        return _STATES[self.outcome]


_STATES = {
    MailOutcome.SENT: MessageState.SENT,
    MailOutcome.FAILED: MessageState.FAILED,
    MailOutcome.UNKNOWN: MessageState.UNKNOWN,
    MailOutcome.SEND_AGAIN: MessageState.SEND_AGAIN,
    MailOutcome.BOUNCED: MessageState.BOUNCED,
}

DECISIONS: dict[MessageState, tuple[MailOutcome, ...]] = {
    MessageState.UNKNOWN: (MailOutcome.SENT, MailOutcome.SEND_AGAIN, MailOutcome.BOUNCED),
    MessageState.SENT: (MailOutcome.BOUNCED,),
    MessageState.FAILED: (MailOutcome.SEND_AGAIN,),
    MessageState.BOUNCED: (MailOutcome.SEND_AGAIN,),
    MessageState.MADE: (MailOutcome.SEND_AGAIN,),
}
"""What a person may say about a message in each state. "Send again" lets the next run write about the same invoices."""


def open_decisions(state: MessageState) -> tuple[MailOutcome, ...]:
    """Return what a person may say about a message in a state, () if nothing."""
    return DECISIONS.get(state, ())

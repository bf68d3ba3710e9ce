"""Mail and letters to payers and attorneys: what went out about which invoices, and what became of it (rule: receivables#payer-mail)."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson

from server.billing.invoices.invoice import State
from server.billing.names import fold
from server.billing.receivables.mail_log import (
    Channel,
    LetterKind,
    MailOutcome,
    MessageOnRecord,
    MessageState,
)
from server.billing.receivables.payer_mail import OpenInvoice, ReachedLevel
from server.billing.setup_payer_mail import MailedState
from server.ledger.clock import civil_day, instant
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.statement_texts import EVERY_ROW, fill_in
from server.ledger.engine.value_table import ValueTable
from server.ledger.list_places import ListPlace
from server.ledger.receivables.mail_list import (
    LATEST_FIRST,
    LATEST_OUTCOME,
    MailFilter,
    MailOrder,
    count_messages,
    find_messages,
    message_with_id,
)

_STATES = ValueTable("wanted", "state")
_NUMBERS = ValueTable(
    "wanted",
    "number",
    "state",
    "level",
    "balance_cents",
    "place",
    numbers=["level", "balance_cents", "place"],
)

_OPEN_INVOICES = fill_in(
    """
SELECT invoice.id, invoice.number, payer.name, invoice.state, invoice.balance_cents, invoice.exam_date, invoice.sent_on,
    invoice.agreed_on, patient_case.claim_number
FROM invoice
JOIN payer ON payer.id = invoice.payer
JOIN patient_case ON patient_case.id = invoice.patient_case
WHERE invoice.state IN (SELECT wanted.state FROM {states}) AND invoice.balance_cents > 0 AND invoice.sent_on <= ?
    AND (? = '' OR payer.folded = ?)
ORDER BY invoice.id
""",
    states=_STATES.sql,
)
_REACHED = fill_in(
    """
SELECT mail_invoice.invoice, mail_invoice.state, mail_invoice.level, mail_message.recorded_at, mail_message.channel, latest.outcome
FROM mail_message
JOIN mail_invoice ON mail_invoice.message = mail_message.id
{latest}
WHERE mail_message.kind = 'reminder' AND COALESCE(latest.outcome, '') NOT IN ('failed', 'send again', 'bounced')
""",
    latest=LATEST_OUTCOME,
)
_REFUSED = fill_in(
    """
SELECT DISTINCT mail_message.address FROM mail_message
{latest}
WHERE mail_message.channel = 'mail'
    AND (latest.outcome = 'bounced' OR (latest.outcome = 'failed' AND latest.is_lasting = 1))
""",
    latest=LATEST_OUTCOME,
)
_UNDECIDED = MailFilter((MessageState.BEING_SENT, MessageState.UNKNOWN))
_PAYER = "SELECT MAX(payer.id) FROM payer WHERE payer.folded = ?"
_ATTORNEY = "SELECT MAX(attorney.id) FROM attorney WHERE attorney.folded = ?"
_NUMBERS_OF = """
SELECT invoice.number FROM mail_invoice JOIN invoice ON invoice.id = mail_invoice.invoice
WHERE mail_invoice.message = ? ORDER BY mail_invoice.place
"""
_ADD_INVOICES = fill_in(
    """
INSERT INTO mail_invoice (message, place, invoice, state, level, balance_cents)
SELECT ?, wanted.place, invoice.id, wanted.state, wanted.level, wanted.balance_cents
FROM {numbers} JOIN invoice ON invoice.number = wanted.number
""",
    numbers=_NUMBERS.sql,
)


@dataclass(frozen=True, slots=True)
class WrittenInvoice:
    """An invoice that a message is about: its state and balance then, and the level of a reminder."""

    number: str
    state: State
    balance_cents: int
    level: int | None = None


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message that is to be recorded. ``payer`` or ``attorney`` is whom it is to, both "" for nobody in particular."""

    channel: Channel
    kind: LetterKind
    invoices: Sequence[WrittenInvoice]
    digest: str
    message_id: str
    payer: str = ""
    attorney: str = ""
    address: str = ""
    copies_to: tuple[str, ...] = ()
    level: int | None = None
    template: str = ""


class PayerMail:
    """The mail and the letters of a clinic's books."""

    def __init__(self, session: DatabaseSession, now: Callable[[], datetime]) -> None:
        self._session = session
        self._now = now

    def open_invoices(self, today: date, payer: str = "") -> list[OpenInvoice]:
        """Return the invoices that were sent by a day and are not paid, with their reminders so far.

        ``payer`` is the payer to find them for, in any spelling that folds alike, "" for all.
        """
        spelling = fold(payer) or payer
        states = _STATES.values([one.state.value for one in MailedState])
        latest = today.isoformat()
        rows = self._session.all(_OPEN_INVOICES, [states, latest, spelling, spelling])
        reached = self._reached_levels() if rows else {}
        return [_open_invoice(row, reached.get(row[0], ())) for row in rows]

    def _reached_levels(self) -> dict[int, list[ReachedLevel]]:
        found: dict[int, list[ReachedLevel]] = defaultdict(list)
        for invoice, state, level, recorded_at, channel, outcome in self._session.all(_REACHED):
            day = civil_day(recorded_at)
            if level is not None and day is not None:
                is_certain = channel == Channel.LETTER or outcome == MailOutcome.SENT
                found[invoice].append(ReachedLevel(State(state), level, day, is_certain))
        return found

    def refused_addresses(self) -> frozenset[str]:
        """Return the addresses whose last word is that mail does not arrive there, in small letters."""
        return frozenset(address.casefold() for (address,) in self._session.all(_REFUSED))

    def add(self, message: NewMessage, actor: str) -> int:
        """Record a message and its invoices, and return its id. A mail is recorded before it is sent."""
        row = {
            "channel": message.channel.value,
            "kind": message.kind.value,
            "payer": self._party_id(_PAYER, message.payer),
            "attorney": self._party_id(_ATTORNEY, message.attorney),
            "address": message.address,
            "copies_to": orjson.dumps(message.copies_to).decode(),
            "level": message.level,
            "template": message.template,
            "digest": message.digest,
            "message_id": message.message_id,
            "invoices": len(message.invoices),
            "amount_cents": sum(one.balance_cents for one in message.invoices),
        }
        message_id: int = self._session.insert("mail_message", row | self._stamp_of(actor))
        rows = _NUMBERS.rows(
            (one.number, one.state.value, one.level, one.balance_cents, place)
            for place, one in enumerate(message.invoices)
        )
        self._session.execute(_ADD_INVOICES, [message_id, rows])
        return message_id

    def record_outcome(
        self, message_id: int, outcome: MailOutcome, actor: str, *, reason: str = "", is_lasting: bool = False
    ) -> None:
        """Record what became of a message. ``is_lasting`` says that the address will not take mail later either."""
        row = {
            "message": message_id,
            "outcome": outcome.value,
            "is_lasting": int(is_lasting),
            "reason": reason,
        }
        self._session.insert("mail_outcome", row | self._stamp_of(actor))

    def find(
        self, wanted: MailFilter, place: ListPlace[MailOrder], most: int, now: datetime
    ) -> list[MessageOnRecord]:
        """Return up to ``most`` messages that match a filter, from a place of the list on. ``now`` decides which are being sent."""
        return find_messages(self._session, wanted, place, most, now)

    def count(self, wanted: MailFilter, now: datetime) -> int:
        """Return how many messages match a filter."""
        return count_messages(self._session, wanted, now)

    def undecided_mails(self) -> list[MessageOnRecord]:
        """Return the mails of which nobody knows whether they arrived, and those that are being sent, the latest first."""
        return self.find(_UNDECIDED, LATEST_FIRST, EVERY_ROW, self._now())

    def with_id(self, message_id: int) -> MessageOnRecord | None:
        """Return a message, ``None`` if there is none with this id."""
        return message_with_id(self._session, message_id)

    def numbers_of(self, message_id: int) -> list[str]:
        """Return the numbers of the invoices that a message is about."""
        return [number for (number,) in self._session.all(_NUMBERS_OF, [message_id])]

    def _party_id(self, query: str, name: str) -> int | None:
        """Return the row id of a payer or an attorney of the books, ``None`` for "" and for one that they do not have."""
        found: int | None = self._session.value(query, [fold(name) or name]) if name else None
        return found

    def _stamp_of(self, actor: str) -> dict[str, object]:
        return {"recorded_at": instant(self._now()), "recorded_by": actor}


def _open_invoice(row: tuple[Any, ...], reached: Collection[ReachedLevel]) -> OpenInvoice:
    _, number, payer, state, balance_cents, exam_date, sent_on, agreed_on, claim_number = row
    return OpenInvoice(
        number=number,
        payer=payer,
        state=State(state),
        balance_cents=balance_cents,
        exam_date=date.fromisoformat(exam_date),
        sent_on=date.fromisoformat(sent_on),
        agreed_on=date.fromisoformat(agreed_on) if agreed_on else None,
        claim_number=claim_number,
        reached=tuple(reached),
    )

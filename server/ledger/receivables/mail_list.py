"""The mail and letters of a clinic as a list, each with its latest outcome (rule: receivables#mail-outcome)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from server.billing.receivables.mail_log import (
    BEING_SENT,
    Channel,
    LetterKind,
    MailOutcome,
    MessageOnRecord,
    MessageState,
)
from server.ledger.clock import first_instant, instant
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.statement_texts import EVERY_ROW, fill_in
from server.ledger.invoices.invoice_filter import ANY_DAY, Days
from server.ledger.invoices.parties import matching_text
from server.ledger.list_places import ListOrder, ListPlace

LATEST_OUTCOME = """
LEFT JOIN mail_outcome AS latest ON latest.id = (
    SELECT MAX(mail_outcome.id) FROM mail_outcome WHERE mail_outcome.message = mail_message.id
)
"""
"""Joins a message with what became of it."""

_SOURCE = fill_in(
    """
FROM mail_message
LEFT JOIN payer ON payer.id = mail_message.payer
LEFT JOIN attorney ON attorney.id = mail_message.attorney
{latest}
""",
    latest=LATEST_OUTCOME,
)
_STATE = """
CASE
    WHEN mail_message.channel = 'letter' AND latest.outcome IS NULL THEN 'made'
    WHEN latest.outcome = 'send again' THEN 'to be sent again'
    WHEN latest.outcome IS NOT NULL THEN latest.outcome
    WHEN mail_message.recorded_at > ? THEN 'being sent'
    ELSE 'unknown'
END
"""
"""The state of a message, as ``MessageOnRecord.state_at`` says it, so that a list can be narrowed before it is read."""

_SELECT = fill_in(
    """
SELECT mail_message.id, mail_message.channel, mail_message.kind, COALESCE(payer.name, attorney.name, ''), mail_message.address,
    mail_message.level, mail_message.template, mail_message.digest, mail_message.message_id, mail_message.invoices,
    mail_message.amount_cents, mail_message.recorded_at, mail_message.recorded_by, latest.outcome, COALESCE(latest.reason, ''),
    COALESCE(latest.recorded_at, ''), COALESCE(latest.recorded_by, '')
{source}
""",
    source=_SOURCE,
)
_PAGE = "{select} WHERE {condition} ORDER BY {order} LIMIT CAST(? AS BIGINT)"
_COUNT = "SELECT COUNT(*) {source} WHERE {condition}"


@dataclass(frozen=True, slots=True)
class MailFilter:
    """Which messages to find: those that match every field. An empty field matches any.

    A payer matches in any spelling that folds alike. ``recorded`` are the first and the last local day on which it was recorded.
    """

    states: Collection[MessageState] = ()
    payer: str = ""
    recorded: Days = ANY_DAY


class MailOrder(ListOrder):
    """The orders in which messages can be listed."""

    RECORDED = "recorded"
    AMOUNT_CENTS = "amount_cents"


EVERY_MESSAGE = MailFilter()
LATEST_FIRST = ListPlace(MailOrder.RECORDED, is_descending=True)


def find_messages(
    session: DatabaseSession, wanted: MailFilter, place: ListPlace[MailOrder], most: int, now: datetime
) -> list[MessageOnRecord]:
    """Return up to ``most`` messages that match a filter, from a place of the list on. ``now`` decides which are being sent."""
    conditions, parameters = _conditions_of(wanted, now)
    later, after = place.later_rows("mail_message", "id")
    order = place.sort_columns("mail_message")
    return _select_messages(session, [*conditions, *later], [*parameters, *after, most], order)


def count_messages(session: DatabaseSession, wanted: MailFilter, now: datetime) -> int:
    """Return how many messages match a filter."""
    conditions, parameters = _conditions_of(wanted, now)
    query = fill_in(_COUNT, source=_SOURCE, condition=" AND ".join(conditions))
    found: int = session.value(query, parameters)
    return found


def message_with_id(session: DatabaseSession, message_id: int) -> MessageOnRecord | None:
    """Return a message, ``None`` if there is none with this id."""
    return next(iter(_select_messages(session, ["mail_message.id = ?"], [message_id, EVERY_ROW])), None)


def _select_messages(
    session: DatabaseSession,
    conditions: Collection[str],
    parameters: Collection[object],
    order: str = "mail_message.id",
) -> list[MessageOnRecord]:
    query = fill_in(_PAGE, select=_SELECT, condition=" AND ".join(conditions), order=order)
    return [_message_of(row) for row in session.all(query, [*parameters])]


def _conditions_of(wanted: MailFilter, now: datetime) -> tuple[list[str], list[object]]:
    """Return the conditions of a filter and their parameters."""
    conditions, parameters = ["true"], list[object]()
    if wanted.states:
        conditions.append(f"{_STATE} IN ({', '.join('?' * len(wanted.states))})")
        parameters += [instant(now - BEING_SENT), *(state.value for state in wanted.states)]
    if wanted.payer:
        conditions.append("payer.folded = ?")
        parameters.append(matching_text(wanted.payer))
    first, last = wanted.recorded
    if first:
        conditions.append("mail_message.recorded_at >= ?")
        parameters.append(first_instant(first))
    if last:
        conditions.append("mail_message.recorded_at < ?")
        parameters.append(first_instant(last + timedelta(days=1)))
    return conditions, parameters


def _message_of(row: tuple[Any, ...]) -> MessageOnRecord:
    message_id, channel, kind, *facts, outcome, reason, decided_at, decided_by = row
    recipient, address, level, template, digest, mail_id, invoices, amount_cents, recorded_at, recorded_by = (
        facts
    )
    return MessageOnRecord(
        id=message_id,
        channel=Channel(channel),
        kind=LetterKind(kind),
        recipient=recipient,
        address=address,
        level=level,
        template=template,
        digest=digest,
        message_id=mail_id,
        invoices=invoices,
        amount_cents=amount_cents,
        recorded_at=recorded_at,
        recorded_by=recorded_by,
        outcome=MailOutcome(outcome) if outcome else None,
        reason=reason,
        decided_at=decided_at,
        decided_by=decided_by,
    )

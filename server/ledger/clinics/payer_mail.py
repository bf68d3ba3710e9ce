"""The mail to payers in the setup: payers, levels and texts. Append-only tables, as rates are."""

from collections.abc import Iterable

import orjson

from server.billing.setup_payer_mail import CountsFrom, MailedState, MailText, PayerContact, ReminderLevel
from server.ledger.clinics import append_only
from server.ledger.clinics.append_only import Table
from server.ledger.clinics.changes import Changes
from server.ledger.clock import Stamp
from server.ledger.engine.database_session import DatabaseSession

_CURRENT_ROWS = """
SELECT kept.* FROM {table} AS kept
WHERE NOT EXISTS (SELECT 1 FROM {table}_withdrawal AS withdrawn WHERE withdrawn.id = kept.id)
ORDER BY
"""
_CONTACTS = Table(
    "payer_contact",
    ("payer", "email", "address", "is_mailed", "note"),
    key=(0,),
    current_rows=_CURRENT_ROWS + "kept.payer COLLATE NOCASE, kept.id",
)
_LEVELS = Table(
    "reminder_level",
    ("level", "after_days", "counts_from", "state", "template", "copies_to"),
    key=(0, 3),
    current_rows=_CURRENT_ROWS + "kept.state DESC, kept.level, kept.id",
)
_TEXTS = Table(
    "mail_text",
    ("template", "subject", "text"),
    key=(0,),
    current_rows=_CURRENT_ROWS + "kept.template COLLATE NOCASE, kept.id",
)


def payer_contacts(session: DatabaseSession) -> tuple[PayerContact, ...]:
    """Return the current rows of Payers, by name."""
    return tuple(
        PayerContact(row["payer"], row["email"], row["address"], bool(row["is_mailed"]), row["note"])
        for row in append_only.current_rows(session, _CONTACTS)
    )


def reminder_levels(session: DatabaseSession) -> tuple[ReminderLevel, ...]:
    """Return the current rows of Reminder mail, by state and level."""
    return tuple(
        ReminderLevel(
            row["level"],
            row["after_days"],
            CountsFrom(row["counts_from"]),
            MailedState(row["state"]),
            row["template"],
            tuple(orjson.loads(row["copies_to"])),
        )
        for row in append_only.current_rows(session, _LEVELS)
    )


def mail_texts(session: DatabaseSession) -> tuple[MailText, ...]:
    """Return the current rows of Mail texts, by name."""
    return tuple(
        MailText(row["template"], row["subject"], row["text"])
        for row in append_only.current_rows(session, _TEXTS)
    )


def save_payer_contacts(session: DatabaseSession, wished: Iterable[PayerContact], stamp: Stamp) -> Changes:
    """Make these the current rows of Payers, and no others."""
    contents = [(one.payer, one.email, one.address, int(one.is_mailed), one.note) for one in wished]
    return append_only.save_rows(session, _CONTACTS, contents, stamp)


def save_reminder_levels(session: DatabaseSession, wished: Iterable[ReminderLevel], stamp: Stamp) -> Changes:
    """Make these the current rows of Reminder mail, and no others."""
    contents = [
        (
            one.level,
            one.after_days,
            one.counts_from.value,
            one.state.value,
            one.template,
            orjson.dumps(one.copies_to).decode(),
        )
        for one in wished
    ]
    return append_only.save_rows(session, _LEVELS, contents, stamp)


def save_mail_texts(session: DatabaseSession, wished: Iterable[MailText], stamp: Stamp) -> Changes:
    """Make these the current rows of Mail texts, and no others."""
    return append_only.save_rows(
        session, _TEXTS, [(one.template, one.subject, one.text) for one in wished], stamp
    )

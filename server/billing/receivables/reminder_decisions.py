"""What staff wish to record about reminders, and what is wrong with it (rule: receivables#decisions)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from server.billing.days import us

LONGEST_ACTION, LONGEST_NAME, LONGEST_NOTE = 200, 200, 2_000
"""The longest texts of a reminder, in characters."""

FARTHEST = timedelta(days=3_653)
"""How far ahead a reminder can lie: ten years. A later day comes from a mistyped year."""


class Decision(StrEnum):
    """What staff decide about a reminder, in the words they type."""

    DONE = "done"
    SNOOZE = "snooze"
    KEEP = "keep"
    """Leave it as it is: nothing is recorded."""


class ReminderField(StrEnum):
    """What can be wrong with a reminder, or with a decision about it, in the words of the sheet."""

    SUBJECT = "Subject"
    DUE = "Due"
    ACTION = "What to do"
    NOTE = "Note"
    FOR_WHOM = "For"
    DECISION = "Action"
    UNTIL = "Snooze until"


@dataclass(frozen=True, slots=True)
class ReminderFlaw:
    """Something that is wrong: where, and a sentence."""

    field: ReminderField
    sentence: str


@dataclass(frozen=True, slots=True)
class ReminderEdit:
    """A decision that somebody wishes to record. ``row`` is the caller's number for it.

    ``key`` names the reminder, and ``version`` is the one that was shown; ``None`` if the caller has not seen it.
    """

    row: int
    key: str
    version: int | None
    decision: Decision
    until: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class WishedReminder:
    """A reminder that somebody wishes to add: about the invoice with a number, or else about a case.

    A case is named by ``case_id``, or by ``case`` and ``patient``, of which one may be "" if the other says enough.
    """

    row: int
    due_on: date | None
    what_to_do: str
    note: str = ""
    for_whom: str = ""
    invoice: str = ""
    case_id: int | None = None
    case: str = ""
    patient: str = ""


def flaws_of_wish(wished: WishedReminder, today: date) -> Iterator[ReminderFlaw]:
    """Yield what is wrong with a reminder, without whether its invoice or case exists."""
    if wished.due_on is None:
        yield ReminderFlaw(ReminderField.DUE, "A reminder needs the day on which it is due.")
    elif wished.due_on > today + FARTHEST:
        yield ReminderFlaw(ReminderField.DUE, f"{us(wished.due_on)} is more than ten years ahead.")
    elif wished.due_on.year < today.year - 1:
        yield ReminderFlaw(ReminderField.DUE, f"{us(wished.due_on)} is long past.")
    if not wished.what_to_do:
        yield ReminderFlaw(ReminderField.ACTION, "A reminder needs to say what to do.")
    yield from _flaw_of_text(ReminderField.ACTION, wished.what_to_do, LONGEST_ACTION)
    yield from _flaw_of_text(ReminderField.NOTE, wished.note, LONGEST_NOTE)
    yield from _flaw_of_text(ReminderField.FOR_WHOM, wished.for_whom, LONGEST_NAME)


def flaws_of_edit(edit: ReminderEdit, today: date, statute_on: date | None = None) -> Iterator[ReminderFlaw]:
    """Yield what is wrong with a decision. ``statute_on`` is the statute date that the reminder is about."""
    if edit.decision is Decision.SNOOZE:
        yield from _flaw_of_until(edit.until, today, statute_on)
    elif edit.until is not None:
        word = ReminderField.UNTIL
        yield ReminderFlaw(word, f"“{edit.decision}” takes no day. Empty {word}, or choose snooze.")
    yield from _flaw_of_text(ReminderField.NOTE, edit.note, LONGEST_NOTE)


def _flaw_of_until(until: date | None, today: date, statute_on: date | None) -> Iterator[ReminderFlaw]:
    if until is None:
        sentence = "Give the day on which the reminder comes back."
    elif until <= today:
        sentence = f"{us(until)} is not after today, so the reminder would be due at once."
    elif until > today + FARTHEST:
        sentence = f"{us(until)} is more than ten years ahead."
    elif statute_on is not None and today < statute_on < until:
        sentence = f"{us(until)} is after the statute date, {us(statute_on)}."
    else:
        return
    yield ReminderFlaw(ReminderField.UNTIL, sentence)


def _flaw_of_text(field: ReminderField, text: str, longest: int) -> Iterator[ReminderFlaw]:
    if len(text) > longest:
        yield ReminderFlaw(field, f"{field} has {len(text):,} characters; {longest:,} fit.")

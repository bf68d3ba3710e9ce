"""Reminders: what is due, what is added, and what is decided about it (rule: receivables#reminders)."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from server.billing.names import fold
from server.billing.people import Role
from server.billing.receivables.reminder_decisions import (
    Decision,
    ReminderEdit,
    ReminderField,
    ReminderFlaw,
    WishedReminder,
    flaws_of_edit,
    flaws_of_wish,
)
from server.billing.receivables.reminders import ANYBODY, Reminder, ReminderKind, due_reminders
from server.errors import ChangedSinceShown, Finding, RemindersRefused, count_of
from server.errors.reminder_findings import ReminderMovedOn, ReminderNotRecorded
from server.ledger.clinic_books import ClinicBooks
from server.ledger.receivables.reminder_subjects import ReminderSubject
from server.ledger.receivables.reminders import NewReminder
from server.operations.operation import operation
from server.operations.session import Session

MOST_AHEAD = 366
"""How many days ahead reminders can be listed."""


@dataclass(frozen=True, slots=True)
class ReminderToAdd:
    """A reminder that can be added, and what it is about. ``for_whom`` is "" for anybody."""

    wished: WishedReminder
    due_on: date
    subject: ReminderSubject
    for_whom: str


@dataclass(frozen=True, slots=True)
class CheckedReminders:
    """What can be recorded, by row, and why the rest cannot.

    ``stale`` has the rows whose reminder is not as it was shown, with the subject that their key names.
    """

    decided: Mapping[int, tuple[ReminderEdit, Reminder]]
    added: Mapping[int, ReminderToAdd]
    flaws: Mapping[int, Sequence[ReminderFlaw]]
    stale: Mapping[int, str]

    @property
    def good_rows(self) -> list[int]:
        """Return the rows that can be recorded."""
        return [*self.decided, *self.added]


@operation()
def list_due_reminders(session: Session, days_ahead: int = 0, who: str = "") -> list[Reminder]:
    """Return the reminders that are due today, or so many days ahead, those that have waited longest first.

    ``who`` leaves those of this person and for anybody; the word anybody leaves only the latter.
    """
    until = session.today + timedelta(days=days_ahead)
    with session.reading() as books:
        found = due_reminders(books.reminders.due_by(until), until, who)
    session.record_view("list reminders", count_of(len(found), "reminder"))
    return found


@operation()
def count_due_reminders(session: Session) -> int:
    """Return how many reminders are due. That is no view of patient data."""
    with session.reading() as books:
        return books.reminders.count_due_by(session.today)


@operation()
def find_reminders(session: Session, keys: Collection[str]) -> dict[str, Reminder]:
    """Return open reminders by key, without unknown ones. The person has them on a sheet already."""
    with session.reading() as books:
        return books.reminders.with_keys(keys)


@operation()
def check_reminders(
    session: Session, edits: Sequence[ReminderEdit], wished: Sequence[WishedReminder]
) -> CheckedReminders:
    """Return which decisions and additions can be recorded. Nothing is written."""
    with session.reading() as books:
        return _check(session, books, edits, wished)


@operation(ChangedSinceShown)
def record_reminders(session: Session, shown: CheckedReminders, rows: Collection[int]) -> dict[int, Reminder]:
    """Record these rows exactly as they were shown, all or none; return what is on record then, by row.

    A reminder that is done is not among them. Raises ChangedSinceShown if one of the rows would be decided otherwise by now.
    """
    edits = [edit for row, (edit, _) in shown.decided.items() if row in rows]
    wished = [one.wished for row, one in shown.added.items() if row in rows]
    books = session.books
    now = _check(session, books, edits, wished)
    if any(now.decided.get(edit.row) != shown.decided[edit.row] for edit in edits) or any(
        now.added.get(one.row) != shown.added[one.row] for one in wished
    ):
        raise ChangedSinceShown
    return _record(session, now)


@operation(RemindersRefused)
def add_reminders(session: Session, wished: Sequence[WishedReminder]) -> list[Reminder]:
    """Add reminders, all or none; return them. Raises RemindersRefused, which names those that cannot be added."""
    checked = _check(session, session.books, (), wished)
    _refuse_flaws(checked, len(wished))
    return list(_record(session, checked).values())


@operation(RemindersRefused)
def decide_reminders(session: Session, edits: Sequence[ReminderEdit]) -> dict[int, Reminder]:
    """Record decisions about reminders, all or none; return those that are not done, by row. Raises RemindersRefused."""
    checked = _check(session, session.books, edits, ())
    _refuse_flaws(checked, len(edits))
    return _record(session, checked)


def _record(session: Session, checked: CheckedReminders) -> dict[int, Reminder]:
    books, actor = session.books, session.person.name
    for edit, reminder in checked.decided.values():
        is_done = edit.decision is Decision.DONE
        if is_done and reminder.kind is ReminderKind.STATUS_REQUEST:
            books.status_requests.answer([int(reminder.key.rpartition("/")[2])], actor)
        books.reminders.decide(reminder, None if is_done else edit.until, edit.note, actor)
    new = [
        NewReminder(
            one.subject.case_id,
            one.due_on,
            one.wished.what_to_do,
            one.wished.note,
            one.for_whom,
            one.subject.invoice,
        )
        for one in checked.added.values()
    ]
    keys = dict(zip(checked.added, books.reminders.add(new, actor), strict=True))
    keys |= {row: reminder.key for row, (_, reminder) in checked.decided.items()}
    found = books.reminders.with_keys(list(keys.values()))
    return {row: found[key] for row, key in keys.items() if key in found}


def _refuse_flaws(checked: CheckedReminders, sent: int) -> None:
    findings = [
        *(
            Finding(ReminderNotRecorded(sentence=flaw.sentence), "", (row,), None, flaw.field)
            for row, flaws in checked.flaws.items()
            for flaw in flaws
        ),
        *(Finding(ReminderMovedOn(subject=key), "", (row,)) for row, key in checked.stale.items()),
    ]
    if findings:
        raise RemindersRefused(sent, findings)


# -- what can be recorded


def _check(
    session: Session, books: ClinicBooks, edits: Sequence[ReminderEdit], wished: Sequence[WishedReminder]
) -> CheckedReminders:
    known = books.reminders.with_keys([edit.key for edit in edits])
    keys = Counter(edit.key for edit in edits)
    decided: dict[int, tuple[ReminderEdit, Reminder]] = {}
    added: dict[int, ReminderToAdd] = {}
    flaws: dict[int, Sequence[ReminderFlaw]] = {}
    stale: dict[int, str] = {}
    for edit in edits:
        reminder = known.get(edit.key)
        if reminder is None or edit.version not in {None, reminder.version}:
            stale[edit.row] = reminder.subject if reminder else edit.key
        elif found := list(_flaws_of_decision(edit, reminder, session.today, keys[edit.key])):
            flaws[edit.row] = found
        else:
            decided[edit.row] = (edit, reminder)
    find_subject, find_person = _subject_finder(books, wished), _person_finder(session, wished)
    for one in wished:
        found = list(flaws_of_wish(one, session.today))
        subject, person = find_subject(one), find_person(one.for_whom)
        found += [flaw for flaw in (subject, person) if isinstance(flaw, ReminderFlaw)]
        if found:
            flaws[one.row] = found
        elif isinstance(subject, ReminderSubject) and isinstance(person, str) and one.due_on:
            added[one.row] = ReminderToAdd(one, one.due_on, subject, person)
    return CheckedReminders(decided, added, flaws, stale)


def _flaws_of_decision(
    edit: ReminderEdit, reminder: Reminder, today: date, rows: int
) -> Iterator[ReminderFlaw]:
    if edit.decision is Decision.KEEP:
        yield ReminderFlaw(ReminderField.DECISION, "Choose done or snooze.")
    if rows > 1:
        yield ReminderFlaw(ReminderField.DECISION, "Two rows decide about this reminder.")
    is_statute = reminder.kind is ReminderKind.STATUTE_DATE
    statute_on = date.fromisoformat(reminder.key.rpartition("/")[2]) if is_statute else None
    yield from flaws_of_edit(edit, today, statute_on)


def _subject_finder(
    books: ClinicBooks, wished: Sequence[WishedReminder]
) -> Callable[[WishedReminder], ReminderSubject | ReminderFlaw]:
    """Return a function that finds the invoice or the case that a reminder is to be about, or says why there is none."""
    subjects = books.reminders.subjects
    invoices = subjects.invoices({one.invoice.upper() for one in wished if one.invoice})
    cases = subjects.cases({one.case_id for one in wished if one.case_id is not None})
    named = subjects.cases_named({one.case for one in wished if one.case})

    def find(one: WishedReminder) -> ReminderSubject | ReminderFlaw:
        if one.invoice:
            found = [invoices[one.invoice.upper()]] if one.invoice.upper() in invoices else []
        elif one.case_id is not None:
            found = [cases[one.case_id]] if one.case_id in cases else []
        else:
            found = named.get(one.case, [])
        of_patient = [it for it in found if not one.patient or fold(it.patient) == fold(one.patient)]
        if len(of_patient) == 1:
            return _open_or_flaw(of_patient[0])
        what = one.invoice or one.case or "this reminder"
        if of_patient:
            sentence = f"{len(of_patient)} patients have a case {what}. Type the patient, too."
        elif found:
            sentence = f"{what} is of another patient."
        elif one.invoice or one.case or one.case_id is not None:
            sentence = f"There is no invoice or case “{what}” in these books."
        else:
            sentence = "A reminder needs an invoice number or a case."
        return ReminderFlaw(ReminderField.SUBJECT, sentence)

    return find


def _open_or_flaw(subject: ReminderSubject) -> ReminderSubject | ReminderFlaw:
    if not subject.is_settled:
        return subject
    what = f"Invoice {subject.invoice}" if subject.invoice else "This case"
    return ReminderFlaw(ReminderField.SUBJECT, f"{what} is settled, so it reminds of nothing.")


def _person_finder(session: Session, wished: Sequence[WishedReminder]) -> Callable[[str], str | ReminderFlaw]:
    """Return a function that finds the user whom a reminder is for, in the stored spelling, or says that there is none.

    In a ledger without users any name is taken. "" and anybody are for nobody in particular.
    """
    users = session.ledger.people.users
    names: dict[str, str] | None = None
    if any(fold(one.for_whom) not in {"", fold(ANYBODY)} for one in wished) and users.has_users():
        names = {
            fold(spelling): user.full_name
            for user in users.list_users()
            if not user.is_disabled
            and user.role is not Role.ATTORNEY
            and user.person.may_open(session.clinic_id)
            for spelling in (user.full_name, user.sign_in_name)
        }

    def find(typed: str) -> str | ReminderFlaw:
        if fold(typed) in {"", fold(ANYBODY)}:
            return ""
        if names is None:
            return typed
        if name := names.get(fold(typed)):
            return name
        sentence = f"Nobody named “{typed}” works for this clinic. Leave it empty for anybody."
        return ReminderFlaw(ReminderField.FOR_WHOM, sentence)

    return find

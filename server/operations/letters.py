"""Reminders on paper: which letters are due, and counting them as sent (rule: receivables#letters)."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from uuid import uuid4

from server.billing.clinics import Clinic, Setup
from server.billing.question_numbers import number_of_question
from server.billing.receivables.letters import ReminderLetterPlan, plan_reminder_letters
from server.billing.receivables.mail_log import Channel, LetterKind
from server.billing.receivables.payer_mail import PlannedMail, write_mail
from server.errors import count_of
from server.ledger.clinic_books import ClinicBooks
from server.ledger.receivables.payer_mail import NewMessage, WrittenInvoice
from server.operations.operation import operation
from server.operations.session import Session

MOST_LETTERS = 100
"""Letters in one file. They take about three seconds; the others are left for the next click."""


@dataclass(frozen=True, slots=True)
class WrittenLetter:
    """A reminder to a payer with its subject and text, as it would be printed."""

    mail: PlannedMail
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class LetterPreview:
    """The letters that would be made now, at most ``MOST_LETTERS``; ``left`` counts the others.

    ``number`` is the number of the question whether to print and count them. ``has_levels`` is False without a schedule.
    """

    clinic: Clinic
    letters: tuple[WrittenLetter, ...]
    left: int
    plan: ReminderLetterPlan
    number: str
    has_levels: bool


@operation()
def plan_letters(session: Session, selected: Collection[str] | None = None) -> LetterPreview:
    """Return the reminders that would be printed now: of the ``selected`` invoices, or of all payers that are not mailed.

    Whoever shows only payers and counts of it shows no patient data.
    """
    with session.reading() as books:
        return _preview(books, session, selected)


@operation()
def preview_letters(session: Session, selected: Collection[str] | None = None) -> LetterPreview:
    """Return the reminders that would be printed now, to be read beforehand. The access log gets how many letters were shown."""
    preview = plan_letters(session, selected)
    session.record_view("preview letters", count_of(len(preview.letters), "letter"))
    return preview


@operation()
def record_letters(
    session: Session, selected: Collection[str] | None, shown: LetterPreview, digest: str
) -> bool:
    """Count the letters that were shown as sent, and return whether that was done.

    Nothing is recorded if they are no longer the letters that would be made: another click or a mail may have come first. ``digest`` is
    that of the file with the letters.
    """
    books = session.books
    if _preview(books, session, selected).number != shown.number:
        return False
    for written in shown.letters:
        books.payer_mail.add(_message_of(written.mail, digest), session.person.name)
    session.record_view("print reminder letters", count_of(len(shown.letters), "letter"))
    return True


def _message_of(mail: PlannedMail, digest: str) -> NewMessage:
    return NewMessage(
        Channel.LETTER,
        LetterKind.REMINDER,
        [
            WrittenInvoice(one.invoice.number, one.invoice.state, one.invoice.balance_cents, one.level.level)
            for one in mail.due
        ],
        digest,
        f"letter-{uuid4()}",
        payer=mail.payer,
        address=mail.address,
        level=mail.highest.level,
        template=mail.highest.template,
    )


def _preview(books: ClinicBooks, session: Session, selected: Collection[str] | None) -> LetterPreview:
    setup = books.setup()
    plan = _plan(books, setup, session, selected)
    letters = tuple(_write_letters(plan, setup, session))
    shown = [(one.mail.payer, one.mail.address, one.subject, one.text) for one in letters]
    return LetterPreview(
        clinic=setup.clinic,
        letters=letters,
        left=len(plan.letters) - len(letters),
        plan=plan,
        number=number_of_question(session.clinic_id, session.today, shown),
        has_levels=bool(setup.reminder_levels),
    )


def _plan(
    books: ClinicBooks, setup: Setup, session: Session, selected: Collection[str] | None
) -> ReminderLetterPlan:
    if not setup.reminder_levels:
        return ReminderLetterPlan()
    return plan_reminder_letters(
        setup,
        books.payer_mail.open_invoices(session.today),
        books.payer_mail.refused_addresses(),
        session.today,
        selected,
    )


def _write_letters(plan: ReminderLetterPlan, setup: Setup, session: Session) -> Iterator[WrittenLetter]:
    for mail in plan.letters[:MOST_LETTERS]:
        yield WrittenLetter(mail, *write_mail(mail, setup, session.today))

"""Mail to payers: what would be sent, sending it, and saying what became of it (rule: receivables#payer-mail).

Each mail is recorded and committed before the mail server is spoken to, and its outcome after. So a program that is stopped in between
leaves a mail that nobody knows the end of, and never one that is sent twice.
"""

import hashlib
import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from email_validator import EmailNotValidError, validate_email

from server.billing.clinics import Clinic, Setup
from server.billing.question_numbers import number_of_question
from server.billing.receivables.mail_log import (
    Channel,
    LetterKind,
    MailOutcome,
    MessageOnRecord,
    MessageState,
    open_decisions,
)
from server.billing.receivables.payer_mail import MailPlan, NotMailed, PlannedMail, plan_mail, write_mail
from server.errors import MailNotSetUp, MailServerUnusable, OutcomeNotOpen, UnknownMessage, count_of
from server.ledger.clinic_books import ClinicBooks
from server.ledger.list_places import ListPlace
from server.ledger.receivables.mail_list import EVERY_MESSAGE, LATEST_FIRST, MailFilter, MailOrder
from server.ledger.receivables.payer_mail import NewMessage, WrittenInvoice
from server.mail_password import find_password
from server.mail_server import MailNotTaken, MailServer, MailUncertain
from server.mail_server_settings import MailServerSettings
from server.operations.listed_rows import ListedRows
from server.operations.operation import operation
from server.operations.session import Session

log = logging.getLogger(__name__)

MOST_MESSAGES = 500
"""Messages in a list, unless another number is asked for."""


@dataclass(frozen=True, slots=True)
class WrittenMail:
    """A mail with its subject and text, as it would go out."""

    mail: PlannedMail
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class MailPreview:
    """What would be mailed now. ``number`` is the number of the question whether to send it.

    ``undecided`` are the mails of which nobody knows whether they arrived. ``has_levels`` is False without a schedule.
    """

    clinic: Clinic
    mails: tuple[WrittenMail, ...]
    not_mailed: tuple[NotMailed, ...]
    undecided: tuple[MessageOnRecord, ...]
    number: str
    has_levels: bool


@dataclass(frozen=True, slots=True)
class MailEnd:
    """What became of one mail of a run."""

    message: int
    payer: str
    address: str
    level: int
    invoices: int
    amount_cents: int
    outcome: MailOutcome
    reason: str = ""


@dataclass(slots=True)
class MailRun:
    """What a run did. ``changed`` counts mails that are not as they were shown, ``left`` those that the limit left for the next run.

    ``stopped`` says why the run ended early, "" if it did not.
    """

    ends: list[MailEnd] = field(default_factory=list)
    changed: int = 0
    left: int = 0
    stopped: str = ""

    def count(self, outcome: MailOutcome) -> int:
        """Return how many mails ended this way."""
        return sum(one.outcome is outcome for one in self.ends)


@operation()
def plan_of_mail(session: Session) -> MailPreview:
    """Return what would be mailed now. Whoever shows only payers and counts of it shows no patient data."""
    with session.reading() as books:
        return _preview(books, session)


@operation()
def preview_mail(session: Session) -> MailPreview:
    """Return what would be mailed now, to be shown with its texts. The access log gets how many mails were shown."""
    preview = plan_of_mail(session)
    session.record_view("preview mail", count_of(len(preview.mails), "mail"))
    return preview


@operation(MailNotSetUp, MailServerUnusable)
def send_mail(
    session: Session,
    settings: MailServerSettings,
    *,
    shown: str | None = None,
    most: int | None = None,
    seconds: float | None = None,
) -> MailRun:
    """Send what is due, and return what became of each mail.

    ``shown`` is the number of the preview that a person agreed to: a mail that is no longer as it was shown is not sent. At most
    ``most`` mails are sent, and none is begun after ``seconds``. Raises MailNotSetUp, and MailServerUnusable if not one mail could
    be begun. Must be called before the session writes: each mail is a transaction of its own.
    """
    preview = plan_of_mail(session)
    if not preview.mails:
        return MailRun()
    if not settings.is_set_up:
        raise MailNotSetUp(settings.missing)
    if shown is not None and shown != preview.number:
        return MailRun(changed=len(preview.mails))
    limit = min(most or settings.most, settings.most)
    password = find_password(session.ledger.folder, settings) if settings.user else None
    run, begun = MailRun(), time.monotonic()
    with MailServer(settings, password) as server:
        for place, written in enumerate(preview.mails):
            if place >= limit or (seconds is not None and time.monotonic() - begun > seconds):
                run.left = len(preview.mails) - place
                break
            try:
                server.connect()
            except MailServerUnusable as problem:
                if not run.ends:
                    raise
                run.left, run.stopped = len(preview.mails) - place, problem.why
                break
            _send_one(session, settings, server, written, run)
    counts = {outcome.value: run.count(outcome) for outcome in MailOutcome if run.count(outcome)}
    log.info("mail to payers of %s: %s, %s left", session.clinic_id, counts or "none", run.left)
    session.record_view("mail reminders", count_of(len(run.ends), "mail"))
    return run


def _send_one(
    session: Session, settings: MailServerSettings, server: MailServer, written: WrittenMail, run: MailRun
) -> None:
    """Record a mail, hand it over, and record its outcome. A mail that changed since it was planned is left out."""
    mail = written.mail
    message = _message_of(written, settings, session)
    digest = hashlib.sha256(message.as_bytes(policy=SMTP)).hexdigest()
    with session.store.transaction() as books:
        # Another run may have written to this payer a moment ago, or a cheque may have come in.
        if not _is_still_due(books, session, written):
            run.changed += 1
            return
        new = NewMessage(
            Channel.MAIL,
            LetterKind.REMINDER,
            [
                WrittenInvoice(
                    one.invoice.number, one.invoice.state, one.invoice.balance_cents, one.level.level
                )
                for one in mail.due
            ],
            digest,
            str(message["Message-ID"]),
            payer=mail.payer,
            address=mail.address,
            copies_to=mail.copies_to,
            level=mail.highest.level,
            template=mail.highest.template,
        )
        message_id = books.payer_mail.add(new, session.person.name)
    outcome, reason, is_lasting = MailOutcome.SENT, "", False
    try:
        reason = server.deliver(message, mail.address, mail.copies_to)
    except MailNotTaken as problem:
        outcome, reason, is_lasting = MailOutcome.FAILED, problem.reason, problem.is_lasting
    except MailUncertain as problem:
        outcome, reason = MailOutcome.UNKNOWN, problem.reason
    with session.store.transaction() as books:
        books.payer_mail.record_outcome(
            message_id, outcome, session.person.name, reason=reason, is_lasting=is_lasting
        )
    level = mail.highest.level
    run.ends.append(
        MailEnd(
            message_id, mail.payer, mail.address, level, len(mail.due), mail.amount_cents, outcome, reason
        )
    )


def _is_still_due(books: ClinicBooks, session: Session, written: WrittenMail) -> bool:
    setup = books.setup()
    plan = _plan(books, setup, session, written.mail.payer)
    return [written] == [*_write_mails(plan.mails, setup, session)]


def _plan(books: ClinicBooks, setup: Setup, session: Session, payer: str = "") -> MailPlan:
    if not setup.reminder_levels:
        return MailPlan()
    open_invoices = books.payer_mail.open_invoices(session.today, payer)
    return plan_mail(setup, open_invoices, books.payer_mail.refused_addresses(), session.today)


def _write_mails(mails: Sequence[PlannedMail], setup: Setup, session: Session) -> Iterator[WrittenMail]:
    for mail in mails:
        yield WrittenMail(mail, *write_mail(mail, setup, session.today))


def _preview(books: ClinicBooks, session: Session) -> MailPreview:
    setup = books.setup()
    plan = _plan(books, setup, session)
    mails = tuple(_write_mails(plan.mails, setup, session))
    shown = [(one.mail.payer, one.mail.address, one.mail.copies_to, one.subject, one.text) for one in mails]
    return MailPreview(
        clinic=setup.clinic,
        mails=mails,
        not_mailed=plan.not_mailed,
        undecided=tuple(books.payer_mail.undecided_mails()),
        number=number_of_question(session.clinic_id, shown),
        has_levels=bool(setup.reminder_levels),
    )


def _message_of(written: WrittenMail, settings: MailServerSettings, session: Session) -> EmailMessage:
    """Return the mail as it goes out. A header is one line: the policy refuses anything else."""
    message = EmailMessage(policy=SMTP)
    message["From"] = settings.sender
    message["To"] = written.mail.address
    if written.mail.copies_to:
        message["Cc"] = ", ".join(written.mail.copies_to)
    with session.reading() as books:
        answers_to = _usable_address(books.setup().clinic.email)
    if answers_to:
        message["Reply-To"] = answers_to
    message["Subject"] = written.subject
    message["Date"] = format_datetime(session.ledger.now())
    message["Message-ID"] = make_msgid(domain=settings.sender_address.partition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(written.text, cte="quoted-printable")
    return message


def _usable_address(text: str) -> str:
    try:
        return validate_email(text, check_deliverability=False, allow_smtputf8=False).normalized
    except EmailNotValidError:
        return ""


@operation()
def list_messages(
    session: Session,
    wanted: MailFilter = EVERY_MESSAGE,
    place: ListPlace[MailOrder] = LATEST_FIRST,
    most: int = MOST_MESSAGES,
) -> ListedRows[tuple[MessageOnRecord, MessageState]]:
    """Return at most ``most`` mails and letters on record from a place of the list on, each with its state now."""
    now = session.ledger.now()
    with session.reading() as books:
        found = books.payer_mail.find(wanted, place, most + 1, now)
        total = books.payer_mail.count(wanted, now)
    page = ListedRows.of_found([(one, one.state_at(now)) for one in found], most, total)
    session.record_view("list messages", count_of(len(page.rows), "message"))
    return page


@operation(UnknownMessage, OutcomeNotOpen)
def decide_message(
    session: Session, number: int, outcome: MailOutcome, note: str = ""
) -> tuple[MessageOnRecord, MessageState]:
    """Record what a person says became of a message, and return the message. Raises UnknownMessage and OutcomeNotOpen.

    "send again" lets the next run write about the same invoices. "bounced" also keeps mail from that address.
    """
    found = session.books.payer_mail.with_id(number)
    if found is None:
        raise UnknownMessage(number)
    now: datetime = session.ledger.now()
    state = found.state_at(now)
    choices = open_decisions(state)
    if outcome not in choices:
        raise OutcomeNotOpen(number, state.value, ", ".join(choices))
    session.books.payer_mail.record_outcome(
        number, outcome, session.person.name, reason=" ".join(note.split())
    )
    session.record_view("decide message", str(number))
    decided = session.books.payer_mail.with_id(number) or found
    return decided, decided.state_at(now)

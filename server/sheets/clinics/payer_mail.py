"""Reads Payers, Reminder mail and Mail texts: whom the clinic writes to, when, and in which words (rule: receivables#payer-mail)."""

from collections.abc import Iterable, Mapping, Sequence

from email_validator import EmailNotValidError, validate_email

from server.billing.money import THOUSAND
from server.billing.names import fold
from server.billing.receivables.mail_texts import (
    LONGEST_SUBJECT,
    LONGEST_TEXT,
    OF_INVOICE,
    VARIABLES,
    TextMistake,
    mistakes_in,
    subject_mistakes_in,
    texts_of,
)
from server.billing.setup_payer_mail import (
    HIGHEST_LEVEL,
    MOST_DAYS_AFTER,
    CountsFrom,
    MailedState,
    MailText,
    PayerContact,
    ReminderLevel,
)
from server.errors import ValueFinding
from server.errors.findings import sentence_start
from server.errors.payer_mail_findings import (
    LevelCountsFromNothing,
    LevelTwice,
    MailedWithoutAddress,
    MailTextTooLong,
    MailTextTwice,
    MailTextUnusable,
    NotALevel,
    NotAnEmailAddress,
    NotDaysAfter,
    PayerTwice,
    UnknownMailText,
    UnknownMailVariable,
)
from server.errors.setup_findings import NoLetters
from server.sheets.cells import thousandths_of
from server.sheets.typed_rows import Row


def read_payers(rows: Sequence[Row]) -> list[PayerContact]:
    """Return the payers of all usable rows."""
    seen: dict[str, int] = {}
    return [contact for row in rows if (contact := _read_payer(row, seen))]


def _read_payer(row: Row, seen: dict[str, int]) -> PayerContact | None:
    payer = " ".join(row.required_text("Payer").split())
    if payer and not fold(payer):
        row.add_finding(NoLetters, "Payer")
    number = seen.setdefault(fold(payer), row.number)
    if payer and number != row.number:
        row.add_finding(PayerTwice(value=row.shown_value("Payer"), row=number), "Payer")
    email = _checked_address(row, "Email", row.text("Email"))
    is_mailed = row.yes_or_no("Mail reminders", blank=False)
    if is_mailed and payer and not row.text("Email"):
        row.add_finding(MailedWithoutAddress(payer=payer), "Mail reminders")
    contact = PayerContact(payer, email, row.text("Address"), is_mailed, " ".join(row.text("Note").split()))
    return contact if row.usable else None


def _checked_address(row: Row, title: str, text: str) -> str:
    """Return an address as mail servers take it, "" for an empty one. Adds a finding if it is none."""
    if not text:
        return ""
    try:
        return validate_email(text, check_deliverability=False, allow_smtputf8=False).normalized
    except EmailNotValidError as problem:
        reason = sentence_start(str(problem))
        row.add_finding(NotAnEmailAddress(value=text[:60], reason=reason), title)
        return ""


def read_reminder_levels(rows: Sequence[Row], own_texts: Iterable[MailText]) -> list[ReminderLevel]:
    """Return the levels of all usable rows. Their texts are among ``own_texts`` or built in."""
    known = texts_of(own_texts)
    read = [(row, level) for row in rows if (level := _read_level(row, known))]
    _remark_repeated(read)
    _remark_counting(read)
    return [level for row, level in read if row.usable]


def _read_level(row: Row, known: Mapping[str, MailText]) -> ReminderLevel | None:
    level = _whole_number(row, "Level", HIGHEST_LEVEL, NotALevel)
    days = _whole_number(row, "After days", MOST_DAYS_AFTER, NotDaysAfter)
    counts_from, state = row.choice("Counts from", CountsFrom), row.choice("State", MailedState)
    template = " ".join(row.required_text("Template").split())
    text = known.get(fold(template))
    if template and text is None:
        names = ", ".join(f"“{one.template}”" for one in known.values())
        row.add_finding(UnknownMailText(value=row.shown_value("Template"), known=names), "Template")
    copies_to = tuple(filter(None, (_checked_address(row, "Cc", one) for one in row.text_list("Cc"))))
    if not (row.usable and level and days and counts_from and state and text):
        return None
    return ReminderLevel(level, days, counts_from, state, text.template, copies_to)


def _whole_number(row: Row, title: str, most: int, wrong: type[ValueFinding]) -> int | None:
    """Return a whole number from 1 to ``most``, ``None`` and a finding for anything else."""
    found = row.read(title, thousandths_of) if row.required_text(title) else None
    if found is None:
        return None
    if found % THOUSAND or not THOUSAND <= found <= most * THOUSAND:
        row.add_finding(wrong, title)
        return None
    return found // THOUSAND


def _remark_repeated(read: Sequence[tuple[Row, ReminderLevel]]) -> None:
    seen: dict[tuple[MailedState, int], int] = {}
    for row, one in read:
        number = seen.setdefault((one.state, one.level), row.number)
        if number != row.number:
            row.add_finding(LevelTwice(level=one.level, state=one.state.value, row=number), "Level")


def _remark_counting(read: Sequence[tuple[Row, ReminderLevel]]) -> None:
    """Add findings to levels whose days cannot be counted from the day that they name."""
    first = {
        state: min((one.level for _, one in read if one.state is state), default=0) for state in MailedState
    }
    for row, one in read:
        why = ""
        if one.counts_from is CountsFrom.LAST_LEVEL and one.level == first[one.state]:
            why = "it is the first level"
        elif one.counts_from is CountsFrom.AGREED and one.state is MailedState.PENDING_REDUCTION:
            why = "nothing is agreed yet then"
        if why:
            row.add_finding(
                LevelCountsFromNothing(
                    level=one.level, state=one.state.value, counts_from=one.counts_from.value, why=why
                ),
                "Counts from",
            )


def read_mail_texts(rows: Sequence[Row]) -> list[MailText]:
    """Return the texts of all usable rows."""
    seen: dict[str, int] = {}
    return [text for row in rows if (text := _read_text(row, seen))]


def _read_text(row: Row, seen: dict[str, int]) -> MailText | None:
    template = " ".join(row.required_text("Template").split())
    if template and not fold(template):
        row.add_finding(NoLetters, "Template")
    number = seen.setdefault(fold(template), row.number)
    if template and number != row.number:
        row.add_finding(MailTextTwice(value=row.shown_value("Template"), row=number), "Template")
    subject, text = row.required_text("Subject"), row.required_text("Text")
    for title, typed, most in (("Subject", subject, LONGEST_SUBJECT), ("Text", text, LONGEST_TEXT)):
        if len(typed) > most:
            row.add_finding(MailTextTooLong(length=f"{len(typed):,}", most=f"{most:,}"), title)
        else:
            mistakes = subject_mistakes_in(typed) if title == "Subject" else mistakes_in(typed)
            _remark_mistakes(row, title, mistakes)
    return MailText(template, subject, text) if row.usable else None


def _remark_mistakes(row: Row, title: str, mistakes: Iterable[TextMistake]) -> None:
    known = ", ".join(
        [*(name for name in VARIABLES if name != "invoices"), *(f"invoice.{name}" for name in OF_INVOICE)]
    )
    for mistake in mistakes:
        if mistake.what:
            row.add_finding(UnknownMailVariable(variable=mistake.what, known=known), title)
        else:
            row.add_finding(MailTextUnusable(reason=mistake.reason), title)

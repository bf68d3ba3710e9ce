"""Which payers are to be reminded of which invoices today, and what the mail says (rule: receivables#payer-mail).

An invoice that was sent and is still open climbs the levels of its state, one at a time. All due invoices of a payer are in one mail.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from server.billing.clinics import Clinic, Setup
from server.billing.days import us
from server.billing.invoices.invoice import State
from server.billing.money import dollars
from server.billing.names import fold
from server.billing.receivables.mail_texts import fill_in_text, texts_of
from server.billing.setup_payer_mail import CountsFrom, PayerContact, ReminderLevel
from server.billing.text_lines import lines_of

LEAST_DAYS_BETWEEN = 7
"""Days between two reminders of an invoice, whatever the levels say: a payer gets no second notice the day after the first one."""


@dataclass(frozen=True, slots=True)
class ReachedLevel:
    """A reminder of an invoice that went out, or may have. ``is_certain`` is False for a mail that nobody knows the end of."""

    state: State
    level: int
    day: date
    is_certain: bool = True


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """An invoice that was sent and is not paid yet, with what a reminder says of it, and the reminders so far."""

    number: str
    payer: str
    state: State
    balance_cents: int
    exam_date: date
    sent_on: date
    agreed_on: date | None
    claim_number: str
    reached: tuple[ReachedLevel, ...] = ()


@dataclass(frozen=True, slots=True)
class DueInvoice:
    """An invoice and the level that is due for it."""

    invoice: OpenInvoice
    level: ReminderLevel


@dataclass(frozen=True, slots=True)
class PlannedMail:
    """A mail or a letter to a payer with all its due invoices, in the order of their numbers.

    ``address`` is the e-mail address, or the lines of the envelope.
    """

    payer: str
    address: str
    due: tuple[DueInvoice, ...]

    @property
    def highest(self) -> ReminderLevel:
        """Return the highest level among the invoices. It decides on the text."""
        return max((one.level for one in self.due), key=lambda level: (level.level, level.state.value))

    @property
    def copies_to(self) -> tuple[str, ...]:
        """Return the addresses that get a copy, each once."""
        return tuple(dict.fromkeys(address for one in self.due for address in one.level.copies_to))

    @property
    def amount_cents(self) -> int:
        """Return what is open on the invoices together."""
        return sum(one.invoice.balance_cents for one in self.due)


class WhyNotMailed(StrEnum):
    """Why a payer with due invoices gets no mail, in words for a sheet."""

    NO_CONTACT = "The payer has no e-mail address in the setup."
    SAID_NO = "The setup says no mail to this payer."
    ADDRESS_REFUSED = "The last mail to this address came back."
    UNDECIDED = "Nobody knows whether the last mail arrived. Decide that first."


@dataclass(frozen=True, slots=True)
class NotMailed:
    """The due invoices of a payer that are not mailed, and why."""

    payer: str
    due: tuple[DueInvoice, ...]
    why: WhyNotMailed

    @property
    def amount_cents(self) -> int:
        """Return what is open on the invoices together."""
        return sum(one.invoice.balance_cents for one in self.due)


@dataclass(frozen=True, slots=True)
class MailPlan:
    """What is to be mailed today, and what is due and not mailed, each by payer."""

    mails: tuple[PlannedMail, ...] = ()
    not_mailed: tuple[NotMailed, ...] = ()


def due_level(invoice: OpenInvoice, levels: Iterable[ReminderLevel], today: date) -> ReminderLevel | None:
    """Return the level that is due for an invoice, ``None`` if none is.

    It is the lowest one of the invoice's state that it has not reached. The days between two reminders are at least
    ``LEAST_DAYS_BETWEEN``.
    """
    reached = [one for one in invoice.reached if one.state is invoice.state]
    highest = max((one.level for one in reached), default=0)
    path = sorted(
        (one for one in levels if one.state.state is invoice.state and one.level > highest),
        key=lambda one: one.level,
    )
    if not path:
        return None
    level = path[0]
    begins = {
        CountsFrom.SENT: invoice.sent_on,
        CountsFrom.AGREED: invoice.agreed_on,
        CountsFrom.LAST_LEVEL: max((one.day for one in reached), default=None),
    }[level.counts_from]
    if begins is None:
        return None
    due_on = begins + timedelta(days=level.after_days)
    latest = max((one.day for one in invoice.reached), default=None)
    if latest is not None:
        due_on = max(due_on, latest + timedelta(days=LEAST_DAYS_BETWEEN))
    return level if due_on <= today else None


def plan_mail(
    setup: Setup, invoices: Iterable[OpenInvoice], refused_addresses: Collection[str], today: date
) -> MailPlan:
    """Return what is to be mailed today. ``refused_addresses`` are those whose mail came back, in small letters.

    A payer is mailed if its row on Payers says yes. An invoice whose last mail nobody knows the end of waits until a person decides.
    """
    contacts = {fold(one.payer): one for one in setup.payer_contacts}
    by_payer: dict[str, list[OpenInvoice]] = defaultdict(list)
    for invoice in invoices:
        by_payer[fold(invoice.payer) or invoice.payer].append(invoice)
    mails: list[PlannedMail] = []
    not_mailed: list[NotMailed] = []
    for key, found in sorted(by_payer.items(), key=lambda one: one[1][0].payer.casefold()):
        payer, contact = found[0].payer, contacts.get(key)
        certain, undecided = _due_invoices(found, setup.reminder_levels, today)
        if undecided:
            not_mailed.append(NotMailed(payer, undecided, WhyNotMailed.UNDECIDED))
        why = _why_not(contact, refused_addresses)
        if certain and why:
            not_mailed.append(NotMailed(payer, certain, why))
        elif certain and contact:
            mails.append(PlannedMail(payer, contact.email, certain))
    return MailPlan(tuple(mails), tuple(not_mailed))


def _due_invoices(
    invoices: Iterable[OpenInvoice], levels: Sequence[ReminderLevel], today: date
) -> tuple[tuple[DueInvoice, ...], tuple[DueInvoice, ...]]:
    """Return the due invoices whose reminders so far are certain, and those that wait for a decision."""
    certain: list[DueInvoice] = []
    undecided: list[DueInvoice] = []
    for invoice in sorted(invoices, key=lambda one: one.number):
        open_level = next((one for one in invoice.reached if not one.is_certain), None)
        if open_level is None:
            if level := due_level(invoice, levels, today):
                certain.append(DueInvoice(invoice, level))
            continue
        named = [
            one for one in levels if one.state.state is open_level.state and one.level == open_level.level
        ]
        undecided.extend(DueInvoice(invoice, level) for level in named)
    return tuple(certain), tuple(undecided)


def _why_not(contact: PayerContact | None, refused_addresses: Collection[str]) -> WhyNotMailed | None:
    if contact is None or not contact.email:
        return WhyNotMailed.NO_CONTACT
    if not contact.is_mailed:
        return WhyNotMailed.SAID_NO
    return WhyNotMailed.ADDRESS_REFUSED if contact.email.casefold() in refused_addresses else None


def write_mail(mail: PlannedMail, setup: Setup, today: date) -> tuple[str, str]:
    """Return the subject and the text of a mail. It names a patient nowhere (rule: receivables#mail-texts)."""
    text = texts_of(setup.mail_texts)[fold(mail.highest.template)]
    return fill_in_text(text, mail_values(mail, setup.clinic, today))


def mail_values(mail: PlannedMail, clinic: Clinic, today: date) -> Mapping[str, object]:
    """Return the values of the variables of ``mail_texts.VARIABLES`` for a mail."""
    remit_to = clinic.remit_to or clinic.address
    return {
        "clinic": clinic.name,
        "clinic_phone": clinic.phone,
        "clinic_email": clinic.email,
        "pay_to": clinic.pay_to or clinic.name,
        "remit_to": ", ".join(" ".join(line.split()) for line in lines_of(remit_to)),
        "payer": mail.payer,
        "today": us(today),
        "count": f"{len(mail.due):,}",
        "total": dollars(mail.amount_cents),
        "invoices": [
            {
                "number": one.invoice.number,
                "claim": one.invoice.claim_number,
                "date_of_service": us(one.invoice.exam_date),
                "amount": dollars(one.invoice.balance_cents),
                "sent": us(one.invoice.sent_on),
                "notice": one.level.template,
            }
            for one in mail.due
        ],
    }

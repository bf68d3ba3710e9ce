"""Which payers get a reminder on paper, and where each letter goes (rule: receivables#letters).

A letter goes to whoever is due and is not mailed. It counts as a reminder like a mail, so nobody gets both of one level.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from server.billing.clinics import Setup
from server.billing.names import fold
from server.billing.receivables.payer_mail import (
    NotMailed,
    OpenInvoice,
    PlannedMail,
    WhyNotMailed,
    plan_mail,
)
from server.billing.text_lines import lines_of


class LetterOption(StrEnum):
    """What a letter can be about, in the words of the button."""

    REMINDER = "reminder"
    REDUCTION_OFFER = "reduction offer"
    LIEN = "lien letter"
    STATEMENT = "statement"


@dataclass(frozen=True, slots=True)
class ReminderLetterPlan:
    """The reminders that are due on paper, by payer.

    The ``address`` of each of the ``letters`` has the lines of the envelope. ``without_address`` are payers that lack one,
    ``undecided`` those whose last mail nobody knows the end of. ``not_due`` are selected invoices that no reminder is due for.
    """

    letters: tuple[PlannedMail, ...] = ()
    without_address: tuple[PlannedMail, ...] = ()
    undecided: tuple[NotMailed, ...] = ()
    not_due: tuple[str, ...] = ()


def plan_reminder_letters(
    setup: Setup,
    invoices: Iterable[OpenInvoice],
    refused_addresses: Collection[str],
    today: date,
    selected: Collection[str] | None = None,
) -> ReminderLetterPlan:
    """Return the letters to payers that are due for a reminder today.

    With ``selected`` invoices, the letters are about those of them that are due, also if their payers are mailed. ``None`` means every
    invoice of the payers that are not mailed.
    """
    about = [one for one in invoices if selected is None or one.number in selected]
    plan = plan_mail(setup, about, refused_addresses, today)
    undecided = [one for one in plan.not_mailed if one.why is WhyNotMailed.UNDECIDED]
    found = [(one.payer, one.due) for one in plan.not_mailed if one.why is not WhyNotMailed.UNDECIDED]
    if selected is not None:
        found += [(one.payer, one.due) for one in plan.mails]
    letters: list[PlannedMail] = []
    without_address: list[PlannedMail] = []
    for payer, due in sorted(found, key=lambda one: one[0].casefold()):
        envelope = envelope_lines(setup, payer)
        (letters if envelope else without_address).append(PlannedMail(payer, "\n".join(envelope), due))
    listed = {one.invoice.number for _, due in found for one in due}
    listed |= {one.invoice.number for waiting in undecided for one in waiting.due}
    not_due = [number for number in selected or () if number not in listed]
    return ReminderLetterPlan(tuple(letters), tuple(without_address), tuple(undecided), tuple(not_due))


def envelope_lines(setup: Setup, *names: str) -> list[str]:
    """Return the lines of an envelope: the names, then the address. Returns [] if the sheet Payers has no address for any of them.

    The names are those of a payer, or of an attorney and of the attorney's firm. The address of the last name that has one counts:
    a firm is more certain than a person, who may change firms.
    """
    addresses = {_matching_text(one.payer): lines_of(one.address) for one in setup.payer_contacts}
    named = [name for name in dict.fromkeys(names) if name]
    found = next((lines for name in reversed(named) if (lines := addresses.get(_matching_text(name)))), [])
    if not found:
        return []
    typed = {*map(_matching_text, found)}
    return [*(name for name in named if _matching_text(name) not in typed), *found]


def _matching_text(name: str) -> str:
    return fold(name) or name

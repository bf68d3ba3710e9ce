"""Lien letters and reduction offers to the attorneys of cases (rule: receivables#case-letters).

A letter states what is on record of a case, and records no step: an offer is made with the steps of an invoice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from server.billing.clinics import Setup
from server.billing.invoices.case_records import NO_LETTER, CaseRecord, LetterOfProtection
from server.billing.invoices.cases import Injury
from server.billing.invoices.invoice import Invoice, State
from server.billing.money import MILLION
from server.billing.receivables.letters import envelope_lines

MOST_OFFER_DAYS = 366
"""The last day of an offer lies at most this many days ahead. A later one comes from a mistyped year."""


class WhyNoCaseLetter(StrEnum):
    """Why a case gets no letter."""

    NO_ATTORNEY = "no attorney"
    NO_ADDRESS = "no address"
    NOTHING_OWED = "nothing owed"
    CAP_USED_UP = "cap used up"


@dataclass(frozen=True, slots=True)
class BilledInvoice:
    """An invoice of a letter. ``taken_off_cents`` are reductions and write-offs; billed less these and less received is the balance."""

    number: str
    exam_date: date
    state: State
    billed_cents: int
    taken_off_cents: int
    received_cents: int
    balance_cents: int


@dataclass(frozen=True, slots=True)
class CaseLetter:
    """A letter about a case to the attorney of today. ``envelope`` has the lines of the address.

    ``protection`` is the letter of protection, empty if there is none or it was released.
    """

    attorney: str
    firm: str
    envelope: tuple[str, ...]
    patient: str
    injury: Injury
    protection: LetterOfProtection
    invoices: tuple[BilledInvoice, ...]

    @property
    def billed_cents(self) -> int:
        """Return what the invoices bill."""
        return sum(one.billed_cents for one in self.invoices)

    @property
    def received_cents(self) -> int:
        """Return what was received for the invoices."""
        return sum(one.received_cents for one in self.invoices)

    @property
    def taken_off_cents(self) -> int:
        """Return what was reduced and written off."""
        return sum(one.taken_off_cents for one in self.invoices)

    @property
    def balance_cents(self) -> int:
        """Return what is still owed."""
        return sum(one.balance_cents for one in self.invoices)

    @property
    def lien_cents(self) -> int:
        """Return our lien: the balance, at most what is left of the cap of the letter of protection.

        The cap is for the case in all, so what was received is taken off it.
        """
        cap = self.protection.cap_cents
        return (
            self.balance_cents if cap is None else min(self.balance_cents, max(cap - self.received_cents, 0))
        )


@dataclass(frozen=True, slots=True)
class NoCaseLetter:
    """A case that gets no letter, by one of its ``selected`` invoices. ``name`` is the attorney whose address is missing."""

    selected: str
    why: WhyNoCaseLetter
    name: str = ""


def case_letter(
    setup: Setup, record: CaseRecord, invoices: Sequence[Invoice], selected: str, today: date
) -> CaseLetter | NoCaseLetter:
    """Return the letter about a case with all its ``invoices``, or why there is none.

    Voided invoices are not in it. ``selected`` is the invoice by which the case was chosen.
    """
    attorney = record.attorney
    if not attorney.name:
        return NoCaseLetter(selected, WhyNoCaseLetter.NO_ATTORNEY)
    released_on = record.letter.released_on
    is_released = released_on is not None and released_on <= today
    letter = CaseLetter(
        attorney=attorney.name,
        firm=attorney.firm,
        envelope=tuple(envelope_lines(setup, attorney.name, attorney.firm)),
        patient=invoices[-1].facts.patient,
        injury=record.injury,
        protection=NO_LETTER if is_released else record.letter,
        invoices=tuple(_billed_invoice(one) for one in invoices if one.state is not State.VOIDED),
    )
    if letter.balance_cents <= 0:
        return NoCaseLetter(selected, WhyNoCaseLetter.NOTHING_OWED)
    if not letter.envelope:
        return NoCaseLetter(selected, WhyNoCaseLetter.NO_ADDRESS, attorney.name)
    return letter


def lien_letter(
    setup: Setup, record: CaseRecord, invoices: Sequence[Invoice], selected: str, today: date
) -> CaseLetter | NoCaseLetter:
    """Return what ``case_letter`` returns, and no letter where nothing is left of the cap: there is no lien to claim."""
    letter = case_letter(setup, record, invoices, selected, today)
    if isinstance(letter, CaseLetter) and letter.lien_cents <= 0:
        return NoCaseLetter(selected, WhyNoCaseLetter.CAP_USED_UP)
    return letter


def _billed_invoice(invoice: Invoice) -> BilledInvoice:
    return BilledInvoice(
        number=invoice.number,
        exam_date=invoice.facts.exam_date,
        state=invoice.state,
        billed_cents=invoice.billed_cents,
        taken_off_cents=invoice.reduction_cents + invoice.written_off_cents,
        received_cents=invoice.collected_cents,
        balance_cents=invoice.balance_cents,
    )


@dataclass(frozen=True, slots=True)
class OfferTerms:
    """What is offered: an amount in cents, or a share of the balance in parts per million; and the last day for the payment."""

    until: date
    cents: int | None = None
    share: int | None = None

    def payable_cents(self, balance_cents: int) -> int:
        """Return what the attorney is to pay of a balance, in cents, half a cent up (rule: payroll#rounding)."""
        if self.share is not None:
            return (2 * balance_cents * self.share + MILLION) // (2 * MILLION)
        return self.cents or 0

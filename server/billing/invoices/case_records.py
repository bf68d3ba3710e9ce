"""The record of a case: its injury, stage, payers, letter of protection and settlement (rule: people#case-record).

Amounts are whole cents. A record is saved as a whole, and every earlier one is kept.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import orjson

from server.billing.invoices.case_attorneys import NO_ATTORNEY, CaseAttorney
from server.billing.invoices.cases import Injury
from server.billing.names import fold


class Stage(StrEnum):
    """How far a case has come. A case may go from any stage to any other: negotiations fail, and suits are withdrawn."""

    TREATING = "treating"
    DEMAND = "demand"
    NEGOTIATION = "negotiation"
    SUIT = "suit"
    SETTLED = "settled"
    CLOSED = "closed"


class CaseField(StrEnum):
    """A part of the record: its heading on the Cases sheet."""

    STAGE = "Stage"
    INJURED_ON = "Date of injury"
    CLAIM_NUMBER = "Claim number"
    STATUTE_ON = "Statute date"
    ATTORNEY = "Attorney"
    FIRM = "Firm"
    ATTORNEY_FROM = "Attorney from"
    ATTORNEY_UNTIL = "Attorney until"
    PAYER = "Payer"
    FURTHER_PAYERS = "Further payers"
    LETTER_SIGNED_ON = "Letter signed"
    LETTER_SIGNED_BY = "Letter signed by"
    LETTER_CAP = "Letter cap"
    LETTER_DOCUMENT = "Letter document"
    LETTER_RELEASED_ON = "Letter released"
    GROSS = "Gross settlement"
    FEE = "Attorney's fee"
    COSTS = "Costs"
    LIEN_POOL = "Lien pool"
    ALL_LIENS = "All liens"


@dataclass(frozen=True, slots=True)
class LetterOfProtection:
    """The attorney's promise to pay the clinic out of the settlement, up to the cap. ``None`` and "" mean unknown.

    ``document`` says where the letter is.
    """

    signed_on: date | None = None
    signed_by: str = ""
    cap_cents: int | None = None
    document: str = ""
    released_on: date | None = None

    def cap_on(self, day: date) -> int | None:
        """Return the cap that holds on a day, ``None`` if there is none or the letter was released by then."""
        is_released = self.released_on is not None and self.released_on <= day
        return None if is_released else self.cap_cents


@dataclass(frozen=True, slots=True)
class CaseSettlement:
    """How a settlement is divided. ``lien_pool_cents`` is for all liens together, which claim ``all_liens_cents``."""

    gross_cents: int | None = None
    fee_cents: int | None = None
    cost_cents: int | None = None
    lien_pool_cents: int | None = None
    all_liens_cents: int | None = None


NO_INJURY = Injury()
NO_LETTER = LetterOfProtection()
NO_SETTLEMENT = CaseSettlement()


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """Everything that is recorded of a case, as of a day: ``attorney`` is the one of that day."""

    injury: Injury = NO_INJURY
    stage: Stage | None = None
    statute_on: date | None = None
    attorney: CaseAttorney = NO_ATTORNEY
    payer: str = ""
    further_payers: tuple[str, ...] = ()
    letter: LetterOfProtection = NO_LETTER
    settlement: CaseSettlement = NO_SETTLEMENT

    @property
    def version(self) -> str:
        """Return a digest of the record: another one after any change, whoever made it and wherever.

        Exams sheets change the injury, and a new invoice can name the first payer and attorney; a count of the saved
        records would not show that.
        """
        return f"v{hashlib.sha256(orjson.dumps(self)).hexdigest()[:14]}"


@dataclass(frozen=True, slots=True)
class CaseFlaw:
    """Something in a record that cannot be right, as a sentence, and the field to correct."""

    field: CaseField
    sentence: str


def flaws_of(record: CaseRecord, today: date) -> list[CaseFlaw]:
    """Return what cannot be right in a record, field by field; an empty list if it can be saved."""
    return [
        *_flaws_of_days(record, today),
        *_flaws_of_payers(record),
        *_flaws_of_letter(record.letter),
        *_flaws_of_settlement(record.settlement),
    ]


def _flaws_of_days(record: CaseRecord, today: date) -> Iterator[CaseFlaw]:
    letter, injured_on = record.letter, record.injury.injured_on
    past = {
        CaseField.INJURED_ON: injured_on,
        CaseField.LETTER_SIGNED_ON: letter.signed_on,
        CaseField.LETTER_RELEASED_ON: letter.released_on,
    }
    for field, day in past.items():
        if day and day > today:
            yield CaseFlaw(field, f"{field} lies in the future.")
    if injured_on and record.statute_on and record.statute_on <= injured_on:
        yield CaseFlaw(CaseField.STATUTE_ON, "The statute date is not after the date of injury.")
    if injured_on and letter.signed_on and letter.signed_on < injured_on:
        yield CaseFlaw(CaseField.LETTER_SIGNED_ON, "The letter was signed before the date of injury.")
    if letter.signed_on and letter.released_on and letter.released_on < letter.signed_on:
        yield CaseFlaw(CaseField.LETTER_RELEASED_ON, "The letter was released before it was signed.")


def _flaws_of_payers(record: CaseRecord) -> Iterator[CaseFlaw]:
    if record.further_payers and not record.payer:
        yield CaseFlaw(CaseField.PAYER, "There are further payers, but no first one.")
    payers = [fold(name) or name for name in (record.payer, *record.further_payers)]
    if len(set(payers)) < len(payers):
        yield CaseFlaw(CaseField.FURTHER_PAYERS, "A payer is named twice.")


def _flaws_of_letter(letter: LetterOfProtection) -> Iterator[CaseFlaw]:
    if letter != NO_LETTER and letter.signed_on is None:
        yield CaseFlaw(
            CaseField.LETTER_SIGNED_ON, "A letter of protection needs the day on which it was signed."
        )
    if letter.cap_cents is not None and letter.cap_cents <= 0:
        yield CaseFlaw(CaseField.LETTER_CAP, "The letter's cap is not more than $0.00.")


def _flaws_of_settlement(settlement: CaseSettlement) -> Iterator[CaseFlaw]:
    amounts = {
        CaseField.GROSS: settlement.gross_cents,
        CaseField.FEE: settlement.fee_cents,
        CaseField.COSTS: settlement.cost_cents,
        CaseField.LIEN_POOL: settlement.lien_pool_cents,
        CaseField.ALL_LIENS: settlement.all_liens_cents,
    }
    above_zero = (CaseField.GROSS, CaseField.ALL_LIENS)
    for field, cents in amounts.items():
        if cents is not None and (cents < 0 or (cents == 0 and field in above_zero)):
            yield CaseFlaw(field, f"{field} is {'not more' if field in above_zero else 'less'} than $0.00.")
    parts = [cents for field, cents in amounts.items() if field in _PARTS_OF_GROSS and cents]
    if parts and settlement.gross_cents is None:
        yield CaseFlaw(CaseField.GROSS, "The settlement is divided, but its gross amount is missing.")
    elif sum(parts) > (settlement.gross_cents or 0):
        yield CaseFlaw(CaseField.GROSS, "Fee, costs and lien pool are more than the gross settlement.")


_PARTS_OF_GROSS = (CaseField.FEE, CaseField.COSTS, CaseField.LIEN_POOL)

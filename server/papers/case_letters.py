"""Lien letters and reduction offers to attorneys as one PDF file (rule: receivables#case-letters)."""

from collections.abc import Sequence
from datetime import date

from server.billing.clinics import Clinic
from server.billing.days import us
from server.billing.money import dollars
from server.billing.receivables.case_letters import CaseLetter, OfferTerms
from server.papers.letterhead import letterhead
from server.papers.letters import has_unprintable
from server.papers.typesetting import set_paper


def set_lien_letters(
    clinic: Clinic, letters: Sequence[CaseLetter], day: date, *, is_preview: bool = False
) -> bytes:
    """Return the PDF file of lien letters with the date ``day``."""
    pages = [
        _letter_data(one, day)
        | {
            "subject": "Notice of lien",
            "paragraphs": [*_lien_paragraphs(one)],
            "amounts": [
                ("Amount billed", dollars(one.billed_cents)),
                ("Balance", dollars(one.balance_cents)),
            ],
            "last": ("Our lien", dollars(one.lien_cents)),
        }
        for one in letters
    ]
    return _set_letters(clinic, pages, day, is_preview=is_preview)


def set_offer_letters(
    clinic: Clinic, letters: Sequence[CaseLetter], terms: OfferTerms, day: date, *, is_preview: bool = False
) -> bytes:
    """Return the PDF file of reduction offers with the date ``day``."""
    pages = [
        _letter_data(one, day)
        | {
            "subject": "Offer of a reduced balance",
            "paragraphs": [*_offer_paragraphs(one, terms)],
            "amounts": [
                ("Amount billed", dollars(one.billed_cents)),
                ("Balance", dollars(one.balance_cents)),
                ("Pay by", us(terms.until)),
            ],
            "last": ("Offered payable", dollars(terms.payable_cents(one.balance_cents))),
        }
        for one in letters
    ]
    return _set_letters(clinic, pages, day, is_preview=is_preview)


def unprintable_case_letters(letters: Sequence[CaseLetter]) -> list[str]:
    """Return the first invoice of each letter that has a character that the fonts may not have."""
    return [
        one.invoices[0].number
        for one in letters
        if has_unprintable(
            "\n".join(
                (*one.envelope, one.attorney, one.patient, one.injury.claim_number, one.protection.signed_by)
            )
        )
    ]


def _set_letters(clinic: Clinic, pages: Sequence[dict[str, object]], day: date, *, is_preview: bool) -> bytes:
    data = {
        "title": "Letters",
        "clinic": letterhead(clinic),
        "is_preview": is_preview,
        "letters": pages,
    }
    return set_paper("case_letters.typ", data, day)


def _letter_data(letter: CaseLetter, day: date) -> dict[str, object]:
    """Return what both kinds of letters show. Neither says what was done for the patient."""
    injured_on = letter.injury.injured_on
    about = (
        ("Patient", letter.patient),
        ("Date of injury", us(injured_on) if injured_on else ""),
        ("Claim number", letter.injury.claim_number),
        ("Letter of protection", _protection_in_words(letter)),
    )
    return {
        "envelope": list(letter.envelope),
        "facts": [("Date", us(day))],
        "about": [pair for pair in about if pair[1]],
        "attorney": letter.attorney,
        "rows": [
            [
                one.number,
                us(one.exam_date),
                dollars(one.billed_cents),
                dollars(one.taken_off_cents),
                dollars(one.received_cents),
                dollars(one.balance_cents),
            ]
            for one in letter.invoices
        ],
        "totals": [
            dollars(letter.billed_cents),
            dollars(letter.taken_off_cents),
            dollars(letter.received_cents),
            dollars(letter.balance_cents),
        ],
    }


def _protection_in_words(letter: CaseLetter) -> str:
    """Return ``Signed 10/01/2026 by Attorney Invented, up to $5,000.00``; "" without a letter of protection."""
    protection = letter.protection
    if protection.signed_on is None:
        return ""
    by = f" by {protection.signed_by}" if protection.signed_by else ""
    cap = f", up to {dollars(protection.cap_cents)}" if protection.cap_cents is not None else ""
    return f"Signed {us(protection.signed_on)}{by}{cap}"


def _lien_paragraphs(letter: CaseLetter) -> Sequence[str]:
    lien, protection = dollars(letter.lien_cents), letter.protection
    ours = f"Our records name you as the attorney of {letter.patient}, to whom we provided services. The balance below is not paid."
    if protection.signed_on:
        cap = (
            f" It is limited to {dollars(protection.cap_cents)} in all, and what we received counts toward that."
            if protection.cap_cents is not None
            else ""
        )
        claim = (
            f"The letter of protection of {us(protection.signed_on)} promises us payment out of any settlement or judgment.{cap}"
            f" Under it we claim a lien of {lien}."
        )
    else:
        claim = f"We claim a lien of {lien} on the proceeds of any settlement or judgment."
    return (
        ours,
        claim,
        "Please pay it before you pay out the proceeds, and let us know of a settlement before it becomes final.",
        "If our records are wrong, or if you no longer represent this client, please tell us.",
    )


def _offer_paragraphs(letter: CaseLetter, terms: OfferTerms) -> Sequence[str]:
    payable, balance = dollars(terms.payable_cents(letter.balance_cents)), dollars(letter.balance_cents)
    ours = f"Our records name you as the attorney of {letter.patient}, to whom we provided services."
    billed = f"We billed {dollars(letter.billed_cents)}, and the balance is {balance}."
    offer = f"We offer to accept {payable} in full payment of this balance, if the payment reaches us by {us(terms.until)}."
    end = "Without it, the offer ends on that day, and the whole balance stays due."
    answer = "Please let us know in writing whether your client accepts."
    return f"{ours} {billed}", f"{offer} {end}", answer

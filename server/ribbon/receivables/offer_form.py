"""The form of reduction offers: what attorneys are to pay, and until when."""

from collections.abc import Sequence
from datetime import date, timedelta

from server.billing.days import us
from server.billing.money import dollars
from server.billing.receivables.case_letters import MOST_OFFER_DAYS, CaseLetter, OfferTerms
from server.errors import MissingInput, count_of
from server.ribbon.context import ClickContext
from server.ribbon.protocol import AskedField, AskedTable, Asks, Reply
from server.ribbon.receivables.letter_answers import MOST_LISTED, letter_cells
from server.sheets.cells import Unreadable, cents_of, share_of

OFFER, UNTIL = "offer", "until"
"""The inputs: an amount or a share of the balance, and the last day for the payment."""

NO_STEP = "A letter records no offer on the invoices: choose “record offer” or “counter offer” on the sheet Invoices for that."


def read_terms(context: ClickContext, letters: Sequence[CaseLetter]) -> OfferTerms | str:
    """Return the terms that the answers give, or a sentence about an answer; "" if answers are missing."""
    try:
        until = context.day(UNTIL)
    except MissingInput as refusal:
        return str(refusal)
    latest = context.today + timedelta(days=MOST_OFFER_DAYS)
    if until and not context.today <= until <= latest:
        return f"An offer ends on a day from today to {us(latest)}, and not on {us(until)}."
    offer = context.click.answers().get(OFFER, "")
    if not offer or until is None:
        return ""
    terms = _terms_of(offer, until)
    if terms is None:
        return (
            f"“{offer}” is no offer. Type an amount such as 1500.00, or a share of the balance such as 60%."
        )
    return _flaw_of(terms, offer, letters) or terms


def _terms_of(offer: str, until: date) -> OfferTerms | None:
    """Return the terms of an offer as typed, ``None`` if it cannot be read."""
    try:
        if offer.strip().endswith("%"):
            return OfferTerms(until, share=share_of(offer))
        return OfferTerms(until, cents=cents_of(offer))
    except Unreadable:
        return None


def _flaw_of(terms: OfferTerms, offer: str, letters: Sequence[CaseLetter]) -> str:
    if terms.share is None and len(letters) > 1:
        return f"An amount is the offer for one case, and {len(letters):,} cases are selected. Type a share such as 60%, or select one case."
    for letter in letters:
        if not 0 < terms.payable_cents(letter.balance_cents) < letter.balance_cents:
            balance = dollars(letter.balance_cents)
            return f"“{offer}” does not reduce the balance of {balance} of {letter.invoices[0].number}."
    return ""


def term_fields(context: ClickContext) -> list[AskedField]:
    """Return the two questions, with what was answered."""
    given = context.click.answers()
    label = "The attorney is to pay: an amount, or % of the balance"
    return [
        AskedField(name=OFFER, label=label, default=given.get(OFFER)),
        AskedField(name=UNTIL, label="The offer ends on", kind="date", default=given.get(UNTIL)),
    ]


def ask_for_terms(context: ClickContext, letters: Sequence[CaseLetter], sentence: str) -> Reply:
    """Return the form. It keeps what was answered; ``sentence`` says what is wrong with it, "" if nothing is."""
    balance = sum(one.balance_cents for one in letters)
    counted = count_of(len(letters), "letter")
    title = f"{sentence} {counted}, {dollars(balance)} owed in all. What do you offer?".strip()
    rows = [letter_cells(one) for one in letters[:MOST_LISTED]]
    table = AskedTable(title="Cases", headings=["Attorney", "Billed", "Balance"], rows=rows)
    asks = Asks(title=title, fields=term_fields(context), tables=[table])
    return Reply(summary=f"{title} {NO_STEP}", level="blocked", asks=asks)

"""Lien letters and reduction offers to the attorneys of the selected invoices' cases: shown first (rule: receivables#case-letters)."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from server.billing.days import us
from server.billing.money import dollars
from server.billing.receivables.case_letters import CaseLetter, NoCaseLetter, OfferTerms, WhyNoCaseLetter
from server.billing.receivables.letters import LetterOption
from server.billing.receivables.mail_log import LetterKind
from server.errors import Finding, count_of
from server.errors.letter_findings import (
    LetterAddressMissing,
    LetterWithoutAttorney,
    LienWithoutProtection,
    NothingToClaim,
)
from server.operations.case_letters import (
    AskedLetters,
    CaseLetterPreview,
    plan_case_letters,
    preview_case_letters,
    record_case_letters,
)
from server.papers.case_letters import set_lien_letters, set_offer_letters, unprintable_case_letters
from server.papers.letter_pages import letters_file_name
from server.ribbon.context import ClickContext, question, with_findings
from server.ribbon.invoices.invoice_selection import ask_for_invoices, chosen_invoices, invoices_sheet
from server.ribbon.protocol import AskedTable, Asks, Reply
from server.ribbon.receivables.letter_answers import (
    CHANGED,
    MOST_LISTED,
    NOTHING_MADE,
    PRINT,
    SHOW,
    STOP,
    letter_cells,
    print_answer,
    print_field,
)
from server.ribbon.receivables.letter_remarks import remarks_on_letters
from server.ribbon.receivables.offer_form import NO_STEP, ask_for_terms, read_terms, term_fields
from server.sheets.invoices.tables import INVOICES
from server.sheets.tables import PAYERS

_OPTIONS = {LetterKind.LIEN: LetterOption.LIEN, LetterKind.REDUCTION_OFFER: LetterOption.REDUCTION_OFFER}
_HEADINGS = {LetterKind.LIEN: "Our lien", LetterKind.REDUCTION_OFFER: "Offered payable"}
_WHY = {
    WhyNoCaseLetter.NOTHING_OWED: "nothing is owed",
    WhyNoCaseLetter.CAP_USED_UP: "what was received uses up the cap of the letter of protection",
}


def print_case_letters(context: ClickContext, kind: LetterKind) -> Reply:
    """Show lien letters or reduction offers of the selected cases, or hand them over after the answer to what was shown.

    For an offer, its terms are asked for first.
    """
    word, number = print_answer(context)
    if word == STOP:
        return Reply(summary=NOTHING_MADE)
    sheet = invoices_sheet(context)
    numbers = chosen_invoices(context, sheet)
    if not numbers:
        return question("Letters about the cases of which invoices?", ask_for_invoices([], sheet))
    asked = AskedLetters(kind, numbers)
    planned = plan_case_letters(context.session, asked)
    if not planned.letters:
        return _no_letters(asked, preview_case_letters(context.session, asked))
    if kind is LetterKind.REDUCTION_OFFER:
        terms = read_terms(context, planned.letters)
        if not isinstance(terms, OfferTerms):
            return _terms_reply(context, asked, terms)
        asked = replace(asked, terms=terms)
    return _reply_to_answer(context, asked, word, number)


def _reply_to_answer(context: ClickContext, asked: AskedLetters, word: str, number: str) -> Reply:
    """Return the letters or a preview of them as the answer says, otherwise the question."""
    if word == SHOW:
        return _shown_reply(context, asked, preview_case_letters(context.session, asked))
    planned = plan_case_letters(context.session, asked)
    if word == PRINT and number == planned.number:
        content = _file_of(context, asked, planned)
        if record_case_letters(context.session, asked, number, hashlib.sha256(content).hexdigest()):
            return _printed_reply(context, asked, planned, content)
    preview = preview_case_letters(context.session, asked)
    return _question(context, asked, preview, changed=word == PRINT)


def _file_of(
    context: ClickContext, asked: AskedLetters, preview: CaseLetterPreview, *, is_preview: bool = False
) -> bytes:
    clinic, letters, day = preview.clinic, preview.letters, context.today
    if asked.terms:
        return set_offer_letters(clinic, letters, asked.terms, day, is_preview=is_preview)
    return set_lien_letters(clinic, letters, day, is_preview=is_preview)


def _asked_cents(asked: AskedLetters, letter: CaseLetter) -> int:
    """Return what a letter asks for: our lien, or what is offered."""
    return asked.terms.payable_cents(letter.balance_cents) if asked.terms else letter.lien_cents


def _printed_reply(
    context: ClickContext, asked: AskedLetters, preview: CaseLetterPreview, content: bytes
) -> Reply:
    name = letters_file_name(_OPTIONS[asked.kind], context.today)
    more = f" {NO_STEP}" if asked.terms else ""
    reply = Reply(
        summary=f"{count_of(len(preview.letters), 'letter')} printed as a PDF file.{more}",
        figures=_figures(asked, preview) | {"printed": len(preview.letters)},
        file=context.hand_over(content, name, "pdf"),
    )
    return with_findings(reply, _remarks_on(asked, preview), recorded=True)


def _shown_reply(context: ClickContext, asked: AskedLetters, preview: CaseLetterPreview) -> Reply:
    letters = count_of(len(preview.letters), "letter")
    content = _file_of(context, asked, preview, is_preview=True)
    reply = Reply(
        summary=f"The file shows {letters} as they would be printed. Nothing is recorded. Press Letters again to print.",
        figures=_figures(asked, preview),
        file=context.hand_over(content, letters_file_name("preview", context.today), "pdf"),
        next="reminders.letters",
    )
    return with_findings(reply, _remarks_on(asked, preview), recorded=True)


def _question(
    context: ClickContext, asked: AskedLetters, preview: CaseLetterPreview, *, changed: bool
) -> Reply:
    letters, heading = preview.letters, _HEADINGS[asked.kind]
    counted = count_of(len(letters), "letter")
    total = dollars(sum(_asked_cents(asked, one) for one in letters))
    title = f"{counted}: {heading.casefold()} {total} in all?"
    if asked.terms:
        until = us(asked.terms.until)
        title = f"{counted}: {heading.casefold()} {total} in all, until {until}? This records no offer on the invoices."
    rows = [[*letter_cells(one), dollars(_asked_cents(asked, one))] for one in letters[:MOST_LISTED]]
    if len(letters) > len(rows):
        rows.append([f"{len(letters) - len(rows):,} more", "", "", ""])
    headings = ["Attorney", "Billed", "Balance", heading]
    fields = term_fields(context) if asked.terms else []
    buttons = print_field(
        preview.number,
        f"Print {counted}",
        "Show the letters, record nothing",
        required=not fields,
    )
    parts = [CHANGED if changed else "", title, NO_STEP if asked.terms else ""]
    reply = Reply(
        summary=" ".join(part for part in parts if part),
        figures=_figures(asked, preview),
        asks=Asks(
            title=title,
            fields=[*fields, buttons],
            tables=[AskedTable(title="Letters", headings=headings, rows=rows)],
        ),
    )
    return with_findings(reply, _remarks_on(asked, preview)).model_copy(update={"level": "blocked"})


def _terms_reply(context: ClickContext, asked: AskedLetters, sentence: str) -> Reply:
    preview = preview_case_letters(context.session, asked)
    reply = ask_for_terms(context, preview.letters, sentence)
    return with_findings(reply, _remarks_on(asked, preview)).model_copy(update={"level": "blocked"})


def _no_letters(asked: AskedLetters, preview: CaseLetterPreview) -> Reply:
    reply = Reply(summary=NOTHING_MADE, figures=_figures(asked, preview))
    return with_findings(reply, _remarks_on(asked, preview))


def _figures(asked: AskedLetters, preview: CaseLetterPreview) -> dict[str, object]:
    letters = preview.letters
    return {
        "letter": _OPTIONS[asked.kind].value,
        "letters": len(letters),
        "billed_cents": sum(one.billed_cents for one in letters),
        "balance_cents": sum(one.balance_cents for one in letters),
        "asked_cents": sum(_asked_cents(asked, one) for one in letters),
        "without": len(preview.without),
        "printed": 0,
    }


def _remarks_on(asked: AskedLetters, preview: CaseLetterPreview) -> list[Finding]:
    """Return what the person should know before the letters are sent, and which cases get none."""
    remarks = [_finding_of(one) for one in preview.without]
    if asked.kind is LetterKind.LIEN:
        remarks += _unprotected_liens(preview.letters)
    envelopes = [one.envelope for one in preview.letters]
    unprintable = unprintable_case_letters(preview.letters)
    return [*remarks, *remarks_on_letters(preview.clinic, envelopes, unprintable)]


def _unprotected_liens(letters: Sequence[CaseLetter]) -> list[Finding]:
    return [
        Finding(LienWithoutProtection(invoice=one.invoices[0].number), INVOICES.name)
        for one in letters
        if one.protection.signed_on is None
    ]


def _finding_of(without: NoCaseLetter) -> Finding:
    match without.why:
        case WhyNoCaseLetter.NO_ATTORNEY:
            return Finding(LetterWithoutAttorney(invoice=without.selected), INVOICES.name)
        case WhyNoCaseLetter.NO_ADDRESS:
            return Finding(LetterAddressMissing(name=without.name), PAYERS.name)
        case _:
            return Finding(NothingToClaim(invoice=without.selected, why=_WHY[without.why]), INVOICES.name)

"""Reminders on paper: shown first, counted as sent only with the answer to what was shown (rule: receivables#letters)."""

import hashlib
from collections.abc import Sequence

from server.billing.money import dollars
from server.billing.receivables.letters import LetterOption
from server.errors import Finding, count_of, list_names
from server.errors.letter_findings import LetterAddressMissing
from server.operations.letters import LetterPreview, plan_letters, preview_letters, record_letters
from server.papers.letter_pages import TextLetter, letters_file_name, set_text_letters, unprintable_letters
from server.ribbon.context import ClickContext, with_findings
from server.ribbon.invoices.invoice_selection import FEW, chosen_invoices, invoices_sheet
from server.ribbon.protocol import AskedTable, Asks, Reply
from server.ribbon.receivables.letter_answers import (
    CHANGED,
    MOST_LISTED,
    NOTHING_MADE,
    SHOW,
    STOP,
    print_answer,
    print_field,
)
from server.ribbon.receivables.letter_remarks import remarks_on_letters
from server.sheets.tables import PAYERS


def print_reminders(context: ClickContext) -> Reply:
    """Show which payers would get a letter, hand over a preview, or print the letters and count them as sent."""
    word, number = print_answer(context)
    if word == STOP:
        return Reply(summary=NOTHING_MADE)
    selected = chosen_invoices(context, invoices_sheet(context)) or None
    preview = plan_letters(context.session, selected)
    if not preview.letters:
        changed = f"{CHANGED} " if number else ""
        reply = Reply(summary=changed + _nothing_due(preview, selected), figures=_figures(preview))
        return with_findings(reply, _addresses_missing(preview))
    if word == SHOW:
        return _shown_reply(context, preview_letters(context.session, selected))
    if number == preview.number and (printed := _printed_reply(context, preview, selected)):
        return printed
    return _question(preview_letters(context.session, selected), changed=bool(number))


def _printed_reply(
    context: ClickContext, preview: LetterPreview, selected: Sequence[str] | None
) -> Reply | None:
    """Return the reply with the letters, which count as sent; ``None`` if others would be made meanwhile."""
    content = set_text_letters(preview.clinic, _letters_of(preview), context.today)
    if not record_letters(context.session, selected, preview, hashlib.sha256(content).hexdigest()):
        return None
    letters = count_of(len(preview.letters), "letter")
    left = f" {count_of(preview.left, 'letter')} left: press Letters again." if preview.left else ""
    counted = "counts as sent" if len(preview.letters) == 1 else "count as sent"
    reply = Reply(
        summary=f"{letters} printed as a PDF file, and {counted}.{left} {_others(preview)}".strip(),
        figures=_figures(preview) | {"printed": len(preview.letters)},
        file=context.hand_over(content, letters_file_name(LetterOption.REMINDER, context.today), "pdf"),
    )
    found = with_findings(reply, _remarks_on(preview), recorded=True)
    is_whole = not (preview.left or preview.plan.undecided or found.findings)
    return found.model_copy(update={"level": "done" if is_whole else "review"})


def _shown_reply(context: ClickContext, preview: LetterPreview) -> Reply:
    content = set_text_letters(preview.clinic, _letters_of(preview), context.today, is_preview=True)
    letters = count_of(len(preview.letters), "letter")
    reply = Reply(
        summary=f"The file shows {letters} as they would be printed. Nothing counts as sent. Press Letters again to print.",
        figures=_figures(preview),
        file=context.hand_over(content, letters_file_name("preview", context.today), "pdf"),
        next="reminders.letters",
    )
    return with_findings(reply, _remarks_on(preview), recorded=True)


def _letters_of(preview: LetterPreview) -> list[TextLetter]:
    return [
        TextLetter(
            one.mail.address,
            one.subject,
            one.text,
            [("Invoices", f"{len(one.mail.due):,}"), ("Amount", dollars(one.mail.amount_cents))],
        )
        for one in preview.letters
    ]


def _nothing_due(preview: LetterPreview, selected: Sequence[str] | None) -> str:
    clinic = preview.clinic.name
    if not preview.has_levels:
        return f"{clinic} has no schedule on the setup sheet Reminder mail, so no payer gets a reminder."
    if preview.plan.without_address:
        return f"No letter can be made at {clinic}. {_others(preview)}"
    if selected is None:
        where = f"No letter is due at {clinic}: no payer that is not mailed is due for a reminder."
        return f"{where} {_others(preview)}".strip()
    return f"None of the selected invoices is due for a reminder. {_others(preview)}".strip()


def _others(preview: LetterPreview) -> str:
    """Return what else is to be known, in sentences."""
    plan, sentences = preview.plan, []
    if missing := len(plan.without_address):
        sentences.append(f"{count_of(missing, 'payer')} {'has' if missing == 1 else 'have'} no address.")
    if waiting := len(plan.undecided):
        sentences.append(
            f"Nobody knows whether the last mail to {count_of(waiting, 'payer')} arrived: decide that first."
        )
    if plan.not_due and (preview.letters or plan.without_address or plan.undecided):
        named = (
            list_names(plan.not_due)
            if len(plan.not_due) <= FEW
            else f"{len(plan.not_due):,} selected invoices"
        )
        sentences.append(f"Not due for a reminder: {named}.")
    return " ".join(sentences)


def _question(preview: LetterPreview, *, changed: bool) -> Reply:
    mails = [one.mail for one in preview.letters]
    rows = [
        [
            one.address.replace("\n", ", "),
            f"{len(one.due):,}",
            dollars(one.amount_cents),
            one.highest.template,
        ]
        for one in mails[:MOST_LISTED]
    ]
    if len(mails) > len(rows):
        rows.append([f"{len(mails) - len(rows):,} more", "", "", ""])
    tables = [AskedTable(title="Letters", headings=["To", "Invoices", "Amount", "Reminder"], rows=rows)]
    others = [
        [one.payer, f"{len(one.due):,}", dollars(one.amount_cents), "The payer has no address."]
        for one in preview.plan.without_address
    ]
    others += [
        [one.payer, f"{len(one.due):,}", dollars(one.amount_cents), one.why.value]
        for one in preview.plan.undecided
    ]
    if others:
        headings = ["Payer", "Invoices", "Amount", "Why"]
        tables.append(AskedTable(title="No letter", headings=headings, rows=others[:MOST_LISTED]))
    letters = count_of(len(mails), "letter")
    field = print_field(
        preview.number, f"Print {letters} and count as sent", "Show the letters, count nothing"
    )
    title = f"{letters} to payers of {preview.clinic.name}?"
    left = f"{count_of(preview.left, 'letter')} more can be printed after these." if preview.left else ""
    parts = [CHANGED if changed else "", title, left, _others(preview)]
    reply = Reply(
        summary=" ".join(part for part in parts if part),
        figures=_figures(preview),
        asks=Asks(title=title, fields=[field], tables=tables),
    )
    return with_findings(reply, _remarks_on(preview)).model_copy(update={"level": "blocked"})


def _figures(preview: LetterPreview) -> dict[str, object]:
    return {
        "letter": LetterOption.REMINDER.value,
        "letters": len(preview.letters),
        "invoices": sum(len(one.mail.due) for one in preview.letters),
        "balance_cents": sum(one.mail.amount_cents for one in preview.letters),
        "without_address": len(preview.plan.without_address),
        "undecided": len(preview.plan.undecided),
        "left": preview.left,
        "printed": 0,
    }


def _remarks_on(preview: LetterPreview) -> list[Finding]:
    """Return what the person should know before the letters are sent."""
    envelopes = [one.mail.address.splitlines() for one in preview.letters]
    remarks = remarks_on_letters(preview.clinic, envelopes, unprintable_letters(_letters_of(preview)))
    return [*_addresses_missing(preview), *remarks]


def _addresses_missing(preview: LetterPreview) -> list[Finding]:
    return [
        Finding(LetterAddressMissing(name=one.payer), PAYERS.name) for one in preview.plan.without_address
    ]

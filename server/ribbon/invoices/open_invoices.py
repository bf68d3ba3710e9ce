"""The button Invoice list: the Invoices sheet with all unsettled invoices, or with those the filters find."""

from collections.abc import Iterable, Sequence
from datetime import date

from server.billing.days import us
from server.billing.invoices.invoice import STATE_LABELS, Invoice, State, state_named
from server.billing.money import dollars
from server.billing.names import fold
from server.billing.receivables.aging_buckets import (
    BUCKETS,
    EVERY_BUCKET,
    Bucket,
    age_on,
    bucket_named,
    bucket_of,
)
from server.errors import MissingInput, SheetInTheWay, count_of
from server.ledger.invoices.invoice_filter import Days, InvoiceFilter
from server.operations import invoices
from server.operations.clinics import show_setup
from server.operations.invoice_filters import (
    ALL,
    CREDIT,
    DATES,
    NAMED,
    OPEN,
    OPEN_STATES,
    days_between,
    invoice_filter,
    is_credit_named,
    states_named,
)
from server.ribbon.context import ClickContext, question
from server.ribbon.invoices.credit_words import credit_summary
from server.ribbon.invoices.invoice_selection import sheet_sent
from server.ribbon.invoices.line_changes import changes_of, lines_sheet_sent
from server.ribbon.protocol import AskedField, Reply
from server.sheets.invoices.invoices_sheet import write_invoices
from server.sheets.invoices.tables import INVOICE_LINES, INVOICES

ANEW = "anew"
SEND_FIRST = "Press Update invoices to send it first."


def open_invoices(context: ClickContext) -> Reply:
    """Add the Invoices sheet to the workbook. Asks before it replaces a sheet with rows that were not sent."""
    today = context.today
    filters, filter_words = _read_filters(context, today)
    if unsent := _count_unsent(context):
        match context.yes_or_no(ANEW):
            case None:
                return _ask_to_replace(unsent)
            case False:
                return Reply(
                    summary=f"The sheet {INVOICES.name} stays as it is. {SEND_FIRST}", level="review"
                )
    clinic = show_setup(context.session).clinic
    # The access log gets the kinds of filters, but no names of people.
    about = "; ".join(f"one {name}" if name in NAMED else words for name, words in filter_words.items())
    opened = invoices.open_invoices(context.session, filters, about)
    found = opened.invoices
    workbook = write_invoices(clinic, found, today, context.click.workbook.date_system, opened.papers)
    return Reply(
        summary=_summary_text(clinic.name, found, filter_words.values()),
        figures=_reply_figures(found, today),
        output=context.keep(workbook, [INVOICES.name, INVOICE_LINES.name]),
        activate=INVOICES.name,
    )


# -- the sheet that is in the workbook


def _count_unsent(context: ClickContext) -> int:
    """Return how many rows of the existing sheets have typed input that is not recorded yet.

    Refuses a sheet of these names that we did not write: our sheet would get another name and would never be read.
    """
    sheet, lines = sheet_sent(context), lines_sheet_sent(context)
    for one in (sheet, lines):
        if one and not one.is_ours:
            raise SheetInTheWay(one.name)
    begun = sum(row.is_sent or row.is_begun or row.is_added for row in sheet.rows) if sheet else 0
    changes = changes_of(context.session, lines)
    return begun + sum(len(changes.rows_of(row)) for row in {*changes.edited, *changes.bad})


def _ask_to_replace(unsent: int) -> Reply:
    rows = f"{count_of(unsent, 'row')} {'has' if unsent == 1 else 'have'}"
    title = f"{rows} entries that are not sent yet. Refresh the list and lose them?"
    field = AskedField(name=ANEW, label="Refresh and lose these entries?", kind="yes-no")
    return question(title, field, more=SEND_FIRST)


# -- the filters


def _read_filters(context: ClickContext, today: date) -> tuple[InvoiceFilter, dict[str, str]]:
    """Return the filter for the invoices, and its parts in words by their kind."""
    answers = context.click.answers()
    # Who looks for a cheque looks for what it paid.
    states, named_states = _state_words(answers.get("state", ALL if "cheque" in answers else OPEN))
    parties = {name: answers[name] for name in NAMED if name in answers}
    words = {"state": named_states} | {name: f"{name} {spelling}" for name, spelling in parties.items()}
    limited, days = _day_filter(context)
    if days:
        words["dates"] = days
    bucket = _bucket_filter(answers["bucket"]) if "bucket" in answers else None
    if bucket:
        words["bucket"] = f"{bucket.name} days old"
    return invoice_filter(today, states, parties, limited, bucket), words


def _state_words(answer: str) -> tuple[list[str], str]:
    """Return the words of an answer that name states, and what they stand for in words.

    Commas or semicolons separate several; no state means all. What is open includes unapplied credit. A state is named
    by its label or its code.
    """
    words = [state_named(word) or fold(word) for word in answer.replace(";", ",").split(",") if fold(word)]
    if ALL in words:
        return words, "all states"
    if unknown := [word for word in words if word not in {OPEN, CREDIT, *State}]:
        raise _unknown_answer("state", unknown[0], (OPEN, ALL, CREDIT, *STATE_LABELS.values()))
    states = states_named(words)
    labels = [OPEN] if states == OPEN_STATES else [state.label for state in states]
    named = [*labels, *([CREDIT] if is_credit_named(words) and OPEN not in labels else [])]
    return words, ", ".join(named)


def _bucket_filter(answer: str) -> Bucket:
    if bucket := bucket_named(answer):
        return bucket
    raise _unknown_answer("bucket", answer, [one.name for one in EVERY_BUCKET])


def _day_filter(context: ClickContext) -> tuple[tuple[str, Days], str]:
    """Return the kind of date with the range of days, and both in words ("" if no days are given)."""
    about = context.click.answers().get("dates", "created").casefold()
    if about not in DATES:
        raise _unknown_answer("dates", about, list(DATES))
    days = days_between(context.day("from"), context.day("to"))
    parts = [f"{word} {us(day)}" for word, day in zip(("from", "to"), days, strict=True) if day]
    return (about, days), f"{about} {' '.join(parts)}" if parts else ""


def _unknown_answer(name: str, answer: str, choices: Iterable[str]) -> MissingInput:
    sentence = f"“{answer}” is no {name} an invoice can have."
    return MissingInput(name, sentence, f"Give “{name}” as one of: {', '.join(choices)}.")


# -- the reply


def _summary_text(clinic: str, found: Sequence[Invoice], filter_words: Iterable[str]) -> str:
    kind = "; ".join(filter_words)
    owed = dollars(sum(invoice.balance_cents for invoice in found))
    if not found:
        return f"{clinic} has no invoices that match: {kind}."
    credit = credit_summary(found)
    return f"{count_of(len(found), 'invoice')} of {clinic} ({kind}), {owed} outstanding.{credit}"


def _reply_figures(found: Sequence[Invoice], today: date) -> dict[str, object]:
    """Return counts and cents: in total, by state and by bucket."""
    return {
        "invoices": len(found),
        "billed_cents": sum(invoice.billed_cents for invoice in found),
        "agreed_cents": sum(invoice.agreed_cents or 0 for invoice in found),
        "collected_cents": sum(invoice.collected_cents for invoice in found),
        "balance_cents": sum(invoice.balance_cents for invoice in found),
        "unapplied_cents": sum(invoice.unapplied_cents for invoice in found),
        "by_state": _totals_by(State, ((invoice.state, invoice) for invoice in found)),
        "by_bucket": _totals_by(
            (bucket.name for bucket in BUCKETS), ((_bucket_on(today, invoice), invoice) for invoice in found)
        ),
    }


def _bucket_on(today: date, invoice: Invoice) -> str:
    return bucket_of(age_on(today, invoice.facts.created)).name


def _totals_by(names: Iterable[str], found: Iterable[tuple[str, Invoice]]) -> dict[str, dict[str, int]]:
    """Return the count and the balance, in cents, of the invoices by name. Every name of ``names`` is a key."""
    figures = {name: {"invoices": 0, "balance_cents": 0} for name in names}
    for name, invoice in found:
        figures[name]["invoices"] += 1
        figures[name]["balance_cents"] += invoice.balance_cents
    return figures

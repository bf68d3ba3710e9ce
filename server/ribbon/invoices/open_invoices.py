"""The button Invoice list: the Invoices sheet with all unsettled invoices, or with those the filters find."""

from collections.abc import Iterable, Sequence
from datetime import date

from server.billing.invoices.invoice import Invoice, State
from server.billing.money import dollars
from server.billing.receivables.aging_buckets import BUCKETS, age_on, bucket_of
from server.errors import SheetInTheWay, count_of
from server.operations import invoices
from server.operations.clinics import show_setup
from server.operations.invoice_filters import (
    NAMED,
)
from server.ribbon.context import ClickContext
from server.ribbon.invoices.credit_words import credit_summary
from server.ribbon.invoices.invoice_selection import sheet_sent
from server.ribbon.invoices.line_changes import changes_of, lines_sheet_sent
from server.ribbon.invoices.typed_filters import read_filters
from server.ribbon.list_refresh import reply_before_refresh
from server.ribbon.protocol import Reply
from server.sheets.invoices.invoices_sheet import write_invoices
from server.sheets.invoices.tables import INVOICE_LINES, INVOICES

SEND_FIRST = "Press Update invoices to send it first."


def open_invoices(context: ClickContext) -> Reply:
    """Add the Invoices sheet to the workbook. Asks before it replaces a sheet with rows that were not sent."""
    today = context.today
    filters, filter_words = read_filters(context)
    if reply := reply_before_refresh(context, INVOICES.name, _count_unsent(context), SEND_FIRST, word="sent"):
        return reply
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

"""The invoices that a click is about: those it names, or those of the selected rows of the Invoices sheet."""

import re
from collections.abc import Sequence

from server.billing.names import fold
from server.errors import count_of
from server.ribbon.context import ClickContext
from server.ribbon.protocol import AskedChoice, AskedField
from server.sheets.invoices.line_rows import LineRows
from server.sheets.invoices.sheet_rows import InvoiceRows, read_invoices
from server.sheets.invoices.tables import INVOICES

INVOICE = "invoice"
"""The input that names invoices, separated by ``;``."""

FEW = 4
"""Up to this many invoice numbers are spelled out in a sentence."""

LISTED = 100
"""Above this many invoices, we ask for the number instead of showing a list."""

_BETWEEN_NUMBERS = re.compile(r"[;,\n]")
_NUMBER = re.compile(r"INV-\d+", re.IGNORECASE)


def invoices_named_in(context: ClickContext) -> list[str]:
    """Return the invoice numbers that the click names, without duplicates."""
    return split_numbers(context.click.answers().get(INVOICE, ""))


def split_numbers(text: str) -> list[str]:
    """Return the invoice numbers in a text, without duplicates.

    Words that are no numbers are one answer, as typed: we do not know of which numbers they are a mistyping.
    """
    pieces = [piece for piece in map(str.strip, _BETWEEN_NUMBERS.split(text)) if piece]
    split = [_numbers_in(piece) or [piece] for piece in pieces]
    if not any(map(_numbers_in, pieces)):
        return [text.strip()] if pieces else []
    return list(dict.fromkeys(number for piece in split for number in piece))


def is_invoice_number(text: str) -> bool:
    """Return whether a text has the form of an invoice number."""
    return bool(_NUMBER.fullmatch(text))


def _numbers_in(piece: str) -> list[str]:
    """Return the numbers in a piece of text if it is nothing but numbers, else none."""
    words = piece.split()
    return [word.upper() for word in words] if all(map(is_invoice_number, words)) else []


def sheet_sent(context: ClickContext) -> InvoiceRows | None:
    """Return the Invoices sheet sent with the click, or ``None``."""
    for sheet in context.click.worksheets():
        if fold(sheet.name) == fold(INVOICES.name):
            return read_invoices(sheet, context.session.person.role)
    return None


def invoices_sheet(context: ClickContext) -> InvoiceRows | None:
    """Return the Invoices sheet sent with the click, or ``None`` if there is none or it cannot be read."""
    sheet = sheet_sent(context)
    return sheet if sheet and sheet.usable else None


def selected_rows(context: ClickContext, sheet: InvoiceRows | LineRows) -> set[int]:
    """Return the selected rows of the sheet, without rows that a filter hides."""
    chosen = context.click.selection
    if chosen is None or fold(chosen.sheet) != fold(sheet.name):
        return set()
    return set(chosen.rows) - set(sheet.hidden)


def selected_invoices(context: ClickContext, sheet: InvoiceRows | None) -> list[str]:
    """Return the invoice numbers of the selected rows, without duplicates."""
    if sheet is None:
        return []
    rows = selected_rows(context, sheet)
    return list(dict.fromkeys(row.invoice for row in sheet.rows if row.number in rows and row.invoice))


def chosen_invoices(context: ClickContext, sheet: InvoiceRows | None) -> list[str]:
    """Return the invoice numbers that the click names, else those of the selected rows, without duplicates."""
    return invoices_named_in(context) or selected_invoices(context, sheet)


def describe_invoices(numbers: Sequence[str]) -> str:
    """Return invoices in words for a sentence: a few by their numbers, many by their count."""
    return ", ".join(numbers) if len(numbers) <= FEW else count_of(len(numbers), "invoice")


def ask_for_invoices(numbers: Sequence[str], sheet: InvoiceRows | None) -> AskedField:
    """Return the question for the invoices. ``numbers`` is its default answer.

    Without numbers it offers a list of the sheet's invoices, to choose one. Several are typed, or their rows are
    selected first.
    """
    listed = list(dict.fromkeys(row.invoice for row in sheet.rows if row.invoice)) if sheet else []
    if not numbers and 0 < len(listed) <= LISTED:
        choices = [AskedChoice(value=number, label=number) for number in listed]
        label = "Invoice (select the rows of several first)"
        return AskedField(name=INVOICE, label=label, kind="choice", choices=choices)
    return AskedField(
        name=INVOICE, label="Invoice (several separated by ;)", default="; ".join(numbers) or None
    )

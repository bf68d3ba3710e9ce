"""Which invoices a click is about: those it names, else those of the rows selected on the Invoices sheet."""

import re
from collections.abc import Sequence

from server.billing.names import fold
from server.errors import counted
from server.ribbon.context import ClickContext
from server.ribbon.protocol import AskedChoice, AskedField
from server.sheets.invoices.sheet_rows import InvoiceRows, read_invoices
from server.sheets.invoices.tables import INVOICES

INVOICE = "invoice"
"""The input that names invoices, separated by ``;``."""

FEW = 4
"""So many invoices are named in a sentence."""

LISTED = 100
"""Among so many invoices somebody finds the one meant in a list; among more, its number is typed sooner."""

_SEPARATORS = re.compile(r"[;,\s]+")


def invoices_named_in(context: ClickContext) -> list[str]:
    """Return the numbers the click names, each once."""
    return split_numbers(context.click.answers().get(INVOICE, ""))


def split_numbers(text: str) -> list[str]:
    """Return the numbers of a text, each once."""
    return list(dict.fromkeys(number.upper() for number in _SEPARATORS.split(text) if number))


def sheet_sent(context: ClickContext) -> InvoiceRows | None:
    """Return the Invoices sheet sent with the click, ``None`` where there is none."""
    for sheet in context.click.worksheets():
        if fold(sheet.name) == fold(INVOICES.name):
            return read_invoices(sheet, context.session.person.role)
    return None


def invoices_sheet(context: ClickContext) -> InvoiceRows | None:
    """Return the Invoices sheet sent with the click, ``None`` where there is none that can be read."""
    sheet = sheet_sent(context)
    return sheet if sheet and sheet.usable else None


def selected_rows(context: ClickContext, sheet: InvoiceRows) -> set[int]:
    """Return the selected rows of the sheet; rows a filter hides are not meant."""
    chosen = context.click.selection
    if chosen is None or fold(chosen.sheet) != fold(sheet.name):
        return set()
    return set(chosen.rows) - set(sheet.hidden)


def selected_invoices(context: ClickContext, sheet: InvoiceRows | None) -> list[str]:
    """Return the invoices of the selected rows, each once."""
    if sheet is None:
        return []
    rows = selected_rows(context, sheet)
    return list(dict.fromkeys(row.invoice for row in sheet.rows if row.number in rows and row.invoice))


def describe_invoices(numbers: Sequence[str]) -> str:
    """Return invoices as a sentence names them, many by their count."""
    return ", ".join(numbers) if len(numbers) <= FEW else counted(len(numbers), "invoice")


def ask_for_invoices(numbers: Sequence[str], sheet: InvoiceRows | None) -> AskedField:
    """Return the question for the invoices, answered already where rows are selected.

    Where none are, one of the sheet's is picked; several are typed, or their rows selected first.
    """
    listed = list(dict.fromkeys(row.invoice for row in sheet.rows if row.invoice)) if sheet else []
    if not numbers and 0 < len(listed) <= LISTED:
        choices = [AskedChoice(value=number, label=number) for number in listed]
        label = "Invoice (select the rows of several first)"
        return AskedField(name=INVOICE, label=label, kind="choice", choices=choices)
    return AskedField(
        name=INVOICE, label="Invoice (several separated by ;)", default="; ".join(numbers) or None
    )

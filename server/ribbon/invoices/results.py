"""Writes the result of each row of an Invoices sheet back to the sheet."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from server.billing.invoices.invoice import Invoice
from server.billing.invoices.state_machine import dropdown_actions
from server.errors import Finding
from server.ribbon.invoices.cell_edits import Place, Value, dropdown_edits, fill_edits, value_edits
from server.ribbon.payroll.cell_colors import marks_of
from server.ribbon.protocol import Edit
from server.sheets.invoices.sheet_rows import InvoiceRow, InvoiceRows
from server.sheets.invoices.tables import (
    ACTION,
    AGREED,
    BALANCE,
    BILLED,
    COLLECTED,
    PAPERS,
    PAYER,
    RESULT,
    ROW_KEY,
    ROW_VERSION,
    SHOWN_TITLES,
    STATE,
    TYPED_TITLES,
    UNAPPLIED,
)
from server.sheets.xlsx.style import CALM_TINT, TINT, WHITE

RECORDED = "Recorded: "
NOT_RECORDED = "Not recorded: "

_INVOICE_VALUES: dict[str, Callable[[Invoice], Value]] = {
    STATE: lambda invoice: invoice.state.label,
    BILLED: lambda invoice: _excel_dollars(invoice.billed_cents),
    AGREED: lambda invoice: _excel_dollars(invoice.agreed_cents),
    COLLECTED: lambda invoice: _excel_dollars(invoice.collected_cents),
    BALANCE: lambda invoice: _excel_dollars(invoice.balance_cents),
    UNAPPLIED: lambda invoice: _excel_dollars(invoice.unapplied_cents),
    ROW_KEY: lambda invoice: invoice.number,
    ROW_VERSION: lambda invoice: invoice.version,
}
"""The columns that a step can change, except Payer. The row key is included so that each row is one contiguous range,
and so one edit.
"""


def result_edits(  # noqa: PLR0913 - what a row can show
    sheet: InvoiceRows,
    messages: Mapping[int, str],
    findings: Sequence[Finding],
    recorded: Collection[int] = (),
    moved: Mapping[str, Invoice] | None = None,
    *,
    papers: Mapping[str, int] | None = None,
) -> list[Edit]:
    """Return the edits that show the results of the rows. Rows are Excel's row numbers.

    ``messages`` are the Result texts by row. The typed cells of ``recorded`` rows are emptied, so that nothing is
    sent twice. Every row of a ``moved`` invoice shows its new values and a dropdown of its open actions. ``papers`` is how
    many papers invoices have by now.
    """
    texts: dict[int, str | None] = dict.fromkeys(_outdated_rows(sheet)) | dict(messages)
    cells: dict[Place, Value] = dict.fromkeys(_cells_under(sheet, TYPED_TITLES, recorded))
    for number, text in texts.items():
        cells |= dict.fromkeys(_cells_under(sheet, [RESULT], [number]), text)
    choices: dict[Place, Sequence[str]] = {}
    for row in sheet.rows:
        if invoice := (moved or {}).get(row.invoice):
            cells |= _invoice_cells(sheet, row, invoice)
            choices |= dict.fromkeys(_cells_under(sheet, [ACTION], [row.number]), dropdown_actions(invoice))
        if count := (papers or {}).get(row.invoice):
            cells |= dict.fromkeys(_cells_under(sheet, [PAPERS], [row.number]), count)
    return [
        *value_edits(sheet.name, cells),
        *(_reset_fills(sheet, texts) if sheet.is_ours else ()),
        *fill_edits(sheet.name, _cells_under(sheet, [RESULT], recorded), f"#{CALM_TINT}"),
        *marks_of(findings)[0],
        *dropdown_edits(sheet.name, choices),
    ]


def _outdated_rows(sheet: InvoiceRows) -> list[int]:
    """Return the rows whose Result is about an Action that was removed."""
    return [
        row.number
        for row in sheet.rows
        if row.result and not row.is_sent and not row.result.startswith(RECORDED)
    ]


def _invoice_cells(sheet: InvoiceRows, row: InvoiceRow, invoice: Invoice) -> dict[Place, Value]:
    """Return the cells that show the invoice of a row: place -> value. Includes the payer only if it has changed."""
    shows = {title: tell(invoice) for title, tell in _INVOICE_VALUES.items()}
    if row.payer != invoice.facts.payer:
        shows[PAYER] = invoice.facts.payer
    return {
        (sheet.places[title], row.number): value for title, value in shows.items() if title in sheet.places
    }


def _reset_fills(sheet: InvoiceRows, rows: Iterable[int]) -> list[Edit]:
    """Return the edits that restore the original colors of rows of our own sheet."""
    shown, typed = _cells_under(sheet, SHOWN_TITLES, rows), _cells_under(sheet, (*TYPED_TITLES, RESULT), rows)
    return [*fill_edits(sheet.name, shown, f"#{TINT}"), *fill_edits(sheet.name, typed, f"#{WHITE}")]


def _cells_under(sheet: InvoiceRows, titles: Iterable[str], rows: Iterable[int]) -> list[Place]:
    columns = [sheet.places[title] for title in titles if title in sheet.places]
    return [(column, row) for row in rows for column in columns]


def _excel_dollars(cents: int | None) -> Value:
    """Return an amount in dollars, as Excel holds it."""
    return None if cents is None else cents / 100

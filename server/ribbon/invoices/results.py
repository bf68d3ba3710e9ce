"""What became of the rows of an Invoices sheet, written back beside each of them."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from server.billing.invoices.invoice import Invoice
from server.billing.invoices.state_machine import dropdown
from server.errors import Finding
from server.ribbon.invoices.cell_edits import Place, Value, filled, offered, written
from server.ribbon.payroll.cell_colors import marks_of
from server.ribbon.protocol import Edit
from server.sheets.invoices.sheet_rows import InvoiceRow, InvoiceRows
from server.sheets.invoices.tables import (
    ACTION,
    AGREED,
    BALANCE,
    BILLED,
    COLLECTED,
    FIRST_TYPED,
    INVOICES,
    PAYER,
    RESULT,
    RESULT_AT,
    ROW_KEY,
    ROW_VERSION,
    STATE,
)
from server.sheets.xlsx.style import CALM_TINT, TINT, WHITE

RECORDED = "Recorded: "
NOT_RECORDED = "Not recorded: "

_SHOWN = INVOICES.titles[:FIRST_TYPED]
_TYPED = INVOICES.titles[FIRST_TYPED:RESULT_AT]
"""The headings under which staff type; their cells are emptied once a row is recorded."""

_STANDING: dict[str, Callable[[Invoice], Value]] = {
    STATE: lambda invoice: invoice.state.value,
    BILLED: lambda invoice: _dollars(invoice.billed_cents),
    AGREED: lambda invoice: _dollars(invoice.agreed_cents),
    COLLECTED: lambda invoice: _dollars(invoice.collected_cents),
    BALANCE: lambda invoice: _dollars(invoice.balance_cents),
    ROW_KEY: lambda invoice: invoice.number,
    ROW_VERSION: lambda invoice: invoice.version,
}
"""What a step can change of what a row shows, the payer aside; the key closes the gap up to the version, so that
a row is one edit.
"""


def results(
    sheet: InvoiceRows,
    said: Mapping[int, str],
    findings: Sequence[Finding],
    recorded: Collection[int] = (),
    moved: Mapping[str, Invoice] | None = None,
) -> list[Edit]:
    """Return the edits that tell rows what became of them, by Excel's row.

    ``said`` goes beside each; ``recorded`` rows are emptied of what was typed, so that nothing is sent twice;
    every row of a ``moved`` invoice shows how it stands now, and offers what is open to it now.
    """
    told: dict[int, str | None] = dict.fromkeys(_outdated(sheet)) | dict(said)
    cells: dict[Place, Value] = dict.fromkeys(_places(sheet, _TYPED, recorded))
    for number, text in told.items():
        cells |= dict.fromkeys(_places(sheet, [RESULT], [number]), text)
    choices: dict[Place, Sequence[str]] = {}
    for row in sheet.rows:
        if invoice := (moved or {}).get(row.invoice):
            cells |= _standing(sheet, row, invoice)
            choices |= dict.fromkeys(_places(sheet, [ACTION], [row.number]), dropdown(invoice))
    return [
        *written(sheet.name, cells),
        *(_unmarked(sheet, told) if sheet.is_ours else ()),
        *filled(sheet.name, _places(sheet, [RESULT], recorded), f"#{CALM_TINT}"),
        *marks_of(findings)[0],
        *offered(sheet.name, choices),
    ]


def _outdated(sheet: InvoiceRows) -> list[int]:
    """Return the rows with a complaint beside them about an Action that is gone."""
    return [
        row.number
        for row in sheet.rows
        if row.result and not row.is_sent and not row.result.startswith(RECORDED)
    ]


def _standing(sheet: InvoiceRows, row: InvoiceRow, invoice: Invoice) -> dict[Place, Value]:
    """Return the cells that show how the invoice of a row stands; its payer where that is another one."""
    shows = {title: tell(invoice) for title, tell in _STANDING.items()}
    if row.payer != invoice.facts.payer:
        shows[PAYER] = invoice.facts.payer
    return {
        (sheet.places[title], row.number): value for title, value in shows.items() if title in sheet.places
    }


def _unmarked(sheet: InvoiceRows, rows: Iterable[int]) -> list[Edit]:
    """Return the edits that give rows of our own sheet the colours it was written in."""
    shown, typed = _places(sheet, _SHOWN, rows), _places(sheet, (*_TYPED, RESULT), rows)
    return [*filled(sheet.name, shown, f"#{TINT}"), *filled(sheet.name, typed, f"#{WHITE}")]


def _places(sheet: InvoiceRows, titles: Iterable[str], rows: Iterable[int]) -> list[Place]:
    columns = [sheet.places[title] for title in titles if title in sheet.places]
    return [(column, row) for row in rows for column in columns]


def _dollars(cents: int | None) -> Value:
    """Return an amount as Excel holds it."""
    return None if cents is None else cents / 100

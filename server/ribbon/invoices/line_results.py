"""Writes the result of each changed row of an Invoice Lines sheet back to the sheet."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from server.billing.invoices.invoice import Invoice
from server.billing.invoices.line_edits import TOTAL, UNIT_PRICE
from server.errors import Finding
from server.ribbon.invoices.cell_edits import Place, Value, fill_edits, value_edits
from server.ribbon.invoices.line_changes import LineChanges
from server.ribbon.payroll.cell_colors import marks_of
from server.ribbon.protocol import Edit
from server.sheets.invoices.line_rows import LineRow
from server.sheets.invoices.lines_sheet import are_lines_open, line_cells
from server.sheets.invoices.tables import (
    INVOICE_LINES,
    KEYED_INVOICE_LINES,
    RESULT,
    ROW_VERSION,
    TYPED_IN_LINES,
)
from server.sheets.xlsx.style import CALM_TINT, MONEY_FORMAT, TINT, WHITE

_OURS = tuple(title for title in INVOICE_LINES.titles if title not in {*TYPED_IN_LINES, RESULT})


def line_result_edits(
    changes: LineChanges,
    texts: Mapping[int, str],
    findings: Sequence[Finding],
    recorded: Collection[int] = (),
    moved: Mapping[str, Invoice] | None = None,
) -> list[Edit]:
    """Return the edits that show the results. ``texts`` are the Result texts by Excel's row, ``recorded`` the edits
    that are in the books now, ``moved`` all invoices that took a step.

    The rows of a recorded edit show its lines; the row of a removed line is emptied.
    """
    sheet = changes.sheet
    cells: dict[Place, Value] = {}
    outdated = [row.number for row in sheet.rows if row.result]
    for number, text in {**dict.fromkeys(outdated), **texts}.items():
        cells |= _cells(changes, number, {RESULT: text})
    for row in recorded:
        cells |= _recorded_cells(changes, row, (moved or {})[changes.invoice_of(row)])
    written = {changes.invoice_of(row) for row in recorded}
    for invoice in (moved or {}).values():
        if invoice.number not in written:
            cells |= _version_cells(changes, invoice)
    done = [number for row in recorded for number in changes.rows_of(row)]
    return [
        *value_edits(sheet.name, cells),
        *_money_formats(changes, recorded),
        *(_fills(changes, texts, moved or {}) if sheet.is_ours else ()),
        *fill_edits(sheet.name, _places(changes, [RESULT], done), f"#{CALM_TINT}"),
        *marks_of([one for one in findings if one.sheet == sheet.name])[0],
    ]


def _recorded_cells(changes: LineChanges, row: int, invoice: Invoice) -> dict[Place, Value]:
    """Return the cells of every row of an edited invoice: its lines, in the rows that they were typed in."""
    edit = changes.edited[row].edit
    shown = [one for one in changes.sheet.rows if one.invoice == invoice.number]
    places = {number: place for place, number in enumerate(edit.rows, 1) if number is not None}
    cells: dict[Place, Value] = {}
    for one in shown:
        if place := places.get(one.number):
            values: dict[str, Value] = dict(line_cells(invoice, place, invoice.lines[place - 1]))
            for title in (UNIT_PRICE, TOTAL):
                values[title] = int(values[title] or 0) / 100
        else:
            values = dict.fromkeys(title for title in KEYED_INVOICE_LINES.titles if title != RESULT)
        cells |= _cells(changes, one.number, values)
    return cells


def _money_formats(changes: LineChanges, recorded: Iterable[int]) -> list[Edit]:
    """Return the edits that show prices and totals of recorded rows as money: an added row has no format."""
    rows = [number for row in recorded for number in changes.rows_of(row)]
    edits = fill_edits(changes.sheet.name, _places(changes, [UNIT_PRICE, TOTAL], rows), "")
    return [edit.model_copy(update={"fill": None, "format": MONEY_FORMAT}) for edit in edits]


def _version_cells(changes: LineChanges, invoice: Invoice) -> dict[Place, Value]:
    """Return the new version of the rows of an invoice that took another step; none if a colleague has edited its
    lines since the rows were written, so that they stay out of date.
    """
    rows = [one for one in changes.sheet.rows if one.invoice == invoice.number]
    if not all(_shows_line(one, invoice) for one in rows):
        return {}
    cells: dict[Place, Value] = {}
    for one in rows:
        cells |= _cells(changes, one.number, {ROW_VERSION: invoice.version})
    return cells


def _shows_line(row: LineRow, invoice: Invoice) -> bool:
    place = row.line.place or 0
    return 0 < place <= len(invoice.lines) and not row.line.first_difference(invoice.lines[place - 1])


def _fills(changes: LineChanges, texts: Iterable[int], moved: Mapping[str, Invoice]) -> list[Edit]:
    """Return the edits that restore the colors: white where staff may type, tinted elsewhere."""
    sheet = changes.sheet
    known = {one.typed.number: one.invoice for one in changes.edited.values()} | dict(moved)
    rows = {
        row.number: known.get(row.invoice)
        for row in sheet.rows
        if row.number in texts or row.invoice in moved
    }
    closed = [number for number, invoice in rows.items() if invoice and not are_lines_open(invoice)]
    typed = _places(changes, TYPED_IN_LINES, [number for number in rows if number not in closed])
    tinted = [*_places(changes, _OURS, rows), *_places(changes, TYPED_IN_LINES, closed)]
    return [
        *fill_edits(sheet.name, tinted, f"#{TINT}"),
        *fill_edits(sheet.name, [*typed, *_places(changes, [RESULT], rows)], f"#{WHITE}"),
    ]


def _cells(changes: LineChanges, number: int, values: Mapping[str, Value]) -> dict[Place, Value]:
    places = changes.sheet.places
    return {(places[title], number): value for title, value in values.items() if title in places}


def _places(changes: LineChanges, titles: Iterable[str], rows: Iterable[int]) -> list[Place]:
    places = changes.sheet.places
    columns = [places[title] for title in titles if title in places]
    return [(column, row) for row in rows for column in columns]

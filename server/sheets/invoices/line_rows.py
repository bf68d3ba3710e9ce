"""Reads the Invoice Lines sheet that staff send back: every row with its hidden key, as it was typed."""

from dataclasses import dataclass, replace

from server.billing.invoices.line_edits import (
    BILATERAL,
    CODE,
    DESCRIPTION,
    TOTAL,
    UNIT_PRICE,
    UNITS,
    TypedLine,
)
from server.billing.money import THOUSAND
from server.errors import Finding
from server.errors.invoice_findings import RowMixedUp
from server.sheets.cells import Unreadable, cents_of, text_of, thousandths_of
from server.sheets.invoices.rows_sent_back import RowsSentBack
from server.sheets.invoices.tables import (
    INVOICE,
    INVOICE_LINES,
    KEY_SEPARATOR,
    KEYED_INVOICE_LINES,
    RESULT,
    ROW_KEY,
    ROW_VERSION,
)
from server.sheets.sheet import Sheet
from server.sheets.typed_rows import Row, header_of, places_of, rows_of


@dataclass(frozen=True, slots=True)
class LineRow:
    """One row of an Invoice Lines sheet. ``version`` is the invoice's version when the row was written, ``None`` for
    an added row. ``readable`` is false if one of its cells cannot be read.
    """

    invoice: str
    version: int | None
    line: TypedLine
    readable: bool
    result: str

    @property
    def number(self) -> int:
        """Return Excel's number of the row."""
        return self.line.row


class LineRows(RowsSentBack[LineRow]):
    """The content of the Invoice Lines sheet."""

    __slots__ = ()

    def with_column(self, finding: Finding) -> Finding:
        """Return a finding of the rules with the column of its heading."""
        return replace(finding, column=self.places.get(finding.heading))


NO_LINES = LineRows(INVOICE_LINES.name, {}, (), ())
"""A workbook without the sheet."""


def read_lines(sheet: Sheet) -> LineRows:
    """Read an Invoice Lines sheet."""
    findings: list[Finding] = []
    rows = rows_of(KEYED_INVOICE_LINES, sheet, findings)
    places = places_of(KEYED_INVOICE_LINES, sheet, header_of(KEYED_INVOICE_LINES, sheet), [])
    columns = {title: sheet.left + place for title, place in places.items()}
    if findings:
        return LineRows(sheet.name, columns, (), findings, usable=False)
    read = [_read_row(row, sheet.name) for row in rows if _is_about_a_line(row)]
    return LineRows(sheet.name, columns, read, findings, sheet.hidden_rows)


def _is_about_a_line(row: Row) -> bool:
    """Return whether a row is about a line: notes, sums and rows of removed lines have no key and no code."""
    return any(text_of(row.cell(title)) for title in (ROW_KEY, CODE, INVOICE))


def _read_row(row: Row, sheet: str) -> LineRow:
    key, _, place = text_of(row.cell(ROW_KEY)).rpartition(KEY_SEPARATOR)
    shown = text_of(row.cell(INVOICE)).upper()
    if key and shown and key != shown:
        row.add_finding(RowMixedUp(key=key, value=row.shown_value(INVOICE)), INVOICE)
    line = TypedLine(
        sheet,
        row.number,
        place=int(place) if key and place.isdecimal() else None,
        code=" ".join(row.text(CODE).split()),
        description=row.text(DESCRIPTION),
        units_thousandths=row.read(UNITS, thousandths_of),
        bilateral=row.yes_or_no(BILATERAL, blank=False),
        unit_price_cents=row.read(UNIT_PRICE, cents_of),
        total_cents=row.read(TOTAL, cents_of),
    )
    if not (key or shown):
        row.required_text(INVOICE)
    return LineRow(
        key or shown, _read_version(row) if key else None, line, row.usable, text_of(row.cell(RESULT))
    )


def _read_version(row: Row) -> int:
    """Return the version of the invoice when the row was written; 0 if the cell is damaged, so that the row is stale."""
    try:
        return (thousandths_of(row.cell(ROW_VERSION)) or 0) // THOUSAND
    except Unreadable:
        return 0

"""A statement of account as a sheet: the same as the PDF file says (rule: receivables#statements)."""

from collections.abc import Iterable, Sequence

from server.billing.clinics import Clinic
from server.billing.days import serial_of, us
from server.billing.receivables.statement_of_account import AccountStatement
from server.sheets.xlsx.grid import Grid
from server.sheets.xlsx.page_fit import page_points, pages_for
from server.sheets.xlsx.style import (
    COUNT,
    DAY,
    HEADING,
    HEADING_RIGHT,
    MONEY,
    NOTE,
    SECTION,
    SUBTITLE,
    TEXT,
    TITLE,
    WRAPPED,
    Look,
    total_look,
)
from server.sheets.xlsx.workbook_builder import Page, WorkbookBuilder

STATEMENT_OF_ACCOUNT = "Statement of Account"
ACCOUNT_KIND = "statement-of-account"
"""The mark of the sheet in staff's workbook, so that the next statement replaces it."""

WIDTHS = (13, 14, 28, 36, 10, 16, 16)
COLUMNS = len(WIDTHS)
OPEN_HEADINGS = ("Exam date", "Invoice", "Patient", "State", "Days", "Billed", "Balance")
LINE_HEADINGS = ("Date", "Invoice", "Patient", "What", "", "Amount", "Balance")
_RIGHT = frozenset({"Days", "Billed", "Amount", "Balance", "Invoices"})
_TEXTS: Sequence[Look] = (DAY, TEXT, WRAPPED, WRAPPED)
_LOOKS: Sequence[Look] = (*_TEXTS, COUNT, MONEY, MONEY)

Cells = Sequence[str | int | None]


def write_account(clinic: Clinic, statement: AccountStatement, date_system: int | None = None) -> bytes:
    """Return an .xlsx workbook of one sheet.

    With a ``date_system`` it is for the workbook of staff, and marked; without one it is a file for the holder of the account.
    """
    period = (
        f"{us(statement.first)} to {us(statement.last)}" if statement.first else f"Up to {us(statement.last)}"
    )
    kind = None if date_system is None else ACCOUNT_KIND
    builder = WorkbookBuilder(kind, clinic.name, STATEMENT_OF_ACCOUNT, date_system or 1900)
    grid = Grid(builder.writer, WIDTHS)
    grid.band(1, COLUMNS, statement.name, TITLE, height=34)
    grid.band(2, COLUMNS, f"{clinic.name} · Statement of account · {period}", SUBTITLE, height=22)
    row = _put_summary(grid, 4, statement)
    row = _put_buckets(grid, row + 1, statement)
    if statement.open_invoices:
        row = _put_open_invoices(grid, row + 1, statement)
    if statement.lines:
        row = _put_lines(grid, row + 1, statement)
    grid.put(row + 1, 1, f"Days are counted from the day of the invoice to {us(statement.last)}.", NOTE)
    tall = pages_for(grid.height_of_rows(), 0, page_points(WIDTHS, landscape=True))
    page = Page(WIDTHS, f"{statement.name} · {period}", landscape=True, freeze="A3", pages_tall=tall)
    builder.add(STATEMENT_OF_ACCOUNT, page, [grid.xml()])
    return builder.to_bytes()


def _put_summary(grid: Grid, row: int, statement: AccountStatement) -> int:
    """Put the amounts from the opening balance down to the closing balance; return the next row."""
    grid.band(row, COLUMNS, "Summary", SECTION, height=22)
    amounts = [("Opening balance", statement.opening_cents)]
    amounts += [(kind.value, cents) for kind, cents in statement.totals]
    row = _put_amounts(grid, row + 1, amounts)
    _put_total(grid, row, "Balance due", statement.closing_cents)
    if statement.unapplied_cents:
        return _put_amounts(
            grid, row + 1, [("Credit not applied yet, to be taken off", -statement.unapplied_cents)]
        )
    return row + 1


def _put_buckets(grid: Grid, row: int, statement: AccountStatement) -> int:
    """Put what is owed by age; return the next row."""
    grid.band(row, COLUMNS, "How old the balance is", SECTION, height=22)
    _put_headings(grid, row + 1, ("Days", "", "", "", "Invoices", "", "Balance"))
    row += 2
    for bucket, invoices, cents in statement.buckets:
        grid.fill(row, (f"{bucket.name} days", None, None, None, invoices, None, cents), _row_looks(COUNT))
        row += 1
    _put_total(grid, row, "Balance due", statement.closing_cents)
    return row + 1


def _put_open_invoices(grid: Grid, row: int, statement: AccountStatement) -> int:
    """Put the invoices on which something is owed; return the next row."""
    grid.band(row, COLUMNS, "Open invoices", SECTION, height=22)
    _put_headings(grid, row + 1, OPEN_HEADINGS)
    row = _put_rows(
        grid,
        row + 2,
        (
            (
                serial_of(invoice.exam_date),
                invoice.number,
                invoice.patient,
                invoice.state,
                invoice.age,
                invoice.billed_cents,
                invoice.balance_cents,
            )
            for invoice in statement.open_invoices
        ),
    )
    _put_total(grid, row, "Balance due", statement.closing_cents)
    return row + 1


def _put_lines(grid: Grid, row: int, statement: AccountStatement) -> int:
    """Put what happened, with the balance after each line; return the next row."""
    grid.band(row, COLUMNS, "What happened", SECTION, height=22)
    _put_headings(grid, row + 1, LINE_HEADINGS)
    opening: Cells = (None, None, None, "Opening balance", None, None, statement.opening_cents)
    lines: list[Cells] = [
        (serial_of(line.day), line.number, line.patient, line.words, None, line.cents, line.balance_cents)
        for line in statement.lines
    ]
    row = _put_rows(grid, row + 2, [opening, *lines])
    _put_total(grid, row, "Balance due", statement.closing_cents)
    return row + 1


def _put_headings(grid: Grid, row: int, headings: Sequence[str]) -> None:
    looks = [
        HEADING_RIGHT if place and heading in _RIGHT else HEADING for place, heading in enumerate(headings)
    ]
    grid.fill(row, headings, looks)
    grid.set_height(row, 20)


def _put_rows(grid: Grid, row: int, rows: Iterable[Cells]) -> int:
    for cells in rows:
        grid.fill(row, cells, _LOOKS)
        row += 1
    return row


def _put_amounts(grid: Grid, row: int, amounts: Iterable[tuple[str, int]]) -> int:
    for label, cents in amounts:
        grid.fill(row, (label, *[None] * (COLUMNS - 2), cents), _row_looks(TEXT))
        row += 1
    return row


def _put_total(grid: Grid, row: int, label: str, cents: int) -> None:
    looks = [total_look(look) for look in _row_looks(TEXT)]
    grid.fill(row, (label, *[None] * (COLUMNS - 2), cents), looks)


def _row_looks(counted: Look) -> list[Look]:
    return [TEXT, TEXT, TEXT, TEXT, counted, TEXT, MONEY]

"""The statement of one provider for one run, as a workbook of its own."""

from collections.abc import Sequence
from dataclasses import replace

from server.billing.clinics import Clinic
from server.billing.days import serial_of
from server.billing.payroll.pay_periods import in_words
from server.billing.payroll.pay_statements import (
    PaidLine,
    PayStatement,
    StatedRun,
    quantity_in_words,
    rate_in_words,
)
from server.errors import count_of
from server.sheets.xlsx.grid import Grid
from server.sheets.xlsx.style import (
    COUNT,
    DAY,
    FIGURE,
    HEADING,
    HEADING_RIGHT,
    LABEL,
    MONEY,
    MONEY_FIGURE,
    NOTE,
    NUMBER,
    SECTION,
    STATE,
    SUBTITLE,
    TEXT,
    TITLE,
    TONE_FILLS,
    Look,
    total_look,
)
from server.sheets.xlsx.wording import ROUNDING
from server.sheets.xlsx.workbook_builder import Page, WorkbookBuilder

SHEET = "Statement of pay"
WIDTHS = (34, 14, 22, 26, 14, 15)
COLUMNS = len(WIDTHS)
COUNTED = replace(NUMBER, form="@")
"""A quantity in words, at the right of its column."""

_GROUPS = ("Service", "Visits", "Quantity", "Rate", "Rate since", "Amount")
_VISITS = ("Service", "Date", "Quantity", "Rate", "Appointment", "Amount")
_MISSED = ("Service", "Date", "What happened", "Paid", "Appointment", "Amount")
_LOOKS = (TEXT, COUNT, COUNTED, TEXT, DAY, MONEY)
_LINE_LOOKS = (TEXT, DAY, COUNTED, TEXT, TEXT, MONEY)

Cells = Sequence[str | int | None]


def write_statement(stated: StatedRun, statement: PayStatement) -> bytes:
    """Return the .xlsx file of one provider's statement. It holds nothing of any other provider."""
    clinic, period = stated.clinic, in_words(stated.run.period)
    builder = WorkbookBuilder(None, clinic.name, f"Statement of pay · {stated.run.id}")
    grid = Grid(builder.writer)
    grid.band(1, COLUMNS, statement.provider, TITLE, height=34)
    grid.band(2, COLUMNS, f"{clinic.name} · Statement of pay · {period}", SUBTITLE, height=22)
    grid.band(
        3, COLUMNS, stated.state_sentence, replace(STATE, fill=TONE_FILLS[stated.state.tone]), height=26
    )
    grid.put(4, 1, _contact_line(clinic), NOTE)
    _put_figures(grid, statement)
    row = _put_groups(grid, statement, 10)
    row = _put_lines(
        grid, row + 1, "Visits", _VISITS, [_visit_cells(line) for line in statement.attended_visits]
    )
    if statement.missed_visits:
        missed = [_missed_cells(line) for line in statement.missed_visits]
        row = _put_lines(grid, row + 1, "Missed visits that are paid", _MISSED, missed)
    grid.put(row + 1, 1, ROUNDING, NOTE)
    builder.add(SHEET, Page(WIDTHS, f"{statement.provider} · {period}", freeze="A4"), [grid.xml()])
    return builder.to_bytes()


def _contact_line(clinic: Clinic) -> str:
    address = ", ".join(clinic.address.replace(";", "\n").split("\n"))
    return " · ".join(" ".join(text.split()) for text in (address, clinic.phone, clinic.email) if text)


def _put_figures(grid: Grid, statement: PayStatement) -> None:
    figures: tuple[tuple[int, str, int | str, Look], ...] = (
        (1, "Total pay", statement.paid_cents, MONEY_FIGURE),
        (2, "Visits", len(statement.attended_visits), FIGURE),
        (3, "Missed visits paid", len(statement.missed_visits), FIGURE),
        (4, "Paid as", statement.works_as, FIGURE),
        (5, "Provider ID", statement.provider_id, FIGURE),
    )
    for row, look in ((6, LABEL), (7, FIGURE)):
        grid.band(row, COLUMNS, "", look)
    for column, label, value, look in figures:
        grid.put(6, column, label, LABEL)
        grid.put(7, column, value, look)
    grid.set_height(7, 28)


def _put_groups(grid: Grid, statement: PayStatement, row: int) -> int:
    """Put a row for each service and rate, and the total; return the next row."""
    row = _put_headings(grid, row, "By service and rate", _GROUPS)
    for group in statement.groups():
        missed = "" if group.counts_as == "attended" else f", {group.counts_as}"
        cells = (
            group.service + missed,
            group.visits,
            quantity_in_words(group.rate.basis, group.quantity),
            rate_in_words(group.rate),
            serial_of(group.rate.effective_from),
            group.amount_cents,
        )
        grid.fill(row, cells, _LOOKS)
        row += 1
    closing = ("Total", len(statement.lines), None, None, None, statement.paid_cents)
    grid.fill(row, closing, [total_look(look) for look in (TEXT, COUNT, TEXT, TEXT, TEXT, MONEY)])
    return row + 1


def _put_lines(grid: Grid, row: int, title: str, headings: Sequence[str], lines: Sequence[Cells]) -> int:
    """Put a row for each visit, and the total; return the next row."""
    row = _put_headings(grid, row, title, headings)
    for cells in lines:
        grid.fill(row, cells, _LINE_LOOKS)
        row += 1
    total = sum(amount for *_, amount in lines if isinstance(amount, int))
    closing = (count_of(len(lines), "visit"), None, None, None, None, total)
    grid.fill(row, closing, [total_look(look) for look in (TEXT, TEXT, TEXT, TEXT, TEXT, MONEY)])
    return row + 1


def _visit_cells(line: PaidLine) -> Cells:
    quantity = quantity_in_words(line.rate.basis, line.quantity)
    return _line_cells(line, quantity)


def _missed_cells(line: PaidLine) -> Cells:
    return _line_cells(line, line.counts_as)


def _line_cells(line: PaidLine, what: str) -> Cells:
    day, rate = serial_of(line.day), rate_in_words(line.rate)
    return (line.service, day, what, rate, line.appointment, line.amount_cents)


def _put_headings(grid: Grid, row: int, title: str, headings: Sequence[str]) -> int:
    grid.band(row, COLUMNS, title, SECTION, height=22)
    right = {"Visits", "Quantity", "Amount", "What happened"}
    looks = [HEADING_RIGHT if heading in right else HEADING for heading in headings]
    grid.fill(row + 1, headings, looks)
    grid.set_height(row + 1, 20)
    return row + 2

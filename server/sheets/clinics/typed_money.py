"""Reads amounts of money that must be above 0, as somebody typed them on a setup sheet."""

from server.errors import ValueFinding
from server.errors.cell_findings import NotMoney
from server.sheets.cells import cents_of
from server.sheets.typed_rows import Row


def read_positive_money(row: Row, title: str, too_low: type[ValueFinding]) -> int | None:
    """Return the amount in a cell in cents, ``None`` if it cannot be used; adds a finding then, ``too_low`` for 0 or less."""
    cell = row.cell(title)
    if "%" in row.form(title) and isinstance(cell, int | float):
        row.add_finding(NotMoney(value=f"{cell * 100:g}%"), title)
        return None
    cents = row.read(title, cents_of) if row.required_text(title) else None
    if cents is not None and cents <= 0:
        row.add_finding(too_low, title)
    return cents

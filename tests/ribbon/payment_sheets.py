"""Payments sheets as the add-in sends them."""

from collections.abc import Sequence
from typing import Any

from server.sheets.sheet import Cell
from server.sheets.tables import PAYMENTS

HEADINGS = ("Payment date", "Appointment ID", "Amount", "Payer", "Kind")


def payments_sheet(
    rows: Sequence[Sequence[Cell]], headings: Sequence[str] = HEADINGS, name: str = PAYMENTS.name
) -> dict[str, Any]:
    """Return a payments sheet of these rows under the headings in row 1, as it goes over the wire."""
    columns = [list(column) for column in zip(headings, *rows, strict=True)]
    return {"name": name, "columns": columns, "formats": []}

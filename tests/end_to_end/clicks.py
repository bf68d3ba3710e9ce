"""Clicks sent by hand, as docs/contracts.md#clicks writes them down, by somebody who has no add-in."""

from collections.abc import Sequence
from datetime import date
from itertools import count
from typing import Any

from tests.end_to_end.practice import Visit

DAY_ONE = date(1899, 12, 30)

_numbers = count(1)

COLUMNS = {
    "Appt #": lambda visit: visit.id,
    "Service Date": lambda visit: (visit.day - DAY_ONE).days,
    "Practitioner": lambda visit: visit.provider,
    "Billing Code": lambda visit: visit.service,
    "Attendance": lambda visit: visit.fate,
    "Qty": lambda visit: float(visit.units),
    "Mins": lambda visit: visit.minutes,
    "Fee": lambda visit: float(visit.charge),
    "Received": lambda visit: float(visit.client_paid + visit.insurer_paid),
    "Client": lambda visit: visit.patient,
}


def a_click(visits: Sequence[Visit] = (), *, clinic: str = "quince", **inputs: str) -> dict[str, Any]:
    """Return a new click on a log of these visits. ``from_`` stands for the input ``from``."""
    columns = [[heading, *map(cell, visits)] for heading, cell in COLUMNS.items()]
    return {
        "request_id": f"click-{next(_numbers)}",
        "workbook": {"name": "October.xlsx", "clinic": clinic, "date_system": 1900},
        "sheets": [{"name": "Visits", "top_left": "B3", "columns": columns}] if visits else [],
        "asked_sheets": ["Payments"],
        "inputs": {name.rstrip("_"): value for name, value in inputs.items()},
    }

"""What the add-in would send: the bodies of clinic.save and payroll.generate (DESIGN 5.2)."""

from collections.abc import Mapping, Sequence
from uuid import uuid4

import orjson

from server.cli.sample_bulk import BULK_FIRST, BULK_LAST, WireColumn

DATE_FORMAT = "mm/dd/yyyy"


def request_body(columns: Mapping[str, WireColumn], clinic: str = "bulk") -> bytes:
    """Return a payroll.generate click on a log with these columns, as a fresh click."""
    sheet = {
        "name": "Appointments",
        "top_left": "A1",
        "columns": [[heading, *values] for heading, values in columns.items()],
        "formats": [DATE_FORMAT if heading == "Date of service" else None for heading in columns],
    }
    inputs = {"from": BULK_FIRST.isoformat(), "to": BULK_LAST.isoformat()}
    return click([sheet], clinic, inputs)


def click(sheets: Sequence[Mapping[str, object]], clinic: str | None, inputs: Mapping[str, object]) -> bytes:
    """Return the body of one press of a button, with a request id of its own."""
    return orjson.dumps(
        {
            "request_id": uuid4().hex,
            "workbook": {"name": "Bulk.xlsx", "clinic": clinic, "date_system": 1900},
            "sheets": sheets,
            "selection": None,
            "inputs": inputs,
        }
    )

"""What the add-in would send: the bodies of clinic.save and payroll.generate (docs/contracts.md#clicks)."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import uuid4

import orjson

from server.billing.clinics import Rate, Setup
from server.demo.bulk_logs import BULK_FIRST, BULK_LAST, WireColumn
from server.sheets.sheet_table import SheetTable
from server.sheets.tables import CLINIC, CLINIC_FIELDS, PAYMENTS, PROVIDERS, RATES, SERVICES

EXCEL_DAY_ZERO = date(1899, 12, 30)
DATE_FORMAT = "mm/dd/yyyy"
SHARE_FORMAT = "0.0000%"

Cell = str | int | float | None
Sheet = Mapping[str, object]


def generate_body(columns: Mapping[str, WireColumn], clinic: str) -> bytes:
    """Return a click on payroll.generate for a log with these columns."""
    sheet = {
        "name": "Appointments",
        "top_left": "A1",
        "columns": [[heading, *values] for heading, values in columns.items()],
        "formats": [DATE_FORMAT if heading == "Date of service" else None for heading in columns],
    }
    return click([sheet], clinic, {"from": BULK_FIRST.isoformat(), "to": BULK_LAST.isoformat()})


def save_body(setup: Setup) -> bytes:
    """Return a click on clinic.save with the setup's sheets, from a workbook of no clinic yet."""
    return click(setup_sheets(setup), None, {})


def click(sheets: Sequence[Sheet], clinic: str | None, inputs: Mapping[str, object]) -> bytes:
    """Return the body of one press of a button, with a request id of its own."""
    return orjson.dumps(
        {
            "request_id": uuid4().hex,
            "workbook": {"name": "Bulk.xlsx", "clinic": clinic, "date_system": 1900},
            "sheets": sheets,
            "asked_sheets": [PAYMENTS.name],
            "selection": None,
            "inputs": inputs,
        }
    )


def setup_sheets(setup: Setup) -> list[Sheet]:
    """Return the setup as the sheets staff would have typed; statuses are left to the built-in words."""
    known = {
        "Clinic ID": setup.clinic.id,
        "Clinic name": setup.clinic.name,
        "Pay period": setup.clinic.cadence,
    }
    fields = [field.title for field in CLINIC_FIELDS]
    return [
        _sheet(CLINIC, [(field, known.get(field)) for field in fields]),
        _sheet(PROVIDERS, [(p.name, "; ".join(p.aliases), None, None, None, None, p.works_as, "yes")
                           for p in setup.providers]),
        _sheet(SERVICES, [(s.code, None, None, s.unit_minutes) for s in setup.services]),
        _rates(setup.rates),
    ]  # fmt: skip


def _sheet(table: SheetTable, rows: Sequence[Sequence[Cell]]) -> dict[str, object]:
    columns = [list(column) for column in zip(table.titles, *rows, strict=True)]
    return {"name": table.name, "top_left": "A1", "columns": columns, "formats": [None] * len(columns)}


def _rates(rates: Sequence[Rate]) -> Sheet:
    """Return the Rates sheet: shares as Excel holds percentages, days as serials."""
    rows = [
        (
            rate.provider,
            rate.service,
            rate.basis,
            (rate.amount or 0) / (1_000_000 if rate.basis.is_share else 100),
            (rate.effective_from - EXCEL_DAY_ZERO).days,
            rate.note,
        )
        for rate in rates
    ]
    amounts = [None, *(SHARE_FORMAT if rate.basis.is_share else "0.00" for rate in rates)]
    return _sheet(RATES, rows) | {"formats": [None, None, None, amounts, DATE_FORMAT, None]}

"""Invoices of an invented clinic, and clicks with the Invoices sheet open and rows of it selected."""

from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import Any

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from server.billing.invoices.invoice import Action
from server.ledger.clinic_store import ClinicStore
from server.ledger.store import Ledger
from tests.ledger.invoiced import a_cheque, a_draft, await_cheque, take
from tests.ribbon.clicks import a_click, cell_as_sent, pressed

Edits = list[dict[str, Any]]


def lakeside(ledger: Ledger) -> ClinicStore:
    """Return the clinic's books."""
    return ledger.clinic("lakeside")


def received(ledger: Ledger, *cases: tuple[str, str], cheque: str = "77") -> list[str]:
    """Bring an invoice of each case (patient, case) to where its cheque of $80.00 is in hand."""
    numbers = await_cheque(lakeside(ledger), *(a_draft(patient, case=case) for patient, case in cases))
    for place, number in enumerate(numbers):
        take(lakeside(ledger), Action.RECORD_CHEQUE, [number], **a_cheque(80_00, f"{cheque}-{place}"))
    return numbers


def written(ledger: Ledger, reply: Mapping[str, Any], name: str) -> Worksheet:
    """Return a sheet of the workbook a reply is about."""
    content = ledger.outputs.read(reply["output"]["id"]).data
    sheet: Worksheet = load_workbook(BytesIO(content))[name]
    return sheet


def invoices_sheet(ledger: Ledger) -> dict[str, Any]:
    """Return the Invoices sheet with every invoice, as the add-in sends it."""
    reply = pressed(ledger, "invoices.open", a_click(inputs={"state": "all"}))
    columns = written(ledger, reply, "Invoices").columns
    return {
        "name": "Invoices",
        "columns": [[cell_as_sent(cell.value) for cell in column] for column in columns],
    }


def row_of(sheet: Mapping[str, Any], number: str) -> int:
    """Return the Excel row of an invoice."""
    return int(sheet["columns"][0].index(number)) + 1


def selecting(
    sheet: dict[str, Any], numbers: Iterable[str], inputs: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return a click with the rows of these invoices selected."""
    rows = [row_of(sheet, number) for number in numbers]
    return a_click(sheets=[sheet], inputs=inputs) | {"selection": {"sheet": "Invoices", "rows": rows}}


def answered(reply: Mapping[str, Any], **answers: str) -> dict[str, str]:
    """Return the inputs of somebody who answers a form, taking what is proposed or the first choice."""
    given = {}
    for field in reply["asks"]["fields"]:
        first = field["choices"][0]["value"] if field["choices"] else None
        if value := answers.get(field["name"], field["default"] or (first if field["required"] else None)):
            given[field["name"]] = value
    return given

"""The demo's invoices: the exams of a month, and the entries that staff would type for the first of them."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import xlwings as xw

from addin.desktop.press import PressedBook, open_to_press
from addin.desktop.service import Service
from server.billing.invoices.invoice import Action, Field, State
from server.demo.sample_logs import Sample
from server.sheets.invoices.tables import ACTION, FIRST_TYPED, INVOICES, RESULT_AT
from server.sheets.sample_log_workbook import write_sample_log

APPLY = "apply"
"""The input that answers what is to be recorded."""

ROUNDS = 4
"""How often entries are typed and Update invoices is pressed: as many steps as an invoice takes to be paid."""

PAYER = "Umbrella Fire & Hail"
"""The payer that an invoice is sent to if it names none."""

STEPS = 3 + ROUNDS

Row = Mapping[str, Any]
"""The row of an invoice, by heading."""

Typed = dict[str, Any]
"""The entries typed into a row, by heading."""


def make_invoices(
    sample: Sample, workbook: Path, service: Service, step: Callable[[str], None]
) -> dict[str, Any]:
    """Create the invoices of a month of exams in a workbook, take their next steps, and return the totals."""
    step("creating invoices")
    write_sample_log(sample.exams, workbook)
    with open_to_press(workbook, service=service, clinic=sample.setup.clinic.id) as pressed:
        pressed.press("clinic.choose")
        _press_and_agree(pressed, "invoices.create")
        step("opening the invoices")
        pressed.press("invoices.open")
        for turn in range(ROUNDS):
            step("updating the invoices")
            _type_next_steps(pressed.book.sheets[INVOICES.name], turn)
            _press_and_agree(pressed, "invoices.update")
        step("opening all invoices")
        reply = pressed.press("invoices.open", inputs={"state": "all"})
        pressed.save()
    figures: dict[str, Any] = reply["figures"]
    return figures


def _press_and_agree(pressed: PressedBook, button: str) -> None:
    """Press a button. If it shows first what it would record, agree to all of it, as staff do who have looked at it."""
    reply = pressed.press(button)
    for field in (reply["asks"] or {}).get("fields", []):
        if field["name"] == APPLY:
            pressed.press(button, inputs={APPLY: field["choices"][0]["value"]})


def _type_next_steps(sheet: xw.Sheet, turn: int) -> None:
    """Type the next step of invoices into their rows. Of five invoices, one takes no step, one takes one, and so on."""
    headings, *rows = sheet.used_range.options(ndim=2).value
    for place, row in enumerate(rows):
        if place % (ROUNDS + 1) > turn:
            typed = _next_entries(dict(zip(headings, row, strict=True)))
            cells = [typed.get(title) for title in INVOICES.titles[FIRST_TYPED:RESULT_AT]]
            sheet.range((place + 2, FIRST_TYPED + 1)).value = cells


def _next_entries(invoice: Row) -> Typed:
    """Return the entries for the next step of an invoice. All steps happen on the same day."""
    return {Field.DAY: invoice["Created"], **_NEXT[State(invoice["State"])](invoice)}


def _sending_entries(invoice: Row) -> Typed:
    return {ACTION: Action.SEND, Field.PAYING_PARTY: invoice["Payer"] or PAYER}


def _agreement_entries(invoice: Row) -> Typed:
    """Return the entries that agree to three quarters of the billed amount, in whole cents."""
    amount = round(invoice["Billed"] * 75) / 100
    return {ACTION: Action.AGREE, Field.AMOUNT_CENTS: amount, Field.NOTE: "By phone"}


def _payment_entries(invoice: Row) -> Typed:
    """Return the entries that record a cheque. Every payer sends one cheque for all of its invoices."""
    return {
        ACTION: Action.RECORD_CHEQUE,
        Field.AMOUNT_CENTS: invoice["Balance"],
        Field.CHEQUE_NUMBER: f"{sum(map(ord, invoice['Payer'])):05}",
        Field.CHEQUE_DATE: invoice["Created"],
        Field.RECEIVED_DATE: invoice["Created"],
        Field.PAYING_PARTY: invoice["Payer"],
        Field.NOTE: "Copy in the cheque folder",
    }


def _clearing_entries(_: Row) -> Typed:
    return {ACTION: Action.CLEAR}


_NEXT: dict[State, Callable[[Row], Typed]] = {
    State.PENDING_INVOICE: _sending_entries,
    State.PENDING_REDUCTION: _agreement_entries,
    State.PENDING_CHEQUE: _payment_entries,
    State.CHEQUE_RECEIVED: _clearing_entries,
}
"""The function that returns the next entries, by the state of the invoice."""

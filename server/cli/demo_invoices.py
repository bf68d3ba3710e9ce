"""The demo's invoices: the exams of a month, and somebody who types what became of the first of them."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import xlwings as xw

from addin.desktop.press import open_to_press
from addin.desktop.service import Service
from server.billing.invoices.invoice import Action, Field, State
from server.demo.sample_logs import Sample
from server.sheets.invoices.tables import ACTION, FIRST_TYPED, INVOICES, RESULT_AT
from server.sheets.sample_log_workbook import write_sample_log

ROUNDS = 4
"""How often somebody types and presses Update invoices: as often as an invoice needs to be paid."""

PAYER = "Umbrella Fire & Hail"
"""Whom an invoice is sent to that names no payer."""

STEPS = 3 + ROUNDS

Row = Mapping[str, Any]
"""An invoice as its row shows it, by heading."""

Typed = dict[str, Any]
"""What is typed into a row, by heading."""


def make_invoices(
    sample: Sample, workbook: Path, service: Service, step: Callable[[str], None]
) -> dict[str, Any]:
    """Create the invoices of a month of exams in a workbook, drive them on; return the totals of all."""
    step("creating invoices")
    write_sample_log(sample.exams, workbook)
    with open_to_press(workbook, service=service, clinic=sample.setup.clinic.id) as pressed:
        pressed.press("clinic.choose")
        pressed.press("invoices.create")
        step("opening the invoices")
        pressed.press("invoices.open")
        for turn in range(ROUNDS):
            step("updating the invoices")
            _type(pressed.book.sheets[INVOICES.name], turn)
            pressed.press("invoices.update")
        step("opening all invoices")
        told = pressed.press("invoices.open", inputs={"state": "all"})
        pressed.save()
    figures: dict[str, Any] = told["figures"]
    return figures


def _type(sheet: xw.Sheet, turn: int) -> None:
    """Type the next step of invoices into their rows. One in five takes none, one takes one, and so on."""
    headings, *rows = sheet.used_range.options(ndim=2).value
    for place, row in enumerate(rows):
        if place % (ROUNDS + 1) > turn:
            typed = _next(dict(zip(headings, row, strict=True)))
            cells = [typed.get(title) for title in INVOICES.titles[FIRST_TYPED:RESULT_AT]]
            sheet.range((place + 2, FIRST_TYPED + 1)).value = cells


def _next(invoice: Row) -> Typed:
    """Return what is typed next for an invoice on its way to being paid; everything happens in one day."""
    return {Field.DAY: invoice["Created"], **_NEXT[State(invoice["State"])](invoice)}


def _sent(invoice: Row) -> Typed:
    return {ACTION: Action.SEND, Field.PAYING_PARTY: invoice["Payer"] or PAYER}


def _agreed(invoice: Row) -> Typed:
    """Agree to three quarters, in whole cents."""
    amount = round(invoice["Billed"] * 75) / 100
    return {ACTION: Action.AGREE, Field.AMOUNT_CENTS: amount, Field.NOTE: "By phone"}


def _paid(invoice: Row) -> Typed:
    """Record what came: every payer sends one cheque for all of its invoices."""
    return {
        ACTION: Action.RECORD_CHEQUE,
        Field.AMOUNT_CENTS: invoice["Balance"],
        Field.CHEQUE_NUMBER: f"{sum(map(ord, invoice['Payer'])):05}",
        Field.CHEQUE_DATE: invoice["Created"],
        Field.RECEIVED_DATE: invoice["Created"],
        Field.PAYING_PARTY: invoice["Payer"],
        Field.NOTE: "Copy in the cheque folder",
    }


def _cleared(_: Row) -> Typed:
    return {ACTION: Action.CLEAR}


_NEXT: dict[State, Callable[[Row], Typed]] = {
    State.PENDING_INVOICE: _sent,
    State.PENDING_REDUCTION: _agreed,
    State.PENDING_CHEQUE: _paid,
    State.CHEQUE_RECEIVED: _cleared,
}
"""What is typed for an invoice, by where it stands."""

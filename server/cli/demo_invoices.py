"""The demo's invoices: five batches of exams, and the entries that staff would type for them month after month."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import xlwings as xw

from addin.desktop.press import open_to_press
from addin.desktop.service import Service
from server.billing.days import us
from server.billing.invoices.invoice import Action, Field
from server.cli.demo_clock import Work
from server.cli.demo_presses import press_and_agree
from server.demo.sample_exams import DEMO_EXAMS, exams_until
from server.demo.sample_logs import Sample
from server.sheets.invoices.tables import ACTION, INVOICES
from server.sheets.sample_log_workbook import write_sample_log

AGES = (135, 104, 75, 45, 16)
"""How many days ago each batch of exams was billed: one for each range of ages."""

BATCH = DEMO_EXAMS // len(AGES)
"""The number of invoices of a batch."""

PAYER = "Umberfield Casualty"
"""The payer that an invoice is sent to if it names none."""

Row = Mapping[str, Any]
"""The row of an invoice, by heading."""

Typed = dict[str, Any]
"""The entries typed into a row, by heading."""


def first_day(today: date) -> date:
    """Return the day of the oldest invoices."""
    return today - timedelta(days=max(AGES))


def billing_of(
    sample: Sample, workbook: Path, service: Service, today: date, tell: Callable[[str], None]
) -> Iterator[Work]:
    """Yield the work on the invoices of a clinic, with its days. The workbook is written again for each batch of exams."""

    def bill(turn: int, day: date) -> None:
        tell(f"{sample.setup.clinic.name}: creating and updating invoices on {us(day)}")
        _bill_batch(sample, workbook, service, turn, day)

    for turn, age in enumerate(AGES):
        yield today - timedelta(days=age), partial(bill, turn)


def _bill_batch(sample: Sample, workbook: Path, service: Service, turn: int, day: date) -> None:
    """Bill a batch of exams in a new workbook, and record the next steps of all invoices, on a day."""
    numbers = range(turn * BATCH + 1, (turn + 1) * BATCH + 1)
    write_sample_log(exams_until(sample.setup, day, numbers), workbook)
    with open_to_press(workbook, service=service, clinic=sample.setup.clinic.id) as pressed:
        pressed.press("clinic.choose")
        press_and_agree(pressed, "invoices.create")
        pressed.press("invoices.open")
        _type_next_steps(pressed.book.sheets[INVOICES.name], turn, day)
        press_and_agree(pressed, "invoices.update")
        pressed.save()


def list_invoices(workbook: Path, service: Service) -> dict[str, Any]:
    """List all invoices of the clinic in the workbook of its last batch; return the totals."""
    with open_to_press(workbook, service=service) as pressed:
        figures: dict[str, Any] = pressed.press("invoices.open", inputs={"state": "all"})["figures"]
        pressed.save()
    return figures


def _type_next_steps(sheet: xw.Sheet, turn: int, day: date) -> None:
    """Type the next step of each invoice that takes one now."""
    headings, *rows = sheet.used_range.options(ndim=2).value
    for place, row in enumerate(rows, 2):
        invoice = dict(zip(headings, row, strict=True))
        order = int(invoice["Invoice"].rpartition("-")[2]) - 1
        action = _action_at(order, turn - order // BATCH)
        if action is None:
            continue
        typed = {ACTION: action, Field.DAY: _typed_day(day)} | _ENTRIES[action](invoice, day)
        for heading, value in typed.items():
            sheet.range((place, headings.index(heading) + 1)).value = value


def _action_at(order: int, turn: int) -> Action | None:
    """Return what is done to an invoice in the turn after its creation, ``None`` if nothing is."""
    path = _PATHS[order % len(_PATHS)]
    return path[turn] if turn < len(path) else None


def _typed_day(day: date) -> datetime:
    return datetime.combine(day, time())


def _sending_entries(invoice: Row, _: date) -> Typed:
    return {Field.PAYING_PARTY: invoice["Payer"] or PAYER}


def _offer_entries(invoice: Row, _: date) -> Typed:
    return {Field.AMOUNT_CENTS: _share(invoice, 60), Field.PAYING_PARTY: invoice["Payer"]}


def _agreement_entries(invoice: Row, _: date) -> Typed:
    return {Field.AMOUNT_CENTS: _share(invoice, 75), Field.NOTE: "Agreed by phone"}


def _cheque_entries(invoice: Row, day: date) -> Typed:
    """Return the entries that record a cheque. Every payer sends one cheque for all of its invoices of a day."""
    return {
        Field.AMOUNT_CENTS: invoice["Balance"],
        Field.CHEQUE_NUMBER: f"{sum(map(ord, invoice['Payer']))}{day:%m%d}",
        Field.CHEQUE_DATE: _typed_day(day),
        Field.RECEIVED_DATE: _typed_day(day),
        Field.PAYING_PARTY: invoice["Payer"],
        Field.NOTE: "Copy in the cheque folder",
    }


def _reason(text: str) -> Callable[[Row, date], Typed]:
    return lambda _invoice, _day: {Field.NOTE: text}


def _share(invoice: Row, percent: int) -> float:
    """Return a share of the billed amount, in dollars and whole cents."""
    cents: int = round(invoice["Billed"] * percent)
    return cents / 100


_ENTRIES: dict[Action, Callable[[Row, date], Typed]] = {
    Action.SEND: _sending_entries,
    Action.RECORD_OFFER: _offer_entries,
    Action.AGREE: _agreement_entries,
    Action.RECORD_CHEQUE: _cheque_entries,
    Action.CLEAR: lambda _invoice, _day: {},
    Action.WRITE_OFF: _reason("The payer's coverage ended before the exam"),
    Action.VOID: _reason("Billed to the wrong case"),
}
"""The function that returns the entries of an action, besides its day."""

_SENT, _OFFERED, _AGREED = Action.SEND, Action.RECORD_OFFER, Action.AGREE
_CHEQUE, _CLEARED = Action.RECORD_CHEQUE, Action.CLEAR

_PATHS: tuple[tuple[Action | None, ...], ...] = (
    (_SENT, _AGREED, _CHEQUE, _CLEARED),
    (_SENT,),
    (None, _SENT, _OFFERED, _AGREED, _CHEQUE),
    (_SENT, _OFFERED, _AGREED),
    (_SENT, _AGREED, _CHEQUE, _CLEARED),
    (_SENT, _OFFERED, Action.WRITE_OFF),
    (None, _SENT, _AGREED, _CHEQUE),
    (_SENT, _AGREED, _CHEQUE, _CLEARED),
    (None, Action.VOID),
)
"""What is done to an invoice, turn by turn from its creation on. The invoices take these paths one after the other, so that
each state and each age occurs.
"""

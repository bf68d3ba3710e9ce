"""The sheet of payments: every row of the payments sheet with its outcome (rule: pay-runs#payments)."""

from collections.abc import Callable, Iterator, Sequence

import pandas as pd

from server.billing.days import serial_of
from server.billing.money import dollars
from server.billing.payroll.pay_periods import in_words
from server.billing.payroll.pay_run import PayRun
from server.billing.payroll.payment_lines import (
    PaymentLine,
    PaymentOutcome,
    PaymentRow,
    payments_in_words,
)
from server.errors import count_of
from server.sheets.payroll.long_sheets import state_of_draft
from server.sheets.payroll.tables import PAYMENTS_RECEIVED
from server.sheets.xlsx.grid import Grid
from server.sheets.xlsx.style import DAY, MONEY, NUMBER, SIGNED_MONEY, TEXT, WRAPPED, share_look, total_look
from server.sheets.xlsx.table_sheet import FIRST_ROW, Banner, add_list, heights_of_rows
from server.sheets.xlsx.workbook_builder import WorkbookBuilder

NEEDS_SOMEBODY = (PaymentOutcome.BLOCKED, PaymentOutcome.UNALLOCATED)
"""Rows with these outcomes are at the top."""


def add_payments(builder: WorkbookBuilder, run: PayRun, head: str) -> None:
    """Add the sheet if the run has a payments sheet or payment lines, with the sum of what is paid below the table."""
    rows, write = [*_rows(run)], builder.writer
    if not rows:
        return
    runs = {line.source_row: line.of_run for line in run.payments.lines}

    def text_series(fact: Callable[[PaymentRow], str]) -> pd.Series:
        return pd.Series([fact(one) for one in rows], dtype=object)

    def number_series(fact: Callable[[PaymentRow], int | None]) -> pd.Series:
        return pd.Series([fact(one) for one in rows], dtype="Int64")

    kind = text_series(lambda one: one.kind.value.capitalize() if one.kind else "")
    outcome = text_series(lambda one: one.outcome.value.capitalize())
    provider, service = text_series(lambda one: one.provider), text_series(lambda one: one.service)
    of_run = text_series(lambda one: runs.get(one.row or None, "") if one.pay_cents is not None else "")
    reason = text_series(lambda one: one.reason)
    columns = [
        write.numbers(number_series(lambda one: one.row or None), NUMBER),
        write.numbers(number_series(lambda one: serial_of(one.day) if one.day else None), DAY),
        write.texts(kind, TEXT),
        write.numbers(number_series(lambda one: one.cents), MONEY),
        write.texts(outcome, TEXT),
        write.texts(provider, WRAPPED),
        write.ids(text_series(lambda one: one.appointment), TEXT),
        write.numbers(number_series(lambda one: serial_of(one.visit_day) if one.visit_day else None), DAY),
        write.texts(service, WRAPPED),
        write.texts(of_run, WRAPPED),
        write.cells(
            number_series(lambda one: one.share), lambda share: write.number(share, share_look(share)), MONEY
        ),
        write.numbers(number_series(lambda one: one.pay_cents), SIGNED_MONEY),
        write.texts(reason, WRAPPED),
    ]
    wrapped = {"Provider": provider, "Service": service, "Run of the visit": of_run, "Reason": reason}
    add_list(
        builder,
        PAYMENTS_RECEIVED,
        columns,
        head,
        state=state_of_draft(run),
        attributes=heights_of_rows(PAYMENTS_RECEIVED, wrapped),
        banner=Banner(run.clinic.name, f"{PAYMENTS_RECEIVED.name} · {in_words(run.period)}", _note(run)),
        closing=_total_row(builder, rows),
    )


def _rows(run: PayRun) -> Iterator[PaymentRow]:
    """Yield the rows of the payments sheet, those that need somebody first, then what is paid without a row."""
    rows = run.payments.rows
    yield from (row for row in rows if row.outcome in NEEDS_SOMEBODY)
    yield from (row for row in rows if row.outcome not in NEEDS_SOMEBODY)
    yield from (_row_of(line) for line in run.payments.lines if line.source_row is None)


def _row_of(line: PaymentLine) -> PaymentRow:
    """Return the row of a line that no row of the payments sheet has."""
    return PaymentRow(
        0,
        line.payment_day,
        line.kind,
        line.received_cents,
        PaymentOutcome.PAID,
        line.reason,
        appointment=line.appointment,
        visit_day=line.day,
        provider=line.provider,
        service=line.service,
        share=line.share,
        pay_cents=line.amount_cents,
    )


def _note(run: PayRun) -> str:
    """Return what is paid, and what pays nobody."""
    payments = run.payments
    paid = f"Pay on collection, by {payments_in_words(len(payments), payments.cents)}."
    if not payments.unallocated_rows:
        return paid
    unallocated = count_of(len(payments.unallocated_rows), "payment")
    return f"{paid} {unallocated} ({dollars(payments.unallocated_cents)}) unallocated."


def _total_row(builder: WorkbookBuilder, rows: Sequence[PaymentRow]) -> bytes:
    """Return the row below the table: the sums of the payments and of what they add to pay."""
    sums = {
        "Amount": sum(one.cents or 0 for one in rows if one.row),
        "Pay": sum(one.pay_cents or 0 for one in rows),
    }
    grid = Grid(builder.writer)
    row = Banner.ROWS + FIRST_ROW + len(rows)
    for column, title in enumerate(PAYMENTS_RECEIVED.titles, 1):
        look = SIGNED_MONEY if title == "Pay" else MONEY if title in sums else TEXT
        grid.put(row, column, "Total" if column == 1 else sums.get(title), total_look(look))
    return grid.xml()

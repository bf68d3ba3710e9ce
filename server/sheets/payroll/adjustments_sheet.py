"""The sheet of adjustments: what a run pays or takes back for visits of earlier periods, and the late visits it pays."""

from collections.abc import Callable, Sequence

import pandas as pd

from server.billing.days import serial_of
from server.billing.money import dollars
from server.billing.payroll.adjustments import Adjustment, sum_of_adjustments
from server.billing.payroll.adjustments_on_paper import kind_in_words
from server.billing.payroll.pay_periods import in_words
from server.billing.payroll.pay_run import PayRun
from server.errors import count_of
from server.sheets.payroll.long_sheets import state_of_draft
from server.sheets.payroll.tables import ADJUSTMENTS
from server.sheets.xlsx.grid import Grid
from server.sheets.xlsx.style import DAY, MONEY, NUMBER, SIGNED_MONEY, TEXT, WRAPPED, total_look
from server.sheets.xlsx.table_sheet import FIRST_ROW, Banner, add_list, heights_of_rows
from server.sheets.xlsx.workbook_builder import WorkbookBuilder

NOT_PAID = "–"
"""In place of the run that paid a late visit."""


def add_adjustments(builder: WorkbookBuilder, run: PayRun, head: str) -> None:
    """Add the sheet if the run has adjustments, with their sum below the table."""
    rows, write = run.adjustments, builder.writer
    if not rows:
        return

    def text_series(fact: Callable[[Adjustment], str]) -> pd.Series:
        return pd.Series([fact(one) for one in rows], dtype=object)

    def number_series(fact: Callable[[Adjustment], int | None]) -> pd.Series:
        return pd.Series([fact(one) for one in rows], dtype="Int64")

    columns = [
        write.texts(text_series(lambda one: one.provider), WRAPPED),
        write.texts(text_series(kind_in_words), WRAPPED),
        write.ids(text_series(lambda one: one.appointment), TEXT),
        write.numbers(number_series(lambda one: serial_of(one.day)), DAY),
        write.texts(text_series(lambda one: one.service), WRAPPED),
        write.texts(text_series(_run_that_paid), WRAPPED),
        write.numbers(number_series(lambda one: one.was_cents), MONEY),
        write.numbers(number_series(lambda one: one.now_cents), MONEY),
        write.numbers(number_series(lambda one: one.amount_cents), SIGNED_MONEY),
        write.numbers(number_series(lambda one: one.source_row), NUMBER),
        write.texts(text_series(lambda one: one.reason), WRAPPED),
    ]
    wrapped = {
        "Provider": text_series(lambda one: one.provider),
        "What changed": text_series(kind_in_words),
        "Service": text_series(lambda one: one.service),
        "Paid in run": text_series(_run_that_paid),
        "Reason": text_series(lambda one: one.reason),
    }
    add_list(
        builder,
        ADJUSTMENTS,
        columns,
        head,
        state=state_of_draft(run),
        attributes=heights_of_rows(ADJUSTMENTS, wrapped),
        banner=Banner(run.clinic.name, f"{ADJUSTMENTS.name} · {in_words(run.period)}", _note(run)),
        closing=_total_row(builder, rows),
    )


def _note(run: PayRun) -> str:
    """Return how many adjustments there are, and their sum."""
    late = f", {count_of(run.late_visits, 'late visit')} among them" if run.late_visits else ""
    further = run.further_pay
    earlier = len(run.adjustments) - len(further)
    parts = [
        f"{count_of(earlier, 'adjustment')} of earlier pay{late}" if earlier else "",
        f"{count_of(len(further), 'line')} of shares and supervision" if further else "",
    ]
    return f"{' and '.join(filter(None, parts))}, {dollars(run.adjustment_cents)} together."


def _run_that_paid(one: Adjustment) -> str:
    return NOT_PAID if one.of_place is None else one.of_run


def _total_row(builder: WorkbookBuilder, rows: Sequence[Adjustment]) -> bytes:
    """Return the row below the table: the sums of what was paid before, of what the visits earn now, and of the differences."""
    sums: dict[str, int] = {
        "Paid before": sum(one.was_cents for one in rows),
        "Earns now": sum(one.now_cents for one in rows),
        "Difference": sum_of_adjustments(rows),
    }
    grid = Grid(builder.writer)
    row = Banner.ROWS + FIRST_ROW + len(rows)
    for column, title in enumerate(ADJUSTMENTS.titles, 1):
        look = SIGNED_MONEY if title == "Difference" else MONEY if title in sums else TEXT
        grid.put(row, column, "Total" if column == 1 else sums.get(title), total_look(look))
    return grid.xml()

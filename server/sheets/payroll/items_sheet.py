"""The sheet of pay items: what a run pays or takes off beside the visits (rule: pay-runs#pay-items)."""

from collections.abc import Mapping

import pandas as pd

from server.billing.days import serial_of
from server.billing.payroll.pay_item_lines import items_in_words
from server.billing.payroll.pay_periods import in_words
from server.billing.payroll.pay_run import PayRun
from server.sheets.payroll.long_sheets import state_of_draft
from server.sheets.payroll.tables import ITEMS_PAID
from server.sheets.sheet_table import SheetTable
from server.sheets.xlsx.grid import Grid
from server.sheets.xlsx.style import DAY, SIGNED_MONEY, TEXT, WRAPPED, total_look
from server.sheets.xlsx.table_sheet import FIRST_ROW, Banner, add_list, heights_of_rows
from server.sheets.xlsx.workbook_builder import WorkbookBuilder


def add_items(builder: WorkbookBuilder, run: PayRun, head: str) -> None:
    """Add the sheet if the run has pay items, by provider, with their sum below the table."""
    rows, write = sorted(run.items, key=lambda one: (one.provider.casefold(), one.first)), builder.writer
    if not rows:
        return
    providers, notes = (
        pd.Series(texts, dtype=object)
        for texts in zip(*((one.provider, one.note) for one in rows), strict=True)
    )
    columns = [
        write.texts(providers, WRAPPED),
        write.texts(pd.Series([one.title for one in rows], dtype=object), TEXT),
        write.numbers(pd.Series([serial_of(one.first) for one in rows], dtype="Int64"), DAY),
        write.numbers(pd.Series([serial_of(one.last) for one in rows], dtype="Int64"), DAY),
        write.numbers(pd.Series([one.amount_cents for one in rows], dtype="Int64"), SIGNED_MONEY),
        write.texts(notes, WRAPPED),
    ]
    add_list(
        builder,
        ITEMS_PAID,
        columns,
        head,
        state=state_of_draft(run),
        attributes=heights_of_rows(ITEMS_PAID, {"Provider": providers, "Note": notes}),
        banner=Banner(
            run.clinic.name,
            f"Pay items · {in_words(run.period)}",
            f"{items_in_words(len(rows), run.items_cents)}.",
        ),
        closing=total_row_of_amounts(builder, ITEMS_PAID, len(rows), {"Amount": run.items_cents}),
    )


def total_row_of_amounts(
    builder: WorkbookBuilder, table: SheetTable, rows: int, sums: Mapping[str, int]
) -> bytes:
    """Return the row below a table with a banner: the sums in cents, by the headings of their columns."""
    grid = Grid(builder.writer)
    row = Banner.ROWS + FIRST_ROW + rows
    for column, title in enumerate(table.titles, 1):
        look = SIGNED_MONEY if title in sums else TEXT
        value = "Total" if column == 1 else sums.get(title)
        grid.put(row, column, value, total_look(look))
    return grid.xml()

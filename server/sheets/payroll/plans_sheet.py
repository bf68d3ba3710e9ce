"""The sheet of plan lines: what pay plans pay or take off (rule: pay-runs#pay-plans)."""

import pandas as pd

from server.billing.days import serial_of
from server.billing.payroll.pay_periods import in_words
from server.billing.payroll.pay_run import PayRun
from server.billing.payroll.plan_lines import PlanLine, plans_in_words
from server.sheets.payroll.items_sheet import total_row_of_amounts
from server.sheets.payroll.long_sheets import state_of_draft
from server.sheets.payroll.tables import PLANS_PAID
from server.sheets.xlsx.style import DAY, SIGNED_MONEY, TEXT, WRAPPED
from server.sheets.xlsx.table_sheet import Banner, add_list, heights_of_rows
from server.sheets.xlsx.workbook_builder import WorkbookBuilder


def add_plans(builder: WorkbookBuilder, run: PayRun, head: str) -> None:
    """Add the sheet if the run has plan lines, by provider, with their sum below the table."""
    rows = sorted(run.plans, key=_order)
    if not rows:
        return
    write = builder.writer
    providers = pd.Series([one.provider for one in rows], dtype=object)
    words = pd.Series([one.words for one in rows], dtype=object)
    columns = [
        write.texts(providers, WRAPPED),
        write.texts(pd.Series([one.title for one in rows], dtype=object), TEXT),
        write.numbers(pd.Series([serial_of(one.first) for one in rows], dtype="Int64"), DAY),
        write.numbers(pd.Series([serial_of(one.last) for one in rows], dtype="Int64"), DAY),
        write.numbers(pd.Series([one.now_cents for one in rows], dtype="Int64"), SIGNED_MONEY),
        write.numbers(pd.Series([one.was_cents for one in rows], dtype="Int64"), SIGNED_MONEY),
        write.numbers(pd.Series([one.amount_cents for one in rows], dtype="Int64"), SIGNED_MONEY),
        write.texts(words, WRAPPED),
    ]
    add_list(
        builder,
        PLANS_PAID,
        columns,
        head,
        state=state_of_draft(run),
        attributes=heights_of_rows(PLANS_PAID, {"Provider": providers, "How it comes about": words}),
        banner=Banner(
            run.clinic.name,
            f"Pay plans · {in_words(run.period)}",
            f"{plans_in_words(len(rows), run.plans_cents)}.",
        ),
        closing=total_row_of_amounts(builder, PLANS_PAID, len(rows), {"Amount": run.plans_cents}),
    )


def _order(line: PlanLine) -> tuple[str, str, int]:
    return line.provider.casefold(), line.provider, serial_of(line.first)

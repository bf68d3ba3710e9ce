"""The long sheets of a payroll workbook: Lines, Excluded, Rates Used. Findings is in ``findings_sheet``."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from server.billing.clinics import ANY
from server.billing.days import serial_of
from server.billing.payroll.pay_run import Outcome, PayRun, RateUsed
from server.billing.payroll.run_columns import whole_numbers
from server.billing.payroll.state_lines import DRAFT_LINE
from server.sheets.payroll.tables import EXCLUDED, LINES, RATES_USED
from server.sheets.xlsx.column_xml import CellWriter, Column
from server.sheets.xlsx.style import (
    ALARMED,
    CAUTIOUS,
    COUNT,
    DAY,
    MONEY,
    NUMBER,
    TEXT,
    WRAPPED,
    Look,
    quantity_look,
)
from server.sheets.xlsx.table_sheet import add_list, heights_of_rows
from server.sheets.xlsx.wording import rate_look
from server.sheets.xlsx.workbook_builder import WorkbookBuilder

_OUTCOME_LOOKS: dict[str, Look] = {Outcome.BLOCKED.value: ALARMED, Outcome.HELD.value: CAUTIOUS}
_RANK = {
    Outcome.BLOCKED.value: 0,
    Outcome.HELD.value: 1,
    Outcome.ALREADY_PAID.value: 2,
    Outcome.EXCLUDED.value: 3,
}
"""The order of the outcomes on Excluded."""


def state_of_draft(run: PayRun) -> str:
    """Return the state to show on the long sheets of a new draft, "" if no run is recorded."""
    return DRAFT_LINE if run.id else ""


def line_columns(write: CellWriter, run: PayRun) -> dict[str, Column]:
    """Return the cells of every paid row by the headings of Lines; the statements show some of them too.

    The late visits come after the lines of the period.
    """
    lines = run.every_line
    bases, rates, since = _rate_columns(write, run.rates_used, whole_numbers(lines.rate))
    columns = (
        write.numbers(lines.row, NUMBER),
        write.ids(lines.appointment, TEXT),
        write.numbers(lines.day, DAY),
        write.texts(lines.provider, TEXT),
        write.texts(lines.service, TEXT),
        write.texts(lines.counts_as, TEXT),
        _quantities(write, lines.units),
        _quantities(write, lines.minutes),
        write.numbers(lines.charge_cents, MONEY),
        write.numbers(lines.collected_cents, MONEY),
        bases,
        rates,
        since,
        write.numbers(lines.amount_cents, MONEY),
    )
    return dict(zip(LINES.titles, columns, strict=True))


def add_lines(builder: WorkbookBuilder, columns: Mapping[str, Column], head: str, state: str) -> None:
    """Add every paid row with the rate it cites: in the order of the log, the late visits last. It is for the screen and is
    not printed.
    """
    add_list(builder, LINES, list(columns.values()), head, state=state, printed=False)


def _quantities(write: CellWriter, thousandths: "pd.Series[int]") -> Column:
    return write.cells(thousandths, lambda value: write.number(value, quantity_look(value)), COUNT)


def _rate_columns(
    write: CellWriter, used: Sequence[RateUsed], cited: npt.NDArray[np.int64]
) -> tuple[Column, Column, Column]:
    """Return pay basis, rate and effective-from of each line, rendered once per rate."""
    numbers = np.arange(len(used))
    bases = write.cells(numbers, lambda number: write.text(used[number].basis, TEXT), TEXT)
    rates = write.cells(
        numbers, lambda number: write.number(used[number].amount, rate_look(used[number])), MONEY
    )
    since = write.cells(
        numbers, lambda number: write.number(serial_of(used[number].effective_from), DAY), DAY
    )
    return bases.take(cited), rates.take(cited), since.take(cited)


def add_excluded(builder: WorkbookBuilder, run: PayRun, head: str) -> None:
    """Add every row that is not paid here, with its outcome and reason: first what waits for a person, then by row."""
    frame = run.unpaid.frame()
    rank = frame.outcome.map(_RANK).to_numpy(dtype=np.int64)
    unpaid, write = frame.iloc[np.lexsort((whole_numbers(frame.row), rank))], builder.writer

    def outcome_cell(outcome: str) -> str:
        return write.text(outcome, _OUTCOME_LOOKS.get(outcome, TEXT))

    columns = [
        write.numbers(unpaid.row, NUMBER),
        write.ids(unpaid.appointment, TEXT),
        write.numbers(unpaid.day, DAY),
        write.texts(unpaid.provider, TEXT),
        write.texts(unpaid.service, TEXT),
        write.texts(unpaid.status, TEXT),
        write.cells(unpaid.outcome, outcome_cell, TEXT),
        write.texts(unpaid.reason, WRAPPED),
    ]
    heights = heights_of_rows(EXCLUDED, {"Reason": unpaid.reason})
    add_list(builder, EXCLUDED, columns, head, state=state_of_draft(run), attributes=heights)


def add_rates_used(builder: WorkbookBuilder, run: PayRun, head: str) -> None:
    """Add the rates that paid at least one line."""
    write, used = builder.writer, run.rates_used
    frame = pd.DataFrame(
        {
            "provider": [name_or_any(rate.provider, "provider") for rate in used],
            "service": [name_or_any(rate.service, "service") for rate in used],
            "note": [rate.note for rate in used],
            "lines": [rate.lines for rate in used],
            "paid": [rate.paid_cents for rate in used],
        }
    )
    bases, rates, since = _rate_columns(write, used, np.arange(len(used)))
    columns = [
        write.texts(frame["provider"], TEXT),
        write.texts(frame["service"], TEXT),
        bases,
        rates,
        since,
        write.texts(frame["note"], WRAPPED),
        write.numbers(frame["lines"], COUNT),
        write.numbers(frame["paid"], MONEY),
    ]
    heights = heights_of_rows(RATES_USED, {"Note": frame["note"]})
    add_list(builder, RATES_USED, columns, head, state=state_of_draft(run), attributes=heights)


def name_or_any(name: str, noun: str) -> str:
    """Return a name of a rate, ``Any provider`` or ``Any service`` for the sign that setup sheets use."""
    return f"Any {noun}" if name == ANY else name

"""The Worklist sheet: everything that waits for somebody, by amount and age (rule: receivables#worklist)."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import pandas as pd

from server.billing.clinics import Clinic
from server.billing.receivables.worklist import WorkItem
from server.sheets.receivables.tables import (
    AMOUNT,
    BUTTON,
    DAYS_WAITING,
    KIND,
    RUN,
    WHAT,
    WHAT_TO_DO,
    WHO,
    WORKLIST,
)
from server.sheets.sheet_table import Kind
from server.sheets.xlsx.style import COUNT, MONEY_OR_DASH, TEXT, WRAPPED, Look
from server.sheets.xlsx.table_sheet import add_list, heights_of_rows
from server.sheets.xlsx.workbook_builder import WorkbookBuilder

_MARK = "worklist"
_WRAPPED = {WHAT, WHAT_TO_DO}


def write_worklist(
    clinic: Clinic, items: Sequence[WorkItem], labels: Mapping[str, str], date_system: int
) -> bytes:
    """Return an .xlsx workbook of one sheet: the items in the given order. ``labels`` are those of buttons, by id."""
    shown: dict[str, Callable[[WorkItem], str | int | None]] = {
        KIND: lambda one: one.kind.value,
        WHAT: lambda one: one.what,
        WHAT_TO_DO: lambda one: one.what_to_do,
        AMOUNT: lambda one: one.amount_cents,
        DAYS_WAITING: lambda one: one.days_waiting,
        WHO: lambda one: one.who,
        RUN: lambda one: one.about,
        BUTTON: lambda one: labels[one.kind.button],
    }
    builder = WorkbookBuilder(_MARK, clinic.name, WORKLIST.name, date_system)
    columns = []
    for heading in WORKLIST.headings:
        values = [shown[heading.title](one) for one in items]
        if heading.kind is Kind.TEXT:
            columns.append(builder.writer.texts(_texts(values), _text_look(heading.title)))
        else:
            look = MONEY_OR_DASH if heading.kind is Kind.MONEY else COUNT
            columns.append(builder.writer.numbers(pd.Series(values, dtype="Int64"), look))
    texts = {title: _texts(shown[title](one) for one in items) for title in _WRAPPED}
    sheet = add_list(builder, WORKLIST, columns, clinic.name, attributes=heights_of_rows(WORKLIST, texts))
    sheet.freeze_panes = "B2"
    return builder.to_bytes()


def _text_look(title: str) -> Look:
    return WRAPPED if title in _WRAPPED else TEXT


def _texts(values: Iterable[object]) -> pd.Series:
    return pd.Series([value or "" for value in values], dtype=object)

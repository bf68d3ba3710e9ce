"""Whatever is typed, shuffled, copied and pressed again: no code of an exam is billed twice, no row is lost."""

import shutil
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.billing.invoices.exams import key_of
from server.ledger.store import Ledger
from server.sheets import cell_addresses
from server.sheets.invoices.tables import EXAMS
from server.sheets.sheet import Cell
from tests.invented_exams import PRICED, exam_columns
from tests.ribbon.clicks import a_click, a_clock, a_ledger, pressed

HEADINGS = (*EXAMS.titles, "Result")
TYPED: dict[str, tuple[Cell, ...]] = {
    "Exam date": ("2026-10-05", "2026-10-05", "10/5/2026", "2026-10-06", "2099-01-01", "soon", None, "#N/A"),
    "Patient": ("P-1", "P-1", "p 1", "P-2", 1, None, "***"),
    "Case": ("C-1", "C-1", "c1", "C-2", None),
    "Physician": (None, None, "Dr. A", "DR A", "#N/A"),
    "Exam type": ("Full", "Full", "Joint", "Ful", None),
    "Sub-exams": (None, None, "Knee", "knee; Elbow", "Toe"),
    "Code": (None, None, None, "EX-301", "ex 303", "EX-302", "EX-999"),
    "Units": (None, None, None, 2, "3", 0, 1.5, "x"),
    "Bilateral": (None, None, "yes", "no", "?"),
    "Payer": (None, None, "Oak", "OAK", "Elm"),
}
exams = st.fixed_dictionaries({heading: st.sampled_from(cells) for heading, cells in TYPED.items()})
clicks = st.lists(
    st.tuples(st.booleans(), st.booleans(), st.lists(exams, max_size=3), st.randoms()), min_size=2, max_size=5
)
"""Of each click: whether the good rows may go alone, whether results are kept, rows added, how rows move."""


@pytest.fixture(scope="module")
def priced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_ledger(tmp_path_factory.mktemp("priced") / "ledger", PRICED).folder


def written(reply: dict[str, Any]) -> dict[int, str]:
    """Return the text written beside each row."""
    found: dict[int, str] = {}
    for edit in reply["edits"]:
        first = cell_addresses.bounds(edit["range"])[1]
        found |= {row: text for row, (text,) in enumerate(edit["values"] or [], first)}
    return found


@settings(max_examples=25)
@given(st.lists(exams, min_size=1, max_size=8), clicks)
def test_however_often_a_sheet_is_pressed_each_code_of_an_exam_is_billed_once(
    priced: Path, sheet: list[dict[str, Cell]], pressings: list[tuple[bool, bool, list[dict[str, Cell]], Any]]
) -> None:
    with TemporaryDirectory() as room:
        ledger = Ledger(shutil.copytree(priced, Path(room, "ledger")), a_clock)
        sheet = [dict(row) for row in sheet]
        for alone, keeps_results, more, order in pressings:
            inputs = {"apply": "good-rows"} if alone else {}
            columns = exam_columns(sheet, HEADINGS)
            reply = pressed(
                ledger, "invoices.create", a_click(sheets=[{"name": "X", "columns": columns}], inputs=inputs)
            )
            beside = written(reply)
            nothing_is_lost(reply["figures"], sheet, beside)
            nothing_is_billed_twice(ledger)
            if keeps_results:
                for row, text in beside.items():
                    sheet[row - 2]["Result"] = text
            sheet += [dict(row) for row in more]
            order.shuffle(sheet)
        ledger.close()


def nothing_is_lost(figures: dict[str, Any], sheet: list[dict[str, Cell]], beside: dict[int, str]) -> None:
    filled = [
        row
        for row, cells in enumerate(sheet, 2)
        if any(cells.get(title) is not None for title in EXAMS.titles)
    ]
    fates = [figures[name] for name in ("rows_created", "already", "blocked", "left")]
    assert figures["rows_in"] == sum(fates) == len(filled)
    for row in filled:
        assert row in beside or str(sheet[row - 2].get("Result")).startswith("INV-")


def nothing_is_billed_twice(ledger: Ledger) -> None:
    with ledger.clinic("lakeside").reading() as books:
        invoices = books.invoices.find()
    billed = Counter((key_of(one.facts), line.code) for one in invoices for line in one.lines)
    assert not [key for key, times in billed.items() if times > 1]

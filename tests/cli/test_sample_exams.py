"""The sample exams: typed anyhow, and every one of them can be billed."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from server.billing.clinics import Setup
from server.billing.invoices.exams import draft_invoices
from server.billing.invoices.prices import PriceList
from server.demo.sample_clinics import cedar_hill, lakeside
from server.demo.sample_exams import exam_sheet
from server.sheets.invoices.exams import read_exams
from server.sheets.sample_log_workbook import write_sample_log
from tests.sheets.workbooks import sheets_of

MONTHS = [date(2026, month, 1) for month in (2, 7, 10)]
clinics = pytest.mark.parametrize("clinic", [lakeside, cedar_hill], ids=lambda one: one.__name__)


@clinics
@pytest.mark.parametrize(
    ("first", "exams"), [(MONTHS[0], 40), (MONTHS[1], 40), (MONTHS[2], 300)], ids=["feb", "jul", "oct-300"]
)
def test_every_exam_of_the_sample_becomes_an_invoice(
    clinic: Callable[[date], Setup], first: date, exams: int, tmp_path: Path
) -> None:
    setup = clinic(first)
    write_sample_log(exam_sheet(setup, first, exams), tmp_path / "exams.xlsx")

    sheet = read_exams(sheets_of((tmp_path / "exams.xlsx").read_bytes())[0])
    made, findings = draft_invoices(
        sheet.exams, PriceList(setup.prices, setup.exam_types), date(2026, 11, 20)
    )

    assert (len(made), findings, sheet.unreadable) == (exams, [], {})
    assert len(sheet.rows) > exams


@clinics
def test_the_same_month_is_the_same_sheet(clinic: Callable[[date], Setup]) -> None:
    assert exam_sheet(clinic(MONTHS[0]), MONTHS[0]) == exam_sheet(clinic(MONTHS[0]), MONTHS[0])


def test_the_sample_is_as_messy_as_what_people_type(tmp_path: Path) -> None:
    write_sample_log(exam_sheet(cedar_hill(MONTHS[2]), MONTHS[2]), tmp_path / "exams.xlsx")
    sheet = load_workbook(tmp_path / "exams.xlsx").worksheets[0]
    days = {type(cell.value) for cell in sheet["A"][4:]}
    assert len(days) == 2, "dates, and dates as text"
    assert any(row.hidden for row in sheet.row_dimensions.values())

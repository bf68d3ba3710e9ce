"""300 exams become invoices in the simulated Excel, and live a year of offers, cheques, bounces and reopenings."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from playwright.sync_api import Browser, expect

from server.cli.service import passing_service
from server.settings import Settings
from tests.browser.conftest import windows
from tests.browser.excel import PATIENCE_MS, Excel, running_stage
from tests.end_to_end.clerk import Clerk, Key, Paper
from tests.end_to_end.conftest import Biller
from tests.end_to_end.exam_room import LICENCE, QUINCE, exams, exams_book, priced_setup
from tests.end_to_end.ledger_room import TYPED, InvoicesSheet, Shown, on_paper
from tests.end_to_end.lives import WEEKS, Typed, Typist, lives

DAY_ZERO = date(1899, 12, 30)
HOW_MANY = 300


@pytest.fixture(name="excel")
def excel_with_exams(browser: Browser, tmp_path: Path) -> Iterator[Excel]:
    """Return the simulated Excel with a workbook of 300 exams, which belongs to a clinic with prices."""
    workbook = exams_book(exams(HOW_MANY), tmp_path / "exams.xlsx")
    priced_setup().save(tmp_path / "setup.xlsx")
    with passing_service(Settings(path=tmp_path / "ledger", workers=0)) as url:
        biller = Biller(url, tmp_path / "ledger", tmp_path)
        biller.press("clinic.save", tmp_path / "setup.xlsx", *LICENCE)
        biller.press("clinic.choose", workbook, *QUINCE)
    with running_stage(tmp_path / "ledger", workbook) as stage, windows(browser) as open_window:
        yield open_window(stage)


def put(excel: Excel, sheet: Mapping[Key, int], rows: Mapping[Key, Typed]) -> None:
    """Type rows as a biller who pastes: all cells of a row at once, the others emptied."""
    cells = [
        [place, [_cell(rows.get(key, {}).get(heading)) for heading in TYPED]] for key, place in sheet.items()
    ]
    excel.office(
        f"const rows = {json.dumps(cells)};"
        """await Excel.run(async (context) => {
          const sheet = context.workbook.worksheets.getItem("Invoices");
          for (const [row, cells] of rows) sheet.getRange(`O${row}:W${row}`).values = [cells];
          await context.sync();
        });"""
    )


def _cell(typed: object) -> object:
    if isinstance(typed, date):
        return (typed - DAY_ZERO).days
    return str(typed) if isinstance(typed, Decimal) else typed or ""


def shown(excel: Excel, path: Path) -> dict[Key, Shown]:
    """Return what the Invoices sheet says of each invoice, in the order of its rows."""
    excel.saved().save(path)
    return InvoicesSheet(path).shown()


def test_a_year_of_300_invoices_in_the_simulated_excel(excel: Excel, tmp_path: Path) -> None:
    year = exams(HOW_MANY)
    clerk = Clerk({exam.key: Paper(exam.billed, exam.payer) for exam in year})
    excel.press("invoices.create")
    expect(excel.result).to_contain_text("300 invoices")
    excel.press("invoices.open")
    places = {key: place for place, key in enumerate(shown(excel, tmp_path / "saved.xlsx"), 2)}

    typist, acts = Typist(), lives(HOW_MANY)
    for typist.week in range(WEEKS):
        typed = {
            exam.key: typist.type(place, acts[place][typist.week], clerk.papers[exam.key])
            for place, exam in enumerate(year)
            if typist.week < len(acts[place])
        }
        rows = {key: row for key, row in typed.items() if row}
        put(excel, places, rows)
        import time

        t = time.time()
        excel.press("invoices.update")
        print(typist.week, len(rows), time.time() - t, excel.result.first.inner_text()[:300])
        if clerk.work(rows):
            clerk.work(rows, good_rows=True)
            excel.pane.get_by_text("and leave the rest as typed").click()
            excel.pane.get_by_role("button", name="Continue").click()
            expect(excel.result).to_contain_text("recorded:", timeout=PATIENCE_MS)
            excel.settled()
            print(excel.result.first.inner_text()[:300])
    assert shown(excel, tmp_path / "saved.xlsx") == on_paper(clerk.papers)

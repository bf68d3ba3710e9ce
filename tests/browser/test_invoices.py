"""Exams become invoices in the simulated Excel, and live through offers, cheques, bounces and reopenings."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from playwright.sync_api import Browser, expect

from server.cli.service import temporary_service
from server.settings import Settings
from tests.browser.conftest import windows
from tests.browser.excel import PATIENCE_MS, Excel, running_stage
from tests.end_to_end.clerk import Clerk, Key, Paper
from tests.end_to_end.conftest import Biller
from tests.end_to_end.exam_room import LICENSE, exams, exams_book, priced_setup
from tests.end_to_end.ledger_room import SHEET, TYPED, InvoicesSheet, Shown, on_paper
from tests.end_to_end.lives import WEEKS, Typed, Typist, lives

HOW_MANY = 300
DAY_ZERO = date(1899, 12, 30)

Open = Callable[[int], Excel]


@pytest.fixture(name="exams_in_front")
def excel_with_exams(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Return how to open the simulated Excel with a workbook of so many exams, of a clinic with prices."""
    workbook = tmp_path / "exams.xlsx"
    priced_setup().save(tmp_path / "setup.xlsx")
    with temporary_service(Settings(path=tmp_path / "ledger", workers=0)) as url:
        Biller(url, tmp_path / "ledger", tmp_path).press("clinic.save", tmp_path / "setup.xlsx", *LICENSE)

    def opened(how_many: int) -> Excel:
        exams_book(exams(how_many), workbook)
        return open_window(stage)

    with running_stage(tmp_path / "ledger", workbook) as stage, windows(browser) as open_window:
        yield opened


def shown(excel: Excel, folder: Path) -> dict[Key, Shown]:
    """Return what the Invoices sheet says of each invoice, in the order of its rows."""
    excel.saved().save(folder / "saved.xlsx")
    return InvoicesSheet(folder / "saved.xlsx").shown()


def letters(folder: Path) -> dict[str, str]:
    """Return the letters of each heading's column in the Invoices sheet that ``shown`` saved."""
    headings = next(load_workbook(folder / "saved.xlsx")[SHEET].values)
    return {str(heading): get_column_letter(place) for place, heading in enumerate(headings, 1)}


def paste(excel: Excel, columns: Sequence[str], places: Mapping[Key, int], rows: Mapping[Key, Typed]) -> None:
    """Fill in the typing columns of every row at once, empty where nothing is typed."""
    cells = [
        [place, [_pasted(rows.get(key, {}).get(name)) for name in TYPED]] for key, place in places.items()
    ]
    excel.office(
        f"const rows = {json.dumps(cells)}, columns = {json.dumps(columns)};"
        """await Excel.run(async (context) => {
          const sheet = context.workbook.worksheets.getItem("Invoices");
          for (const [row, cells] of rows) {
            cells.forEach((cell, place) => { sheet.getRange(`${columns[place]}${row}`).values = [[cell]]; });
          }
          await context.sync();
        });"""
    )


def _pasted(cell: object) -> object:
    if isinstance(cell, date):
        return (cell - DAY_ZERO).days
    return str(cell) if isinstance(cell, Decimal) else cell or ""


def leave_the_rest(excel: Excel) -> None:
    """Answer that the good rows are to be recorded without the others."""
    excel.agree()
    expect(excel.result).to_contain_text("stay as typed", timeout=PATIENCE_MS)


def confirm(excel: Excel, button: str) -> None:
    """Press a button, and agree to all that it shows first, if it shows anything."""
    excel.press(button)
    expect(excel.result.or_(excel.decisions.first).first).to_be_visible(timeout=PATIENCE_MS)
    if excel.decisions.count():
        excel.agree()


def test_300_exams_live_their_year_and_the_clerk_agrees_on_every_cent(
    exams_in_front: Open, tmp_path: Path
) -> None:
    excel, year = exams_in_front(HOW_MANY), exams(HOW_MANY)
    clerk = Clerk({exam.key: Paper(exam.billed, exam.payer) for exam in year})
    confirm(excel, "invoices.create")
    excel.press("invoices.open")
    born = shown(excel, tmp_path)
    places = {key: place for place, key in enumerate(born, 2)}
    columns = [letters(tmp_path)[heading] for heading in TYPED]

    typist, acts = Typist(), lives(HOW_MANY)
    for typist.week in range(WEEKS):
        rows = typist.rows(year, acts, clerk.papers)
        paste(excel, columns, places, rows)
        excel.press("invoices.update")
        refused = clerk.work(rows)
        if refused:
            told = f"Nothing is recorded: {len(refused)} of {len(rows)} rows with an Action"
            expect(excel.result).to_contain_text(told)
            clerk.work(rows, good_rows=True)
            leave_the_rest(excel)
        else:
            if excel.decisions.count():
                excel.agree()
            for action, count in Counter(row["Action"] for row in rows.values()).items():
                expect(excel.result).to_contain_text(f"{count} {action}")

    assert born == on_paper({exam.key: Paper(exam.billed, exam.payer) for exam in year})
    assert shown(excel, tmp_path) == on_paper(clerk.papers)


def test_one_invoice_typed_by_hand_is_paid_bounced_and_paid_again(
    exams_in_front: Open, tmp_path: Path
) -> None:
    excel, (exam,) = exams_in_front(1), exams(1)
    confirm(excel, "invoices.create")
    excel.press("invoices.open")

    shown(excel, tmp_path)
    columns = letters(tmp_path)

    def done(action: str, state: str, **typed: str) -> None:
        for heading, text in {"Action": action, **typed}.items():
            excel.select(f"{columns[heading.replace('_', ' ')]}2")
            excel.type(text)
        excel.press("invoices.update")
        expect(excel.result).to_contain_text(f"1 row recorded: 1 {action}.")
        excel.select(f"{columns['State']}2")
        expect(excel.page.get_by_label("Formula bar")).to_have_value(state)

    def cheque(number: str) -> None:
        done(
            "record cheque", "Cheque received", Amount=f"{exam.billed}", Cheque_number=number,
            Cheque_date="7/7/2025", Received_date="7/10/2025", Paying_party="Thistle Casualty",
            Note="Copy in the folder",
        )  # fmt: skip

    done("send", "Pending reduction", Date="7/1/2025", Paying_party="Thistle Casualty")
    done("agree", "Pending cheque", Amount=f"{exam.billed}", Date="7/3/2025", Note="In full, by letter")
    cheque("00123")
    done("bounce", "Pending cheque", Date="7/14/2025")
    cheque("00124")
    done("clear", "Paid", Date="7/21/2025")
    done("reopen", "Cheque received", Note="The wrong day")
    done("clear", "Paid", Date="7/22/2025")

    (found,) = shown(excel, tmp_path).values()
    assert found == ("paid", exam.billed, exam.billed, exam.billed, Decimal(0), 9)

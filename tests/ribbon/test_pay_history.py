"""The last period, the year to date and the pay date on the sheets and the papers of a run."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook

from server.billing.clinics import CountsAs, MissedPay, MissedVisitRule
from server.errors import ImplausiblePeriod
from server.ledger.store import Ledger
from server.sheets.payroll.pay_runs_sheet import RUNS
from server.sheets.sheet import Cell
from tests.invented import LAKESIDE, a_row
from tests.papers.reading import text_of
from tests.ribbon.clicks import a_click, a_ledger, confirmed, pressed, summary_sheet, visits, with_agreement
from tests.sheets.workbooks import rows_of

SETUP = replace(
    LAKESIDE,
    clinic=replace(LAKESIDE.clinic, address="12 Invented Street; Sample Falls, OH 00000", days_to_pay_date=5),
    missed_visits=(MissedVisitRule("*", "*", CountsAs.NO_SHOW, MissedPay.FLAT, 2_500, date(2026, 1, 1)),),
)
MISSED = a_row(id="N-1", date="2026-10-09", status="No show")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = a_ledger(tmp_path, SETUP)
    yield ledger
    ledger.close()


def generated(
    ledger: Ledger, *days: int, month: int, missed: Sequence[tuple[Cell, ...]] = (), **inputs: str
) -> tuple[dict[str, Any], Workbook]:
    """Generate a month; return the Payroll Summary as the add-in would send it, and the workbook."""
    reply = pressed(
        ledger, "payroll.generate", a_click([*missed, *visits(*days, month=month)], inputs=inputs)
    )
    content = ledger.outputs.read(reply["output"]["id"]).data
    return summary_sheet(ledger, reply), load_workbook(BytesIO(content))


def approved(ledger: Ledger, *days: int, month: int) -> dict[str, Any]:
    summary, _ = generated(ledger, *days, month=month)
    confirmed(ledger, "payroll.close", a_click(visits(*days, month=month), sheets=[summary]))
    return summary


def of_jane(book: Workbook) -> list[object]:
    """Return the figures in Jane's row of the summary."""
    return next([*row[3:]] for row in rows_of(book["Payroll Summary"]) if row[0] == "Jane Roe")


def test_the_summary_has_this_period_beside_the_last_approved_one(ledger: Ledger) -> None:
    approved(ledger, 3, 4, month=8)
    approved(ledger, 3, 4, 5, month=9)

    _, book = generated(ledger, 5, 6, month=10)

    assert of_jane(book) == [2, 0, 100, 3, 150, -50, "–", -50, "–", 350]
    heads = [cell for row in rows_of(book["Payroll Summary"]) for cell in row]
    assert {"Sep 1–30, 2026", "Why the pay differs", "Year to date"} <= set(heads)


def test_a_draft_and_a_voided_run_count_for_nothing(ledger: Ledger) -> None:
    approved(ledger, 3, month=8)
    voided = approved(ledger, 3, 4, 5, month=9)
    confirmed(ledger, "payroll.void", a_click(sheets=[voided], inputs={"reason": "wrong rates"}))
    generated(ledger, 3, 4, month=9)

    _, book = generated(ledger, 5, 6, month=10)

    assert of_jane(book) == [2, 0, 100, 1, 50, 50, "–", 50, "–", 150]


def test_without_an_approved_run_there_is_the_year_to_date_alone(ledger: Ledger) -> None:
    _, book = generated(ledger, 5, 6, month=10)
    assert of_jane(book) == [2, 0, 100, 100]
    for name in ("Payroll Summary", "Jane Roe"):
        cells = [cell for row in rows_of(book[name]) for cell in row]
        assert "Why the pay differs" not in cells, "there is nothing to differ from"


def test_a_statement_without_a_last_period_has_no_reason_why_pay_differs(ledger: Ledger) -> None:
    summary, _ = generated(ledger, 5, 6, month=10)
    reply = pressed(ledger, "payroll.statements", a_click(sheets=[summary]))
    archive = ZipFile(BytesIO(ledger.outputs.read(reply["file"]["id"]).data))
    file = load_workbook(BytesIO(archive.read("2026-10 Jane Roe.xlsx"))).worksheets[0]
    in_file = {cell for row in rows_of(file) for cell in row}
    assert {"Year", "What it adds up"} <= in_file
    pdf = text_of(archive.read("2026-10 Jane Roe.pdf"))
    assert "What it adds up".casefold() in pdf.casefold()
    assert "Why the pay differs" not in in_file
    assert "Why the pay differs".casefold() not in pdf.casefold()


def test_the_pay_date_is_that_of_the_setup_or_of_the_click_and_stays(ledger: Ledger) -> None:
    _, book = generated(ledger, 5, month=10)
    assert book["Payroll Summary"]["A2"].value == "Payroll · Oct 1–31, 2026 · Pay date 11/05/2026"
    days = visits(5, month=10)
    summary, book = generated(ledger, 5, month=10, pay_date="2026-11-06")
    assert "Pay date 11/06/2026" in str(book["Payroll Summary"]["A2"].value)
    confirmed(ledger, "payroll.close", a_click(days, sheets=[summary]))
    with ledger.clinic("lakeside").transaction() as books:
        books.save_setup(replace(SETUP, clinic=replace(SETUP.clinic, days_to_pay_date=None)), "tests")
        assert [run.pay_date for run in books.runs()] == [date(2026, 11, 6)]
    reply = pressed(ledger, "payroll.history", a_click())
    book = load_workbook(BytesIO(ledger.outputs.read(reply["output"]["id"]).data))
    (row,) = rows_of(book["Pay Runs"])[1:]
    assert str(row[RUNS.titles.index("Pay date")])[:10] == "2026-11-06"
    _, book = generated(ledger, 3, month=9)
    assert book["Payroll Summary"]["A2"].value == "Payroll · Sep 1–30, 2026"


@pytest.mark.parametrize("day", ["2025-11-06", "2026-09-30", "2027-11-06"])
def test_a_pay_date_far_from_the_period_is_refused(ledger: Ledger, day: str) -> None:
    with pytest.raises(ImplausiblePeriod, match="does not belong to the pay period Oct 1–31, 2026"):
        generated(ledger, 5, month=10, pay_date=day)


def test_the_sheet_the_file_and_the_pdf_of_a_statement_say_the_same(ledger: Ledger) -> None:
    approved(ledger, 3, 4, 5, month=9)
    summary, book = generated(ledger, 5, 6, month=10, missed=[MISSED])
    reply = pressed(ledger, "payroll.statements", a_click(sheets=[summary]))
    archive = ZipFile(BytesIO(ledger.outputs.read(reply["file"]["id"]).data))
    pdf = text_of(archive.read("2026-10 Jane Roe.pdf"))
    file = load_workbook(BytesIO(archive.read("2026-10 Jane Roe.xlsx"))).worksheets[0]
    sheet = book["Jane Roe"]

    on_sheet, in_file = (rows_of(one) for one in (sheet, file))
    top = next(place for place, row in enumerate(on_sheet) if row[0] == "By service and rate")
    skipped = {2}  # the state: a sheet says more of a draft than a file
    assert [row for place, row in enumerate(on_sheet[:top]) if place not in skipped] == [
        row for place, row in enumerate(in_file[:top]) if place not in skipped
    ]
    assert [row[0] for row in on_sheet[top:] if row[0]] == [row[0] for row in in_file[top:] if row[0]]
    words = {cell for row in on_sheet[:top] for cell in row if isinstance(cell, str)}
    for word in words - {on_sheet[0][0], on_sheet[1][0], on_sheet[1][5], on_sheet[2][0], on_sheet[3][0]}:
        assert word.casefold() in pdf.casefold(), word
    assert re.search(r"Difference -1 volume -\$25\.00 -\$25\.00", pdf)
    assert re.search(r"Year to date 2026 .* \$275\.00", pdf)
    assert sheet["F6"].value == datetime(2026, 11, 5)  # noqa: DTZ001 - as openpyxl reads a day


def test_the_statement_of_a_voided_run_is_read_beside_nothing(ledger: Ledger) -> None:
    approved(ledger, 3, month=9)
    summary = approved(ledger, 5, month=10)
    confirmed(ledger, "payroll.void", a_click(sheets=[summary], inputs={"reason": "wrong rates"}))
    reply = pressed(ledger, "payroll.statements", a_click(sheets=[summary], inputs={"format": "pdf"}))
    archive = ZipFile(BytesIO(ledger.outputs.read(reply["file"]["id"]).data))
    assert "Year to date" not in text_of(archive.read("2026-10 Jane Roe.pdf"))


def test_changed_days_to_the_pay_date_are_noticed_when_a_draft_is_approved(ledger: Ledger) -> None:
    days = visits(5, month=10)
    summary, _ = generated(ledger, 5, month=10)
    click = a_click(days, sheets=[summary])
    assert "$50.00, pay date 11/05/2026?" in pressed(ledger, "payroll.close", click)["asks"]["title"]
    with ledger.clinic("lakeside").transaction() as books:
        books.save_setup(replace(SETUP, clinic=replace(SETUP.clinic, days_to_pay_date=10)), "tests")

    reply = pressed(ledger, "payroll.close", click)

    assert "it would now be 11/10/2026, not 11/05/2026" in str(reply["asks"])
    assert [choice["value"] for choice in reply["asks"]["fields"][0]["choices"]] == ["generate", "approve"]


def test_an_answer_given_before_the_pay_date_changed_approves_nothing(ledger: Ledger) -> None:
    generated(ledger, 5, month=10)
    click = a_click(inputs={"run": "lakeside-2026-10-r1", "stale": "approve"})
    agreed = with_agreement(click, pressed(ledger, "payroll.close", click))
    with ledger.clinic("lakeside").transaction() as books:
        books.save_setup(replace(SETUP, clinic=replace(SETUP.clinic, days_to_pay_date=10)), "tests")

    reply = pressed(ledger, "payroll.close", agreed)

    assert "changed since you were asked. Nothing was approved." in reply["asks"]["title"]


def test_a_statement_has_nothing_of_an_earlier_person_of_the_same_name(ledger: Ledger) -> None:
    """Two IDs tell them apart; the summary shows both, and the clinic's year is the sum."""
    approved(ledger, 3, 4, 5, month=9)
    jane, *others = SETUP.providers
    with ledger.clinic("lakeside").transaction() as books:
        books.save_setup(replace(SETUP, providers=(replace(jane, provider_id="P9"), *others)), "tests")

    summary, book = generated(ledger, 5, month=10)
    reply = pressed(ledger, "payroll.statements", a_click(sheets=[summary], inputs={"format": "pdf"}))
    archive = ZipFile(BytesIO(ledger.outputs.read(reply["file"]["id"]).data))

    assert re.search(r"Year to date 2026 .* \$50\.00", text_of(archive.read("2026-10 Jane Roe.pdf")))
    years = {row[0]: row[-1] for row in rows_of(book["Payroll Summary"]) if row[0]}
    assert (years["Jane Roe"], years["Jane Roe (p1)"], years["Clinic total"]) == (50, 150, 200)

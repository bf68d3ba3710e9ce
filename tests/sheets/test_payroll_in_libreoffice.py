"""LibreOffice, which shares no code with us, opens the workbook and adds it up itself."""

import shutil
import subprocess
from pathlib import Path

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from server.sheets.payroll.payroll_workbook import write_payroll
from tests.sheets.invented import NAMES, PROVIDERS, SERVICES, a_run

OFFICE = shutil.which("soffice")

pytestmark = pytest.mark.skipif(
    OFFICE is None,
    reason="LibreOffice (soffice) is not installed, so nobody independent adds the workbook up",
)


def converted(*workbooks: Path) -> list[CalamineWorkbook]:
    """Return the workbooks as LibreOffice saves them, their formulas calculated."""
    folder = workbooks[0].parent
    command = [str(OFFICE), f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
    convert: list[str | Path] = ["--convert-to", "xlsx", "--outdir", folder / "out", *workbooks]
    subprocess.run([*command, *convert], check=True, capture_output=True, timeout=120)
    return [CalamineWorkbook.from_path(folder / "out" / workbook.name) for workbook in workbooks]


def test_the_summary_is_what_libreoffice_adds_up_from_the_lines(tmp_path: Path) -> None:
    run = a_run()
    ours, copy = tmp_path / "payroll.xlsx", tmp_path / "scratch.xlsx"
    ours.write_bytes(write_payroll(run, PROVIDERS))
    book = load_workbook(ours)
    scratch = book.create_sheet("Scratch")
    for column, service in enumerate(SERVICES, 2):
        scratch.cell(1, column, service)
    for row, name in enumerate(NAMES, 2):
        scratch.cell(row, 1, name).data_type = "s"
        for column in range(2, len(SERVICES) + 2):
            letter = scratch.cell(1, column).column_letter
            scratch.cell(row, column, f'=SUMIFS(Lines!N:N,Lines!D:D,"="&$A{row},Lines!E:E,"="&{letter}$1)')
    scratch.cell(9, 1, "=SUM(Lines!N:N)")
    book.save(copy)

    read, added_up = converted(ours, copy)
    sums = added_up.get_sheet_by_name("Scratch").to_python()
    shown = read.get_sheet_by_name("Pay by Service").to_python()
    start = next(place for place, row in enumerate(shown) if row[0] == "Pay by service and provider")
    names = shown[start + 1]
    pay = {row[0]: dict(zip(names, row, strict=True)) for row in shown[start + 2 : start + 2 + len(SERVICES)]}
    for provider, *amounts in sums[1 : len(NAMES) + 1]:
        for service, amount in zip(SERVICES, amounts, strict=False):
            assert amount == pytest.approx(pay[service][provider], abs=0.001)
    assert sums[8][0] == pytest.approx(run.paid_cents / 100, abs=0.001)
    headings, *visits = read.get_sheet_by_name("Lines").to_python()
    lines = [row[headings.index("Amount")] for row in visits]
    assert lines == [cents / 100 for cents in run.lines.amount_cents]

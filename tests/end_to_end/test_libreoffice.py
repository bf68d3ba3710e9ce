"""LibreOffice, which shares no code with us, adds our sheets up and writes the logs we read."""

import shutil
import subprocess
from pathlib import Path

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from tests.end_to_end.conftest import Biller
from tests.end_to_end.exports import calm_harbor
from tests.end_to_end.practice import a_month, owed
from tests.end_to_end.test_payroll import QUINCE

OFFICE = shutil.which("soffice")

pytestmark = pytest.mark.skipif(
    OFFICE is None, reason="LibreOffice (soffice) is not installed, so nobody independent adds up"
)


def converted(workbook: Path, kind: str) -> Path:
    """Return the workbook as LibreOffice saves it, every formula calculated."""
    folder = workbook.parent
    subprocess.run(
        [
            str(OFFICE), f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless",
            "--convert-to", kind, "--outdir", folder / "converted", workbook,
        ],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return folder / "converted" / f"{workbook.stem}.{kind}"


def test_an_xls_of_libreoffice_pays_what_libreoffice_adds_up_from_our_lines(biller: Biller) -> None:
    visits = a_month()
    xls = converted(calm_harbor(visits, biller.folder / "visits.xlsx"), "xls")

    payroll = Path(biller.press("payroll.generate", xls, *QUINCE)["saved_to"])

    book = load_workbook(payroll)
    sums = book.create_sheet("Sums")
    people = owed(visits)
    for row, person in enumerate(people, 1):
        sums.cell(row, 1, person)
        sums.cell(row, 2, f'=SUMIFS(Lines!N:N,Lines!D:D,"="&$A{row})')
    sums.cell(len(people) + 1, 2, "=SUM(Lines!N:N)")
    copy = payroll.with_name("added up.xlsx")
    book.save(copy)
    added_up = CalamineWorkbook.from_path(converted(copy, "xlsx")).get_sheet_by_name("Sums").to_python()
    cents = [round(amount * 100) for _, amount in added_up if isinstance(amount, float)]
    assert cents == [*people.values(), sum(people.values())]

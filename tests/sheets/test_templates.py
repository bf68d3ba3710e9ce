"""The workbooks staff start from are the ones the tables say."""

from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from server.sheets.tables import APPOINTMENTS, MARK, SETUP_SHEETS
from server.sheets.templates import FOLDER, templates
from tests.sheets.workbooks import rows_of


def parts(workbook: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(workbook)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize(("name", "workbook"), templates().items(), ids=list(templates()))
def test_the_committed_template_is_not_stale(name: str, workbook: bytes) -> None:
    stale = "stale: run `uv run python -m server.sheets.templates`"
    assert parts((FOLDER / name).read_bytes()) == parts(workbook), stale


def test_there_are_no_other_templates() -> None:
    assert {path.name for path in FOLDER.glob("*.xlsx")} == set(templates())


def test_the_setup_template_has_the_headings_the_reader_looks_for() -> None:
    book = load_workbook(FOLDER / "clinic-setup.xlsx")
    for table in SETUP_SHEETS:
        assert rows_of(book[table.name])[2][: len(table.titles)] == table.titles


def test_the_appointments_template_belongs_to_staff_and_is_never_replaced() -> None:
    sheet = load_workbook(FOLDER / "appointments.xlsx")[APPOINTMENTS.name]
    assert rows_of(sheet)[2] == APPOINTMENTS.titles
    assert MARK not in sheet.defined_names


def test_templates_stand_beside_the_code() -> None:
    assert Path(__file__).parents[2] == FOLDER.parent

"""The workbooks staff start from are the ones the tables say."""

from pathlib import Path

from openpyxl import load_workbook

from server.sheets.payments.payment_headings import find_columns
from server.sheets.sheet import Sheet
from server.sheets.tables import APPOINTMENTS, HOURS, MARK, PAYMENTS, SETUP_SHEETS
from server.sheets.workbook_templates import templates
from tests.sheets.workbooks import rows_of
from tools.build import TEMPLATES, built_files

FOLDER = Path(__file__).parents[2] / "workbook_templates"


def test_there_are_no_other_templates() -> None:
    built = {path.name for path in built_files() if path.parent == TEMPLATES}
    assert set(templates()) < built
    assert {path.name for path in FOLDER.glob("*.xlsx")} == built


def test_the_setup_template_has_the_headings_the_reader_looks_for() -> None:
    book = load_workbook(FOLDER / "clinic-setup.xlsx")
    for table in SETUP_SHEETS:
        assert rows_of(book[table.name])[2][: len(table.titles)] == table.titles


def test_the_appointments_template_belongs_to_staff_and_is_never_replaced() -> None:
    book = load_workbook(FOLDER / "appointments.xlsx")
    assert book.active == book[APPOINTMENTS.name]
    for table in (APPOINTMENTS, HOURS):
        assert rows_of(book[table.name])[2] == table.titles
        assert MARK not in book[table.name].defined_names


def test_the_payments_template_has_the_headings_of_a_payments_sheet() -> None:
    sheet = load_workbook(FOLDER / "payments.xlsx")[PAYMENTS.name]
    assert rows_of(sheet)[2] == PAYMENTS.titles
    columns = [[None, "help", title] for title in PAYMENTS.titles]
    assert not find_columns(Sheet(PAYMENTS.name, 1, 0, columns)).missing_titles


def test_the_log_of_the_sample_clinic_belongs_to_staff_and_its_setup_sheets_to_us() -> None:
    book = load_workbook(FOLDER / "sample-clinic.xlsx")
    assert MARK not in book[APPOINTMENTS.name].defined_names
    assert all(MARK in book[table.name].defined_names for table in SETUP_SHEETS)

"""The Invoices sheet: written, looked at as Excel would, and read back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from server.billing.clinics import Clinic
from server.billing.days import serial_of
from server.billing.invoices.invoice import Invoice
from server.billing.invoices.state_machine import dropdown_actions
from server.billing.people import Role
from server.sheets import cell_addresses
from server.sheets.invoices.invoices_sheet import in_order, write_invoices
from server.sheets.invoices.sheet_rows import read_invoices
from server.sheets.invoices.tables import INVOICES, ROW_KEY, ROW_VERSION
from server.sheets.tables import MARK
from server.sheets.xlsx.table_sheet import ARROW
from tests.invoices.invented import HISTORIES, MONDAY, TODAY, an_invoice
from tests.sheets.workbooks import rows_of, sheets_of

CLINIC = Clinic("lakeside", "Lakeside")
LITERAL_LIST = 255
"""Excel refuses a file with a longer list of words in a check."""


def placed(number: str, facility: str, created: date = MONDAY, history: str = "created") -> Invoice:
    invoice = an_invoice(history, number)
    return replace(invoice, facts=replace(invoice.facts, facility=facility, created=created))


def written(invoices: Sequence[Invoice], date_system: int = 1900) -> Worksheet:
    return load_workbook(BytesIO(write_invoices(CLINIC, invoices, TODAY, date_system))).worksheets[0]


def every() -> list[Invoice]:
    return [an_invoice(history, f"L-{number:02}") for number, history in enumerate(HISTORIES, 1)]


def checks(sheet: Worksheet) -> list[tuple[str, str, str]]:
    """Return the checks on typing: their cells, their kind, what they allow."""
    return [
        (str(one.sqref), str(one.type), str(one.formula1)) for one in sheet.data_validations.dataValidation
    ]


def test_the_headings_are_the_promised_ones_with_key_and_version_hidden_behind() -> None:
    sheet = written(every())
    assert rows_of(sheet)[0] == (*INVOICES.titles, ROW_KEY, ROW_VERSION)
    assert sheet.title == "Invoices"
    assert sheet.column_dimensions["AA"].hidden
    assert not sheet.column_dimensions["Z"].hidden


def test_a_row_says_where_its_invoice_stands() -> None:
    row = dict(zip(INVOICES.titles, rows_of(written([an_invoice("paid in part")]))[1], strict=False))
    assert row == dict.fromkeys(INVOICES.titles) | {
        "Invoice": "L-1", "Case": "C-1", "Patient": "Robin Sample", "Facility": "North",
        "Physician": "Dr. Example", "Payer": "Oak Mutual (invented)", "Exam date": datetime(2026, 10, 5),  # noqa: DTZ001
        "Created": datetime(2026, 10, 5), "Age": 46, "State": "Pending cheque", "Billed": 1000,  # noqa: DTZ001
        "Agreed": 800, "Collected": 300, "Balance": 500, "Unapplied": 0,
    }  # fmt: skip


def test_nothing_agreed_is_no_amount_rather_than_zero() -> None:
    assert rows_of(written([an_invoice("sent")]))[1][INVOICES.position("Agreed")] is None


def test_invoices_stand_by_facility_state_and_age_those_of_no_facility_last() -> None:
    old = MONDAY - timedelta(days=90)
    listed = in_order(
        [
            placed("1", ""),
            placed("2", "south"),
            placed("3", "North", history="paid"),
            placed("4", "North"),
            placed("5", "North", created=old),
            placed("6", "South", created=old),
        ]
    )
    assert [invoice.number for invoice in listed] == ["5", "4", "3", "6", "2", "1"]


def test_every_row_offers_its_own_open_actions_and_rows_alike_share_a_dropdown() -> None:
    invoices = in_order([*every(), *(an_invoice("sent", f"M-{n}") for n in range(50))])
    lists = [one for one in checks(written(invoices)) if one[0].startswith("F")]
    for row, invoice in enumerate(invoices, 2):
        (offered,) = [words for cells, _, words in lists if _holds(cells, row)]
        assert offered == f'"{",".join(dropdown_actions(invoice))}"'
        assert len(offered) <= LITERAL_LIST
    assert len(lists) == len({dropdown_actions(invoice) for invoice in invoices})


def _holds(cells: str, row: int) -> bool:
    areas = (area.replace("F", "").split(":") for area in cells.split())
    return any(int(area[0]) <= row <= int(area[-1]) for area in areas)


def test_excel_warns_of_odd_typing_and_never_forbids_it() -> None:
    sheet = written(every())
    assert {one.errorStyle for one in sheet.data_validations.dataValidation} == {"warning", None}
    assert {cells[0]: kind for cells, kind, _ in checks(sheet) if cells[0] not in {"F", "P"}} == {
        "G": "decimal", "I": "date", "J": "date", "L": "list", "M": "date",
    }  # fmt: skip


def test_it_is_one_table_that_is_sorted_with_its_keys() -> None:
    sheet = written(every())
    (table,) = sheet.tables.values()
    assert table.ref == f"A1:AB{len(every()) + 1}"
    assert sheet.freeze_panes == "F2"
    assert sheet.defined_names[MARK].attr_text == '"invoices"'


def test_ours_are_tinted_and_what_is_typed_is_white_text_kept_as_typed() -> None:
    sheet = written([an_invoice()])
    assert sheet["A2"].fill.fgColor.rgb == "00E8F0F2"
    assert sheet["H2"].fill.fgColor.rgb == "00FFFFFF"
    assert sheet["H2"].border.left.style == "dashed"
    assert sheet["H2"].number_format == "@"
    assert sheet["I2"].number_format == "mm/dd/yyyy"


def test_a_line_is_drawn_where_a_facility_begins_however_the_rows_are_sorted() -> None:
    rules = [
        rule.formula[0]
        for area in written(every()).conditional_formatting
        for rule in area.rules
        if "A2" in str(area.sqref)
    ]
    assert rules == ["$R2<>$R1"]


def test_cells_to_type_into_keep_their_box_where_a_facility_begins() -> None:
    (rule,) = [
        rule
        for area in written(every()).conditional_formatting
        for rule in area.rules
        if "F2" in str(area.sqref)
    ]
    border = rule.dxf.border
    assert (border.top.style, border.left.style, border.bottom.style) == ("thin", "dashed", "dashed")


def test_no_heading_lies_under_the_arrow_of_its_filter() -> None:
    sheet = written(every())
    for place, title in enumerate(INVOICES.titles):
        assert sheet.column_dimensions[cell_addresses.letter(place)].width >= len(title) + ARROW
    assert (sheet["G1"].alignment.horizontal, sheet["G1"].alignment.indent) == ("right", 2)


def test_it_prints_what_there_is_to_read_one_page_wide() -> None:
    sheet = written(every())
    assert sheet.print_area == f"'Invoices'!$P$1:$Z${len(every()) + 1}"
    assert sheet.print_title_cols == "$A:$E"
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth) == ("landscape", 1)


def test_what_is_typed_lies_beside_what_has_to_be_seen() -> None:
    """On a screen of 1366 points Excel shows about 1310 of cells, and a character takes 7 of them."""
    assert INVOICES.titles[:7] == ("Invoice", "Patient", "Payer", "State", "Balance", "Action", "Amount")
    sheet = written(every())
    shown = [
        "Invoice",
        "Patient",
        "Payer",
        "State",
        "Balance",
        "Action",
        "Amount",
        "Cheque number",
        "Cheque date",
    ]
    widths = [
        sheet.column_dimensions[cell_addresses.letter(INVOICES.position(title))].width for title in shown
    ]
    assert sum(7 * width + 5 for width in widths) <= 1310
    beside_the_pane = widths[:7]
    assert sum(7 * width + 5 for width in beside_the_pane) <= 960


def test_papers_are_counted_and_none_is_blank() -> None:
    sheet = load_workbook(
        BytesIO(
            write_invoices(
                CLINIC, [an_invoice(number="L-1"), an_invoice(number="L-2")], TODAY, 1900, {"L-2": 3}
            )
        )
    ).worksheets[0]
    counts = {row[0]: row[INVOICES.position("Papers")] for row in rows_of(sheet)[1:]}
    assert counts == {"L-1": None, "L-2": 3}


def test_no_invoice_at_all_still_makes_a_sheet() -> None:
    sheet = written([])
    assert rows_of(sheet)[1:] in ([], [(None,) * 28])
    assert not [cells for cells, _, _ in checks(sheet) if cells.startswith("F")]


@pytest.mark.parametrize("date_system", [1900, 1904])
def test_days_are_the_days_they_are_in_either_date_system(date_system: int) -> None:
    sheet = written([an_invoice()], date_system)
    assert sheet["T2"].value == datetime(2026, 10, 5)  # noqa: DTZ001
    earliest = {allowed for _, kind, allowed in checks(sheet) if kind == "date"}
    assert earliest == {str(serial_of(date(2000, 1, 1)) - (1462 if date_system == 1904 else 0))}


@pytest.mark.parametrize("text", ["=1+1", "+Lex & Sons <Law>", "-5", "@home", "_x0041_", "a\nb"])
def test_names_are_text_whatever_they_start_with(text: str) -> None:
    invoice = an_invoice()
    sheet = written([replace(invoice, facts=replace(invoice.facts, patient=text, payer=text))])
    assert (sheet["C2"].value, sheet["C2"].data_type) == (text, "s")


def test_what_is_written_is_read_back_as_nothing_to_send() -> None:
    sheet, _ = sheets_of(write_invoices(CLINIC, every(), TODAY, 1900))
    read = read_invoices(sheet, Role.BILLER)
    assert (read.usable, read.is_ours, read.findings, read.sent_rows) == (True, True, [], [])
    assert sorted(row.invoice for row in read.rows) == [invoice.number for invoice in every()]


def test_our_sheet_is_known_as_ours_without_a_row_in_it() -> None:
    sheet, _ = sheets_of(write_invoices(CLINIC, [], TODAY, 1900))
    assert read_invoices(sheet, Role.BILLER).is_ours

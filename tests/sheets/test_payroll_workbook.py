"""The payroll workbook, read back by programs other than the one that wrote it."""

from dataclasses import replace
from datetime import datetime
from io import BytesIO
from zipfile import ZipFile

import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from server.billing.clinics import Clinic
from server.billing.payroll.pay_run import Outcome
from server.billing.payroll.run_columns import PaidLines, UnpaidRows
from server.billing.payroll.state_lines import DRAFT_LINE
from server.sheets.payroll.payroll_workbook import sheet_names, write_payroll
from server.sheets.payroll.tables import (
    ADJUSTMENTS,
    EXCLUDED,
    FINDINGS,
    ITEMS_PAID,
    LINES,
    PAY_BY_SERVICE_NAME,
    PAYMENTS_RECEIVED,
    PAYROLL_SHEETS,
    PLANS_PAID,
    RATES_USED,
)
from server.sheets.tables import MARK
from tests.sheets.invented import NAMES, PROVIDERS, SERVICES, a_run, finished
from tests.sheets.workbooks import rows_of

RUN = a_run()
BYTES = write_payroll(RUN, PROVIDERS)
ONLY_IF_ANY = {ADJUSTMENTS.name, PLANS_PAID.name, ITEMS_PAID.name, PAYMENTS_RECEIVED.name}
FIXED = [name for name in PAYROLL_SHEETS if name not in ONLY_IF_ANY]
"""The sheets of a payroll without adjustments."""
LISTS = (LINES, EXCLUDED, FINDINGS, RATES_USED)


@pytest.fixture(scope="module")
def book() -> Workbook:
    return load_workbook(BytesIO(BYTES))


def statement(book: Workbook, provider: str) -> Worksheet:
    """Return the statement titled with a provider's name."""
    return next(sheet for sheet in book.worksheets[2:] if sheet["A1"].value == provider)


def visits(sheet: Worksheet) -> list[tuple[object, ...]]:
    """Return the visits of a statement."""
    rows = rows_of(sheet)
    start = next(place for place, row in enumerate(rows) if row[:2] == ("Service", "Date"))
    stop = next(place for place, row in enumerate(rows[start:], start) if row[0] == "Total")
    return rows[start + 1 : stop]


def test_the_sheets_come_in_the_order_a_bookkeeper_reads_them(book: Workbook) -> None:
    assert book.sheetnames[:2] == list(PAYROLL_SHEETS[:2])
    assert book.sheetnames[-5:] == FIXED[2:]
    assert len(book.sheetnames) == len(FIXED) + len(NAMES)
    assert sheet_names(BYTES) == book.sheetnames


def test_the_same_run_is_the_same_bytes() -> None:
    assert write_payroll(a_run(), PROVIDERS) == BYTES


def test_the_file_says_nothing_of_the_day_or_the_computer() -> None:
    with ZipFile(BytesIO(BYTES)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
        assert archive.testzip() is None
    assert "2000-01-01" in core
    assert "modified" not in core


def test_every_paid_row_stands_on_lines_with_the_rate_it_cites(book: Workbook) -> None:
    sheet = book[LINES.name]
    width = len(LINES.titles)
    assert tuple(cell.value for cell in sheet[1]) == (*LINES.titles, None, DRAFT_LINE)
    for row, (_, line) in zip(rows_of(sheet)[1:], RUN.lines.frame().iterrows(), strict=True):
        used = RUN.rates_used[line["rate"]]
        cells = dict(zip(LINES.titles, row[:width], strict=True))
        assert row[width:] == (None, None)
        assert cells["Source row"] == line["row"]
        assert cells["Amount"] == line["amount_cents"] / 100
        assert cells["Units"] == line["units"] / 1000
        assert cells["Pay basis"] == used.basis
        assert cells["Rate"] == used.amount / (1_000_000 if used.is_share else 100)
        assert isinstance(cells["Date of service"], datetime)
        assert isinstance(cells["Rate effective from"], datetime)


def test_calamine_reads_the_same_lines() -> None:
    rows = CalamineWorkbook.from_filelike(BytesIO(BYTES)).get_sheet_by_name(LINES.name).to_python()
    amounts = [row[LINES.titles.index("Amount")] for row in rows[1:]]
    assert amounts == [cents / 100 for cents in RUN.lines.amount_cents]


def test_pay_by_service_adds_up_by_service_and_by_provider(book: Workbook) -> None:
    rows = rows_of(book[PAY_BY_SERVICE_NAME])
    start = next(place for place, row in enumerate(rows) if row[0] == "Pay by service and provider")
    names = [name for name in rows[start + 1][1:] if name]
    pay = RUN.lines.frame().groupby(["provider", "service"], observed=False)["amount_cents"].sum().to_dict()
    assert names == [*sorted(NAMES, key=str.casefold), "Total"]
    for row in rows[start + 2 : start + 2 + len(SERVICES)]:
        service, *cells = row[: len(names) + 1]
        cents = [pay[name, service] for name in names[:-1]]
        assert cells == [amount / 100 for amount in (*cents, sum(cents))]
    assert rows[start + 2 + len(SERVICES)][len(names)] == RUN.paid_cents / 100


@pytest.mark.parametrize("name", NAMES)
def test_a_statement_holds_all_visits_of_its_provider_and_nobody_elses(book: Workbook, name: str) -> None:
    mine = RUN.lines.frame()[RUN.lines.provider == name].sort_values(["day", "row"])
    shown = visits(statement(book, name))
    assert [row[4] for row in shown] == mine["appointment"].tolist()
    assert [row[5] for row in shown] == [cents / 100 for cents in mine["amount_cents"]]
    text = " ".join(str(cell) for row in rows_of(statement(book, name)) for cell in row)
    assert not [other for other in NAMES if other != name and other in text]


def test_a_statement_says_each_rate_in_words_and_counts_what_the_rate_counts(book: Workbook) -> None:
    rows = [row for name in NAMES for row in visits(statement(book, name))]
    for basis in ("per session", "per unit", "per hour", "% of charge", "% of collected"):
        assert any(str(row[3]).endswith(basis) for row in rows)
    assert {row[2] for row in rows if "session" in str(row[3])} == {1}


def test_draft_says_how_many_rows_wait_and_then_that_it_is_not_approved(book: Workbook) -> None:
    assert RUN.count(Outcome.BLOCKED) == 6
    assert str(book.worksheets[0]["A3"].value).startswith("DRAFT – 6 rows need attention")
    assert str(statement(book, NAMES[0])["A3"].value).startswith("DRAFT")
    calm = a_run(unpaid=0)
    after = load_workbook(BytesIO(write_payroll(calm, PROVIDERS)))
    assert str(after.worksheets[0]["A3"].value) == f"{DRAFT_LINE}. 2 items to review on {FINDINGS.name}."
    assert str(statement(after, NAMES[0])["A3"].value) == DRAFT_LINE


def test_the_long_sheets_are_real_tables_with_filters(book: Workbook) -> None:
    for table in LISTS:
        sheet = book[table.name]
        (made,) = sheet.tables.values()
        top = 4 if table is FINDINGS else 1
        assert made.ref == f"A{top}:{get_column_letter(len(table.titles))}{sheet.max_row}"
        assert made.autoFilter.ref == made.ref
        assert tuple(column.name for column in made.tableColumns) == table.titles
        assert sheet.freeze_panes == f"A{top + 1}"


def test_every_sheet_is_marked_and_ready_to_print(book: Workbook) -> None:
    for sheet in book.worksheets:
        assert sheet.defined_names[MARK].attr_text == '"payroll"'
        assert sheet.defined_names[MARK].hidden
        assert sheet.page_setup.fitToWidth == 1
        assert sheet.sheet_properties.pageSetUpPr == PageSetupProperties(fitToPage=True)
        assert "&P" in str(sheet.HeaderFooter.oddFooter)


def test_the_statements_repeat_the_visits_headings_on_every_page(book: Workbook) -> None:
    for name in NAMES:
        sheet = statement(book, name)
        row = int(str(sheet.print_title_rows).split(":")[0].strip("$"))
        assert [sheet.cell(row, 1).value, sheet.cell(row + 1, 1).value] == ["Visits", "Service"]
        assert str(sheet.cell(row, 4).value).startswith("DRAFT")
        assert sheet.page_setup.orientation == "portrait"


def test_there_is_nothing_excel_on_the_web_refuses() -> None:
    with ZipFile(BytesIO(BYTES)) as archive:
        parts = " ".join(archive.namelist())
        for sheet in (name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")):
            assert b"<f>" not in archive.read(sheet)
    for forbidden in ("chart", "comment", "pivot", "slicer", "externalLink", "vba"):
        assert forbidden not in parts


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@cmd", "a\x00b\x0bc", "x\ud800y", "_x0041_", "<&>\"'", " a ", "é🙂"]
)
def test_text_from_a_log_stays_text_and_never_damages_the_file(text: str) -> None:
    run = a_run(3, unpaid=2)
    run = replace(run, unpaid=UnpaidRows.of_frame(run.unpaid.frame().assign(provider=text, status=text)))
    read = CalamineWorkbook.from_filelike(BytesIO(write_payroll(run, PROVIDERS)))
    shown = read.get_sheet_by_name(EXCLUDED.name).to_python()[1][3]
    expected = "".join("\N{REPLACEMENT CHARACTER}" if c in "\x00\x0b\ud800" else c for c in text)
    assert shown in {expected, expected.replace("_x", "_x005F_x")}
    load_workbook(BytesIO(write_payroll(run, PROVIDERS)))


def test_names_excel_refuses_as_sheet_names_still_get_a_sheet_each() -> None:
    names = [
        "Lines",
        "lines",
        "A/B: [C]?*",
        "x" * 40,
        "x" * 41,
        "'quoted'",
        "History",
        "???",
        "🙂" * 20,
        "Ann & Co",
    ]
    book = load_workbook(BytesIO(write_payroll(a_run(200, names), ())))
    titles = book.sheetnames[2:-5]
    assert len({title.casefold() for title in book.sheetnames}) == len(book.sheetnames)
    assert sorted(str(book[title]["A1"].value) for title in titles) == sorted(names)
    assert all(len(title.encode("utf-16-le")) // 2 <= 31 for title in titles)


def test_a_run_that_pays_nobody_still_makes_a_workbook() -> None:
    run = a_run(5, unpaid=4)
    empty = finished(run.lines.frame().iloc[:0], run.rates_used, run.unpaid.frame())
    book = load_workbook(BytesIO(write_payroll(empty, PROVIDERS)))
    assert book.sheetnames == FIXED
    assert book[LINES.name].tables["LedgerLines"].ref == "A1:N2"
    nothing = replace(empty, unpaid=UnpaidRows.of_frame(run.unpaid.frame().iloc[:0]), findings=())
    assert load_workbook(BytesIO(write_payroll(nothing, ()))).sheetnames == FIXED


def test_lost_cents_never_leave_the_house() -> None:
    with pytest.raises(ArithmeticError):
        write_payroll(replace(RUN, rates_used=RUN.rates_used[:-1]), PROVIDERS)


def test_a_very_long_clinic_name_with_ampersands_keeps_the_page_header_readable_by_excel() -> None:
    run = replace(RUN, clinic=Clinic("long", "A & B " * 60))
    book = load_workbook(BytesIO(write_payroll(run, PROVIDERS)))
    for sheet in book.worksheets:
        assert 0 < len(str(sheet.HeaderFooter.oddHeader)) <= 255


def test_rows_are_numbered_without_a_gap_across_the_writers_chunks() -> None:
    run = a_run(20_000, unpaid=0)
    rows = CalamineWorkbook.from_filelike(BytesIO(write_payroll(run, PROVIDERS))).get_sheet_by_name(
        LINES.name
    )
    assert [row[0] for row in rows.to_python()[1:]] == run.lines.row.tolist()


def test_missing_quantities_are_blank_not_zero() -> None:
    run = a_run(40, unpaid=0)
    session = [number for number, rate in enumerate(run.rates_used) if rate.basis == "per session"]
    lines = run.lines.frame().copy()
    lines.loc[lines["rate"].isin(session), ["units", "minutes", "charge_cents"]] = pd.NA
    book = load_workbook(BytesIO(write_payroll(replace(run, lines=PaidLines.of_frame(lines)), PROVIDERS)))
    rows = [row for row in rows_of(book[LINES.name])[1:] if row[10] == "per session"]
    assert rows
    assert {row[6:9] for row in rows} == {(None, None, None)}

"""Both add-ins send the same for the same workbook: the service cannot tell which one a biller has."""

from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet
from playwright.sync_api import Browser, Page, Route

from addin.desktop import bridge, headless
from addin.desktop.files import open_workbook
from tests.office.conftest import ROOT, javascript_file

ADDRESS = "https://office.invalid"
SCRIPT = Path(__file__).with_name("send.js")
TYPES = {".js": "text/javascript", ".html": "text/html"}
PAGE = """<!doctype html>
<script src="/simulator/vendor/dx-exceljs-fork.min.js"></script>
<script src="/simulator/vendor/ssf.js"></script>
<script type="module" src="/send.js"></script>"""

Reads = str | list[str]


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """Return a page that holds the Office add-in's bridge and a simulated workbook."""
    with browser.new_page() as page:
        page.route(f"{ADDRESS}/**", answer)
        page.goto(f"{ADDRESS}/")
        page.wait_for_function("() => Boolean(globalThis.sent)")
        yield page


def answer(route: Route) -> None:
    path = route.request.url.removeprefix(ADDRESS)
    if path == "/":
        route.fulfill(body=PAGE, content_type=TYPES[".html"])
    else:
        file = SCRIPT if path == "/send.js" else javascript_file(path)
        route.fulfill(path=file, content_type=TYPES[file.suffix])


def from_office(
    page: Page, path: Path, reads: Reads, asked: Sequence[str] = (), beside: Sequence[str] = ()
) -> dict[str, Any]:
    workbook = b64encode(path.read_bytes()).decode()
    given = {
        "name": path.name,
        "workbook": workbook,
        "reads": reads,
        "reads_beside": list(beside),
        "asked": list(asked),
    }
    request: dict[str, Any] = page.evaluate("(given) => sent(given)", given)
    return request


def from_desktop(
    path: Path, reads: Reads, asked: Sequence[str] = (), beside: Sequence[str] = ()
) -> dict[str, Any]:
    book = headless.show_workbook(open_workbook(path))
    try:
        table = {"button": [{"id": "any.button", "reads": reads, "reads_beside": list(beside)}]}
        return bridge.read_request(book, "any.button", table, asked_sheets=asked)
    finally:
        book.app.quit()


def a_messy_log(sheet: Worksheet) -> None:
    sheet["C2"] = "Appointments, October"
    sheet.append([None, None, "Date", "Provider", "Units", "Paid", "ID"])
    for row in range(20):
        sheet.append([None, None, 46300 + row, "Ada Example", row / 4, row % 2 == 0, f"00{row}"])
        sheet.cell(row + 4, 3).number_format = "mm/dd/yyyy" if row % 3 else "d-mmm"
    sheet["E9"], sheet["G9"] = "#N/A", None
    sheet["A40"].number_format = "0.00"
    for row in (6, 7, 12):
        sheet.row_dimensions[row].hidden = True
    for area in ("D4:D8", "D9:D11", "F20:G21"):
        sheet.merge_cells(area)


def a_big_log(sheet: Worksheet) -> None:
    """Fill few cells far apart, which makes more than is read at once."""
    sheet["A1"], sheet["GR1"] = "Date", "Note"
    for row in range(2, 700):
        sheet[f"A{row}"], sheet[f"GR{row}"] = 46300 + row % 31, row
        sheet[f"A{row}"].number_format = "mm/dd/yyyy" if row < 600 else "d-mmm"
    sheet.merge_cells("B495:B505")
    for row in (499, 500, 501, 502):
        sheet.row_dimensions[row].hidden = True


def a_typed_sheet(sheet: Worksheet) -> None:
    """Fill in rows as a biller does: filtered, with dropdowns and with columns that nobody sees."""
    sheet.append(["Invoice", "State", "Action", "Amount", "Cheque date", "Row key", "Row version"])
    for row in range(2, 60):
        sheet.append([f"I-{row}", "pending_cheque", None, None, None, f"key-{row}", row % 3])
        sheet.row_dimensions[row].hidden = row % 5 == 0
        sheet[f"D{row}"].number_format, sheet[f"E{row}"].number_format = '"$"#,##0.00', "mm/dd/yyyy"
    sheet["C5"], sheet["D5"], sheet["E5"] = "record cheque", 1250.5, 46329
    sheet["C6"] = "note"
    sheet.column_dimensions.group("F", "G", hidden=True)
    sheet.auto_filter.ref = "A1:G59"
    sheet.add_data_validation(DataValidation(type="list", formula1='"send,void"', sqref="C2:C9 C11:C1048576"))


def of_a_mac(sheet: Worksheet) -> None:
    sheet.parent.epoch = CALENDAR_MAC_1904  # type: ignore[union-attr]
    sheet.append([datetime(2026, 10, 5)])  # noqa: DTZ001 - a cell has no zone


def bound(sheet: Worksheet) -> None:
    names = sheet.parent.defined_names  # type: ignore[union-attr]
    names["_ClinicLedger"] = DefinedName("_ClinicLedger", attr_text='"the ""old"" mill"', hidden=True)
    sheet.append(["Date"])


def written_by_us(sheet: Worksheet) -> None:
    """Fill in a workbook with sheets of ours: some show a state, and on one the name of its cells is broken."""
    workbook = sheet.parent
    sheet.append(["Date"])
    for title, state in (
        ("Ann's, Roe", "'Ann''s, Roe'!$A$3:$F$3,'Ann''s, Roe'!$D$12"),
        ("Lines", "Lines!$P$1"),
        ("Odd", "#REF!"),
    ):
        ours = workbook.create_sheet(title)  # type: ignore[union-attr]
        ours.append(["Date"])
        for name, text in (("_ClinicLedgerSheet", '"payroll"'), ("_ClinicLedgerState", state)):
            ours.defined_names[name] = DefinedName(name, attr_text=text, hidden=True)
    plain = workbook.create_sheet("Check")  # type: ignore[union-attr]
    plain.defined_names["_ClinicLedgerSheet"] = DefinedName(
        "_ClinicLedgerSheet", attr_text='"check"', hidden=True
    )


def empty(sheet: Worksheet) -> None:
    del sheet


LOGS: list[Callable[[Worksheet], None]] = [
    a_messy_log,
    a_big_log,
    a_typed_sheet,
    of_a_mac,
    bound,
    written_by_us,
    empty,
]


@pytest.mark.parametrize("fill", LOGS, ids=lambda fill: fill.__name__)
def test_the_sheet_in_front_is_sent_alike(
    page: Page, tmp_path: Path, fill: Callable[[Worksheet], None]
) -> None:
    workbook = Workbook()
    fill(workbook.worksheets[0])
    workbook.save(tmp_path / "log.xlsx")
    assert sent(from_office(page, tmp_path / "log.xlsx", "active")) == sent(
        from_desktop(tmp_path / "log.xlsx", "active")
    )


@pytest.mark.parametrize("reads", ["none", ["Clinic", "Rates", "Prices"]], ids=str)
def test_the_named_sheets_are_sent_alike(page: Page, reads: Reads) -> None:
    template = ROOT / "workbook_templates" / "clinic-setup.xlsx"
    assert sent(from_office(page, template, reads)) == sent(from_desktop(template, reads))


@pytest.mark.parametrize("reads", ["none", "active", ["Rates", "Clinic"]], ids=str)
def test_sheets_an_answer_asked_for_are_sent_alike_each_once_and_missing_ones_not(
    page: Page, reads: Reads
) -> None:
    template = ROOT / "workbook_templates" / "clinic-setup.xlsx"
    asked = ["clinic ", "PROVIDERS", "Not there"]

    also = ["Rates", "gone"]

    office = from_office(page, template, reads, asked, also)
    desktop = from_desktop(template, reads, asked, also)

    assert sent(office) == sent(desktop)
    assert desktop["asked_sheets"] == asked
    names = [sheet["name"] for sheet in desktop["sheets"]]
    assert len(names) == len(set(names))
    assert {"Clinic", "Providers", "Rates"} <= set(names)


def test_sheets_beside_the_active_one_are_sent_alike_if_the_workbook_has_them(page: Page) -> None:
    template = ROOT / "workbook_templates" / "clinic-setup.xlsx"
    beside = ["shares", "Not there"]

    office, desktop = (
        from_office(page, template, "active", (), beside),
        from_desktop(template, "active", (), beside),
    )

    assert sent(office) == sent(desktop)
    assert [sheet["name"] for sheet in desktop["sheets"]] == ["Clinic", "Shares"]
    assert desktop["asked_sheets"] == []


def test_the_sheets_we_wrote_are_sent_with_the_cells_that_show_a_state(page: Page, tmp_path: Path) -> None:
    workbook = Workbook()
    written_by_us(workbook.worksheets[0])
    workbook.save(tmp_path / "log.xlsx")

    request = from_office(page, tmp_path / "log.xlsx", "none")

    assert sent(request) == sent(from_desktop(tmp_path / "log.xlsx", "none"))
    assert request["workbook"]["written"] == [
        {"name": "Ann's, Roe", "kind": "payroll", "state": "A3:F3,D12"},
        {"name": "Lines", "kind": "payroll", "state": "P1"},
        {"name": "Odd", "kind": "payroll", "state": None},
        {"name": "Check", "kind": "check", "state": None},
    ]


def sent(request: dict[str, Any]) -> dict[str, Any]:
    """Return a request without what differs from click to click."""
    return {name: value for name, value in request.items() if name != "request_id"}

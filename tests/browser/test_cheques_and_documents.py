"""One cheque for the selected rows, and a paper that is attached and opened, in the task pane."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.excel import PATIENCE_MS, Excel
from tests.browser.test_invoices import excel_with_exams, letters, shown

__all__ = ["excel_with_exams"]

SEND = {"Action": "send", "Date": "7/1/2025", "Paying party": "Thistle Casualty"}
AGREE = {"Action": "agree", "Amount": "50", "Date": "7/3/2025", "Note": "By letter"}


def type_rows(excel: Excel, columns: dict[str, str], rows: range, cells: dict[str, str]) -> None:
    for row in rows:
        for heading, text in cells.items():
            excel.select(f"{columns[heading]}{row}")
            excel.type(text)
    excel.press("invoices.update")
    expect(excel.result).to_contain_text(f"{len(rows)} rows recorded", timeout=PATIENCE_MS)


def opened_invoices(excel: Excel, folder: Path) -> dict[str, str]:
    """Create and open the invoices of the workbook; return the letters of the columns."""
    excel.press("invoices.create")
    if excel.decisions.count():
        excel.agree()
    excel.press("invoices.open")
    shown(excel, folder)
    return letters(folder)


def test_one_cheque_is_filled_in_for_the_selected_rows_and_recorded(
    exams_in_front: Callable[[int], Excel], tmp_path: Path
) -> None:
    excel = exams_in_front(2)
    columns = opened_invoices(excel, tmp_path)
    type_rows(excel, columns, range(2, 4), SEND)
    type_rows(excel, columns, range(2, 4), AGREE)

    excel.select("A2:A3")
    excel.press("invoices.fill")
    expect(
        excel.pane.get_by_role("heading", name="One cheque for 2 invoices, $100.00 owed in all.")
    ).to_be_visible()
    excel.pane.get_by_label("Cheque number").fill("00471")
    excel.pane.get_by_label("Amount of the whole cheque").fill("99.99")
    excel.pane.get_by_label("Cheque date").fill("2025-07-07")
    excel.pane.get_by_label("Received date").fill("2025-07-10")
    excel.pane.get_by_label("Paying party").fill("Thistle Casualty")
    excel.pane.get_by_label("Note").fill("Copy of both sides; in the folder")
    excel.pane.get_by_role("button", name="Continue").click()
    expect(excel.pane.get_by_text("The cheque is $99.99, and the rows take $100.00.")).to_be_visible()
    expect(excel.pane.get_by_label("Cheque number")).to_have_value("00471")
    excel.pane.get_by_label("Amount of the whole cheque").fill("110")
    excel.pane.get_by_role("button", name="Continue").click()
    expect(excel.result).to_contain_text("Nothing is recorded yet", timeout=PATIENCE_MS)
    excel.settled()
    main = excel.pane.locator(".actions button.primary")
    expect(main).to_have_text("Update invoices")
    main.click()
    expect(excel.result).to_contain_text("2 rows recorded: 2 record cheque.", timeout=PATIENCE_MS)


def test_a_paper_is_chosen_once_attached_and_opened(
    exams_in_front: Callable[[int], Excel], tmp_path: Path
) -> None:
    excel = exams_in_front(1)
    columns = opened_invoices(excel, tmp_path)
    scan = tmp_path / "Copy of the cheque; both sides.pdf"
    scan.write_bytes(b"%PDF-1.4 a scan")
    excel.select("A2")
    excel.press("invoices.attach")
    excel.pane.get_by_label("Invoice").fill("Copy of the check")
    excel.pane.get_by_label("Document").set_input_files(scan)
    excel.pane.get_by_label("Note").fill("front; back")
    excel.pane.get_by_role("button", name="Continue").click()
    asked = excel.pane.get_by_text("“Copy of the check” is not an invoice number. Attach to which invoice?")
    expect(asked).to_be_visible(timeout=PATIENCE_MS)
    expect(excel.pane.locator("input[type=file]")).to_have_count(0)
    expect(excel.pane.get_by_label("Note")).to_have_value("front; back")
    excel.pane.get_by_role("button", name="Continue").click()
    expect(excel.result).to_contain_text(f"{scan.name} is attached to INV-", timeout=PATIENCE_MS)
    expect(excel.result).not_to_contain_text("Document")
    excel.settled()

    main = excel.pane.locator(".actions button.primary")
    expect(main).to_have_text("Open papers")
    main.click()
    link = excel.pane.get_by_role("link", name="Save ")
    expect(link).to_contain_text("Copy of the cheque; both sides.pdf", timeout=PATIENCE_MS)
    with excel.page.expect_download(timeout=PATIENCE_MS) as download:
        link.click()
    assert download.value.path().read_bytes() == b"%PDF-1.4 a scan"
    excel.settled()
    assert excel.saved()["Invoices"][f"{columns['Papers']}2"].value == 1

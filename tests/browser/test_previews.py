"""What is flagged is shown in the task pane before it is recorded, and the next step is the main button."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from server.cli.service import temporary_service
from server.settings import Settings
from tests.browser.conftest import windows
from tests.browser.excel import PATIENCE_MS, Excel, running_stage
from tests.end_to_end.conftest import Biller
from tests.end_to_end.exam_room import LICENSE, Part, exams, exams_book, priced_setup


@pytest.fixture(name="excel")
def excel_with_flagged_exams(browser: Browser, tmp_path: Path) -> Iterator[Excel]:
    """Return the simulated Excel with three exams in front, two of them with units of both sides."""
    workbook = tmp_path / "exams.xlsx"
    priced_setup().save(tmp_path / "setup.xlsx")
    with temporary_service(Settings(path=tmp_path / "ledger", workers=0)) as url:
        Biller(url, tmp_path / "ledger", tmp_path).press("clinic.save", tmp_path / "setup.xlsx", *LICENSE)
    parts = (Part(code="EX-511"), *[Part(code="EX-511", units=3, both_sides=True)] * 2)
    exams_book(
        [replace(exam, parts=(part,), payer="Lantern Assurance") for exam, part in
         zip(exams(3), parts, strict=True)],
        workbook,
    )  # fmt: skip
    with running_stage(tmp_path / "ledger", workbook) as stage, windows(browser) as open_window:
        yield open_window(stage)


def test_a_biller_looks_leaves_a_row_and_goes_on_with_the_next_step(excel: Excel) -> None:
    excel.press("invoices.create")
    expect(excel.result).to_contain_text("2 of 3 invoices are flagged.", timeout=PATIENCE_MS)
    expect(excel.pane.get_by_role("heading", name="Create 3 invoices: $666.71?")).to_be_visible()
    expect(excel.pane.get_by_role("row", name="Lantern Assurance 3 $666.71")).to_be_visible()

    excel.pane.get_by_role("button", name="Cancel").click()
    expect(excel.pane.get_by_text("Canceled. Nothing was recorded.")).to_be_visible()

    excel.press("invoices.create")
    excel.pane.get_by_role("checkbox", name="Row 4").check()
    excel.pane.get_by_role("button", name="Leave only the ticked rows").click()
    expect(excel.result).to_contain_text("total $366.69.", timeout=PATIENCE_MS)
    expect(excel.result).to_contain_text("Left as typed, as you chose: row 4.")
    excel.settled()

    main = excel.pane.locator(".actions button.primary")
    expect(main).to_have_text("Invoice list")
    expect(excel.pane.locator(".actions button.link")).to_have_text("Create invoices again")
    main.click()
    excel.settled()
    expect(main).to_have_text("Update invoices")


def test_a_sheet_that_changed_is_shown_again_without_the_old_ticks(excel: Excel) -> None:
    excel.press("invoices.create")
    excel.pane.get_by_role("checkbox", name="Row 4").check()
    excel.select("J2")
    excel.type("2")
    excel.pane.get_by_role("button", name="Leave only the ticked rows").click()
    expect(excel.result).to_contain_text("Something has changed since you were asked", timeout=PATIENCE_MS)
    expect(excel.pane.get_by_role("checkbox", name="Row 4")).not_to_be_checked()

    excel.agree()

    expect(excel.result).to_contain_text("total $733.38.")

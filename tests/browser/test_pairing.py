"""An Excel the service does not know yet, and a click whose sheet is no longer in front."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest
from playwright.sync_api import expect

from server.ledger.store import Ledger
from tests.browser.excel import PATIENCE_MS, Excel, Stage


@pytest.fixture
def fresh_code(stage: Stage, excel: Excel, tmp_path: Path) -> Callable[[], str]:
    """Return how to have the service show a code, as ``clinicledger addin code`` does.

    From then on the service wants a token of everybody; the window was opened before.
    """
    excel.press("clinic.open")
    token = Ledger(tmp_path / "ledger").tokens.give("desktop")
    bearer = {"Authorization": f"Bearer {token}"}
    return lambda: str(
        httpx.post(urljoin(stage.address, "/pair/code"), headers=bearer, json={}).json()["code"]
    )


def test_an_excel_without_a_token_is_led_to_the_code_and_works_after_it(
    excel: Excel, fresh_code: Callable[[], str]
) -> None:
    excel.press("payroll.history")
    expect(excel.result).to_contain_text("Not done")
    excel.pane.get_by_role("button", name="Check the connection").click()

    for code, said in (
        ("AAAA-BBBB", "clinicledger addin code"),
        (fresh_code().lower(), "Everything works"),
    ):
        excel.pane.get_by_label("Code").fill(code)
        excel.pane.get_by_role("button", name="Pair").click()
        expect(excel.pane.locator("#view")).to_contain_text(said)

    excel.press("payroll.history")
    expect(excel.result).to_contain_text("Done")


def test_pressing_again_is_about_the_log_though_the_summary_is_in_front(excel: Excel) -> None:
    excel.press("payroll.generate")
    assert excel.front == "Payroll Summary"
    sheets = excel.tabs()

    excel.pane.get_by_role("button", name="Generate payroll again").click()

    expect(excel.pane.locator("progress")).to_have_count(0, timeout=PATIENCE_MS)
    expect(excel.result).to_contain_text("Payroll for Lakeside")
    assert excel.tabs() == sheets

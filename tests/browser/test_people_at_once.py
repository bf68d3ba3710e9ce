"""An administrator, a manager and two billers on one service at once, each as themselves."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from playwright.sync_api import expect

from server.billing.people import Role
from tests.browser.conftest import OpenExcel
from tests.browser.excel import PATIENCE_MS, Excel
from tests.browser.test_approval import states
from tests.browser.workbooks import exams_of_lakeside, flagged_log
from tests.people import PASSWORD, InventedUser, add_user, opened, with_app

BUTTONS = ".command"


def signed_in(excel: Excel, user: InventedUser) -> Excel:
    """Sign a user in and return the window, with the buttons in the pane."""
    excel.page.evaluate("simulatedExcel.window.pane.show()")
    excel.sign_in(user.name, PASSWORD, user.code())
    expect(excel.pane.locator(BUTTONS).first).to_be_visible(timeout=PATIENCE_MS)
    return excel


def send_invoice(excel: Excel, row: int) -> None:
    """Send the invoice of a row of the list."""
    for column, text in (("F", "send"), ("K", "Umberfield Casualty"), ("M", "10/30/2026")):
        excel.select(f"{column}{row}")
        excel.type(text)
    excel.press("invoices.update")
    expect(excel.result).to_contain_text("1 row recorded: 1 send.", timeout=PATIENCE_MS)


def test_each_records_under_the_own_name(sign_in_excel: OpenExcel, tmp_path: Path) -> None:
    ledger = opened(tmp_path / "ledger")
    ada = with_app(ledger, add_user(ledger, "ada", "Ada Admin", Role.ADMINISTRATOR))
    users = [
        add_user(ledger, name, full_name, role)
        for name, full_name, role in (
            ("mina", "Mina Manager", Role.MANAGER),
            ("bo", "Bo Biller", Role.BILLER),
            ("bea", "Bea Biller", Role.BILLER),
        )
    ]
    of_ada, mina, bo, bea = (signed_in(sign_in_excel(), one) for one in (ada, *users))

    bo.open(exams_of_lakeside(ledger.today(), tmp_path / "Exams.xlsx"))
    bo.press("invoices.create")
    bo.agree()
    for biller in (bo, bea):
        biller.press("invoices.open")
    send_invoice(bo, 2)
    send_invoice(bea, 3)

    mina.open(flagged_log(tmp_path / "October.xlsx", rows=40, flagged=0))
    mina.press("payroll.generate")
    mina.press("payroll.close")
    mina.pane.locator("form").get_by_role("button", name="Approve payroll", exact=True).click()
    expect(mina.result).to_contain_text("is approved", timeout=PATIENCE_MS)
    said = {text for texts in states(mina.saved()).values() for text in texts}
    assert all(text.startswith("Approved ") and "Mina Manager" in text for text in said), said

    of_ada.press("invoices.open")
    ledger.close()
    with closing(sqlite3.connect(tmp_path / "ledger" / "firm.db")) as firm:
        sign_ins = {
            re.split(r"\W", about)[0]
            for (about,) in firm.execute("SELECT about FROM access WHERE what = 'sign-in'")
        }
    assert {"ada", "mina", "bo", "bea"} <= sign_ins
    books = next(file for file in (tmp_path / "ledger").rglob("*.db") if "lakeside" in file.name)
    with closing(sqlite3.connect(books)) as clinic:
        steps = clinic.execute("SELECT actor FROM step WHERE action = 'send' ORDER BY actor").fetchall()
        viewers = {actor for (actor,) in clinic.execute("SELECT actor FROM access")}
    assert steps == [("Bea Biller",), ("Bo Biller",)]
    assert {"Ada Admin", "Bea Biller", "Bo Biller"} <= viewers

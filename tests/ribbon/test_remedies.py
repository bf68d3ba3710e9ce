"""What refusals and findings offer in the replies of the service, and that it works when it is pressed."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from server.errors import BillingError, MissingSheet, NotAnExamsSheet, UnknownRun
from server.ledger.store import Ledger
from server.ribbon.ribbon_table import ribbon
from tests.invented import a_row
from tests.ribbon.clicks import a_click, pressed, visits


def offered(error: BillingError) -> list[tuple[str, bool]]:
    return [(remedy.button, remedy.resumes) for remedy in error.remedies]


def test_findings_of_one_kind_carry_the_same_remedy_so_that_it_is_shown_once(ledger: Ledger) -> None:
    rows = [a_row(id=f"A-{number}", status="Pending chart") for number in range(3)]
    reply = pressed(ledger, "payroll.check", a_click(rows))
    found = [one["remedies"] for one in reply["findings"] if one["code"] == "unknown-status"]
    assert len(found) == 3
    assert {remedy["button"] for remedy in found[0]} == {"clinic.fix"}
    assert found[0] == found[1] == found[2]


def test_a_draft_with_blocked_rows_leads_on_to_approval_which_holds_them(ledger: Ledger) -> None:
    rows = [a_row(id="A-1"), a_row(id="A-2", status="Pending chart")]
    reply = pressed(ledger, "payroll.generate", a_click(rows))
    assert (reply["level"], reply["next"]) == ("blocked", "payroll.close")


def test_a_draft_that_pays_nobody_leads_nowhere(ledger: Ledger) -> None:
    reply = pressed(ledger, "payroll.generate", a_click([a_row(id="A-1", status="Cancelled")]))
    assert (reply["figures"]["run"], reply["asks"], reply["next"]) == ("", None, None)
    assert reply["level"] != "blocked"


def test_a_blank_exams_sheet_is_to_be_filled_in_first(ledger: Ledger) -> None:
    reply = pressed(ledger, "invoices.create", a_click(inputs={"blank": "yes"}))
    assert (reply["level"], reply["next"]) == ("review", None)


def test_a_check_with_blocked_rows_leads_nowhere_until_they_are_corrected(ledger: Ledger) -> None:
    reply = pressed(ledger, "payroll.check", a_click([a_row(status="Pending chart")]))
    assert (reply["level"], reply["next"]) == ("blocked", None)


def test_a_run_that_is_not_in_the_books_is_looked_up_and_nothing_goes_on_by_itself(ledger: Ledger) -> None:
    with pytest.raises(UnknownRun) as caught:
        pressed(ledger, "payroll.close", a_click(visits(5), inputs={"run": "lakeside-2026-10-r9"}))
    assert offered(caught.value) == [("payroll.history", False)]


def test_without_the_sheet_invoices_it_is_opened(ledger: Ledger) -> None:
    with pytest.raises(MissingSheet) as caught:
        pressed(ledger, "invoices.update", a_click())
    assert offered(caught.value) == [("invoices.open", False)]


def test_a_sheet_that_holds_no_exams_offers_a_blank_one_that_does(ledger: Ledger) -> None:
    with pytest.raises(NotAnExamsSheet) as caught:
        pressed(ledger, "invoices.create", a_click(visits(5)))
    (remedy,) = caught.value.remedies

    reply = pressed(ledger, remedy.button, a_click(visits(5), inputs=dict(remedy.inputs)))

    workbook = load_workbook(BytesIO(ledger.outputs.read(reply["output"]["id"]).data))
    assert workbook.sheetnames == [reply["activate"]]
    assert remedy.button in {button.id for button in ribbon().button}

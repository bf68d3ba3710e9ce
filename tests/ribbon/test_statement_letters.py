"""The button Letters with statements of account for payers (rule: receivables#case-letters)."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from server.billing.invoices.case_records import CaseRecord
from server.billing.invoices.cases import Injury
from server.billing.invoices.invoice import Action
from server.billing.setup_payer_mail import PayerContact
from server.errors import TooLarge, UnknownInvoice
from server.ledger.store import Ledger
from server.operations import case_letters
from tests.invented import LAKESIDE
from tests.ledger.invoiced import TODAY, a_draft, created, take
from tests.papers.reading import pages_of, text_of
from tests.ribbon.clicks import HARBOR, a_click, a_ledger, pressed, views
from tests.ribbon.invoice_clicks import invoices_sheet, selecting

BUTTON = "reminders.letters"
ACME, ELM = "Acme Invented Insurance", "Elm Mutual (invented)"

ADDRESSED = replace(
    LAKESIDE,
    payer_contacts=(
        PayerContact(ACME, address="1 Invented Plaza; Dayton, OH 45402"),
        PayerContact(ELM, address="2 Invented Road; Akron, OH 44301"),
    ),
)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    made = a_ledger(tmp_path / "ledger", ADDRESSED, HARBOR)
    books = made.clinic("lakeside")
    drafts = [
        a_draft("Zebulon Unmistakable", case="Case A"),
        a_draft("Quentin Unmistakable", case="Case B", payer=ELM, cents=55_00),
    ]
    take(books, Action.SEND, created(books, *drafts), day=TODAY)
    with books.transaction() as writing:
        writing.case_records.record(
            1, CaseRecord(injury=Injury(date(2026, 8, 3), "CL-77"), payer=ACME), "ana"
        )
    return made


def press(ledger: Ledger, invoice: str, clinic: str = "lakeside") -> dict[str, Any]:
    return pressed(ledger, BUTTON, a_click(clinic=clinic, inputs={"letter": "statement", "invoice": invoice}))


def paper(ledger: Ledger, reply: dict[str, Any]) -> bytes:
    return ledger.outputs.read(reply["file"]["id"]).data


def test_each_payer_of_the_selected_rows_gets_its_statement(ledger: Ledger) -> None:
    sheet = invoices_sheet(ledger)
    reply = pressed(ledger, BUTTON, selecting(sheet, ["INV-000001", "INV-000002"], {"letter": "statement"}))
    assert reply["summary"] == "2 statements printed as a PDF file, $155.00 due in all."
    first, second = pages_of(paper(ledger, reply))
    assert f"{ACME}\n1 Invented Plaza\nDayton, OH 45402" in first
    assert f"{ELM}\n2 Invented Road\nAkron, OH 44301" in second
    assert ("$100.00" in first, "INV-000002" in first) == (True, False)
    assert ("$55.00" in second, "INV-000001" in second) == (True, False)
    assert views(ledger.folder)[-2:] == [("local", "print statement of account", "one payer: 1 invoice")] * 2


def test_a_statement_on_paper_has_claim_numbers_and_no_patient(ledger: Ledger) -> None:
    reply = press(ledger, "INV-000001; INV-000002")
    text = text_of(paper(ledger, reply))
    assert "CL-77" in text
    assert "CLAIM" in text.upper()
    for word in ("Zebulon", "Quentin", "Unmistakable", "PATIENT", "EX-101", "Dr. Invented"):
        assert word not in text
        assert word.encode() not in paper(ledger, reply)


def test_a_payer_without_an_address_is_a_finding_and_no_statement(ledger: Ledger) -> None:
    (number,) = created(ledger.clinic("lakeside"), a_draft(payer="Birch Invented Mutual"))
    reply = press(ledger, f"INV-000001; {number}")
    assert (reply["level"], reply["figures"]["letters"], reply["findings"][0]["code"]) == (
        "review",
        1,
        "letter-address-missing",
    )
    alone = press(ledger, number)
    assert (alone["level"], alone["summary"], alone["file"]) == ("blocked", "No statement was made.", None)


def test_an_invoice_of_another_clinic_has_no_statement(ledger: Ledger) -> None:
    with pytest.raises(UnknownInvoice):
        press(ledger, "INV-000001", clinic="harbor")


def test_a_file_has_a_limit(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case_letters, "MOST_STATEMENTS", 1)
    with pytest.raises(TooLarge, match="2 statements"):
        press(ledger, "INV-000001; INV-000002")


def test_an_address_that_no_window_shows_is_a_finding(tmp_path: Path) -> None:
    five, six = (
        PayerContact(payer, address="; ".join(f"Line {place}" for place in range(count)))
        for payer, count in ((ACME, 4), (ELM, 5))
    )
    ledger = a_ledger(tmp_path / "ledger", replace(LAKESIDE, payer_contacts=(five, six)))
    created(ledger.clinic("lakeside"), a_draft(payer=ACME), a_draft("Patient Two", payer=ELM))
    assert "envelope-too-long" not in [one["code"] for one in press(ledger, "INV-000001")["findings"]]
    reply = press(ledger, "INV-000001; INV-000002")
    found = [one["message"] for one in reply["findings"] if one["code"] == "envelope-too-long"]
    assert found == [f"The window of an envelope shows 5 lines, and more are on the letters to: {ELM}."]
    assert "Line 4" in text_of(paper(ledger, reply))

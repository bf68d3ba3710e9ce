"""The button Export invoices: a file of all invoices that match the filters."""

import csv
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from server.billing.people import Person, Role
from server.errors import MissingInput, NoClinic, RoleNotAllowed, TooLarge
from server.ledger.store import Ledger
from server.operations import invoice_export
from tests.invented import LAKESIDE
from tests.ledger.invoiced import a_draft, created
from tests.ribbon.clicks import a_click, a_ledger, pressed, views
from tests.ribbon.invoice_clicks import received


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """Return a ledger with a cheque in hand, and an invoice that was just created."""
    made = a_ledger(tmp_path / "ledger", LAKESIDE)
    received(made, ("Patient One", "Case A"))
    created(made.clinic("lakeside"), a_draft("Patient Two", facility="South"))
    return made


def exported(ledger: Ledger, **inputs: str) -> tuple[dict[str, Any], bytes]:
    reply = pressed(ledger, "receivables.export", a_click(inputs=inputs))
    return reply, ledger.outputs.read(reply["file"]["id"]).data


def test_the_file_has_all_invoices_and_the_reply_what_they_come_to(ledger: Ledger) -> None:
    reply, content = exported(ledger)
    assert reply["file"]["name"] == "Invoices lakeside 2026-11-20.xlsx"
    assert reply["summary"] == (
        "2 invoices of Lakeside exported (all states): $200.00 billed, $80.00 collected, $100.00 outstanding."
    )
    assert reply["figures"] == {
        "invoices": 2,
        "billed_cents": 200_00,
        "reduction_cents": 20_00,
        "agreed_cents": 80_00,
        "collected_cents": 80_00,
        "balance_cents": 100_00,
    }
    (sheet,) = load_workbook(BytesIO(content)).worksheets
    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == ["INV-000001", "INV-000002"]
    assert views(ledger.folder) == [("local", "export invoices", "2 invoices as xlsx: all invoices")]


def test_the_filters_narrow_the_file(ledger: Ledger) -> None:
    reply, content = exported(ledger, format="CSV", state="Cheque received", payer="acme invented insurance")
    rows = list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))
    assert [row[0] for row in rows[1:]] == ["INV-000001"]
    assert "(Cheque received; payer acme invented insurance)" in reply["summary"]


def test_nothing_found_is_a_file_of_headings_and_worth_a_look(ledger: Ledger) -> None:
    reply, _ = exported(ledger, facility="nowhere")
    assert reply["level"] == "review"
    assert reply["summary"].endswith("The file has only headings.")


def test_a_sheet_has_a_limit_and_a_csv_file_none(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invoice_export, "MOST_ROWS", 1)
    with pytest.raises(TooLarge, match="2 invoices is larger than 1 rows") as refused:
        exported(ledger)
    assert "csv, which has no limit" in refused.value.remedy
    assert len(exported(ledger, format="csv")[1].splitlines()) == 3


def test_what_cannot_be_meant_is_refused_and_nothing_was_seen(ledger: Ledger) -> None:
    for wrong in ({"format": "docx"}, {"state": "lost"}, {"from": "soon"}, {"dates": "sent"}):
        with pytest.raises(MissingInput):
            exported(ledger, **wrong)
    with pytest.raises(NoClinic):
        pressed(ledger, "receivables.export", a_click(clinic=None))
    assert views(ledger.folder) == []


def test_the_journal_of_a_period_comes_with_its_steps(ledger: Ledger) -> None:
    reply, content = exported(ledger, format="hledger", **{"from": "11/01/2026"})
    assert reply["file"]["name"] == "Journal lakeside 2026-11-20.journal"
    assert reply["summary"] == "Journal of Lakeside from 11/01/2026: 4 steps that move money."
    assert (reply["figures"], b"Assets:Receivable  $100.00" in content) == ({"steps": 4}, True)
    none, _ = exported(ledger, format="journal-csv", to="11/01/2026")
    assert (none["level"], none["figures"]) == ("review", {"steps": 0})
    with pytest.raises(MissingInput, match="cannot be narrowed by payer"):
        exported(ledger, format="beancount", payer="anybody")


def test_a_viewer_takes_nothing_out_of_the_books(ledger: Ledger) -> None:
    viewer = Person("vic", Role.VIEWER)
    with pytest.raises(RoleNotAllowed):
        pressed(ledger, "receivables.export", a_click(), viewer)

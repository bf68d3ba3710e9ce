"""The button Statement of account: what a payer, an attorney or a case owes, and what happened in a period."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from server.billing.invoices.invoice import Action
from server.billing.people import Person, Role
from server.errors import MissingInput, RoleNotAllowed, TooLarge, UnknownCase
from server.ledger.store import Ledger
from server.operations import statement_of_account
from server.operations.attorney_cases import cases_of_attorney
from server.operations.session import Session
from tests.invented import LAKESIDE
from tests.ledger.invoiced import TODAY, a_cheque, a_draft, await_cheque, created, take
from tests.papers.reading import text_of
from tests.ribbon.clicks import a_click, a_ledger, pressed, views
from tests.ribbon.invoice_clicks import invoices_sheet, selecting

BUTTON = "receivables.statement"
ACME, ELM = "Acme Invented Insurance", "Elm Mutual (invented)"


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """Return a ledger with a cheque that bounced, one that paid too much, and invoices of another payer and attorney."""
    made = a_ledger(tmp_path / "ledger", LAKESIDE)
    books = made.clinic("lakeside")
    one, two = await_cheque(books, a_draft("Patient One"), a_draft("Patient Two", case="Case B"))
    take(books, Action.RECORD_CHEQUE, [one], **a_cheque(80_00, "77-1"))
    take(books, Action.BOUNCE, [one], day=TODAY, note="secret remark")
    take(books, Action.RECORD_CHEQUE, [two], **a_cheque(95_00, "88-2"), exception="overpaid")
    (other,) = created(
        books, a_draft("Patient Elm", case="", payer=ELM, attorney="Jus Invented", cents=55_00)
    )
    take(books, Action.SEND, [other], day=TODAY)
    take(books, Action.RECORD_OFFER, [other], day=TODAY, amount_cents=11_11, note="a low offer")
    return made


def press(ledger: Ledger, **inputs: str) -> dict[str, Any]:
    return pressed(ledger, BUTTON, a_click(inputs=inputs))


def paper(ledger: Ledger, reply: dict[str, Any]) -> str:
    return text_of(ledger.outputs.read(reply["file"]["id"]).data)


def test_a_payer_sees_what_happened_and_what_is_due(ledger: Ledger) -> None:
    reply = press(ledger, name="ACME invented insurance")
    assert reply["summary"] == (
        f"Statement of {ACME}: 2 invoices, $80.00 due. $15.00 of credit is not applied yet."
    )
    assert reply["file"]["name"] == "Statement of account payer 2026-11-20.pdf"
    figures = reply["figures"]
    assert figures["moved_cents"] == {"billed": 200_00, "reduced": -40_00, "paid": -160_00, "returned": 80_00}
    assert (figures["opening_cents"], figures["closing_cents"], figures["unapplied_cents"]) == (
        0,
        80_00,
        15_00,
    )
    assert figures["buckets"][0] == {"bucket": "0-30", "invoices": 1, "balance_cents": 80_00}
    text = paper(ledger, reply)
    assert "Payment returned unpaid, cheque 77-1" in text
    assert "Payment, cheque 88-2" in text
    for internal in ("secret", "remark", "Elm", "offer", "Low", "Critical", "pending"):
        assert internal not in text
    assert views(ledger.folder) == [("local", "print statement of account", "one payer: 2 invoices")]


def test_an_offer_is_not_on_a_statement(ledger: Ledger) -> None:
    text = paper(ledger, press(ledger, name=ELM))
    assert "$55.00" in text
    assert "11.11" not in text
    assert "offer" not in text


def test_a_period_begins_with_what_was_owed_before(ledger: Ledger) -> None:
    press_later = {"from": "2026-11-20"}
    assert press(ledger, name=ACME, **press_later)["figures"]["opening_cents"] == 0
    earlier = press(ledger, name=ACME, to="2026-11-19")
    assert (earlier["figures"]["closing_cents"], earlier["figures"]["lines"]) == (0, 0)


def test_the_sheet_says_the_same_and_can_come_beside_the_paper(ledger: Ledger) -> None:
    reply = press(ledger, name=ACME, format="both")
    assert reply["file"]
    assert reply["activate"] == "Statement of Account"
    book = load_workbook(BytesIO(ledger.outputs.read(reply["output"]["id"]).data))
    rows = list(book["Statement of Account"].iter_rows(values_only=True))
    assert rows[0][0] == ACME
    totals = [row[6] for row in rows if row[0] == "Balance due"]
    assert totals == [80, 80, 80, 80]
    assert [row[6] for row in rows if row[0] == "Credit not applied yet, to be taken off"] == [-15]
    assert press(ledger, name=ACME, format="pdf")["output"] is None
    assert press(ledger, name=ACME, format="sheet")["file"] is None


def test_the_selected_rows_say_whose_account_it_is(ledger: Ledger) -> None:
    sheet = invoices_sheet(ledger)
    reply = pressed(ledger, BUTTON, selecting(sheet, ["INV-000001", "INV-000002"]))
    assert reply["summary"].startswith(f"Statement of {ACME}")
    reply = pressed(ledger, BUTTON, selecting(sheet, ["INV-000003"], {"who": "attorney"}))
    assert reply["summary"].startswith("Statement of Jus Invented: 1 invoice, $55.00")
    reply = pressed(ledger, BUTTON, selecting(sheet, ["INV-000001"], {"who": "case"}))
    assert reply["summary"].startswith("Statement of Patient One, Case A: 1 invoice, $80.00")
    several = pressed(ledger, BUTTON, selecting(sheet, ["INV-000001", "INV-000003"]))
    assert {choice["value"] for choice in several["asks"]["fields"][0]["choices"]} == {ACME, ELM}
    assert press(ledger)["asks"]["title"] == "The statement of which payer?"
    assert press(ledger, who="case")["asks"]["title"] == "The statement of which case?"


def test_an_attorney_has_the_cases_of_today_and_no_others(ledger: Ledger) -> None:
    reply = press(ledger, who="attorney", name="attorney invented")
    text = paper(ledger, reply)
    assert "Patient One" in text
    assert "Patient Elm" not in text
    attorney = Person("lex", Role.ATTORNEY, frozenset({"lakeside"}), "Attorney Invented")
    session = Session(ledger, attorney, "lakeside")
    with session.transaction():
        shown = cases_of_attorney(session, "Attorney Invented", session.today)
    assert sum(case.outstanding_cents for case in shown) == reply["figures"]["closing_cents"]


def test_whoever_is_not_on_an_invoice_has_no_account(ledger: Ledger) -> None:
    for who in ("payer", "attorney"):
        with pytest.raises(MissingInput, match="nobody at all"):
            press(ledger, who=who, name="nobody at all")
    with pytest.raises(UnknownCase):
        press(ledger, who="case", name="nothing")
    assert views(ledger.folder) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": "2026-11-21"},
        {"from": "2026-11-10", "to": "2026-11-09"},
        {"from": "soon"},
        {"who": "patient"},
        {"format": "docx"},
    ],
)
def test_what_cannot_be_meant_is_refused(ledger: Ledger, wrong: dict[str, str]) -> None:
    with pytest.raises(MissingInput):
        press(ledger, name=ACME, **wrong)
    assert views(ledger.folder) == []


def test_a_statement_has_a_limit(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statement_of_account, "MOST_LINES", 2)
    with pytest.raises(TooLarge, match="lines"):
        press(ledger, name=ACME)
    monkeypatch.setattr(statement_of_account, "MOST_STATED", 1)
    with pytest.raises(TooLarge, match="2 invoices"):
        press(ledger, name=ACME)


def test_a_viewer_prints_no_statement(ledger: Ledger) -> None:
    with pytest.raises(RoleNotAllowed):
        pressed(ledger, BUTTON, a_click(inputs={"name": ACME}), Person("vic", Role.VIEWER))

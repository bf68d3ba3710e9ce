"""The buttons Case list and Save cases: what the sheet shows, what is shown before it is saved, and what is refused."""

from datetime import date
from typing import Any

import pytest

from server.billing.invoices.case_records import CaseRecord, CaseSettlement, LetterOfProtection
from server.billing.people import Person, Role
from server.errors import MissingSheet, RoleNotAllowed, SheetInTheWay
from server.ledger.store import Ledger
from server.ledger.verify import Verified
from server.sheets import cell_addresses
from server.sheets.invoices.tables import CASES
from server.sheets.sheet import Cell
from tests.ledger.invoiced import TODAY, a_draft, created
from tests.ribbon.case_sheets import CasesSheet
from tests.ribbon.clicks import a_click, offered, pressed, views
from tests.ribbon.invoice_clicks import lakeside, received
from tests.ribbon.invoice_sheets import NOV_19, SEND, driven

ONE, TWO = "Patient One", "Patient Two"
TODAY_THERE = date(2026, 11, 20)
EVERYTHING: dict[str, Cell | date] = {
    "Stage": "Suit",
    "Date of injury": date(2026, 5, 1),
    "Claim number": "000451",
    "Statute date": date(2028, 5, 1),
    "Attorney": "Other Attorney",
    "Firm": "Other & Partners",
    "Attorney from": date(2026, 11, 9),
    "Payer": "Acme Invented Insurance",
    "Further payers": "Second Insurance; Third Insurance",
    "Letter signed": date(2026, 6, 1),
    "Letter signed by": "Other Attorney",
    "Letter cap": 500,
    "Letter document": "in the folder",
    "Letter released": date(2026, 11, 10),
    "Gross settlement": 1_000,
    "Attorney's fee": 300,
    "Costs": 100,
    "Lien pool": 100,
    "All liens": 300,
}


@pytest.fixture
def cases(ledger: Ledger) -> Ledger:
    created(lakeside(ledger), a_draft(ONE, case="Case A"), a_draft(TWO, case="Case B"))
    return ledger


def record_of(ledger: Ledger, case_id: int = 1) -> CaseRecord:
    with lakeside(ledger).reading() as books:
        return books.case_records.of_cases([case_id], TODAY_THERE)[case_id]


def codes(reply: dict[str, Any]) -> list[str]:
    return [finding["code"] for finding in reply["findings"]]


def test_the_list_has_a_row_for_each_case_that_is_not_settled(cases: Ledger) -> None:
    reply = pressed(cases, "cases.open", a_click())
    assert (reply["summary"], reply["next"]) == ("2 cases of Lakeside (not settled).", "cases.save")
    assert reply["figures"] == {
        "cases": 2, "billed_cents": 200_00, "balance_cents": 200_00, "pro_rata_cents": 0,
        "status_requested": 0,
    }  # fmt: skip
    sheet = CasesSheet.opened(cases)
    shown = [sheet.shown(ONE, title) for title in ("Case", "Attorney", "Payer", "Invoices", "Billed")]
    assert shown == ["Case A", "Attorney Invented", "Acme Invented Insurance", 1, 100]
    assert views(cases.folder)[-1][1:] == ("open cases", "2 cases")


def test_a_settled_case_is_listed_with_all_cases_or_by_its_name(ledger: Ledger) -> None:
    received(ledger, (ONE, "Case A"))
    settle_one(ledger)

    assert pressed(ledger, "cases.open", a_click())["figures"]["cases"] == 0
    for inputs in ({"cases": "all"}, {"case": "case a"}):
        assert pressed(ledger, "cases.open", a_click(inputs=inputs))["figures"]["cases"] == 1


def test_everything_that_is_typed_is_shown_first_and_then_on_record(cases: Ledger) -> None:
    sheet = CasesSheet.opened(cases)
    sheet.type_in(ONE, EVERYTHING)

    shown = sheet.send()
    assert shown["summary"] == "Nothing is saved yet: 1 case can be saved."
    (table,) = [table for table in shown["asks"]["tables"] if table["title"] == "What would change"]
    assert ["Case A · Patient One", "Letter cap", "blank", "$500.00"] in table["rows"]
    assert ["Case A · Patient One", "Attorney", "Attorney Invented", "Other Attorney"] in table["rows"]
    assert record_of(cases).stage is None

    done = sheet.send(apply=offered(shown))
    assert done["summary"] == "1 case saved."
    assert done["figures"] == {"rows": 1, "saved": 1, "refused": 0, "flagged": 1, "left": 0}
    saved = record_of(cases)
    assert (saved.stage, saved.injury.claim_number, saved.letter.cap_cents) == ("suit", "000451", 500_00)
    assert saved.further_payers == ("Second Insurance", "Third Insurance")
    assert sheet.shown(ONE, "Our share") == 33.33
    assert str(sheet.shown(ONE, "Result")).startswith("Saved: Stage, Date of injury, ")
    assert isinstance(lakeside(cases).verify(), Verified)


def test_a_saved_sheet_has_nothing_to_send_and_opens_as_it_is(cases: Ledger) -> None:
    sheet = CasesSheet.opened(cases)
    sheet.type_in(ONE, EVERYTHING)
    sheet.send_and_agree()

    again = sheet.send()
    assert again["summary"] == "No row of the sheet Cases is changed, so nothing is saved."
    written = [
        [cell for place, cell in enumerate(row) if sheet.rows[0][place] != "Result"] for row in sheet.rows
    ]
    opened = CasesSheet.opened(cases)
    assert written == [
        [cell for place, cell in enumerate(row) if sheet.rows[0][place] != "Result"] for row in opened.rows
    ]


def test_who_loses_a_case_is_flagged(cases: Ledger) -> None:
    sheet = CasesSheet.opened(cases)
    sheet.type_in(ONE, {"Attorney": "Other Attorney"})
    shown = sheet.send()
    (finding,) = shown["findings"]
    assert finding["message"] == (
        "Attorney Invented loses this case at once. Other Attorney sees all of it from its beginning."
    )
    sheet.send(apply=offered(shown))
    with lakeside(cases).reading() as books:
        assert not books.case_records.with_attorney("Attorney Invented", TODAY_THERE)[1:]
        assert [case.id for case in books.case_records.with_attorney("other attorney", TODAY_THERE)] == [1]


def test_flagged_rows_can_be_left(cases: Ledger) -> None:
    sheet = CasesSheet.opened(cases)
    sheet.type_in(ONE, {"Attorney": "Other Attorney"})
    sheet.type_in(TWO, {"Stage": "demand"})
    done = sheet.send(apply=offered(sheet.send(), "leave-flagged"))
    assert done["figures"] == {"rows": 2, "saved": 1, "refused": 0, "flagged": 1, "left": 1}
    assert (record_of(cases).attorney.name, record_of(cases, 2).stage) == ("Attorney Invented", "demand")
    assert sheet.shown(ONE, "Attorney") == "Other Attorney"


def test_a_row_that_somebody_else_changed_is_refused_and_the_others_are_offered(cases: Ledger) -> None:
    mine, theirs = CasesSheet.opened(cases), CasesSheet.opened(cases)
    theirs.type_in(ONE, {"Stage": "suit"})
    theirs.send_and_agree()
    mine.type_in(ONE, {"Claim number": "C-9"})
    mine.type_in(TWO, {"Claim number": "C-10"})

    shown = mine.send()
    assert (shown["level"], codes(shown)) == ("blocked", ["case-moved-on"])
    assert str(mine.shown(ONE, "Result")).startswith("Not saved: This case was changed")
    done = mine.send(apply=offered(shown))
    assert (done["level"], done["figures"]["saved"]) == ("review", 1)
    assert (record_of(cases).stage, record_of(cases).injury.claim_number) == ("suit", "")


def test_an_answer_to_what_has_changed_since_saves_nothing(cases: Ledger) -> None:
    mine, theirs = CasesSheet.opened(cases), CasesSheet.opened(cases)
    mine.type_in(ONE, {"Stage": "suit"})
    shown = mine.send()
    theirs.type_in(ONE, {"Stage": "demand"})
    theirs.send_and_agree()
    assert mine.send(apply=offered(shown))["figures"]["saved"] == 0
    assert record_of(cases).stage == "demand"


def test_no_answer_saves_nothing(cases: Ledger) -> None:
    sheet = CasesSheet.opened(cases)
    sheet.type_in(ONE, {"Stage": "suit"})
    reply = sheet.send(apply="no")
    assert (reply["summary"], reply["asks"]) == (
        "Nothing is saved, as you chose: 1 row stays as typed.",
        None,
    )
    assert record_of(cases).stage is None


@pytest.mark.parametrize(
    ("typed", "code", "heading"),
    [
        ({"Stage": "waiting"}, "not-a-choice", "Stage"),
        ({"Letter cap": "much"}, "not-money", "Letter cap"),
        ({"Letter cap": 500}, "case-not-saved", "Letter signed"),
        ({"Attorney from": date(2026, 12, 1)}, "case-not-saved", "Attorney from"),
        ({"All liens": 50}, "case-not-saved", "All liens"),
        ({"Stage": "suit", "Case": "Case C"}, "case-mixed-up", "Case"),
    ],
)
def test_what_cannot_be_saved_is_said_on_its_cell(
    cases: Ledger, typed: dict[str, Cell | date], code: str, heading: str
) -> None:
    sheet = CasesSheet.opened(cases)
    sheet.type_in(ONE, typed)
    reply = sheet.send()
    (finding,) = reply["findings"]
    column = CASES.titles[cell_addresses.bounds(finding["cell"])[0]]
    assert (finding["code"], column) == (code, heading)
    assert (reply["asks"], reply["figures"]["refused"]) == (None, 1)


def test_a_row_that_is_there_twice_is_not_saved(cases: Ledger) -> None:
    sheet = CasesSheet.opened(cases)
    sheet.type_in(ONE, {"Stage": "suit"})
    sheet.rows.append(list(sheet.rows[sheet.row(ONE) - 1]))
    assert codes(sheet.send()) == ["case-mixed-up"] * 2


def test_a_row_added_by_hand_is_no_case(cases: Ledger) -> None:
    sheet = CasesSheet.opened(cases)
    row: list[Cell] = [None] * len(sheet.rows[0])
    row[1] = "Patient Nine"
    sheet.rows.append(row)
    assert codes(sheet.send()) == ["row-added-by-hand"]


def test_a_sorted_sheet_is_saved_as_the_cases_it_shows(cases: Ledger) -> None:
    sheet = CasesSheet.opened(cases)
    sheet.type_in(TWO, {"Stage": "demand"})
    sheet.rows[1:] = reversed(sheet.rows[1:])
    sheet.send_and_agree()
    assert (record_of(cases).stage, record_of(cases, 2).stage) == (None, "demand")


def test_a_column_that_is_missing_empties_nothing(cases: Ledger) -> None:
    sheet = CasesSheet.opened(cases)
    place = sheet.rows[0].index("Attorney")
    for row in sheet.rows:
        del row[place]
    reply = sheet.send()
    assert codes(reply) == ["missing-heading"]
    assert record_of(cases).attorney.name == "Attorney Invented"


def test_the_list_asks_before_it_replaces_what_is_typed(cases: Ledger) -> None:
    sheet = CasesSheet.opened(cases)
    sheet.type_in(ONE, {"Stage": "suit"})
    asked = pressed(cases, "cases.open", sheet.click())
    assert asked["asks"]["fields"][0]["name"] == "anew"
    assert pressed(cases, "cases.open", sheet.click(anew="no"))["output"] is None
    assert pressed(cases, "cases.open", sheet.click(anew="yes"))["output"]


def test_a_sheet_of_somebodys_own_stays(cases: Ledger) -> None:
    with pytest.raises(SheetInTheWay):
        pressed(cases, "cases.open", a_click(sheets=[{"name": "Cases", "columns": [["Case"], ["Patient"]]}]))
    with pytest.raises(MissingSheet):
        pressed(cases, "cases.save", a_click())


def test_a_viewer_lists_cases_and_saves_none(cases: Ledger) -> None:
    viewer = Person("vic", Role.VIEWER)
    assert pressed(cases, "cases.open", a_click(), viewer)["figures"]["cases"] == 2
    sheet = CasesSheet.opened(cases)
    sheet.type_in(ONE, {"Stage": "suit"})
    with pytest.raises(RoleNotAllowed):
        sheet.send(viewer)


def test_the_days_count_from_the_day_of_the_click(cases: Ledger) -> None:
    assert TODAY < TODAY_THERE
    sheet = CasesSheet.opened(cases)
    sheet.type_in(ONE, {"Attorney": ""})
    sheet.send_and_agree()
    with lakeside(cases).reading() as books:
        assert books.case_records.attorney_changes([1])[1][-1].attorney.until_on == TODAY_THERE
    assert sheet.shown(ONE, "Attorney") is None


def agreeing(ledger: Ledger, amount: int, **record: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of CaseRecord
    """Return the reply to an Invoices sheet that agrees on an amount for the invoice of a case with this record."""
    numbers = created(lakeside(ledger), a_draft(ONE, case="Case A"))
    with lakeside(ledger).transaction() as books:
        books.case_records.record(1, CaseRecord(payer="Acme Invented Insurance", **record), "ana")
    sheet = driven(ledger, numbers, SEND)
    sheet.type_in(numbers[0], action="agree", amount=amount, date=NOV_19, note="by phone")
    return sheet.send()


HALF = CaseSettlement(1_000_00, lien_pool_cents=100_00, all_liens_cents=200_00)


def test_agreeing_below_our_share_is_flagged_with_the_figure(ledger: Ledger) -> None:
    reply = agreeing(ledger, 49, settlement=HALF)
    assert codes(reply) == ["below-pro-rata"]
    assert reply["findings"][0]["message"] == "$49.00 is less than $50.00, our pro-rata share of INV-000001."
    assert reply["figures"]["pro_rata_cents"] == {"INV-000001": 50_00}
    assert reply["asks"]


def test_agreeing_at_our_share_and_at_the_cap_is_recorded_at_once(ledger: Ledger) -> None:
    letter = LetterOfProtection(date(2026, 6, 1), cap_cents=50_00)
    reply = agreeing(ledger, 50, settlement=HALF, letter=letter)
    assert (codes(reply), reply["asks"], reply["figures"]["recorded"]) == ([], None, 1)
    assert reply["figures"]["pro_rata_cents"] == {"INV-000001": 50_00}


def test_agreeing_above_the_cap_is_flagged_unless_the_letter_was_released(ledger: Ledger) -> None:
    letter = LetterOfProtection(date(2026, 6, 1), cap_cents=50_00)
    assert codes(agreeing(ledger, 51, letter=letter)) == ["above-letter-cap"]


def test_a_released_letter_flags_nothing(ledger: Ledger) -> None:
    letter = LetterOfProtection(date(2026, 6, 1), cap_cents=50_00, released_on=NOV_19)
    assert codes(agreeing(ledger, 51, letter=letter)) == []


def ask_for_status(ledger: Ledger, case_id: int = 1, message: str = "Is the demand sent?") -> None:
    with lakeside(ledger).transaction() as books:
        books.status_requests.add(case_id, "Attorney Invented", message, "Fern Invented")


def open_requests(ledger: Ledger) -> int:
    with lakeside(ledger).reading() as books:
        return len(books.status_requests.open_requests())


def test_a_request_for_the_status_is_on_the_sheet_and_yes_answers_it(cases: Ledger) -> None:
    ask_for_status(cases)
    reply = pressed(cases, "cases.open", a_click())
    assert reply["summary"].endswith("An attorney waits for the status of 1 case.")
    sheet = CasesSheet.opened(cases)
    assert sheet.shown(ONE, "Status requested")
    assert sheet.shown(ONE, "Status message") == "Fern Invented: Is the demand sent?"
    assert sheet.shown(TWO, "Status requested") is None
    sheet.type_in(ONE, {"Status answered": "Yes"})
    shown = sheet.send()
    assert shown["asks"]["tables"][0]["rows"][0][1::2] == ["Status answered", "yes"]
    assert open_requests(cases) == 1
    done = sheet.send(apply=offered(shown))
    assert (done["figures"]["saved"], open_requests(cases)) == (1, 0)
    assert [sheet.shown(ONE, title) for title in ("Status requested", "Status answered")] == [None, None]
    with lakeside(cases).reading() as books:
        (asked,) = books.status_requests.of_cases([1])[1]
        saved = books._session.value("SELECT COUNT(*) FROM case_record")  # noqa: SLF001
    assert (asked.answered_by, saved) == ("local", 0)
    assert sheet.send()["figures"]["rows"] == 0


def test_a_request_and_the_record_are_saved_together(cases: Ledger) -> None:
    ask_for_status(cases)
    sheet = CasesSheet.opened(cases)
    sheet.type_in(ONE, {"Status answered": "yes", "Stage": "demand"})
    sheet.send_and_agree()
    assert (record_of(cases).stage, open_requests(cases)) == ("demand", 0)


def test_a_request_that_came_meanwhile_is_shown_before_it_is_answered(cases: Ledger) -> None:
    ask_for_status(cases)
    sheet = CasesSheet.opened(cases)
    sheet.type_in(ONE, {"Status answered": "yes"})
    shown = sheet.send()
    ask_for_status(cases, message="And the costs?")
    again = sheet.send(apply=offered(shown))
    assert again["figures"]["saved"] == 0
    assert open_requests(cases) == 2
    sheet.send(apply=offered(again))
    assert open_requests(cases) == 0


@pytest.mark.parametrize("typed", ["no", "later", 1, True])
def test_anything_but_yes_answers_nothing(cases: Ledger, typed: Cell) -> None:
    ask_for_status(cases)
    sheet = CasesSheet.opened(cases)
    sheet.type_in(ONE, {"Status answered": typed})
    assert sheet.send()["figures"]["saved"] == 0
    assert open_requests(cases) == 1


def test_yes_where_nobody_waits_is_said(cases: Ledger) -> None:
    sheet = CasesSheet.opened(cases)
    sheet.type_in(TWO, {"Status answered": "yes"})
    reply = sheet.send()
    assert codes(reply) == ["case-not-saved"]
    assert "No attorney waits" in str(sheet.shown(TWO, "Result"))


def settle_one(ledger: Ledger) -> None:
    shown = pressed(ledger, "cases.settle", a_click(inputs={"case": "Case A"}))
    (confirm,) = [field for field in shown["asks"]["fields"] if field["name"] == "confirm"]
    answer = {"case": "Case A", "confirm": confirm["choices"][0]["value"]}
    assert pressed(ledger, "cases.settle", a_click(inputs=answer))["figures"]["settled"]


def test_a_settled_case_of_which_an_attorney_waits_is_listed(ledger: Ledger) -> None:
    received(ledger, (ONE, "Case A"))
    settle_one(ledger)
    assert pressed(ledger, "cases.open", a_click())["figures"]["cases"] == 0
    ask_for_status(ledger)
    assert pressed(ledger, "cases.open", a_click())["figures"]["cases"] == 1

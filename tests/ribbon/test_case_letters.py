"""The button Letters about cases: lien letters and reduction offers to attorneys (rule: receivables#case-letters)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from server.billing.invoices.case_attorneys import CaseAttorney, WishedAttorney
from server.billing.invoices.case_records import CaseRecord, LetterOfProtection
from server.billing.invoices.cases import Injury
from server.billing.invoices.invoice import Action
from server.billing.people import Person, Role
from server.billing.receivables.mail_log import Channel, LetterKind, MessageState
from server.billing.setup_payer_mail import PayerContact
from server.errors import MissingInput, RoleNotAllowed, TooLarge, UnknownInvoice
from server.ledger.store import Ledger
from server.operations import case_letters
from server.operations.payer_mail import list_messages
from server.operations.session import Session
from tests.invented import LAKESIDE
from tests.ledger.invoiced import AGREED, TODAY, a_cheque, a_draft, created, take
from tests.papers.reading import cents_after, pages_of, text_of
from tests.ribbon.clicks import HARBOR, a_click, a_ledger, pressed, views
from tests.ribbon.invoice_clicks import invoices_sheet, selecting

BUTTON = "reminders.letters"
LIEN, OFFER = "lien letter", "reduction offer"
LEX, JUS = "Lex Invented", "Jus Invented"
FIRM = "Example Law LLP"
SIGNED = LetterOfProtection(date(2026, 9, 1), "Lex Invented", 250_00, "in the folder")

ADDRESSED = replace(
    LAKESIDE,
    payer_contacts=(
        PayerContact(LEX, address="9 Invented Square; Columbus, OH 43215"),
        PayerContact(FIRM, address="7 Invented Row; Dayton, OH 45402"),
    ),
)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """Return a ledger with a case of two invoices of $100.00, one of them agreed at $80.00 and part paid, and a case of another attorney."""
    made = a_ledger(tmp_path / "ledger", ADDRESSED, HARBOR)
    books = made.clinic("lakeside")
    mine = [a_draft("Patient One", case="Case A", attorney=LEX) for _ in range(2)]
    numbers = created(books, *mine, a_draft("Patient Two", case="Case B", attorney=JUS, cents=55_00))
    take(books, Action.SEND, numbers, day=TODAY)
    take(books, Action.AGREE, numbers[:1], **AGREED)
    take(books, Action.RECORD_CHEQUE, numbers[:1], **a_cheque(30_00), exception="partial")
    with books.transaction() as writing:
        record = CaseRecord(injury=Injury(date(2026, 8, 3), "CL-77"), letter=SIGNED)
        writing.case_records.record(1, record, "ana")
    return made


def change_record(ledger: Ledger, record: CaseRecord) -> None:
    with ledger.clinic("lakeside").transaction() as books:
        books.case_records.record(1, record, "ana")


def change_attorney(ledger: Ledger, case: int, name: str, firm: str = "") -> None:
    wished = WishedAttorney(CaseAttorney(name, firm, TODAY), is_correction=False)
    with ledger.clinic("lakeside").transaction() as books:
        books.case_records.change_attorney(case, wished, date(2026, 11, 20), "ana")


def press(ledger: Ledger, letter: str, invoice: str = "INV-000002", **inputs: str) -> dict[str, Any]:
    return pressed(ledger, BUTTON, a_click(inputs={"letter": letter, "invoice": invoice} | inputs))


def answer_of(reply: dict[str, Any]) -> str:
    return str(reply["asks"]["fields"][-1]["choices"][0]["value"])


def printed(ledger: Ledger, letter: str, invoice: str = "INV-000002", **inputs: str) -> dict[str, Any]:
    asked = press(ledger, letter, invoice, **inputs)
    return press(ledger, letter, invoice, print=answer_of(asked), **inputs)


def paper(ledger: Ledger, reply: dict[str, Any]) -> bytes:
    return ledger.outputs.read(reply["file"]["id"]).data


def codes(reply: dict[str, Any]) -> list[str]:
    return [one["code"] for one in reply["findings"] if one["code"] != "missing-letterhead"]


def messages(ledger: Ledger) -> list[tuple[object, ...]]:
    session = Session(ledger, Person("local", Role.MANAGER), "lakeside")
    with session.transaction():
        return [
            (one.channel, one.kind, one.recipient, one.level, one.invoices, one.amount_cents, state)
            for one, state in reversed(list_messages(session).rows)
        ]


def steps_of(ledger: Ledger, numbers: Iterable[str]) -> list[Action]:
    with ledger.clinic("lakeside").reading() as books:
        return [one.step.action for one in books.invoices.histories([*numbers])]


def test_a_lien_letter_states_what_is_on_record_of_the_case(ledger: Ledger) -> None:
    asked = press(ledger, LIEN)
    assert asked["asks"]["tables"][0]["rows"] == [[LEX, "$200.00", "$150.00", "$150.00"]]
    reply = press(ledger, LIEN, print=answer_of(asked))
    assert views(ledger.folder)[-1][1:] == ("print lien letters", "1 letter")
    (text,) = pages_of(paper(ledger, reply))
    assert f"{LEX}\n9 Invented Square\nColumbus, OH 43215" in text
    flat = " ".join(text.split())
    for words in ("Patient One", "CL-77", "08/03/2026", "Signed 09/01/2026 by Lex Invented, up to $250.00"):
        assert words in flat
    assert cents_after("Amount billed", flat) == 200_00
    assert cents_after("Our lien", flat) == 150_00
    assert "Total $200.00 $20.00 $30.00 $150.00" in flat
    assert messages(ledger) == [(Channel.LETTER, LetterKind.LIEN, LEX, None, 2, 150_00, MessageState.MADE)]


def test_a_letter_says_nothing_of_what_was_done_nor_of_other_cases(ledger: Ledger) -> None:
    for reply in (printed(ledger, LIEN), printed(ledger, OFFER, offer="60%", until="2026-12-31")):
        text = text_of(paper(ledger, reply))
        for word in (
            "EX-101",
            "Invented exam",
            "Dr. Invented",
            "North",
            "Case A",
            "Patient Two",
            JUS,
            "by phone",
        ):
            assert word not in text
        assert "Patient One" not in reply["file"]["name"] + reply["file"]["url"] + reply["summary"]


def test_a_lien_is_no_more_than_what_is_left_of_the_cap(ledger: Ledger) -> None:
    change_record(ledger, CaseRecord(letter=replace(SIGNED, cap_cents=100_00)))
    assert press(ledger, LIEN)["figures"]["asked_cents"] == 70_00
    change_record(ledger, CaseRecord(letter=replace(SIGNED, cap_cents=30_00)))
    none = press(ledger, LIEN)
    assert (none["summary"], codes(none)) == ("No letter was made.", ["nothing-to-claim"])
    released = replace(SIGNED, cap_cents=30_00, released_on=TODAY)
    change_record(ledger, CaseRecord(letter=released))
    asked = press(ledger, LIEN)
    assert (asked["figures"]["asked_cents"], codes(asked)) == (150_00, ["lien-without-protection"])
    assert "protection" not in text_of(paper(ledger, press(ledger, LIEN, print=answer_of(asked)))).casefold()


def test_a_letter_goes_to_the_attorney_of_today_at_the_address_of_the_firm(ledger: Ledger) -> None:
    change_attorney(ledger, 1, JUS, FIRM)
    text = pages_of(paper(ledger, printed(ledger, LIEN)))[0]
    assert f"{JUS}\n{FIRM}\n7 Invented Row\nDayton, OH 45402" in text
    assert "9 Invented Square" not in text
    assert f"Dear {JUS}" in text


def test_each_case_has_a_letter_of_its_own_and_what_is_missing_is_a_finding(ledger: Ledger) -> None:
    books = ledger.clinic("lakeside")
    more = created(
        books,
        a_draft("Patient Three", case="Case C", attorney=LEX),
        a_draft("Patient Four", case="Case D", attorney=""),
        a_draft("Patient Five", case="Case E", attorney=LEX),
    )
    take(books, Action.VOID, more[2:], note="billed twice")
    every = "; ".join(["INV-000001", "INV-000002", "INV-000003", *more])
    reply = printed(ledger, LIEN, every)
    assert (reply["level"], reply["figures"]["letters"], reply["figures"]["without"]) == ("review", 2, 3)
    first, second = pages_of(paper(ledger, reply))
    assert ("Patient One" in first, "Patient Three" in first) == (True, False)
    assert ("Patient One" in second, "Patient Three" in second) == (False, True)
    assert sorted(codes(reply)) == [
        "letter-address-missing",
        "letter-without-attorney",
        "lien-without-protection",
        "nothing-to-claim",
    ]
    assert {one["remedies"][0]["button"] for one in reply["findings"] if one["severity"] == "blocker"} == {
        "clinic.open",
        "cases.open",
    }


def test_an_offer_is_asked_for_shown_and_then_printed_and_records_no_step(ledger: Ledger) -> None:
    before = steps_of(ledger, ["INV-000001", "INV-000002"])
    first = press(ledger, OFFER)
    assert [one["name"] for one in first["asks"]["fields"]] == ["offer", "until"]
    assert "records no offer" in first["summary"]
    asked = press(ledger, OFFER, offer="60%", until="2026-12-31")
    assert asked["asks"]["tables"][0]["rows"][0][-1] == "$90.00"
    assert [one["default"] for one in asked["asks"]["fields"][:2]] == ["60%", "2026-12-31"]
    shown = press(ledger, OFFER, offer="60%", until="2026-12-31", print="show")
    assert "Preview. This letter is not recorded as made." in text_of(paper(ledger, shown))
    assert messages(ledger) == []

    reply = press(ledger, OFFER, offer="60%", until="2026-12-31", print=answer_of(asked))
    (text,) = pages_of(paper(ledger, reply))
    flat = " ".join(text.split())
    assert (
        "We offer to accept $90.00 in full payment of this balance, if the payment reaches us by 12/31/2026."
        in flat
    )
    assert cents_after("Offered payable", flat) == 90_00
    assert "choose “record offer” or “counter offer”" in reply["summary"]
    assert steps_of(ledger, ["INV-000001", "INV-000002"]) == before
    assert messages(ledger) == [
        (Channel.LETTER, LetterKind.REDUCTION_OFFER, LEX, None, 2, 150_00, MessageState.MADE)
    ]


@pytest.mark.parametrize(
    ("offer", "cents"), [("75", 75_00), ("$75.50", 75_50), ("33.333%", 50_00), ("0.01", 1)]
)
def test_an_offer_is_an_amount_or_a_share_rounded_once(ledger: Ledger, offer: str, cents: int) -> None:
    assert press(ledger, OFFER, offer=offer, until="2026-11-20")["figures"]["asked_cents"] == cents


@pytest.mark.parametrize(
    ("offer", "until", "sentence"),
    [
        ("150", "2026-12-31", "does not reduce the balance of $150.00"),
        ("100%", "2026-12-31", "does not reduce"),
        ("0", "2026-12-31", "does not reduce"),
        ("-5", "2026-12-31", "does not reduce"),
        ("0%", "2026-12-31", "does not reduce"),
        ("101%", "2026-12-31", "is no offer"),
        ("half", "2026-12-31", "is no offer"),
        ("1.005", "2026-12-31", "is no offer"),
        ("60%", "2026-11-19", "An offer ends on a day from today to 11/21/2027"),
        ("60%", "2036-12-31", "An offer ends on a day"),
        ("60%", "soon", "is not a date"),
    ],
)
def test_what_is_no_offer_is_asked_again_with_the_reason(
    ledger: Ledger, offer: str, until: str, sentence: str
) -> None:
    reply = press(ledger, OFFER, offer=offer, until=until, print="print-abcdef")
    assert sentence in reply["asks"]["title"]
    assert (reply["level"], reply["file"], messages(ledger)) == ("blocked", None, [])


def test_an_amount_is_for_one_case(ledger: Ledger) -> None:
    numbers = created(ledger.clinic("lakeside"), a_draft("Patient Three", case="Case C", attorney=LEX))
    both = f"INV-000001; {numbers[0]}"
    reply = press(ledger, OFFER, both, offer="20", until="2026-12-31")
    assert "An amount is the offer for one case, and 2 cases are selected." in reply["asks"]["title"]
    shares = press(ledger, OFFER, both, offer="50%", until="2026-12-31")
    assert [row[-1] for row in shares["asks"]["tables"][0]["rows"]] == ["$75.00", "$50.00"]


def test_other_terms_than_were_shown_print_nothing(ledger: Ledger) -> None:
    answer = answer_of(press(ledger, OFFER, offer="60%", until="2026-12-31"))
    for offer, until in (("50%", "2026-12-31"), ("60%", "2026-12-30")):
        again = press(ledger, OFFER, offer=offer, until=until, print=answer)
        assert again["summary"].startswith("Something has changed since you were asked")
        assert again["file"] is None
    take(
        ledger.clinic("lakeside"),
        Action.RECORD_CHEQUE,
        ["INV-000001"],
        **a_cheque(20_00, "77-2"),
        exception="partial",
    )
    again = press(ledger, OFFER, offer="60%", until="2026-12-31", print=answer)
    assert (again["file"], again["figures"]["balance_cents"]) == (None, 130_00)
    assert messages(ledger) == []


def test_the_same_click_twice_prints_once(ledger: Ledger) -> None:
    inputs = {"letter": LIEN, "invoice": "INV-000001"}
    click = a_click(inputs=inputs | {"print": answer_of(press(ledger, LIEN, "INV-000001"))})
    assert pressed(ledger, BUTTON, click) == pressed(ledger, BUTTON, click)
    assert len(messages(ledger)) == 1


def test_the_selected_rows_choose_the_cases(ledger: Ledger) -> None:
    sheet = invoices_sheet(ledger)
    reply = pressed(ledger, BUTTON, selecting(sheet, ["INV-000001", "INV-000002"], {"letter": LIEN}))
    assert reply["figures"]["letters"] == 1
    for letter in (LIEN, OFFER, "statement"):
        reply = pressed(ledger, BUTTON, a_click(inputs={"letter": letter}))
        assert [one["name"] for one in reply["asks"]["fields"]] == ["invoice"]


def test_another_clinics_invoice_and_an_unknown_letter_are_refused(ledger: Ledger) -> None:
    with pytest.raises(UnknownInvoice):
        pressed(ledger, BUTTON, a_click(clinic="harbor", inputs={"letter": LIEN, "invoice": "INV-000001"}))
    with pytest.raises(MissingInput):
        press(ledger, "love letter")
    with pytest.raises(MissingInput):
        press(ledger, LIEN, print="print")
    assert press(ledger, LIEN, print="no")["summary"] == "No letter was made."
    with pytest.raises(RoleNotAllowed):
        pressed(ledger, BUTTON, a_click(inputs={"letter": LIEN}), Person("vic", Role.VIEWER))
    assert messages(ledger) == []


def test_a_file_has_a_limit(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case_letters, "MOST_CASES", 1)
    with pytest.raises(TooLarge, match="2 cases"):
        press(ledger, LIEN, "INV-000001; INV-000003")


def test_strange_names_print_as_they_are_typed(ledger: Ledger) -> None:
    strange = '#panic("x") $x$ *bold* <a> 山'
    numbers = created(ledger.clinic("lakeside"), a_draft(strange, case="Case S", attorney=LEX))
    reply = printed(ledger, LIEN, numbers[0])
    assert strange[:-1].strip() in text_of(paper(ledger, reply))
    assert "letters-not-printable" in codes(reply)

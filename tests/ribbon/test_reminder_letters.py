"""The button Letters: reminders on paper for payers that are not mailed (rule: receivables#letters)."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from server.billing.invoices.invoice import Action, State
from server.billing.people import LOCAL_PERSON, Person, Role
from server.billing.receivables.mail_log import Channel, LetterKind, MailOutcome, MessageState
from server.billing.receivables.payer_mail import WhyNotMailed
from server.billing.setup_payer_mail import PayerContact
from server.errors import MissingInput, OutcomeNotOpen, RoleNotAllowed
from server.ledger.clinic_books import ClinicBooks
from server.ledger.receivables.payer_mail import NewMessage, WrittenInvoice
from server.ledger.store import Ledger
from server.mail_password import PASSWORD_FILE
from server.operations.letters import MOST_LETTERS
from server.operations.payer_mail import decide_message, list_messages, plan_of_mail, send_mail
from server.operations.session import Session
from tests.ledger.invoiced import TODAY, a_draft, created, take
from tests.mail_servers import MAILED, PASSWORD, PATIENT, PAYERS, Mailbox, a_mailing_ledger, mail_server
from tests.papers.reading import pages_of, reader_of, tags_of, text_of
from tests.ribbon.clicks import a_click, a_clock, pressed, views
from tests.ribbon.invoice_clicks import invoices_sheet, selecting

BUTTON = "reminders.letters"
ACME, BIRCH, CEDAR = PAYERS
PLAZA = "Claims Department; 1 Invented Plaza; Dayton, OH 45402"

ON_PAPER = replace(
    MAILED,
    payer_contacts=(
        PayerContact(ACME, address=PLAZA),
        PayerContact(BIRCH, "claims@birch.example", "2 Invented Road\nAkron, OH 44301", is_mailed=False),
        PayerContact(CEDAR, "claims@cedar.example", "3 Invented Court; Toledo, OH 43601", is_mailed=True),
    ),
)
"""Acme has no e-mail address, Birch wants no mail, and Cedar is mailed."""


@pytest.fixture(autouse=True)
def _no_key_store(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep passwords in files, also where the tests run on a desktop."""
    monkeypatch.setattr("server.key_store.has_key_store", lambda: False)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return a_mailing_ledger(tmp_path / "ledger", ON_PAPER)


def press(ledger: Ledger, *, clinic: str = "lakeside", **inputs: str) -> dict[str, Any]:
    return pressed(ledger, BUTTON, a_click(clinic=clinic, inputs=inputs))


def answer_of(reply: dict[str, Any]) -> str:
    return str(reply["asks"]["fields"][0]["choices"][0]["value"])


def payers_in(asked: dict[str, Any]) -> list[str]:
    """Return the payers that would get a letter: the first lines of the addresses."""
    return [row[0].split(", ")[0] for row in asked["asks"]["tables"][0]["rows"]]


def printed(ledger: Ledger) -> dict[str, Any]:
    return press(ledger, print=answer_of(press(ledger)))


def paper(ledger: Ledger, reply: dict[str, Any]) -> bytes:
    return ledger.outputs.read(reply["file"]["id"]).data


def later(ledger: Ledger, **time: float) -> Ledger:
    return Ledger(ledger.folder, lambda: a_clock() + timedelta(**time))


def messages(ledger: Ledger) -> list[tuple[Channel, LetterKind, str, int | None, MessageState]]:
    """Return what is on record, the oldest first."""
    session = Session(ledger, Person("local", Role.MANAGER), "lakeside")
    with session.transaction():
        return [
            (one.channel, one.kind, one.recipient, one.level, state)
            for one, state in reversed(list_messages(session).rows)
        ]


def a_recorded_mail(books: ClinicBooks, payer: str, address: str) -> int:
    """Record a mail about the first invoice of which nobody knows the end, as a run does that is stopped."""
    about = [WrittenInvoice("INV-000001", State.PENDING_REDUCTION, 100_00, 1)]
    message = NewMessage(
        Channel.MAIL,
        LetterKind.REMINDER,
        about,
        "0" * 64,
        "<1@office.example>",
        payer,
        address=address,
        level=1,
    )
    return books.payer_mail.add(message, "ana")


def a_letter_to(payer: str, level: int = 1, state: MessageState = MessageState.MADE) -> tuple[object, ...]:
    return Channel.LETTER, LetterKind.REMINDER, payer, level, state


def test_nothing_counts_as_sent_before_the_second_answer(ledger: Ledger) -> None:
    asked = press(ledger)
    assert (asked["level"], asked["figures"]["letters"], asked["file"]) == ("blocked", 2, None)
    assert asked["asks"]["tables"][0]["rows"] == [
        [
            f"{ACME}, Claims Department, 1 Invented Plaza, Dayton, OH 45402",
            "2",
            "$200.00",
            "Friendly reminder",
        ],
        [f"{BIRCH}, 2 Invented Road, Akron, OH 44301", "2", "$200.00", "Friendly reminder"],
    ]
    shown = press(ledger, print="show")
    assert "Preview. This letter is not counted as sent." in text_of(paper(ledger, shown))
    assert messages(ledger) == []

    reply = press(ledger, print=answer_of(asked))
    assert reply["summary"].startswith("2 letters printed as a PDF file, and count as sent.")
    assert reply["file"]["name"] == "Letters reminder 2026-11-20.pdf"
    assert "Preview" not in text_of(paper(ledger, reply))
    assert messages(ledger) == [a_letter_to(ACME), a_letter_to(BIRCH)]
    assert views(ledger.folder)[-2][1:] == ("print reminder letters", "2 letters")


def test_each_letter_is_on_a_page_of_its_own_with_its_address_and_its_invoices(ledger: Ledger) -> None:
    first, second = pages_of(paper(ledger, printed(ledger)))
    assert "Claims Department\n1 Invented Plaza\nDayton, OH 45402" in first
    for number in ("INV-000001", "INV-000002"):
        assert number in first
        assert number not in second
    for words in (BIRCH, "2 Invented Road", "INV-000003", "INV-000004", "$200.00", "Page 1 of 1"):
        assert words in second
    assert ACME not in second


def test_the_address_is_in_the_window_of_the_envelope_and_nothing_else_is(ledger: Ledger) -> None:
    """A No. 10 envelope shows at most 0.9 to 5.3 inches from the left and 2.05 to 3.6 from the top of a sheet folded in three."""
    seen: list[tuple[float, float, str]] = []

    def note(text: str, place: list[float], *_: object) -> None:
        if text.strip():
            seen.append((place[4] / 72, 11 - place[5] / 72, text.strip()))

    page = reader_of(paper(ledger, printed(ledger))).pages[0]
    page.extract_text(visitor_text=note)
    in_window = [text for left, top, text in seen if left < 5.3 and 2.05 < top < 3.65]
    assert " ".join(in_window).split() == f"{ACME} {PLAZA.replace(';', '')}".split()
    tops = [top for left, top, _ in seen if left < 5.3 and 2.05 < top < 3.65]
    assert min(tops) > 2.4
    assert max(tops) < 3.2


def test_a_letter_names_neither_the_patient_nor_what_was_done(ledger: Ledger) -> None:
    reply = printed(ledger)
    content = paper(ledger, reply)
    for word in (*PATIENT.split(), "Case 0", "EX-101", "Invented exam", "Dr. Invented", "Attorney"):
        assert word not in text_of(content)
        assert word not in str(reply)
        assert word.encode() not in content


def test_nobody_gets_a_letter_and_a_mail_of_one_level(ledger: Ledger) -> None:
    plan = plan_of_mail(Session(ledger, Person("local", Role.MANAGER), "lakeside"))
    assert [one.mail.payer for one in plan.mails] == [CEDAR]
    sheet = invoices_sheet(ledger)
    asked = pressed(ledger, BUTTON, selecting(sheet, ["INV-000005"]))
    assert payers_in(asked) == [CEDAR]
    assert asked["asks"]["tables"][0]["rows"][0][1] == "1"
    pressed(ledger, BUTTON, selecting(sheet, ["INV-000005"], {"print": answer_of(asked)}))
    (mail,) = plan_of_mail(Session(ledger, Person("local", Role.MANAGER), "lakeside")).mails
    assert [one.invoice.number for one in mail.mail.due] == ["INV-000006"]
    assert (
        "None of the selected invoices is due"
        in (pressed(ledger, BUTTON, selecting(sheet, ["INV-000005"]))["summary"])
    )


def test_the_next_letter_is_the_next_level_after_its_days(ledger: Ledger) -> None:
    printed(ledger)
    assert press(ledger)["summary"].startswith("No letter is due at Lakeside")
    assert press(later(ledger, days=13))["asks"] is None
    in_time = later(ledger, days=14)
    assert "Second notice" in text_of(paper(in_time, printed(in_time)))
    assert messages(ledger)[2:] == [a_letter_to(ACME, 2), a_letter_to(BIRCH, 2)]
    assert press(later(ledger, days=300))["asks"] is None


def test_the_same_click_twice_makes_one_letter_for_each_payer(ledger: Ledger) -> None:
    click = a_click(inputs={"print": answer_of(press(ledger))})
    assert pressed(ledger, BUTTON, click) == pressed(ledger, BUTTON, click)
    other = pressed(ledger, BUTTON, a_click(inputs=click["inputs"]))
    assert other["summary"].startswith("Something has changed since you were asked, so nothing was printed.")
    assert len(messages(ledger)) == 2


def test_two_people_who_print_at_once_print_each_letter_once(ledger: Ledger) -> None:
    answer, replies = answer_of(press(ledger)), list[dict[str, Any]]()
    threads = [
        Thread(target=lambda: replies.append(press(Ledger(ledger.folder, a_clock), print=answer)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(bool(one["file"]) for one in replies) == [False, False, False, True]
    assert messages(ledger) == [a_letter_to(ACME), a_letter_to(BIRCH)]


def test_a_letter_that_is_printed_while_its_mail_goes_out_is_not_made(ledger: Ledger, tmp_path: Path) -> None:
    mailbox, sheet, replies = Mailbox(), invoices_sheet(ledger), list[dict[str, Any]]()
    answer = answer_of(pressed(ledger, BUTTON, selecting(sheet, ["INV-000005"])))

    def print_meanwhile(command: str) -> None:
        if command == "DATA":
            other = Ledger(ledger.folder, a_clock)
            replies.append(pressed(other, BUTTON, selecting(sheet, ["INV-000005"], {"print": answer})))

    mailbox.at = print_meanwhile
    with mail_server(tmp_path, mailbox) as settings:
        (ledger.folder / PASSWORD_FILE).write_text(PASSWORD)
        run = send_mail(Session(ledger, LOCAL_PERSON, "lakeside"), settings)
    assert [(one.payer, one.outcome) for one in run.ends] == [(CEDAR, MailOutcome.SENT)]
    assert replies[0]["file"] is None
    assert "Nobody knows whether the last mail to 1 payer arrived" in replies[0]["summary"]
    assert [one[0] for one in messages(ledger)] == [Channel.MAIL]


def test_a_mail_whose_letter_is_printed_just_before_is_not_sent(ledger: Ledger, tmp_path: Path) -> None:
    mailbox, sheet = Mailbox(), invoices_sheet(ledger)
    both = ["INV-000005", "INV-000006"]
    answer = answer_of(pressed(ledger, BUTTON, selecting(sheet, both)))

    def print_before(command: str) -> None:
        if command == "EHLO" and not messages(ledger):
            pressed(Ledger(ledger.folder, a_clock), BUTTON, selecting(sheet, both, {"print": answer}))

    mailbox.at = print_before
    with mail_server(tmp_path, mailbox) as settings:
        (ledger.folder / PASSWORD_FILE).write_text(PASSWORD)
        run = send_mail(Session(ledger, LOCAL_PERSON, "lakeside"), settings)
    assert (run.ends, run.changed, mailbox.received) == ([], 1, [])
    assert messages(ledger) == [a_letter_to(CEDAR)]


def test_what_changed_since_it_was_shown_is_not_printed(ledger: Ledger) -> None:
    answer = answer_of(press(ledger))
    take(ledger.clinic("lakeside"), Action.VOID, ["INV-000001"], note="billed twice")
    asked = press(ledger, print=answer)
    assert asked["summary"].startswith("Something has changed since you were asked")
    assert (asked["level"], asked["file"], messages(ledger)) == ("blocked", None, [])
    assert press(ledger, print="no")["summary"] == "No letter was made."
    for wrong in ("yes", "print", "all"):
        with pytest.raises(MissingInput):
            press(ledger, print=wrong)
    assert messages(ledger) == []


def test_a_payer_without_an_address_is_a_finding_and_the_others_get_their_letters(tmp_path: Path) -> None:
    contacts = (PayerContact(BIRCH, address="2 Invented Road; Akron, OH 44301"), *ON_PAPER.payer_contacts[2:])
    ledger = a_mailing_ledger(tmp_path / "ledger", replace(ON_PAPER, payer_contacts=contacts))
    asked = press(ledger)
    assert asked["asks"]["tables"][1]["rows"][0][0] == ACME
    reply = press(ledger, print=answer_of(asked))
    assert reply["level"] == "review"
    finding = reply["findings"][0]
    assert (finding["code"], finding["sheet"]) == ("letter-address-missing", "Payers")
    assert finding["remedies"][0]["button"] == "clinic.open"
    assert messages(ledger) == [a_letter_to(BIRCH)]
    alone = press(ledger)
    assert alone["summary"] == "No letter can be made at Lakeside. 1 payer has no address."
    assert (alone["level"], alone["findings_total"]) == ("blocked", 1)


def test_an_address_that_came_back_makes_its_payer_one_for_letters(ledger: Ledger) -> None:
    mailed = replace(
        ON_PAPER,
        payer_contacts=tuple(
            replace(one, email="claims@acme.example", is_mailed=True) if one.payer == ACME else one
            for one in ON_PAPER.payer_contacts
        ),
    )
    with ledger.clinic("lakeside").transaction() as books:
        books.save_setup(mailed, "tests")
    assert payers_in(press(ledger)) == [BIRCH]
    with ledger.clinic("lakeside").transaction() as books:
        mail = a_recorded_mail(books, ACME, "claims@acme.example")
    assert press(ledger)["asks"]["tables"][1]["rows"][0][3] == WhyNotMailed.UNDECIDED
    with ledger.clinic("lakeside").transaction() as books:
        books.payer_mail.record_outcome(mail, MailOutcome.BOUNCED, "ana")
    assert payers_in(press(ledger)) == [ACME, BIRCH]


def test_a_letter_that_came_back_can_be_sent_again_and_nothing_else_is_said_of_it(ledger: Ledger) -> None:
    printed(ledger)

    def decide(outcome: MailOutcome) -> None:
        session = Session(ledger, Person("local", Role.MANAGER), "lakeside")
        with session.transaction():
            decide_message(session, 1, outcome, "came back")

    with pytest.raises(OutcomeNotOpen, match="Message 1 is made"):
        decide(MailOutcome.BOUNCED)
    decide(MailOutcome.SEND_AGAIN)
    assert payers_in(press(ledger)) == [ACME]
    printed(ledger)
    assert messages(ledger) == [
        a_letter_to(ACME, state=MessageState.SEND_AGAIN),
        a_letter_to(BIRCH),
        a_letter_to(ACME),
    ]


def test_two_clinics_have_their_own_letters(ledger: Ledger) -> None:
    assert "no schedule on the setup sheet Reminder mail" in press(ledger, clinic="harbor")["summary"]
    with ledger.clinic("harbor").transaction() as books:
        books.save_setup(replace(ON_PAPER, clinic=books.setup().clinic), "tests")
    numbers = created(ledger.clinic("harbor"), a_draft("Harbor Person", payer=ACME, cents=77_00))
    take(ledger.clinic("harbor"), Action.SEND, numbers, day=TODAY)
    asked = press(ledger, clinic="harbor")
    assert payers_in(asked) == [ACME]
    assert asked["asks"]["tables"][0]["rows"][0][1:3] == ["1", "$77.00"]
    lakeside = answer_of(press(ledger))
    assert press(ledger, clinic="harbor", print=lakeside)["file"] is None
    text = text_of(paper(ledger, press(ledger, clinic="harbor", print=answer_of(asked))))
    assert "$77.00" in text
    assert "Lakeside" not in text
    assert messages(ledger) == []


def test_a_clinic_with_many_payers_prints_some_and_says_how_many_are_left(tmp_path: Path) -> None:
    payers = [f"Payer {place:03} Invented" for place in range(MOST_LETTERS + 1)]
    contacts = tuple(PayerContact(payer, address="1 Invented Plaza; Dayton, OH 45402") for payer in payers)
    many = replace(ON_PAPER, payer_contacts=contacts)
    ledger = a_mailing_ledger(tmp_path / "ledger", many, 1, payers)
    reply = printed(ledger)
    assert reply["summary"].startswith(f"{MOST_LETTERS} letters printed as a PDF file, and count as sent.")
    assert "1 letter left: press Letters again." in reply["summary"]
    assert len(pages_of(paper(ledger, reply))) == MOST_LETTERS
    assert printed(ledger)["figures"]["printed"] == 1
    assert press(ledger)["asks"] is None


def test_a_letter_about_many_invoices_goes_on_and_numbers_its_own_pages(tmp_path: Path) -> None:
    ledger = a_mailing_ledger(tmp_path / "ledger", ON_PAPER, 60, PAYERS[:2])
    pages = pages_of(paper(ledger, printed(ledger)))
    ends = [page.rsplit("Page ", 1)[1].strip() for page in pages]
    half = len(pages) // 2
    assert half > 1
    assert ends == [f"{place} of {half}" for place in range(1, half + 1)] * 2
    assert "continued" in pages[1]


def test_markup_and_strange_letters_print_as_they_are_typed(tmp_path: Path) -> None:
    strange = '#panic("x") $x$ *bold* \\ <a>'
    contacts = (PayerContact(strange, address="@ref #1 Plaza; 山田"),)
    ledger = a_mailing_ledger(tmp_path / "ledger", replace(ON_PAPER, payer_contacts=contacts), 1, [strange])
    reply = printed(ledger)
    text = text_of(paper(ledger, reply))
    assert strange in text
    assert "@ref #1 Plaza" in text
    assert [one["code"] for one in reply["findings"]] == ["missing-letterhead", "letters-not-printable"]


def test_the_file_is_tagged_for_readers_who_do_not_see_it(ledger: Ledger) -> None:
    tags = list(tags_of(paper(ledger, printed(ledger))))
    assert tags.count("H1") == 2


def test_a_viewer_makes_no_letters(ledger: Ledger) -> None:
    with pytest.raises(RoleNotAllowed):
        pressed(ledger, BUTTON, a_click(), Person("vic", Role.VIEWER))

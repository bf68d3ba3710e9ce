"""The button Mail reminders: shown first, sent only with the answer to what was shown."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from server.billing.invoices.invoice import Action
from server.errors import MailNotSetUp, MissingInput
from server.ledger.store import Ledger
from server.mail_password import PASSWORD_FILE
from server.mail_server_settings import MailServerSettings
from server.sheets.receivables.mail_sheet import MAIL
from server.sheets.xlsx.style import CAUTION_TINT, TINT, WHITE
from tests.ledger.invoiced import take
from tests.mail_servers import (
    MAILED,
    PASSWORD,
    PATIENT,
    PAYERS,
    Mailbox,
    a_mailing_ledger,
    mail_server,
    variables_of,
)
from tests.ribbon.clicks import a_click, pressed, views
from tests.ribbon.invoice_sheets import output_of
from tests.sheets.workbooks import sheets_of


@pytest.fixture
def mailing(tmp_path: Path) -> Ledger:
    found = a_mailing_ledger(tmp_path / "ledger")
    (found.folder / PASSWORD_FILE).write_text(PASSWORD)
    return found


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def settings(
    tmp_path: Path, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MailServerSettings]:
    with mail_server(tmp_path, mailbox) as found:
        for name, value in variables_of(found).items():
            monkeypatch.setenv(name, value)
        yield found


@pytest.mark.usefixtures("settings")
def test_each_mail_begins_with_a_row_that_stands_out_and_is_followed_by_its_plain_lines(
    tmp_path: Path,
) -> None:
    level = replace(MAILED.reminder_levels[0], copies_to=("boss@office.example", "other@office.example"))
    contacts = (*MAILED.payer_contacts[:2], replace(MAILED.payer_contacts[2], is_mailed=False))
    setup = replace(MAILED, payer_contacts=contacts, reminder_levels=(level,))
    mailing = a_mailing_ledger(tmp_path / "copied", setup)
    shown = pressed(mailing, "reminders.mail", a_click(inputs={"send": "show"}))
    sheet = load_workbook(BytesIO(output_of(mailing, shown)))[MAIL.name]
    firsts = [row for row in sheet.iter_rows(min_row=2) if row[0].value]
    assert [row[0].value for row in firsts] == list(PAYERS)
    for row in sheet.iter_rows(min_row=2):
        is_mail = row[0].value in PAYERS[:2]
        assert {cell.font.b for cell in row} == {is_mail}
        assert len({cell.fill.fgColor.rgb for cell in row}) == 1
    fills = [row[0].fill.fgColor.rgb[2:] for row in (*firsts, sheet[3])]
    assert fills == [TINT, TINT, CAUTION_TINT, WHITE]
    copies = firsts[0][MAIL.position("Copies")]
    assert (copies.value, copies.alignment.wrap_text) == ("boss@office.example; other@office.example", True)
    assert sheet.row_dimensions[2].height > sheet.row_dimensions[3].height
    assert firsts[2][MAIL.position("Message")].value == "Not mailed: The setup says no mail to this payer."


def answer_of(reply: dict[str, object]) -> str:
    asks = reply["asks"]
    assert isinstance(asks, dict)
    return str(asks["fields"][0]["choices"][0]["value"])


@pytest.mark.usefixtures("settings")
def test_nothing_is_sent_before_the_second_answer(mailing: Ledger, mailbox: Mailbox) -> None:
    asked = pressed(mailing, "reminders.mail", a_click())
    assert (asked["level"], asked["figures"]["mails"], mailbox.received) == ("blocked", 3, [])
    assert asked["asks"]["tables"][0]["rows"][0] == [
        "Acme Invented Insurance",
        "2",
        "$200.00",
        "Friendly reminder",
        "claims@acme.example",
    ]
    shown = pressed(mailing, "reminders.mail", a_click(inputs={"send": "show"}))
    (sheet,) = sheets_of(output_of(mailing, shown))
    assert (sheet.name, len(mailbox.received)) == (MAIL.name, 0)
    told = "\n".join(str(cell or "") for cell in sheet.columns[-1])
    assert "Invoice INV-000001" in told
    assert PATIENT not in told
    assert views(mailing.folder)[-1][1:] == ("preview mail", "3 mails")

    sent = pressed(mailing, "reminders.mail", a_click(inputs={"send": answer_of(asked)}))
    assert (sent["summary"], sent["level"]) == ("3 mails sent.", "done")
    assert len(mailbox.received) == 3
    again = pressed(mailing, "reminders.mail", a_click(inputs={"send": answer_of(asked)}))
    assert again["summary"].endswith("No mail is due at Lakeside.")
    assert len(mailbox.received) == 3


@pytest.mark.usefixtures("settings")
def test_the_same_click_sent_again_sends_no_second_mail(mailing: Ledger, mailbox: Mailbox) -> None:
    click = a_click(inputs={"send": answer_of(pressed(mailing, "reminders.mail", a_click()))})
    assert pressed(mailing, "reminders.mail", click) == pressed(mailing, "reminders.mail", click)
    assert len(mailbox.received) == 3


@pytest.mark.usefixtures("settings")
def test_an_answer_to_something_else_sends_nothing(mailing: Ledger, mailbox: Mailbox) -> None:
    answer = answer_of(pressed(mailing, "reminders.mail", a_click()))
    take(mailing.clinic("lakeside"), Action.VOID, ["INV-000001"], note="billed twice")
    asked = pressed(mailing, "reminders.mail", a_click(inputs={"send": answer}))
    assert asked["summary"].startswith("Something has changed since you were asked, so nothing was sent.")
    assert asked["level"] == "blocked"
    for wrong in ("yes", "send", "all"):
        with pytest.raises(MissingInput):
            pressed(mailing, "reminders.mail", a_click(inputs={"send": wrong}))
    assert (
        pressed(mailing, "reminders.mail", a_click(inputs={"send": "no"}))["summary"] == "No mail was sent."
    )
    assert mailbox.received == []


def test_without_a_mail_server_or_a_schedule_a_sentence_says_so(
    mailing: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CLINIC_LEDGER_SMTP_HOST", raising=False)
    with pytest.raises(MailNotSetUp):
        pressed(mailing, "reminders.mail", a_click())
    reply = pressed(mailing, "reminders.mail", a_click(clinic="harbor"))
    assert "no schedule on the setup sheet Reminder mail" in reply["summary"]

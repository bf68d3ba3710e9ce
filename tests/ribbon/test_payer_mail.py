"""The button Mail reminders: shown first, sent only with the answer to what was shown."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.billing.invoices.invoice import Action
from server.errors import MailNotSetUp, MissingInput
from server.ledger.store import Ledger
from server.mail_password import PASSWORD_FILE
from server.mail_server_settings import MailServerSettings
from server.sheets.receivables.mail_sheet import MAIL
from tests.ledger.invoiced import take
from tests.mail_servers import PASSWORD, PATIENT, PAYERS, Mailbox, a_mailing_ledger, mail_server, variables_of
from tests.ribbon.clicks import a_click, pressed, views
from tests.ribbon.invoice_clicks import written
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
def test_on_the_sheet_a_line_parts_the_mails_and_their_subjects_are_bold(mailing: Ledger) -> None:
    shown = pressed(mailing, "reminders.mail", a_click(inputs={"send": "show"}))
    rows = [*written(mailing, shown, MAIL.name).iter_rows(min_row=5)]
    begins = [place for place, row in enumerate(rows) if row[0].value]
    assert [rows[place][0].value for place in begins] == [*PAYERS]
    assert all(str(rows[place][6].value).startswith("Reminder: ") for place in begins)
    assert [place for place, row in enumerate(rows) if row[6].font.b] == begins
    ends = [place for place, row in enumerate(rows) if row[0].border.bottom.style]
    assert ends == [*(place - 1 for place in begins[1:]), len(rows) - 1]


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

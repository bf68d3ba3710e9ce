"""Mail to payers over a real mail server: what goes out, what is refused, and what is on record (rule: receivables#payer-mail)."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from server.billing.invoices.invoice import Action
from server.billing.people import LOCAL_PERSON, Person, Role
from server.billing.receivables.mail_log import BEING_SENT, MailOutcome, MessageState
from server.billing.receivables.payer_mail import WhyNotMailed
from server.errors import (
    MailNotSetUp,
    MailServerUnusable,
    OutcomeNotOpen,
    RoleNotAllowed,
    UnknownMessage,
)
from server.ledger.store import Ledger
from server.mail_password import PASSWORD_FILE, find_password, store_password
from server.mail_server_settings import MailSecurity, MailServerSettings
from server.operations.payer_mail import (
    MailRun,
    decide_message,
    list_messages,
    plan_of_mail,
    preview_mail,
    send_mail,
)
from server.operations.session import Session
from tests.ledger.invoiced import take
from tests.mail_servers import (
    MAILED,
    PASSWORD,
    PATIENT,
    PAYERS,
    USER,
    Mailbox,
    a_mailing_ledger,
    mail_server,
)
from tests.ribbon.clicks import a_clock

ACME, BIRCH, CEDAR = (f"claims@{payer.split()[0].lower()}.example" for payer in PAYERS)


@pytest.fixture(autouse=True)
def _no_key_store(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep passwords in files, also where the tests run on a desktop."""
    monkeypatch.setattr("server.key_store.has_key_store", lambda: False)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return a_mailing_ledger(tmp_path / "ledger")


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def settings(tmp_path: Path, ledger: Ledger, mailbox: Mailbox) -> Iterator[MailServerSettings]:
    with mail_server(tmp_path, mailbox) as found:
        store_password(ledger.folder, found, PASSWORD)
        yield found


def a_session(ledger: Ledger, person: Person = LOCAL_PERSON) -> Session:
    return Session(ledger, person, "lakeside")


def sent(ledger: Ledger, settings: MailServerSettings, **more: object) -> MailRun:
    session = a_session(ledger)
    with session.transaction():
        return send_mail(session, settings, **more)  # type: ignore[arg-type]


def states(ledger: Ledger) -> list[tuple[str, MessageState]]:
    """Return the address and the state of each message, the oldest first."""
    session = a_session(ledger)
    with session.transaction():
        return [(one.address, state) for one, state in reversed(list_messages(session).rows)]


def later(ledger: Ledger, **time: float) -> Ledger:
    """Return the ledger as it is opened some time later."""
    return Ledger(ledger.folder, lambda: a_clock() + timedelta(**time))


def test_each_payer_gets_one_mail_with_all_its_invoices(
    ledger: Ledger, settings: MailServerSettings, mailbox: Mailbox
) -> None:
    run = sent(ledger, settings)
    assert [(one.address, one.outcome, one.invoices) for one in run.ends] == [
        (address, MailOutcome.SENT, 2) for address in (ACME, BIRCH, CEDAR)
    ]
    first = mailbox.received[0]
    assert (first.sender, first.recipients) == ("billing@office.example", [ACME])
    assert first.message["Subject"] == "Reminder: open invoices of Lakeside"
    assert "Invoice INV-000001" in first.text
    assert "Invoice INV-000002" in first.text
    assert "In all: $200.00" in first.text
    assert "INV-000003" not in first.text
    assert states(ledger) == [(address, MessageState.SENT) for address in (ACME, BIRCH, CEDAR)]


def test_a_mail_names_neither_the_patient_nor_what_was_done(
    ledger: Ledger, settings: MailServerSettings, mailbox: Mailbox
) -> None:
    sent(ledger, settings)
    for one in mailbox.received:
        for word in (*PATIENT.split(), "Case 0", "EX-101", "Invented exam", "Dr. Invented", "Attorney"):
            assert word not in one.text
            assert word.encode() not in one.data


def test_nobody_gets_the_same_reminder_twice(
    ledger: Ledger, settings: MailServerSettings, mailbox: Mailbox
) -> None:
    sent(ledger, settings)
    assert sent(ledger, settings).ends == []
    assert sent(later(ledger, days=13), settings).ends == []
    assert len(mailbox.received) == 3
    run = sent(later(ledger, days=14), settings)
    assert [one.level for one in run.ends] == [2, 2, 2]
    assert "Second notice" in mailbox.received[-1].message["Subject"]
    assert sent(later(ledger, days=300), settings).ends == []


def test_tls_from_the_first_byte_works_too(tmp_path: Path, ledger: Ledger, mailbox: Mailbox) -> None:
    with mail_server(tmp_path, mailbox, MailSecurity.TLS) as settings:
        store_password(ledger.folder, settings, PASSWORD)
        run = sent(ledger, settings)
    assert [one.reason for one in run.ends] == ["", "", ""]
    assert len(mailbox.received) == 3


def test_a_certificate_of_another_name_is_not_trusted(
    tmp_path: Path, ledger: Ledger, mailbox: Mailbox
) -> None:
    with (
        mail_server(tmp_path, mailbox, name="other.example") as settings,
        pytest.raises(MailServerUnusable, match="certificate of localhost cannot be trusted"),
    ):
        sent(ledger, settings)
    assert (mailbox.received, states(ledger)) == ([], [])


def test_a_certificate_of_an_unknown_authority_is_not_trusted(
    ledger: Ledger, settings: MailServerSettings, mailbox: Mailbox
) -> None:
    with pytest.raises(MailServerUnusable, match="cannot be trusted"):
        sent(ledger, settings.model_copy(update={"ca": None}))
    assert mailbox.received == []


def test_a_wrong_password_sends_nothing(ledger: Ledger, settings: MailServerSettings) -> None:
    store_password(ledger.folder, settings, "wrong")
    with pytest.raises(MailServerUnusable, match="name and password") as refused:
        sent(ledger, settings)
    assert "wrong" not in str(refused.value)
    assert states(ledger) == []


def test_without_a_server_nothing_is_sent_and_a_sentence_says_so(ledger: Ledger) -> None:
    with pytest.raises(MailNotSetUp, match="CLINIC_LEDGER_SMTP_HOST is not set"):
        sent(ledger, MailServerSettings())
    with pytest.raises(MailNotSetUp, match="CLINIC_LEDGER_SMTP_FROM is not set"):
        sent(ledger, MailServerSettings(host="localhost"))
    assert states(ledger) == []


def test_a_server_that_is_not_there_is_named_and_nothing_is_recorded(
    ledger: Ledger, settings: MailServerSettings
) -> None:
    with pytest.raises(MailServerUnusable, match="cannot be reached"):
        sent(ledger, settings.model_copy(update={"port": 1}))
    assert states(ledger) == []


@pytest.mark.parametrize(("answer", "is_tried_again"), [("450 busy", True), ("550 no such mailbox", False)])
def test_a_refused_address_stops_no_other_payer(
    ledger: Ledger,
    settings: MailServerSettings,
    mailbox: Mailbox,
    answer: str,
    is_tried_again: bool,  # noqa: FBT001
) -> None:
    mailbox.answers[f"RCPT {BIRCH}"] = answer
    run = sent(ledger, settings)
    assert [one.outcome for one in run.ends] == [MailOutcome.SENT, MailOutcome.FAILED, MailOutcome.SENT]
    assert run.ends[1].reason == answer
    assert mailbox.letters_by_address() == {ACME: 1, CEDAR: 1}
    mailbox.answers.clear()
    again = sent(later(ledger, days=1), settings)
    assert [one.address for one in again.ends] == ([BIRCH] if is_tried_again else [])
    if not is_tried_again:
        session = a_session(ledger)
        (left,) = plan_of_mail(session).not_mailed
        assert left.why is WhyNotMailed.ADDRESS_REFUSED


@pytest.mark.parametrize("answer", ["451 try later", "554 no thanks"])
def test_a_refused_text_is_certain_and_tried_again(
    ledger: Ledger, settings: MailServerSettings, mailbox: Mailbox, answer: str
) -> None:
    mailbox.answers["DATA"] = answer
    run = sent(ledger, settings)
    assert {one.outcome for one in run.ends} == {MailOutcome.FAILED}
    mailbox.answers.clear()
    assert len(sent(ledger, settings).ends) == 3


def test_a_connection_that_ends_before_the_answer_leaves_the_end_unknown(
    ledger: Ledger, settings: MailServerSettings, mailbox: Mailbox
) -> None:
    mailbox.answers["DATA"] = "250 taken and gone"
    run = sent(ledger, settings)
    assert {one.outcome for one in run.ends} == {MailOutcome.UNKNOWN}
    assert mailbox.letters_by_address() == {ACME: 1, BIRCH: 1, CEDAR: 1}
    mailbox.answers.clear()
    assert sent(later(ledger, days=100), settings).ends == []
    session = a_session(ledger)
    assert {one.why for one in plan_of_mail(session).not_mailed} == {WhyNotMailed.UNDECIDED}


def test_a_server_that_is_too_slow_leaves_the_end_unknown(
    ledger: Ledger, settings: MailServerSettings, mailbox: Mailbox
) -> None:
    quick = settings.model_copy(update={"timeout_seconds": 0.5})
    mailbox.at = lambda command: setattr(mailbox, "seconds", 0.7 if command == "RCPT" else 0)
    run = sent(ledger, quick)
    assert run.ends[0].outcome is MailOutcome.UNKNOWN


def test_a_person_decides_about_a_mail_that_nobody_knows_the_end_of(
    ledger: Ledger, settings: MailServerSettings, mailbox: Mailbox
) -> None:
    mailbox.answers["DATA"] = "250 taken and gone"
    sent(ledger, settings)
    mailbox.answers.clear()

    def decide(number: int, outcome: MailOutcome) -> MessageState:
        session = a_session(ledger)
        with session.transaction():
            return decide_message(session, number, outcome, "called")[1]

    assert decide(1, MailOutcome.SENT) is MessageState.SENT
    assert decide(2, MailOutcome.SEND_AGAIN) is MessageState.SEND_AGAIN
    assert decide(3, MailOutcome.BOUNCED) is MessageState.BOUNCED
    run = sent(ledger, settings)
    assert [one.address for one in run.ends] == [BIRCH]
    with pytest.raises(OutcomeNotOpen, match="Message 2 is to be sent again"):
        decide(2, MailOutcome.SENT)
    assert decide(1, MailOutcome.BOUNCED) is MessageState.BOUNCED
    assert sent(ledger, settings).ends == []
    with pytest.raises(UnknownMessage):
        decide(99, MailOutcome.SENT)


def test_a_mail_that_is_being_sent_is_not_decided_about(ledger: Ledger, settings: MailServerSettings) -> None:
    sent(ledger, settings)
    session = a_session(ledger)
    with session.transaction():
        message = list_messages(session).rows[0][0]
    begun = replace(message, outcome=None)
    assert begun.state_at(a_clock()) is MessageState.BEING_SENT
    assert begun.state_at(a_clock() + BEING_SENT) is MessageState.UNKNOWN


def test_what_changed_since_it_was_shown_is_not_sent(
    ledger: Ledger, settings: MailServerSettings, mailbox: Mailbox
) -> None:
    number = plan_of_mail(a_session(ledger)).number
    take(ledger.clinic("lakeside"), Action.VOID, ["INV-000001"], note="billed twice")
    run = sent(ledger, settings, shown=number)
    assert (run.ends, run.changed, mailbox.received) == ([], 3, [])
    assert len(sent(ledger, settings, shown=plan_of_mail(a_session(ledger)).number).ends) == 3


def test_a_cheque_that_comes_while_a_run_is_on_keeps_its_payer_from_a_reminder(
    ledger: Ledger, settings: MailServerSettings, mailbox: Mailbox
) -> None:
    def pay_meanwhile(command: str) -> None:
        if command == "DATA" and len(mailbox.received) == 1:
            take(ledger.clinic("lakeside"), Action.VOID, ["INV-000003", "INV-000004"], note="paid")

    mailbox.at = pay_meanwhile
    run = sent(ledger, settings)
    assert ([one.address for one in run.ends], run.changed) == ([ACME, CEDAR], 1)


def test_a_run_has_a_limit_and_says_how_many_are_left(ledger: Ledger, settings: MailServerSettings) -> None:
    run = sent(ledger, settings, most=2)
    assert (len(run.ends), run.left) == (2, 1)
    assert len(sent(ledger, settings.model_copy(update={"most": 1})).ends) == 1
    assert sent(ledger, settings).ends == []


def test_after_its_seconds_a_click_begins_no_further_mail(
    ledger: Ledger, settings: MailServerSettings
) -> None:
    run = sent(ledger, settings, seconds=-1.0)
    assert (run.ends, run.left) == ([], 3)


def test_a_preview_writes_nothing_but_that_it_was_looked_at(ledger: Ledger, mailbox: Mailbox) -> None:
    session = a_session(ledger)
    with session.transaction():
        preview = preview_mail(session)
    assert len(preview.mails) == 3
    assert (states(ledger), mailbox.received) == ([], [])


def test_a_viewer_sends_nothing(ledger: Ledger, settings: MailServerSettings) -> None:
    session = a_session(ledger, Person("Vera Viewer", Role.VIEWER, None))
    with pytest.raises(RoleNotAllowed):
        send_mail(session, settings)


def test_a_copy_that_is_refused_is_noted_and_the_payer_gets_the_mail(
    tmp_path: Path, settings: MailServerSettings, mailbox: Mailbox
) -> None:
    copied = replace(MAILED.reminder_levels[0], copies_to=("boss@office.example", "other@office.example"))
    ledger = a_mailing_ledger(tmp_path / "copied", replace(MAILED, reminder_levels=(copied,)))
    store_password(ledger.folder, settings, PASSWORD)
    mailbox.answers["RCPT other@office.example"] = "550 unknown"
    run = sent(ledger, settings)
    assert run.ends[0].outcome is MailOutcome.SENT
    assert run.ends[0].reason == "No copy to other@office.example."
    assert mailbox.received[0].recipients == [ACME, "boss@office.example"]


def test_log_lines_name_no_patient_and_no_address(
    ledger: Ledger, settings: MailServerSettings, mailbox: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    mailbox.answers[f"RCPT {BIRCH}"] = "550 no such mailbox"
    with caplog.at_level(logging.DEBUG, logger="server"):
        sent(ledger, settings)
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("server")]
    assert ours
    for word in (*PATIENT.split(), ACME, BIRCH, PASSWORD, "INV-0"):
        assert not any(word in line for line in ours)


def test_the_password_is_in_a_file_for_its_owner_only(ledger: Ledger) -> None:
    settings = MailServerSettings(host="mail.example", user=USER)
    assert find_password(ledger.folder, settings) is None
    where = store_password(ledger.folder, settings, PASSWORD)
    assert where == str(ledger.folder / PASSWORD_FILE)
    assert (ledger.folder / PASSWORD_FILE).stat().st_mode & 0o777 == 0o600
    assert find_password(ledger.folder, settings) == PASSWORD


@pytest.mark.parametrize("sender", ["billing", "a@b", "x@office.example\nBcc: spy@office.example"])
def test_a_sender_that_is_no_address_is_refused(sender: str) -> None:
    with pytest.raises(ValueError, match=r"address|one line"):
        MailServerSettings(sender=sender)

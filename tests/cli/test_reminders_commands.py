"""``clinicledger reminders``: the run of every day, stopped at any moment, and what a person says afterwards."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner, Result

from server.cli.commands import app
from server.ledger.store import Ledger
from server.mail_password import PASSWORD_FILE
from server.mail_server_settings import MailServerSettings
from tests.cli.programs import PATIENCE_SECONDS, surroundings
from tests.damaged_books import overwrite_table
from tests.mail_servers import PASSWORD, PATIENT, Mailbox, a_mailing_ledger, kill, mail_server, variables_of

ACME, BIRCH, CEDAR = "claims@acme.example", "claims@birch.example", "claims@cedar.example"
EVERYBODY = {ACME, BIRCH, CEDAR}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    ledger = a_mailing_ledger(tmp_path / "ledger")
    ledger.close()
    (ledger.folder / PASSWORD_FILE).write_text(PASSWORD)
    return ledger.folder


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


def reminders(folder: Path, *words: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(app, ["reminders", *words, "--ledger", str(folder)], input=typed)


def told(ran: Result) -> Any:  # noqa: ANN401 - JSON
    return orjson.loads(ran.stdout)


def of_lakeside(ran: Result) -> dict[str, Any]:
    (found,) = (one for one in told(ran)["clinics"] if one["clinic"] == "lakeside")
    return dict(found)


def states(folder: Path) -> dict[str, str]:
    listed = told(reminders(folder, "list", "--clinic", "lakeside", "--json"))["messages"]
    return {one["address"]: one["state"] for one in reversed(listed)}


def a_run_that_is_killed(folder: Path, mailbox: Mailbox, is_time: Callable[[str], bool]) -> None:
    """Start a run of its own and kill it while the server answers the command at which ``is_time``."""
    program = subprocess.Popen(
        [sys.executable, "-m", "server.cli", "reminders", "send", "--ledger", str(folder)],
        env=surroundings(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def strike(command: str) -> None:
        if program.poll() is None and is_time(command):
            kill(program.pid)

    mailbox.at = strike
    assert program.wait(PATIENCE_SECONDS) == -9
    mailbox.at = lambda _: None


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("before", [0, 1, 2])
def test_whenever_a_run_is_killed_nobody_gets_a_reminder_twice(
    folder: Path, settings: MailServerSettings, mailbox: Mailbox, command: str, before: int
) -> None:
    assert settings.host
    seen: list[str] = []

    def is_time(said: str) -> bool:
        if said == command:
            seen.append(said)
        return said == command and len(seen) == before + 1

    a_run_that_is_killed(folder, mailbox, is_time)
    # With DATA, the server has taken the mail, and nobody was there any more to note it.
    assert len(mailbox.received) == before + (command == "DATA")
    again = reminders(folder, "send", "--json")
    assert max(mailbox.letters_by_address().values()) == 1
    struck = (ACME, BIRCH, CEDAR)[before]
    assert set(mailbox.letters_by_address()) == EVERYBODY - ({struck} if command != "DATA" else set())
    assert of_lakeside(again)["undecided"] == [before + 1]
    assert reminders(folder, "send", "--json").exit_code == 0
    assert max(mailbox.letters_by_address().values()) == 1


def test_a_run_that_is_killed_before_it_begins_a_mail_has_recorded_none(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox = Mailbox()
    with mail_server(tmp_path, mailbox) as settings:
        for name, value in variables_of(settings).items():
            monkeypatch.setenv(name, value)
        a_run_that_is_killed(folder, mailbox, lambda command: command == "EHLO")
        assert states(folder) == {}
        assert reminders(folder, "send").exit_code == 0
    assert mailbox.letters_by_address() == dict.fromkeys(EVERYBODY, 1)


def test_two_runs_at_once_write_to_each_payer_once(
    folder: Path, settings: MailServerSettings, mailbox: Mailbox
) -> None:
    assert settings.host
    mailbox.seconds = 0.05
    command = [sys.executable, "-m", "server.cli", "reminders", "send", "--ledger", str(folder)]
    runs = [
        subprocess.Popen(command, env=surroundings(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    for run in runs:
        run.communicate(timeout=PATIENCE_SECONDS)
    assert mailbox.letters_by_address() == dict.fromkeys(EVERYBODY, 1)
    assert set(states(folder).values()) == {"sent"}


def test_a_dry_run_mails_and_writes_nothing(
    folder: Path, settings: MailServerSettings, mailbox: Mailbox
) -> None:
    assert settings.host
    before = Ledger(folder).clinic("lakeside").journal_head()
    ran = reminders(folder, "send", "--dry-run", "--json")
    assert ran.exit_code == 0
    assert of_lakeside(ran)["summary"] == "3 mails would be sent."
    assert [one["address"] for one in of_lakeside(ran)["due"]] == [ACME, BIRCH, CEDAR]
    assert (mailbox.said, mailbox.received) == ([], [])
    assert Ledger(folder).clinic("lakeside").journal_head() == before


def test_what_is_printed_names_no_patient(
    folder: Path, settings: MailServerSettings, mailbox: Mailbox
) -> None:
    assert settings.host
    mailbox.answers[f"RCPT {BIRCH}"] = "550 no such mailbox"
    ran = reminders(folder, "send")
    assert ran.exit_code == 1
    assert "Lakeside: 2 mails sent. 1 mail not taken by the mail server." in " ".join(ran.stdout.split())
    assert "there is no schedule on the sheet Reminder mail" in " ".join(ran.stdout.split())
    assert PATIENT not in ran.stdout + reminders(folder, "list", "--clinic", "lakeside").stdout


def test_without_a_mail_server_the_run_says_so(folder: Path) -> None:
    ran = reminders(folder, "send")
    assert ran.exit_code == 1
    assert "CLINIC_LEDGER_SMTP_HOST is not set" in ran.stdout
    assert reminders(folder, "send", "--clinic", "harbor").exit_code == 0
    assert told(reminders(folder, "send", "--clinic", "nowhere", "--json"))["code"] == "unknown-clinic"


def test_books_that_cannot_be_read_keep_no_other_clinic_from_its_mail(
    folder: Path, settings: MailServerSettings, mailbox: Mailbox
) -> None:
    del settings
    overwrite_table(folder / "clinics" / "harbor.db", "clinic")
    for words in (("--dry-run",), ()):
        ran = reminders(folder, "send", "--json", *words)
        harbor, lakeside = told(ran)["clinics"]
        assert (ran.exit_code, harbor["problem"], harbor["due"]) == (1, True, [])
        assert harbor["summary"] == "nothing was sent. The ledger file harbor.db is damaged."
        assert (lakeside["problem"], len(lakeside["due"])) == (False, 3)
    assert len(mailbox.received) == 3


def test_a_person_says_what_became_of_a_mail(
    folder: Path, settings: MailServerSettings, mailbox: Mailbox
) -> None:
    assert settings.host
    mailbox.answers["DATA"] = "250 taken and gone"
    assert reminders(folder, "send").exit_code == 1
    mailbox.answers.clear()
    assert set(states(folder).values()) == {"unknown"}
    assert (
        reminders(folder, "outcome", "1", "sent", "--clinic", "lakeside", "--note", "called").exit_code == 0
    )
    assert reminders(folder, "outcome", "2", "send again", "--clinic", "lakeside").exit_code == 0
    assert reminders(folder, "outcome", "3", "bounced", "--clinic", "lakeside", "--json").exit_code == 0
    assert reminders(folder, "send").exit_code == 0
    assert mailbox.letters_by_address() == {ACME: 1, BIRCH: 2, CEDAR: 1}
    refused = reminders(folder, "outcome", "3", "sent", "--clinic", "lakeside", "--json")
    assert told(refused)["code"] == "outcome-not-open"
    assert reminders(folder, "outcome", "1", "lost", "--clinic", "lakeside").exit_code == 2


def test_the_password_is_asked_for_and_never_shown(folder: Path, settings: MailServerSettings) -> None:
    assert settings.host
    (folder / PASSWORD_FILE).unlink()
    ran = reminders(folder, "credentials", typed=f"{PASSWORD}\n")
    assert ran.exit_code == 0
    assert PASSWORD not in ran.stdout
    assert (folder / PASSWORD_FILE).read_text() == PASSWORD
    assert reminders(folder, "send").exit_code == 0

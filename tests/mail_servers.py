"""A mail server that really speaks SMTP, encrypted, on this computer; and a clinic whose invoices are due for reminders."""

import asyncio
import os
import signal
import ssl
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from pathlib import Path
from typing import cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from server.billing.clinics import Setup
from server.billing.invoices.invoice import Action
from server.billing.setup_payer_mail import CountsFrom, MailedState, PayerContact, ReminderLevel
from server.ledger.store import Ledger
from server.mail_server_settings import MailSecurity, MailServerSettings
from tests.invented import LAKESIDE
from tests.ledger.invoiced import TODAY, a_draft, created, take
from tests.office_service import certificate_in, free_port
from tests.ribbon.clicks import HARBOR, a_clock, a_ledger

USER, PASSWORD = "ledger", "invented secret"
SENDER = "Lakeside Billing <billing@office.example>"

PAYERS = ("Acme Invented Insurance", "Birch Invented Mutual", "Cedar Invented Casualty")
PATIENT = "Zebulon Unmistakable"

MAILED = replace(
    LAKESIDE,
    payer_contacts=tuple(
        PayerContact(payer, f"claims@{payer.split()[0].lower()}.example", is_mailed=True) for payer in PAYERS
    ),
    reminder_levels=(
        ReminderLevel(1, 10, CountsFrom.SENT, MailedState.PENDING_REDUCTION, "Friendly reminder"),
        ReminderLevel(2, 14, CountsFrom.LAST_LEVEL, MailedState.PENDING_REDUCTION, "Second notice"),
    ),
)


def a_mailing_ledger(
    folder: Path, setup: Setup = MAILED, invoices: int = 2, payers: Sequence[str] = PAYERS
) -> Ledger:
    """Return a ledger whose clinic sent some invoices to each payer on TODAY. They are due from ten days later on."""
    ledger = a_ledger(folder, setup, HARBOR)
    books = ledger.clinic("lakeside")
    drafts = [
        a_draft(PATIENT, case=f"Case {place}", payer=payer) for payer in payers for place in range(invoices)
    ]
    take(books, Action.SEND, created(books, *drafts), day=TODAY)
    ledger.close()
    return Ledger(folder, a_clock)


@dataclass
class Received:
    """A mail as the server took it."""

    sender: str
    recipients: list[str]
    data: bytes

    @property
    def message(self) -> EmailMessage:
        """Return the mail, read."""
        return message_from_bytes(self.data, policy=SMTP_POLICY)

    @property
    def text(self) -> str:
        """Return what it says."""
        return str(self.message.get_content())


@dataclass
class Mailbox:
    """What a server does with what is said to it, and what it took. ``answers`` are answers in place of the usual ones."""

    received: list[Received] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    """By command, or by command and address: ``RCPT claims@acme.example``."""
    at: Callable[[str], None] = lambda _: None
    """Called with each command before it is answered."""
    seconds: float = 0

    def _answer(self, command: str, address: str, usual: str) -> str:
        self.said.append(f"{command} {address}".strip())
        time.sleep(self.seconds)
        self.at(command)
        return self.answers.get(f"{command} {address}", self.answers.get(command, usual))

    async def handle_EHLO(  # noqa: N802
        self, _server: SMTP, session: Session, _envelope: Envelope, name: str, responses: list[str]
    ) -> list[str]:
        session.host_name = name
        self.at("EHLO")
        return responses

    async def handle_MAIL(  # noqa: N802 - aiosmtpd names it
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = self._answer("MAIL", "", "250 OK")
        if answer.startswith("2"):
            envelope.mail_from = address
        return answer

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = self._answer("RCPT", address, "250 OK")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)
        mail = Received(str(envelope.mail_from), list(envelope.rcpt_tos), content)
        self.received.append(mail)  # before the answer: a test may look at once
        answer = self._answer("DATA", "", "250 taken")
        if not answer.startswith("2"):
            self.received.remove(mail)
        if answer.endswith("and gone"):
            cast("asyncio.Transport", server.transport).abort()
        return answer

    def letters_by_address(self) -> Counter[str]:
        """Return how many mails went to each address."""
        return Counter(address for one in self.received for address in one.recipients)


def check_password(
    _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object
) -> AuthResult:
    """Take the one name and password that there is."""
    is_right = isinstance(data, LoginPassword) and (data.login, data.password) == (
        USER.encode(),
        PASSWORD.encode(),
    )
    return AuthResult(success=is_right)


@contextmanager
def mail_server(
    folder: Path, mailbox: Mailbox, security: MailSecurity = MailSecurity.STARTTLS, *, name: str = "localhost"
) -> Iterator[MailServerSettings]:
    """Run a mail server, and yield the settings to reach it. Its certificate is for ``name``."""
    certificate = certificate_in(folder / "mail-certificate", name)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    is_tls, port = security is MailSecurity.TLS, free_port()
    controller = Controller(
        mailbox,
        hostname="127.0.0.1",
        port=port,
        ssl_context=context if is_tls else None,
        tls_context=None if is_tls else context,
        require_starttls=not is_tls,
        authenticator=check_password,
        auth_required=not is_tls,  # aiosmtpd knows a password behind STARTTLS alone
    )
    controller.start()
    try:
        yield MailServerSettings(
            host="localhost",
            port=port,
            security=security,
            user="" if is_tls else USER,
            sender=SENDER,
            ca=certificate,
            timeout_seconds=5,
        )
    finally:
        controller.stop()


def variables_of(settings: MailServerSettings) -> dict[str, str]:
    """Return settings as environment variables."""
    return {
        "CLINIC_LEDGER_SMTP_HOST": settings.host,
        "CLINIC_LEDGER_SMTP_PORT": str(settings.port),
        "CLINIC_LEDGER_SMTP_SECURITY": settings.security.value,
        "CLINIC_LEDGER_SMTP_USER": settings.user,
        "CLINIC_LEDGER_SMTP_FROM": settings.sender,
        "CLINIC_LEDGER_SMTP_CA": str(settings.ca),
        "CLINIC_LEDGER_SMTP_TIMEOUT_SECONDS": str(settings.timeout_seconds),
        "CLINIC_LEDGER_SMTP_MOST": str(settings.most),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    }


def kill(pid: int) -> None:
    """End a program at once, as a power cut would, and wait until it is gone or a zombie."""
    os.kill(pid, signal.SIGKILL)
    stat = Path(f"/proc/{pid}/stat")
    while stat.exists() and stat.read_text("ascii").rpartition(")")[2].split()[0] != "Z":
        time.sleep(0.01)

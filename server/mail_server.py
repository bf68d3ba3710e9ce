"""A connection to the mail server: always encrypted, the server's certificate always checked (docs/security.md).

Sending a mail ends in one of three ways, and the difference decides whether it may be sent again: it was taken, it was certainly not
taken, or nobody knows, because the connection ended after the text went out and before the server said a word.
"""

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP
from types import TracebackType
from typing import Self

from server.errors import MailServerUnusable
from server.mail_server_settings import MailSecurity, MailServerSettings

LASTING = 500
"""SMTP answers from here on are meant for good; those below are for now."""

LONGEST_REASON = 200


class MailNotTaken(Exception):
    """The server certainly did not take a mail. ``is_lasting`` says that it will not take one to that address later either."""

    def __init__(self, reason: str, *, is_lasting: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_lasting = is_lasting


class MailUncertain(Exception):
    """Nobody knows whether the server took a mail."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class MailServer:
    """A mail server to send through, as a context. It is connected to when it is first needed. Raises MailServerUnusable."""

    def __init__(self, settings: MailServerSettings, password: str | None) -> None:
        self._settings = settings
        self._password = password
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave()

    def connect(self) -> None:
        """Connect, or make sure that the connection is still there. Raises MailServerUnusable."""
        if self._smtp is not None:
            with suppress(smtplib.SMTPException, OSError):
                if self._smtp.noop()[0] == 250:  # noqa: PLR2004 - "OK" in SMTP
                    return
            self._leave()
        try:
            self._smtp = self._new_connection()
        except ssl.SSLCertVerificationError as problem:
            why = f"the certificate of {self._settings.host} cannot be trusted ({problem.verify_message})"
            raise MailServerUnusable(why) from None
        except smtplib.SMTPAuthenticationError as problem:
            raise MailServerUnusable(f"it did not take the name and password ({problem.smtp_code})") from None
        except smtplib.SMTPNotSupportedError:
            raise MailServerUnusable("it does not offer what is set: encryption, or signing in") from None
        except smtplib.SMTPResponseException as problem:
            raise MailServerUnusable(f"it answered {_words_of(problem)}") from None
        except (smtplib.SMTPException, OSError) as problem:
            raise MailServerUnusable(f"it cannot be reached ({type(problem).__name__})") from None

    def _new_connection(self) -> smtplib.SMTP:
        settings = self._settings
        context = ssl.create_default_context(cafile=None if settings.ca is None else str(settings.ca))
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        own_name = settings.sender_address.partition("@")[2]
        address, timeout = (settings.host, settings.port_in_use), settings.timeout_seconds
        smtp: smtplib.SMTP
        if settings.security is MailSecurity.TLS:
            smtp = smtplib.SMTP_SSL(*address, local_hostname=own_name, timeout=timeout, context=context)
        else:
            smtp = smtplib.SMTP(*address, local_hostname=own_name, timeout=timeout)
        try:
            if settings.security is MailSecurity.STARTTLS:
                smtp.starttls(context=context)
            smtp.ehlo_or_helo_if_needed()
            if settings.user:
                try:
                    smtp.login(settings.user, self._password or "")
                except smtplib.SMTPServerDisconnected:
                    # Some servers say nothing more to a wrong password.
                    raise smtplib.SMTPAuthenticationError(535, b"") from None
        except BaseException:
            smtp.close()
            raise
        return smtp

    def deliver(self, message: EmailMessage, address: str, copies_to: tuple[str, ...] = ()) -> str:
        """Hand over a mail, and return what is to be noted, "" for nothing: an address for a copy that was refused.

        Raises MailNotTaken and MailUncertain. Call ``connect`` first.
        """
        if self._smtp is None:
            raise MailNotTaken("there is no connection", is_lasting=False)
        data = message.as_bytes(policy=SMTP)
        try:
            self._expect(self._smtp.mail(self._settings.sender_address), is_address=False)
            self._expect(self._smtp.rcpt(address), is_address=True)
            refused = [copy for copy in copies_to if self._smtp.rcpt(copy)[0] >= 400]  # noqa: PLR2004
        except (smtplib.SMTPException, OSError) as problem:
            # Nothing of the mail has gone out yet.
            self._leave()
            raise MailNotTaken(f"the connection ended ({type(problem).__name__})", is_lasting=False) from None
        try:
            code, answer = self._smtp.data(data)
        except smtplib.SMTPDataError as problem:
            self._reset()
            raise MailNotTaken(_words_of(problem), is_lasting=False) from None
        except (smtplib.SMTPException, OSError) as problem:
            self._leave()
            raise MailUncertain(
                f"the connection ended while the mail was handed over ({type(problem).__name__})"
            ) from None
        if code != 250:  # noqa: PLR2004
            self._reset()
            raise MailNotTaken(_reply_words(code, answer), is_lasting=False)
        return f"No copy to {', '.join(refused)}." if refused else ""

    def _expect(self, reply: tuple[int, bytes], *, is_address: bool) -> None:
        """Raise MailNotTaken unless a command was accepted. A refusal of the recipient's address may be lasting."""
        code, answer = reply
        if code >= 400:  # noqa: PLR2004 - the first code of a refusal
            self._reset()
            raise MailNotTaken(_reply_words(code, answer), is_lasting=is_address and code >= LASTING)

    def _reset(self) -> None:
        if self._smtp is not None:
            try:
                self._smtp.rset()
            except (smtplib.SMTPException, OSError):
                self._leave()

    def _leave(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            with suppress(smtplib.SMTPException, OSError):
                smtp.quit()
            smtp.close()


def _words_of(problem: smtplib.SMTPResponseException) -> str:
    answer = problem.smtp_error
    return _reply_words(problem.smtp_code, answer if isinstance(answer, bytes) else str(answer).encode())


def _reply_words(code: int, answer: bytes) -> str:
    """Return an answer of the server for people: its code and words, without control characters, shortened."""
    words = "".join(letter if letter.isprintable() else " " for letter in answer.decode("utf-8", "replace"))
    return f"{code} {' '.join(words.split())}".strip()[:LONGEST_REASON]

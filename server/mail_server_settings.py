"""The settings of the mail server that reminders go out through: ``CLINIC_LEDGER_SMTP_*`` environment variables."""

from email.utils import parseaddr
from enum import StrEnum
from pathlib import Path

from email_validator import EmailNotValidError, validate_email
from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ENV_PREFIX = "CLINIC_LEDGER_SMTP_"


class MailSecurity(StrEnum):
    """How the connection to the mail server is encrypted. There is no way without."""

    STARTTLS = "starttls"
    TLS = "tls"


class MailServerSettings(BaseSettings):
    """How mail is sent. Without a host or a sender, no mail is."""

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX, extra="ignore", hide_input_in_errors=True, populate_by_name=True
    )

    host: str = ""
    """The name of the mail server, as its certificate has it."""

    port: int | None = Field(default=None, ge=1, le=65535)
    """Its port; default: 587 with starttls, 465 with tls."""

    security: MailSecurity = MailSecurity.STARTTLS
    """How the connection is encrypted: starttls or tls."""

    user: str = ""
    """The name to sign in with; "" for a server that asks for none. The password is stored by ``clinicledger reminders credentials``."""

    sender: str = Field(default="", validation_alias=f"{ENV_PREFIX}FROM")
    """The address that mail is from, with a name before it or not."""

    ca: Path | None = None
    """A file of certificates (PEM) to trust in place of the system's, for a mail server of the office itself."""

    timeout_seconds: float = Field(default=30.0, gt=0, le=120)
    """How long the mail server may take for one answer."""

    most: int = Field(default=200, ge=1)
    """The most mails that one run sends."""

    @property
    def is_set_up(self) -> bool:
        """Return whether mail can be sent."""
        return bool(self.host and self.sender)

    @property
    def port_in_use(self) -> int:
        """Return the port, also if none is set."""
        return self.port or (465 if self.security is MailSecurity.TLS else 587)

    @property
    def sender_address(self) -> str:
        """Return the address without the name before it."""
        return parseaddr(self.sender)[1]

    @property
    def missing(self) -> str:
        """Return the name of the variable that is missing, "" if none is."""
        if not self.host:
            return f"{ENV_PREFIX}HOST"
        return "" if self.sender else f"{ENV_PREFIX}FROM"

    @field_validator("ca", mode="before")
    @classmethod
    def _read_empty_as_unset(cls, path: object) -> object:
        return path or None

    @field_validator("sender")
    @classmethod
    def _check_sender(cls, sender: str) -> str:
        if not sender:
            return ""
        if "\n" in sender or "\r" in sender:
            raise ValueError("the sender is one line")
        try:
            validate_email(parseaddr(sender)[1], check_deliverability=False, allow_smtputf8=False)
        except EmailNotValidError:
            raise ValueError("that is not an address such as billing@firm.example") from None
        return sender

"""The settings: options of the command line or ``CLINIC_LEDGER_*`` environment variables."""

import re
from enum import StrEnum
from importlib import resources
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Self
from zoneinfo import available_timezones

from platformdirs import user_data_path
from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from server.backups.kept_copies import KeptCounts
from server.billing.people import Role
from server.database_address import DatabaseAddress, DatabaseLimits
from server.identity_provider_settings import IdentityProviderSettings
from server.mail_server_settings import MailServerSettings
from server.object_bucket import ObjectBucket, ObjectEncryption, bucket_of
from server.storage import Storage

MEGABYTE = 1024 * 1024

_LIMITS = DatabaseLimits()

OFFICE_NAME = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:]+\]")
"""A name under which people reach the service: without https:// before it, and without a port."""


class Encryption(StrEnum):
    """Whether a new ledger is encrypted."""

    ON = "on"
    OFF = "off"
    FOR_AN_OFFICE = "office"


def installed_folder(package: str, *inside: str) -> Path:
    """Return a folder of files that are installed with the service: pages, icons, the simulator."""
    return Path(str(resources.files(package)), *inside)


class Settings(BaseSettings):
    """The service's settings."""

    model_config = SettingsConfigDict(env_prefix="CLINIC_LEDGER_", extra="ignore", hide_input_in_errors=True)

    path: Path = Field(default_factory=lambda: user_data_path("Clinic Ledger", appauthor=False))
    """The ledger folder."""

    database: str = Field(default="", repr=False)
    """The address of the PostgreSQL database that keeps the books, ``postgresql://...``; without it they are files in the folder."""

    database_owner: str = Field(default="", repr=False)
    """The address of the same database for the owner of its tables. Only prepare, move and restore need it."""

    database_connections: int = Field(default=_LIMITS.connections, ge=2, le=1000)
    """The most connections of one pool to the PostgreSQL database. Further clicks wait for one."""

    database_statement_seconds: int = Field(default=_LIMITS.statement_seconds, ge=1, le=86_400)
    """How long a statement may take."""

    database_lock_seconds: int = Field(default=_LIMITS.lock_seconds, ge=1, le=3600)
    """How long a click waits for another one to be written, and for a connection."""

    database_hold_seconds: int = Field(default=_LIMITS.hold_seconds, ge=1, le=3600)
    """How long a click may hold the books and ask the database nothing. Then it is undone, so that others can go on."""

    database_slow_seconds: float = Field(default=_LIMITS.slow_seconds, ge=0, le=86_400)
    """From how many seconds on a statement is logged, without its parameters."""

    database_commit_seconds: int = Field(default=_LIMITS.commit_seconds, ge=1, le=3600)
    """How long a click waits for its commit, which a primary may hold until its standby has it."""

    encryption: Encryption = Encryption.FOR_AN_OFFICE
    """Whether the files of a new ledger are encrypted: on, off, or office, where other computers reach the service. A ledger that
    has clinics stays as it is. CLINIC_LEDGER_KEYS names the folder of the keys, if they should not be in the key store."""

    certificates: Path = Field(
        default_factory=lambda: user_data_path("Clinic Ledger", appauthor=False) / "certificates"
    )
    """The folder of the certificates. A computer has one set for all of its ledgers."""

    office: Path = Field(default_factory=lambda: installed_folder("addin", "office"))
    """The pages of the Office add-in, which the service sends to Excel."""

    icons: Path = Field(default_factory=lambda: installed_folder("manifest", "icons"))
    """The icons of the ribbon's buttons."""

    templates: Path = Field(default_factory=lambda: installed_folder("workbook_templates"))
    """The workbooks that staff start from, which the task pane opens."""

    simulator: Path = Field(default_factory=lambda: installed_folder("simulator"))
    """The simulated Excel, which ``clinicledger try`` sends to a browser."""

    host: str = "127.0.0.1"
    port: int = 8765

    names: Annotated[frozenset[str], NoDecode] = frozenset()
    """The names under which other computers reach the service, separated by commas."""

    proxies: Annotated[frozenset[str], NoDecode] = frozenset()
    """The addresses or networks of reverse proxies, separated by commas. Only they may say where a request is from."""

    time_zone: str = ""
    """The time zone that says which day it is where the service runs as a function, such as America/New_York."""

    certificate: Path | None = None
    """A certificate for these names, with those that lead to its authority, as PEM."""

    certificate_key: Path | None = None
    """The key of that certificate; default: it is in the same file."""

    connections: int = Field(default=128, ge=2)
    """The most connections at once. Of more, the one that has waited longest for its client is ended."""

    requests: int = Field(default=64, ge=1)
    """The most requests that are answered at once. Further ones are told to come again."""

    person_requests: int = Field(default=300, ge=1)
    """The most requests of one signed-in person or program in ten seconds."""

    address_requests: int = Field(default=300, ge=1)
    """The most requests of one address in ten seconds where nobody is signed in."""

    read_seconds: float = Field(default=10.0, gt=0)
    """How long the headers of a request, a pause in its body, and a pause in taking the answer may last."""

    largest_request: int = Field(default=256 * MEGABYTE, gt=0)
    """The most bytes of a request. A million rows of twelve columns are about 130 megabytes."""

    workers: int = Field(default=1, ge=0)
    """Processes for big sheets, so that small requests do not wait for them; 0 uses threads."""

    big_request: int = Field(default=MEGABYTE // 2, ge=0)
    """The size in bytes from which a request goes to a worker process."""

    objects: str = ""
    """Where documents and finished workbooks are kept: ``s3://bucket/prefix``; "" for the ledger folder."""

    objects_encryption: ObjectEncryption = ObjectEncryption.AS_THE_BUCKET_SAYS
    """How the object store encrypts them: AES256 or aws:kms; "" for what the bucket is set to."""

    objects_encryption_key: str = ""
    """The id of the key of aws:kms; "" for the usual key of the account."""

    keep_outputs_hours: int = Field(default=24, ge=0)
    """How long finished workbooks can be fetched again."""

    keep_answers_days: int = Field(default=30, ge=1)
    """How long the answer to a click is kept in case the click is sent again."""

    keep_documents_hours: int = Field(default=24, ge=0)
    """How long an uploaded document is kept if no step attaches it to an invoice. An attached one stays."""

    metrics: bool = False
    """Whether ``GET /metrics`` tells Prometheus how the service is used: on or off."""

    page_idle_minutes: int = Field(default=15, ge=1)
    """After how many minutes without use a page's session ends."""

    addin_idle_hours: int = Field(default=12, ge=1)
    """After how many hours without use an add-in's session ends."""

    second_factor_roles: Annotated[frozenset[Role], NoDecode] = frozenset({Role.ADMINISTRATOR, Role.ATTORNEY})
    """The roles that sign in with a code of an authenticator app, separated by commas. Others may set one up."""

    identity_provider: IdentityProviderSettings = Field(default_factory=IdentityProviderSettings)
    """How people sign in with the firm's identity provider: the variables ``CLINIC_LEDGER_OIDC_*``."""
    mail_server: MailServerSettings = Field(default_factory=MailServerSettings)
    """How reminders are mailed: the variables ``CLINIC_LEDGER_SMTP_*``."""

    break_glass: bool = True
    """Whether people may open clinics that they were not given for an hour, with a reason: on or off."""

    backups: Path | None = None
    """The folder in which the service makes a backup every night; without it, it makes none. It is on another disk, and exists."""

    backups_hour: int = Field(default=2, ge=0, le=23)
    """The hour of the night, by the clock of this computer, from which on a backup is made."""

    backups_daily: int = Field(default=7, ge=1)
    """Of how many days the newest backup is kept."""

    backups_weekly: int = Field(default=5, ge=0)
    """Of how many weeks the newest backup is kept."""

    backups_monthly: int = Field(default=12, ge=0)
    """Of how many months the newest backup is kept."""

    tidy_seconds: float = Field(default=3600.0, gt=0)
    """The seconds between two removals of expired workbooks, answers and documents."""

    @property
    def storage(self) -> Storage:
        """Return where the books and the documents are, if not in the ledger folder."""
        limits = DatabaseLimits(
            self.database_connections,
            self.database_statement_seconds,
            self.database_lock_seconds,
            self.database_slow_seconds,
            self.database_hold_seconds,
            self.database_commit_seconds,
        )
        database = DatabaseAddress(self.database, self.database_owner, limits) if self.database else None
        return Storage(database, self.bucket, self.backups and self.backups.absolute())

    @property
    def kept_backups(self) -> KeptCounts:
        """Return of how many days, weeks and months the newest backup is kept."""
        return KeptCounts(self.backups_daily, self.backups_weekly, self.backups_monthly)

    @property
    def bucket(self) -> ObjectBucket | None:
        """Return the bucket of documents and finished workbooks, ``None`` if they are in the ledger folder."""
        return bucket_of(self.objects, self.objects_encryption, self.objects_encryption_key)

    def of_this_computer(self) -> Self:
        """Return the settings of a service that has no name for other computers, no proxy, and makes no backups."""
        return self.model_copy(update={"names": frozenset(), "proxies": frozenset(), "backups": None})

    @field_validator("certificate", "certificate_key", "backups", mode="before")
    @classmethod
    def _read_empty_as_unset(cls, path: object) -> object:
        return path or None

    @field_validator("names", "proxies", "second_factor_roles", mode="before")
    @classmethod
    def _split_names(cls, names: object) -> object:
        if not isinstance(names, str):
            return names
        return frozenset(name.strip().lower() for name in names.split(",") if name.strip())

    @field_validator("time_zone")
    @classmethod
    def _check_time_zone(cls, name: str) -> str:
        if name and name not in available_timezones():
            raise ValueError("that is not the name of a time zone such as America/New_York")
        return name

    @field_validator("objects")
    @classmethod
    def _check_objects(cls, address: str) -> str:
        bucket_of(address)
        return address

    @model_validator(mode="after")
    def _check_encryption_key(self) -> Self:
        if self.objects_encryption_key and self.objects_encryption is not ObjectEncryption.OF_A_KEY_SERVICE:
            raise ValueError(
                "CLINIC_LEDGER_OBJECTS_ENCRYPTION_KEY needs CLINIC_LEDGER_OBJECTS_ENCRYPTION=aws:kms"
            )
        return self

    @field_validator("names", mode="after")
    @classmethod
    def _check_names(cls, names: frozenset[str]) -> frozenset[str]:
        if wrong := sorted(name for name in names if not OFFICE_NAME.fullmatch(name)):
            raise ValueError(f"“{wrong[0]}” is not a name such as ledger.office.example")
        return names

    @field_validator("proxies", mode="after")
    @classmethod
    def _check_proxies(cls, proxies: frozenset[str]) -> frozenset[str]:
        for proxy in sorted(proxies):
            try:
                ip_network(proxy)
            except ValueError:
                raise ValueError(f"“{proxy}” is not an address such as 127.0.0.1") from None
        return proxies

"""The settings of signing in with the firm's identity provider: ``CLINIC_LEDGER_OIDC_*`` environment variables."""

import json
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from server.billing.people import Role

ENV_PREFIX = "CLINIC_LEDGER_OIDC_"

LONGEST_LABEL = 60


class IdentityProviderSettings(BaseSettings):
    """How people sign in with an identity provider (OpenID Connect). Without an issuer, nobody can."""

    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX, extra="ignore", hide_input_in_errors=True)

    issuer: str = ""
    """The provider's address, exactly as it writes it itself. HTTPS, except on this computer, where the tests have one."""

    client_id: str = ""
    """What the provider calls this service."""

    client_secret: SecretStr = SecretStr("")
    """What this service proves itself to the provider with; "" for a public client, which has PKCE alone."""

    client_secret_file: Path | None = None
    """A file that holds the secret instead."""

    label: str = Field(default="your organization", min_length=1, max_length=LONGEST_LABEL)
    """What people call the provider. The button says "Sign in with ..."."""

    scopes: str = "openid profile email"
    """What is asked of the provider, separated by spaces. Some providers give groups only for a scope of their own."""

    name_claim: str = Field(default="email", min_length=1)
    """The claim with the name that an administrator writes down for a user. An e-mail address has to be a verified one."""

    groups_claim: str = Field(default="groups", min_length=1)
    """The claim with the person's groups."""

    group_roles: Annotated[Mapping[str, Role], NoDecode] = Field(default_factory=dict)
    """The role that each group gives: ``GROUP=ROLE, GROUP=ROLE``, or a JSON object. Without any, groups do not count."""

    second_factor: Annotated[frozenset[str], NoDecode] = frozenset()
    """Values of ``amr`` or ``acr``, separated by commas, with which the provider says that it asked for a second factor."""

    fresh_minutes: int = Field(default=15, ge=0)
    """How long ago the person may have signed in at the provider; 0 leaves that to the provider."""

    timeout_seconds: float = Field(default=10.0, gt=0)
    """How long an answer of the provider may take."""

    @property
    def is_on(self) -> bool:
        """Return whether people may sign in with a provider."""
        return bool(self.issuer)

    @property
    def secret(self) -> str:
        """Return the client's secret, "" for none. It is for the provider alone."""
        return self.client_secret.get_secret_value()

    @field_validator("issuer")
    @classmethod
    def _check_issuer(cls, issuer: str) -> str:
        if issuer and not is_safe_address(issuer, may_be_plain=True):
            raise ValueError(f"“{issuer}” is not an address that begins with https://")
        return issuer

    @field_validator("client_secret_file", mode="before")
    @classmethod
    def _read_empty_as_unset(cls, path: object) -> object:
        return path or None

    @field_validator("scopes")
    @classmethod
    def _check_scopes(cls, scopes: str) -> str:
        if "openid" not in scopes.split():
            raise ValueError("openid has to be among the scopes")
        return scopes

    @field_validator("group_roles", mode="before")
    @classmethod
    def _split_group_roles(cls, typed: object) -> object:
        if not isinstance(typed, str):
            return typed
        if typed.lstrip().startswith("{"):
            return json.loads(typed)
        pairs = [pair.rpartition("=") for pair in typed.split(",") if pair.strip()]
        return {group.strip(): role.strip().lower() for group, _, role in pairs}

    @field_validator("group_roles", mode="after")
    @classmethod
    def _check_group_roles(cls, roles: Mapping[str, Role]) -> Mapping[str, Role]:
        if "" in roles:
            raise ValueError("write each group with its role, such as billing=biller")
        return roles

    @field_validator("second_factor", mode="before")
    @classmethod
    def _split_values(cls, typed: object) -> object:
        if not isinstance(typed, str):
            return typed
        return frozenset(value.strip() for value in typed.split(",") if value.strip())

    @model_validator(mode="after")
    def _check_client(self) -> Self:
        if self.issuer and not self.client_id:
            raise ValueError(f"{ENV_PREFIX}CLIENT_ID is missing")
        if self.client_secret_file:
            found = _secret_in(self.client_secret_file)
            if self.secret not in {"", found}:  # pydantic checks the same settings twice
                raise ValueError("name the client's secret or the file that holds it, not both")
            self.client_secret = SecretStr(found)
        return self


def is_safe_address(address: str, *, may_be_plain: bool, may_ask: bool = False) -> bool:
    """Return whether an address is an HTTPS one without a user and a fragment.

    With ``may_be_plain``, plain HTTP is accepted on loopback: it never leaves this computer. With ``may_ask``, it may have
    a query.
    """
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        is_odd = bool(parts.username or parts.fragment or (parts.query and not may_ask)) or parts.port == 0
    except ValueError:
        return False
    if is_odd or not host or not address.isascii() or not address.isprintable() or " " in address:
        return False
    return parts.scheme == "https" or (may_be_plain and parts.scheme == "http" and _is_loopback(host))


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _secret_in(file: Path) -> str:
    try:
        secret = file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise ValueError(f"{ENV_PREFIX}CLIENT_SECRET_FILE cannot be read: {file}") from None
    if not secret:
        raise ValueError(f"{ENV_PREFIX}CLIENT_SECRET_FILE is empty: {file}")
    return secret

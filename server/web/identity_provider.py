"""Signing in at the firm's identity provider: OpenID Connect, the authorization code flow with PKCE (docs/adr/0053-sign-in-at-the-provider.md)."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from authlib.common.security import generate_token
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.discovery import get_well_known_url

from server.errors import (
    IdentityProviderCodeRefused,
    IdentityProviderDenied,
    IdentityProviderNameMissing,
    IdentityProviderProofRefused,
    IdentityProviderUnusable,
)
from server.identity_provider_settings import IdentityProviderSettings, is_safe_address
from server.ledger.people.identity_accounts import VouchedPerson
from server.ledger.people.user_rows import fold_sign_in_name
from server.web.id_tokens import Expected, UnknownKey, checked_claims
from server.web.provider_answers import ProviderClient
from server.web.provider_attempt import Attempt

STATE_LETTERS = 43
VERIFIER_LETTERS = 64

KEPT_SECONDS = 3600.0
"""How long the provider's description and keys are used before they are asked for again."""

KEYS_ANEW_SECONDS = 1.0
"""How often the keys may be asked for again because a proof names one that is not known."""

ADDRESSES = ("authorization_endpoint", "token_endpoint", "jwks_uri")

EMAIL, EMAIL_VERIFIED = "email", "email_verified"

Query = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Description:
    """What the provider says about itself, its keys, and when that was (seconds of ``time.monotonic``)."""

    fields: dict[str, Any]
    keys: dict[str, Any]
    fetched: float


class IdentityProvider:
    """The firm's identity provider. ``now`` is the ledger's clock."""

    def __init__(self, settings: IdentityProviderSettings, now: Callable[[], datetime]) -> None:
        self._settings = settings
        self._now = now
        self._client = ProviderClient(settings)
        self._kept: _Description | None = None

    @property
    def label(self) -> str:
        """Return what people call the provider."""
        return self._settings.label

    async def close(self) -> None:
        """Close the connections to the provider."""
        await self._client.close()

    async def begin(self, redirect: str, asked: str) -> tuple[str, Attempt]:
        """Return the address at the provider where somebody signs in, and what the browser needs to come back.

        Raises IdentityProviderUnreachable and IdentityProviderUnusable.
        """
        described = await self._describe()
        verifier = generate_token(VERIFIER_LETTERS)
        attempt = Attempt(
            generate_token(STATE_LETTERS), generate_token(STATE_LETTERS), verifier, redirect, asked
        )
        fresh = self._settings.fresh_minutes
        address = prepare_grant_uri(
            described.fields["authorization_endpoint"],
            client_id=self._settings.client_id,
            response_type="code",
            redirect_uri=redirect,
            scope=self._settings.scopes,
            state=attempt.state,
            nonce=attempt.nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
            max_age=str(fresh * 60) if fresh else None,
        )
        return address, attempt

    async def finish(self, attempt: Attempt, sent: Query) -> VouchedPerson:
        """Return who signed in, by what the provider sent back with the browser.

        Raises IdentityProviderCodeRefused, IdentityProviderDenied, IdentityProviderNameMissing, IdentityProviderProofRefused, IdentityProviderUnreachable and
        IdentityProviderUnusable.
        """
        if sent.get("iss", self._settings.issuer) != self._settings.issuer:
            raise IdentityProviderProofRefused("it is of another provider")
        code = sent.get("code", "")
        if "error" in sent or not code:
            raise IdentityProviderDenied(self.label)
        described = await self._describe()
        tokens = await self._exchange(described, code, attempt)
        access_token = _text(tokens, "access_token")
        expected = Expected(
            self._settings.issuer,
            self._settings.client_id,
            attempt.nonce,
            access_token,
            self._settings.fresh_minutes,
        )
        claims = await self._checked_claims(described, _text(tokens, "id_token"), expected)
        return self._person_of(claims | await self._more_claims(described, claims, access_token), claims)

    async def _exchange(self, described: _Description, code: str, attempt: Attempt) -> dict[str, Any]:
        """Return the tokens for a code, which works once."""
        client_id, secret = self._settings.client_id, self._settings.secret
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": attempt.redirect,
            "code_verifier": attempt.verifier,
        }
        basic = "client_secret_basic"  # unless the provider says something else
        ways = _texts(described.fields.get("token_endpoint_auth_methods_supported", basic))
        login = None
        if secret and basic in ways:
            login = quote(client_id, safe=""), quote(secret, safe="")
        else:
            form |= {"client_id": client_id} | ({"client_secret": secret} if secret else {})
        answer = await self._client.post(described.fields["token_endpoint"], form, login)
        if answer.fields.get("error") == "invalid_grant":
            raise IdentityProviderCodeRefused
        if not answer.is_good:
            raise IdentityProviderUnusable("it does not accept this service's id, secret or address")
        return answer.fields

    async def _checked_claims(
        self, described: _Description, id_token: str, expected: Expected
    ) -> dict[str, Any]:
        signatures = _texts(described.fields.get("id_token_signing_alg_values_supported", "RS256"))
        now = int(self._now().timestamp())
        try:
            return checked_claims(id_token, described.keys, signatures, expected, now)
        except UnknownKey:
            renewed = await self._describe(at_most=KEYS_ANEW_SECONDS)
        try:
            return checked_claims(id_token, renewed.keys, signatures, expected, now)
        except UnknownKey:
            raise IdentityProviderProofRefused(
                "it is signed with a key that the provider does not have"
            ) from None

    async def _more_claims(
        self, described: _Description, claims: dict[str, Any], access_token: str
    ) -> dict[str, Any]:
        """Return what the provider says about the person elsewhere, if its proof leaves out what is needed."""
        needed = {self._settings.name_claim}
        needed |= {EMAIL_VERIFIED} if EMAIL in needed else set()
        needed |= {self._settings.groups_claim} if self._settings.group_roles else set()
        address = described.fields.get("userinfo_endpoint")
        if needed <= claims.keys() or not access_token or not self._is_safe(address):
            return {}
        answer = await self._client.get(str(address), access_token)
        if not answer.is_good or answer.fields.get("sub") != claims["sub"]:
            raise IdentityProviderUnusable("what it says about a person is about somebody else, or nothing")
        told = needed & answer.fields.keys()
        told -= (
            set() if EMAIL in told else {EMAIL_VERIFIED}
        )  # an address and whether it was checked belong together
        return {name: answer.fields[name] for name in told}

    def _person_of(self, said: dict[str, Any], proof: dict[str, Any]) -> VouchedPerson:
        """Return the person of what the provider says. What counts as a second factor stands in the proof itself."""
        settings = self._settings
        name = said.get(settings.name_claim)
        is_checked = settings.name_claim != EMAIL or said.get(EMAIL_VERIFIED) in (True, "true")
        if not isinstance(name, str) or not name.strip() or not is_checked or _looks_like_another(name):
            raise IdentityProviderNameMissing(self.label, settings.name_claim)
        groups = set(_texts(said.get(settings.groups_claim)))
        roles = frozenset(role for group, role in settings.group_roles.items() if group in groups)
        ways = {*_texts(proof.get("amr")), *_texts(proof.get("acr"))}
        return VouchedPerson(
            issuer=settings.issuer,
            subject=str(proof["sub"]),
            name=fold_sign_in_name(name),
            roles=roles if settings.group_roles else None,
            has_second_factor=bool(ways & settings.second_factor),
        )

    async def _describe(self, at_most: float = KEPT_SECONDS) -> _Description:
        """Return what the provider says about itself, no older than so many seconds."""
        if self._kept and time.monotonic() - self._kept.fetched < at_most:
            return self._kept
        answer = await self._client.get(get_well_known_url(self._settings.issuer, external=True))
        fields = answer.fields
        if not answer.is_good or fields.get("issuer") != self._settings.issuer:
            raise IdentityProviderUnusable("it does not describe itself under the address in the settings")
        if wrong := next((name for name in ADDRESSES if not self._is_safe(fields.get(name))), None):
            raise IdentityProviderUnusable(f"it names no address that can be used as {wrong}")
        keys = await self._client.get(fields["jwks_uri"])
        if not keys.is_good:
            raise IdentityProviderUnusable("it does not show its keys")
        self._kept = _Description(fields, keys.fields, time.monotonic())
        return self._kept

    def _is_safe(self, address: object) -> bool:
        """Return whether an address of the provider is encrypted, or of this computer like the provider itself."""
        is_here = self._settings.issuer.startswith("http://")
        return isinstance(address, str) and is_safe_address(address, may_be_plain=is_here, may_ask=True)


def _looks_like_another(name: str) -> bool:
    """Return whether a name has a letter that becomes one from a to z in small letters, such as the sign for kelvin."""
    return fold_sign_in_name(name).isascii() and not name.strip().isascii()


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name, "")
    return value if isinstance(value, str) else ""


def _texts(value: object) -> list[str]:
    """Return the texts of a claim that is one text or a list of them."""
    if isinstance(value, str):
        return [value]
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []

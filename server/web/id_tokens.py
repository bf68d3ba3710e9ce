"""Checks the provider's proof of who signed in, the ID token (OpenID Connect Core 1.0, section 3.1.3.7)."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import BadSignatureError, ClaimError, ExpiredTokenError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from server.errors import IdentityProviderProofRefused

SIGNATURES = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA",
)  # fmt: skip
"""How a proof may be signed: with a key that the provider alone has. Never unsigned, and never with the client's secret."""

LEEWAY_SECONDS = 60
"""How far the clocks of the provider and of this computer may be apart."""

LONGEST_SUBJECT = 255

WHY_OF_CLAIM = {
    "iss": "it is of another provider",
    "aud": "it is for another program",
    "azp": "it is for another program",
    "nonce": "it is of another sign-in",
    "iat": "it is from the future",
    "nbf": "it does not count yet",
    "at_hash": "it does not belong to the rest of the answer",
    "sub": "it names nobody",
}
"""What a wrong or missing claim means, for people."""

UNREADABLE = "it is not readable"
NOT_FRESH = "you signed in there too long ago, and it did not ask again"
NO_TIME = "it does not say when you signed in (auth_time)"


class UnknownKey(Exception):
    """The proof names a key that is not among the known ones. The provider may have a new one."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a proof has to be: of this provider, for this client, of this sign-in, and not older than so many minutes.

    ``access_token`` came together with it. ``fresh_minutes`` is 0 if the provider decides when it asks again.
    """

    issuer: str
    client_id: str
    nonce: str
    access_token: str
    fresh_minutes: int


def checked_claims(
    id_token: str, keys: dict[str, Any], signatures: Collection[str], expected: Expected, now: int
) -> dict[str, Any]:
    """Return what a proof says at a moment (seconds since 1970), if all of it is right.

    ``signatures`` are those that the provider announces. Raises IdentityProviderProofRefused and UnknownKey.
    """
    allowed = [one for one in SIGNATURES if one in signatures]
    try:
        registry = JWSRegistry(algorithms=allowed, strict_check_header=False)
        token = jwt.decode(id_token, KeySet.import_key_set({"keys": _public_keys(keys)}), registry=registry)
        claims = CodeIDToken(
            token.claims,
            token.header,
            {"iss": {"essential": True, "value": expected.issuer}, "aud": {"essential": True, "value": expected.client_id}},
            {"nonce": expected.nonce, "client_id": expected.client_id, "access_token": expected.access_token},
        )  # fmt: skip
        claims.validate(now=now, leeway=LEEWAY_SECONDS)
    except InvalidKeyIdError:
        raise UnknownKey from None
    except ExpiredTokenError:
        raise IdentityProviderProofRefused("it is too old") from None
    except ClaimError as wrong:
        raise IdentityProviderProofRefused(WHY_OF_CLAIM.get(wrong.claim or "", UNREADABLE)) from None
    except BadSignatureError:
        raise IdentityProviderProofRefused("its signature is wrong") from None
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        raise IdentityProviderProofRefused(UNREADABLE) from None
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise IdentityProviderProofRefused(WHY_OF_CLAIM["sub"])
    if expected.fresh_minutes:
        _require_fresh(claims.get("auth_time"), expected.fresh_minutes, now)
    return dict(claims)


def _public_keys(keys: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the keys of the provider that may have signed something."""
    listed = keys.get("keys")
    found = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return [one for one in found if one.get("kty") != "oct" and one.get("use", "sig") == "sig"]


def _require_fresh(signed_in_at: object, minutes: int, now: int) -> None:
    if isinstance(signed_in_at, bool) or not isinstance(signed_in_at, int | float):
        raise IdentityProviderProofRefused(NO_TIME)
    if now - signed_in_at > minutes * 60 + LEEWAY_SECONDS:
        raise IdentityProviderProofRefused(NOT_FRESH)

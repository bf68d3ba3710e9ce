"""Asks the firm's identity provider over HTTP: a short wait, a small answer, no other address than the one asked for."""

import asyncio
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from server.errors import IdentityProviderUnreachable, IdentityProviderUnusable
from server.identity_provider_settings import IdentityProviderSettings

LARGEST_ANSWER = 1024 * 1024
"""The most bytes of an answer. Even a list of many keys is a few kilobytes."""

MOST_AT_ONCE = 16
"""How many questions may be open at once. A provider that hangs must not use up what the service answers with."""


@dataclass(frozen=True, slots=True)
class ProviderAnswer:
    """An answer of the provider: its status and its JSON object, ``{}`` if it has none."""

    status: int
    fields: dict[str, Any]

    @property
    def is_good(self) -> bool:
        """Return whether the provider did what it was asked for."""
        return self.status == httpx.codes.OK


class ProviderClient:
    """Asks a provider. Every question raises IdentityProviderUnreachable if it does not answer, and IdentityProviderUnusable if it answers too much."""

    def __init__(self, settings: IdentityProviderSettings) -> None:
        self._settings = settings
        self._client: httpx.AsyncClient | None = None
        self._open = 0

    async def get(self, address: str, token: str = "") -> ProviderAnswer:
        """Return what is at an address, asked for with an access token if there is one."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return await self._ask("GET", address, headers=headers)

    async def post(self, address: str, form: dict[str, str], login: tuple[str, str] | None) -> ProviderAnswer:
        """Return the answer to a form. ``login`` are the id and the secret of this service, if they go into a header."""
        return await self._ask("POST", address, data=form, auth=login)

    async def close(self) -> None:
        """Close the connections that are kept."""
        if self._client is not None:
            await self._client.aclose()

    async def _ask(self, method: str, address: str, **what: Any) -> ProviderAnswer:  # noqa: ANN401 - httpx's own
        if self._open >= MOST_AT_ONCE:
            raise IdentityProviderUnreachable(self._settings.label)
        self._open += 1
        try:
            async with asyncio.timeout(self._settings.timeout_seconds):
                status, body = await self._read(method, address, what)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError):
            raise IdentityProviderUnreachable(self._settings.label) from None
        finally:
            self._open -= 1
        if status >= httpx.codes.INTERNAL_SERVER_ERROR or status == httpx.codes.TOO_MANY_REQUESTS:
            raise IdentityProviderUnreachable(self._settings.label)
        return ProviderAnswer(status, _object_in(body))

    async def _read(self, method: str, address: str, what: dict[str, Any]) -> tuple[int, bytes]:
        if self._client is None:
            self._client = httpx.AsyncClient(headers={"accept": "application/json"}, follow_redirects=False)
        async with self._client.stream(method, address, **what) as answer:
            body = bytearray()
            async for part in answer.aiter_bytes():
                body += part
                if len(body) > LARGEST_ANSWER:
                    raise IdentityProviderUnusable("it is longer than a megabyte")
            return answer.status_code, bytes(body)


def _object_in(body: bytes) -> dict[str, Any]:
    try:
        fields = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return fields if isinstance(fields, dict) else {}

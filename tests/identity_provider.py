"""An identity provider of an invented firm, as a program of its own that speaks real HTTP, and what a test knows about it.

It checks everything that a strict provider checks: client, secret, redirect address, scope, PKCE, codes that work once. A test
tells it who its people are and, under ``/told``, what it does wrong.
"""

import base64
import hashlib
import json
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode

import httpx
import uvicorn
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from server.cli.service import open_listener

CLIENT_ID, CLIENT_SECRET = "clinic-ledger", "a secret: with % and ü"
PATIENCE_SECONDS = 60.0
CODE_SECONDS = 60


@dataclass
class Told:
    """What a test told the provider: its people with their claims, the address it accepts, and what it does wrong."""

    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    redirect: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    """Claims of every proof that are not as they should be; ``None`` leaves one out."""
    signs: str = "RS256"
    """How proofs are signed: RS256, HS256 (with the client's secret), none, or stranger (with a key that it does not show)."""
    fails: str = ""
    """What does not work: an address such as /token, which answers 500, or which hangs if "slow " stands before it."""
    describes: dict[str, Any] = field(default_factory=dict)
    """Fields of its description that are not as they should be."""
    thin: bool = False
    """Whether proofs hold nothing about the person, who is described elsewhere."""
    client_secret: str = CLIENT_SECRET


@dataclass(frozen=True)
class Given:
    """What a code was given for."""

    name: str
    asked: dict[str, str]
    given_at: float


class Provider:
    """The program: codes that were given, keys, and what was told."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.told = Told()
        self.codes: dict[str, Given] = {}
        self.tokens: dict[str, str] = {}
        self.keys = [RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)]
        self.stranger = RSAKey.generate_key(2048, {"kid": str(self.keys[0].kid)})

    def routes(self) -> list[Route]:
        return [
            Route("/.well-known/openid-configuration", self.describe),
            Route("/keys", self.show_keys),
            Route("/authorize", self.ask_who, methods=["GET", "POST"]),
            Route("/token", self.exchange, methods=["POST"]),
            Route("/userinfo", self.describe_person),
            Route("/told", self.listen, methods=["POST"]),
            Route("/new-key", self.renew_key, methods=["POST"]),
        ]

    async def listen(self, request: Request) -> Response:
        self.told = Told(**await request.json())
        return Response()

    async def renew_key(self, _: Request) -> Response:
        self.keys.insert(0, RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True))
        return Response()

    def describe(self, request: Request) -> Response:
        described = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "code_challenge_methods_supported": ["S256"],
        }
        return self._failure(request) or JSONResponse(described | self.told.describes)

    def show_keys(self, request: Request) -> Response:
        shown = [key.as_dict(private=False) for key in self.keys]
        return self._failure(request) or JSONResponse({"keys": shown})

    async def ask_who(self, request: Request) -> Response:
        asked = dict(request.query_params)
        wrong = [
            name
            for name, value in (("client_id", CLIENT_ID), ("redirect_uri", self.told.redirect))
            if asked.get(name) != value
        ]
        if wrong:
            return HTMLResponse(f"<h1>Wrong {wrong}</h1>", 400)
        if not (
            asked.get("response_type") == "code"
            and "openid" in asked.get("scope", "").split()
            and asked.get("code_challenge_method") == "S256"
            and len(asked.get("code_challenge", "")) == 43
            and asked.get("state")
            and asked.get("nonce")
        ):
            return _back(asked, error="invalid_request")
        if request.method == "GET":
            return HTMLResponse(
                '<h1>Example ID</h1><form method="post"><input name="name" autofocus><button name="answer" value="yes">Sign in</button><button name="answer" value="no">Cancel</button></form>'
            )
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        if form.get("answer") == "no" or form.get("name") not in self.told.people:
            return _back(asked, error="access_denied")
        code = secrets.token_urlsafe(32)
        self.codes[code] = Given(form["name"], asked, time.time())
        return _back(asked, code=code)

    async def exchange(self, request: Request) -> Response:
        if failure := self._failure(request):
            return failure
        login = f"{CLIENT_ID}:{self.told.client_secret}"
        kind, _, sent = request.headers.get("authorization", "").partition(" ")
        if kind != "Basic" or unquote(base64.b64decode(sent).decode()) != login:
            return JSONResponse({"error": "invalid_client"}, 401)
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        given = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        is_right = (
            given
            and form.get("grant_type") == "authorization_code"
            and time.time() - given.given_at < CODE_SECONDS
            and form.get("redirect_uri") == given.asked["redirect_uri"]
            and base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == given.asked["code_challenge"]
        )
        if not (given and is_right):
            return JSONResponse({"error": "invalid_grant"}, 400)
        token = secrets.token_urlsafe(32)
        self.tokens[token] = given.name
        proof = self._proof(given)
        return JSONResponse(
            {"access_token": token, "token_type": "Bearer", "expires_in": 300, "id_token": proof}
        )

    def describe_person(self, request: Request) -> Response:
        name = self.tokens.get(request.headers.get("authorization", "").removeprefix("Bearer "))
        if name is None:
            return JSONResponse({"error": "invalid_token"}, 401)
        return self._failure(request) or JSONResponse(self.told.people[name])

    def _proof(self, given: Given) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "exp": now + 300,
            "iat": now,
            "auth_time": now,
            "nonce": given.asked["nonce"],
        }
        person = self.told.people[given.name]
        claims |= {"sub": person["sub"]} if self.told.thin else person
        claims = {name: value for name, value in (claims | self.told.claims).items() if value is not None}
        if self.told.signs == "none":
            return ".".join([_base64({"alg": "none"}), _base64(claims), ""])
        if self.told.signs == "HS256":
            return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(CLIENT_SECRET.ljust(32, ".")))
        key = self.stranger if self.told.signs == "stranger" else self.keys[0]
        return jwt.encode({"alg": "RS256", "kid": str(key.kid)}, claims, key)

    def _failure(self, request: Request) -> Response | None:
        how, _, where = self.told.fails.rpartition(" ")
        if where != request.url.path:
            return None
        if how == "slow":
            time.sleep(5)
        elif how == "large":
            return Response(b" " * (2 * 1024 * 1024))
        elif how == "moved":
            return RedirectResponse("http://127.0.0.1:9/elsewhere")
        return Response("<h1>Something went wrong</h1>", 500)


def _back(asked: dict[str, str], **more: str) -> Response:
    return RedirectResponse(
        f"{asked['redirect_uri']}?{urlencode({'state': asked.get('state', ''), **more})}", 302
    )


def _base64(fields: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(fields).encode()).rstrip(b"=").decode()


@dataclass
class ExampleId:
    """A running provider, as a test sees it."""

    issuer: str
    told: Told = field(default_factory=Told)

    def tell(self, **what: Any) -> None:  # noqa: ANN401
        """Tell the provider something. What it was told before stays."""
        for name, value in what.items():
            setattr(self.told, name, value)
        httpx.post(f"{self.issuer}/told", json=self.told.__dict__).raise_for_status()

    def add_person(self, name: str, **claims: Any) -> None:  # noqa: ANN401
        """Add somebody with a verified e-mail address, or with other claims."""
        person = {"sub": f"number-of-{name}", "email": f"{name}@firm.example", "email_verified": True}
        self.tell(people=self.told.people | {name: person | claims})

    def enter(self, address: str, name: str, answer: str = "yes") -> str:
        """Sign somebody in where a browser was led to; return the address to which the provider sends the browser."""
        assert httpx.get(address).status_code == httpx.codes.OK
        sent = httpx.post(address, data={"name": name, "answer": answer})
        assert sent.is_redirect, sent.text
        return str(sent.headers["location"])


@contextmanager
def example_id() -> Iterator[ExampleId]:
    """Run the provider in a process of its own inside the block."""
    program = subprocess.Popen(
        [sys.executable, "-m", "tests.identity_provider"], stdout=subprocess.PIPE, text=True
    )
    assert program.stdout
    issuer = program.stdout.readline().strip()
    try:
        wait_until_answering(f"{issuer}/keys")
        yield ExampleId(issuer)
    finally:
        program.send_signal(signal.SIGKILL)
        program.wait()
        program.stdout.close()


def wait_until_answering(address: str) -> None:
    """Wait until a program answers at an address."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        try:
            httpx.get(address)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"nothing answers at {address}")


def main() -> None:
    """Print the address, and serve until the process ends."""
    listener = open_listener("127.0.0.1", 0)
    issuer = f"http://127.0.0.1:{listener.getsockname()[1]}"
    sys.stdout.write(f"{issuer}\n")
    sys.stdout.flush()
    app = Starlette(routes=Provider(issuer).routes())
    uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listener])


def begins(browser: httpx.Client, asked: str = "") -> str:
    """Press the button of the sign-in page; return the address at the provider where the browser is led to."""
    sent = browser.get("/sign-in/provider", params={"next": asked} if asked else None)
    assert sent.status_code == httpx.codes.SEE_OTHER, sent.text
    return str(sent.headers["location"])


if __name__ == "__main__":
    main()

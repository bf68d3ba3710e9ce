"""Where a request is from: what a named proxy says counts, and what anybody else claims does not."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send

from server.api.pairing import WRONG_A_MINUTE, WRONG_SECONDS
from server.api.proxied_requests import BEHIND_PROXY, ProxiedRequests, came_through_proxy, objection_to_proxy
from server.settings import Settings
from tests.office_service import NAME, served

HERE, ELSEWHERE = "127.0.0.1", "203.0.113.7"
HTTPS = {"x-forwarded-proto": "https"}


def way_of(
    headers: Mapping[str, str], *, peer: str = HERE, proxies: frozenset[str] = frozenset({HERE})
) -> tuple[str, str, bool, str | None]:
    """Return the client, the scheme, whether a proxy was there, and the code of the objection to a request."""
    seen: list[Scope] = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001
        seen.append(scope)

    async def nothing() -> Message:
        raise AssertionError

    async def drop(message: Message) -> None:
        del message

    scope: Scope = {
        "type": "http",
        "client": (peer, 5000),
        "scheme": "http",
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers.items()],
    }
    with pytest.raises(
        StopIteration
    ):  # the layer waits for nothing; a browser of other tests has the event loop
        ProxiedRequests(application, proxies)(scope, nothing, drop).send(None)
    objection = objection_to_proxy(seen[0])
    code = objection.code if objection else None
    return seen[0]["client"][0], seen[0]["scheme"], came_through_proxy(seen[0]), code


@pytest.mark.parametrize(
    ("headers", "way"),
    [
        ({"x-forwarded-for": ELSEWHERE, **HTTPS}, (ELSEWHERE, "https", True, None)),
        ({"x-forwarded-for": f"198.51.100.9, {ELSEWHERE}", **HTTPS}, (ELSEWHERE, "https", True, None)),
        ({"x-forwarded-for": f"{ELSEWHERE}, 127.0.0.1", **HTTPS}, (BEHIND_PROXY, "https", True, None)),
        ({"x-forwarded-for": "2001:db8::1", **HTTPS}, ("2001:db8::1", "https", True, None)),
        ({"x-forwarded-for": "::ffff:127.0.0.1", **HTTPS}, (BEHIND_PROXY, "https", True, None)),
        ({"x-forwarded-for": ELSEWHERE, "x-forwarded-proto": "http"}, (ELSEWHERE, "http", True, "not-encrypted")),
        ({"x-forwarded-for": ELSEWHERE}, (ELSEWHERE, "http", True, "proxy-unclear")),
        ({"x-forwarded-for": ELSEWHERE, "x-forwarded-proto": "https, http"}, (ELSEWHERE, "http", True, "proxy-unclear")),
        (HTTPS, (BEHIND_PROXY, "http", True, "proxy-unclear")),
        ({"x-forwarded-for": "unknown", **HTTPS}, (BEHIND_PROXY, "http", True, "proxy-unclear")),
        ({}, (BEHIND_PROXY, "http", True, "proxy-unclear")),
    ],
    ids=str,
)  # fmt: skip
def test_a_named_proxy_says_where_a_request_is_from_and_how_it_came(
    headers: dict[str, str], way: tuple[str, str, bool, str | None]
) -> None:
    assert way_of(headers) == way


@pytest.mark.parametrize(
    "mark", ["x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-real-ip", "forwarded", "via"]
)
def test_a_proxy_that_is_not_named_is_not_believed_and_not_taken_for_this_computer(mark: str) -> None:
    assert way_of({mark: "127.0.0.1"}, proxies=frozenset()) == (BEHIND_PROXY, "http", True, None)
    assert way_of({mark: "https"}, peer=ELSEWHERE) == (ELSEWHERE, "http", True, None)


def test_a_program_of_this_computer_is_known_by_saying_nothing() -> None:
    assert way_of({"host": "localhost"}, proxies=frozenset()) == (HERE, "http", False, None)
    assert way_of({}, peer=ELSEWHERE) == (ELSEWHERE, "http", False, None)


def test_a_network_of_proxies_can_be_named() -> None:
    found = way_of(
        {"x-forwarded-for": f"{ELSEWHERE}, 10.0.0.8", **HTTPS},
        peer="10.0.0.9",
        proxies=frozenset({"10.0.0.0/28"}),
    )
    assert found == (ELSEWHERE, "https", True, None)


def test_somebody_on_the_proxys_own_computer_has_its_address() -> None:
    found = way_of({"x-forwarded-for": "10.0.0.9", **HTTPS}, peer="10.0.0.9", proxies=frozenset({"10.0.0.9"}))
    assert found == ("10.0.0.9", "https", True, None)


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """Return the port of a service with a name and without a named proxy, on a ledger without users and tokens."""
    with served(Settings(path=tmp_path / "ledger", workers=0, names=frozenset({NAME}))) as found:
        yield found


def client_of(port: int, **headers: str) -> httpx.Client:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=sent, trust_env=False)


def test_names_of_loopback_are_not_accepted_through_a_proxy(port: int) -> None:
    with client_of(port) as here:
        assert here.get("/health").status_code == 200
    for mark in (
        {"x_forwarded_for": HERE},
        {"x_real_ip": HERE},
        {"via": "1.1 proxy"},
        {"forwarded": f"for={HERE}"},
    ):
        for host in ("localhost", "127.0.0.1", "[::1]"):
            with client_of(port, host=host, **mark) as proxied:
                assert proxied.get("/health").json()["code"] == "foreign-request"


def test_wrong_codes_through_a_proxy_are_limited_and_not_only_delayed(port: int) -> None:
    assert WRONG_A_MINUTE * WRONG_SECONDS >= 2
    with client_of(port, host=NAME, x_forwarded_for=HERE) as proxied:
        answers = [
            proxied.post("/pair", json={"code": "AAAA-AAAA-AAAA"}).status_code
            for _ in range(WRONG_A_MINUTE + 1)
        ]
    assert answers[-1] == httpx.codes.TOO_MANY_REQUESTS


def test_the_proxy_on_this_computer_never_passes_for_a_person_there(tmp_path: Path) -> None:
    """A proxy that is set up by its defaults sends the address of the service as Host, and nothing else."""
    settings = Settings(
        path=tmp_path / "ledger", workers=0, names=frozenset({NAME}), proxies=frozenset({HERE})
    )
    with served(settings) as port, client_of(port) as careless:
        told = careless.get("/clinics")
        assert (told.status_code, told.json()["code"]) == (403, "proxy-unclear")
        assert "X-Forwarded-For" in told.json()["remedy"]

"""Requests that a reverse proxy passed on: where they are from, and whether they reached the proxy encrypted.

Only a proxy that is named says where a request is from. Whatever another program claims, a request that came through a
proxy is never taken for one of this computer (docs/adr/0051-one-service-for-the-office.md).
"""

from collections.abc import Collection
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.types import ASGIApp, Receive, Scope, Send

from server.errors import BillingError, NotEncrypted, ProxyUnclear

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

FORWARDED_FOR, FORWARDED_PROTO = b"x-forwarded-for", b"x-forwarded-proto"

MARKS = frozenset(
    {
        FORWARDED_FOR,
        FORWARDED_PROTO,
        b"x-forwarded-host",
        b"x-forwarded-port",
        b"x-real-ip",
        b"forwarded",
        b"via",
    }
)
"""Headers that proxies add, and programs on this computer do not send."""

THROUGH_PROXY = "through_proxy"
"""Where the state of a request keeps whether it came through a proxy."""

PROXY_OBJECTION = "proxy_objection"
"""Where the state of a request keeps what is wrong with how a named proxy passed it on, ``None`` if nothing is."""

BEHIND_PROXY = "behind a proxy"
"""The address of a request whose proxy is on this computer and does not say where the request is from."""


class ProxiedRequests:
    """ASGI layer around everything else. It writes into each request where it is from and how it reached the service."""

    def __init__(self, app: ASGIApp, proxies: Collection[str]) -> None:
        self._app = app
        self._proxies = [ip_network(proxy) for proxy in sorted(proxies)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on. ``client`` and ``scheme`` of its scope are those of the person if a named proxy says so."""
        if scope["type"] == "http":
            self._note_way(scope)
        await self._app(scope, receive, send)

    def _note_way(self, scope: Scope) -> None:
        client = scope.get("client")
        peer = _read_address(client[0]) if client else None
        is_named = peer is not None and self._is_named(peer)
        is_proxied = is_named or any(name in MARKS for name, _ in scope["headers"])
        state = scope.setdefault("state", {})
        state[THROUGH_PROXY], state[PROXY_OBJECTION] = is_proxied, None
        if is_named:
            state[PROXY_OBJECTION] = self._read_marks(scope)
        if is_proxied and scope.get("client") and is_this_computer(scope["client"][0]):
            scope["client"] = (BEHIND_PROXY, 0)

    def _read_marks(self, scope: Scope) -> BillingError | None:
        """Take over what a named proxy says; return what is missing."""
        sent = b",".join(value for name, value in scope["headers"] if name == FORWARDED_FOR)
        address = self._person_in(sent.decode("latin-1"))
        if address is None:
            return ProxyUnclear("X-Forwarded-For")
        scope["client"] = (str(address), 0)
        schemes = [value.strip().lower() for name, value in scope["headers"] if name == FORWARDED_PROTO]
        if schemes not in ([b"http"], [b"https"]):
            return ProxyUnclear("X-Forwarded-Proto")
        scope["scheme"] = schemes[0].decode("ascii")
        return None if scope["scheme"] == "https" else NotEncrypted()

    def _person_in(self, forwarded: str) -> Address | None:
        """Return the last address that is of no other named proxy; ``None`` if that is no address.

        Each proxy adds where it got a request from, so only the last ones are vouched for. This computer's own address
        ends the search: any program on it could have written what stands before.
        """
        address = None
        for sent in reversed(forwarded.split(",")):
            address = _read_address(sent.strip())
            if address is None or address.is_loopback or not self._is_named(address):
                break
        return address

    def _is_named(self, address: Address) -> bool:
        return any(address in proxy for proxy in self._proxies)


def came_through_proxy(scope: Scope) -> bool:
    """Return whether a request came through a proxy, named or not."""
    return bool(scope.get("state", {}).get(THROUGH_PROXY))


def objection_to_proxy(scope: Scope) -> BillingError | None:
    """Return what is wrong with how a named proxy passed a request on, ``None`` if nothing is."""
    found: BillingError | None = scope.get("state", {}).get(PROXY_OBJECTION)
    return found


def is_this_computer(address: str) -> bool:
    """Return whether an address is of this computer."""
    parsed = _read_address(address)
    return parsed is not None and parsed.is_loopback


def is_address(host: str) -> bool:
    """Return whether a host is an address and not a name."""
    return _read_address(host.strip("[]")) is not None


def name_in(host: str) -> str:
    """Return the name in a Host header, without a port."""
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() else host


def _read_address(text: str) -> Address | None:
    """Return an address, an IPv4 address that is written as one of IPv6 as what it is; ``None`` if the text is none."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address

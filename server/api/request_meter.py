"""Counts and times requests, and writes the metrics down. It is loaded only where metrics are switched on.

Labels have values from lists of ours alone: the paths of routes as they were declared, methods, status codes, buttons and
pools. What a client sends is never a label, so no clinic, person or patient is in the metrics.
"""

import re
import time
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property

from fastapi.routing import iter_route_contexts
from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.api.allowed_methods import METHODS
from server.api.pages import PREFIX
from server.ledger.store import Ledger
from server.ribbon.dispatch import COMMANDS
from server.statement_counts import COUNTED

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
"""The upper ends of the classes of how long requests take."""

OF_THE_ADD_IN = f"{PREFIX}{{file}}"
UNKNOWN_ROUTE, OTHER_METHOD, UNANSWERED = "unknown", "other", "none"
"""Labels of an address that there is not, of a method that no route has, and of a client that left before its answer."""

_NAMED_METHODS = frozenset({*METHODS, "HEAD", "OPTIONS"})
_RIBBON = "/ribbon/"

disable_created_metrics()  # type: ignore[no-untyped-call]


class Meter:
    """The metrics of one service."""

    def __init__(self, ledger: Ledger) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "clinic_ledger_requests",
            "Requests by the declared path of their route, method and status.",
            ("route", "method", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "clinic_ledger_request_seconds",
            "Seconds from a request to the end of its answer.",
            ("route", "method"),
            buckets=SECONDS,
            registry=self._registry,
        )
        self._clicks = Counter(
            "clinic_ledger_clicks",
            "Clicks that were answered, by button and status.",
            ("button", "status"),
            registry=self._registry,
        )
        self._registry.register(_DatabaseCollector(ledger))
        ProcessCollector(registry=self._registry)

    def count(self, route: str, method: str, status: str, seconds: float) -> None:
        """Count a request."""
        self._requests.labels(route, method, status).inc()
        self._seconds.labels(route, method).observe(seconds)
        button = route.removeprefix(_RIBBON)
        if method == "POST" and button in COMMANDS:
            self._clicks.labels(button, status).inc()

    def text(self) -> bytes:
        """Return all metrics in the text format of Prometheus."""
        return generate_latest(self._registry)


class _DatabaseCollector(Collector):
    """Reads the pools when somebody asks for the metrics."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def collect(self) -> Iterator[Metric]:
        pools = self._ledger.database_pools()
        for name, what, part in (
            ("open", "Open connections to the database, by pool.", "open"),
            ("idle", "Open connections that nobody uses now, by pool.", "idle"),
            ("most", "The most connections, by pool.", "most"),
            ("waiting", "Requests that wait for a connection, by pool.", "waiting"),
        ):
            gauge = GaugeMetricFamily(f"clinic_ledger_database_connections_{name}", what, labels=["pool"])
            for pool in pools:
                gauge.add_metric([pool.name], getattr(pool, part))
            yield gauge
        counts = COUNTED.read()
        for name, what, number in (
            ("timed_out", "Statements that the database ended because they took too long.", counts.timed_out),
            ("lock_waits_ended", "Statements that waited too long for a lock.", counts.lock_waits_ended),
            ("slow", "Statements that were logged because they were slow.", counts.slow),
        ):
            yield CounterMetricFamily(f"clinic_ledger_database_statements_{name}", what, value=number)


class RequestMeter:
    """ASGI middleware that counts every request with its status."""

    def __init__(self, app: ASGIApp, meter: Meter, routes: Sequence[BaseRoute]) -> None:
        self._app = app
        self._meter = meter
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and count it once it was answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = UNANSWERED
        begun = time.perf_counter()

        async def note_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = str(message["status"])
            await send(message)

        try:
            await self._app(scope, receive, note_status)
        finally:
            method = scope["method"] if scope["method"] in _NAMED_METHODS else OTHER_METHOD
            self._meter.count(self._route_of(scope), method, status, time.perf_counter() - begun)

    def _route_of(self, scope: Scope) -> str:
        """Return the declared path of the route of a request, also of one that was refused before its route."""
        if scope["path"].startswith(PREFIX):
            return OF_THE_ADD_IN
        if found := scope.get("route"):
            return str(found.path)
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        return next(
            (
                path
                for path, methods, regex in self._known_routes
                if method in methods and regex.match(scope["path"])
            ),
            UNKNOWN_ROUTE,
        )

    @cached_property
    def _known_routes(self) -> list[tuple[str, Collection[str], re.Pattern[str]]]:
        """The path, the methods and the pattern of each route, in the order in which they are tried."""
        return [
            (str(one.path), one.methods or (), one.path_regex) for one in iter_route_contexts(self._routes)
        ]

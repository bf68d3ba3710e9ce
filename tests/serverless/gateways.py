"""Gateways of AWS: each turns a request into an event as it is documented to, and the reply to it into an answer."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import httpx

Event = dict[str, Any]
Invoke = Callable[[Event], Event]
"""Sends an event to a function and returns its reply."""

NAME = "ledger.office.example"
CLIENT = "203.0.113.7"
TEXT = ("text/", "application/json", "application/javascript", "application/xml")


class Kind(StrEnum):
    """The gateways that events come from."""

    REST_API = "API Gateway, version 1"
    HTTP_API = "API Gateway, version 2"
    FUNCTION_URL = "function URL"
    LOAD_BALANCER = "load balancer"
    LOAD_BALANCER_WITH_LISTS = "load balancer with multi-value headers"


MOST_BYTES = 6 * 1024 * 1024
"""The most bytes of an event."""

MOST_BYTES_OF_LOAD_BALANCER = 1024 * 1024
"""The most bytes of a body through a load balancer. Here they are counted as in the event: it is not documented."""

LOAD_BALANCERS = {Kind.LOAD_BALANCER, Kind.LOAD_BALANCER_WITH_LISTS}
OF_VERSION_2 = {Kind.HTTP_API, Kind.FUNCTION_URL}


@dataclass
class Gateway(httpx.BaseTransport):
    """A gateway that requests of ``client`` reach, and that invokes a function."""

    kind: Kind
    invoke: Invoke
    client: str = CLIENT
    scheme: str = "https"

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request with what the function replies. Events and replies are JSON, as on their way."""
        event = json.loads(json.dumps(self.event_of(request)))
        if self._is_too_large(event):
            return httpx.Response(413, json={"message": "Request Too Long"})
        return self.answer_of(json.loads(json.dumps(self.invoke(event))))

    def event_of(self, request: httpx.Request) -> Event:
        """Return the event that a request becomes."""
        headers = self._headers_of(request)
        body, is_encoded = _body_of(request)
        common: Event = {"body": body, "isBase64Encoded": is_encoded}
        if self.kind in OF_VERSION_2:
            return common | self._event_of_version_2(request, headers)
        lists: dict[str, list[str]] = {}
        for name, value in headers:
            lists.setdefault(name, []).append(value)
        asked: dict[str, list[str]] = {}
        for name, value in request.url.params.multi_items():
            asked.setdefault(name, []).append(value)
        singles = {name: values[-1] for name, values in lists.items()}
        common |= {"httpMethod": request.method}
        if self.kind is Kind.REST_API:
            lists.pop("Content-Length", None)
            singles.pop("Content-Length", None)
            return common | {
                "resource": "/{proxy+}",
                "path": request.url.path,
                "headers": singles,
                "multiValueHeaders": lists,
                "queryStringParameters": {name: values[-1] for name, values in asked.items()} or None,
                "multiValueQueryStringParameters": asked or None,
                "requestContext": {"stage": "office", "identity": {"sourceIp": self.client}},
            }
        context = {"requestContext": {"elb": {"targetGroupArn": "arn:aws:elasticloadbalancing:invented"}}}
        common |= context | {"path": request.url.raw_path.decode().partition("?")[0]}
        if self.kind is Kind.LOAD_BALANCER_WITH_LISTS:
            return common | {"multiValueHeaders": lists, "multiValueQueryStringParameters": asked}
        return common | {
            "headers": singles,
            "queryStringParameters": {name: values[-1] for name, values in asked.items()},
        }

    def answer_of(self, reply: Event) -> httpx.Response:
        """Return the answer that a client receives."""
        body = reply.get("body") or ""
        content = base64.b64decode(body, validate=True) if reply["isBase64Encoded"] else body.encode()
        headers = (
            [] if self.kind is Kind.LOAD_BALANCER_WITH_LISTS else [*(reply.get("headers") or {}).items()]
        )
        if self.kind not in {*OF_VERSION_2, Kind.LOAD_BALANCER}:
            lists = reply.get("multiValueHeaders") or {}
            headers = [one for one in headers if one[0] not in lists]
            headers += [(name, value) for name, values in lists.items() for value in values]
        headers += [("set-cookie", cookie) for cookie in reply.get("cookies") or ()]
        return httpx.Response(reply["statusCode"], headers=headers, content=content)

    def _is_too_large(self, event: Event) -> bool:
        if self.kind in LOAD_BALANCERS and len(event["body"] or "") > MOST_BYTES_OF_LOAD_BALANCER:
            return True
        return len(json.dumps(event)) > MOST_BYTES

    def _headers_of(self, request: httpx.Request) -> list[tuple[str, str]]:
        """Return the headers of a request with those that the gateway adds."""
        sent = [(name.decode().title(), value.decode()) for name, value in request.headers.raw]
        before = [value for name, value in sent if name == "X-Forwarded-For"]
        kept = [(name, value) for name, value in sent if not name.startswith("X-Forwarded-")]
        return [
            *kept,
            ("X-Forwarded-For", ", ".join([*before, self.client])),
            ("X-Forwarded-Proto", self.scheme),
            ("X-Forwarded-Port", "443"),
        ]

    def _event_of_version_2(self, request: httpx.Request, headers: list[tuple[str, str]]) -> Event:
        joined: dict[str, str] = {}
        cookies = []
        for name, value in headers:
            if name == "Cookie":
                cookies += value.split("; ")
            else:
                low = name.lower()
                joined[low] = f"{joined[low]},{value}" if low in joined else value
        event = {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": request.url.path,
            "rawQueryString": request.url.query.decode(),
            "headers": joined,
            "requestContext": {
                "stage": "$default",
                "http": {"method": request.method, "path": request.url.path, "sourceIp": self.client},
            },
        }
        return event | ({"cookies": cookies} if cookies else {})


def _body_of(request: httpx.Request) -> tuple[str | None, bool]:
    data = request.read()
    if not data:
        return None, False
    if request.headers.get("content-type", "").startswith(TEXT):
        return data.decode(), False
    return base64.b64encode(data).decode(), True


def client_of(
    kind: Kind,
    invoke: Invoke,
    headers: dict[str, str] | None = None,
    **how: Any,  # noqa: ANN401 - the fields of Gateway
) -> httpx.Client:
    """Return a client whose requests reach a function through a gateway, each with these headers."""
    return httpx.Client(transport=Gateway(kind, invoke, **how), base_url=f"https://{NAME}", headers=headers)

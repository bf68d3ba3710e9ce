"""The cookie of somebody who is signed in on the pages, and where a page leads next."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from server.api.page_addresses import is_page, page_cookie
from server.billing.people import Person, Role
from server.billing.rights import READERS
from server.ledger.store import Ledger

if TYPE_CHECKING:
    from server.web.identity_provider import IdentityProvider

Links = tuple[tuple[str, str], ...]


def ledger_of(request: Request) -> Ledger:
    """Return the ledger of the service."""
    found: Ledger = request.app.state.ledger
    return found


def provider_of(request: Request) -> "IdentityProvider | None":
    """Return the firm's identity provider, ``None`` if people sign in with passwords only."""
    found: IdentityProvider | None = request.app.state.provider
    return found


async def enter_pages(request: Request, token: str, asked: str) -> Response:
    """Return the answer that lets a browser in with a new session. What the browser was signed in to before ends."""
    sessions, before = ledger_of(request).people.sessions, cookie_of(request)
    person = await run_in_threadpool(sessions.identify, token)
    if before:
        await run_in_threadpool(sessions.sign_out, before)
    return with_cookie(lead_to(safe_address(asked, person)), request, token)


def with_cookie(response: Response, request: Request, token: str) -> Response:
    """Give an answer the cookie of a session. No script reads it, and only this service gets it."""
    scheme = request.url.scheme
    response.set_cookie(
        page_cookie(scheme), token, httponly=True, samesite="lax", path="/", secure=scheme == "https"
    )
    return response


def without_cookie(response: Response, request: Request) -> Response:
    """Take the cookie away."""
    scheme = request.url.scheme
    response.delete_cookie(
        page_cookie(scheme), httponly=True, samesite="lax", path="/", secure=scheme == "https"
    )
    return response


def cookie_of(request: Request) -> str:
    """Return the token of a page's session."""
    return request.cookies.get(page_cookie(request.url.scheme), "")


def lead_to(address: str) -> RedirectResponse:
    """Lead the browser to another page of the service, with GET."""
    return RedirectResponse(address, HTTPStatus.SEE_OTHER)


def safe_address(asked: str, person: Person) -> str:
    """Return the page to show after signing in: the one that was asked for if it is a page of ours, else the person's first one."""
    path = asked.partition("?")[0]
    if is_page(path) and not path.startswith(("/sign-in", "/sign-out")):
        return asked
    return links_of(person)[0][0]


def links_of(person: Person) -> Links:
    """Return the pages that a person may open, the first one first: their addresses and names."""
    firm = (("/firm", "All clinics"),) if person.role in READERS else ()
    return (*_LINKS.get(person.role, ()), ("/account", "Your account"), *firm)


_LINKS: Mapping[Role, Links] = {
    Role.ADMINISTRATOR: (("/admin", "Users"), ("/admin/access", "Access log")),
    Role.ATTORNEY: (("/attorney", "Your cases"),),
}

"""Turns a template of this package into an answer: escaped, styled, and with a policy that allows no script."""

from base64 import b64encode
from datetime import datetime, timedelta
from hashlib import sha256
from http import HTTPStatus
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from server.api.guard import PERSON
from server.billing.days import us
from server.billing.people import Person
from server.errors import BillingError
from server.web.signed_in import ledger_of, links_of

STYLE = (resources.files("server.web") / "style.css").read_text("utf-8")

_STYLE_DIGEST = b64encode(sha256(STYLE.encode()).digest()).decode()

POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_DIGEST}'; img-src data:; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
"""No script of anybody, no frame around the page, and forms that go to the service only."""

HEADERS = {"Content-Security-Policy": POLICY, "Referrer-Policy": "same-origin"}
"""A browser hides where a form comes from on a page that sends no referrer at all, and then the form is refused."""

_TEMPLATES = Environment(
    loader=PackageLoader("server.web"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def day_and_time(instant: str) -> str:
    """Return an instant as people of the office read it, in the service's time zone; "" for none."""
    if not instant:
        return ""
    local = datetime.fromisoformat(instant).astimezone()
    return f"{us(local.date())} {local:%I:%M %p}"


_TEMPLATES.filters[day_and_time.__name__] = day_and_time


def render_page(template: str, *, status: HTTPStatus = HTTPStatus.OK, **values: Any) -> HTMLResponse:  # noqa: ANN401
    """Return a page: a template of ``templates`` with its values, each of them escaped."""
    text = _TEMPLATES.get_template(template).render(style=STYLE, **values)
    return HTMLResponse(text, status, HEADERS)


def page_for(
    request: Request,
    template: str,
    *,
    status: HTTPStatus = HTTPStatus.OK,
    **values: Any,  # noqa: ANN401
) -> HTMLResponse:
    """Return a page for the person who is signed in, with the links to the pages that the person may open.

    The page goes away by itself when the session ends, because nobody used it.
    """
    person: Person = request.scope["state"][PERSON]
    people = ledger_of(request).people
    idle = people.sign_in_rules.page_idle
    page = render_page(
        template,
        status=status,
        me=person,
        links=links_of(person),
        here=request.url.path,
        unseen_emergencies=len(people.emergencies.unseen_by(person)),
        idle_minutes=idle // timedelta(minutes=1),
        **values,
    )
    page.headers["refresh"] = f"{int(idle.total_seconds())}; url=/sign-in?ended=1"
    return page


def shown_refusal(refusal: BillingError | None) -> dict[str, Any] | None:
    """Return what a page says about a refusal."""
    return {"title": refusal.title, "detail": str(refusal), "remedy": refusal.remedy} if refusal else None


def refusal_page(request: Request, refusal: BillingError, status: HTTPStatus) -> HTMLResponse:
    """Return a page that says why there is no other one."""
    person: Person | None = request.scope.get("state", {}).get(PERSON)
    return render_page(
        "refusal.html",
        status=status,
        title=refusal.title,
        me=person,
        links=links_of(person) if person else (),
        here="",
        detail=f"{refusal} {refusal.remedy}",
    )

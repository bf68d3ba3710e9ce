"""Signing in and out in a browser, with an authenticator app where one is needed, and setting a password with a code."""

from http import HTTPStatus
from urllib.parse import urlencode

import segno
from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from server.api.guard import PERSON, client_address
from server.api.page_addresses import PROVIDER_PAGE
from server.api.problems import STATUS
from server.errors import (
    BillingError,
    SecondFactorMissing,
    SecondFactorNeeded,
    SecondFactorRefused,
    SessionEnded,
)
from server.ledger.people.second_factors import NewSecondFactor, shown_factor
from server.ledger.people.sign_in_rules import SessionKind
from server.ledger.people.sign_ins import Credentials
from server.web.forms import Form, read_form, text_of
from server.web.page_rendering import render_page, shown_refusal
from server.web.signed_in import (
    cookie_of,
    enter_pages,
    lead_to,
    ledger_of,
    provider_of,
    safe_address,
    without_cookie,
)

router = APIRouter(include_in_schema=False)

BROWSER = "Browser"
"""What the session of a page is called in lists."""


@router.get("/sign-in")
def show_sign_in(request: Request) -> Response:
    """Show the form. Whoever is signed in goes on to the page that was asked for."""
    asked = request.query_params.get("next", "")
    person = request.scope["state"].get(PERSON)
    if person:
        return lead_to(safe_address(asked, person))
    has_users = ledger_of(request).people.users.has_users()
    if not has_users:
        return render_page("no_users.html", title="Nobody needs to sign in")
    changed = (
        "Your password is changed. Sign in with the new one." if "changed" in request.query_params else ""
    )
    return sign_in_page(request, {"next": [asked]}, done=changed, ended="ended" in request.query_params)


@router.post("/sign-in")
async def sign_in(request: Request) -> Response:
    """Sign somebody in, or show the form again with what is wrong."""
    form = await read_form(request)
    typed = _credentials(form, request)
    people = ledger_of(request).people
    try:
        token = await run_in_threadpool(people.sign_ins.sign_in, typed, SessionKind.PAGE, BROWSER)
    except SecondFactorMissing:
        return await _ask_for_app(request, form, typed)
    except BillingError as refusal:
        return sign_in_page(request, form, refusal)
    return await enter_pages(request, token, text_of(form, "next"))


@router.post("/sign-in/app")
async def confirm_app(request: Request) -> Response:
    """Let an authenticator app count if it shows the right code, and sign its user in."""
    form = await read_form(request)
    typed = _credentials(form, request)
    people = ledger_of(request).people
    try:
        token = await run_in_threadpool(
            people.sign_ins.confirm_second_factor, typed, SessionKind.PAGE, BROWSER
        )
    except SecondFactorRefused as refusal:
        return _app_page(form, shown_factor(text_of(form, "secret"), typed.name), refusal)
    except BillingError as refusal:
        return sign_in_page(request, form, refusal)
    return await enter_pages(request, token, text_of(form, "next"))


@router.post("/sign-out")
async def sign_out(request: Request) -> Response:
    """End the session of the page."""
    await run_in_threadpool(ledger_of(request).people.sessions.sign_out, cookie_of(request))
    return without_cookie(lead_to("/sign-in"), request)


@router.get("/new-password")
def show_new_password(request: Request) -> Response:
    """Show the form for a new password, with the code of the address that an administrator handed over."""
    return _password_page({"code": [request.query_params.get("code", "")]})


@router.post("/new-password")
async def set_new_password(request: Request) -> Response:
    """Set the password of a code's user."""
    form = await read_form(request)
    if text_of(form, "password") != text_of(form, "again"):
        return _password_page(
            form, wrong={"title": "The passwords differ", "detail": "Type the same one twice.", "remedy": ""}
        )
    links, address = ledger_of(request).people.links, client_address(request.scope)
    try:
        user = await run_in_threadpool(
            links.use_link, text_of(form, "code"), text_of(form, "password"), address
        )
    except BillingError as refusal:
        return _password_page(form, refusal)
    return sign_in_page(request, {"name": [user.sign_in_name]}, done="Your password is set. Sign in with it.")


async def _ask_for_app(request: Request, form: Form, typed: Credentials) -> Response:
    """Show a new secret for an authenticator app."""
    try:
        factor = await run_in_threadpool(ledger_of(request).people.sign_ins.begin_second_factor, typed)
    except BillingError as changed:
        return sign_in_page(request, form, changed)
    return _app_page(form, factor)


def _app_page(form: Form, factor: NewSecondFactor, refusal: BillingError | None = None) -> Response:
    """Ask for a code of the app. The password is typed once more, because no page repeats one."""
    return render_page(
        "authenticator.html",
        title="Set up your authenticator app",
        status=STATUS[refusal.kind] if refusal else HTTPStatus.OK,
        wrong=shown_refusal(refusal),
        picture=picture_of(factor),
        secret=factor.secret,
        address="/sign-in/app",
        asks_password=True,
        name=text_of(form, "name"),
        next=text_of(form, "next"),
    )


def sign_in_page(
    request: Request,
    form: Form,
    refusal: BillingError | None = None,
    *,
    done: str = "",
    ended: bool = False,
) -> Response:
    """Return the page with the form, and with the way to the identity provider if there is one."""
    needs_code = isinstance(refusal, SecondFactorNeeded | SecondFactorRefused)
    provider = provider_of(request)
    asked = text_of(form, "next")
    response = render_page(
        "sign_in.html",
        title="Sign in",
        status=STATUS[refusal.kind] if refusal else HTTPStatus.OK,
        wrong=shown_refusal(refusal),
        done=done,
        ended=ended or isinstance(refusal, SessionEnded),
        asks_code=needs_code or bool(text_of(form, "code")),
        name=text_of(form, "name"),
        next=asked,
        provider=provider.label if provider else "",
        provider_address=f"{PROVIDER_PAGE}?{urlencode({'next': asked})}" if asked else PROVIDER_PAGE,
    )
    if refusal and (seconds := refusal.retry_after_seconds) is not None:
        response.headers["retry-after"] = str(seconds)
    return response


def picture_of(factor: NewSecondFactor) -> str:
    """Return the picture of a secret for an authenticator app, as the address of an image."""
    return segno.make(factor.uri, error="m").svg_data_uri(scale=5, border=2, light="white")


def _password_page(
    form: Form, refusal: BillingError | None = None, wrong: dict[str, str] | None = None
) -> Response:
    return render_page(
        "new_password.html",
        title="Choose a password",
        status=STATUS[refusal.kind] if refusal else HTTPStatus.OK,
        wrong=wrong or shown_refusal(refusal),
        code=text_of(form, "code"),
    )


def _credentials(form: Form, request: Request) -> Credentials:
    return Credentials(
        text_of(form, "name"), text_of(form, "password"), client_address(request.scope), text_of(form, "code")
    )

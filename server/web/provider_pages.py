"""Signing in at the firm's identity provider in a browser: the way there, the way back, and a code of the app where one is needed."""

from dataclasses import asdict
from hashlib import sha256
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from server.api.guard import PERSON, client_address
from server.api.page_addresses import PROVIDER_PAGE
from server.api.problems import STATUS
from server.billing.people import Role
from server.errors import (
    BillingError,
    IdentityProviderSignInNotBegun,
    SecondFactorMissing,
    SecondFactorNeeded,
    SecondFactorRefused,
    UnknownAddress,
)
from server.ledger.people.identity_accounts import VouchedPerson
from server.ledger.people.identity_sign_ins import IdentitySignIns
from server.ledger.people.second_factors import NewSecondFactor, shown_factor
from server.web.forms import Form, SentForm, text_of
from server.web.page_rendering import render_page, shown_refusal
from server.web.provider_attempt import Attempt
from server.web.sealed_cookies import SealedCookies
from server.web.sign_in_pages import BROWSER, picture_of, sign_in_page
from server.web.signed_in import enter_pages, lead_to, ledger_of, provider_of, safe_address

if TYPE_CHECKING:
    from server.web.identity_provider import IdentityProvider

router = APIRouter(prefix=PROVIDER_PAGE, include_in_schema=False)

BACK = f"{PROVIDER_PAGE}/back"
"""Where the provider sends the browser. The provider has to know this address."""

ATTEMPT = "clinicledger-attempt-"
"""How the cookies of sign-ins begin that were begun: each tab has its own."""

VOUCHED = "clinicledger-vouched"
"""The cookie of somebody for whom the provider vouched, and who still has to type a code."""


@router.get("")
async def go_to_provider(request: Request) -> Response:
    """Lead the browser to the provider. Somebody who is signed in goes on to the page that was asked for."""
    provider = _required_provider(request)
    asked = request.query_params.get("next", "")
    if person := request.scope["state"].get(PERSON):
        return lead_to(safe_address(asked, person))
    if not ledger_of(request).people.users.has_users():
        return lead_to("/sign-in")
    sign_ins, cookies = _sign_ins_of(request), _cookies_of(request)
    try:
        await run_in_threadpool(sign_ins.require_few, "", client_address(request.scope))
        address, attempt = await provider.begin(str(request.url.replace(path=BACK, query="")), asked)
    except BillingError as refusal:
        return sign_in_page(request, {"next": [asked]}, refusal)
    response = RedirectResponse(address, HTTPStatus.SEE_OTHER)
    cookies.take_away_too_many(response, request, ATTEMPT)
    kept = asdict(attempt)
    await run_in_threadpool(cookies.put, response, request, _cookie_name(attempt.state), kept)
    return response


@router.get("/back")
async def come_back(request: Request) -> Response:
    """Sign in the person who comes back from the provider, or say why not."""
    provider, cookies = _required_provider(request), _cookies_of(request)
    sent = dict(request.query_params)
    name = _cookie_name(sent.get("state", ""))
    kept = await run_in_threadpool(cookies.read, request, name)
    attempt = Attempt(**{key: str(value) for key, value in kept.items()}) if kept else None
    if attempt is None and (me := request.scope["state"].get(PERSON)):
        return lead_to(safe_address("", me))  # the page was loaded again
    try:
        person = await _person_coming_back(request, provider, attempt, sent)
    except BillingError as refusal:
        response = sign_in_page(request, {"next": [attempt.next if attempt else ""]}, refusal)
    else:
        response = await _enter(request, person, attempt.next if attempt else "")
    if attempt:
        cookies.take_away(response, request, name)
    return response


@router.post("/code")
async def type_code(request: Request, form: Form = SentForm) -> Response:
    """Sign in somebody for whom the provider vouched, with a code of the authenticator app."""
    try:
        person, asked = await run_in_threadpool(_vouched_person, request)
    except BillingError as refusal:
        return sign_in_page(request, {}, refusal)
    return await _enter(request, person, asked, code=text_of(form, "code"))


@router.post("/app")
async def confirm_app(request: Request, form: Form = SentForm) -> Response:
    """Let an authenticator app count if it shows the right code, and sign its user in."""
    provider, address = _required_provider(request), client_address(request.scope)
    try:
        person, asked = await run_in_threadpool(_vouched_person, request)
        token = await run_in_threadpool(
            _sign_ins_of(request).confirm_second_factor,
            person,
            provider.label,
            address,
            BROWSER,
            text_of(form, "code"),
        )
    except SecondFactorRefused as refusal:
        return _app_page(shown_factor(text_of(form, "secret"), person.name), refusal)
    except BillingError as refusal:
        return sign_in_page(request, {}, refusal)
    return await _signed_in(request, token, asked)


async def _person_coming_back(
    request: Request, provider: "IdentityProvider", attempt: Attempt | None, sent: dict[str, str]
) -> VouchedPerson:
    """Return for whom the provider vouches. The sign-in that the browser has begun is used up by it, whatever comes of it."""
    sign_ins, address = _sign_ins_of(request), client_address(request.scope)
    state = sent.get("state", "")
    await run_in_threadpool(sign_ins.require_few, state, address)
    try:
        if attempt is None or attempt.state != state:
            raise IdentityProviderSignInNotBegun
        if not await run_in_threadpool(_cookies_of(request).use_up, request, _cookie_name(state)):
            raise IdentityProviderSignInNotBegun  # the same address was opened twice at once
        return await provider.finish(attempt, sent)
    except BillingError as refusal:
        await run_in_threadpool(sign_ins.record_failure, refusal, state, address)
        raise


async def _enter(request: Request, person: VouchedPerson, asked: str, code: str = "") -> Response:
    """Sign in a person, or ask for what is missing yet."""
    provider, sign_ins = _required_provider(request), _sign_ins_of(request)
    told = person, provider.label, client_address(request.scope)
    try:
        token = await run_in_threadpool(sign_ins.sign_in, *told, BROWSER, code)
    except (SecondFactorNeeded, SecondFactorRefused) as refusal:
        response: Response = _code_page(refusal if code else None)
    except SecondFactorMissing:
        response = _app_page(await run_in_threadpool(sign_ins.begin_second_factor, *told))
    except BillingError as refusal:
        return sign_in_page(request, {"next": [asked]}, refusal)
    else:
        return await _signed_in(request, token, asked)
    vouched = asdict(person) | {"roles": None if person.roles is None else sorted(person.roles)}
    kept: dict[str, object] = {"person": vouched, "next": asked}
    await run_in_threadpool(_cookies_of(request).put, response, request, VOUCHED, kept)
    return response


async def _signed_in(request: Request, token: str, asked: str) -> Response:
    """Lead somebody who is signed in to the page that was asked for."""
    cookies = _cookies_of(request)
    response = await enter_pages(request, token, asked)
    if VOUCHED in request.cookies:
        await run_in_threadpool(cookies.use_up, request, VOUCHED)
        cookies.take_away(response, request, VOUCHED)
    return response


def _vouched_person(request: Request) -> tuple[VouchedPerson, str]:
    """Return for whom the provider vouched in this browser a short time ago, and the page that was asked for.

    Raises IdentityProviderSignInNotBegun.
    """
    _required_provider(request)
    kept: dict[str, Any] | None = _cookies_of(request).read(request, VOUCHED)
    if kept is None:
        raise IdentityProviderSignInNotBegun
    told = kept["person"]
    roles = None if told["roles"] is None else frozenset(map(Role, told["roles"]))
    return VouchedPerson(**told | {"roles": roles}), kept["next"]


def _code_page(refusal: BillingError | None) -> Response:
    return render_page(
        "provider_code.html",
        title="One more code",
        status=STATUS[refusal.kind] if refusal else HTTPStatus.OK,
        wrong=shown_refusal(refusal),
    )


def _app_page(factor: NewSecondFactor, refusal: BillingError | None = None) -> Response:
    return render_page(
        "authenticator.html",
        title="Set up your authenticator app",
        status=STATUS[refusal.kind] if refusal else HTTPStatus.OK,
        wrong=shown_refusal(refusal),
        picture=picture_of(factor),
        secret=factor.secret,
        address=f"{PROVIDER_PAGE}/app",
        asks_password=False,
        name="",
        next="",
    )


def _required_provider(request: Request) -> "IdentityProvider":
    provider = provider_of(request)
    if provider is None:
        raise UnknownAddress(request.method, request.url.path)
    return provider


def _sign_ins_of(request: Request) -> IdentitySignIns:
    return ledger_of(request).people.identity_sign_ins


def _cookies_of(request: Request) -> SealedCookies:
    found: SealedCookies = request.app.state.provider_cookies
    return found


def _cookie_name(state: str) -> str:
    return ATTEMPT + sha256(state.encode("utf-8", "replace")).hexdigest()[:16]

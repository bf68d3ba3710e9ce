"""One's own account in a browser: the password, where one is signed in, and signing in Excel with a short code."""

from http import HTTPStatus

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from server.api.guard import client_address
from server.api.problems import STATUS
from server.api.sessions import OfFirm, Sessions
from server.errors import BillingError
from server.ledger.people.sign_ins import Credentials
from server.operations import users
from server.web.forms import Form, SentForm, read_form, text_of
from server.web.page_rendering import page_for, shown_refusal
from server.web.signed_in import cookie_of, lead_to, ledger_of, provider_of, without_cookie

router = APIRouter(include_in_schema=False)


@router.get("/account")
def show_account(request: Request, sessions: OfFirm) -> Response:
    """Show who is signed in, and where."""
    return _account_page(request, sessions)


@router.post("/account/password")
def change_password(request: Request, sessions: OfFirm, form: Form = SentForm) -> Response:
    """Set another password, which ends every session, also this one."""
    with sessions.view_session() as session:
        name = users.show_account(session).user.sign_in_name
    typed = Credentials(name, text_of(form, "password"), client_address(request.scope), text_of(form, "code"))
    try:
        ledger_of(request).people.sign_ins.change_password(typed, text_of(form, "new_password"))
    except BillingError as refusal:
        return _account_page(request, sessions, refusal)
    return without_cookie(lead_to("/sign-in?changed=1"))


@router.post("/account/sign-out")
def sign_out_everywhere(sessions: OfFirm) -> Response:
    """Sign the person out everywhere, also here."""
    with sessions.view_session() as session:
        users.end_own_sessions(session)
    return without_cookie(lead_to("/sign-in"))


@router.get("/device")
async def show_device(request: Request) -> Response:
    """Ask for the short code that Excel shows, or show which device waits under it."""
    code = request.query_params.get("code", "")
    if not code:
        return page_for(request, "device.html", title="Sign in Excel", code="", waiting=None)
    devices = ledger_of(request).people.devices
    try:
        waiting = await run_in_threadpool(
            devices.describe, cookie_of(request), code, client_address(request.scope)
        )
    except BillingError as refusal:
        return page_for(
            request,
            "device.html",
            title="Sign in Excel",
            status=STATUS[refusal.kind],
            wrong=shown_refusal(refusal),
            code=code,
            waiting=None,
        )
    return page_for(request, "device.html", title="Sign in Excel", code=code, waiting=waiting)


@router.post("/device")
async def decide_device(request: Request) -> Response:
    """Sign a device in as the person, or refuse it."""
    form = await read_form(request)
    is_approved = text_of(form, "answer") == "yes"
    devices, address = ledger_of(request).people.devices, client_address(request.scope)
    try:
        await run_in_threadpool(
            devices.decide, cookie_of(request), text_of(form, "code"), address, is_approved=is_approved
        )
    except BillingError as refusal:
        return page_for(
            request,
            "device.html",
            title="Sign in Excel",
            status=STATUS[refusal.kind],
            wrong=shown_refusal(refusal),
            code="",
            waiting=None,
        )
    done = (
        "Excel is signed in. You can close this page and go back to Excel."
        if is_approved
        else "That was refused. Tell an administrator if somebody gave you a code that you did not ask for."
    )
    return page_for(request, "device.html", title="Sign in Excel", done=done, code="", waiting=None)


def _account_page(request: Request, sessions: Sessions, wrong: BillingError | None = None) -> Response:
    with sessions.view_session() as session:
        shown = users.show_account(session)
    provider = provider_of(request)
    return page_for(
        request,
        "account.html",
        title=shown.user.full_name,
        status=STATUS[wrong.kind] if wrong else HTTPStatus.OK,
        wrong=shown_refusal(wrong),
        user=shown.user,
        sessions=shown.sessions,
        provider=provider.label if provider else "",
    )

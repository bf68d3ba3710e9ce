"""One's own account in a browser: the password, where one is signed in, and signing in Excel with a short code."""

from http import HTTPStatus

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from server.api.guard import client_address
from server.api.problems import STATUS
from server.api.row_ids import RowId
from server.api.sessions import OfFirm, Sessions
from server.billing.people import STAFF
from server.errors import BillingError, UnknownEmergencyAccess
from server.ledger.people.sign_ins import Credentials
from server.operations import emergency_access, users
from server.web.forms import Form, SentForm, read_form, text_of
from server.web.page_rendering import day_and_time, page_for, shown_refusal
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
    return without_cookie(lead_to("/sign-in?changed=1"), request)


@router.post("/account/sign-out")
def sign_out_everywhere(request: Request, sessions: OfFirm) -> Response:
    """Sign the person out everywhere, also here."""
    with sessions.view_session() as session:
        users.end_own_sessions(session)
    return without_cookie(lead_to("/sign-in"), request)


@router.post("/account/emergency")
def open_clinic_in_emergency(request: Request, sessions: OfFirm, form: Form = SentForm) -> Response:
    """Open a clinic that the person was not given, for an hour."""
    clinic, reason = text_of(form, "clinic"), text_of(form, "reason")
    try:
        with sessions.view_session() as session:
            begun = emergency_access.begin_emergency(session, clinic, reason)
    except BillingError as refusal:
        return _account_page(request, sessions, refusal, typed=(clinic, reason))
    done = f"You can work with the clinic {begun.clinic} until {day_and_time(begun.ends_at)}. Administrators are told."
    return _account_page(request, sessions, done=done)


@router.post("/account/emergency/{access_id}/end")
def close_own_emergency(request: Request, sessions: OfFirm, access_id: RowId) -> Response:
    """End the person's own emergency access before its hour is over."""
    try:
        with sessions.view_session() as session:
            ended = emergency_access.end_emergency(session, access_id)
    except UnknownEmergencyAccess as refusal:
        return _account_page(request, sessions, refusal)
    return _account_page(request, sessions, done=f"The clinic {ended.clinic} is not open to you any more.")


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


def _account_page(
    request: Request,
    sessions: Sessions,
    wrong: BillingError | None = None,
    *,
    done: str = "",
    typed: tuple[str, str] = ("", ""),
) -> Response:
    emergencies = ledger_of(request).people.emergencies
    is_staff = sessions.person.role in STAFF
    with sessions.view_session() as session:
        shown = users.show_account(session)
        open_now = emergency_access.own_emergencies(session) if is_staff else []
    provider = provider_of(request)
    return page_for(
        request,
        "account.html",
        title=shown.user.full_name,
        status=STATUS[wrong.kind] if wrong else HTTPStatus.OK,
        wrong=shown_refusal(wrong),
        done=done,
        user=shown.user,
        sessions=shown.sessions,
        provider=provider.label if provider else "",
        emergencies=open_now,
        can_open=is_staff and shown.user.clinics is not None and emergencies.is_on,
        clinic=typed[0],
        reason=typed[1],
    )

"""The pages of administrators: the users of the firm, and the access log."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from server.api.problems import STATUS
from server.api.row_ids import RowId
from server.api.sessions import OfFirm, Sessions
from server.billing.people import Role
from server.errors import BillingError, UnknownAddress, UserUnusable, show_value
from server.ledger.people.user_rows import User
from server.ledger.people.users import UserDetails, UserEdit
from server.operations import clinics, emergency_access, users
from server.operations.session import Session
from server.web.forms import Form, SentForm, text_of
from server.web.page_rendering import page_for, shown_refusal
from server.web.signed_in import ledger_of, provider_of

router = APIRouter(prefix="/admin", include_in_schema=False)

ACCESS_SHOWN = 200
EVERY_CLINIC = "*"
"""What the form sends for every clinic, also those that come later."""

ROLE_WORDS = {
    Role.ADMINISTRATOR: "looks after users; does what a manager does",
    Role.MANAGER: "approves and voids pay runs; voids, reopens and writes off invoices; does what a biller does",
    Role.BILLER: "prepares payroll, records invoices and cheques",
    Role.VIEWER: "sees everything of the given clinics and changes nothing",
    Role.ATTORNEY: "sees the attorney's own cases on a page, and nothing else",
}

Act = Callable[[Session], str]
"""Does something for a page; returns what the page says about it."""

Filled = dict[str, Any]


@router.get("")
def show_users(request: Request, sessions: OfFirm) -> Response:
    """Show the users and the form for a new one."""
    return _users_page(request, sessions)


@router.post("")
def add_user(request: Request, sessions: OfFirm, form: Form = SentForm) -> Response:
    """Add a user, and show the code with which the user sets a password."""

    def add(session: Session) -> str:
        name_there = text_of(form, "identity_name").strip()
        added = users.add_user(session, text_of(form, "sign_in_name"), _details_of(form), name_there)
        how = _provider_words(request, added.user) if name_there else _code_words(request, added)
        return " ".join(filter(None, (how, users.attorney_remark(session, added.user))))

    return _after(sessions, add, lambda **said: _users_page(request, sessions, form, **said))


@router.get("/users/{name}")
def show_user(request: Request, sessions: OfFirm, name: str) -> Response:
    """Show one user."""
    return _user_page(request, sessions, name)


@router.post("/users/{name}")
def change_user(request: Request, sessions: OfFirm, name: str, form: Form = SentForm) -> Response:
    """Change a user's full name, role, clinics or attorney."""

    def change(session: Session) -> str:
        details = _details_of(form)
        given = details.clinics
        edit = UserEdit(
            details.full_name, details.role, given, every_clinic=given is None, attorney=details.attorney
        )
        changed = users.change_user(session, name, edit)
        remark = users.attorney_remark(session, changed)
        return f"{changed.full_name} was changed. {remark}{' ' if remark else ''}Where the role or the clinics are other ones, the user signs in again."

    return _after(sessions, change, lambda **said: _user_page(request, sessions, name, **said))


@router.post("/users/{name}/{act}")
def act_on_user(request: Request, sessions: OfFirm, name: str, act: str, form: Form = SentForm) -> Response:
    """Disable or enable a user, sign the user out, give a new password, or let the user sign in at the identity provider."""

    def carry_out(session: Session) -> str:
        if act == "disable":
            return f"{users.disable_user(session, name).full_name} is kept out from now on."
        if act == "enable":
            return f"{users.enable_user(session, name).full_name} may sign in again."
        if act == "sign-out":
            return f"Signed out. Sessions that ended: {users.end_sessions(session, name)}."
        if act == "provider":
            return _provider_words(
                request, users.expect_identity(session, name, text_of(form, "identity_name"))
            )
        if act == "reset":
            return _code_words(
                request, users.reset_user(session, name, second_factor="second_factor" in form)
            )
        raise UnknownAddress(request.method, request.url.path)

    return _after(sessions, carry_out, lambda **said: _user_page(request, sessions, name, **said))


@router.post("/emergency/{access_id}/{act}")
def act_on_emergency(request: Request, sessions: OfFirm, access_id: RowId, act: str) -> Response:
    """Mark an emergency access as seen, or end it."""

    def carry_out(session: Session) -> str:
        if act == "seen":
            seen = emergency_access.mark_emergency_seen(session, access_id)
            return f"The emergency access of {seen.full_name} is marked as seen."
        if act == "end":
            ended = emergency_access.end_emergency(session, access_id)
            return f"The clinic {ended.clinic} is not open to {ended.full_name} any more."
        raise UnknownAddress(request.method, request.url.path)

    return _after(sessions, carry_out, lambda **said: _users_page(request, sessions, **said))


@router.get("/access")
def show_access(request: Request, sessions: OfFirm) -> Response:
    """Show the last rows of the access log."""
    with sessions.view_session() as session:
        rows = users.list_access(session, ACCESS_SHOWN)
    return page_for(request, "access.html", title="Access log", rows=rows, most=ACCESS_SHOWN)


def _after(sessions: Sessions, act: Act, show: Callable[..., Response]) -> Response:
    """Do what a form asked for, and show the page again with what came of it."""
    try:
        with sessions.view_session() as session:
            done = act(session)
    except UnknownAddress:
        raise
    except BillingError as refusal:
        return show(wrong=refusal)
    return show(done=done)


def _users_page(
    request: Request,
    sessions: Sessions,
    form: Form | None = None,
    *,
    wrong: BillingError | None = None,
    done: str = "",
) -> Response:
    with sessions.view_session() as session:
        listed = users.list_users(session)
        known = clinics.list_clinics(session)
        emergencies = emergency_access.list_emergencies(session)
    kept = form if form and wrong else {}
    return page_for(
        request,
        "users.html",
        title="Users",
        status=STATUS[wrong.kind] if wrong else HTTPStatus.OK,
        wrong=shown_refusal(wrong),
        done=done,
        users=listed,
        clinic_names={one.id: one.name for one in known},
        emergencies=emergencies,
        now=ledger_of(request).now(),
        roles=ROLE_WORDS,
        sign_in_name=text_of(kept, "sign_in_name"),
        provider=_provider_label(request),
        identity_name=text_of(kept, "identity_name"),
        **_fields_of_form(kept),
    )


def _user_page(
    request: Request, sessions: Sessions, name: str, *, wrong: BillingError | None = None, done: str = ""
) -> Response:
    with sessions.view_session() as session:
        shown = users.show_user(session, name)
        known = clinics.list_clinics(session)
    user = shown.user
    return page_for(
        request,
        "user.html",
        title=user.full_name,
        status=STATUS[wrong.kind] if wrong else HTTPStatus.OK,
        wrong=shown_refusal(wrong),
        done=done,
        user=user,
        sessions=shown.sessions,
        clinic_names={one.id: one.name for one in known},
        roles=ROLE_WORDS,
        provider=_provider_label(request),
        **_fields_of_user(user),
    )


def _provider_label(request: Request) -> str:
    """Return what people call the identity provider, "" if there is none."""
    provider = provider_of(request)
    return provider.label if provider else ""


def _provider_words(request: Request, user: User) -> str:
    return (
        f"{user.full_name} signs in with {_provider_label(request) or 'the identity provider'} from now on, as {user.identity_name}, "
        "and has no password here."
    )


def _details_of(form: Form) -> UserDetails:
    """Return what the form says of a user. Raises UserUnusable for a role that does not exist."""
    chosen = form.get("clinics", [])
    typed = text_of(form, "role")
    if typed not in set(Role):
        raise UserUnusable(f"There is no role “{show_value(typed)}”.", "Choose one of the roles of the form.")
    given = None if EVERY_CLINIC in chosen else frozenset(chosen)
    return UserDetails(text_of(form, "full_name"), Role(typed), given, text_of(form, "attorney"))


def _fields_of_form(form: Form) -> Filled:
    return {
        "full_name": text_of(form, "full_name"),
        "role": text_of(form, "role") or Role.BILLER.value,
        "chosen": form.get("clinics", []),
        "attorney": text_of(form, "attorney"),
    }


def _fields_of_user(user: User) -> Filled:
    return {
        "full_name": user.full_name,
        "role": user.role.value,
        "chosen": [EVERY_CLINIC] if user.clinics is None else sorted(user.clinics),
        "attorney": user.attorney,
    }


def _code_words(request: Request, given: users.UserWithCode) -> str:
    address = request.url.replace(path="/new-password", query=f"code={given.code}")
    return (
        f"Give {given.user.full_name} this address, which works once, for 24 hours: {address} "
        f"The name to sign in with is {given.user.sign_in_name}."
    )

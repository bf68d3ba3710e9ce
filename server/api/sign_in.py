"""Signing in the add-ins and programs: with a name and a password, or with a short code that is typed on a page."""

from typing import Annotated, Self

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from server import errors
from server.api.guard import bearer_token, client_address
from server.api.pairing import EmptyBody
from server.api.problems import refusals
from server.api.sessions import OfFirm, OpenLedger
from server.billing.people import Person, Role
from server.billing.rights import Roles
from server.ledger.people.device_sign_ins import DeviceCodes
from server.ledger.people.sign_in_rules import SessionKind
from server.ledger.people.sign_ins import Credentials
from server.operations.emergency_access import session_notes
from server.operations.permissions import reason_not_allowed
from server.ribbon.dispatch import COMMANDS
from server.ribbon.ribbon_table import ribbon

router = APIRouter(prefix="/session")

WAITING = (errors.DeviceNotApproved, errors.DeviceAskedTooSoon, errors.DeviceCodeUnusable)
WRONG = (
    errors.SignInRefused,
    errors.SecondFactorNeeded,
    errors.SecondFactorMissing,
    errors.SecondFactorRefused,
    errors.TooManySignIns,
)

DeviceName = Annotated[str, Field(max_length=200)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SignInBody(_Body):
    """What somebody typed to sign in an add-in or a program."""

    name: str = Field(max_length=100)
    password: str = Field(max_length=1100)
    code: str = Field(default="", max_length=20)
    device: DeviceName = ""


class DeviceBody(_Body):
    """A device that shows a short code, to be signed in on a page."""

    device: DeviceName = ""


class DeviceCodeBody(_Body):
    """The code that a device keeps and asks with."""

    device_code: str = Field(max_length=100)


class SessionToken(BaseModel):
    """The token of a session, to be sent as ``Authorization: Bearer``."""

    token: str


class DeviceCodesOut(BaseModel):
    """The codes of a device, and where its user types the short one."""

    device_code: str
    user_code: str
    page: str
    ends_in_seconds: int
    interval_seconds: int

    @classmethod
    def of(cls, codes: DeviceCodes, page: str) -> Self:
        """Return what a device gets."""
        return cls(
            device_code=codes.device_code,
            user_code=codes.user_code,
            page=f"{page}?code={codes.user_code}",
            ends_in_seconds=codes.ends_in_seconds,
            interval_seconds=codes.interval_seconds,
        )


class SessionOut(BaseModel):
    """Who makes the request, and the buttons that this person may press. ``clinics`` is ``null`` for every clinic.

    ``not_allowed`` says of each of the other buttons for whom it is, as ``For managers: approve payroll.`` ``notes`` are
    sentences that the person should read, such as that somebody opened a clinic in an emergency.
    """

    name: str
    role: Role
    clinics: list[str] | None
    buttons: list[str]
    not_allowed: dict[str, str]
    has_users: bool
    emergency_clinics: list[str]
    notes: list[str]

    @classmethod
    def of(cls, person: Person, notes: list[str], *, has_users: bool) -> Self:
        """Return who makes the request."""
        return cls(
            name=person.name,
            role=person.role,
            clinics=None if person.clinics is None else sorted(person.clinics),
            buttons=[button for button, roles in _roles_of_buttons() if person.role in roles],
            not_allowed={
                button: reason_not_allowed(roles, ribbon().find_button(button).label)
                for button, roles in _roles_of_buttons()
                if person.role not in roles
            },
            has_users=has_users,
            emergency_clinics=sorted(person.emergency_clinics),
            notes=notes,
        )


def _roles_of_buttons() -> list[tuple[str, Roles]]:
    return [(button, command.purpose.roles) for button, command in COMMANDS.items()]


@router.get("", responses=refusals())
def show_session(sessions: OfFirm, ledger: OpenLedger) -> SessionOut:
    """Return who makes the request, what this person may do, and what this person should read."""
    with sessions.view_session() as session:
        notes = session_notes(session)
    return SessionOut.of(sessions.person, notes, has_users=ledger.people.users.has_users())


@router.post("/start", responses=refusals(errors.BadRequest, errors.TooLarge, *WRONG))
async def start_session(body: SignInBody, request: Request, ledger: OpenLedger) -> SessionToken:
    """Sign in with a name and a password. An add-in and a program are signed in, never an attorney."""
    typed = Credentials(body.name, body.password, client_address(request.scope), body.code)
    token = await run_in_threadpool(ledger.people.sign_ins.sign_in, typed, SessionKind.ADDIN, body.device)
    return SessionToken(token=token)


@router.post("/end", responses=refusals(errors.BadRequest, errors.TooLarge))
def end_session(body: EmptyBody, request: Request, ledger: OpenLedger) -> Response:  # noqa: ARG001 - only its form counts
    """End the session of the token that the request carries."""
    ledger.people.sessions.sign_out(bearer_token(request.headers) or "")
    return Response("{}", media_type="application/json")


@router.post("/devices", responses=refusals(errors.BadRequest, errors.TooLarge, errors.TooManySignIns))
def begin_device(body: DeviceBody, request: Request, ledger: OpenLedger) -> DeviceCodesOut:
    """Return the codes for a device whose user will type the short one on a page (RFC 8628)."""
    codes = ledger.people.devices.begin(body.device, client_address(request.scope))
    return DeviceCodesOut.of(codes, str(request.url.replace(path="/device", query="")))


@router.post("/devices/token", responses=refusals(errors.BadRequest, errors.TooLarge, *WAITING))
def take_device_token(body: DeviceCodeBody, request: Request, ledger: OpenLedger) -> SessionToken:
    """Return the token of a device's session once its user has signed it in. It is given once."""
    token = ledger.people.devices.poll(body.device_code, client_address(request.scope))
    return SessionToken(token=token)

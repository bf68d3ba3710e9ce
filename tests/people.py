"""Invented people who sign in, and a service that knows them."""

import time
from dataclasses import dataclass
from pathlib import Path

import httpx
import pyotp
from argon2 import Parameters, Type

from server.billing.people import LOCAL_PERSON, Role
from server.ledger.people.program_tokens import ProgramRights
from server.ledger.people.sign_in_rules import SessionKind, SignInRules
from server.ledger.people.sign_ins import Credentials
from server.ledger.people.users import UserDetails
from server.ledger.store import Ledger

CHEAP = Parameters(Type.ID, 19, 8, 16, time_cost=1, memory_cost=8, parallelism=1)
"""What a password costs here: nothing. Tests sign in hundreds of times."""

HERE = "127.0.0.1"
PASSWORD = "seven quiet lanterns drift"  # noqa: S105
EVERY = None
LAKESIDE_ONLY = frozenset({"lakeside"})


@dataclass(frozen=True, slots=True)
class InventedUser:
    """A user of the tests. ``secret`` is of the authenticator app, "" without one."""

    name: str
    full_name: str
    role: Role
    secret: str = ""

    def code(self) -> str:
        """Return a code that was not used yet: the next one, as an app shows it whose clock is ahead."""
        return pyotp.TOTP(self.secret).at(int(time.time()) + 30) if self.secret else ""


def opened(folder: Path) -> Ledger:
    """Return the ledger of a folder, with cheap passwords."""
    return Ledger(folder, sign_in_rules=SignInRules(hashing=CHEAP))


def add_user(
    ledger: Ledger,
    name: str,
    full_name: str,
    role: Role,
    *,
    clinics: frozenset[str] | None = EVERY,
    attorney: str = "",
) -> InventedUser:
    """Add a user with the usual password."""
    ledger.people.users.add(LOCAL_PERSON, name, UserDetails(full_name, role, clinics, attorney), PASSWORD)
    return InventedUser(name, full_name, role)


def with_app(ledger: Ledger, user: InventedUser) -> InventedUser:
    """Set up an authenticator app for a user, with the code before the present one."""
    typed = Credentials(user.name, PASSWORD, HERE)
    secret = ledger.people.sign_ins.begin_second_factor(typed).secret
    code = pyotp.TOTP(secret).now()
    ledger.people.sign_ins.confirm_second_factor(
        Credentials(user.name, PASSWORD, HERE, code), SessionKind.PAGE, "the app's first code"
    )
    return InventedUser(user.name, user.full_name, user.role, secret)


def token_of(ledger: Ledger, user: InventedUser) -> str:
    """Return the token of an add-in that a user without an authenticator app is signed in on."""
    return ledger.people.sign_ins.sign_in(
        Credentials(user.name, PASSWORD, HERE, user.code()), SessionKind.ADDIN, "Excel of the tests"
    )


def program_of(ledger: Ledger, role: Role, clinics: frozenset[str] | None = EVERY) -> dict[str, str]:
    """Return the header of a program with a role."""
    given = "every clinic" if clinics is None else " ".join(sorted(clinics))
    token = ledger.people.programs.make(
        LOCAL_PERSON, f"{role.value} of {given}", ProgramRights(role, clinics), 30
    )
    return {"authorization": f"Bearer {token}"}


def at(url: str) -> httpx.Client:
    """Return a browser without a cookie, which follows no redirects by itself."""
    return httpx.Client(base_url=url, headers={"sec-fetch-site": "same-origin", "origin": url})

"""Invented users of a ledger, with passwords that cost little to hash."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from argon2 import Type
from argon2.profiles import CHEAPEST
from pyotp import TOTP

from server.billing.people import LOCAL_PERSON, Person, Role
from server.ledger.people.identity_accounts import VouchedPerson
from server.ledger.people.people import People
from server.ledger.people.program_tokens import ProgramRights
from server.ledger.people.sign_in_rules import SessionKind, SignInRules
from server.ledger.people.sign_ins import Credentials
from server.ledger.people.users import UserDetails
from server.ledger.store import Ledger
from tests.ledger.invented import LAKESIDE

LOCAL = LOCAL_PERSON
PASSWORD = "violet tractor beneath nine kettles"  # noqa: S105 - of nobody
ANOTHER = "seven umbrellas argue with granite"
HERE, THERE = "192.0.2.10", "198.51.100.20"

CHEAP = SignInRules(hashing=replace(CHEAPEST, type=Type.ID), second_factor_roles=frozenset())
STRICT = replace(CHEAP, second_factor_roles=SignInRules().second_factor_roles)


@dataclass
class Clock:
    """The ledger's clock, moved by hand."""

    now: datetime = datetime(2026, 11, 2, 15, 4, 5, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def go_on(self, **time: float) -> None:
        self.now += timedelta(**time)


def a_ledger(folder: Path, now: Callable[[], datetime], rules: SignInRules = CHEAP) -> Ledger:
    """Return a ledger of one clinic without users. Nobody waits in it for slow answers."""
    ledger = Ledger(folder, now, sign_in_rules=rules)
    ledger.open_clinic(LAKESIDE)
    never_slow(ledger.people)
    return ledger


def never_slow(people: People) -> None:
    people.sign_ins.sleep = lambda _: None


def details(name: str, role: Role = Role.BILLER, clinics: frozenset[str] | None = None) -> UserDetails:
    return UserDetails(name, role, clinics, "Lee Invented" if role is Role.ATTORNEY else "")


def add_max(people: People) -> Person:
    """Add the administrator, who signs in as max, and return the person."""
    return people.users.add(LOCAL, "max", details("Max Invented", Role.ADMINISTRATOR), PASSWORD).person


def add_ana(people: People, role: Role = Role.BILLER, clinics: frozenset[str] | None = None) -> Person:
    """Add a user who signs in as ana."""
    return people.users.add(LOCAL, "ana", details("Ana Invented", role, clinics), PASSWORD).person


def typed(name: str = "ana", password: str = PASSWORD, address: str = HERE, code: str = "") -> Credentials:
    return Credentials(name, password, address, code)


def sign_in(people: People, name: str = "ana", kind: SessionKind = SessionKind.PAGE) -> str:
    return people.sign_ins.sign_in(typed(name), kind, f"{name}'s computer")


def set_up_app(people: People, now: datetime, name: str = "ana") -> TOTP:
    """Set up the authenticator app of a user, and return it. The code of this moment is used up."""
    app = TOTP(people.sign_ins.begin_second_factor(typed(name)).secret)
    people.sign_ins.confirm_second_factor(typed(name, code=app.at(now)), SessionKind.PAGE)
    return app


def live_with_users(ledger: Ledger) -> None:
    """Leave at least one row in every table about people."""
    now, people = ledger.now(), ledger.people
    never_slow(people)
    add_max(people)
    add_ana(people)
    token = sign_in(people, "max")
    codes = people.devices.begin("Ana's Excel", HERE)
    people.devices.decide(token, codes.user_code, HERE, is_approved=True)
    people.devices.poll(codes.device_code, HERE)
    set_up_app(people, now, "max")
    people.programs.make(LOCAL, "Nightly export", ProgramRights(Role.VIEWER, None), 30)
    people.links.reset(LOCAL, "ana")
    people.users.add(LOCAL, "lin", details("Lin Invented"), None, "lin@firm.example")
    lin = VouchedPerson("https://id.example", "7", "lin@firm.example", None, has_second_factor=False)
    people.identity_sign_ins.sign_in(lin, "Example ID", HERE, "Browser")
    ledger.open_clinic(replace(LAKESIDE, id="harbor", name="Harbor Practice"))
    tom = details("Tom Invented", clinics=frozenset({"harbor"}))
    emergency = people.emergencies.begin(
        people.users.add(LOCAL, "tom", tom, PASSWORD).person, "lakeside", "ana is ill today", HERE
    )
    people.emergencies.mark_seen(people.users.find("max").person, emergency.id, HERE)
    later = Ledger(ledger.folder, lambda: now + timedelta(minutes=2))
    later.people.sessions.identify(token)

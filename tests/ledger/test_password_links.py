"""One-time codes for a new password, which passwords are good enough, and tokens of programs."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from argon2 import Type

from server.billing.people import Person, Role
from server.errors import (
    BillingError,
    LinkUnusable,
    NameTaken,
    PasswordUnusable,
    RightsExceeded,
    RoleNotAllowed,
    SessionEnded,
    SignInNeeded,
    SignInRefused,
    TooManySignIns,
    UnknownClinic,
    UnknownProgram,
    UnknownUser,
    UserUnusable,
)
from server.ledger.people.passwords import Passwords
from server.ledger.people.people import People
from server.ledger.people.program_tokens import ProgramRights
from server.ledger.people.sign_in_rules import SessionKind, SignInRules
from server.ledger.people.users import UserEdit
from server.ledger.store import Ledger
from tests.ledger.invented import LAKESIDE
from tests.ledger.peopled import (
    ANOTHER,
    CHEAP,
    HERE,
    LOCAL,
    PASSWORD,
    Clock,
    a_ledger,
    add_ana,
    add_max,
    details,
    set_up_app,
    sign_in,
    typed,
)

VIEWER = ProgramRights(Role.VIEWER, None)
ONE_CLINIC = frozenset({LAKESIDE.id})


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Ledger:
    return a_ledger(tmp_path / "ledger", clock)


@pytest.fixture
def people(ledger: Ledger) -> People:
    add_max(ledger.people)
    add_ana(ledger.people)
    return ledger.people


def test_a_code_sets_a_password_once(people: People) -> None:
    token = sign_in(people)
    code = people.links.reset(LOCAL, "ana")
    with pytest.raises(SessionEnded):
        people.sessions.identify(token)
    with pytest.raises(SignInRefused):
        sign_in(people)  # a password that was reset does not work any more
    assert people.links.use_link(code.lower().replace("-", " "), ANOTHER, HERE).sign_in_name == "ana"
    assert people.sign_ins.sign_in(typed(password=ANOTHER), SessionKind.PAGE)
    with pytest.raises(LinkUnusable):
        people.links.use_link(code, PASSWORD, HERE)


@pytest.mark.parametrize("hours", [24, 1_000, -1])
def test_a_code_works_for_a_day_also_for_a_clock_set_back(people: People, clock: Clock, hours: int) -> None:
    code = people.links.reset(LOCAL, "ana")
    clock.go_on(hours=hours)
    with pytest.raises(LinkUnusable):
        people.links.use_link(code, ANOTHER, HERE)


def test_a_newer_code_and_disabling_withdraw_the_older_one(people: People) -> None:
    first, second = people.links.reset(LOCAL, "ana"), people.links.reset(LOCAL, "ana")
    with pytest.raises(LinkUnusable):
        people.links.use_link(first, ANOTHER, HERE)
    people.users.disable(LOCAL, "ana")
    people.users.enable(LOCAL, "ana")
    with pytest.raises(LinkUnusable):
        people.links.use_link(second, ANOTHER, HERE)
    with pytest.raises(UnknownUser):
        people.links.reset(LOCAL, "nobody")


def test_a_code_used_twice_at_once_sets_one_password(people: People) -> None:
    code = people.links.reset(LOCAL, "ana")
    passwords = [f"{ANOTHER} {number}" for number in range(6)]

    def use(password: str) -> str:
        try:
            people.links.use_link(code, password, HERE)
        except BillingError as refusal:
            return refusal.code
        return password

    with ThreadPoolExecutor(6) as threads:
        said = list(threads.map(use, passwords))
    (used,) = [one for one in said if one in passwords]
    assert people.sign_ins.sign_in(typed(password=used), SessionKind.PAGE)


def test_a_refused_password_leaves_the_code_and_a_guessed_code_is_counted(people: People) -> None:
    code = people.links.reset(LOCAL, "ana")
    with pytest.raises(PasswordUnusable):
        people.links.use_link(code, "Ana Invented 1", HERE)
    for wrong in ("", "AAAA-AAAA-AAAA-AAAA-AAAA", "\ud800", "x" * 100_000, code[:-1]):
        with pytest.raises(LinkUnusable):
            people.links.use_link(wrong, ANOTHER, HERE)
    with pytest.raises(TooManySignIns):
        people.links.use_link(code, ANOTHER, HERE)
    people.links.use_link(code, ANOTHER, "198.51.100.7")


def test_a_reset_takes_the_app_away_only_when_told(people: People, clock: Clock) -> None:
    set_up_app(people, clock.now)
    people.links.reset(LOCAL, "ana")
    assert people.users.find("ana").has_second_factor
    code = people.links.reset(LOCAL, "ana", second_factor=True)
    assert not people.users.find("ana").has_second_factor
    people.links.use_link(code, ANOTHER, HERE)
    assert people.sign_ins.sign_in(typed(password=ANOTHER), SessionKind.PAGE)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "0 characters"),
        ("short one", "9 characters"),
        ("\ufdfa", "1 characters"),
        ("x" * 1025, "more than 1,024"),
        ("x" * 1_000_000, "more than 1,024"),
        ("correct\x00horse battery", "no keyboard"),
        ("\ud800" * 12, "no keyboard"),
        ("aaaaaaaaaaaaaaa", "easy to guess"),
        ("password1234", "easy to guess"),
        ("qwertyuiop[]", "easy to guess"),
        ("Ana Invented 2026", "easy to guess"),
        ("lakeside invented", "count for nothing"),
        ("Lakeside Ana Invented Lakeside", "count for nothing"),
        ("Ana Invented Lakeside 1999", "easy to guess"),
        ("clinicledger1", "easy to guess"),
        ("1234567890" * 100, "easy to guess"),
    ],
)
def test_a_password_that_is_easy_to_guess_is_refused_with_the_reason(password: str, why: str) -> None:
    with pytest.raises(PasswordUnusable, match=why) as refused:
        Passwords(CHEAP.hashing).hash_new(password, ["ana", "Ana Invented", "Lakeside Invented"])
    if len(password) > 2:
        assert password not in f"{refused.value} {refused.value.remedy}"


def test_the_words_of_one_person_do_not_count_for_another() -> None:
    passwords = Passwords(CHEAP.hashing)
    name = "Wintergreen Halvorsen"
    with pytest.raises(PasswordUnusable):
        passwords.hash_new(name, [name])
    assert passwords.hash_new(f"{name} zebra tuba", [])


@pytest.mark.parametrize(
    "password", [PASSWORD, PASSWORD * 25, "ключ под синим камнем у реки", "🐢 slow under 7 moons"]
)
def test_a_good_password_is_kept_as_argon2id_and_found_again(password: str) -> None:
    passwords = Passwords(CHEAP.hashing)
    kept = passwords.hash_new(password, [])
    assert kept.startswith("$argon2id$")
    assert passwords.matches(password, kept)
    assert not passwords.matches(password + "x", kept)
    assert not passwords.matches(password, None)
    assert not passwords.matches(password, "damaged")


def test_passwords_cost_what_rfc_9106_asks_for() -> None:
    hashing = SignInRules().hashing
    assert (hashing.type, hashing.memory_cost, hashing.time_cost) == (Type.ID, 65_536, 3)


def test_a_program_is_who_its_token_says(people: People, clock: Clock, *, sees_at_once: bool) -> None:
    token = people.programs.make(LOCAL, "Nightly export", ProgramRights(Role.BILLER, ONE_CLINIC), 30)
    expected = Person("Nightly export", Role.BILLER, ONE_CLINIC)
    assert people.sessions.identify(token) == expected
    assert people.sessions.identify_at_once(token) == (expected if sees_at_once else None)
    clock.go_on(days=29)
    assert people.sessions.identify(token) == expected
    clock.go_on(days=1)
    with pytest.raises(SessionEnded):
        people.sessions.identify(token)
    assert people.programs.list_programs() == []


@pytest.mark.parametrize("days", [0, -1, 366, 10**9])
def test_a_program_works_for_a_year_at_most(people: People, days: int) -> None:
    with pytest.raises(UserUnusable):
        people.programs.make(LOCAL, "Nightly export", VIEWER, days)


def test_a_program_may_no_more_than_its_maker(people: People) -> None:
    eve = people.users.add(LOCAL, "eve", details("Eve Invented", Role.MANAGER, ONE_CLINIC), PASSWORD).person
    ben = people.users.add(LOCAL, "ben", details("Ben Invented", Role.ATTORNEY), PASSWORD).person
    for by, role, clinics in (
        (eve, Role.ADMINISTRATOR, ONE_CLINIC),
        (eve, Role.BILLER, None),
        (eve, Role.ATTORNEY, ONE_CLINIC),
        (ben, Role.ATTORNEY, None),
        (ben, Role.VIEWER, None),
        (Person("Eve Invented", Role.ADMINISTRATOR), Role.ADMINISTRATOR, None),  # what she was a moment ago
        (Person("Nobody", Role.ADMINISTRATOR), Role.VIEWER, None),
    ):
        with pytest.raises(RightsExceeded):
            people.programs.make(by, "Nightly export", ProgramRights(role, clinics), 30)
    with pytest.raises(UnknownClinic):
        people.programs.make(eve, "Nightly export", ProgramRights(Role.VIEWER, frozenset({"other"})), 30)
    token = people.programs.make(eve, "Nightly export", ProgramRights(Role.MANAGER, ONE_CLINIC), 30)
    program = people.sessions.identify(token)
    with pytest.raises(RightsExceeded):
        people.programs.make(program, "Another export", ProgramRights(Role.VIEWER, ONE_CLINIC), 30)


def test_a_program_has_no_name_of_a_user_and_no_user_one_of_a_program(people: People) -> None:
    for taken in ("Ana Invented", "ana  INVENTED"):
        with pytest.raises(NameTaken):
            people.programs.make(LOCAL, taken, VIEWER, 30)
    with pytest.raises(UserUnusable):
        people.programs.make(LOCAL, "local", VIEWER, 30)
    people.programs.make(LOCAL, "Nightly export", VIEWER, 30)
    people.programs.make(LOCAL, "Nightly export", VIEWER, 30)  # the next year's token
    with pytest.raises(NameTaken):
        people.users.add(LOCAL, "mal", details("nightly EXPORT"), PASSWORD)


@pytest.mark.parametrize("end", ["disable", "role", "reset"])
def test_a_program_ends_with_what_its_maker_was(people: People, end: str) -> None:
    eve = people.users.add(LOCAL, "eve", details("Eve Invented", Role.MANAGER), PASSWORD).person
    token = people.programs.make(eve, "Nightly export", VIEWER, 30)
    local = people.programs.make(LOCAL, "Yearly export", VIEWER, 30)
    match end:
        case "disable":
            people.users.disable(LOCAL, "eve")
        case "role":
            people.users.change(LOCAL, "eve", UserEdit(role=Role.BILLER))
        case _:
            people.links.reset(LOCAL, "eve")
    assert people.sessions.identify_at_once(token) is None
    with pytest.raises(SessionEnded):
        people.sessions.identify(token)
    assert people.sessions.identify(local)


def test_a_program_is_revoked_by_its_name(people: People) -> None:
    tokens = [people.programs.make(LOCAL, "Nightly export", VIEWER, 30) for _ in range(2)]
    other = people.programs.make(LOCAL, "Yearly export", VIEWER, 30)
    assert people.programs.revoke(LOCAL, "nightly export") == 2
    for token in tokens:
        with pytest.raises(SessionEnded):
            people.sessions.identify(token)
    assert people.sessions.identify(other)
    with pytest.raises(UnknownProgram):
        people.programs.revoke(LOCAL, "nightly export")
    with pytest.raises(RoleNotAllowed):
        people.programs.revoke(people.users.find("ana").person, "Yearly export")
    with pytest.raises(SignInNeeded):
        people.sessions.identify("guessed")

"""Signing in: what gets in, what a stranger learns, and what a stranger cannot keep out."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from argon2 import Type
from argon2.profiles import CHEAPEST
from pyotp import TOTP

from server.billing.people import Role
from server.errors import (
    BillingError,
    PasswordUnusable,
    SecondFactorKept,
    SecondFactorMissing,
    SecondFactorNeeded,
    SecondFactorRefused,
    SessionEnded,
    SignInRefused,
    TooManySignIns,
)
from server.ledger.people.attempts import LONGEST_DELAY, counted_address
from server.ledger.people.passwords import Passwords
from server.ledger.people.people import People
from server.ledger.people.sign_in_rules import SessionKind, SignInRules
from server.ledger.store import Ledger
from tests.behind import open_books, stored_of_firm
from tests.ledger.peopled import (
    ANOTHER,
    CHEAP,
    HERE,
    LOCAL,
    PASSWORD,
    STRICT,
    THERE,
    Clock,
    a_ledger,
    add_ana,
    add_max,
    details,
    never_slow,
    set_up_app,
    sign_in,
    typed,
)


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


def refusal_of(people: People, *what: str, **more: str) -> str:
    try:
        people.sign_ins.sign_in(typed(*what, **more), SessionKind.PAGE)
    except BillingError as refusal:
        return refusal.code
    return "signed in"


def rows(ledger: Ledger) -> list[tuple[str, str, str]]:
    return [(row.what, row.about, row.origin) for row in ledger.access.rows(100)]


def test_a_name_and_its_password_sign_in(people: People) -> None:
    token = people.sign_ins.sign_in(typed(" ANA "), SessionKind.PAGE, "Ana's\nbrowser \x00" + "x" * 200)
    person = people.sessions.identify(token)
    assert (person.name, person.role, person.clinics) == ("Ana Invented", Role.BILLER, None)
    (listed,) = people.sessions.list_sessions("ana")
    assert listed.device.startswith("Ana's browser xxx")
    assert len(listed.device) == 80


def test_a_wrong_name_password_and_a_disabled_user_get_one_answer(people: People) -> None:
    people.users.add(LOCAL, "ben", details("Ben Invented"), PASSWORD)
    people.users.add(LOCAL, "new", details("New Invented"), None)
    people.users.disable(LOCAL, "ben")
    said = set()
    for place, (name, password) in enumerate(
        [("ana", ANOTHER), ("nobody", PASSWORD), ("ben", PASSWORD), ("new", ""), ("", ""), ("ana", "")]
    ):
        with pytest.raises(SignInRefused) as refused:
            people.sign_ins.sign_in(typed(name, password, f"192.0.2.{place}"), SessionKind.PAGE)
        said.add((str(refused.value), refused.value.remedy))
    assert len(said) == 1


@pytest.mark.parametrize(
    "password", ["", "x" * 1025, "x" * 1_000_000, "\ud800" * 12, "\x00" * 12, f"{PASSWORD}\n", f" {PASSWORD}"]
)
def test_what_is_no_password_is_only_wrong(people: People, password: str) -> None:
    assert refusal_of(people, "ana", password) == "sign-in-refused"
    if (
        "\0" not in password
    ):  # a request with such a name is refused before (tests/api/test_nul_characters.py)
        assert refusal_of(people, password, PASSWORD) == "sign-in-refused"


def test_an_unknown_name_takes_as_long_as_a_wrong_password(tmp_path: Path, clock: Clock) -> None:
    dear = replace(CHEAPEST, type=Type.ID, memory_cost=32_768, time_cost=4, hash_len=32)
    people = a_ledger(tmp_path / "dear", clock, replace(CHEAP, hashing=dear)).people
    add_max(people)

    def quickest(name: str) -> float:
        taken = []
        for place in range(5):
            start = time.process_time()
            refusal_of(people, name, ANOTHER, f"192.0.{len(name)}.{place}")
            taken.append(time.process_time() - start)
        return min(taken)

    known, unknown = quickest("max"), quickest("nobody")
    assert 0.5 < unknown / known < 2


def test_the_same_password_from_another_keyboard_is_the_same(people: People) -> None:
    people.sign_ins.change_password(typed(), "cafe\u0301 tables under 12 moons")
    composed = "caf\u00e9 tables under \uff11\uff12 moons"
    people.sign_ins.sign_in(typed("ana", composed), SessionKind.PAGE)


@pytest.mark.usefixtures("people")
def test_a_hash_of_older_parameters_is_made_again(ledger: Ledger, clock: Clock) -> None:
    more = replace(CHEAP, hashing=replace(CHEAP.hashing, time_cost=2))
    newer = Ledger(ledger.folder, clock, sign_in_rules=more)
    passwords = Passwords(more.hashing)

    def kept() -> str:
        with open_books(newer.folder, "") as execute:
            return str(execute("SELECT password_hash FROM user WHERE sign_in_name = 'ana'")[0][0])

    assert passwords.renewed_hash(PASSWORD, kept())
    token = sign_in(newer.people)
    assert passwords.renewed_hash(PASSWORD, kept()) is None
    assert newer.people.sessions.identify(token)
    sign_in(newer.people)


def test_failures_from_one_address_are_refused_after_five_and_twenty(people: People) -> None:
    for _ in range(5):
        assert refusal_of(people, "ana", ANOTHER) == "sign-in-refused"
    with pytest.raises(TooManySignIns) as refused:
        sign_in(people)
    assert 1 <= (refused.value.retry_after_seconds or 0) <= 60
    assert refusal_of(people, "max") == "signed in"
    for place in range(15):
        assert refusal_of(people, f"guess{place}", PASSWORD) == "sign-in-refused"
    assert refusal_of(people, "max") == "too-many-sign-ins"
    assert refusal_of(people, "max", PASSWORD, THERE) == "signed in"


def test_guesses_at_once_count_one_after_the_other(people: People) -> None:
    with ThreadPoolExecutor(16) as threads:
        said = list(threads.map(lambda _: refusal_of(people, "ana", ANOTHER), range(40)))
    assert said.count("sign-in-refused") == 5
    assert said.count("too-many-sign-ins") == 35


def test_strangers_slow_a_user_down_and_never_keep_the_user_out(people: People) -> None:
    waited: list[float] = []
    people.sign_ins.sleep = waited.append
    for place in range(60):
        assert refusal_of(people, "ana", ANOTHER, f"203.0.113.{place}") == "sign-in-refused"
    assert refusal_of(people, "ana") == "signed in"
    assert waited[0] == 0
    assert waited[-1] == max(waited) == LONGEST_DELAY
    assert refusal_of(people, "max") == "signed in"
    assert waited[-1] == 0


def test_a_name_nobody_has_is_slowed_down_as_well(people: People) -> None:
    """Otherwise the slower answer would tell which names there are."""
    waited: list[float] = []
    people.sign_ins.sleep = waited.append
    for name in ("ana", "nobody"):
        for place in range(12):
            refusal_of(people, name, ANOTHER, f"203.0.113.{place}")
    assert waited[:12] == waited[12:]


def test_a_network_of_ipv6_counts_as_one_address() -> None:
    assert counted_address("2001:db8:1:2::1") == counted_address("2001:db8:1:2:ffff::9")
    assert counted_address("2001:db8:1:2::1") != counted_address("2001:db8:1:3::1")
    assert counted_address("::ffff:192.0.2.1") == counted_address("192.0.2.1")
    assert len(counted_address("x" * 10_000)) == 64


def test_a_clock_set_back_does_not_prolong_a_refusal(people: People, clock: Clock) -> None:
    for _ in range(5):
        refusal_of(people, "ana", ANOTHER)
    assert refusal_of(people, "ana") == "too-many-sign-ins"
    clock.go_on(days=-1)
    assert refusal_of(people, "ana") == "signed in"


def test_the_log_names_users_and_never_what_was_typed(people: People, ledger: Ledger) -> None:
    refusal_of(people, "ana", ANOTHER)
    refusal_of(people, ANOTHER, "")
    refusal_of(people, "ana")
    found = rows(ledger)
    assert ("sign-in-refused", "ana", HERE) in found
    assert ("sign-in-refused", "", HERE) in found
    assert any(what == "sign-in" and about.startswith("ana page ") for what, about, _ in found)
    ledger.close()
    stored = stored_of_firm(ledger.folder)
    assert b"ana" in stored
    for secret in (PASSWORD, ANOTHER):
        assert secret.encode() not in stored


def test_a_name_nobody_has_costs_as_many_rows_of_the_log(people: People, ledger: Ledger) -> None:
    """A row is a write to the disk, so the time of an answer would tell which names there are."""

    def rows_more(name: str) -> int:
        before = len(rows(ledger))
        refusal_of(people, name, ANOTHER, HERE)
        return len(rows(ledger)) - before

    assert [rows_more(name) for name in ("nobody", "ana", "no-one", "max", "ana", "nobody")] == [
        1,
        1,
        1,
        1,
        0,
        0,
    ]


def test_an_app_is_needed_by_administrators_and_attorneys(tmp_path: Path, clock: Clock) -> None:
    people = a_ledger(tmp_path / "strict", clock, STRICT).people
    add_max(people)
    add_ana(people, Role.ATTORNEY)
    people.users.add(LOCAL, "ben", details("Ben Invented"), PASSWORD)
    assert refusal_of(people, "ben") == "signed in"
    for name in ("max", "ana"):
        with pytest.raises(SecondFactorMissing):
            sign_in(people, name)
        assert refusal_of(people, name, ANOTHER) == "sign-in-refused"
        app = set_up_app(people, clock.now, name)
        clock.go_on(seconds=30)
        assert refusal_of(people, name, code=app.at(clock.now)) == "signed in"
    assert SignInRules().second_factor_roles == {Role.ADMINISTRATOR, Role.ATTORNEY}


def test_a_code_is_needed_and_works_once(people: People, clock: Clock) -> None:
    app = set_up_app(people, clock.now)
    with pytest.raises(SecondFactorNeeded):
        sign_in(people)
    assert (
        refusal_of(people, "ana", code=app.at(clock.now)) == "second-factor-refused"
    )  # it confirmed the app
    clock.go_on(seconds=30)
    code = app.at(clock.now)
    assert refusal_of(people, "ana", ANOTHER, code=code) == "sign-in-refused"
    assert refusal_of(people, "ana", code=f"{code[:3]} {code[3:]}") == "signed in"
    assert refusal_of(people, "ana", code=code) == "second-factor-refused"
    clock.go_on(seconds=90)
    assert refusal_of(people, "ana", code=app.at(clock.now, counter_offset=-1)) == "signed in"
    clock.go_on(seconds=-60)  # a clock set back makes no used code new
    assert refusal_of(people, "ana", code=app.at(clock.now)) == "second-factor-refused"


def test_one_code_sent_twice_at_once_signs_in_once(people: People, clock: Clock) -> None:
    app = set_up_app(people, clock.now)
    clock.go_on(seconds=60)
    code = app.at(clock.now)
    with ThreadPoolExecutor(8) as threads:
        said = list(
            threads.map(lambda n: refusal_of(people, "ana", PASSWORD, f"192.0.2.{n}", code=code), range(8))
        )
    assert sorted(said) == [*["second-factor-refused"] * 7, "signed in"]


@pytest.mark.parametrize(
    "code", ["000000x", "１２３４５６", "12345", "-12345", "0" * 100_000, "'; --", "\ud800"]
)
def test_what_is_no_code_is_only_wrong(people: People, clock: Clock, code: str) -> None:
    set_up_app(people, clock.now)
    with pytest.raises(SecondFactorRefused):
        people.sign_ins.sign_in(typed(code=code), SessionKind.PAGE)


def test_codes_are_not_guessed_from_many_addresses(people: People, clock: Clock) -> None:
    """Only somebody who knows the password can use up the ten codes, so that no stranger keeps a user out."""
    app = set_up_app(people, clock.now)
    clock.go_on(seconds=60)
    wrong = f"{(int(app.at(clock.now)) + 500_000) % 1_000_000:06}"
    said = [refusal_of(people, "ana", PASSWORD, f"203.0.113.{n}", code=wrong) for n in range(12)]
    assert said.count("too-many-sign-ins") >= 1
    assert said.count("second-factor-refused") <= 10
    strangers = [refusal_of(people, "max", ANOTHER, f"203.0.113.{n}", code=wrong) for n in range(30, 50)]
    assert set(strangers) == {"sign-in-refused"}
    assert refusal_of(people, "max") == "signed in"


def test_an_app_is_taken_over_by_nobody_who_knows_the_password_alone(people: People, clock: Clock) -> None:
    with pytest.raises(SecondFactorRefused):
        people.sign_ins.confirm_second_factor(typed(code="123456"), SessionKind.PAGE)  # none was begun
    set_up_app(people, clock.now)
    with pytest.raises(SecondFactorKept):
        people.sign_ins.begin_second_factor(typed())
    with pytest.raises(SecondFactorKept):
        people.sign_ins.confirm_second_factor(typed(code="123456"), SessionKind.PAGE)
    with pytest.raises(SignInRefused):
        people.sign_ins.begin_second_factor(typed(password=ANOTHER))


def test_an_app_that_was_not_confirmed_counts_for_nothing(people: People) -> None:
    first = people.sign_ins.begin_second_factor(typed())
    second = people.sign_ins.begin_second_factor(typed())
    assert first.secret != second.secret
    assert second.uri.startswith("otpauth://totp/Clinic%20Ledger:ana?")
    assert not people.users.find("ana").has_second_factor
    assert refusal_of(people, "ana") == "signed in"


def test_another_password_ends_every_session_and_needs_the_old_one_and_the_app(
    people: People, clock: Clock
) -> None:
    token = sign_in(people)
    app: TOTP = set_up_app(people, clock.now)
    clock.go_on(seconds=60)
    with pytest.raises(SignInRefused):
        people.sign_ins.change_password(typed(password=ANOTHER), ANOTHER)
    with pytest.raises(SecondFactorNeeded):
        people.sign_ins.change_password(typed(), ANOTHER)
    with pytest.raises(PasswordUnusable):
        people.sign_ins.change_password(typed(code=app.at(clock.now)), "Ana Invented")
    people.sign_ins.change_password(typed(code=app.at(clock.now)), ANOTHER)
    with pytest.raises(SessionEnded):
        people.sessions.identify(token)
    clock.go_on(seconds=30)
    assert refusal_of(people, "ana", PASSWORD, code=app.at(clock.now)) == "sign-in-refused"
    assert refusal_of(people, "ana", ANOTHER, code=app.at(clock.now)) == "signed in"


def test_two_services_on_one_ledger_know_the_same_users(people: People, ledger: Ledger, clock: Clock) -> None:
    other = Ledger(ledger.folder, clock, sign_in_rules=CHEAP).people
    never_slow(other)
    token = sign_in(other)
    assert people.sessions.identify(token)
    people.users.disable(LOCAL, "ana")
    with pytest.raises(SessionEnded):
        other.sessions.identify(token)
    assert refusal_of(other, "ana") == "sign-in-refused"

"""A desktop add-in is signed in by somebody who types its short code where that person is signed in."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from server.billing.people import Role
from server.errors import (
    BillingError,
    DeviceAskedTooSoon,
    DeviceCodeUnusable,
    DeviceNotApproved,
    SessionEnded,
    SignInNeeded,
    TooManySignIns,
)
from server.ledger.people import device_sign_ins
from server.ledger.people.people import People
from server.ledger.people.program_tokens import ProgramRights
from server.ledger.people.sign_in_rules import SessionKind
from server.ledger.store import Ledger
from tests.ledger.peopled import HERE, LOCAL, THERE, Clock, a_ledger, add_ana, add_max, sign_in


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


@pytest.fixture(autouse=True)
def _asked_at_any_time(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Let devices ask at any time, so that no test waits, but for the test of that."""
    if "interval" not in request.node.name:
        monkeypatch.setattr(device_sign_ins, "ASKED", device_sign_ins.BEGUN)


def answer(people: People, device_code: str) -> str:
    try:
        people.devices.poll(device_code, HERE)
    except BillingError as refusal:
        return refusal.code
    return "signed in"


def test_an_approved_device_gets_one_session_of_who_approved_it(people: People) -> None:
    codes = people.devices.begin("Ana's Excel", HERE)
    with pytest.raises(DeviceNotApproved) as waits:
        people.devices.poll(codes.device_code, HERE)
    assert waits.value.retry_after_seconds == codes.interval_seconds
    token = sign_in(people)
    typed_code = codes.user_code.lower().replace("-", " ")
    assert people.devices.describe(token, typed_code, HERE).device == "Ana's Excel"
    shown = people.devices.decide(token, typed_code, HERE, is_approved=True)
    assert (shown.device, shown.origin, shown.kind) == ("Ana's Excel", HERE, SessionKind.ADDIN)
    session = people.devices.poll(codes.device_code, HERE)
    assert people.sessions.identify(session).name == "Ana Invented"
    assert answer(people, codes.device_code) == "device-code-unusable"
    with pytest.raises(DeviceCodeUnusable):
        people.devices.decide(token, codes.user_code, HERE, is_approved=True)


def test_a_device_that_was_refused_stays_refused(people: People) -> None:
    codes = people.devices.begin("Somebody's Excel", THERE)
    token = sign_in(people)
    people.devices.decide(token, codes.user_code, HERE, is_approved=False)
    assert answer(people, codes.device_code) == "device-code-unusable"
    with pytest.raises(DeviceCodeUnusable):
        people.devices.decide(token, codes.user_code, HERE, is_approved=True)


def test_only_somebody_who_is_signed_in_approves(people: People) -> None:
    codes = people.devices.begin("Somebody's Excel", HERE)
    token = sign_in(people)
    people.sessions.sign_out(token)
    program = people.programs.make(LOCAL, "Nightly export", ProgramRights(Role.BILLER, None), 3)
    for wrong, why in (
        (token, SessionEnded),
        ("guessed", SignInNeeded),
        ("", SignInNeeded),
        (program, SignInNeeded),
    ):
        with pytest.raises(why):
            people.devices.decide(wrong, codes.user_code, HERE, is_approved=True)
        with pytest.raises(why):
            people.devices.describe(wrong, codes.user_code, HERE)
    assert answer(people, codes.device_code) == "authorization-pending"


@pytest.mark.parametrize("minutes", [10, 600, -1])
def test_a_code_ends_after_ten_minutes_also_for_a_clock_set_back(
    people: People, clock: Clock, minutes: int
) -> None:
    codes = people.devices.begin("Ana's Excel", HERE)
    clock.go_on(minutes=minutes)
    with pytest.raises(DeviceCodeUnusable):
        people.devices.decide(sign_in(people), codes.user_code, HERE, is_approved=True)
    assert answer(people, codes.device_code) == "device-code-unusable"


def test_short_codes_are_not_guessed(people: People) -> None:
    token = sign_in(people)
    codes = people.devices.begin("Max's Excel", THERE)
    for wrong in ("", "AAAA-AAAA", "x" * 10_000, "\ud800", "%"):
        with pytest.raises(DeviceCodeUnusable):
            people.devices.decide(token, wrong, HERE, is_approved=True)
    with pytest.raises(TooManySignIns):
        people.devices.decide(token, codes.user_code, HERE, is_approved=True)
    with pytest.raises(TooManySignIns):
        people.devices.describe(token, codes.user_code, HERE)


@pytest.mark.parametrize("end", ["disabled", "signed out everywhere", "reset"])
def test_what_ends_the_sessions_of_a_user_ends_what_the_user_approved(people: People, end: str) -> None:
    codes = people.devices.begin("Ana's Excel", HERE)
    people.devices.decide(sign_in(people), codes.user_code, HERE, is_approved=True)
    match end:
        case "disabled":
            people.users.disable(LOCAL, "ana")
        case "reset":
            people.links.reset(LOCAL, "ana")
        case _:
            people.sessions.end_sessions(LOCAL, "ana")
    assert answer(people, codes.device_code) == "device-code-unusable"


def test_a_device_that_asks_often_at_once_gets_one_session(people: People) -> None:
    codes = people.devices.begin("Ana's Excel", HERE)
    people.devices.decide(sign_in(people), codes.user_code, HERE, is_approved=True)
    with ThreadPoolExecutor(8) as threads:
        said = list(threads.map(lambda _: answer(people, codes.device_code), range(8)))
    assert said.count("signed in") == 1
    assert [one.kind for one in people.sessions.list_sessions("ana")].count(SessionKind.ADDIN) == 1


def test_a_device_asks_no_faster_than_its_interval(people: People) -> None:
    codes = people.devices.begin("Ana's Excel", HERE)
    assert answer(people, codes.device_code) == "authorization-pending"
    with pytest.raises(DeviceAskedTooSoon):
        people.devices.poll(codes.device_code, HERE)
    for wrong in ("", "guessed", codes.user_code, "\ud800"):
        assert answer(people, wrong) == "device-code-unusable"


def test_one_address_does_not_begin_without_end(people: People) -> None:
    for _ in range(10):
        people.devices.begin("Somebody's Excel", THERE)
    with pytest.raises(TooManySignIns):
        people.devices.begin("Somebody's Excel", THERE)
    people.devices.begin("Ana's Excel", HERE)

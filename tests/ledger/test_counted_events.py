"""What several services of one ledger count together: failures hold wherever they happened, and no longer than their time."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from server.errors import BillingError, DeviceNotApproved, TooManySignIns
from server.ledger.counted_events import Counted, Counter, Limit
from server.ledger.people.sign_in_rules import SessionKind
from server.ledger.sealing_keys import OPENS_LONGER, SEALS_FOR
from server.ledger.store import Ledger
from tests.behind import open_books
from tests.ledger.peopled import (
    ANOTHER,
    CHEAP,
    HERE,
    PASSWORD,
    Clock,
    a_ledger,
    add_ana,
    add_max,
    never_slow,
    set_up_app,
    sign_in,
    typed,
)

THREE = Counter(Limit(3, 60), "tests")


@dataclass
class Two:
    """Two services of one ledger, as far as the ledger is concerned."""

    one: Ledger
    other: Ledger
    clock: Clock

    def rows(self) -> list[str]:
        with open_books(self.one.folder, "") as execute:
            return [
                str(row[0]) for row in execute("SELECT counted_as FROM counted_event ORDER BY counted_as")
            ]


@pytest.fixture
def two(tmp_path: Path) -> Two:
    clock = Clock()
    one = a_ledger(tmp_path / "ledger", clock)
    add_max(one.people)
    add_ana(one.people)
    other = Ledger(one.folder, clock, sign_in_rules=CHEAP)
    never_slow(other.people)
    return Two(one, other, clock)


def answer(ledger: Ledger, name: str = "ana", password: str = ANOTHER, code: str = "") -> str:
    try:
        ledger.people.sign_ins.sign_in(typed(name, password, HERE, code), SessionKind.PAGE)
    except BillingError as refusal:
        return refusal.code
    return "signed in"


def test_failures_at_one_service_count_at_the_other(two: Two) -> None:
    assert [answer(two.one) for _ in range(3)] == ["sign-in-refused"] * 3
    assert [answer(two.other) for _ in range(3)] == ["sign-in-refused"] * 2 + ["too-many-sign-ins"]
    assert answer(two.one, password=PASSWORD) == "too-many-sign-ins"
    assert answer(two.other, "max", PASSWORD) == "signed in"
    two.clock.go_on(seconds=61)
    assert answer(two.other, password=PASSWORD) == "signed in"


def test_guesses_at_two_services_at_once_are_not_more_than_at_one(two: Two) -> None:
    with ThreadPoolExecutor(16) as threads:
        said = list(threads.map(lambda place: answer((two.one, two.other)[place % 2]), range(40)))
    assert said.count("sign-in-refused") == 5
    assert said.count("too-many-sign-ins") == 35


def test_failures_at_both_services_slow_a_name_down(two: Two) -> None:
    waited: list[float] = []
    two.other.people.sign_ins.sleep = waited.append
    for place in range(12):
        with pytest.raises(BillingError):
            two.one.people.sign_ins.sign_in(typed("ana", ANOTHER, f"203.0.113.{place}"), SessionKind.PAGE)
    assert answer(two.other, password=PASSWORD) == "signed in"
    assert waited == [2.0]


def test_wrong_codes_of_an_app_count_at_both_services(two: Two) -> None:
    app = set_up_app(two.one.people, two.clock.now)
    two.clock.go_on(seconds=60)
    wrong = f"{(int(app.at(two.clock.now)) + 500_000) % 1_000_000:06}"
    said = []
    for place in range(12):
        ledger = (two.one, two.other)[place % 2]
        credentials = typed("ana", PASSWORD, f"203.0.113.{place}", wrong)
        with pytest.raises(BillingError) as refused:
            ledger.people.sign_ins.sign_in(credentials, SessionKind.PAGE)
        said.append(refused.value.code)
    assert said == ["second-factor-refused"] * 10 + ["too-many-sign-ins"] * 2


def test_short_codes_of_devices_are_not_guessed_at_two_services(two: Two) -> None:
    token = sign_in(two.one.people)
    codes = two.one.people.devices.begin("Max's Excel", HERE)
    for place in range(5):
        with pytest.raises(BillingError):
            (two.one, two.other)[place % 2].people.devices.describe(token, "AAAA-AAAA", HERE)
    for ledger in (two.one, two.other):
        with pytest.raises(TooManySignIns):
            ledger.people.devices.decide(token, codes.user_code, HERE, is_approved=True)


def test_a_device_that_began_at_one_service_is_approved_at_the_other(two: Two) -> None:
    codes = two.one.people.devices.begin("Ana's Excel", HERE)
    with pytest.raises(DeviceNotApproved):
        two.other.people.devices.poll(codes.device_code, HERE)
    two.other.people.devices.decide(sign_in(two.one.people), codes.user_code, HERE, is_approved=True)
    two.clock.go_on(seconds=5)
    token = two.one.people.devices.poll(codes.device_code, HERE)
    assert two.other.people.sessions.identify(token).name == "Ana Invented"


def test_who_signs_in_leaves_nothing_that_counts(two: Two) -> None:
    for _ in range(30):  # more than the failures that an address may have
        assert answer(two.one, password=PASSWORD) == "signed in"
    assert two.rows() == []


def test_a_right_password_without_its_code_is_no_failure(two: Two) -> None:
    app = set_up_app(two.one.people, two.clock.now)
    two.clock.go_on(seconds=60)
    assert [answer(two.one, password=PASSWORD) for _ in range(8)] == ["second-factor-needed"] * 8
    assert answer(two.other, password=PASSWORD, code=app.at(two.clock.now)) == "signed in"
    assert two.rows() == []


def test_an_attempt_whose_service_ended_counts_as_a_failure(two: Two) -> None:
    """Otherwise somebody who can end a service could guess without limit."""
    attempts = two.one.people.sign_ins._attempts  # noqa: SLF001
    begun = [attempts.attempt("ana", HERE) for _ in range(5)]
    for one in begun:
        one.__enter__()  # and it never comes to an end
    assert answer(two.other, password=PASSWORD) == "too-many-sign-ins"
    two.clock.go_on(seconds=61)
    assert answer(two.other, password=PASSWORD) == "signed in"


def test_what_was_typed_is_not_in_what_counts(two: Two) -> None:
    answer(two.one, PASSWORD)
    assert len(two.rows()) == 3
    assert not any(PASSWORD in row or "tractor" in row for row in two.rows())
    assert [len(row.split()[1]) for row in two.rows() if row.startswith("name")] == [4, 4]


def test_what_no_longer_counts_is_removed_by_the_next_that_counts(two: Two) -> None:
    for _ in range(3):
        answer(two.one)
    assert len(two.rows()) == 9
    two.clock.go_on(minutes=2)
    answer(two.other, "nobody")
    assert len(two.rows()) == 3


def test_a_limit_holds_for_its_seconds_and_says_how_long(two: Two) -> None:
    for place in range(3):
        assert isinstance(
            (two.one, two.other)[place % 2].counted_events.count_below([THREE], [THREE]), Counted
        )
        two.clock.go_on(seconds=10)
    assert two.one.counted_events.count_below([THREE], [THREE]) == 30
    assert two.other.counted_events.seconds_to_wait([THREE]) == 30
    two.clock.go_on(seconds=30)
    assert isinstance(two.one.counted_events.count_below([THREE], [THREE]), Counted)
    assert two.other.counted_events.number(THREE) == 3


def test_a_clock_that_is_somewhat_behind_counts_what_another_one_has_counted(two: Two) -> None:
    for _ in range(3):
        two.one.counted_events.count([THREE])
    two.clock.go_on(seconds=-30)
    assert two.other.counted_events.number(THREE) == 3
    two.clock.go_on(hours=-1)
    assert two.other.counted_events.number(THREE) == 0


def test_of_two_services_that_count_the_last_one_at_once_one_does(two: Two) -> None:
    once = Counter(Limit(1, 60), "tests")

    def count(place: int) -> bool:
        return isinstance((two.one, two.other)[place % 2].counted_events.count_below([once], [once]), Counted)

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(count, range(16))) == [False] * 15 + [True]


def test_two_services_seal_with_one_key_and_a_new_one_each_hour(two: Two) -> None:
    with ThreadPoolExecutor(8) as threads:
        made = list(
            threads.map(lambda place: (two.one, two.other)[place % 2].sealing_keys.usable(), range(8))
        )
    (first,) = made[0]
    assert made == [[first]] * 8
    two.clock.go_on(minutes=59)
    assert two.other.sealing_keys.usable() == [first]
    two.clock.go_on(minutes=2)
    second, *older = two.other.sealing_keys.usable()
    assert older == [first] != [second]
    assert two.one.sealing_keys.usable() == [second, first]
    two.clock.now += OPENS_LONGER
    assert two.one.sealing_keys.usable() == [second]
    two.clock.now += SEALS_FOR + OPENS_LONGER
    (third,) = two.one.sealing_keys.usable()
    assert third not in {first, second}


def test_a_key_of_a_clock_that_was_set_back_is_replaced(two: Two) -> None:
    (first,) = two.one.sealing_keys.usable()
    two.clock.now -= timedelta(days=1)
    (second,) = two.one.sealing_keys.usable()
    assert second != first
    assert two.other.sealing_keys.usable() == [second]

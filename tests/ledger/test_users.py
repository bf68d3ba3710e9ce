"""The users of a firm: names that stay theirs, an administrator at all times, and what was whose on which day."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.billing.people import Person, Role
from server.errors import (
    BillingError,
    FirstAdministrator,
    LastAdministrator,
    NameTaken,
    PairingEnded,
    RightsExceeded,
    RoleNotAllowed,
    SessionEnded,
    SignInNeeded,
    TokenRevoked,
    UnknownClinic,
    UnknownUser,
    UserUnusable,
)
from server.ledger.people.program_tokens import ProgramRights
from server.ledger.people.user_rules import check_full_name, check_sign_in_name
from server.ledger.people.users import UserEdit
from server.ledger.store import Ledger
from server.ledger.verify import VerifiedFirm
from tests.ledger.invented import LAKESIDE
from tests.ledger.peopled import LOCAL, PASSWORD, Clock, a_ledger, add_ana, add_max, details, sign_in

ONE_CLINIC = frozenset({LAKESIDE.id})


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Ledger:
    return a_ledger(tmp_path / "ledger", clock)


def test_the_first_user_is_an_administrator_of_every_clinic_with_a_password(
    ledger: Ledger, *, sees_at_once: bool
) -> None:
    users = ledger.people.users
    administrator = details("Max Invented", Role.ADMINISTRATOR)
    for wrong, password in (
        (administrator, None),
        (details("Max Invented", Role.MANAGER), PASSWORD),
        (details("Max Invented", Role.ADMINISTRATOR, ONE_CLINIC), PASSWORD),
    ):
        with pytest.raises(FirstAdministrator):
            users.add(LOCAL, "max", wrong, password)
        assert not users.has_users()
        assert users.has_users_at_once() is (False if sees_at_once else None)
    users.add(LOCAL, "max", administrator, PASSWORD)
    assert users.has_users()
    assert users.has_users_at_once()


def test_the_first_user_closes_the_ledger_for_every_token_and_code(
    ledger: Ledger, *, sees_at_once: bool
) -> None:
    office, code = ledger.tokens.give("office"), ledger.pairing_codes.make()
    desktop = ledger.tokens.ensure_desktop().read_text().strip()
    assert ledger.tokens.admits_at_once(office) == sees_at_once
    add_max(ledger.people)
    for token in (office, desktop):
        assert not ledger.tokens.admits_at_once(token)
        assert isinstance(ledger.tokens.objection_to(token), TokenRevoked)
    with pytest.raises(PairingEnded, match="has users"):
        ledger.pairing_codes.exchange(code)
    with pytest.raises(PairingEnded):
        ledger.pairing_codes.make()
    with pytest.raises(PairingEnded):
        ledger.tokens.give("office")
    ledger.tokens.ensure_desktop()
    assert ledger.tokens.list_tokens() == []


def test_a_ledger_that_never_gave_a_token_is_closed_by_its_first_user_as_well(ledger: Ledger) -> None:
    assert ledger.tokens.admits(None)
    add_max(ledger.people)
    for token in (None, "", "guessed"):
        assert not ledger.tokens.admits_at_once(token)
        assert isinstance(ledger.tokens.objection_to(token), SignInNeeded)
    assert ledger.tokens.has_tokens()  # it asks everybody for one


def test_two_first_users_at_once_are_one_first_user(ledger: Ledger) -> None:
    def add(name: str) -> str:
        try:
            return ledger.people.users.add(LOCAL, name, details(f"{name} Invented"), PASSWORD).sign_in_name
        except BillingError as refusal:
            return refusal.code

    with ThreadPoolExecutor(8) as threads:
        said = list(threads.map(add, [f"biller{number}" for number in range(8)]))
    assert set(said) == {"first-administrator"}
    add_max(ledger.people)
    with ThreadPoolExecutor(8) as threads:
        said = list(threads.map(add, ["ana"] * 8))
    assert sorted(said) == ["ana", *["name-taken"] * 7]


def test_a_name_never_goes_to_another_user(ledger: Ledger) -> None:
    users = ledger.people.users
    add_max(ledger.people)
    add_ana(ledger.people)
    users.change(LOCAL, "ana", UserEdit(full_name="Ana Married"))
    users.disable(LOCAL, "ana")
    for taken in ("Ana Invented", "Ana Married", "ANA  married", "ana-married", "Ａna Ｍarried"):
        with pytest.raises(NameTaken):
            users.add(LOCAL, "ben", details(taken), PASSWORD)
    with pytest.raises(NameTaken):
        users.add(LOCAL, " ANA ", details("Ben Invented"), PASSWORD)
    assert users.change(LOCAL, "ana", UserEdit(full_name="Ana Invented")).full_name == "Ana Invented"


@pytest.mark.parametrize(
    "name", ["", " ", "ana lopez", "-ana", "a" * 65, "anä", "ana\n", "a\x00", "..", "ana/b", "ＡＮＡ"]
)
def test_a_name_to_sign_in_with_is_simple(name: str) -> None:
    if name == "ana\n":
        assert check_sign_in_name(name) == "ana"
        return
    with pytest.raises(UserUnusable):
        check_sign_in_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "=1+1",
        "@ana",
        "local",
        "Local",
        "lo cal",
        "a" * 101,
        "ana\u202einvented",
        "\ud800",
        "-2",
        "'x",
        "\u3164",
        "Ana\u115f Invented",
        "Ana\ufe0f Invented",
        "\u0410na Invented",
    ],
)
def test_a_full_name_is_one_that_books_can_keep(name: str) -> None:
    with pytest.raises(UserUnusable):
        check_full_name(name)


@pytest.mark.parametrize("name", ["José Invented", "Nguyễn Thị", "Анна Invented", "עדה"])
def test_a_full_name_may_have_the_letters_of_any_language(name: str) -> None:
    assert check_full_name(name) == name


def test_who_looks_after_all_users_is_never_lost(ledger: Ledger) -> None:
    users = ledger.people.users
    add_max(ledger.people)
    users.add(LOCAL, "eve", details("Eve Invented", Role.ADMINISTRATOR, ONE_CLINIC), PASSWORD)
    acts: tuple[Callable[[], object], ...] = (
        lambda: users.disable(LOCAL, "max"),
        lambda: users.change(LOCAL, "max", UserEdit(role=Role.VIEWER)),
        lambda: users.change(LOCAL, "max", UserEdit(clinics=ONE_CLINIC)),
    )
    for act in acts:
        with pytest.raises(LastAdministrator):
            act()
    users.change(LOCAL, "eve", UserEdit(every_clinic=True))
    users.disable(LOCAL, "max")
    with pytest.raises(LastAdministrator):
        users.disable(LOCAL, "eve")


def test_two_administrators_who_disable_each_other_at_once_leave_one(ledger: Ledger) -> None:
    users = ledger.people.users
    add_max(ledger.people)
    users.add(LOCAL, "eve", details("Eve Invented", Role.ADMINISTRATOR), PASSWORD)

    def disable(name: str) -> str:
        try:
            return users.disable(LOCAL, name).sign_in_name
        except BillingError as refusal:
            return refusal.code

    with ThreadPoolExecutor(2) as threads:
        said = list(threads.map(disable, ["max", "eve"]))
    assert said.count("last-administrator") == 1
    assert sum(not user.is_disabled for user in users.list_users()) == 1


@pytest.mark.parametrize(
    "edit",
    [
        UserEdit(role=Role.VIEWER),
        UserEdit(clinics=ONE_CLINIC),
        UserEdit(role=Role.ATTORNEY, attorney="Lee Invented"),
        None,
    ],
)
def test_another_role_or_clinic_and_disabling_end_the_sessions_at_once(
    ledger: Ledger, edit: UserEdit | None, *, sees_at_once: bool
) -> None:
    people = ledger.people
    add_max(people)
    add_ana(people)
    token, other = sign_in(people), sign_in(people, "max")
    assert bool(people.sessions.identify_at_once(token)) == sees_at_once
    if edit:
        people.users.change(LOCAL, "ana", edit)
    else:
        people.users.disable(LOCAL, "ana")
    assert people.sessions.identify_at_once(token) is None
    with pytest.raises(SessionEnded):
        people.sessions.identify(token)
    assert people.sessions.identify(other).name == "Max Invented"


def test_another_full_name_ends_no_session_and_counts_from_the_next_request_on(ledger: Ledger) -> None:
    add_max(ledger.people)
    add_ana(ledger.people)
    token = sign_in(ledger.people)
    ledger.people.users.change(LOCAL, "ana", UserEdit(full_name="Ana Married"))
    assert ledger.people.sessions.identify(token) == Person("Ana Married", Role.BILLER)


def test_an_administrator_of_one_clinic_gains_no_other(ledger: Ledger) -> None:
    people = ledger.people
    add_max(people)
    add_ana(people)
    eve = people.users.add(LOCAL, "eve", details("Eve Invented", Role.ADMINISTRATOR, ONE_CLINIC), PASSWORD)
    acts: tuple[Callable[[], object], ...] = (
        lambda: people.users.change(eve.person, "eve", UserEdit(every_clinic=True)),
        lambda: people.users.add(eve.person, "mal", details("Mal Invented"), PASSWORD),
        lambda: people.users.change(eve.person, "max", UserEdit(clinics=ONE_CLINIC)),
        lambda: people.users.disable(eve.person, "max"),
        lambda: people.links.reset(eve.person, "max"),
        lambda: people.sessions.end_sessions(eve.person, "ana"),
    )
    for act in acts:
        with pytest.raises(RightsExceeded):
            act()
    with pytest.raises(UnknownClinic):
        people.users.add(eve.person, "mal", details("Mal Invented", clinics=frozenset({"other"})), PASSWORD)
    people.users.add(eve.person, "ben", details("Ben Invented", clinics=ONE_CLINIC), PASSWORD)


def test_no_program_looks_after_users_and_rights_count_as_they_are_now(ledger: Ledger) -> None:
    people = ledger.people
    max_before = add_max(people)
    token = people.programs.make(LOCAL, "Nightly export", ProgramRights(Role.ADMINISTRATOR, None), 30)
    program = people.sessions.identify(token)
    with pytest.raises(RightsExceeded):
        people.users.add(program, "mal", details("Mal Invented", Role.ADMINISTRATOR), PASSWORD)
    with pytest.raises(RightsExceeded):
        people.links.reset(program, "max")
    people.users.add(LOCAL, "eve", details("Eve Invented", Role.ADMINISTRATOR), PASSWORD)
    people.users.change(LOCAL, "max", UserEdit(role=Role.VIEWER))
    with pytest.raises(RoleNotAllowed):  # the request began a moment before
        people.users.disable(max_before, "eve")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_an_administrator_looks_after_users(ledger: Ledger, role: Role) -> None:
    add_max(ledger.people)
    ana = add_ana(ledger.people, role)
    with pytest.raises(RoleNotAllowed):
        ledger.people.users.add(ana, "mal", details("Mal Invented"), PASSWORD)
    with pytest.raises(RoleNotAllowed):
        ledger.people.users.change(ana, "ana", UserEdit(role=Role.ADMINISTRATOR))


def test_what_does_not_fit_together_is_refused(ledger: Ledger) -> None:
    users = ledger.people.users
    add_max(ledger.people)
    add_ana(ledger.people)
    with pytest.raises(UnknownUser):
        users.change(LOCAL, "nobody", UserEdit(role=Role.VIEWER))
    with pytest.raises(UnknownClinic):
        users.change(LOCAL, "ana", UserEdit(clinics=frozenset({"lakeside", "elsewhere"})))
    for edit in (
        UserEdit(clinics=frozenset()),
        UserEdit(role=Role.ATTORNEY),
        UserEdit(attorney="Lee Invented"),
    ):
        with pytest.raises(UserUnusable):
            users.change(LOCAL, "ana", edit)
    assert users.find("ana").role is Role.BILLER
    assert len(users.changes()) == 2  # what was refused left nothing


def test_who_could_see_what_on_which_day(ledger: Ledger, clock: Clock) -> None:
    users = ledger.people.users
    add_max(ledger.people)
    add_ana(ledger.people)
    start = clock.now
    clock.go_on(days=10)
    users.change(LOCAL, "ana", UserEdit(role=Role.VIEWER, clinics=ONE_CLINIC))
    clock.go_on(days=10)
    users.disable(LOCAL, "ana")

    def ana_at(days: int) -> list[tuple[Role, frozenset[str] | None, bool]]:
        found = users.users_at(start + timedelta(days=days))
        return [(one.role, one.clinics, one.is_disabled) for one in found if one.sign_in_name == "ana"]

    assert ana_at(-1) == []
    assert ana_at(5) == [(Role.BILLER, None, False)]
    assert ana_at(15) == [(Role.VIEWER, ONE_CLINIC, False)]
    assert ana_at(25) == [(Role.VIEWER, ONE_CLINIC, True)]
    assert {one.changed_by for one in users.changes()} == {"local"}
    assert isinstance(ledger.verify_firm(), VerifiedFirm)


EDITS = st.one_of(
    st.tuples(st.just("add"), st.sampled_from("abc"), st.sampled_from(list(Role))),
    st.tuples(st.just("role"), st.sampled_from(["max", "a", "b", "c"]), st.sampled_from(list(Role))),
    st.tuples(st.sampled_from(["disable", "enable"]), st.sampled_from(["max", "a", "b", "c"]), st.none()),
)


@pytest.mark.many_rounds
@settings(max_examples=15, deadline=None)
@given(edits=st.lists(EDITS, max_size=12))
def test_whatever_is_done_the_history_ends_with_what_users_are_and_somebody_looks_after_them(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[str, str, Role | None]]
) -> None:
    ledger = a_ledger(tmp_path_factory.mktemp("edits"), Clock())
    users = ledger.people.users
    add_max(ledger.people)
    for what, name, role in edits:
        try:
            match what:
                case "add":
                    assert role
                    users.add(LOCAL, name, details(f"{name} Invented", role), None)
                case "role":
                    attorney = "Lee Invented" if role is Role.ATTORNEY else ""
                    users.change(LOCAL, name, UserEdit(role=role, attorney=attorney))
                case "disable":
                    users.disable(LOCAL, name)
                case _:
                    users.enable(LOCAL, name)
        except (LastAdministrator, NameTaken, UnknownUser):
            pass
    listed = users.list_users()
    assert any(user.role is Role.ADMINISTRATOR and not user.is_disabled for user in listed)
    latest = {change.sign_in_name: change for change in users.changes()}
    assert [
        (user.sign_in_name, user.full_name, user.role, user.clinics, user.attorney, user.is_disabled)
        for user in listed
    ] == [
        (name, one.full_name, one.role, one.clinics, one.attorney, one.is_disabled)
        for name, one in sorted(latest.items())
    ]
    ledger.close()

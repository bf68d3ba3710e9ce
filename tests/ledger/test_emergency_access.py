"""A clinic that a user was not given can be opened for an hour with a reason, and administrators are told (rule: people#break-glass)."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from server.billing.people import LOCAL_PERSON, Person, Role
from server.errors import (
    BillingError,
    ClinicOpenAlready,
    EmergencyAccessOff,
    EmergencyReasonUnusable,
    RightsExceeded,
    RoleNotAllowed,
    UnknownClinic,
    UnknownEmergencyAccess,
)
from server.ledger.access_search import AccessSearch
from server.ledger.people.program_tokens import ProgramRights
from server.ledger.people.sign_in_rules import SessionKind
from server.ledger.people.sign_ins import Credentials
from server.ledger.people.users import UserDetails, UserEdit
from server.ledger.store import Ledger
from server.operations import emergency_access, invoices
from server.operations.finished_workbooks import fetch_output
from server.operations.session import Session
from tests.behind import open_books
from tests.ledger.peopled import CHEAP, HERE, PASSWORD, Clock, a_ledger
from tests.ledger.refused import RULE_BROKEN
from tests.ribbon.clicks import HARBOR

REASON = "Mina is in the hospital today"
LAKESIDE_ONLY = frozenset({"lakeside"})


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    """Return a ledger of two clinics, with an administrator of both, one of Lakeside, and a biller of Lakeside."""
    made = a_ledger(tmp_path / "ledger", clock)
    made.open_clinic(HARBOR.clinic)
    add = made.people.users.add
    add(LOCAL_PERSON, "max", UserDetails("Max Invented", Role.ADMINISTRATOR, None, ""), PASSWORD)
    add(LOCAL_PERSON, "liz", UserDetails("Liz Invented", Role.ADMINISTRATOR, LAKESIDE_ONLY, ""), PASSWORD)
    add(LOCAL_PERSON, "ben", UserDetails("Ben Invented", Role.BILLER, LAKESIDE_ONLY, ""), PASSWORD)
    add(LOCAL_PERSON, "lee", UserDetails("Lee Invented", Role.ATTORNEY, LAKESIDE_ONLY, "Lee Esq."), PASSWORD)
    yield made
    made.close()


def signed_in(ledger: Ledger, name: str) -> str:
    kind = SessionKind.PAGE if name == "lee" else SessionKind.ADDIN
    return ledger.people.sign_ins.sign_in(Credentials(name, PASSWORD, HERE), kind, "Excel")


def person_of(ledger: Ledger, name: str) -> Person:
    return ledger.people.users.find(name).person


def begin(ledger: Ledger, name: str = "ben", clinic: str = "harbor", reason: str = REASON) -> int:
    session = Session(ledger, person_of(ledger, name), address=HERE)
    return emergency_access.begin_emergency(session, clinic, reason).id


def may_open(ledger: Ledger, token: str) -> bool:
    found = ledger.people.sessions.identify(token)
    at_once = ledger.people.sessions.identify_at_once(token)
    assert at_once is None or at_once.may_open("harbor") == found.may_open("harbor")
    return found.may_open("harbor")


def what_is_logged(ledger: Ledger) -> list[tuple[str, str]]:
    return [(row.what, row.about) for row in ledger.access.rows(20) if row.what.startswith("break-glass")]


def test_the_clinic_is_open_for_an_hour_and_then_no_more(ledger: Ledger, clock: Clock) -> None:
    token = signed_in(ledger, "ben")
    assert not may_open(ledger, token)
    begin(ledger)
    assert may_open(ledger, token)
    clock.go_on(minutes=59)
    assert may_open(ledger, token)
    clock.go_on(minutes=1)
    assert not may_open(ledger, token)
    assert not ledger.people.emergencies.of_person(person_of(ledger, "ben"))


def test_a_clock_that_was_set_back_opens_nothing(ledger: Ledger, clock: Clock) -> None:
    clock.go_on(hours=5)
    begin(ledger)
    clock.go_on(hours=-2)
    assert not may_open(ledger, signed_in(ledger, "ben"))


def test_the_role_stays_and_the_clinic_is_not_given(ledger: Ledger) -> None:
    begin(ledger)
    ben = ledger.people.sessions.identify(signed_in(ledger, "ben"))
    assert (ben.role, ben.clinics, ben.was_given("harbor")) == (Role.BILLER, LAKESIDE_ONLY, False)
    assert ben == person_of(ledger, "ben")


@pytest.mark.parametrize("clinic", ["harbor", "Harbor Practice", " HARBOR  practice "])
def test_a_clinic_is_typed_by_its_id_or_its_whole_name(ledger: Ledger, clinic: str) -> None:
    begin(ledger, clinic=clinic)
    assert may_open(ledger, signed_in(ledger, "ben"))


@pytest.mark.parametrize("clinic", ["", "Harb", "nowhere", "%", "harbor practice 2", "x" * 5000])
def test_what_is_no_clinic_is_refused_and_recorded(ledger: Ledger, clinic: str) -> None:
    with pytest.raises(UnknownClinic):
        begin(ledger, clinic=clinic)
    assert ("unknown-clinic", "Ben Invented break-glass") in [
        (row.what, row.about) for row in ledger.access.rows(5)
    ]


@pytest.mark.parametrize("reason", ["", "   ", "because", "1 2 3 4", ". . . .", "urgent now", "word " * 200])
def test_a_reason_is_some_words(ledger: Ledger, reason: str) -> None:
    with pytest.raises(EmergencyReasonUnusable):
        begin(ledger, reason=reason)
    assert not may_open(ledger, signed_in(ledger, "ben"))


def test_an_attorney_a_program_and_the_local_person_open_nothing(ledger: Ledger) -> None:
    with pytest.raises(RoleNotAllowed):
        begin(ledger, "lee")
    with pytest.raises(RoleNotAllowed):
        ledger.people.emergencies.begin(person_of(ledger, "lee"), "harbor", REASON, HERE)
    rights = ProgramRights(Role.BILLER, LAKESIDE_ONLY)
    token = ledger.people.programs.make(person_of(ledger, "ben"), "Night export", rights, 30)
    program = ledger.people.sessions.identify(token)
    with pytest.raises(RightsExceeded):
        emergency_access.begin_emergency(Session(ledger, program), "harbor", REASON)
    begin(ledger)
    assert not may_open(ledger, token)
    with pytest.raises(ClinicOpenAlready):
        emergency_access.begin_emergency(Session(ledger, LOCAL_PERSON), "harbor", REASON)


def test_what_is_open_or_given_is_not_opened_again(ledger: Ledger, clock: Clock) -> None:
    with pytest.raises(ClinicOpenAlready):
        begin(ledger, clinic="lakeside")
    begin(ledger)
    with pytest.raises(ClinicOpenAlready):
        begin(ledger)
    clock.go_on(hours=1)
    begin(ledger)


def test_of_two_at_once_one_opens_it(ledger: Ledger) -> None:
    def outcome(_: int) -> bool:
        try:
            return bool(begin(ledger))
        except ClinicOpenAlready:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(outcome, range(8))) == [False] * 7 + [True]


def test_it_is_ended_by_its_person_by_an_administrator_and_by_nobody_else(
    ledger: Ledger, clock: Clock
) -> None:
    end = ledger.people.emergencies.end
    for name in ("ben", "max"):
        opened = begin(ledger)
        with pytest.raises(UnknownEmergencyAccess):
            end(person_of(ledger, "liz"), opened, HERE)
        assert end(person_of(ledger, name), opened, HERE).ended_by == person_of(ledger, name).name
        assert not may_open(ledger, signed_in(ledger, "ben"))
        clock.go_on(minutes=1)
    assert end(person_of(ledger, "max"), opened, HERE).ended_by == "Max Invented"
    with pytest.raises(UnknownEmergencyAccess):
        end(person_of(ledger, "max"), 99, HERE)


@pytest.mark.parametrize(
    "edit", [UserEdit(role=Role.MANAGER), UserEdit(role=Role.ATTORNEY, attorney="Ben Esq.")]
)
def test_another_role_ends_it(ledger: Ledger, edit: UserEdit) -> None:
    begin(ledger)
    ledger.people.users.change(LOCAL_PERSON, "ben", edit)
    with pytest.raises(BillingError):
        Session(ledger, person_of(ledger, "ben"), "harbor").store  # noqa: B018 - it refuses
    assert not ledger.people.emergencies.of_person(person_of(ledger, "ben"))


def test_a_firm_can_turn_it_off_also_for_what_is_open(ledger: Ledger, clock: Clock, tmp_path: Path) -> None:
    begin(ledger)
    token = signed_in(ledger, "ben")
    assert may_open(ledger, token)
    off = Ledger(tmp_path / "ledger", clock, sign_in_rules=replace(CHEAP, emergency_access=False))
    assert not may_open(off, token)
    with pytest.raises(EmergencyAccessOff):
        begin(off)


def test_every_request_is_marked_in_the_access_log_of_the_clinic(ledger: Ledger) -> None:
    begin(ledger)
    ben = ledger.people.sessions.identify(signed_in(ledger, "ben"))
    for clinic in ("lakeside", "harbor"):
        session = Session(ledger, ben, clinic, address=HERE)
        with session.transaction(), session.reading():
            pass  # shows nothing that the log records by itself
    session = Session(ledger, ben, "harbor", address=HERE)
    with session.transaction(), pytest.raises(BillingError):
        invoices.show_invoice(session, "INV-0001")
    kept = ledger.outputs.keep("harbor", b"a workbook")
    session = Session(ledger, ben, address=HERE)
    with session.transaction():
        assert fetch_output(session, kept).data == b"a workbook"
    with ledger.clinic("harbor").reading() as books:
        found = books.search_access(AccessSearch(words="break-glass"))
    assert [(row.who, row.what, row.origin) for row in found] == [
        ("Ben Invented", "fetch file", f"break-glass {HERE}"),
        ("Ben Invented", "other request", f"break-glass {HERE}"),
        ("Ben Invented", "other request", f"break-glass {HERE}"),
    ]
    with ledger.clinic("lakeside").reading() as books:
        assert not books.search_access(AccessSearch(words="break-glass"))


def test_administrators_of_the_clinic_are_told_until_one_marks_it_as_seen(ledger: Ledger) -> None:
    emergencies = ledger.people.emergencies
    max_, liz, ben = (person_of(ledger, name) for name in ("max", "liz", "ben"))
    opened, own = begin(ledger), begin(ledger, "liz")
    assert [one.id for one in emergencies.unseen_by(max_)] == [own, opened]
    assert not emergencies.unseen_by(liz)
    assert not emergencies.unseen_by(ben)
    for person in (liz, ben):
        with pytest.raises(UnknownEmergencyAccess):
            emergencies.mark_seen(person, own, HERE)
    for one in (opened, own):
        assert emergencies.mark_seen(max_, one, HERE).seen_by == "Max Invented"
        assert emergencies.mark_seen(LOCAL_PERSON, one, HERE).seen_by == "Max Invented"
    assert not emergencies.unseen_by(max_)
    assert what_is_logged(ledger) == [
        ("break-glass-seen", f"liz harbor {own} by Max Invented"),
        ("break-glass-seen", f"ben harbor {opened} by Max Invented"),
        ("break-glass", f"liz harbor {own}"),
        ("break-glass", f"ben harbor {opened}"),
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM emergency_access",
        "UPDATE emergency_access SET reason = 'another one'",
        "UPDATE emergency_access SET ends_at = '2999-01-01'",
        "UPDATE emergency_access SET ended_at = NULL, ended_by = ''",
        "UPDATE emergency_access SET seen_by = 'Ben Invented'",
        "UPDATE emergency_access SET user = 1",
    ],
)
def test_what_was_recorded_of_it_stays(ledger: Ledger, statement: str) -> None:
    opened, max_ = begin(ledger), person_of(ledger, "max")
    ledger.people.emergencies.mark_seen(max_, opened, HERE)
    ledger.people.emergencies.end(max_, opened, HERE)
    ledger.close()
    with open_books(ledger.folder, "") as execute, pytest.raises(RULE_BROKEN):
        execute(statement)


def test_the_journal_vouches_for_it(ledger: Ledger) -> None:
    begin(ledger)
    ledger.close()
    with open_books(ledger.folder, "") as execute, execute.without_triggers():
        execute("UPDATE emergency_access SET reason = 'another one'")
    found = ledger.verify_firm()
    assert "emergency_access" in str(found)

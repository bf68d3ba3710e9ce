"""Which clinics a person was given, and which roles may do more than others."""

from server.billing.people import Person, Role
from server.billing.rights import (
    ADMINISTRATORS,
    ATTORNEYS,
    BILLERS,
    EVERYBODY,
    MANAGERS,
    READERS,
    ROLES_OF_OPERATION,
    ROLES_OF_STEP,
    roles_of_step,
)


def test_each_staff_role_may_do_what_the_role_below_it_may() -> None:
    assert ADMINISTRATORS < MANAGERS < BILLERS < READERS < EVERYBODY
    levels = (ADMINISTRATORS, MANAGERS, BILLERS, READERS, EVERYBODY, ATTORNEYS)
    assert all(roles in levels for roles in (*ROLES_OF_OPERATION.values(), *ROLES_OF_STEP.values()))


def test_attorneys_see_their_own_cases_and_look_after_their_own_account_and_nothing_else() -> None:
    own = {name for name, roles in ROLES_OF_OPERATION.items() if Role.ATTORNEY in roles}
    assert own == {
        "attorney_cases.clinics_of_attorney",
        "attorney_cases.cases_of_attorney",
        "attorney_cases.case_of_attorney",
        "attorney_cases.export_cases_of_attorney",
        "attorney_cases.print_case_of_attorney",
        "emergency_access.session_notes",
        "status_requests.request_status",
        "users.show_account",
        "users.end_own_sessions",
    }


def test_a_step_needs_a_biller_unless_the_table_says_more() -> None:
    assert roles_of_step("send") == BILLERS
    assert roles_of_step("void") == MANAGERS


def test_a_person_was_given_all_clinics_or_the_listed_ones() -> None:
    assert Person("Ann", Role.MANAGER).was_given("lakeside")
    assert Person("Ann", Role.BILLER, frozenset({"lakeside"})).was_given("lakeside")
    assert not Person("Ann", Role.BILLER, frozenset({"lakeside"})).was_given("harbor")
    assert not Person("Ann", Role.VIEWER, frozenset()).was_given("lakeside")

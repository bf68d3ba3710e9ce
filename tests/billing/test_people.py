"""Which roles may do what only managers may do."""

from server.billing.people import ANYBODY, MANAGERS, Role


def test_an_administrator_may_do_what_a_manager_may() -> None:
    assert frozenset(Role) == ANYBODY
    assert frozenset(Role) - {Role.BILLER} == MANAGERS

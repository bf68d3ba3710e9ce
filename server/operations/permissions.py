"""Who may do what: the one place where a person's role is checked (rule: people#roles)."""

from server.billing.people import ANYBODY, Person, Role
from server.errors import RoleNotAllowed


def require_role(person: Person, roles: frozenset[Role], what: str) -> None:
    """Raise RoleNotAllowed unless the person has one of the roles. ``what`` names the operation."""
    if roles != ANYBODY and person.role not in roles:
        raise RoleNotAllowed(what)

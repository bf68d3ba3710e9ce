"""Who may do what: the one place where a person's role is checked (rule: people#roles)."""

from server.billing.people import STAFF, Person, Role
from server.billing.rights import Roles
from server.errors import RoleNotAllowed


def require_role(person: Person, roles: Roles, what: str) -> None:
    """Raise RoleNotAllowed unless the person has one of the roles. ``what`` names the operation or the button."""
    if person.role not in roles:
        raise RoleNotAllowed(what, person.role, [role for role in reversed(Role) if role in roles])


def reason_not_allowed(roles: Roles, what: str) -> str:
    """Return for whom something is, as ``For managers: approve payroll.``, by the least of the roles that may do it."""
    least = next(role for role in STAFF if role in roles)
    return f"For {least.value}s: {what[:1].lower()}{what[1:]}."

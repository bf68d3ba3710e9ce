"""What every operation declares: the roles that may do it, and its refusals."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Concatenate, Generic, ParamSpec, TypeVar

from server.billing.people import ANYBODY, Role
from server.errors import BillingError
from server.operations.permissions import require_role
from server.operations.session import Session

P = ParamSpec("P")
R = TypeVar("R")

Refusals = tuple[type[BillingError], ...]


class Operation(Generic[P, R]):
    """One thing a person can do. Calling it checks the person's role first."""

    def __init__(
        self, function: Callable[Concatenate[Session, P], R], roles: frozenset[Role], refusals: Refusals
    ) -> None:
        update_wrapper(self, function)
        self.name = f"{function.__module__.rpartition('.')[2]}.{function.__name__}"
        self.roles = roles
        self.refusals = refusals
        self._function = function

    def __call__(self, session: Session, /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Check the role and do it. Raises RoleNotAllowed and the errors in ``refusals``."""
        require_role(session.person, self.roles, self.name)
        return self._function(session, *args, **kwargs)


def operation(
    *refusals: type[BillingError], roles: frozenset[Role] = ANYBODY
) -> Callable[[Callable[Concatenate[Session, P], R]], Operation[P, R]]:
    """Declare an operation: what it refuses, and the roles that may do it."""
    return lambda function: Operation(function, roles, refusals)

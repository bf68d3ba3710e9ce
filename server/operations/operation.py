"""What every operation declares, its refusals, and the check of the person's role."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Concatenate, Generic, ParamSpec, TypeVar

from server.billing.rights import roles_of_operation
from server.errors import BillingError
from server.operations.permissions import require_role
from server.operations.session import Session

P = ParamSpec("P")
R = TypeVar("R")

Refusals = tuple[type[BillingError], ...]


class Operation(Generic[P, R]):
    """One thing a person can do. Calling it checks the person's role first."""

    def __init__(self, function: Callable[Concatenate[Session, P], R], refusals: Refusals) -> None:
        update_wrapper(self, function)
        self.name = f"{function.__module__.rpartition('.')[2]}.{function.__name__}"
        self.roles = roles_of_operation(self.name)
        self.refusals = refusals
        self._function = function

    def __call__(self, session: Session, /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Check the role and do it. Raises RoleNotAllowed and the errors in ``refusals``."""
        require_role(session.person, self.roles, self.name)
        return self._function(session, *args, **kwargs)


def operation(
    *refusals: type[BillingError],
) -> Callable[[Callable[Concatenate[Session, P], R]], Operation[P, R]]:
    """Declare an operation and what it refuses. The roles that may do it are in ``server/billing/rights.py``."""
    return lambda function: Operation(function, refusals)

"""The methods of an address, as the routes have them."""

from collections.abc import Sequence

from starlette.routing import BaseRoute, Match
from starlette.types import Scope

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
"""The methods that a route can have. HEAD comes with GET."""


def allowed_methods(routes: Sequence[BaseRoute], scope: Scope) -> list[str]:
    """Return the methods of the address of a request, in the order of METHODS; none if there is no such address."""
    found = [method for method in METHODS if _is_answered(routes, {**scope, "method": method})]
    return ["GET", "HEAD", *found[1:]] if "GET" in found else found


def _is_answered(routes: Sequence[BaseRoute], scope: Scope) -> bool:
    return any(route.matches(scope)[0] is Match.FULL for route in routes)

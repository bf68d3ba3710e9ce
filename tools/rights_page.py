"""Builds the page of the docs that prints the table of rights."""

import pkgutil
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fastapi.routing import iter_route_contexts

from server import operations
from server.api.guard import OPEN
from server.api.page_addresses import OPEN_PAGES
from server.api.route_rights import roles_of_route
from server.app import create_app
from server.billing.people import Role
from server.billing.rights import EVERYBODY, ROLES_OF_OPERATION, ROLES_OF_STEP, Roles
from server.operations.operation import Operation
from server.ribbon.dispatch import COMMANDS
from server.ribbon.ribbon_table import ribbon
from server.settings import Settings

_HEAD = """\
# Who may do what

<!-- Built from server/billing/rights.py: python -m tools.build -->

[Rules](rules/people.md#roles) says what the roles are. Every operation checks the role of the person who asks, and that the clinic was given to that person. What is refused is
answered with `role-not-allowed`, or like a clinic that does not exist.
"""

_BUTTONS = "## Buttons\n\nA button may be pressed by the roles that may do what it is for.\n"
_OPERATIONS = "## Operations\n\nButtons, REST and the command line do the same operations.\n"
_ROUTES = "## Routes and pages\n\nWhat is not listed here is not answered. The routes that anybody may ask for return no data of a clinic.\n"
_STEPS = "## Steps on an invoice\n\nA biller may take every step but these. They are refused with `needs-manager`.\n"


def every_operation() -> list[Operation[Any, Any]]:
    """Return every declared operation, by name."""
    modules = (
        import_module(f"{operations.__name__}.{module.name}")
        for module in pkgutil.iter_modules(operations.__path__)
    )
    declared = {
        one.name: one for module in modules for one in vars(module).values() if isinstance(one, Operation)
    }
    return [declared[name] for name in sorted(declared)]


def every_route() -> list[tuple[str, str, str]]:
    """Return the method, the path and the name of every route of the service, buttons included."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:  # Windows keeps open files
        app = create_app(Settings(path=Path(folder), workers=0))
        app.state.ledger.close()
    return [
        (method, str(route.path), str(route.name))
        for route in iter_route_contexts(app.routes)
        for method in sorted(set(route.methods or ()) - {"HEAD"})
    ]


def rights_page() -> str:
    """Return ``docs/rights.md``."""
    buttons = ((f"{one.label} (`{one.id}`)", COMMANDS[one.id].purpose.roles) for one in ribbon().button)
    done = (
        (f"`{one.name}`: {_first_sentence(one)}", ROLES_OF_OPERATION[one.name]) for one in every_operation()
    )
    steps = ((action.capitalize(), roles) for action, roles in ROLES_OF_STEP.items())
    parts = (
        _HEAD,
        _BUTTONS, _table("button", buttons),
        _OPERATIONS, _table("operation", done),
        _STEPS, _table("step", steps),
        _ROUTES, _table("route", _routes()),
    )  # fmt: skip
    return "\n".join(parts)


def _routes() -> Iterator[tuple[str, Roles]]:
    """Yield every route but those of buttons, with the roles that it answers: all of them if it is open to anybody."""
    for method, path, name in every_route():
        if name in COMMANDS:
            continue
        is_open = path in OPEN | OPEN_PAGES
        yield (
            f"`{method} {path}`{' (anybody)' if is_open else ''}",
            EVERYBODY if is_open else roles_of_route(name),
        )


def _first_sentence(one: Operation[Any, Any]) -> str:
    words = " ".join((one.__doc__ or "").split("\n\n", maxsplit=1)[0].split())
    return words.split(". ", maxsplit=1)[0].split("; ", maxsplit=1)[0].rstrip(".").replace("|", "\\|")


def _table(what: str, rows: Iterable[tuple[str, Roles]]) -> str:
    return "\n".join(_table_lines(what, rows)) + "\n"


def _table_lines(what: str, rows: Iterable[tuple[str, Roles]]) -> Iterator[str]:
    yield f"| {what} | {' | '.join(Role)} |"
    yield f"|---|{'---|' * len(Role)}"
    for name, roles in rows:
        yield f"| {name} | {' | '.join('yes' if role in roles else 'no' for role in Role)} |"

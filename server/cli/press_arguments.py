"""The arguments of ``press`` on the command line: answers by name, and rows."""

import re
from collections.abc import Collection, Sequence
from difflib import get_close_matches
from pathlib import Path

import typer

from addin.desktop.service import Service

ROWS = re.compile(r"(\d{1,7})(?:-(\d{1,7}))?", re.ASCII)
LAST_ROW = 1_048_576

ALIKE = 0.75
"""How similar a name must be to an option's name to count as a typing error, such as ``form`` for ``from``."""


def inputs_in(pairs: Sequence[str]) -> dict[str, str | Path]:
    """Return answers by name. A value that begins with @ is the path of a file."""
    found: dict[str, str | Path] = {}
    for pair in pairs:
        name, equals, value = (part.strip() for part in pair.partition("="))
        if not equals or not name or value == "@":
            raise typer.BadParameter(f"“{pair}” is not NAME=VALUE.", param_hint="--set")
        found[name] = Path(value[1:]).expanduser() if value.startswith("@") else value
    return found


def rows_in(text: str) -> list[int]:
    """Return the row numbers in a text such as ``5,7-9``; raises BadParameter."""
    rows: list[int] = []
    for part in text.split(","):
        match = ROWS.fullmatch(part.strip())
        if not match or not 1 <= int(match[1]) <= int(match[2] or match[1]) <= LAST_ROW:
            raise typer.BadParameter(f"“{text}” are not rows such as 5,7-9.", param_hint="--rows")
        rows += range(int(match[1]), int(match[2] or match[1]) + 1)
    return rows


def check_names(names: Collection[str], button_id: str, service: Service) -> None:
    """Raise BadParameter for a name that looks like a misspelled option of the button.

    Only the server knows the names of its questions, and it ignores names that it did not ask for. It would also
    ignore a misspelled option, and the click would be about other rows than intended.
    """
    if not names:
        return
    rows = (row for row in service.ribbon()["button"] if row["id"] == button_id)
    options = [option["name"] for row in rows for option in row.get("options", ())]
    for name in names:
        similar = [] if name in options else get_close_matches(name, options, 1, ALIKE)
        if similar:
            raise typer.BadParameter(
                f"{button_id} has no “{name}”. It has “{similar[0]}”.", param_hint="--set"
            )

"""What is given to ``press`` on the command line: answers by name, and rows."""

import re
from collections.abc import Collection, Sequence
from difflib import get_close_matches
from pathlib import Path

import typer

from addin.desktop.service import Service

ROWS = re.compile(r"(\d{1,7})(?:-(\d{1,7}))?", re.ASCII)
LAST_ROW = 1_048_576

ALIKE = 0.75
"""How alike a name must be to an option's to be taken for a slip of the fingers: as ``form`` and ``from``."""


def inputs_in(pairs: Sequence[str]) -> dict[str, str | Path]:
    """Return answers by their names; what begins with @ is a file."""
    found: dict[str, str | Path] = {}
    for pair in pairs:
        name, equals, value = (part.strip() for part in pair.partition("="))
        if not equals or not name or value == "@":
            raise typer.BadParameter(f"“{pair}” is not NAME=VALUE.", param_hint="--set")
        found[name] = Path(value[1:]).expanduser() if value.startswith("@") else value
    return found


def rows_in(text: str) -> list[int]:
    """Return the numbers in ``5,7-9``."""
    rows: list[int] = []
    for part in text.split(","):
        told = ROWS.fullmatch(part.strip())
        if not told or not 1 <= int(told[1]) <= int(told[2] or told[1]) <= LAST_ROW:
            raise typer.BadParameter(f"“{text}” are not rows such as 5,7-9.", param_hint="--rows")
        rows += range(int(told[1]), int(told[2] or told[1]) + 1)
    return rows


def check_names(names: Collection[str], button_id: str, service: Service) -> None:
    """Refuse a name that is one of the button's options but for a slip.

    Names of questions are the server's to know, and change with what it asks; one that nobody asked for is left
    out. An option misspelled would be left out as well, and the click be about other rows than was meant.
    """
    if not names:
        return
    rows = (row for row in service.ribbon()["button"] if row["id"] == button_id)
    options = [option["name"] for row in rows for option in row.get("options", ())]
    for name in names:
        meant = [] if name in options else get_close_matches(name, options, 1, ALIKE)
        if meant:
            raise typer.BadParameter(f"{button_id} has no “{name}”. It has “{meant[0]}”.", param_hint="--set")

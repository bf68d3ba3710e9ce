"""Values into cells as they are: Excel must not take text for a formula, a number or a date."""

import re
from collections.abc import Sequence
from typing import Any

PLAIN = re.compile(r"[^\W\d_][^\d=]*")
"""Text that Excel leaves alone: it starts with a letter and holds no digit (``May 5`` is a date)."""


def guarded(value: Any) -> Any:
    """Return a value such that Excel keeps it: an apostrophe, which is not shown, marks text as text."""
    if not isinstance(value, str) or not value:
        return value
    if PLAIN.fullmatch(value) and value.upper() not in {"TRUE", "FALSE"}:
        return value
    return f"'{value}"


def grid_of(values: Sequence[Sequence[Any]], shape: tuple[int, int]) -> list[list[Any]] | None:
    """Return rows of guarded values for an area of ``shape``; one value fills it. ``None`` if they differ."""
    rows, columns = shape
    if len(values) == 1 and len(values[0]) == 1:
        return [[guarded(values[0][0])] * columns for _ in range(rows)]
    if len(values) != rows or any(len(row) != columns for row in values):
        return None
    return [[guarded(value) for value in row] for row in values]

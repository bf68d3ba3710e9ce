"""Writes values into cells unchanged: Excel must not read text as a formula, a number or a date."""

import re
from collections.abc import Sequence

import xlwings as xw

from addin.desktop.native import Value

PLAIN = re.compile(r"[^\W\d_][^\d=]*")
"""Text that Excel does not convert: it starts with a letter and holds no digit (``May 5`` is a date)."""

LONGEST_LIST = 255
"""The most characters of a dropdown's words, with the commas between them."""


def guard_text(value: Value) -> Value:
    """Return a value that Excel keeps unchanged: a leading apostrophe, which is not shown, marks it as text."""
    if not isinstance(value, str) or not value:
        return value
    if PLAIN.fullmatch(value) and value.upper() not in {"TRUE", "FALSE"}:
        return value
    return f"'{value}"


def fits_shape(values: Sequence[Sequence[Value]], shape: tuple[int, int]) -> bool:
    """Return whether rows of values can fill an area of ``shape``: exactly, or with one value for all cells."""
    return _is_single(values) or (len(values) == shape[0] and all(len(row) == shape[1] for row in values))


def _is_single(values: Sequence[Sequence[Value]]) -> bool:
    return len(values) == 1 and len(values[0]) == 1


def grid_of(values: Sequence[Sequence[Value]], shape: tuple[int, int]) -> list[list[Value]]:
    """Return guarded values in rows for an area of ``shape``, which they fit."""
    rows, columns = shape
    if _is_single(values):
        return [[guard_text(values[0][0])] * columns for _ in range(rows)]
    return [[guard_text(value) for value in row] for row in values]


def is_list(words: Sequence[str]) -> bool:
    """Return whether words can be a dropdown: Excel takes them as one text and splits it at separators."""
    plain = all(word == word.strip() != "" and word[0] != "=" and not set(word) & set(",;") for word in words)
    return plain and len(",".join(words)) <= LONGEST_LIST


def set_dropdown(area: xw.Range, words: Sequence[str]) -> None:
    """Replace the dropdown of cells. We delete it first: Excel does not change one that only some of the cells have."""
    area.data_validation.delete()
    if words:
        area.data_validation.set_list(words)

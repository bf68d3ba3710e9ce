"""A text column of a log, with each distinct spelling read once."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from server.billing.payroll.appointment_log import BLANK, CodedText, Ints
from server.errors.cell_findings import ErrorValue
from server.errors.finding_facts import ValueFinding
from server.sheets.cells import is_error, text_of
from server.sheets.sheet import Cell

PROBE = 1_000
"""Cells checked at the top of a column to tell IDs, which all differ, from words that repeat."""


def read_words(cells: Sequence[Cell], wrong: dict[type[ValueFinding], list[int]]) -> CodedText:
    """Read a column of text; the positions of error values are added to ``wrong`` by the code of their finding."""
    raw, distinct = _distinct(cells)
    read: Callable[[Any], str] = str.strip if set(map(type, distinct)) == {str} else text_of
    texts = [*map(read, distinct)]
    for number in _errors(texts):
        wrong[ErrorValue].extend(np.flatnonzero(raw == number).tolist())
        texts[number] = ""
    if texts == distinct and "" not in texts:  # no text was changed or blank, as in a column of IDs
        return CodedText(raw, tuple(texts))
    values = tuple(dict.fromkeys(filter(None, texts)))
    places = {value: place for place, value in enumerate(values)} | {"": BLANK}
    codes: Ints = np.array([*(places[text] for text in texts), BLANK], dtype=np.int64)[raw]
    return CodedText(codes, values)


def joined_words(columns: Sequence[CodedText]) -> CodedText:
    """Join columns of text with a space, such as a first and a last name. Each distinct pair is joined once."""
    codes = np.stack([words.codes for words in columns], axis=1)
    pairs, places = np.unique(codes, axis=0, return_inverse=True)
    texts = [
        " ".join(words.values[code] for words, code in zip(columns, pair, strict=True) if code != BLANK)
        for pair in pairs.tolist()
    ]
    values = tuple(dict.fromkeys(filter(None, texts)))
    spelled = {value: place for place, value in enumerate(values)} | {"": BLANK}
    joined: Ints = np.array([spelled[text] for text in texts], dtype=np.int64)[places.ravel()]
    return CodedText(joined, values)


def _errors(texts: Sequence[str]) -> list[int]:
    if "#" not in "".join(texts):
        return []
    return [number for number, text in enumerate(texts) if is_error(text)]


def _distinct(cells: Sequence[Cell]) -> tuple[Ints, list[Cell]]:
    """Return for each cell its position among the distinct cells, BLANK if it is empty, and the distinct cells."""
    first = cells[:PROBE]
    every = set(cells) if len(set(first)) == len(first) else set()
    if len(every) == len(cells) and None not in every:
        return np.arange(len(cells)), list(cells)
    codes, distinct = pd.factorize(np.array(cells, dtype=object))
    return codes, distinct.tolist()

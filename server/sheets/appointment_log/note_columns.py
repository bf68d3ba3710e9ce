"""Notes next to the visits: text that does not decide pay and is only searched for words of missed visits.

The rest of a note is not kept. Each distinct text is checked once, and very few need a close check.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from server.billing.clinics import StatusWord
from server.billing.payroll.appointment_log import Column, StatusMention
from server.billing.payroll.status_mentions import MissedMentions, plain
from server.sheets.appointment_log.column_matching import column_of
from server.sheets.appointment_log.header_row import IGNORE
from server.sheets.appointment_log.heading_synonyms import fold_heading
from server.sheets.appointment_log.text_columns import PROBE
from server.sheets.sheet import Cell

if TYPE_CHECKING:
    from server.sheets.appointment_log.unread_log import Reading

_mentions_of = lru_cache(MissedMentions.of)

BETWEEN = "\0"
"""Separates texts that are searched together; no cell contains it."""


def read_mentions(reading: "Reading", statuses: tuple[StatusWord, ...]) -> tuple[StatusMention, ...]:
    """Return the words of missed visits in the columns that are not read otherwise, and the rows they are in.

    Columns that the clinic said to ignore are ignored.
    """
    mentions, known = _mentions_of(statuses), dict(reading.layout.learned.columns)
    columns = [(place, column_of(reading.sheet, reading.layout, place)) for place in reading.layout.unread]
    return tuple(
        mention
        for place, column in columns
        if known.get(fold_heading(column.heading)) != IGNORE
        for mention in _mentions_in(reading.cells(place), column, mentions)
    )


def _mentions_in(cells: Sequence[Cell], column: Column, mentions: MissedMentions) -> Iterator[StatusMention]:
    first = cells[:PROBE]
    texts = [
        cell for cell in (set(cells) if len(set(first)) < len(first) else cells) if isinstance(cell, str)
    ]
    worth_a_look = _texts_containing(
        _texts_containing(texts, mentions.stems, str.lower), mentions.needles, plain
    )
    found = {text: words for text in worth_a_look if (words := mentions.first_in(text))}
    if not found:
        return
    places: dict[str, list[int]] = defaultdict(list)
    for place, cell in enumerate(cells):
        if isinstance(cell, str) and cell in found:
            places[found[cell].casefold()].append(place)
    for words, rows in places.items():
        yield StatusMention(column, words, np.array(rows, dtype=np.int64))


def _texts_containing(
    texts: Sequence[str], words: Sequence[str], shown_as: Callable[[str], str]
) -> list[str]:
    """Return the texts that contain one of some words. All are searched at once, which is fast if few match."""
    together = shown_as(BETWEEN.join(texts))
    if not any(word in together for word in words):
        return []
    if together.count(BETWEEN) != len(texts) - 1:  # one of the texts contains the separator
        return list(texts)
    ends = [*accumulate(len(text) + 1 for text in together.split(BETWEEN))]
    hits = set()
    for word in words:
        at = together.find(word)
        while at >= 0:
            number = bisect_right(ends, at)
            hits.add(number)
            at = together.find(word, ends[number])
    return [texts[number] for number in sorted(hits)]

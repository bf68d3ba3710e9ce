"""Rows that a report prints on its pages: page numbers, who printed it, and repeated headings."""

import re
from collections.abc import Sequence

from server.billing.names import fold
from server.sheets.appointment_log.undated_rows import AMOUNT_FIELDS, WORD_FIELDS, Line, LogTable, says_a_day

_PAGE = re.compile(r"(?:page|pg\.?)\s*[:#|]?\s*\d+(?:\s*(?:of|/)\s*\d+)?", re.IGNORECASE)
_BARE_PAGE = re.compile(r"\d+\s+(?:of|/)\s+\d+|-\s*\d+\s*-", re.IGNORECASE)
_FOOTER = re.compile(
    r"(?:printed|generated|exported|downloaded|created|produced|prepared|submitted|reviewed|approved|authorized|signed"
    r"|signature|report (?:generated|run|printed|date|created|end)|run (?:on|date|by)|print date|as of"
    r"|end of (?:report|list|log|page|file)|confidential|copyright|continued|powered by|disclaimer)(?:\W.*)?"
    r"|(?:©|\(c\)).*",
    re.IGNORECASE | re.DOTALL,
)

MOST_CELLS = 4
"""A footer has at most this many filled cells: "Page" and "1 of 1", "Printed on" and the date."""

LEAST_HEADINGS = 2
"""Cells that must equal their heading: a single one may be a word of the log."""


def is_footer(table: LogTable, line: Line) -> bool:
    """Return whether a row is a page number or names who printed the report."""
    if len(line.filled) > MOST_CELLS or table.words_at_home(line):
        return False
    texts = [line.texts[position] for position in line.filled]
    joined = " ".join(texts)
    if _PAGE.fullmatch(joined) or _BARE_PAGE.fullmatch(joined):
        return True
    if any(
        table.fields.get(position) in AMOUNT_FIELDS for position in line.filled if line.is_number(position)
    ):
        return False
    words = [position for position in line.words if table.fields.get(position) in WORD_FIELDS]
    return len(words) <= 1 and (_says_footer(line, words) or any(_PAGE.fullmatch(text) for text in texts))


def _says_footer(line: Line, words: Sequence[int]) -> bool:
    """Return whether a row begins with a footer's words, or has them next to a day; ``words`` may be a visit's."""
    said = [
        position
        for position in line.filled
        if _FOOTER.fullmatch(line.texts[position]) and (position not in words or " " in line.texts[position])
    ]
    others = [position for position in line.filled if position not in said]
    days = all(line.is_number(place) or says_a_day(line.cells[place], 1900) for place in others)
    return bool(said) and (said[0] == line.filled[0] or days)


def repeats_headings(table: LogTable, line: Line) -> bool:
    """Return whether most filled cells of a row, or all that are read, equal the heading of their own column."""
    equal = [
        position
        for position in line.filled
        if (said := fold(line.texts[position])) and said == fold(table.heading(position))
    ]
    if set(table.fields) <= set(equal):
        return True
    at_home = table.words_at_home(line)
    if len(line.filled) < LEAST_HEADINGS:
        return bool(equal) and not at_home
    return len(equal) >= LEAST_HEADINGS and 2 * len(equal) > len(line.filled) and not {*at_home} - {*equal}

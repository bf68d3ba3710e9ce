"""Tables below a log: visits per provider, pay per service, counts of statuses.

Such a table follows a blank row, has no day in the date column and fewer columns than the log, and its cells do not
fit the columns they are in. A row that could be a visit without a date is never read as part of a table.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from server.sheets.appointment_log.page_footers import is_footer
from server.sheets.appointment_log.total_rows import says_total
from server.sheets.appointment_log.undated_rows import AMOUNT_FIELDS, WORD_FIELDS, Line, LogTable

LEAST_ROWS = 2
MOST_CELLS = 8


def summary_rows(table: LogTable) -> set[int]:
    """Return the rows of the tables below the log."""
    last = table.sheet.height - 1
    tail: list[Line] = []
    for place in reversed(table.undated):
        if place != last - len(tail):
            break
        tail.append(table.line(place))
    found: set[int] = set()
    for number, block in enumerate(_blocks(tail[::-1])):
        follows_blank = number > 0 or not tail[-1].filled
        if follows_blank and _is_summary(table, block):
            found.update(line.place for line in block)
    return found


def _blocks(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Yield the blocks of filled rows between blank rows."""
    for filled, block in groupby(lines, lambda line: bool(line.filled)):
        if filled:
            yield list(block)


def _is_summary(table: LogTable, block: Sequence[Line]) -> bool:
    wide = [line for line in block if len(line.filled) > 1]
    headings = sum(bool(table.heading(position)) for position in range(len(table.sheet.columns)))
    if len(wide) < LEAST_ROWS or any(table.is_visit(line) for line in block):
        return False
    if any(len(line.filled) >= min(headings, MOST_CELLS + 1) for line in wide):
        return False
    own_header = wide[0].words == list(wide[0].filled) and not table.words_at_home(wide[0])
    body = wide[1:] if own_header else wide
    plain = [line for line in body if not (_has_total(line) or is_footer(table, line))]
    return bool(plain) and all(_is_out_of_place(table, line, own_header=own_header) for line in plain)


def _has_total(line: Line) -> bool:
    return any(says_total(line.texts[position]) for position in line.words)


def _is_out_of_place(table: LogTable, line: Line, *, own_header: bool) -> bool:
    """Return whether the cells of a row do not fit the log's columns, so that it cannot be a visit."""
    words, numbers = line.words, [position for position in line.filled if line.is_number(position)]
    in_words = [position for position in words if table.fields.get(position) in WORD_FIELDS]
    if not numbers or len(in_words) > 1:
        return False
    if any(table.fields.get(p) in WORD_FIELDS and not table.holds_numbers(p) for p in numbers):
        return True
    under_dates = [position for position in words if table.fields.get(position) == "date"]
    named = own_header or all(table.known.has_anywhere(line.texts[position]) for position in under_dates)
    misplaced = (
        (under_dates and named)
        or any(table.fields.get(position) == "date" for position in numbers)
        or any(table.fields.get(position) in AMOUNT_FIELDS for position in words)
    )
    return bool(misplaced) and not in_words

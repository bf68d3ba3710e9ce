"""Totals rows of a log: how they are recognized, and whether they agree with the rows above them.

A row is a total if it has only a label and numbers, or if its amounts are the sums of the rows above it. A visit whose
service or note begins with "Total" is neither.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from server.billing.money import THOUSAND, dollars
from server.billing.payroll.appointment_log import Amounts
from server.errors.finding_facts import FindingFacts
from server.errors.log_column_findings import TotalMismatch, TotalVerified
from server.sheets.appointment_log.column_sums import ColumnSums, Ints, thousandths_in
from server.sheets.appointment_log.group_rows import GroupRow
from server.sheets.appointment_log.undated_rows import AMOUNT_FIELDS, WORD_FIELDS, Line, LogTable, says_a_day
from server.sheets.cells import Unreadable, number_in
from server.sheets.durations import minutes_of
from server.sheets.sheet import Cell

_KIND = r"(?:grand|sub|page|report|day|daily|week|weekly|month|monthly|period|running|overall|clinic)"
_PLAIN = re.compile(rf"(?:{_KIND}[\s-]*)?totals?\s*[:=]?", re.IGNORECASE)
_LOOSE = re.compile(rf"(?:{_KIND}[\s-]*)?totals?\b.*", re.IGNORECASE | re.DOTALL)
_GROUP = re.compile(
    r"(?P<group>.*\S)\s+(?:(?P<sum>(?:sub)?totals?)|count|average|max|min|sum|product|stddevp?|varp?)\s*:?",
    re.IGNORECASE | re.DOTALL,
)
"""The labels that Excel's Data > Subtotal writes: "Jane Smith Total", "EX-101 Count", "Grand Average"."""

_MAY_LABEL = re.compile(r"total|count|average|max|min|sum|product|stddev|var", re.IGNORECASE)

ABOVE = -1
"""A span that starts after this row has all rows above a totals row."""


@dataclass(frozen=True, slots=True, eq=False)
class Span:
    """Rows that a total may cover: the appointments after a row, or those of a group."""

    since: int = ABOVE
    group: Ints | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """The text of a cell that makes its row a total.

    ``group`` is the group it totals, "" for all rows; ``is_sum`` is False for counts, averages and the like;
    ``is_certain`` is False for words that a visit could have in that column.
    """

    position: int
    group: str = ""
    is_sum: bool = True
    is_certain: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class TotalsRow:
    """A totals row with the spans it may cover, the likeliest last. ``column`` is the column of its label."""

    place: int
    column: int | None
    is_sum: bool
    spans: tuple[Span, ...]


def says_total(text: str) -> bool:
    """Return whether a text could be the label of a totals row."""
    return bool(_LOOSE.fullmatch(text) or _GROUP.fullmatch(text))


def label_of(table: LogTable, sums: ColumnSums, line: Line, position: int) -> Label | None:
    """Return a cell's label of a total, ``None`` for a word that is known in its column."""
    text, name = line.texts[position], table.fields.get(position, "")
    if table.is_at_home(position, line.cells[position]) or line.is_number(position):
        return None
    if _PLAIN.fullmatch(text):
        return Label(position)
    if match := _GROUP.fullmatch(text):
        group = match["group"].rstrip(" -:")
        is_group = group.casefold() == "grand" or table.known.has_anywhere(group)
        is_group = is_group or len(sums.rows_with_text(position, group, line.place)) > 0
        if name == "date":
            is_group = is_group or says_a_day(group, table.sheet.date_system)
        if is_group or match["sum"]:
            return Label(position, group, bool(match["sum"]), is_group or name not in WORD_FIELDS)
    if _LOOSE.fullmatch(text):
        return Label(position, is_certain=name not in WORD_FIELDS)
    return None


def totals_row(
    table: LogTable,
    sums: ColumnSums,
    line: Line,
    before: Sequence[TotalsRow],
    groups: Sequence[GroupRow],
) -> TotalsRow | None:
    """Return a row as a total, ``None`` if it may be a visit.

    ``before`` are the totals rows above it, ``groups`` the rows above it that name a provider.
    """
    if not _MAY_LABEL.search(" ".join(line.texts)) and line.words:
        return None
    found = [label_of(table, sums, line, position) for position in line.filled]
    labels = [label for label in found if label]
    marked = {label.position for label in labels}
    at_home = table.words_at_home(line)
    numbers = [p for p in line.filled if p not in marked and p not in at_home and line.is_number(p)]
    rest = [p for p in line.filled if p not in marked and p not in numbers]
    column = _column(labels)
    alike = next(([row.place] for row in reversed(before) if row.column == column), [])
    begun = [group.place for group in groups[-1:]]
    total = _total(sums, line, labels, [*(row.place for row in before[-1:]), *alike, *begun])
    if labels and not rest and (any(label.is_certain for label in labels)):
        return total
    words = [p for p in rest if table.fields.get(p) in WORD_FIELDS]
    may_be_one = len(words) < len(WORD_FIELDS) - 1 if labels else not rest
    return total if may_be_one and _adds_up(table, sums, line, numbers, total) else None


def _column(labels: Sequence[Label]) -> int | None:
    return min(labels, key=lambda label: not label.group).position if labels else None


def _total(sums: ColumnSums, line: Line, labels: Sequence[Label], since: Sequence[int]) -> TotalsRow:
    """Return a row as a total over the rows after given rows, over all rows above it, or over its group."""
    spans = [Span(place) for place in dict.fromkeys([*since, ABOVE])]
    label = min(labels, key=lambda label: not label.group, default=Label(-1))
    if label.group:
        members = sums.rows_with_text(label.position, label.group, line.place)
        spans.append(Span(group=members) if len(members) else spans[-2 if since else -1])
    return TotalsRow(line.place, _column(labels), label.is_sum, tuple(spans))


def _adds_up(table: LogTable, sums: ColumnSums, line: Line, numbers: Sequence[int], total: TotalsRow) -> bool:
    """Return whether the amounts of a row are the sums of the same rows above it."""
    try:
        stated = {position: thousandths_in(line.cells[position]) for position in numbers}
    except Unreadable:
        return False
    if not any(stated[place] for place in numbers if table.fields.get(place) in AMOUNT_FIELDS):
        return False
    counts = {place for place in numbers if table.fields.get(place, AMOUNT_FIELDS[0]) not in AMOUNT_FIELDS}
    return any(
        all(
            stated[place] == (_count(sums, span, line) if place in counts else _sum(sums, span, line, place))
            for place in numbers
        )
        for span in total.spans
    )


def _count(sums: ColumnSums, span: Span, line: Line) -> int:
    """Return how many rows a span has, which is all that a total can show under dates and words."""
    return (
        len(span.group) if span.group is not None else sums.count_between(span.since, line.place)
    ) * THOUSAND


def _sum(sums: ColumnSums, span: Span, line: Line, position: int) -> int:
    if span.group is not None:
        return sums.over(position, span.group)
    return sums.between(position, span.since, line.place)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a totals row, by its position in the used part, agrees with the rows above it."""

    what: FindingFacts
    row: int


@dataclass(frozen=True, slots=True)
class StatedTotal:
    """A totals row, with its cell in one column and the cell's number format."""

    row: TotalsRow
    cell: Cell
    number_format: str | None


def verify_totals(
    totals: Sequence[StatedTotal], appointments: Sequence[int], amounts: Amounts, field: str
) -> Iterator[Verdict]:
    """Compare each stated sum of a column with the rows it may cover."""
    if not totals:
        return
    places, running = np.array(appointments), np.concatenate(([0], np.cumsum(amounts.values)))
    for total in totals:
        stated = _stated_total(total.cell, total.number_format, field) if total.row.is_sum else None
        if stated is None:
            continue
        until = running[bisect_left(appointments, total.row.place)]
        found = [
            int(amounts.values[np.searchsorted(places, span.group)].sum())
            if span.group is not None
            else int(until - running[bisect_left(appointments, span.since)])
            for span in total.row.spans
        ]
        yield Verdict(_about_total(stated, found, field), total.row.place)


def _about_total(stated: int, found: Sequence[int], field: str) -> FindingFacts:
    if stated in found:
        return TotalVerified()
    return TotalMismatch(stated=_number_in_words(stated, field), sum=_number_in_words(found[-1], field))


def _stated_total(cell: Cell, number_format: str | None, field: str) -> int | None:
    """Return the value of a totals cell in cents or thousandths, of any size."""
    try:
        if field == "minutes":
            return minutes_of(cell, number_format)
        number = number_in(cell)
        scaled = None if number is None else number * (100 if field.endswith("_cents") else THOUSAND)
        return None if scaled is None or abs(scaled - round(scaled)) * THOUSAND > 1 else round(scaled)
    except Unreadable:
        return None


def _number_in_words(value: int, field: str) -> str:
    return dollars(value) if field.endswith("_cents") else f"{value / THOUSAND:g}"

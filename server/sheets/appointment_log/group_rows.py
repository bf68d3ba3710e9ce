"""Rows that name a provider above the provider's rows: "Provider: Jane Smith", or a name alone.

The rows below that have a blank provider cell get this provider, until the next such row or a totals row. An unknown
name alone also ends the group above it, so that no visit is paid to the wrong person. In a report that begins with
such a name, a row that names another provider blocks: the provider in the row may be a supervisor.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from server.errors import Finding, count_of, row_stretches
from server.errors.log_row_findings import GroupRows, MixedGroupRows
from server.sheets.appointment_log.column_layout import GroupNames
from server.sheets.appointment_log.heading_synonyms import WHOLE, fold_heading
from server.sheets.appointment_log.undated_rows import KnownWords, Line, LogTable
from server.sheets.cells import text_of
from server.sheets.sheet import Cell, Sheet

MOST_CELLS = 4
"""A group row has at most this many filled cells: a label, a name, an ID."""

TITLE = -1
"""The row position of a name in the title, which applies to the whole sheet."""

_OTHER_LABELS = {
    "location", "office", "facility", "department", "dept", "site", "room", "week", "weekof", "period", "payperiod",
    "note", "notes", "payer", "insurance", "month", "program", "team",
}  # fmt: skip
"""Folded labels of group rows that do not name a person."""


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A row that names the provider of the rows below it, as spelled in the sheet; ``None`` if it ends a group."""

    place: int
    provider: str | None


def labelled_provider(texts: Sequence[str], known: KnownWords) -> str | None:
    """Return the provider that a row names after a label, as in "Provider: Jane Smith"."""
    if not texts or len(texts) > MOST_CELLS:
        return None
    label, colon, value = texts[0].partition(":")
    if WHOLE.get(fold_heading(label)) != "provider":
        return None
    rest = texts[1:]
    if colon and value.strip():
        return value.strip() if all(":" in text for text in rest) else None
    if len(rest) == 1 and (colon or known.has("provider", rest[0])):
        return rest[0]
    return None


def provider_above(table: LogTable, line: Line, *, inside: bool) -> str | None:
    """Return the provider a row names for the rows below it, ``None`` for any other row.

    ``inside``: the row is below another group row, so that a text alone may be the name of an unknown provider.
    """
    texts = [line.texts[position] for position in line.filled]
    if (named := labelled_provider(texts, table.known)) is not None:
        return named
    if len(line.filled) != 1 or line.is_number(line.filled[0]):
        return None
    if table.known.has("provider", texts[0]):
        return texts[0]
    return texts[0] if inside and not (_is_title(table, line) or _names_another_field(texts[0])) else None


def _is_title(table: LogTable, line: Line) -> bool:
    """Return whether a text alone is also above the headings, as a report's title is."""
    above = {text_of(cell) for column in table.sheet.columns for cell in column[: table.layout.header]}
    return line.texts[line.filled[0]] in above


def _names_another_field(text: str) -> bool:
    label, colon, _ = text.partition(":")
    key = fold_heading(label)
    return bool(colon) and (WHOLE.get(key, "provider") != "provider" or key in _OTHER_LABELS)


def title_provider(sheet: Sheet, header: int, known: KnownWords) -> str | None:
    """Return the provider that a row above the headings names for the whole sheet."""
    found = None
    for place in range(header):
        texts = [text for column in sheet.columns if (text := text_of(column[place]))]
        found = labelled_provider(texts, known) or found
    return found


def names_below(sheet: Sheet, header: int, known: KnownWords) -> GroupNames:
    """Return whether rows, or the title, name the provider in a sheet without a provider column."""
    if title_provider(sheet, header, known) is not None:
        return GroupNames.LABELED
    found = GroupNames.NONE
    for column in sheet.columns:
        below = column[header + 1 :]
        for cell in {cell for cell in below if isinstance(cell, str) and _may_name(cell.strip(), known)}:
            place = header + 1 + below.index(cell)
            texts = [said for other in sheet.columns if (said := text_of(other[place]))]
            if labelled_provider(texts, known) is not None:
                return GroupNames.LABELED
            if len(texts) == 1 and known.has("provider", texts[0]):
                found = GroupNames.LONE
    return found


def _may_name(text: str, known: KnownWords) -> bool:
    return known.has("provider", text) or WHOLE.get(fold_heading(text.partition(":")[0])) == "provider"


def providers_of(appointments: Sequence[int], groups: Sequence[GroupRow]) -> list[str | None]:
    """Return for each appointment the provider of its group; ``groups`` are in sheet order."""
    found: list[str | None] = []
    current, at = None, 0
    for place in appointments:
        while at < len(groups) and groups[at].place < place:
            current = groups[at].provider
            at += 1
        found.append(current)
    return found


def rows_of_other_provider(
    cells: Sequence[Cell], providers: Sequence[str | None], known: KnownWords
) -> dict[tuple[str, str], list[int]]:
    """Return (provider in the row, provider named above) -> the rows where the two differ."""
    found: dict[tuple[str, str], list[int]] = {}
    for place, (cell, above) in enumerate(zip(cells, providers, strict=True)):
        if above and (own := text_of(cell)) and known.are_two("provider", own, above):
            found.setdefault((own, above), []).append(place)
    return found


def fill_providers(cells: Sequence[Cell], providers: Sequence[str | None]) -> tuple[list[Cell], list[int]]:
    """Return a provider column with its blanks filled from the groups, and the positions that were filled."""
    filled = [
        place
        for place, (cell, provider) in enumerate(zip(cells, providers, strict=True))
        if provider and (cell is None or not text_of(cell))
    ]
    column = list(cells)
    for place in filled:
        column[place] = providers[place]
    return column, filled


def _begins_with_name(appointments: Sequence[int], groups: Sequence[GroupRow]) -> bool:
    """Return whether a name is above the first visit, as in a report by provider. A name further down may be a stray
    cell.
    """
    return bool(groups and appointments and groups[0].provider and groups[0].place < appointments[0])


@dataclass(frozen=True, slots=True)
class GroupedProviders:
    """The provider of each appointment: its own cell, else its group's.

    ``source`` describes where the groups' names are, "" if no group names a provider. ``against`` maps (provider in
    the row, provider named above) to the rows where the two differ: only staff can say whose visits they are.
    """

    cells: Sequence[Cell]
    against: Mapping[tuple[str, str], Sequence[int]]
    source: str = ""
    findings: Sequence[Finding] = ()


def read_groups(
    sheet: Sheet,
    appointments: Sequence[int],
    groups: Sequence[GroupRow],
    cells: Sequence[Cell] | None,
    known: KnownWords,
) -> GroupedProviders:
    """Fill blank cells of the provider column from the groups, with findings. ``cells`` is ``None`` without one."""
    own: list[Cell] = [None] * len(appointments) if cells is None else list(cells)
    providers = providers_of(appointments, groups)
    against = rows_of_other_provider(own, providers, known) if _begins_with_name(appointments, groups) else {}
    column, filled = fill_providers(own, providers)
    for place in chain.from_iterable(against.values()):
        column[place] = None
    if not filled:
        return GroupedProviders(column, against)
    places = [sheet.top + group.place for group in groups if group.provider and group.place != TITLE]
    source = row_stretches(places) if places else "the title"
    is_mixed = any(text_of(cell) for cell in own)
    kind = MixedGroupRows if is_mixed else GroupRows
    facts = kind(visits=count_of(len(filled), "row"), where=source)
    return GroupedProviders(column, against, source, [Finding(facts, sheet.name)])

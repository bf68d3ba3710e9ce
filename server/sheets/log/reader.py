"""An appointment log read from the sheet in front of the biller.

From raw cells to an AppointmentLog: the header found, columns matched, page furniture left
out, every cell read strictly. Nothing is decided here, and nothing is guessed: what is
unclear is asked, what is unreadable is listed with its cell.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from server.billing.clinic import CountsAs, ImportProfile, Setup
from server.billing.log import (
    Amounts,
    AppointmentLog,
    Column,
    MergedAmount,
    StatusFlag,
    UnreadableCells,
    Words,
)
from server.billing.matching import spellings
from server.billing.money import THOUSAND
from server.billing.names import fold
from server.billing.payroll import LogFacts
from server.billing.statuses import NO, YES, meanings
from server.errors import EmptySheet, Finding
from server.sheets import a1
from server.sheets.cells import (
    Numbers,
    cents_of,
    is_time_format,
    minutes_of,
    read_numbers,
    text_of,
    thousandths_of,
)
from server.sheets.dates import read_days
from server.sheets.hidden import hidden_rows
from server.sheets.log.columns import Fit, Layout, column_of, lay_out
from server.sheets.log.group_rows import GroupedProviders, names_below, read_groups, title_provider
from server.sheets.log.headings import BY_NAME
from server.sheets.log.ids import are_sound, is_damaged, with_zeros
from server.sheets.log.merged_cells import MergedCells, fill_merged_words, merged_amounts, unclear_merged_rows
from server.sheets.log.page_furniture import about_furniture
from server.sheets.log.rows import TOTALS, Rows, tell_apart
from server.sheets.log.surplus_cells import read_surplus
from server.sheets.log.totals import StatedTotal, verify_totals
from server.sheets.log.undated_rows import KnownWords, LogTable
from server.sheets.log.words import read_words
from server.sheets.questions import Choice, Question, Unanswered
from server.sheets.sheet import Cell, Sheet


@dataclass(slots=True)
class Reading:
    """A log being read: where things stand, its appointment rows, and what was found on the way."""

    sheet: Sheet
    layout: Layout
    columns: Sequence[Sequence[Cell]]
    rows: Rows
    findings: list[Finding] = field(default_factory=list)
    unreadable: list[UnreadableCells] = field(default_factory=list)
    merged_amounts: list[MergedAmount] = field(default_factory=list)
    providers: GroupedProviders | None = None

    def read_doubtful_rows(self, merged: MergedCells) -> None:
        """Note the rows that cannot be trusted as they stand: cells without a heading, amounts merged over rows."""
        unreadable, findings = read_surplus(self.sheet, self.layout, self.cells)
        self.unreadable.extend(unreadable)
        self.findings.extend(findings)
        if merged.blocks:
            places = {row: place for place, row in enumerate(self.rows.appointments)}
            self.merged_amounts = merged_amounts(self.sheet, self.layout, merged, places)
            self.unreadable.extend(unclear_merged_rows(self.sheet, self.layout, merged, places))

    def name_providers(self, known: KnownWords) -> None:
        """Read the providers that rows above the visits name for them."""
        position = next(iter(self.layout.columns.get("provider", ())), None)
        title = title_provider(self.sheet, self.layout.header, known) if position is None else None
        if self.rows.named or title:
            cells = None if position is None else self.cells(position)
            rows = self.rows
            self.providers = read_groups(self.sheet, rows.appointments, rows.groups, cells, title)
            self.findings.extend(self.providers.findings)

    def cells(self, position: int) -> Sequence[Cell]:
        """Return a column's cells in the appointment rows."""
        column = self.columns[position]
        rows = self.rows.appointments
        if rows and len(rows) == rows[-1] - rows[0] + 1:
            return column[rows[0] : rows[-1] + 1]
        return [column[row] for row in rows]

    def doubt(
        self, name: str, position: int, cells: Sequence[Cell], wrong: Mapping[str, Sequence[int]]
    ) -> None:
        """Note unreadable cells, one note for each value they show."""
        column = column_of(self.sheet, self.layout, position)
        for code, places in wrong.items():
            by_value: dict[str, list[int]] = defaultdict(list)
            for place in places:
                by_value[text_of(cells[place])].append(place)
            for value, found in by_value.items():
                self.unreadable.append(UnreadableCells(code, name, column, value, tuple(found)))


def read_log(
    sheet: Sheet, workbook: str, setup: Setup, profile: ImportProfile, answers: Mapping[str, str]
) -> tuple[AppointmentLog, ImportProfile]:
    """Read an appointment log; return it with what was learned about the clinic's logs.

    Raises EmptySheet, HeaderNotFound, MissingColumn, or Unanswered with a form to fill in.
    """
    if not any(text_of(cell) for column in sheet.columns for cell in column):
        raise EmptySheet(sheet.name)
    known = KnownWords.of(setup)
    layout = lay_out(
        sheet, profile, answers, _fits(sheet, setup), lambda header: names_below(sheet, header, known)
    )
    merged = fill_merged_words(sheet, layout)
    rows = tell_apart(LogTable(sheet, layout, merged.columns, known))
    if not rows.appointments:
        raise EmptySheet(sheet.name)
    reading = Reading(sheet, layout, merged.columns, rows, list(merged.findings))
    reading.read_doubtful_rows(merged)
    reading.name_providers(known)
    amounts = _amounts(reading)
    words = _words(reading)
    days = _days(reading)
    flags = tuple(_flag(reading, position, yes) for position, yes in layout.flags.items())
    _about_the_sheet(reading)
    log = AppointmentLog(
        _facts(reading, workbook),
        np.array(rows.appointments, dtype=np.int64) + sheet.top,
        days,
        words,
        amounts,
        flags,
        {name: column_of(sheet, layout, found[0]) for name, found in layout.columns.items()},
        tuple(reading.unreadable),
        tuple(reading.findings),
        tuple(reading.merged_amounts),
    )
    return log, layout.learned


def _fits(sheet: Sheet, setup: Setup) -> dict[str, Fit]:
    """Return for the fields that can be asked about how much of some cells makes sense as one."""

    def among(known: Mapping[str, object]) -> Fit:
        return lambda cells: sum(fold(text_of(cell)) in known for cell in cells) / max(1, len(cells))

    def dates(cells: Sequence[Cell]) -> float:
        read = read_days(cells, sheet.date_system, "mdy")
        return float(read.given.sum()) / max(1, len(cells))

    statuses = meanings(setup.statuses)
    return {
        "date": dates,
        "provider": among(spellings(setup.providers)),
        "service": among(spellings(setup.services)),
        "status": among(statuses),
    }


def _amounts(reading: Reading) -> dict[str, Amounts]:
    """Read the number columns; several columns of one field are summed, row by row."""
    found = {}
    for name in ("units", "minutes", "charge_cents", "collected_cents"):
        positions = reading.layout.columns.get(name, ())
        columns = [_numbers(reading, name, position) for position in positions]
        if columns:
            values = np.sum([numbers.values for numbers in columns], axis=0)
            given = np.any([numbers.given for numbers in columns], axis=0)
            wrong = np.any([numbers.unreadable for numbers in columns], axis=0)
            for merged in reading.merged_amounts:
                wrong[list(merged.positions)] |= merged.field == name
            found[name] = Amounts(np.where(wrong, 0, values), given & ~wrong)
            if len(positions) == 1:  # the totals of summed columns are not one cell
                _verify_totals(reading, positions[0], found[name], name)
    return found


def _verify_totals(reading: Reading, position: int, amounts: Amounts, name: str) -> None:
    column = column_of(reading.sheet, reading.layout, position)
    totals = [
        StatedTotal(
            total, reading.columns[position][total.place], reading.sheet.format_at(position, total.place)
        )
        for total in reading.rows.totals
    ]
    for verdict in verify_totals(totals, reading.rows.appointments, amounts, name):
        where = (verdict.row + reading.sheet.top,)
        reading.findings.append(
            Finding(verdict.code, reading.sheet.name, where, column.position, column.heading, verdict.facts)
        )


def _numbers(reading: Reading, name: str, position: int) -> Numbers:
    cells = reading.cells(position)
    if name.endswith("_cents"):
        numbers = read_numbers(cells, 100, cents_of)
    elif name == "minutes":
        number_format = reading.sheet.format_at(position, reading.rows.appointments[0])
        scale = THOUSAND * (24 * 60 if is_time_format(number_format) else 1)
        numbers = read_numbers(cells, scale, lambda cell: minutes_of(cell, number_format))
    else:
        numbers = read_numbers(cells, THOUSAND, thousandths_of)
    reading.doubt(name, position, cells, numbers.wrong)
    return numbers


def _words(reading: Reading) -> dict[str, Words]:
    """Read the text columns, each spelling once."""
    found = {}
    for name in ("appointment", "provider", "provider_id", "service", "status", "patient", "clinic"):
        for position in reading.layout.columns.get(name, ())[:1]:
            cells = reading.cells(position)
            wrong: dict[str, list[int]] = defaultdict(list)
            if name == "appointment":
                cells = _ids(reading, position, cells, wrong)
            elif name == "provider" and reading.providers:
                cells = reading.providers.cells
            found[name] = read_words(cells, wrong)
            reading.doubt(name, position, cells, wrong)
    if reading.providers and "provider" not in found:
        found["provider"] = read_words(reading.providers.cells, defaultdict(list))
    return found


def _ids(
    reading: Reading, position: int, given: Sequence[Cell], wrong: dict[str, list[int]]
) -> Sequence[Cell]:
    """Return IDs as text, zeros shown by a format put back, lost digits noted (DOMAIN 8.31)."""
    if are_sound(given):
        return given
    cells = list(given)
    for place, cell in enumerate(cells):
        if is_damaged(cell):
            wrong["damaged-id"].append(place)
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            row = reading.rows.appointments[place]
            cells[place] = with_zeros(cell, reading.sheet.format_at(position, row))
    return cells


def _days(reading: Reading) -> Amounts:
    """Read the dates of service, asking for the order where the column cannot tell (DOMAIN 8.16)."""
    position = reading.layout.columns["date"][0]
    cells = reading.cells(position)
    days = read_days(cells, reading.sheet.date_system, reading.layout.learned.date_order)
    if days.order or not days.undecided:
        reading.doubt("date", position, cells, days.wrong | {"ambiguous-date": list(days.undecided)})
        return Amounts(days.values, days.given)
    column = column_of(reading.sheet, reading.layout, position)
    shown = text_of(cells[days.undecided[0]])
    why = f"In “{column.heading}”, is {shown} month first or day first? No date of the column settles it."
    choices = (Choice("mdy", "Month first (US)"), Choice("dmy", "Day first"))
    rows = [reading.sheet.top + reading.rows.appointments[place] for place in days.undecided]
    facts = {"question": why}
    finding = Finding("column-question", reading.sheet.name, rows, column.position, column.heading, facts)
    raise Unanswered([Question("date_order", why, choices, "mdy")], [finding])


def _flag(reading: Reading, position: int, yes: CountsAs) -> StatusFlag:
    """Read a yes/no column; "no" is attended where "yes" is not, and the other way round (DOMAIN 8.12)."""
    wrong: dict[str, list[int]] = defaultdict(list)
    cells = reading.cells(position)
    words = read_words(cells, wrong)
    reading.doubt("status", position, cells, wrong)
    no = CountsAs.NO_SHOW if yes is CountsAs.ATTENDED else CountsAs.ATTENDED
    answers = dict.fromkeys(YES, yes) | dict.fromkeys(NO, no)
    said = {value: answers[key] for value in words.values if (key := fold(value) or value) in answers}
    column = column_of(reading.sheet, reading.layout, position)
    counts = dict.fromkeys((yes, no), 0)
    for value, count in zip(words.values, np.bincount(words.codes[~words.blank]).tolist(), strict=True):
        if value in said:
            counts[said[value]] += count
    facts = {
        "heading": column.heading,
        "yes": yes,
        "no": no,
        "yes_count": counts[yes],
        "no_count": counts[no],
    }
    row = reading.sheet.top + reading.layout.header
    reading.findings.append(
        Finding("polarity", reading.sheet.name, (row,), column.position, column.heading, facts)
    )
    return StatusFlag(column, words, said)


def _about_the_sheet(reading: Reading) -> None:
    """Say what was left out or put together, so that nothing is silent."""
    sheet, rows = reading.sheet, reading.rows
    reading.findings.extend(hidden_rows(sheet.name, _hidden(reading), sheet.hidden_rows))
    reading.findings.extend(about_furniture(sheet, rows, reading.findings))
    for name, found in reading.layout.columns.items():
        if len(found) > 1:
            columns = " + ".join(_described(reading, position) for position in found)
            facts = {"field": BY_NAME[name].heading, "columns": columns}
            column = column_of(sheet, reading.layout, found[0])
            row = sheet.top + reading.layout.header
            reading.findings.append(
                Finding("summed-columns", sheet.name, (row,), column.position, column.heading, facts)
            )


def _hidden(reading: Reading) -> list[int]:
    """Return the Excel rows of the appointments that are hidden or filtered."""
    hidden = set(reading.sheet.hidden_rows)
    return (
        [row for place in reading.rows.appointments if (row := place + reading.sheet.top) in hidden]
        if hidden
        else []
    )


def _described(reading: Reading, position: int) -> str:
    column: Column = column_of(reading.sheet, reading.layout, position)
    return f"{column.heading} (column {a1.cell(column.position, None)})"


def _facts(reading: Reading, workbook: str) -> LogFacts:
    sheet, rows, layout = reading.sheet, reading.rows, reading.layout
    read_from = {
        BY_NAME[name].heading: " + ".join(_described(reading, position) for position in found)
        for name, found in layout.columns.items()
    }
    for position, yes in layout.flags.items():
        read_from["Status"] = f"{_described(reading, position)}, Yes = {yes}"
    if reading.providers and reading.providers.source:
        names = f"the names above the visits ({reading.providers.source})"
        cells = " + ".join(filter(None, (read_from.get("Provider"), names)))
        read_from["Provider"] = cells
    above = [row for row in range(layout.header) if any(text_of(column[row]) for column in reading.columns)]
    return LogFacts(
        workbook,
        sheet.name,
        sheet.top + layout.header,
        len(above),
        len(rows.repeated),
        sum(total.is_sum for total in rows.totals),
        len(rows.blank),
        len(_hidden(reading)),
        read_from,
        sheet.date_system,
        {kind: len(places) for kind, places in rows.furniture.items() if kind != TOTALS and places},
    )

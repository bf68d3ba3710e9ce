"""An appointment log read from the sheet in front of the biller.

From raw cells to an AppointmentLog: the header found, columns matched, page furniture left
out, every cell read strictly. Nothing is decided here, and nothing is guessed: what is
unclear is asked, what is unreadable is listed with its cell.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from server.billing.clinic import CountsAs, ImportProfile, Setup
from server.billing.log import (
    Amounts,
    AppointmentLog,
    Column,
    StatusFlag,
    UnreadableCells,
    Words,
)
from server.billing.matching import spellings
from server.billing.money import THOUSAND
from server.billing.names import fold
from server.billing.payroll import LogFacts
from server.billing.statuses import NO, YES, meanings
from server.errors import EmptySheet, Finding, counted, in_stretches
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
from server.sheets.log.appointment_numbers import ask_if_repeated, number_settled
from server.sheets.log.columns import Fit, Layout, column_of, lay_out
from server.sheets.log.headings import BY_NAME
from server.sheets.log.ids import DAMAGED, forget_damaged, ids_as_text
from server.sheets.log.rows import Rows, tell_apart
from server.sheets.log.totals import verify_totals
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
    log, learned = _read(sheet, workbook, setup, profile, answers)
    settled = number_settled(log, learned, answers)
    if settled is not None:
        return _read(sheet, workbook, setup, settled, answers)
    ask_if_repeated(log, learned)
    return log, learned


def _read(
    sheet: Sheet, workbook: str, setup: Setup, profile: ImportProfile, answers: Mapping[str, str]
) -> tuple[AppointmentLog, ImportProfile]:
    if not any(text_of(cell) for column in sheet.columns for cell in column):
        raise EmptySheet(sheet.name)
    layout = lay_out(sheet, profile, answers, _fits(sheet, setup))
    columns, merged = _fill_merged(sheet, layout)
    rows = tell_apart(layout, columns)
    if not rows.appointments:
        raise EmptySheet(sheet.name)
    reading = Reading(sheet, layout, columns, rows, merged)
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
        lambda place: tuple(column[rows.appointments[place]] for column in columns),
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


def _fill_merged(sheet: Sheet, layout: Layout) -> tuple[Sequence[Sequence[Cell]], list[Finding]]:
    """Give every row of a merged block its value (DOMAIN 8.28), with a finding for each block."""
    used = {position for found in layout.columns.values() for position in found}
    if not sheet.merged:
        return sheet.columns, []
    filled = {position: list(sheet.columns[position]) for position in used}
    findings = []
    for area in sheet.merged:
        first_column, first_row, _, last_row = a1.bounds(area)
        position, start = first_column - sheet.left, first_row - sheet.top
        end = min(last_row - sheet.top, sheet.height - 1)
        if position not in filled or not layout.header < start < end:
            continue
        column = filled[position]
        column[start : end + 1] = [column[start]] * (end + 1 - start)
        heading = text_of(column[layout.header])
        findings.append(
            Finding("merged-cells", sheet.name, (first_row,), first_column, heading, {"range": area})
        )
    return [filled.get(place, cells) for place, cells in enumerate(sheet.columns)], findings


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
            found[name] = Amounts(np.where(wrong, 0, values), given & ~wrong)
            if len(positions) == 1:  # the totals of summed columns are not one cell
                _verify_totals(reading, positions[0], found[name], name)
    return found


def _verify_totals(reading: Reading, position: int, amounts: Amounts, name: str) -> None:
    column = column_of(reading.sheet, reading.layout, position)
    for verdict in verify_totals(reading.columns[position], reading.rows, amounts, name):
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
            if name in DAMAGED:
                cells = ids_as_text(cells, partial(_format_of, reading, position), wrong[DAMAGED[name]])
            found[name] = read_words(cells, wrong)
            if name == "patient":
                found[name] = forget_damaged(found, wrong)
            reading.doubt(name, position, cells, wrong)
    return found


def _format_of(reading: Reading, position: int, place: int) -> str | None:
    return reading.sheet.format_at(position, reading.rows.appointments[place])


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
    if rows.repeated:
        facts = {
            "headers": counted(len(rows.repeated), "row"),
            "rows": in_stretches([row + sheet.top for row in rows.repeated]),
        }
        reading.findings.append(Finding("repeated-headers", sheet.name, facts=facts))
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
    above = [row for row in range(layout.header) if any(text_of(column[row]) for column in reading.columns)]
    return LogFacts(
        workbook,
        sheet.name,
        sheet.top + layout.header,
        len(above) + len(rows.remarks),
        len(rows.repeated),
        len(rows.totals),
        len(rows.blank),
        len(_hidden(reading)),
        read_from,
        sheet.date_system,
    )

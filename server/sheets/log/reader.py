"""An appointment log read from the sheet in front of the biller.

From raw cells to an AppointmentLog: the header found, columns matched, page furniture left
out, every cell read strictly. Nothing is decided here, and nothing is guessed: what is
unclear is asked, what is unreadable is listed with its cell.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from server.billing.clinic import ImportProfile, PayBasis, Setup
from server.billing.log import (
    Amounts,
    AppointmentLog,
    Column,
    Words,
)
from server.billing.matching import spellings
from server.billing.money import THOUSAND
from server.billing.names import fold
from server.billing.payroll import LogFacts
from server.billing.statuses import meanings
from server.errors import EmptySheet, Finding, counted, row_stretches, shown
from server.sheets import a1
from server.sheets.cells import (
    Numbers,
    cents_of,
    read_numbers,
    text_of,
    thousandths_of,
)
from server.sheets.dates import Days, count_dates, read_days
from server.sheets.hidden import hidden_rows
from server.sheets.log.appointment_numbers import ask_if_repeated, number_settled
from server.sheets.log.columns import DATE_ORDERS, column_of, lay_out
from server.sheets.log.date_column import asked_about, example_of, order_in_words, question_about
from server.sheets.log.flags import read_flag
from server.sheets.log.header_row import Fit
from server.sheets.log.headings import BY_NAME, Several
from server.sheets.log.ids import DAMAGED, forget_damaged, ids_as_text
from server.sheets.log.implied import about_columns, every_visit_attended, one_word, stand_ins, unread_columns
from server.sheets.log.layout import Layout
from server.sheets.log.open_questions import everything_asked
from server.sheets.log.reading import Reading
from server.sheets.log.rows import tell_apart
from server.sheets.log.totals import verify_totals
from server.sheets.log.visit_minutes import FIELDS, VisitMinutes, read_visit_minutes
from server.sheets.log.words import joined_words, read_words
from server.sheets.questions import Unanswered
from server.sheets.sheet import Cell, Sheet


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
    layout = lay_out(sheet, setup, profile, answers, _fits(sheet, setup))
    if layout.questions:
        raise everything_asked(
            sheet, setup, layout, lambda log, where: _asked_by_cells(log, where, setup, answers, profile)
        )
    reading = _begin(sheet, layout)
    amounts = _amounts(reading)
    minutes = _minutes(reading, setup, profile, answers)
    words = _words(reading)
    days, dates_read = _days(reading, answers, profile)
    flags = tuple(read_flag(reading, position, yes) for position, yes in layout.flags.items())
    if layout.all_attended:
        flags = (every_visit_attended(len(reading.rows.appointments)),)
    if layout.one_service:
        words["service"] = one_word(layout.one_service, len(reading.rows.appointments))
    _about_the_sheet(reading)
    log = AppointmentLog(
        replace(_facts(reading, workbook, minutes), dates_read=dates_read),
        np.array(reading.rows.appointments, dtype=np.int64) + sheet.top,
        Amounts(days.values, days.given),
        words,
        amounts | ({"minutes": minutes.amounts} if minutes else {}),
        flags,
        {
            name: column_of(sheet, layout, found[0])
            for name, found in layout.columns.items()
            if name not in FIELDS
        }
        | ({"minutes": minutes.column} if minutes else {}),
        tuple(reading.unreadable),
        tuple(reading.findings),
        lambda place: tuple(column[reading.rows.appointments[place]] for column in reading.columns),
    )
    return log, minutes.learned if minutes else layout.learned


def _begin(sheet: Sheet, layout: Layout) -> Reading:
    """Return a log with its rows sorted, and no cell read yet."""
    columns, merged = _fill_merged(sheet, layout)
    rows = tell_apart(layout, columns)
    if not rows.appointments:
        raise EmptySheet(sheet.name)
    return Reading(sheet, layout, columns, rows, [*layout.remarks, *merged])


def _asked_by_cells(
    sheet: Sheet, layout: Layout, setup: Setup, answers: Mapping[str, str], profile: ImportProfile
) -> list[Unanswered]:
    """Return what reading the cells of a layout asks for."""
    try:
        reading = _begin(sheet, layout)
    except EmptySheet:
        return []
    forms = []
    steps: tuple[Callable[[], object], ...] = (
        lambda: _days(reading, answers, profile),
        lambda: _amounts(reading),
        lambda: _minutes(reading, setup, profile, answers),
    )
    for read in steps:
        try:
            read()
        except Unanswered as asked:
            forms.append(asked)
    return forms


def _fits(sheet: Sheet, setup: Setup) -> dict[str, Fit]:
    """Return for the fields that can be asked about how much of some cells makes sense as one."""

    def among(known: Mapping[str, object]) -> Fit:
        return lambda cells: sum(fold(text_of(cell)) in known for cell in cells) / max(1, len(cells))

    def dates(cells: Sequence[Cell]) -> float:
        return count_dates(cells, sheet.date_system) / max(1, len(cells))

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
    for name in ("units", "charge_cents", "collected_cents"):
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


def _minutes(
    reading: Reading, setup: Setup, profile: ImportProfile, answers: Mapping[str, str]
) -> VisitMinutes | None:
    hourly = any(rate.basis is PayBasis.PER_HOUR for rate in setup.rates)
    minutes = read_visit_minutes(reading, answers, profile, hourly=hourly)
    if minutes and minutes.are_as_written:
        _verify_totals(reading, reading.layout.columns["minutes"][0], minutes.amounts, "minutes")
    return minutes


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
    else:
        numbers = read_numbers(cells, THOUSAND, thousandths_of)
    reading.doubt(name, position, cells, numbers.wrong)
    return numbers


def _words(reading: Reading) -> dict[str, Words]:
    """Read the text columns, each spelling once."""
    found = {}
    for name in ("appointment", "provider", "provider_id", "service", "status", "patient", "clinic"):
        positions = reading.layout.columns.get(name, ())
        if len(positions) > 1:
            found[name] = joined_words([_plain_words(reading, name, position) for position in positions])
            continue
        for position in positions:
            cells = reading.cells(position)
            wrong: dict[str, list[int]] = defaultdict(list)
            if name in DAMAGED:
                cells = ids_as_text(cells, partial(_format_of, reading, position), wrong[DAMAGED[name]])
            found[name] = read_words(cells, wrong)
            if name == "patient":
                found[name] = forget_damaged(found, wrong)
            reading.doubt(name, position, cells, wrong)
    return found


def _plain_words(reading: Reading, name: str, position: int) -> Words:
    cells = reading.cells(position)
    wrong: dict[str, list[int]] = defaultdict(list)
    words = read_words(cells, wrong)
    reading.doubt(name, position, cells, wrong)
    return words


def _format_of(reading: Reading, position: int, place: int) -> str | None:
    return reading.sheet.format_at(position, reading.rows.appointments[place])


def _days(reading: Reading, answers: Mapping[str, str], profile: ImportProfile) -> tuple[Days, str]:
    """Read the dates of service and say in which order, asking where the column cannot tell (DOMAIN 8.16)."""
    position = reading.layout.columns["date"][0]
    cells = reading.cells(position)
    given = answers.get("date_order", "").strip().casefold()
    answered, remembered = given if given in DATE_ORDERS else "", profile.date_order
    days = read_days(cells, reading.sheet.date_system, answered, remembered)
    if not days.must_be_asked:
        reading.doubt("date", position, cells, days.wrong)
        return days, order_in_words(days, answered, remembered)
    column = column_of(reading.sheet, reading.layout, position)
    places = example_of(days)
    question = question_about(days, column.heading, text_of(cells[places[0]]))
    rows = [reading.sheet.top + reading.rows.appointments[place] for place in places]
    finding = asked_about(question, reading.sheet.name, rows, column.position, column.heading)
    raise Unanswered([question], [finding])


def _about_the_sheet(reading: Reading) -> None:
    """Say what was left out or put together, so that nothing is silent."""
    sheet, rows = reading.sheet, reading.rows
    reading.findings.extend(hidden_rows(sheet.name, _hidden(reading), sheet.hidden_rows))
    if rows.repeated:
        facts = {
            "headers": counted(len(rows.repeated), "row"),
            "rows": row_stretches([row + sheet.top for row in rows.repeated]),
        }
        reading.findings.append(Finding("repeated-headers", sheet.name, facts=facts))
    for name, found in reading.layout.columns.items():
        if len(found) > 1 and BY_NAME[name].several is Several.SUM:
            columns = " + ".join(_described(reading, position) for position in found)
            facts = {"field": BY_NAME[name].heading, "columns": columns}
            column = column_of(sheet, reading.layout, found[0])
            row = sheet.top + reading.layout.header
            reading.findings.append(
                Finding("summed-columns", sheet.name, (row,), column.position, column.heading, facts)
            )

    reading.findings.extend(about_columns(sheet, reading.layout))


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
    return f"{shown(column.heading)} (column {a1.cell(column.position, None)})"


def _facts(reading: Reading, workbook: str, minutes: VisitMinutes | None) -> LogFacts:
    sheet, rows, layout = reading.sheet, reading.rows, reading.layout
    unread = FIELDS - (minutes.fields if minutes else frozenset())
    read_from = {
        BY_NAME[name].heading: " + ".join(_described(reading, position) for position in found)
        for name, found in layout.columns.items()
        if name not in unread
    }
    for position, yes in layout.flags.items():
        says = "filled" if position in layout.filled else "Yes"
        also = [read_from["Status"]] if "Status" in read_from else []
        read_from["Status"] = "; ".join([*also, f"{_described(reading, position)}, {says} = {yes}"])
    read_from |= stand_ins(layout)
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
        unread=unread_columns(sheet, layout),
    )

"""Reads an appointment log from the sheet in front of the biller.

From raw cells to an AppointmentLog: the header is found, columns are matched, page furniture is left out, and every
cell is read strictly. Nothing is decided or guessed here: what is unclear is asked, and what is unreadable is listed
with its cell.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from server.billing.clinics import ImportProfile, PaidPer, Setup
from server.billing.names import fold
from server.billing.payroll.appointment_log import Amounts, AppointmentLog, CodedText, Column
from server.billing.payroll.setup_matching import spellings
from server.billing.payroll.statuses import meanings
from server.errors import EmptySheet
from server.errors.finding_facts import ValueFinding
from server.sheets.appointment_log.appointment_numbers import ask_if_repeated, number_settled
from server.sheets.appointment_log.column_layout import CellEvidence, Layout
from server.sheets.appointment_log.column_matching import DATE_ORDERS, column_of, lay_out
from server.sheets.appointment_log.date_column import asked_about, example_of, order_in_words, question_about
from server.sheets.appointment_log.group_rows import names_below
from server.sheets.appointment_log.header_row import Fit
from server.sheets.appointment_log.implied_columns import every_visit_attended, one_word
from server.sheets.appointment_log.merged_cells import fill_merged_words
from server.sheets.appointment_log.note_columns import read_mentions
from server.sheets.appointment_log.note_states import read_note_states
from server.sheets.appointment_log.number_columns import read_amounts, read_minutes
from server.sheets.appointment_log.open_questions import everything_asked
from server.sheets.appointment_log.row_kinds import tell_apart
from server.sheets.appointment_log.sheet_facts import describe_sheet, facts_of
from server.sheets.appointment_log.text_columns import joined_words, read_words
from server.sheets.appointment_log.undated_rows import KnownWords, LogTable
from server.sheets.appointment_log.unread_log import Reading
from server.sheets.appointment_log.visit_minutes import FIELDS, VisitMinutes, without_unused_times
from server.sheets.appointment_log.visit_times import START, starts_of
from server.sheets.appointment_log.yes_no_columns import read_flag
from server.sheets.cells import text_of
from server.sheets.dates import Days, count_dates, read_days
from server.sheets.excel_ids import DAMAGED, forget_damaged, ids_as_text
from server.sheets.questions import Unanswered, asking_together
from server.sheets.sheet import Cell, Sheet


def read_log(
    sheet: Sheet, workbook: str, setup: Setup, profile: ImportProfile, answers: Mapping[str, str]
) -> tuple[AppointmentLog, ImportProfile]:
    """Read an appointment log; return it with the import profile, updated from this click.

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
    known = KnownWords.of(setup)
    evidence = CellEvidence(_fits(sheet, setup), lambda header: names_below(sheet, header, known))
    layout = lay_out(sheet, setup, profile, answers, evidence)

    def cells_of(reading: Reading) -> CellsRead:
        return _read_cells(reading, setup, profile, answers)

    if layout.questions:
        raise everything_asked(
            sheet, setup, layout, lambda log, where: _asked_by_cells(log, where, known, cells_of)
        )
    reading = _begin(sheet, layout, known)
    cells = cells_of(reading)
    minutes = cells.minutes
    needs_starts = any(rule.paid_per is PaidPer.SESSION for rule in setup.group_sessions)
    reading.layout = without_unused_times(layout, minutes, needs_starts=needs_starts)
    words = _words(reading)
    flags = tuple(read_flag(reading, position, yes) for position, yes in layout.flags.items())
    note_states = read_note_states(reading)
    if layout.all_attended:
        flags = (every_visit_attended(len(reading.rows.appointments)),)
    if layout.one_service:
        words["service"] = one_word(layout.one_service, len(reading.rows.appointments))
    describe_sheet(reading)
    log = AppointmentLog(
        facts_of(reading, workbook, cells.dates_read),
        np.array(reading.rows.appointments, dtype=np.int64) + sheet.top,
        Amounts(cells.days.values, cells.days.given),
        words,
        cells.amounts | ({"minutes": minutes.amounts} if minutes else {}),
        flags,
        _columns(reading, cells, needs_starts=needs_starts),
        tuple(reading.unreadable),
        tuple(reading.findings),
        lambda place: tuple(column[reading.rows.appointments[place]] for column in reading.columns),
        tuple(reading.merged_amounts),
        read_mentions(reading, setup.statuses),
        note_states,
        starts_of(reading) if needs_starts else None,
    )
    return log, minutes.learned if minutes else layout.learned


def _begin(sheet: Sheet, layout: Layout, known: KnownWords) -> Reading:
    """Return a log with its rows sorted by kind and no cell read yet."""
    merged = fill_merged_words(sheet, layout)
    rows = tell_apart(LogTable(sheet, layout, merged.columns, known))
    if not rows.appointments:
        raise EmptySheet(sheet.name)
    reading = Reading(sheet, layout, merged.columns, rows, [*layout.remarks, *merged.findings])
    reading.read_doubtful_rows(merged)
    reading.name_providers(known)
    return reading


@dataclass(frozen=True, slots=True)
class CellsRead:
    """The numbers and days of a log, and a description of the order its dates were read in."""

    days: Days
    dates_read: str
    amounts: dict[str, Amounts]
    minutes: VisitMinutes | None


def _columns(reading: Reading, cells: CellsRead, *, needs_starts: bool) -> dict[str, Column]:
    """Return the column of each field, those of the times only as far as something is read from them."""
    found = {
        name: column_of(reading.sheet, reading.layout, positions[0])
        for name, positions in reading.layout.columns.items()
        if name not in FIELDS or (name == START and needs_starts)
    }
    return found | ({"minutes": cells.minutes.column} if cells.minutes else {})


def _read_cells(
    reading: Reading, setup: Setup, profile: ImportProfile, answers: Mapping[str, str]
) -> CellsRead:
    """Read the cells that may need questions. Raises Unanswered once, with all questions."""
    with asking_together() as form:
        with form.part():
            amounts = read_amounts(reading)
        with form.part():
            minutes = read_minutes(reading, setup, profile, answers)
        with form.part():
            days, dates_read = _days(reading, answers, profile)
    return CellsRead(days, dates_read, amounts, minutes)


def _asked_by_cells(
    sheet: Sheet, layout: Layout, known: KnownWords, read_cells: Callable[[Reading], object]
) -> list[Unanswered]:
    """Return the questions that reading the cells of a layout raises."""
    try:
        read_cells(_begin(sheet, layout, known))
    except EmptySheet:
        return []
    except Unanswered as asked:
        return [asked]
    return []


def _fits(sheet: Sheet, setup: Setup) -> dict[str, Fit]:
    """Return for each field that can be asked about a function: cells -> the share that makes sense as this field."""

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


def _words(reading: Reading) -> dict[str, CodedText]:
    """Read the text columns, each distinct spelling once."""
    found = {}
    for name in ("appointment", "provider", "provider_id", "service", "status", "patient", "clinic"):
        positions = reading.layout.columns.get(name, ())
        if len(positions) > 1:
            found[name] = joined_words([_plain_words(reading, name, position) for position in positions])
            continue
        for position in positions:
            cells = reading.cells(position)
            wrong: dict[type[ValueFinding], list[int]] = defaultdict(list)
            if name in DAMAGED:
                cells = ids_as_text(cells, partial(_format_of, reading, position), wrong[DAMAGED[name]])
            elif name == "provider" and reading.providers:
                cells = reading.providers.cells
            found[name] = read_words(cells, wrong)
            if name == "patient":
                found[name] = forget_damaged(found, wrong)
            reading.doubt(name, position, cells, wrong)
    if reading.providers and "provider" not in found:
        found["provider"] = read_words(reading.providers.cells, defaultdict(list))
    return found


def _plain_words(reading: Reading, name: str, position: int) -> CodedText:
    cells = reading.cells(position)
    wrong: dict[type[ValueFinding], list[int]] = defaultdict(list)
    words = read_words(cells, wrong)
    reading.doubt(name, position, cells, wrong)
    return words


def _format_of(reading: Reading, position: int, place: int) -> str | None:
    return reading.sheet.format_at(position, reading.rows.appointments[place])


def _days(reading: Reading, answers: Mapping[str, str], profile: ImportProfile) -> tuple[Days, str]:
    """Read the dates of service and describe the order they were read in; ask if the column does not show it
    (rule: edge-cases#date-order).
    """
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

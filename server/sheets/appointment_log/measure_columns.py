"""Which column holds a number that pay depends on, if no heading says so (rule: payroll#measures).

A log has many numbers that do not affect pay, such as rooms and balances. So a column with an unknown heading is asked
about only after rows are blocked because they lack a number that it may hold.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from server.billing.clinics import ImportProfile
from server.billing.money import THOUSAND
from server.billing.names import fold
from server.billing.payroll.appointment_log import AppointmentLog
from server.errors import Finding, show_value
from server.errors.log_column_findings import ColumnQuestion
from server.sheets import cell_addresses
from server.sheets.appointment_log.header_row import FITS, IGNORE, SAMPLE, question_name
from server.sheets.appointment_log.heading_synonyms import BY_NAME, Several, fold_heading, is_known
from server.sheets.cells import Unreadable, cents_of, is_day_format, read_numbers, thousandths_of
from server.sheets.questions import NONE_LABEL, NONE_OF_THEM, SEVERAL, Choice, Question, Unanswered
from server.sheets.sheet import Cell, Sheet


def ask_for_measures(
    sheet: Sheet,
    log: AppointmentLog,
    profile: ImportProfile,
    answers: Mapping[str, str],
    lacking: Collection[str],
) -> ImportProfile:
    """Ask which column holds each number that the log lacks; return the profile with the answers.

    ``lacking`` are names of LOG_FIELDS. Raises Unanswered if columns with unknown headings could hold one of them. If
    staff answer that they hold none, these columns are also ignored in the clinic's next log.
    """
    header = log.facts.header_row - sheet.top
    positions = _unknown_numbers(sheet, header, profile)
    if not positions or not lacking:
        return profile
    open_questions = [
        name for name in lacking if fold(answers.get(question_name(BY_NAME[name]), "")) != NONE_OF_THEM
    ]
    if open_questions:
        raise Unanswered(*measure_questions(sheet, header, profile, open_questions))
    alone = {fold_heading(_heading(sheet, header, position)): IGNORE for position in positions}
    return replace(profile, columns=(*profile.columns, *alone.items()))


def measure_questions(
    sheet: Sheet,
    header: int,
    profile: ImportProfile,
    lacking: Collection[str],
    in_question: Collection[int] = (),
) -> tuple[list[Question], list[Finding]]:
    """Return the questions which columns hold the numbers a log lacks, and the findings that point at these columns.

    ``header`` is the position of the header row in the sheet's used part; ``in_question`` are the columns that other
    questions are about. For money, several columns may be chosen.
    """
    unknown = _unknown_numbers(sheet, header, profile)
    positions = [position for position in unknown if position not in in_question]
    if not positions:
        return [], []
    questions = [_question(sheet, header, name, positions) for name in lacking]
    findings = [_finding(sheet, header, name, position) for name in lacking for position in positions]
    return questions, findings


def _unknown_numbers(sheet: Sheet, header: int, profile: ImportProfile) -> list[int]:
    """Return the columns with an unknown heading that hold numbers but no days."""
    answered = dict(profile.columns)
    return [
        position
        for position, column in enumerate(sheet.columns)
        if (heading := _heading(sheet, header, position))
        and not is_known(heading)
        and fold_heading(heading) not in answered
        and not is_day_format(sheet.format_at(position, header + 1))
        and share_of_numbers(column[header + 1 : header + 1 + SAMPLE]) >= FITS
    ]


def _heading(sheet: Sheet, header: int, position: int) -> str:
    cell = sheet.columns[position][header]
    return cell.strip() if isinstance(cell, str) else ""


def share_of_numbers(cells: Sequence[Cell]) -> float:
    """Return the share of the filled cells that are numbers."""
    filled = [cell for cell in cells if cell is not None and cell != ""]
    return float(read_numbers(filled, THOUSAND, _number).given.sum()) / max(1, len(filled))


def _number(cell: Cell) -> int | None:
    """Return any number, including an amount below 0 and a quantity with three decimals."""
    try:
        return cents_of(cell)
    except Unreadable:
        return thousandths_of(cell)


def _question(sheet: Sheet, header: int, name: str, positions: Sequence[int]) -> Question:
    choices = [_choice(sheet, header, position) for position in positions]
    kind = SEVERAL if BY_NAME[name].several is Several.SUM else "choice"
    choices.append(Choice(NONE_OF_THEM, NONE_LABEL))
    return Question(question_name(BY_NAME[name]), _why(name), tuple(choices), kind=kind)


def _choice(sheet: Sheet, header: int, position: int) -> Choice:
    letter = cell_addresses.letter(sheet.left + position)
    return Choice(letter, f"{show_value(_heading(sheet, header, position))} (column {letter})")


def _why(name: str) -> str:
    which = "Which ones?" if BY_NAME[name].several is Several.SUM else "Which one?"
    return f"Pay depends on the {BY_NAME[name].noun}, and no heading says which column that is. {which}"


def _finding(sheet: Sheet, header: int, name: str, position: int) -> Finding:
    return Finding(
        ColumnQuestion(question=_why(name)),
        sheet.name,
        (header + sheet.top,),
        sheet.left + position,
        _heading(sheet, header, position),
    )

"""Which column holds a number that pay depends on, where no heading says so (DOMAIN 1.2).

A log has many numbers that nobody is paid by, such as rooms and balances. So a heading nobody knows is asked
about only once rows are blocked for the lack of what may stand under it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from server.billing.clinic import ImportProfile
from server.billing.log import AppointmentLog
from server.billing.money import THOUSAND
from server.billing.names import fold
from server.errors import Finding, shown
from server.sheets import a1
from server.sheets.cells import read_numbers, thousandths_of
from server.sheets.log.columns import FITS, IGNORE, SAMPLE, question_name
from server.sheets.log.headings import BY_NAME, fold_heading, is_known
from server.sheets.questions import NONE_OF_THEM, Choice, Question, Unanswered
from server.sheets.sheet import Cell, Sheet

NONE_LABEL = "None of them"


def ask_for_measures(
    sheet: Sheet,
    log: AppointmentLog,
    profile: ImportProfile,
    answers: Mapping[str, str],
    lacking: Collection[str],
) -> ImportProfile:
    """Ask which column holds each number that the log lacks; return the profile with what is settled.

    ``lacking`` are names of LOG_FIELDS. Raises Unanswered where columns nobody knows could hold one of them. Once
    they are said to hold none, they are left alone in the clinic's next log, too.
    """
    positions = _unknown_numbers(sheet, log, profile)
    if not positions or not lacking:
        return profile
    open_questions = [
        name for name in lacking if fold(answers.get(question_name(BY_NAME[name]), "")) != NONE_OF_THEM
    ]
    if open_questions:
        raise Unanswered(
            [_question(sheet, log, name, positions) for name in open_questions],
            [_finding(sheet, log, name, position) for name in open_questions for position in positions],
        )
    alone = {fold_heading(_heading(sheet, log, position)): IGNORE for position in positions}
    return replace(profile, columns=(*profile.columns, *alone.items()))


def _unknown_numbers(sheet: Sheet, log: AppointmentLog, profile: ImportProfile) -> list[int]:
    """Return the columns under a heading nobody knows that hold numbers and no days."""
    answered = dict(profile.columns)
    header = log.facts.header_row - sheet.top
    return [
        position
        for position, column in enumerate(sheet.columns)
        if (heading := _heading(sheet, log, position))
        and not is_known(heading)
        and fold_heading(heading) not in answered
        and not _is_dated(sheet.format_at(position, header + 1))
        and _share_of_numbers(column[header + 1 : header + 1 + SAMPLE]) >= FITS
    ]


def _heading(sheet: Sheet, log: AppointmentLog, position: int) -> str:
    cell = sheet.columns[position][log.facts.header_row - sheet.top]
    return cell.strip() if isinstance(cell, str) else ""


def _is_dated(number_format: str | None) -> bool:
    return "yy" in (number_format or "").casefold()


def _share_of_numbers(cells: Sequence[Cell]) -> float:
    filled = [cell for cell in cells if cell is not None and cell != ""]
    return float(read_numbers(filled, THOUSAND, thousandths_of).given.sum()) / max(1, len(filled))


def _question(sheet: Sheet, log: AppointmentLog, name: str, positions: Sequence[int]) -> Question:
    choices = [_choice(sheet, log, position) for position in positions]
    why = _why(name)
    return Question(question_name(BY_NAME[name]), why, (*choices, Choice(NONE_OF_THEM, NONE_LABEL)))


def _choice(sheet: Sheet, log: AppointmentLog, position: int) -> Choice:
    letter = a1.letter(sheet.left + position)
    return Choice(letter, f"{shown(_heading(sheet, log, position))} (column {letter})")


def _why(name: str) -> str:
    return f"Pay depends on the {BY_NAME[name].noun}, and no heading says which column that is. Which one?"


def _finding(sheet: Sheet, log: AppointmentLog, name: str, position: int) -> Finding:
    return Finding(
        "column-question",
        sheet.name,
        (log.facts.header_row,),
        sheet.left + position,
        _heading(sheet, log, position),
        {"question": _why(name)},
    )

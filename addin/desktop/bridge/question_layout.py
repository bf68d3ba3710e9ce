"""How the question sheet looks: a title, what to press, and a row for each question."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

import xlwings as xw

from addin.desktop.bridge.writing import guard_text

LABEL, ANSWER, HINT = 1, 2, 3
WIDTHS: Final = {LABEL: 58, ANSWER: 36, HINT: 52}
FIRST_ROW: Final = 5
"""Excel's row of the first question."""

ACCENT, TINT, WHITE, INK = "#1F4E5F", "#E8F0F2", "#FFFFFF", "#22303A"
FIELDS: Final = "#FFF8DC", "#FFEFB3"
"""The fills of answers, one after the other: xlwings draws no borders."""

DAY_FORMAT: Final = "mm/dd/yyyy"
TEXT_FORMAT: Final = "@"
"""The format of cells that keep what is typed: without it, Excel makes 451 of 000451, and a day of 12-5."""

FREE_KINDS: Final = frozenset({"date", "number", "yes-no"})
"""The kinds of answers that Excel may convert. All other answers are texts."""

_ISO_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
LINE: Final = 15
"""The height of a line in points."""

HINTS: Final = {
    "text": "Type the answer.",
    "choice": "Choose one from the list.",
    "buttons": "Choose what is to be done.",
    "date": "Type a day, such as 10/31/2026.",
    "number": "Type a number.",
    "yes-no": "Choose Yes or No.",
    "file": "Type or paste the path of a file: PDF, PNG, JPEG, TIFF or text.",
    "several": "Type one or more, with semicolons between them: ",
}
LONG_CHOICES: Final = "Type one or more of the words in the table below, with semicolons between them."

LONGEST_HINT: Final = 160
"""The most characters of choices beside their question; longer ones are a table of their own."""


@dataclass(frozen=True, slots=True)
class Band:
    """The look of a row with one text."""

    fill: str
    ink: str
    size: int
    is_bold: bool


TITLE: Final = Band(ACCENT, WHITE, 16, is_bold=True)
STEP: Final = Band(TINT, INK, 12, is_bold=True)
NOTE: Final = Band(TINT, INK, 10, is_bold=False)
LISTED: Final = Band(WHITE, INK, 10, is_bold=False)


class Asked(Protocol):
    """What the layout shows of a question."""

    @property
    def kind(self) -> str:
        """Return its kind."""
        ...

    @property
    def label(self) -> str:
        """Return it in words."""
        ...

    @property
    def is_required(self) -> bool:
        """Return whether it must be answered."""
        ...

    @property
    def choices(self) -> Mapping[str, str]:
        """Return the value of each choice by its label."""
        ...

    @property
    def default(self) -> str:
        """Return what is filled in beforehand."""
        ...


def lay_out(
    sheet: xw.Sheet,
    title: str,
    button: str,
    questions: Sequence[Asked],
    sources: Sequence[xw.Range | None],
) -> None:
    """Write the form into an empty sheet. ``sources`` are the cells with the choices of each question."""
    for column, width in WIDTHS.items():
        sheet.range((1, column)).column_width = width
    press = f"Press {button} on the Clinic Ledger tab again"
    _put_band(sheet, 1, title, TITLE)
    _put_band(sheet, 2, f"1. Fill in the yellow cells.    2. {press}.", STEP)
    _put_band(
        sheet,
        3,
        "Nothing is recorded yet. To cancel, delete this sheet. A * marks a question that needs an answer.",
        NOTE,
    )
    headings = sheet.range((FIRST_ROW - 1, LABEL), (FIRST_ROW - 1, HINT))
    headings.value = [["Question", "Your answer", "How to answer"]]
    headings.color, headings.font.bold, headings.font.color = ACCENT, True, WHITE
    last = FIRST_ROW + len(questions) - 1
    area = sheet.range((FIRST_ROW, LABEL), (last, HINT))
    rows = [[_label_of(question), question.default, _hint_of(question)] for question in questions]
    _set_formats(sheet, questions)
    area.value = [[guard_text(cell) or None for cell in row] for row in rows]
    _put_days(sheet, questions)
    area.wrap_text = True
    area.font.color = INK
    for row, (question, source) in enumerate(zip(questions, sources, strict=True), FIRST_ROW):
        sheet.range((row, ANSWER)).color = FIELDS[row % len(FIELDS)]
        sheet.range((row, LABEL)).row_height = _height_of(rows[row - FIRST_ROW])
        if source is not None and question.kind != "several":
            sheet.range((row, ANSWER)).data_validation.set_list(source)
    _put_band(sheet, last + 2, f"All filled in? {press} to continue.", STEP)


def lay_out_tables(sheet: xw.Sheet, questions: Sequence[Asked], tables: Sequence[Mapping[str, Any]]) -> None:
    """Write the tables that the questions are about under the form, and those of choices that are too long for a hint."""
    choices = [
        {
            "title": question.label,
            "headings": ["To type", "What it is"],
            "rows": [[value, label] for label, value in question.choices.items()],
        }
        for question in questions
        if _has_long_choices(question)
    ]
    row = FIRST_ROW + len(questions) + 3
    for table in [*choices, *tables]:
        row = _put_table(sheet, row, table) + 1


def _put_table(sheet: xw.Sheet, row: int, table: Mapping[str, Any]) -> int:
    """Write a table from a row on, and return the row after it. A text without headings is as wide as the form."""
    _put_band(sheet, row, table["title"], STEP)
    headings, rows = table["headings"], table["rows"]
    if not headings:
        for place, cells in enumerate(rows, row + 1):
            _put_band(sheet, place, " · ".join(filter(None, cells)), LISTED)
        return row + len(rows) + 1
    lines = [headings, *rows]
    area = sheet.range((row + 1, LABEL), (row + len(lines), len(headings)))
    area.number_format = "@"
    area.value = [[guard_text(cell) or None for cell in line] for line in lines]
    area.wrap_text, area.font.color = True, INK
    sheet.range((row + 1, LABEL), (row + 1, len(headings))).font.bold = True
    for place, line in enumerate(lines, row + 1):
        sheet.range((place, LABEL)).row_height = _height_of(line)
    return row + len(lines) + 1


def _put_band(sheet: xw.Sheet, row: int, text: str, look: Band) -> None:
    band = sheet.range((row, LABEL), (row, HINT))
    band.color = look.fill
    band.merge()
    first = sheet.range((row, LABEL))
    first.value = guard_text(text)
    first.wrap_text = True
    first.font.size, first.font.color, first.font.bold = look.size, look.ink, look.is_bold
    lines = -(-len(text) * look.size // (10 * sum(WIDTHS.values())))
    first.row_height = min(lines * 1.4 * look.size + 10, 400)


def _put_days(sheet: xw.Sheet, questions: Sequence[Asked]) -> None:
    """Make days of the defaults that are days."""
    for row, question in enumerate(questions, FIRST_ROW):
        if question.kind == "date" and _ISO_DAY.fullmatch(question.default):
            sheet.range((row, ANSWER)).value = datetime.fromisoformat(question.default)


def _set_formats(sheet: xw.Sheet, questions: Sequence[Asked]) -> None:
    """Format the cells of answers before anything is written or typed: Excel converts what it is given at once."""
    for row, question in enumerate(questions, FIRST_ROW):
        if question.kind == "date":
            sheet.range((row, ANSWER)).number_format = DAY_FORMAT
        elif question.kind not in FREE_KINDS:
            sheet.range((row, ANSWER)).number_format = TEXT_FORMAT


def _label_of(question: Asked) -> str:
    return f"{question.label} *" if question.is_required else question.label


def _hint_of(question: Asked) -> str:
    hint = HINTS.get(question.kind, HINTS["text"])
    if question.kind == "several":
        hint = LONG_CHOICES if _has_long_choices(question) else hint + "; ".join(question.choices)
    return hint if question.is_required else f"{hint} Optional."


def _has_long_choices(question: Asked) -> bool:
    """Return whether the values of choices are typed, because their labels are long or have a semicolon."""
    labels = list(question.choices)
    is_long = len("; ".join(labels)) > LONGEST_HINT or any(";" in label for label in labels)
    return question.kind == "several" and is_long


def _height_of(cells: Sequence[str]) -> int:
    """Return the height of a row in points. Excel fits it to its fonts only after somebody edits the row."""
    lines = (-(-len(cell) // (width - 4)) for cell, width in zip(cells, WIDTHS.values(), strict=False))
    return min(LINE * max(1, *lines) + 8, 400)

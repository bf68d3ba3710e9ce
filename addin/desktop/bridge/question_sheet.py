"""The question sheet: a form for questions that a message box cannot ask, answered in cells.

It is a sheet named Questions. What the form is about, its choices and the names of its questions are on a hidden sheet, so
that people read plain words only. Both sheets are deleted when their answers were used.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import xlwings as xw

from addin.desktop import native
from addin.desktop.bridge.binding import ABOUT, in_front, read_constant, write_constant
from addin.desktop.bridge.question_layout import (
    ANSWER,
    FIRST_ROW,
    FREE_KINDS,
    LABEL,
    TEXT_FORMAT,
    lay_out,
    lay_out_tables,
)
from addin.desktop.bridge.row_numbers import row_numbers, rows_in_words
from addin.desktop.bridge.writing import guard_text
from addin.desktop.refusals import SheetGone

SHEET: Final = "Questions"
RECORD: Final = "_ClinicLedgerForm"
"""The hidden sheet. Its rows begin with the word for what they hold."""

ASKED: Final = "_ClinicLedgerAsked"
"""On the question sheet: the button whose questions it holds."""

FILE, YES_NO, SEVERAL = "file", "yes-no", "several"
LONGEST_SHOWN: Final = 11
"""The most digits of a whole number that Excel shows in a cell of the format General; longer ones are rounded."""

CONVERTED: Final = "Excel made a number or a day of this text: type it again"
YES_NO_CHOICES: Final = {"Yes": "yes", "No": "no"}

Answers = dict[str, Any]
"""Answers by the names of their questions; a file is a Path."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the form: its name, its kind, its label, and the value of each choice by its label."""

    name: str
    kind: str
    label: str
    is_required: bool
    choices: Mapping[str, str]
    default: str = ""
    """The label of a choice, or a text."""

    @classmethod
    def of(cls, field: Mapping[str, Any]) -> "Question":
        """Return the question of a field of a reply."""
        kind = field.get("kind") or "text"
        choices = {choice["label"]: choice["value"] for choice in field.get("choices") or ()}
        choices = YES_NO_CHOICES if kind == YES_NO else choices
        default = str(field.get("default") or "")
        # A label with a semicolon would be read as two answers of several; then the values stand there.
        is_readable = kind != SEVERAL or not any(";" in label for label in choices)
        labels = {value: label for label, value in choices.items()} if is_readable else {}
        given = default.split(";") if kind == SEVERAL else [default]
        shown = "; ".join(labels.get(value, value) for value in given)
        return cls(
            field["name"],
            kind,
            field.get("label") or field["name"],
            field.get("required", True),
            choices,
            shown,
        )

    def answer_of(self, value: Any, book: xw.Book) -> Any:  # noqa: ANN401 - what a cell holds
        """Return what is sent for the value of its cell. Texts are sent as they stand there."""
        if self.kind in FREE_KINDS and not isinstance(value, str):
            return _value_to_send(value)
        text = (value if isinstance(value, str) else _shown_text(value) or str(value)).strip()
        if self.kind == FILE:
            return _file_path(book, text)
        if self.kind == SEVERAL:
            return ";".join(self._value_of(part.strip()) for part in text.split(";") if part.strip())
        return self._value_of(text) if self.choices or not isinstance(value, str) else value

    def is_certain(self, value: Any, number_format: str) -> bool:  # noqa: ANN401 - what a cell holds
        """Return whether the value of its cell is what was typed. Excel may have made a number or a day of a text."""
        if value is None or isinstance(value, str) or self.kind in FREE_KINDS:
            return True
        return number_format in {"General", TEXT_FORMAT} and _shown_text(value) is not None

    def _value_of(self, typed: str) -> str:
        by_label = {label.casefold(): value for label, value in self.choices.items()}
        return by_label.get(typed.casefold(), typed)


@dataclass(frozen=True, slots=True)
class Form:
    """The questions that wait for answers in a workbook."""

    sheet: xw.Sheet
    button: str
    selection: Mapping[str, Any]
    """The selection when the button was pressed. Meanwhile the question sheet is in front."""
    given: Answers
    """Answers to earlier questions of the same click."""
    questions: Sequence[Question]

    def answers(self) -> Answers:
        """Return all answers of the click so far, without blanks."""
        return self.given | {
            question.name: question.answer_of(value, self.sheet.book)
            for question, value, _ in self._typed_values()
            if value is not None
        }

    def open_questions(self) -> list[str]:
        """Return the labels of required questions that have no answer, and of texts that Excel has converted.

        The cells of the latter are cells of text afterward, so that typing the answer again keeps it.
        """
        labels = []
        for question, value, row in self._typed_values():
            if question.is_required and value is None:
                labels.append(question.label)
            elif not isinstance(value, str) and value is not None and question.kind not in FREE_KINDS:
                cell = self.sheet.range((row, ANSWER))
                if not question.is_certain(value, str(native.number_format(cell))):
                    cell.number_format = TEXT_FORMAT
                    cell.value = None
                    labels.append(f"{question.label} ({CONVERTED})")
        return labels

    def _typed_values(self) -> Iterator[tuple[Question, Any, int]]:
        """Yield each question with the value of its cell and the row of that."""
        last = FIRST_ROW + len(self.questions) - 1
        cells: list[list[Any]] = self.sheet.range((FIRST_ROW, LABEL), (last, ANSWER)).options(ndim=2).value
        by_label = {str(label).removesuffix(" *"): row for row, (label, *_) in enumerate(cells)}
        for place, question in enumerate(self.questions):
            # Rows may have been sorted: a question is known by its label, unless two have the same.
            alike = [other for other in self.questions if other.label == question.label]
            row = place if len(alike) > 1 else by_label.get(question.label, place)
            value = cells[row][-1]
            yield question, None if isinstance(value, str) and not value.strip() else value, FIRST_ROW + row


def find_form(book: xw.Book, row: Mapping[str, Any]) -> Form | None:
    """Return the form that the press of a button answers, or ``None``. ``row`` is the button's row of the ribbon table.

    A form answers its own button only. If the button works on the sheet in front, that must be the same sheet as
    when it asked: an answer about one log says nothing about another. A form whose sheet was deleted is canceled.
    Raises SheetGone if the form is in front and the sheet that it is about is no longer there.
    """
    button, reads = row["id"], row["reads"]
    record, sheet = _record_sheet(book), _question_sheet(book)
    if record is not None and sheet is None:
        record.delete()
    if record is None or sheet is None or read_constant(sheet.names, ASKED) != button:
        return None
    about = read_constant(sheet.names, ABOUT)
    if reads == "active" and in_front(book).name != about:
        if in_front(book).name == sheet.name:
            raise SheetGone(about or "", row.get("label") or button)
        return None
    rows = [[str(cell or "") for cell in row] for row in native.rows_of(_used_from_top(record))]
    selection: dict[str, Any] = {"sheet": "", "rows": []}
    given: Answers = {}
    questions: list[Question] = []
    for place, (word, *cells) in enumerate(rows):
        if word == "selection":
            selection = {"sheet": cells[0], "rows": list(row_numbers(cells[1]))}
        elif word == "given":
            given[cells[0]] = cells[1]
        elif word == "file":
            given[cells[0]] = Path(cells[1])
        elif word == "question":
            choices = {
                label: value
                for value, label in zip(rows[place + 1][1:], rows[place + 2][1:], strict=True)
                if label
            }
            questions.append(Question(cells[0], cells[1], cells[3], cells[2] == "required", choices))
    return Form(sheet, button, selection, given, questions)


def show_form(
    book: xw.Book,
    button: Mapping[str, Any],
    asks: Mapping[str, Any],
    given: Answers,
    selection: Mapping[str, Any],
) -> xw.Sheet:
    """Write a form with the questions of a reply in place of an earlier one, show it, and return its sheet.

    ``given`` are the answers of the click so far. Those to questions that are asked again count no more: what was answered
    may not be offered now, and a question that is left blank has no answer.
    """
    about = in_front(book).name
    remove_form(book)
    questions = [Question.of(field) for field in asks["fields"]]
    label = button.get("label") or button["id"]
    last = book.sheets[len(book.sheets) - 1]
    record = book.sheets.add(RECORD, after=last)
    asked = {question.name for question in questions}
    kept = {name: value for name, value in given.items() if name not in asked}
    sources = _write_record(record, questions, kept, selection)
    sheet = book.sheets.add(_free_name(book), after=last)
    lay_out(sheet, asks.get("title") or label, label, questions, sources)
    lay_out_tables(sheet, questions, asks.get("tables") or ())
    write_constant(sheet.names, ASKED, button["id"])
    write_constant(sheet.names, ABOUT, about)
    sheet.activate()
    sheet.range((FIRST_ROW, ANSWER)).select()
    native.hide_for_good(record)
    return sheet


def remove_form(book: xw.Book) -> bool:
    """Delete the form. Returns whether there was one. The sheet that it was about comes to the front if the form was there."""
    record, sheet = _record_sheet(book), _question_sheet(book)
    if sheet is not None:
        about = in_front(book)
        if book.sheets.active.name == sheet.name and about.name != sheet.name and about.visible:
            about.activate()
        sheet.delete()
    if record is not None:
        record.delete()
    return record is not None or sheet is not None


def _record_sheet(book: xw.Book) -> xw.Sheet | None:
    return next((sheet for sheet in book.sheets if sheet.name == RECORD), None)


def _question_sheet(book: xw.Book) -> xw.Sheet | None:
    """Return the question sheet, whatever its name is by now."""
    if _record_sheet(book) is None:
        return None
    return next((sheet for sheet in book.sheets if read_constant(sheet.names, ASKED) is not None), None)


def _used_from_top(sheet: xw.Sheet) -> xw.Range:
    used = sheet.used_range
    return sheet.range((1, 1), (used.row + used.shape[0] - 1, used.column + used.shape[1] - 1))


def _free_name(book: xw.Book) -> str:
    taken = {sheet.name.lower() for sheet in book.sheets}
    names = (SHEET, *(f"{SHEET} ({number})" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name.lower() not in taken)


def _write_record(
    record: xw.Sheet, questions: Sequence[Question], given: Answers, selection: Mapping[str, Any]
) -> list[xw.Range | None]:
    """Write what the form is about, and return the cells with the labels of each question's choices."""
    rows = [["selection", str(selection["sheet"]), rows_in_words(selection["rows"])]]
    rows += [
        ["file" if isinstance(value, Path) else "given", name, str(value)] for name, value in given.items()
    ]
    at: list[int] = []
    for question in questions:
        required = "required" if question.is_required else ""
        rows.append(["question", question.name, question.kind, required, question.label])
        rows.append(["values", *question.choices.values()])
        rows.append(["labels", *question.choices])
        at.append(len(rows))
    width = max(map(len, rows))
    area = record.range((1, 1), (len(rows), width))
    area.number_format = "@"
    area.value = [[guard_text(cell) for cell in (*row, *[""] * (width - len(row)))] for row in rows]
    return [
        record.range((row, 2), (row, len(question.choices) + 1)) if question.choices else None
        for row, question in zip(at, questions, strict=True)
    ]


def _value_to_send(value: Any) -> Any:  # noqa: ANN401 - what a cell holds
    """Return what is sent for a day, a number or a yes that Excel holds as such."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, bool):
        return "yes" if value else "no"
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _shown_text(value: Any) -> str | None:  # noqa: ANN401 - what a cell holds
    """Return what Excel shows for a value in the format General, ``None`` if that is not certain."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float) and value == int(value):
        text = str(int(value))
        return text if len(text.lstrip("-")) <= LONGEST_SHOWN else None
    return None


def _file_path(book: xw.Book, text: str) -> Path:
    """Return a path as typed; a relative one starts at the workbook's folder. Windows copies a path in quotation marks."""
    path = Path(text.strip('"')).expanduser()
    return path if path.is_absolute() else Path(book.fullname).parent / path

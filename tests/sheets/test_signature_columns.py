"""Columns that say whether a note is signed: found by their words, asked about once, and never a column of free text."""

from collections.abc import Sequence
from datetime import date

import pytest

from server.billing.clinics import ImportProfile
from server.billing.days import serial_of
from server.billing.payroll.appointment_log import AppointmentLog
from server.errors import MissingInput
from server.sheets.appointment_log.reader import read_log
from server.sheets.questions import Question, Unanswered
from server.sheets.sheet import Cell
from tests.invented import LAKESIDE, a_sheet, amounts, run_of_log

BASE = ("Date", "Provider", "Service", "Status")
VISIT: tuple[Cell, ...] = ("2026-10-05", "Jane Roe", "EX-101", "Attended")
MIXED = ("Signed", "Signed", "Draft", None)


def read(
    heading: str, cells: Sequence[Cell], profile: ImportProfile | None = None, **answers: str
) -> tuple[AppointmentLog, ImportProfile]:
    sheet = a_sheet([(*VISIT, cell) for cell in cells], [*BASE, heading])
    return read_log(sheet, "", LAKESIDE, profile or ImportProfile(), answers)


def asked(
    heading: str, cells: Sequence[Cell], profile: ImportProfile | None = None, **answers: str
) -> Question | None:
    """Return the question about a column, ``None`` if nothing is asked."""
    try:
        read(heading, cells, profile, **answers)
    except Unanswered as form:
        (question,) = form.questions
        return question
    return None


def unsigned_rows(log: AppointmentLog) -> list[int]:
    return [int(row) for row in log.rows[log.unsigned_rows]]


def held(log: AppointmentLog) -> tuple[int, int]:
    """Return how many rows of the log are paid, and how many are held."""
    run = run_of_log(log, LAKESIDE)
    return len(amounts(run)), run.unpaid.outcome.tolist().count("held")


@pytest.mark.parametrize(
    ("heading", "cells"),
    [
        ("Note Signed", ("Yes", "No")),
        ("Note Signed?", ("Y", None)),
        ("Progress Note Status", ("Locked", "No Note")),
        ("Documentation", ("Complete", "Incomplete", "Missing")),
        ("Signed", (True, False)),
        ("Note locked", ("x", None)),
        ("Unsigned", ("x", None)),
        ("Completed note", ("Pending", "Completed")),
        ("Column 9", ("Signed", "Unsigned", "Draft")),
        ("Signed on", ("10/06/2026", None)),
        ("Note signed by", ("Jane Roe LCSW", None)),
    ],
)
def test_a_column_about_signatures_is_asked_about_under_any_heading(
    heading: str, cells: Sequence[Cell]
) -> None:
    question = asked(heading, cells)

    assert question is not None
    assert question.name.startswith("note_signed_")
    assert [choice.value for choice in question.choices][-2:] == ["none", "pay"]
    assert not question.default


@pytest.mark.parametrize(
    ("heading", "cells"),
    [
        ("Notes", ("Client was calm", "Signed the form", "Draft of a letter", None)),
        (
            "Progress Note",
            ("Quin Poe slept better", "Locked out of the car", "Missing work", "Open about it"),
        ),
        ("Documents", ("12", "14", "17")),
        ("Assigned room", ("Blue", "Red")),
        ("Signature", (None, None)),
        ("Room", ("Open", "Closed")),
        ("Signed date", ("10/06/2026", "10/07/2026")),
    ],
)
def test_other_columns_are_not(heading: str, cells: Sequence[Cell]) -> None:
    log, learned = read(heading, cells)

    assert not log.note_states
    assert not learned.columns
    assert held(log) == (len(cells), 0)


def test_the_question_shows_how_many_rows_have_each_word() -> None:
    question = asked("Progress Note Status", MIXED)

    assert question is not None
    assert [(choice.value, choice.label) for choice in question.choices] == [
        ("Signed", "“Signed” (2 rows)"),
        ("Draft", "“Draft” (1 row)"),
        ("empty", "An empty cell (1 row)"),
        ("none", "None of these: no note is signed yet"),
        ("pay", "Pay every visit, whether its note is signed or not"),
    ]


@pytest.mark.parametrize(
    ("heading", "cells", "answer", "unsigned"),
    [
        ("Note Signed", ("Yes", "No", "yes", None), "Yes", [3, 5]),
        ("Unsigned", ("x", None, "X"), "empty", [2, 4]),
        ("Unsigned", ("Yes", "No"), "No", [2]),
        ("Note Signed", ("✓", "-", "✓", "--", " - -", None), "✓", [3, 5, 6, 7]),
        ("Note status", ("Signed", "= =", "#N/A", "x y"), "Signed", [3, 4, 5]),
        ("Progress Note Status", ("Signed", "Locked", "Draft", None), "Signed; LOCKED", [4, 5]),
        ("Progress Note Status", MIXED, "none", [2, 3, 4, 5]),
        ("Progress Note Status", MIXED, "pay", []),
        ("Signed on", (serial_of(date(2026, 10, 6)), None, "10/07/2026"), "filled", [3]),
        ("Signed by", ("Jane Roe", None, "J. Roe"), "filled", [3]),
    ],
)
def test_what_a_word_means_is_learned_and_not_asked_again(
    heading: str, cells: Sequence[Cell], answer: str, unsigned: list[int]
) -> None:
    name = f"note_signed_{''.join(filter(str.isalnum, heading.lower()))}"
    first, learned = read(heading, cells, None, **{name: answer})
    again, kept = read(heading, cells, learned)

    assert unsigned_rows(first) == unsigned_rows(again) == unsigned
    assert held(again) == (len(cells) - len(unsigned), len(unsigned))
    assert kept == learned


def test_a_new_word_is_asked_about_with_all_words() -> None:
    _, learned = read("Progress Note Status", MIXED, note_signed_progressnotestatus="Signed")
    later = (*MIXED, "Locked")

    question = asked("Progress Note Status", later, learned)
    log, _ = read("Progress Note Status", later, learned, note_signed_progressnotestatus="Signed;Locked")

    assert question is not None
    assert [choice.value for choice in question.choices][:4] == ["Signed", "Draft", "Locked", "empty"]
    assert unsigned_rows(log) == [4, 5]


def test_the_last_answer_counts() -> None:
    _, holding = read("Note status", MIXED, note_signed_notestatus="Signed")
    paying, learned = read("Note status", MIXED, holding, note_signed_notestatus="pay")
    back, _ = read("Note status", MIXED, learned, note_signed_notestatus="Signed")

    assert not unsigned_rows(paying)
    assert unsigned_rows(read("Note status", MIXED, learned)[0]) == []
    assert unsigned_rows(back) == [4, 5]


def test_a_word_that_nobody_knows_holds_its_visit_and_is_not_kept() -> None:
    cells = ("Signed", "Signed", "Draft", "Quin Poe wept")
    log, learned = read("Note status", cells, note_signed_notestatus="Signed")
    run = run_of_log(log, LAKESIDE)

    assert unsigned_rows(log) == [4, 5]
    (unclear,) = [finding for finding in run.findings if finding.code == "note-state-unclear"]
    assert (list(unclear.rows), unclear.severity) == ([5], "review")
    kept = repr([learned, [(one.message, one.what) for one in run.findings], run.log])
    assert "wept" not in kept
    assert "wept" not in repr(asked("Note status", cells))


@pytest.mark.parametrize("answer", ["Perhaps", "Signed;none", "pay;Signed", "Signed;Quin"])
def test_an_answer_that_says_nothing_is_refused(answer: str) -> None:
    with pytest.raises(MissingInput):
        read("Note status", MIXED, note_signed_notestatus=answer)


def test_two_columns_hold_a_visit_until_both_say_signed() -> None:
    rows = [(*VISIT, "Yes", "Locked"), (*VISIT, "Yes", "Draft"), (*VISIT, "No", "Locked")]
    sheet = a_sheet(rows, [*BASE, "Note signed", "Lock state"])
    answers = {"note_signed_notesigned": "Yes", "note_signed_lockstate": "Locked"}
    log, _ = read_log(sheet, "", LAKESIDE, ImportProfile(), answers)

    assert unsigned_rows(log) == [3, 4]


def test_a_missed_visit_needs_no_note() -> None:
    sheet = a_sheet([(*VISIT[:3], "Cancelled", None), (*VISIT, "Signed")], [*BASE, "Note status"])
    log, _ = read_log(sheet, "", LAKESIDE, ImportProfile(), {"note_signed_notestatus": "Signed"})

    run = run_of_log(log, LAKESIDE)
    assert run.unpaid.outcome.tolist() == ["excluded"]


def test_rows_below_the_log_are_not_counted_as_empty() -> None:
    rows: list[tuple[Cell, ...]] = [(*VISIT, "Signed"), (None,) * 5, ("Printed 10/31/2026", *(None,) * 4)]
    question = None
    try:
        read_log(a_sheet(rows, [*BASE, "Note status"]), "", LAKESIDE, ImportProfile(), {})
    except Unanswered as form:
        (question,) = form.questions
    assert question is not None
    assert [choice.value for choice in question.choices] == ["Signed", "none", "pay"]


def test_the_run_says_how_the_column_was_read() -> None:
    log, _ = read("Note status", MIXED, note_signed_notestatus="Signed")
    run = run_of_log(log, LAKESIDE)

    (said,) = [finding.message for finding in run.findings if finding.code == "notes-decide"]
    assert said == (
        "“Note status” was read as whether the note is signed: it is in 2 rows, and not in 2 rows. Visits whose note is not "
        "signed are held."
    )
    assert run.log.headings["Note signed"] == "Note status (column E)"
    assert not run.log.unread

"""An Exams sheet, cell by cell: what is read, what is refused, and where the remark stands."""

from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from server.billing.days import serial_of
from server.errors import EmptyExamsSheet, NotAnExamsSheet
from server.errors.invoice_findings import CodeOrExamType, ExamInFuture
from server.sheets.invoices.exams import ExamsSheet, read_exams
from server.sheets.invoices.tables import EXAMS, RESULT
from server.sheets.sheet import Cell, Sheet
from server.sheets.workbook_templates import templates
from tests.invented_exams import an_exam_sheet, exam_columns, exams_of, typed
from tests.sheets.workbooks import rows_of, sheets_of

MONDAY = date(2026, 10, 5)


def said(sheet: ExamsSheet) -> list[tuple[str, str, int | None]]:
    """Return each remark as code, heading and row."""
    return [(one.code, one.heading, one.rows[0] if one.rows else None) for one in sheet.findings]


def days(*cells: Cell) -> tuple[list[date], list[str]]:
    """Return the exam dates read from a column, and the codes of the remarks on the others."""
    sheet = read_exams(an_exam_sheet(*(typed(Exam_date=cell) for cell in cells)))
    return [exam.exam_date for exam in sheet.exams], [finding.code for finding in sheet.findings]


def test_a_row_is_read_under_the_headings_of_the_template() -> None:
    row = typed(
        Exam_date=serial_of(MONDAY),
        Sub_exams=None,
        Units=2,
        Bilateral="Yes",
        Note="see the film",
        Patient=" Robin  Sample ",
    ) | {"Sub-exams": "Knee ; elbow;;Knee"}
    (exam,) = read_exams(an_exam_sheet(row)).exams

    assert (exam.row, exam.exam_date, exam.patient, exam.case) == (2, MONDAY, "Robin Sample", "C-1")
    assert (exam.physician, exam.facility, exam.exam_type, exam.code) == ("Dr. Example", "North", "Full", "")
    assert (exam.sub_exams, exam.units_thousandths, exam.bilateral) == (("Knee", "elbow"), 2_000, True)
    assert (exam.payer, exam.attorney, exam.note) == ("Oak (invented)", "Lex Invented", "see the film")


def test_headings_stand_in_any_order_under_title_rows_among_columns_of_the_clinics_own() -> None:
    columns = exam_columns(exams_of("P-1"), ["Room", *reversed(EXAMS.titles)])
    below = [[None, None, *column] for column in columns]
    below[0][0] = "Exams of October"
    sheet = read_exams(Sheet("October", 3, 2, below))

    assert [(exam.patient, exam.row) for exam in sheet.exams] == [("P-1", 6)]
    assert (sheet.header, sheet.result_column) == (5, 2 + len(columns))


def test_blank_rows_and_rows_that_only_have_a_result_are_no_exams() -> None:
    sheet = read_exams(
        an_exam_sheet(typed(), {}, {"Patient": "  "}, {"Result": "old"}, headings=[*EXAMS.titles, "Result"])
    )
    assert (sheet.rows, sheet.findings) == ((2,), ())


def test_results_are_written_under_their_heading_where_there_is_one() -> None:
    sheet = read_exams(an_exam_sheet(typed(Result="as before"), headings=["Result", *EXAMS.titles]))
    assert (sheet.result_column, sheet.results) == (0, {2: "as before"})


def test_results_go_right_of_the_exams_and_left_of_what_stands_far_off() -> None:
    columns: list[list[Cell]] = [*exam_columns(exams_of("P-1")), [None, None], [None, "a note"]]
    assert read_exams(Sheet("Exams", 1, 0, columns)).result_column == len(EXAMS.titles)
    assert read_exams(Sheet("Exams", 1, 0, columns[:-2])).result_column == len(EXAMS.titles)
    assert (
        read_exams(Sheet("Exams", 1, 0, [*columns[:-2], columns[-1]])).result_column == len(EXAMS.titles) + 1
    )


@pytest.mark.parametrize(
    ("headings", "missing"),
    [
        (["Case", "Exam date", "Code"], "“Patient”"),
        (["Exam date", "Patient", "Case"], "“Exam type” or “Code”"),
        (["Provider", "Service"], "“Exam date” and “Patient” and “Case” and “Exam type” or “Code”"),
    ],
    ids=["one", "either", "log"],
)
def test_another_sheet_is_refused_with_the_headings_it_lacks(headings: list[str], missing: str) -> None:
    with pytest.raises(NotAnExamsSheet, match=missing) as refused:
        read_exams(an_exam_sheet(typed(), headings=headings))
    assert "blank exams sheet" in refused.value.remedy


def test_a_sheet_that_bills_by_code_needs_no_exam_types() -> None:
    sheet = read_exams(an_exam_sheet(typed(Code="EX-301"), headings=["Exam date", "Patient", "Case", "Code"]))
    assert [exam.code for exam in sheet.exams] == ["EX-301"]


@pytest.mark.parametrize("sheet", [Sheet("Exams", 1, 0, []), Sheet("Exams", 1, 0, [[None], [""]])])
def test_an_empty_sheet_is_no_exams_sheet(sheet: Sheet) -> None:
    with pytest.raises(NotAnExamsSheet):
        read_exams(sheet)


def test_headings_without_exams_are_refused() -> None:
    with pytest.raises(EmptyExamsSheet):
        read_exams(an_exam_sheet({}, {}))


def test_the_template_has_room_for_results_and_is_read_once_it_is_filled_in(tmp_path: Path) -> None:
    book = load_workbook(BytesIO(templates()["exams.xlsx"]))
    sheet = book.worksheets[0]
    assert rows_of(sheet)[2] == (*EXAMS.titles, RESULT)
    for column, title in enumerate(EXAMS.titles, 1):
        sheet.cell(4, column, typed().get(title))
    book.save(tmp_path / "exams.xlsx")

    read = read_exams(sheets_of((tmp_path / "exams.xlsx").read_bytes())[0])
    assert [(exam.row, exam.patient) for exam in read.exams] == [(4, "P-1")]
    assert read.result_column == len(EXAMS.titles)


def test_the_empty_template_has_no_exams() -> None:
    with pytest.raises(EmptyExamsSheet):
        read_exams(sheets_of(templates()["exams.xlsx"])[0])


# -- dates


def test_dates_are_month_first_unless_the_column_proves_otherwise() -> None:
    assert days("10/05/2026") == ([MONDAY], [])
    october = [date(2026, 10, 25), date(2026, 10, 26)]
    assert days("05/10/2026", "25/10/2026", "26/10/2026") == ([MONDAY, *october], [])
    assert days("05/10/2026", "25/10/2026")[1] == ["ambiguous-date"]


def test_where_the_column_proves_both_orders_a_doubtful_date_is_nobodys_to_guess() -> None:
    assert days("10/25/2026", "25/10/2026", "05/10/2026")[1] == ["ambiguous-date"]


def test_real_dates_among_day_first_text_may_have_been_swapped_by_excel() -> None:
    assert days("25/10/2026", serial_of(date(2026, 5, 10)))[1] == ["swapped-date"]


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (None, "blank-cell"),
        (" ", "blank-cell"),
        ("soon", "not-a-date"),
        ("02/30/2026", "not-a-date"),
        (True, "not-a-date"),
        (7, "implausible-date"),
        ("#N/A", "error-value"),
    ],
)
def test_a_date_that_cannot_be_read_is_said_once_and_its_row_is_no_exam(cell: Cell, code: str) -> None:
    assert days(cell) == ([], [code])


def test_dates_of_a_macintosh_workbook_are_the_same_days() -> None:
    columns = exam_columns([typed(Exam_date=serial_of(MONDAY) - 1462)])
    (exam,) = read_exams(Sheet("Exams", 1, 0, columns, date_system=1904)).exams
    assert exam.exam_date == MONDAY


# -- what else cannot be read


@pytest.mark.parametrize(
    ("heading", "cell", "code"),
    [
        ("Patient", None, "blank-cell"),
        ("Patient", "***", "no-letters"),
        ("Patient", 29_872_500_000_000_001, "lost-digits"),
        ("Case", None, "blank-cell"),
        ("Case", "#REF!", "error-value"),
        ("Physician", "#N/A", "error-value"),
        ("Facility", "#N/A", "error-value"),
        ("Exam type", "#NAME?", "error-value"),
        ("Units", "two", "not-a-number"),
        ("Units", -1, "negative-number"),
        ("Units", 1e12, "too-large"),
        ("Bilateral", "left", "not-a-choice"),
        ("Bilateral", "?", "not-a-choice"),
        ("Payer", "#N/A", "error-value"),
        ("Note", "#VALUE!", "error-value"),
    ],
)
def test_a_cell_that_cannot_be_used_is_said_with_its_heading_and_row(
    heading: str, cell: Cell, code: str
) -> None:
    sheet = read_exams(an_exam_sheet(typed(), typed() | {heading: cell}))
    assert said(sheet) == [(code, heading, 3)]
    assert sheet.findings[0].column == EXAMS.position(heading)
    assert list(sheet.unreadable) == [3]


def test_everything_wrong_in_a_row_is_said_at_once() -> None:
    sheet = read_exams(an_exam_sheet(typed(Exam_date="soon", Patient=None, Units="x", Bilateral="both")))
    assert {heading for _, heading, _ in said(sheet)} == {"Exam date", "Patient", "Units", "Bilateral"}


def test_what_can_be_read_of_an_unreadable_row_still_says_which_exam_it_may_belong_to() -> None:
    sheet = read_exams(
        an_exam_sheet(typed(Units="x"), typed(Exam_date="soon"), typed(Physician="#N/A", Case=None))
    )
    assert dict(sheet.unreadable) == {
        2: ("2026-10-05", "p1", "c1", "drexample", "north"),
        3: (None, "p1", "c1", "drexample", "north"),
        4: ("2026-10-05", "p1", None, None, "north"),
    }
    assert [exam.row for exam in sheet.exams] == [2]


def test_a_heading_over_two_columns_leaves_every_row_unread() -> None:
    sheet = read_exams(an_exam_sheet(typed(), headings=[*EXAMS.titles, "Code"]))
    assert said(sheet) == [("heading-twice", "Code", 1)]
    assert dict(sheet.unreadable) == {1: (None,) * 5}


def test_a_patient_number_keeps_the_zeros_it_shows_and_is_text() -> None:
    columns = exam_columns([typed(Patient=42.0), typed(Patient=42.0)])
    formats = [["General", "00000", "General"] if column[0] == "Patient" else None for column in columns]
    sheet = read_exams(Sheet("Exams", 1, 0, columns, formats))
    assert [exam.patient for exam in sheet.exams] == ["00042", "42"]


def test_hidden_rows_are_included_and_said() -> None:
    sheet = read_exams(an_exam_sheet(*exams_of("P-1", "P-2", "P-3"), hidden=[1, 3, 4, 9]))
    assert len(sheet.exams) == 3
    assert said(sheet) == [("hidden-rows", "", None)]
    assert "2 rows" in sheet.findings[0].message
    assert "rows 3-4" in sheet.findings[0].message


def test_a_remark_of_the_rules_gets_the_column_of_its_heading() -> None:
    sheet = read_exams(an_exam_sheet(typed(), headings=["Exam type", "Exam date", "Patient", "Case"]))
    (exam,) = sheet.exams
    assert sheet.with_column(exam.finding(ExamInFuture("11/20/2026"), "Exam type")).column == 0
    assert sheet.with_column(exam.finding(ExamInFuture("11/20/2026"), "Payer")).column is None


def test_a_row_without_code_in_a_sheet_without_exam_types_is_marked_under_code() -> None:
    sheet = read_exams(an_exam_sheet(typed(), headings=["Exam date", "Patient", "Case", "Code"]))
    assert sheet.with_column(sheet.exams[0].finding(CodeOrExamType(), "Exam type")).column == 3

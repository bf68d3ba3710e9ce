"""Logs as practice systems export them: other headings, page furniture, merged cells, odd dates."""

from dataclasses import replace

import pytest

from server.billing.clinics import CountsAs, ImportProfile
from server.billing.payroll.appointment_log import AppointmentLog
from server.errors import BillingError, EmptySheet, HeaderNotFound, MissingColumn
from server.sheets.appointment_log.heading_synonyms import LOG_FIELDS, fold_heading
from server.sheets.appointment_log.reader import read_log
from server.sheets.questions import Unanswered
from server.sheets.sheet import Cell, Sheet
from tests.invented import HEADINGS, LAKESIDE, a_log, a_row, a_sheet

VISIT = ("10/25/2026", "Jane Roe", "EX-101", "Show")


def a_table(headings: list[str], *rows: tuple[Cell, ...], **options: object) -> Sheet:
    return a_sheet(rows, headings, **options)


def codes(log: AppointmentLog) -> list[str]:
    return [finding.code for finding in log.findings]


@pytest.mark.parametrize(
    "headings",
    [
        ["DOS", "Clinician", "CPT", "Appt Status"],
        ["Appt Date", "THERAPIST", "Billing  Code", "status"],
        ["Date_of_Service", "Rendering Provider", "Appointment Type", "Show / No Show"],
        ["Service Date", "Practitioner:", "Procedure Code", "Attendance"],
    ],
)
def test_columns_are_known_by_what_practice_systems_call_them(headings: list[str]) -> None:
    log = a_log(a_table(headings, VISIT))

    assert set(log.columns) == {"date", "provider", "service", "status"}


def test_column_order_extra_columns_and_titles_above_do_not_matter() -> None:
    columns: list[list[Cell]] = [
        ["Lakeside", None, "Note", "free text nobody reads"],
        ["Status report", None, "Status", "Show"],
        [None, None, "Service", "EX-101"],
        [None, None, "Provider", "Jane Roe"],
        [None, None, "Date", "10/25/2026"],
    ]

    log = a_log(Sheet("Export", 3, 2, columns))

    assert log.rows.tolist() == [6]
    assert (log.facts.header_row, log.facts.title_rows) == (5, 1)
    assert log.columns["date"].position == 6
    assert set(log.words) == {"status", "service", "provider"}


def test_page_furniture_is_left_out_and_counted() -> None:
    headings = ["Date", "Provider", "Service", "Status", "Charge"]
    log = a_log(
        a_table(
            headings,
            (*VISIT, 10),
            (None,) * 5,
            tuple(headings),
            (*VISIT, 5.5),
            ("Page 1 of 2", None, None, None, None),
            ("Total", None, None, None, "$15.50"),
        )
    )

    assert log.rows.tolist() == [2, 5]
    facts = log.facts
    assert (facts.blank_rows, facts.repeated_headers, facts.totals_rows, facts.title_rows) == (1, 1, 1, 0)
    assert facts.furniture == {"page footer": 1}
    assert codes(log) == ["total-verified", "repeated-headers", "page-furniture"]


def test_a_total_that_is_not_the_sum_is_pointed_at() -> None:
    log = a_log(
        a_table(
            ["Date", "Provider", "Service", "Status", "Paid"],
            (*VISIT, 10),
            ("Grand total", None, None, None, 11),
        )
    )

    assert log.findings[0].message == "The totals row says $11.00, and the rows above it add up to $10.00."
    assert (log.findings[0].column, list(log.findings[0].rows)) == (4, [3])


def test_a_row_without_a_date_is_an_appointment_all_the_same() -> None:
    log = a_log(
        a_table(["Date", "Provider", "Service", "Status"], VISIT, (None, "Jane Roe", "EX-101", "Show"))
    )

    assert log.rows.tolist() == [2, 3]
    assert log.days.given.tolist() == [True, False]


def test_merged_providers_are_filled_down_and_said() -> None:
    rows = [("10/25/2026", name, "EX-101", "Show") for name in ("Jane Roe", None, None, "Max Doe")]

    log = a_log(a_table(["Date", "Provider", "Service", "Status"], *rows, merged=["B2:B4"]))

    assert log.words["provider"].texts().tolist() == ["Jane Roe", "Jane Roe", "Jane Roe", "Max Doe"]
    assert codes(log) == ["merged-cells"]


def test_hidden_rows_are_included_and_said() -> None:
    log = a_log(a_table(["Date", "Provider", "Service", "Status"], VISIT, VISIT, hidden_rows=[3, 99]))

    assert len(log) == 2
    assert log.findings[0].message == "This includes 1 row that the sheet hides or filters out (row 3)."


def test_client_and_insurance_columns_of_one_name_are_summed() -> None:
    headings = [
        "Date",
        "Provider",
        "Service",
        "Status",
        "Charge",
        "Paid",
        "Unpaid",
        "Charge",
        "Paid",
        "Unpaid",
    ]

    log = a_log(a_table(headings, (*VISIT, 20, 15, 5, 100, None, 20), (*VISIT, 20, None, 5, 100, None, 20)))

    assert log.amounts["collected_cents"].values.tolist() == [1_500, 0]
    assert log.amounts["collected_cents"].given.tolist() == [True, False]
    assert log.amounts["charge_cents"].values.tolist() == [12_000, 12_000]
    assert codes(log) == ["summed-columns", "summed-columns", "columns-not-read"]


def test_parts_are_summed_only_where_no_column_holds_the_whole() -> None:
    parts = ["Date", "Provider", "Service", "Status", "Client Paid", "Insurance Paid"]

    assert a_log(a_table(parts, (*VISIT, 1, 2))).amounts["collected_cents"].values.tolist() == [300]
    assert a_log(a_table([*parts, "Total Paid"], (*VISIT, 1, 2, 4))).amounts[
        "collected_cents"
    ].values.tolist() == [400]


def test_no_in_a_no_show_column_means_attended() -> None:
    log = a_log(a_table(["Date", "Provider", "Service", "No-Show?"], (*VISIT[:3], "No"), (*VISIT[:3], "Yes")))

    assert log.flags[0].meanings == {"No": CountsAs.ATTENDED, "Yes": CountsAs.NO_SHOW}
    assert (
        log.findings[0].message == "“No-Show?” was read as: Yes is no show (1 row), No is attended (1 row)."
    )


def test_yes_under_a_heading_that_could_mean_both_is_asked_once() -> None:
    sheet = a_table(["Date", "Provider", "Service", "Show/No Show"], (*VISIT[:3], "Yes"))

    with pytest.raises(Unanswered) as asked:
        a_log(sheet)
    assert asked.value.questions[0].name == "yes_means"
    log, learned = read_log(sheet, "", LAKESIDE, ImportProfile(), {"yes_means": "attended"})
    assert log.flags[0].meanings == {"Yes": CountsAs.ATTENDED}
    assert read_log(sheet, "", LAKESIDE, learned, {})[0].flags[0].meanings == {"Yes": CountsAs.ATTENDED}


def test_two_columns_that_could_be_the_date_are_asked_about_and_remembered() -> None:
    sheet = a_table(["Date", "DOS", "Provider", "Service", "Status"], ("10/01/2026", *VISIT))

    with pytest.raises(Unanswered) as asked:
        a_log(sheet)
    question = asked.value.questions[0]
    assert (question.name, [choice.value for choice in question.choices]) == ("date_column", ["Date", "DOS"])
    assert [finding.column for finding in asked.value.findings] == [0, 1]
    log, learned = read_log(sheet, "", LAKESIDE, ImportProfile(), {"date_column": "DOS"})
    assert log.columns["date"].position == 1
    assert read_log(sheet, "", LAKESIDE, learned, {})[0].columns["date"].position == 1


def test_two_columns_that_say_the_same_need_no_question() -> None:
    log = a_log(a_table(["Date", "DOS", "Provider", "Service", "Status"], ("10/25/2026", *VISIT)))

    assert log.columns["date"].position == 0


def test_of_two_service_columns_the_one_the_clinic_knows_is_taken() -> None:
    headings = ["Date", "Provider", "Appointment Type", "Service Code", "Status"]

    log = a_log(a_table(headings, ("10/25/2026", "Jane Roe", "In person", "EX-101", "Show")))

    assert log.columns["service"].heading == "Service Code"


def test_an_unheard_of_heading_is_proposed_by_what_stands_under_it() -> None:
    sheet = a_table(["Date", "Who saw them", "Service", "Status"], VISIT)

    with pytest.raises(Unanswered) as asked:
        a_log(sheet)
    (question,) = asked.value.questions
    assert [choice.label for choice in question.choices] == ["Who saw them (column B)", "None of them"]
    assert question.default == "Who saw them"
    assert a_log(sheet, provider_column="B").columns["provider"].position == 1


def test_dates_that_fit_both_orders_are_asked_about_once() -> None:
    sheet = a_table(["Date", "Provider", "Service", "Status"], ("10/05/2026", *VISIT[1:]))

    with pytest.raises(Unanswered) as asked:
        a_log(sheet)
    assert [choice.value for choice in asked.value.questions[0].choices] == ["mdy", "dmy"]
    log, learned = read_log(sheet, "", LAKESIDE, ImportProfile(), {"date_order": "mdy"})
    assert (log.days.given.tolist(), learned.date_order) == ([True], "mdy")


@pytest.mark.parametrize(
    ("sheet", "refusal"),
    [
        (Sheet("Empty", 1, 0, []), EmptySheet),
        (Sheet("Blank", 1, 0, [[None, ""], [" ", None]]), EmptySheet),
        (a_sheet([], HEADINGS), EmptySheet),
        (Sheet("Prose", 1, 0, [["Dear all", "this is no log"]]), HeaderNotFound),
        (a_table(["Date", "Service", "Status"], ("10/25/2026", "EX-101", "Show")), MissingColumn),
        (a_table(["Provider", "Service", "Status"], VISIT[1:]), MissingColumn),
    ],
)
def test_a_sheet_that_is_no_log_is_refused(sheet: Sheet, refusal: type[BillingError]) -> None:
    with pytest.raises(refusal) as refused:
        a_log(sheet)
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("cell", "shown_as", "text"),
    [
        (7, "000000", "000007"),
        (7, "0", "7"),
        (29_872_512_345_678, "0.00E+00", "29872512345678"),
        ("0007", None, "0007"),
        (1.1, "0.00", "1.10"),
        (1.1, "0.000", "1.100"),
        (1.1, "0.0", "1.1"),
        (12, "0.00", "12"),
    ],
)
def test_an_id_is_text_with_the_zeros_it_is_shown_with(cell: Cell, shown_as: str, text: str) -> None:
    sheet = a_sheet([a_row(id=cell)])

    log = a_log(replace(sheet, formats=[shown_as]))

    assert log.words["appointment"].values == (text,)


@pytest.mark.parametrize("cell", ["2.98725E+13", 29_872_500_000_000, 1_234_567_890_123_456, 1.2345e16])
def test_an_id_that_lost_its_digits_is_noticed(cell: Cell) -> None:
    log = a_log(a_sheet([a_row(id=cell)]))

    assert [cells.what.code for cells in log.unreadable] == ["damaged-id"]


@pytest.mark.parametrize("cell", ["5E3", "12E7", "1.5E3", "E+10", "A2.98725E+13"])
def test_an_id_with_an_e_in_it_is_whole(cell: str) -> None:
    log = a_log(a_sheet([a_row(id=cell)]))

    assert (log.unreadable, log.words["appointment"].values) == ((), (cell,))


@pytest.mark.parametrize("cell", ["2.98725E+13", "2,98725E+13", 29_872_500_000_000])
def test_a_patient_number_that_lost_its_digits_blocks_only_where_no_id_names_the_visit(cell: Cell) -> None:
    headings = [*HEADINGS, "Patient"]
    rows = [(*a_row(), cell), (*a_row(id="A-1"), cell), (*a_row(), "PT-1")]

    log = a_log(a_sheet(rows, headings))

    assert [(cells.what.code, tuple(cells.positions)) for cells in log.unreadable] == [
        ("damaged-patient", (0,))
    ]
    assert log.words["patient"].texts().tolist() == ["", "", "PT-1"]


def test_a_1904_workbook_means_the_same_day() -> None:
    sheet = a_sheet([a_row(date=46_300 - 1_462)], date_system=1904)

    assert a_log(sheet).days.values.tolist() == [46_300]


def test_free_text_columns_are_not_read_at_all() -> None:
    log = a_log(a_table(["Date", "Provider", "Service", "Status", "Clinical notes"], (*VISIT, "secret")))

    assert "secret" not in repr(log)


@pytest.mark.parametrize(
    ("days", "profile", "answers", "said"),
    [
        (["10/05/2026"], "", {"date_order": "mdy"}, "month first (answered)"),
        (["10/05/2026"], "dmy", {}, "day first (remembered)"),
        (["10/25/2026", "10/26/2026"], "", {}, "month first (as the column itself shows)"),
        (["2026-10-05"], "", {}, "as they are: none could be read two ways"),
    ],
)
def test_the_log_says_in_which_order_its_dates_were_read(
    days: list[str], profile: str, answers: dict[str, str], said: str
) -> None:
    table = a_table(["Date", "Provider", "Service", "Status"], *((day, *VISIT[1:]) for day in days))

    log = a_log(table, LAKESIDE, ImportProfile(date_order=profile), **answers)

    assert log.facts.dates_read == said


def test_no_heading_is_a_synonym_of_two_fields() -> None:
    fields: dict[str, set[str]] = {}
    for field in LOG_FIELDS:
        for heading in (field.heading, *field.synonyms, *field.parts):
            fields.setdefault(fold_heading(heading), set()).add(field.name)
    assert {heading: names for heading, names in fields.items() if len(names) > 1} == {}

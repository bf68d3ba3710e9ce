"""The sheets and papers of a run that adjusts earlier pay, pays late visits, and carries totals forward."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from server.billing.clinics import Provider, Setup, WorksAs
from server.billing.days import date_of
from server.billing.payroll.adjustments import AdjustmentKind, CarriedForward
from server.billing.payroll.pay_lines import COLUMNS, PayLines
from server.billing.payroll.pay_run import Outcome, PayRun
from server.billing.payroll.pay_statements import RunChanges, StatedRun, statements_of
from server.billing.payroll.recorded_runs import RunState
from server.billing.payroll.state_lines import DRAFT_LINE, state_line
from server.papers.pay_statements import set_statement
from server.sheets.payroll.payroll_workbook import write_payroll
from server.sheets.payroll.statement_file import write_statement
from server.sheets.payroll.tables import (
    ADJUSTMENTS,
    LINES,
    PAY_BY_SERVICE_NAME,
    RECONCILIATION_NAME,
    SUMMARY_NAME,
)
from server.sheets.tables import STATE
from tests.billing.recorded_runs import a_header
from tests.papers.reading import text_of
from tests.sheets.invented import (
    CLINIC,
    GONE,
    IDLE,
    LATE_SEPTEMBER,
    NAMES,
    PROVIDERS,
    a_run,
    adjusted,
    an_adjustment,
    finished,
)
from tests.sheets.workbooks import rows_of

RUN = adjusted(a_run())
SETUP = [*PROVIDERS, Provider(IDLE, active=False)]
BYTES = write_payroll(RUN, SETUP)
ADA, BO, CY = NAMES[:3]


@pytest.fixture(scope="module")
def book() -> Workbook:
    return load_workbook(BytesIO(BYTES))


def cents(value: object) -> int:
    return round(float(str(value)) * 100) if isinstance(value, int | float) else 0


def statement(book: Workbook, provider: str) -> Worksheet:
    return next(sheet for sheet in book.worksheets[2:] if sheet["A1"].value == provider)


def rows_below(sheet: Worksheet, title: str) -> list[tuple[object, ...]]:
    """Return the rows of a table below its title and headings, with its total as the last one."""
    rows = rows_of(sheet)
    first = next(place for place, row in enumerate(rows) if row[0] == title) + 2
    last = next(place for place in range(first, len(rows)) if str(rows[place][0]).startswith("Total"))
    return rows[first : last + 1]


def test_the_adjustments_are_a_sheet_behind_the_lines(book: Workbook) -> None:
    assert book.sheetnames.index(ADJUSTMENTS.name) == book.sheetnames.index(LINES.name) + 1
    sheet = book[ADJUSTMENTS.name]
    rows = rows_of(sheet)
    assert rows[3] == ADJUSTMENTS.titles
    assert rows[4] == (
        ADA, "Amount changed", "A-90003", datetime(2026, 9, 14), "EX-101", LATE_SEPTEMBER, 95, 90, -5, 12,  # noqa: DTZ001
        "The rate of this visit is $90.00 since 09/01/2026.",
    )  # fmt: skip
    assert rows[5][5:9] == ("–", 0, 95, 95)
    assert len(rows) == 4 + len(RUN.adjustments) + 1
    assert (rows[-1][0], *rows[-1][6:9]) == ("Total", 295, 290, -5)
    assert sheet.tables["LedgerAdjustments"].ref == f"A4:K{4 + len(RUN.adjustments)}"


def test_the_state_of_the_adjustments_can_be_written_anew(book: Workbook) -> None:
    """The add-in sends the cells of this name back, and an approval rewrites them."""
    sheet = book[ADJUSTMENTS.name]
    area = sheet.defined_names[STATE].attr_text
    assert area is not None
    first = area.rpartition("!")[2].replace("$", "").split(":")[0]
    assert sheet[first].value == DRAFT_LINE


def test_a_run_without_adjustments_has_none_of_it() -> None:
    plain = load_workbook(BytesIO(write_payroll(a_run(), PROVIDERS)))
    assert ADJUSTMENTS.name not in plain.sheetnames
    texts = {str(cell) for sheet in plain.worksheets for row in rows_of(sheet) for cell in row}
    assert texts.isdisjoint({"Total to pay", "Carried in", "Carried forward", "Adjustments"})


def test_a_run_with_a_carried_forward_total_only_has_no_sheet_of_adjustments() -> None:
    run = a_run()
    earned = int(run.lines.amount_cents[run.lines.provider == ADA].sum())
    carried = replace(run, carried=(CarriedForward(ADA, "", -10_00, earned),))
    shown = load_workbook(BytesIO(write_payroll(carried, PROVIDERS)))
    assert ADJUSTMENTS.name not in shown.sheetnames
    assert ("Total to pay", (earned - 10_00) / 100) in {
        (row[0], row[5]) for row in rows_of(statement(shown, ADA))
    }


def test_the_lines_end_with_the_late_visits(book: Workbook) -> None:
    rows = rows_of(book[LINES.name])
    assert rows[-1][:2] == (999, "A-90001")
    assert sum(cents(row[LINES.position("Amount")]) for row in rows[1:]) == RUN.paid_cents + 95_00
    assert len(rows) == 1 + RUN.count(Outcome.PAID)


def test_each_row_of_the_summary_adds_up_to_its_total_to_pay(book: Workbook) -> None:
    rows = rows_of(book[SUMMARY_NAME])
    start = next(place for place, row in enumerate(rows) if row[0] == "Provider")
    titles, table = rows[start], rows[start + 1 :]
    parts = [titles.index(title) for title in ("Pay", "Adjustments", "Carried in", "Carried forward")]
    total = titles.index("Total to pay")
    stop = next(place for place, row in enumerate(table) if row[0] == "Clinic total")
    for row in table[: stop + 1]:
        assert sum(cents(row[place]) for place in parts) == cents(row[total]) >= 0
    found = {str(row[0]): row for row in table[: stop + 1]}
    assert {ADA, BO, CY, GONE, IDLE} <= found.keys()
    assert cents(found["Clinic total"][total]) == RUN.total_cents
    subtotals = [
        row for name, row in found.items() if name in {"All W-2", "All 1099", "No longer in the setup"}
    ]
    assert len(subtotals) == 3
    for place in (*parts, total):
        assert sum(cents(row[place]) for row in subtotals) == cents(found["Clinic total"][place])
    assert (found[GONE][total], found[IDLE][total]) == (0, 0)


def test_the_key_figure_is_what_is_handed_over_also_by_form(book: Workbook) -> None:
    sheet = book[SUMMARY_NAME]
    assert cents(sheet["A6"].value) == RUN.total_cents
    in_words = str(sheet["A7"].value).replace(",", "").replace("$", "")
    shown = [round(float(part.rpartition(" ")[2]) * 100) for part in in_words.split(" · ")]
    assert sum(shown) == RUN.total_cents  # the one who is no longer in the setup is handed over nothing


def test_the_visits_paid_are_those_of_the_period_and_the_late_ones(book: Workbook) -> None:
    sheet = book[SUMMARY_NAME]
    assert (sheet["D6"].value, sheet["D7"].value) == (401, "400 attended, 1 late")


def test_who_owes_something_is_named_below_the_summary(book: Workbook) -> None:
    notes = {str(row[0]) for row in rows_of(book[SUMMARY_NAME])}
    assert f"{BO}: $30.00 was carried in and is settled with this run." in notes
    assert f"{GONE}, who is no longer in the setup, owes $80.00: $80.00 is carried to the next run." in notes
    assert (
        f"{IDLE}, who is inactive, owes $20.00: $20.00 was carried in; $20.00 is carried to the next run."
        in notes
    )
    assert (
        "5 adjustments of earlier pay (-$5.00), 1 late visit among them: see the sheet Adjustments." in notes
    )


def test_the_reconciliation_adds_up_to_what_is_handed_over(book: Workbook) -> None:
    rows = rows_below(book[RECONCILIATION_NAME], "From the visits to the total to pay")
    assert [row[0] for row in rows] == [
        "Visits of this period",
        "Late visits (1)",
        "Other adjustments (4)",
        "Carried from earlier runs",
        "Carried to the next run",
        "Total to pay",
    ]
    assert sum(cents(row[1]) for row in rows[:-1]) == cents(rows[-1][1]) == RUN.total_cents


def test_pay_by_service_has_no_column_for_somebody_without_a_visit(book: Workbook) -> None:
    rows = rows_of(book[PAY_BY_SERVICE_NAME])
    heads = next(row for row in rows if row[0] == "Service")
    assert GONE not in heads
    assert IDLE not in heads
    assert any("Adjustments of earlier pay are not included" in str(row[0]) for row in rows)


def test_a_provider_called_like_the_sheet_has_a_statement_of_another_name() -> None:
    run = a_run(40, ("Adjustments", ADA))
    run = replace(run, adjustments=(an_adjustment(AdjustmentKind.AMOUNT, "Adjustments", 1_00, 2_00),))
    shown = load_workbook(BytesIO(write_payroll(run, ())))
    assert shown[ADJUSTMENTS.name]["A4"].value == "Provider"
    assert statement(shown, "Adjustments").title != ADJUSTMENTS.name


def test_an_adjustment_that_looks_like_a_formula_stays_text() -> None:
    formula = '=HYPERLINK("http://bad")'
    one = an_adjustment(AdjustmentKind.AMOUNT, ADA, 1_00, 2_00, appointment=formula, reason=formula)
    shown = load_workbook(BytesIO(write_payroll(replace(a_run(), adjustments=(one,)), PROVIDERS)))
    row = shown[ADJUSTMENTS.name][5]
    assert [(row[place].value, row[place].data_type) for place in (2, 10)] == [(formula, "s")] * 2


# -- statements


def as_recorded(run: PayRun) -> StatedRun:
    """Return the statements of a run as the books give its lines and adjustments back."""
    frame = run.lines.frame().rename(columns={"row": "source_row"})
    frame["day"] = [date_of(int(day)).isoformat() for day in frame["day"]]
    columns = [frame[name].astype(object).where(frame[name].notna(), None).tolist() for name in COLUMNS]
    setup = Setup(CLINIC, providers=tuple(SETUP))
    changes = RunChanges(run.adjustments, run.carried)
    statements = statements_of(PayLines(*columns), run.rates_used, setup, changes=changes)
    return StatedRun(CLINIC, a_header(RunState.CLOSED), statements, state_line(RunState.CLOSED, None, ""))


STATED = as_recorded(RUN)


@pytest.mark.parametrize("provider", [ADA, BO, CY, GONE, IDLE])
def test_the_sheet_the_file_and_the_paper_of_a_provider_say_the_same(book: Workbook, provider: str) -> None:
    sheet = statement(book, provider)
    (mine,) = [one for one in STATED.statements if one.provider == provider]
    own_file = load_workbook(BytesIO(write_statement(STATED, mine))).worksheets[0]
    paper = text_of(set_statement(STATED, mine, date(2026, 11, 3)))

    parts = rows_below(sheet, "Total to pay")
    assert parts == rows_below(own_file, "Total to pay")
    assert sum(cents(row[5]) for row in parts[:-1]) == cents(parts[-1][5]) == mine.total.total_cents
    assert cents(sheet["A6"].value) == cents(own_file["A6"].value) == mine.total.total_cents
    for label, *_ in parts:
        assert str(label) in paper
    if mine.adjustments:
        title = "Adjustments of earlier pay"
        listed = rows_below(sheet, title)
        assert listed == rows_below(own_file, title)
        assert len(listed) == 2 * len(mine.adjustments) + 1
        assert cents(listed[-1][5]) == mine.total.adjustment_cents
        for row in listed[1:-1:2]:
            assert str(row[0]) in paper
    if mine.carried:
        assert mine.carried.in_words in paper
        assert {mine.carried.in_words} <= {str(row[0]) for row in rows_of(sheet)}
        assert {mine.carried.in_words} <= {str(row[0]) for row in rows_of(own_file)}


def test_everybody_in_the_run_has_a_statement_and_they_add_up_to_it(book: Workbook) -> None:
    everybody = sorted({*NAMES, GONE, IDLE})
    assert sorted(one.provider for one in STATED.statements) == everybody
    assert sum(one.total.total_cents for one in STATED.statements) == RUN.total_cents
    assert all(statement(book, name) for name in everybody)


@pytest.mark.parametrize("provider", [ADA, BO, CY, GONE, IDLE])
def test_a_statement_names_no_other_provider(book: Workbook, provider: str) -> None:
    others = {*NAMES, GONE, IDLE} - {provider}
    (mine,) = [one for one in STATED.statements if one.provider == provider]
    sheets = (statement(book, provider), load_workbook(BytesIO(write_statement(STATED, mine))).worksheets[0])
    texts = [str(cell) for sheet in sheets for row in rows_of(sheet) for cell in row if cell]
    texts.append(text_of(set_statement(STATED, mine, date(2026, 11, 3))))
    assert not [text for text in texts for name in others if name in text]


def test_a_statement_without_visits_has_no_empty_table_of_rates(book: Workbook) -> None:
    assert "By service and rate" not in {row[0] for row in rows_of(statement(book, GONE))}
    assert "By service and rate" in {row[0] for row in rows_of(statement(book, ADA))}


def test_a_statement_with_hundreds_of_adjustments_is_written() -> None:
    many = tuple(
        an_adjustment(AdjustmentKind.AMOUNT, ADA, 1_00, 2_00, appointment=f"B-{number}", reason="Word " * 80)
        for number in range(300)
    )
    run = replace(a_run(), adjustments=many)
    sheet = statement(load_workbook(BytesIO(write_payroll(run, PROVIDERS))), ADA)
    assert cents(rows_below(sheet, "Adjustments of earlier pay")[-1][5]) == 300_00
    mine = next(one for one in as_recorded(run).statements if one.provider == ADA)
    assert "B-299" in text_of(set_statement(STATED, mine, date(2026, 11, 3)))


# -- nothing is lost


def without_carry(run: PayRun) -> PayRun:
    return replace(run, carried=())


def without_late_lines(run: PayRun) -> PayRun:
    return replace(run, late=None)


def with_late_lines_twice(run: PayRun) -> PayRun:
    assert run.late is not None
    return replace(run, late=run.late.followed_by(run.late))


def with_a_wrong_late_amount(run: PayRun) -> PayRun:
    late = next(place for place, one in enumerate(run.adjustments) if one.of_place is None)
    rows = [*run.adjustments]
    rows[late] = replace(rows[late], now_cents=95_01)
    return replace(run, adjustments=tuple(rows))


@pytest.mark.parametrize(
    "damaged", [without_carry, without_late_lines, with_late_lines_twice, with_a_wrong_late_amount]
)
def test_a_run_whose_adjustments_do_not_add_up_is_not_written(damaged: Callable[[PayRun], PayRun]) -> None:
    with pytest.raises(ArithmeticError):
        write_payroll(damaged(RUN), SETUP)


def test_a_run_of_adjustments_alone_is_written() -> None:
    run = a_run(5, unpaid=4)
    empty = finished(run.lines.frame().iloc[:0], run.rates_used, run.unpaid.frame())
    only = replace(empty, adjustments=(an_adjustment(AdjustmentKind.RETURNED, ADA, 0, 60_00),))
    shown = load_workbook(BytesIO(write_payroll(only, [Provider(ADA, works_as=WorksAs.EMPLOYEE)])))
    assert cents(shown[SUMMARY_NAME]["A6"].value) == 60_00
    assert statement(shown, ADA)

"""Prices and Exam types of the Setup workbook: typed, read, and doubted."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from server.billing.clinics import Clinic, Setup
from server.billing.invoices.prices import Bilateral, ExamCode, Price
from server.errors import Severity
from server.sheets.clinics.setup_reader import read_setup
from server.sheets.clinics.setup_workbook import write_setup
from server.sheets.sheet import Cell, Sheet
from tests.sheets.typed_setup import GOOD, a_sheet, only, told, typed
from tests.sheets.workbooks import sheets_of

SINCE = date(2026, 1, 1)
PRICED = replace(
    Setup(Clinic("lakeside", "Lakeside")),
    prices=(Price("EX-301", "Knee riddle", 120_50, SINCE), Price("EX-302", "Back riddle", 99_00, SINCE)),
    exam_types=(ExamCode("Joints", "EX-301", "Knee"),),
)


def prices(*rows: Sequence[Cell]) -> list[Sheet]:
    return typed(Prices=[GOOD["Prices"][0], *rows], Exam_types=None)


def exam_types(*rows: Sequence[Cell]) -> list[Sheet]:
    return typed(Exam_types=[GOOD["Exam types"][0], *rows])


def test_prices_and_exam_types_are_read_as_they_are_typed() -> None:
    setup, findings = read_setup(typed())
    assert findings == []
    assert setup.prices == (
        Price("EX-301", "Knee riddle", 120_50, SINCE, Bilateral.HALF_MORE),
        Price("EX-302", "Back riddle", 99_00, SINCE, Bilateral.DOUBLE),
    )
    assert setup.exam_types == (ExamCode("Joints", "EX-301", "Knee"), ExamCode("Joints", "EX-302", "Back"))


def test_the_sheets_offer_the_bilateral_rules_and_the_codes_with_a_price() -> None:
    book = load_workbook(BytesIO(write_setup(PRICED)))
    offered = {str(rule.sqref): rule.formula1 for rule in book["Prices"].data_validations.dataValidation}
    assert offered == {"D4:D2000": '"x1,x1.5,x2,not allowed"'}
    codes = {str(rule.sqref): rule.formula1 for rule in book["Exam types"].data_validations.dataValidation}
    assert codes == {"C4:C2000": "Prices!$A$4:$A$2000"}


def test_a_clinic_that_bills_nothing_is_asked_for_nothing() -> None:
    setup, findings = read_setup(sheets_of(write_setup(Setup(Clinic("lakeside", "Lakeside")))))
    assert (setup.prices, setup.exam_types, findings) == ((), (), [])


@pytest.mark.parametrize("typed_rule", [None, "x2", "X 2"])
def test_both_sides_cost_double_unless_the_row_says_otherwise(typed_rule: Cell) -> None:
    (price,) = read_setup(prices(["EX-301", "", 120.5, typed_rule, None, "2026-01-01"]))[0].prices
    assert price.bilateral is Bilateral.DOUBLE


@pytest.mark.parametrize("payer", [None, " ", "*"])
def test_an_empty_payer_is_any_and_so_is_a_star_as_on_the_other_sheets(payer: Cell) -> None:
    (price,) = read_setup(prices(["EX-301", "", 120.5, None, payer, "2026-01-01"]))[0].prices
    assert price.payer == ""


@pytest.mark.parametrize(("cell", "cents"), [
    (120.5, 120_50), ("$1,234.50", 1_234_50), (0.01, 1), ("33.33", 33_33), (33.33, 33_33),
])  # fmt: skip
def test_a_price_is_read_to_the_cent(cell: Cell, cents: int) -> None:
    (price,) = read_setup(prices(["EX-301", "", cell, None, None, "2026-01-01"]))[0].prices
    assert price.unit_price_cents == cents


@pytest.mark.parametrize(("row", "code", "heading"), [
    (["EX-301", "", 0, None, None, "2026-01-01"], "price-not-positive", "Unit price"),
    (["EX-301", "", -5, None, None, "2026-01-01"], "price-not-positive", "Unit price"),
    (["EX-301", "", "(50.00)", None, None, "2026-01-01"], "price-not-positive", "Unit price"),
    (["EX-301", "", None, None, None, "2026-01-01"], "blank-cell", "Unit price"),
    (["EX-301", "", "a lot", None, None, "2026-01-01"], "not-money", "Unit price"),
    (["EX-301", "", "60%", None, None, "2026-01-01"], "not-money", "Unit price"),
    (["EX-301", "", True, None, None, "2026-01-01"], "not-money", "Unit price"),
    (["EX-301", "", 33.333, None, None, "2026-01-01"], "fraction-of-cent", "Unit price"),
    (["EX-301", "", 1e9, None, None, "2026-01-01"], "too-large", "Unit price"),
    (["EX-301", "", "#REF!", None, None, "2026-01-01"], "error-value", "Unit price"),
    (["EX-301", "#N/A", 120.5, None, None, "2026-01-01"], "error-value", "Description"),
    (["EX-301", "", 120.5, 1.5, None, "2026-01-01"], "not-a-choice", "Bilateral"),
    (["EX-301", "", 120.5, "x15", None, "2026-01-01"], "not-a-choice", "Bilateral"),
    (["EX-301", "", 120.5, "no", None, "2026-01-01"], "not-a-choice", "Bilateral"),
    (["EX-301", "", 120.5, "#N/A", None, "2026-01-01"], "error-value", "Bilateral"),
    (["EX-301", "", 120.5, None, "—", "2026-01-01"], "no-letters", "Payer"),
    (["EX-301", "", 120.5, None, "#N/A", "2026-01-01"], "error-value", "Payer"),
    (["EX-301", "", 120.5, None, None, "soon"], "not-a-date", "Effective from"),
    (["EX-301", "", 120.5, None, None, None], "blank-cell", "Effective from"),
    ([None, "Knee", 120.5, None, None, "2026-01-01"], "blank-cell", "Code"),
    (["***", "Knee", 120.5, None, None, "2026-01-01"], "no-letters", "Code"),
])  # fmt: skip
def test_a_price_nobody_can_be_sure_of_is_a_blocker_on_its_cell(
    row: list[Cell], code: str, heading: str
) -> None:
    finding = only(prices(row))
    assert (finding.code, finding.heading, tuple(finding.rows)) == (code, heading, (2,))
    assert finding.severity is Severity.BLOCKER
    assert finding.column == GOOD["Prices"][0].index(heading)
    assert read_setup(prices(row))[0].prices == ()


def test_a_number_shown_as_a_percentage_is_no_price() -> None:
    row: list[Cell] = ["EX-301", "", 0.57, None, None, "2026-01-01"]
    sheet = a_sheet("Prices", [GOOD["Prices"][0], row], [None, None, "0%", None, None, None])
    finding = only([*typed(Prices=None, Exam_types=None), sheet])
    assert (finding.code, finding.message) == ("not-money", "“57%” is not an amount of money.")


def test_two_prices_of_one_code_payer_and_day_are_a_blocker_however_they_are_spelled() -> None:
    good: list[Cell] = ["EX-301", "Knee", 120.5, None, "Acme Invented", "2026-01-01"]
    finding = only(prices(good, ["ex301", "Knee", 90, None, "ACME, invented", "01/01/2026"]))
    assert (finding.code, tuple(finding.rows)) == ("price-twice", (3,))
    assert "for ACME, invented from 01/01/2026 is also in row 2" in finding.message


def test_a_payer_may_have_its_own_price_and_a_code_another_one_later() -> None:
    rows: list[list[Cell]] = [
        ["EX-301", "Knee", 120.5, None, None, "2026-01-01"],
        ["EX-301", "Knee", 100, None, "Acme Invented", "2026-01-01"],
        ["EX-301", "Knee", 130, None, None, "2026-07-01"],
    ]
    setup, findings = read_setup(prices(*rows))
    assert findings == []
    assert len(setup.prices) == 3


@pytest.mark.parametrize(("rows", "code", "heading"), [
    ([["Joints", "Knee", "EX-301"], ["JOINTS", "knee", "ex 301"]], "exam-code-twice", "Code"),
    ([["Joints", "Knee", "EX-301"], ["Joints", None, "EX-302"]], "unnamed-sub-exam", "Sub-exam"),
    ([["Talk", None, "EX-301"], ["Joints", "Knee; back", "EX-302"]], "sub-exam-semicolon", "Sub-exam"),
    ([["Talk", None, "EX-301"], [None, "Knee", "EX-302"]], "blank-cell", "Exam type"),
    ([["Talk", None, "EX-301"], ["Joints", "Knee", None]], "blank-cell", "Code"),
    ([["Talk", None, "EX-301"], ["—", None, "EX-302"]], "no-letters", "Exam type"),
    ([["Talk", None, "EX-301"], ["Joints", "—", "EX-302"]], "no-letters", "Sub-exam"),
    ([["Talk", None, "EX-301"], ["Joints", "#N/A", "EX-302"]], "error-value", "Sub-exam"),
])  # fmt: skip
def test_an_exam_type_nobody_could_bill_is_a_blocker_on_its_cell(
    rows: list[list[Cell]], code: str, heading: str
) -> None:
    finding = only(exam_types(*rows))
    assert (finding.code, finding.heading, tuple(finding.rows)) == (code, heading, (3,))
    assert finding.severity is Severity.BLOCKER
    assert len(read_setup(exam_types(*rows))[0].exam_types) == 1


def test_a_sub_exam_may_have_several_codes_and_a_code_stand_in_several_exam_types() -> None:
    rows: list[list[Cell]] = [
        ["Joints", "Knee", "EX-301"],
        ["Joints", "Knee", "EX-302"],
        ["Joints", "Back", "EX-302"],
        ["Talk", None, "EX-302"],
    ]
    assert told(exam_types(*rows)) == []


def test_a_code_of_an_exam_type_that_has_no_price_wants_a_look_and_is_kept() -> None:
    sheets = exam_types(["Joints", "Knee", "EX-301"], ["Joints", "Back", "EX-399"])
    finding = only(sheets)
    assert (finding.code, finding.severity, tuple(finding.rows)) == ("unpriced-code", Severity.REVIEW, (3,))
    assert read_setup(sheets)[0].exam_types[1] == ExamCode("Joints", "EX-399", "Back")


def test_a_price_with_a_mistake_is_not_said_to_be_missing_as_well() -> None:
    bad = [GOOD["Prices"][0], ["EX-301", "Knee", "a lot", None, None, "2026-01-01"], GOOD["Prices"][2]]
    assert only(typed(Prices=bad)).code == "not-money"


def test_exam_types_alone_are_held_against_the_prices_in_the_books() -> None:
    sheets = typed(Prices=None, Exam_types=[GOOD["Exam types"][0], ["Joints", "Knee", "ex 301"]])
    setup, findings = read_setup(sheets, PRICED)
    assert [finding.code for finding in findings] == ["sheet-left-out"]
    assert setup.prices == PRICED.prices


def test_sheets_left_out_leave_the_prices_that_were_saved_and_say_so() -> None:
    setup, findings = read_setup(typed(Prices=None, Exam_types=None), PRICED)
    assert (setup.prices, setup.exam_types) == (PRICED.prices, PRICED.exam_types)
    assert [(one.code, one.sheet, one.severity) for one in findings] == [
        ("sheet-left-out", "Prices", Severity.REVIEW),
        ("sheet-left-out", "Exam types", Severity.REVIEW),
    ]


@pytest.mark.parametrize("saved", [None, Setup(Clinic("lakeside", "Lakeside"))])
def test_sheets_left_out_by_a_clinic_without_prices_are_not_missed(saved: Setup | None) -> None:
    assert told(typed(Prices=None, Exam_types=None)) == []
    assert read_setup(typed(Prices=None, Exam_types=None), saved)[1] == []


def test_emptied_sheets_mean_that_nothing_is_billed() -> None:
    setup, findings = read_setup(
        typed(Prices=[GOOD["Prices"][0]], Exam_types=[GOOD["Exam types"][0]]), PRICED
    )
    assert (setup.prices, setup.exam_types, findings) == ((), (), [])

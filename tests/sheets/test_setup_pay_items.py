"""The Pay items sheet of the Setup workbook: typed, read, refused and written (rule: pay-runs#pay-items)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from server.billing.clinics import Provider, Setup
from server.billing.setup_pay_items import Every, PayItem, PayItemKind
from server.sheets.clinics.setup_reader import read_setup
from server.sheets.clinics.setup_workbook import write_setup
from server.sheets.sheet import Cell, Sheet
from tests.invented import LAKESIDE
from tests.sheets.typed_setup import told, typed
from tests.sheets.workbooks import sheets_of

TITLES: Sequence[Cell] = ("Provider", "Kind", "Amount", "From", "To", "Every", "Note")
BONUS: Sequence[Cell] = ("Ada Sample", "bonus", 500, "2026-11-01", None, "once", "Holiday")
ADVANCE: Sequence[Cell] = ("Ada Sample", "advance", 900, "2026-10-01", None, "once", "Car")
REPAYMENT: Sequence[Cell] = ("Ada Sample", "repayment", 200, "2026-11-01", None, "period", "Car")


def items(*rows: Sequence[Cell]) -> list[Sheet]:
    return typed(Pay_items=[TITLES, *rows])


def with_cell(row: Sequence[Cell], **cells: Cell) -> list[Cell]:
    return [cells.get(str(title), cell) for title, cell in zip(TITLES, row, strict=True)]


def test_pay_items_are_read_as_they_are_typed() -> None:
    setup, findings = read_setup(
        items(BONUS, with_cell(BONUS, Kind="Mileage", Amount="$12.34", To="11/30/2026", Every="Period"))
    )
    assert findings == []
    first = date(2026, 11, 1)
    assert setup.pay_items == (
        PayItem("Ada Sample", PayItemKind.BONUS, 500_00, first, None, Every.ONCE, "Holiday"),
        PayItem("Ada Sample", PayItemKind.MILEAGE, 12_34, first, date(2026, 11, 30), Every.PERIOD, "Holiday"),
    )


@pytest.mark.parametrize(
    ("cells", "code", "title"),
    [
        ({"Provider": "Nobody"}, "unknown-provider", "Provider"),
        ({"Provider": "*"}, "pay-item-for-anybody", "Provider"),
        ({"Provider": None}, "blank-cell", "Provider"),
        ({"Kind": "present"}, "not-a-choice", "Kind"),
        ({"Kind": None}, "blank-cell", "Kind"),
        ({"Amount": 0}, "pay-item-not-positive", "Amount"),
        ({"Amount": -5}, "pay-item-not-positive", "Amount"),
        ({"Amount": "a lot"}, "not-money", "Amount"),
        ({"Amount": None}, "blank-cell", "Amount"),
        ({"From": "soon"}, "not-a-date", "From"),
        ({"From": None}, "blank-cell", "From"),
        ({"To": "later"}, "not-a-date", "To"),
        ({"To": "2026-10-31"}, "pay-item-ends-before", "To"),
        ({"Every": "month"}, "not-a-choice", "Every"),
        ({"Every": None}, "blank-cell", "Every"),
        ({"Kind": "advance", "Every": "period"}, "advance-every-period", "Every"),
        ({"Kind": "repayment"}, "repayment-without-advance", "Kind"),
    ],
)
def test_each_mistake_is_found_in_its_cell(cells: dict[str, Cell], code: str, title: str) -> None:
    assert (code, "Pay items", (2,), title) in told(items(with_cell(BONUS, **cells)))


def test_one_row_can_have_several_mistakes_and_good_rows_have_none() -> None:
    findings = told(items(BONUS, with_cell(BONUS, Provider="Nobody", Amount=-1, To="2025-01-01")))
    assert {(rows, title) for _, _, rows, title in findings} == {
        ((3,), "Provider"), ((3,), "Amount"), ((3,), "To"),
    }  # fmt: skip


def test_two_rows_that_could_not_be_told_apart_are_refused() -> None:
    assert told(items(BONUS, with_cell(BONUS, Amount=600))) == [("pay-item-twice", "Pay items", (3,), "Note")]
    assert told(items(BONUS, with_cell(BONUS, Note="Referral"))) == []


def test_a_repayment_needs_an_advance_of_the_same_provider() -> None:
    assert told(items(REPAYMENT, ADVANCE)) == []
    for mistake in ({"Amount": "much"}, {"Provider": "Ada Simple"}):
        (finding,) = told(items(REPAYMENT, with_cell(ADVANCE, **mistake)))
        assert finding[2] == (3,), "only the advance is wrong"
    other = with_cell(ADVANCE, Provider="Bo Placeholder")
    assert told(items(REPAYMENT, other)) == [("repayment-without-advance", "Pay items", (2,), "Kind")]


def test_a_sheet_that_is_left_out_leaves_what_was_saved() -> None:
    saved = replace(
        LAKESIDE, pay_items=(PayItem("Jane Roe", PayItemKind.OTHER, 1, date(2026, 1, 1), None, Every.ONCE),)
    )
    setup, findings = read_setup(typed(), saved)
    assert setup.pay_items == saved.pay_items
    assert [
        finding.code for finding in findings if finding.message.startswith("There is no sheet “Pay items”")
    ] == ["sheet-left-out"]
    assert [finding.code for finding in read_setup(typed(), LAKESIDE)[1]] == []


def test_what_is_written_is_read_back_and_changes_the_version() -> None:
    bonus = PayItem(
        "Jane Roe", PayItemKind.BONUS, 500_05, date(2026, 11, 1), date(2026, 12, 31), Every.PERIOD, "Night"
    )
    setup = Setup(
        LAKESIDE.clinic, (Provider("Jane Roe"),), LAKESIDE.services, LAKESIDE.rates, pay_items=(bonus,)
    )
    content = write_setup(setup)
    read, findings = read_setup(sheets_of(content))
    assert (read.pay_items, findings) == ((bonus,), [])
    assert read.version == setup.version != replace(setup, pay_items=()).version
    assert setup.pay_version != replace(setup, pay_items=()).pay_version
    sheet = load_workbook(BytesIO(content))["Pay items"]
    assert [cell.value for cell in sheet[3]] == list(TITLES)

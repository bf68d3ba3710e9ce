from io import BytesIO
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from server.sheets.xlsx.column_xml import Column, render_rows
from server.sheets.xlsx.quote_prefix import needs_quote_prefix, places_of_formula_like
from server.sheets.xlsx.style import COUNT, DAY, MONEY, TEXT, quantity_look
from server.sheets.xlsx.workbook_builder import Page, WorkbookBuilder

PAGE = Page([12], head="Numbers")


def bound(columns: list[Column], builder: WorkbookBuilder, first_row: int = 1) -> bytes:
    builder.add("Long", PAGE, render_rows(columns, first_row))
    return builder.to_bytes()


@pytest.mark.parametrize("height", [1, 8, 9, 10, 98, 99, 100, 4_097, 10_000])
def test_each_row_stands_under_its_own_number_however_many_digits_it_has(height: int) -> None:
    builder = WorkbookBuilder(None, "Lakeside", "Run 1")
    numbers = np.arange(2, height + 2)

    book = bound([builder.writer.numbers(numbers, COUNT)], builder, first_row=2)

    rows = CalamineWorkbook.from_filelike(BytesIO(book)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows] == numbers.tolist()
    sheet = openpyxl.load_workbook(BytesIO(book))["Long"]
    assert sheet.cell(height + 1, 1).value == height + 1


def test_amounts_texts_and_blanks_are_read_back_as_they_were_put_in() -> None:
    builder = WorkbookBuilder(None, "Lakeside", "Run 1")
    write = builder.writer
    amounts = pd.Series([-5, None, 123_456_789_012], dtype="Int64")
    columns = [
        write.numbers(amounts, MONEY),
        write.texts(np.array(["=1+1", "", "a < b & c"], dtype=object), TEXT),
        write.ids(np.array(["007", "", "007"], dtype=object), TEXT),
        write.numbers_in(np.array([1_500, 2, 1_500]), [quantity_look(1_500), COUNT], np.array([0, 1, 1])),
    ]

    sheet = openpyxl.load_workbook(BytesIO(bound(columns, builder)))["Long"]

    assert list(sheet.values) == [
        (-0.05, "=1+1", "007", 1.5),
        (None, None, None, 2),
        (1_234_567_890.12, "a < b & c", "007", 1_500),
    ]


def test_days_are_date_cells_and_a_missing_day_is_blank() -> None:
    builder = WorkbookBuilder(None, "Lakeside", "Run 1")
    days = np.array(["2026-10-05", "", "2024-02-29", "2026-10-05"], dtype=object)

    sheet = openpyxl.load_workbook(BytesIO(bound([builder.writer.days(days, DAY)], builder)))["Long"]

    told: list[Any] = [value for (value,) in sheet.values]
    read = [value.date().isoformat() if value else "" for value in told]
    assert read == days.tolist()


@pytest.mark.parametrize("texts", [[], ["", "", ""], ["", "one", "", "two"], ["one", "two", ""]])
def test_ids_stand_in_their_rows_however_many_are_empty(texts: list[str]) -> None:
    builder = WorkbookBuilder(None, "Lakeside", "Run 1")
    column = builder.writer.ids(np.array(texts, dtype=object), TEXT)
    rows = builder.writer.numbers(np.arange(len(texts)), COUNT)

    sheet = openpyxl.load_workbook(BytesIO(bound([column, rows], builder)))["Long"]

    assert list(sheet.values) == [(text or None, row) for row, text in enumerate(texts)]


@pytest.mark.parametrize(
    "texts", [[], ["plain", ""], ["plain", "=1+1"], ["a\0=1", "b"], ["\u00a0@x", "plain", "\tx", " plain"]]
)
def test_texts_like_formulas_are_found_in_a_column_as_they_are_alone(texts: list[str]) -> None:
    expected = [place for place, text in enumerate(texts) if needs_quote_prefix(text)]
    assert places_of_formula_like(texts) == expected


def test_an_empty_cell_keeps_the_look_of_its_column() -> None:
    builder = WorkbookBuilder(None, "Lakeside", "Run 1")
    days = pd.Series([None, 45_931], dtype="Int64")

    sheet = openpyxl.load_workbook(BytesIO(bound([builder.writer.numbers(days, DAY)], builder)))["Long"]

    assert sheet["A1"].number_format == sheet["A2"].number_format == DAY.form


def test_rows_can_be_taken_in_any_order() -> None:
    builder = WorkbookBuilder(None, "Lakeside", "Run 1")
    column = builder.writer.numbers(np.array([10, 20, 30]), COUNT).take(np.array([2, 0]))

    sheet = openpyxl.load_workbook(BytesIO(bound([column], builder)))["Long"]

    assert [value for (value,) in sheet.values] == [30, 10]


def test_a_table_without_rows_has_none() -> None:
    builder = WorkbookBuilder(None, "Lakeside", "Run 1")
    assert not list(render_rows([builder.writer.texts(np.array([], dtype=object), TEXT)], 2))

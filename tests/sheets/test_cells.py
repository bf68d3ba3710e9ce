"""Cells are read strictly: exactly, or not at all."""

from collections.abc import Callable
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.sheets.cells import (
    Unreadable,
    cents_of,
    read_numbers,
    share_of,
    text_of,
    thousandths_of,
)
from server.sheets.sheet import Cell
from tests.invented import by_code


@pytest.mark.parametrize(
    ("cell", "cents"),
    [
        (None, None), ("", None), ("  ", None), (0, 0), (95, 9_500), (33.33, 3_333), (0.1 + 0.2, 30),
        ("$1,234.50", 123_450), ("1,234.50 ", 123_450), ("(50.00)", -5_000), ("$(50.00)", -5_000),
        ("($50.00)", -5_000), ("50.00-", -5_000), ("-$50", -5_000), ("$-3.10", -310), (".50", 50), ("5.", 500),
        ("−12.00", -1_200), ("33.3300", 3_333), (-42.5, -4_250),
    ],
)  # fmt: skip
def test_amounts_are_read_as_accountants_write_them(cell: Cell, cents: int | None) -> None:
    assert cents_of(cell) == cents


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("—", "not-money"), ("-", "not-money"), ("$", "not-money"), ("n/a", "not-money"), ("1.234,50", "not-money"),
        ("12,34", "not-money"), ("1e3", "not-money"), ("50 EUR", "not-money"), (True, "not-money"),
        ("--5", "not-money"), ("(5", "not-money"), ("١٢", "not-money"),
        ("#N/A", "error-value"), ("#REF!", "error-value"), (33.335, "fraction-of-cent"), ("1.999", "fraction-of-cent"),
        (10_000_000, "too-large"), (1e300, "too-large"),
    ],
)  # fmt: skip
def test_what_is_no_exact_amount_is_refused_and_never_zero(cell: Cell, code: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        cents_of(cell)
    assert refusal.value.code == code


@given(st.integers(-999_999_999, 999_999_999))
def test_every_cent_survives_the_binary_fraction_excel_keeps_it_in(cents: int) -> None:
    assert cents_of(cents / 100) == cents
    assert cents_of(f"{Decimal(cents) / 100}") == cents


cells = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2_000_000_000, 2_000_000_000),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-(10**9), 10**9).map(lambda cents: cents / 100),
    st.sampled_from(["$1,234.50", "(50.00)", "x", "#N/A", "", " ", "12.345"]),
)


@pytest.mark.parametrize(("scale", "read"), [(100, cents_of), (1_000, thousandths_of)])
@given(column=st.lists(cells))
def test_a_column_says_the_same_as_its_cells_one_by_one(
    scale: int, read: Callable[[Cell], int | None], column: list[Cell]
) -> None:
    numbers = read_numbers(column, scale, read)

    for position, cell in enumerate(column):
        answer = _one(read, cell)
        assert numbers.given[position] == isinstance(answer, int)
        assert numbers.values[position] == (answer if isinstance(answer, int) else 0)
        assert not isinstance(answer, str) or position in by_code(numbers.wrong)[answer]
    assert int(np.sum(numbers.unreadable)) == sum(map(len, numbers.wrong.values()))


def _one(read: Callable[[Cell], int | None], cell: Cell) -> int | str | None:
    try:
        return read(cell)
    except Unreadable as refusal:
        return refusal.code


@pytest.mark.parametrize(
    ("cell", "shown_as", "parts"),
    [
        ("60%", None, 600_000), (0.6, "0%", 600_000), (0.6, None, 600_000), (60, None, 600_000),
        ("62.5 %", None, 625_000), (1, "0%", 1_000_000), ("1%", None, 10_000), (None, None, None), (0, None, 0),
    ],
)  # fmt: skip
def test_a_share_is_the_same_however_it_is_typed(cell: Cell, shown_as: str | None, parts: int | None) -> None:
    assert share_of(cell, shown_as) == parts


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (1, "one-or-hundred-percent"),
        (140, "not-a-percentage"),
        ("x%", "not-a-percentage"),
        (-5, "not-a-percentage"),
    ],
)
def test_a_share_that_could_mean_two_things_is_refused(cell: Cell, code: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        share_of(cell)
    assert refusal.value.code == code


def test_negative_units_are_refused() -> None:
    with pytest.raises(Unreadable, match="negative-number"):
        thousandths_of(-1)


@pytest.mark.parametrize(
    ("cell", "text"), [(12.0, "12"), (12.5, "12.5"), (True, "TRUE"), (None, ""), (" a ", "a")]
)
def test_a_cell_as_text_is_what_staff_see(cell: Cell, text: str) -> None:
    assert text_of(cell) == text

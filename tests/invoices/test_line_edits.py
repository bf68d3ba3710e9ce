"""The lines of an invoice after what was typed into its rows."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from server.billing.invoices.invoice import InvoiceLine
from server.billing.invoices.line_edits import LineEdit, TypedLine, edit_lines, is_bilateral
from server.billing.invoices.prices import Price, PriceList
from server.billing.money import THOUSAND
from tests.invoices.invented import MONDAY, a_draft

CODES = ("EX-101", "EX-102")
PRICES = PriceList([Price(code, "Long exam", 10_000, MONDAY) for code in CODES])
SHOWN = [InvoiceLine(code, "Long exam", 1, 10_000, THOUSAND, 10_000) for code in CODES]


def typed(codes: Sequence[str]) -> LineEdit:
    """Return the edit after these codes were typed into the rows of both lines, and into rows under them."""
    rows = [
        TypedLine("Invoice Lines", 2 + place, place + 1 if place < len(SHOWN) else None, code, "Long exam", THOUSAND,
                  unit_price_cents=10_000, total_cents=10_000)
        for place, code in enumerate(codes)
    ]  # fmt: skip
    return edit_lines(a_draft().facts, SHOWN, rows, PRICES)


def twice(edit: LineEdit) -> list[int]:
    """Return the rows whose code is said to be billed twice."""
    return [row for one in edit.findings if one.code == "line-code-twice" for row in one.rows]


def test_of_two_rows_with_one_code_the_one_that_was_typed_is_wrong() -> None:
    assert twice(typed(["EX-101", "EX-101"])) == [3]
    assert twice(typed(["EX-102", "EX-102"])) == [2]


def test_of_two_typed_rows_with_one_code_the_lower_is_wrong() -> None:
    assert twice(typed(["EX-101", "EX-102", "EX-103", "EX-103"])) == [5]


FROZEN = InvoiceLine("EX-109", "Once listed", 1, 12_345, THOUSAND, 12_345)
"""A line whose code has no price any more."""


def edited(line: InvoiceLine, **cells: Any) -> LineEdit:  # noqa: ANN401 - TypedLine's
    """Return the edit after cells were typed into the row of the only line."""
    row = TypedLine(
        "Invoice Lines", 2, 1, line.code, line.description, line.units * THOUSAND, is_bilateral(line),
        line.unit_price_cents, line.total_cents,
    )  # fmt: skip
    return edit_lines(a_draft().facts, [line], [replace(row, **cells)], PRICES)


def test_a_code_without_units_is_said() -> None:
    edit = edited(SHOWN[0], units_thousandths=None)
    assert [(one.code, one.heading) for one in edit.findings] == [("blank-cell", "Units")]


def test_units_change_at_the_frozen_price_and_only_other_sides_need_a_price_in_force() -> None:
    more = edited(FROZEN, units_thousandths=2 * THOUSAND, total_cents=None)
    assert ([one.total_cents for one in more.lines], more.findings) == ([24_690], ())
    both = edited(FROZEN, bilateral=True, total_cents=None)
    assert [one.code for one in both.findings] == ["unknown-code"]

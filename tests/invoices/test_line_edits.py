"""The lines of an invoice after what was typed into its rows."""

from collections.abc import Sequence

from server.billing.invoices.invoice import InvoiceLine
from server.billing.invoices.line_edits import LineEdit, TypedLine, edit_lines
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

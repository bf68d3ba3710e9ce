"""The pay items, as a provider's statement lists them (rule: pay-runs#pay-items)."""

from datetime import date

from server.billing.payroll.pay_item_lines import PayItemLine

ITEMS_TITLE = "Pay items"
ITEM_HEADINGS = ("Item", "From", "To", "Amount")
"""The columns of the list of pay items, on sheet and paper. Below a row is a line with its note, if it has one."""


def item_values(line: PayItemLine) -> tuple[str, date, date, int]:
    """Return the values of a pay item under its headings: what it is, the days that it is for, and cents."""
    return line.title, line.first, line.last, line.amount_cents

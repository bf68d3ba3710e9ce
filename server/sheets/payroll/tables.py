"""The sheets of a payroll workbook, as lists of headings (rule: payroll#payroll-sheets)."""

from server.sheets.sheet_table import Heading, Kind, SheetTable

SUMMARY_NAME = "Payroll Summary"
RECONCILIATION_NAME = "Reconciliation"

PAY_BY_SERVICE_NAME = "Pay by Service"

STATEMENT_WIDTHS = (34, 13, 22, 26, 17, 15)
"""The widths of a statement's columns, which its tables share: by service and rate, visits, missed visits."""

LINES = SheetTable(
    "Lines",
    (
        Heading("Source row", 13, Kind.NUMBER),
        Heading("Appointment ID", 18),
        Heading("Date of service", 17, Kind.DATE),
        Heading("Provider", 30),
        Heading("Service", 18),
        Heading("Counts as", 15),
        Heading("Units", 10, Kind.NUMBER),
        Heading("Minutes", 12, Kind.NUMBER),
        Heading("Charge", 13, Kind.MONEY),
        Heading("Collected", 13, Kind.MONEY),
        Heading("Pay basis", 16),
        Heading("Rate", 12, Kind.AMOUNT),
        Heading("Rate effective from", 21, Kind.DATE),
        Heading("Amount", 15, Kind.MONEY),
    ),
)

ADJUSTMENTS = SheetTable(
    "Adjustments",
    (
        Heading("Provider", 28),
        Heading("What changed", 20),
        Heading("Appointment ID", 18),
        Heading("Date of service", 17, Kind.DATE),
        Heading("Service", 16),
        Heading("Paid in run", 24),
        Heading("Paid before", 15, Kind.MONEY),
        Heading("Earns now", 15, Kind.MONEY),
        Heading("Difference", 15, Kind.MONEY),
        Heading("Source row", 13, Kind.NUMBER),
        Heading("Reason", 52),
    ),
)
"""It is only written for a run that adjusts the pay of earlier runs."""

PLANS_PAID = SheetTable(
    "Plans Paid",
    (
        Heading("Provider", 28),
        Heading("Plan", 24),
        Heading("First day", 15, Kind.DATE),
        Heading("Last day", 15, Kind.DATE),
        Heading("Comes to", 15, Kind.MONEY),
        Heading("Paid before", 15, Kind.MONEY),
        Heading("Amount", 15, Kind.MONEY),
        Heading("How it comes about", 60),
    ),
)
"""It is only written for a run that has plan lines."""

ITEMS_PAID = SheetTable(
    "Items Paid",
    (
        Heading("Provider", 28),
        Heading("Item", 16),
        Heading("First day", 15, Kind.DATE),
        Heading("Last day", 15, Kind.DATE),
        Heading("Amount", 15, Kind.MONEY),
        Heading("Note", 52),
    ),
)
"""It is only written for a run that has pay items."""

PAYMENTS_RECEIVED = SheetTable(
    "Payments Received",
    (
        Heading("Source row", 13, Kind.NUMBER),
        Heading("Payment date", 15, Kind.DATE),
        Heading("Kind", 13),
        Heading("Amount", 14, Kind.MONEY),
        Heading("Outcome", 17),
        Heading("Provider", 26),
        Heading("Appointment ID", 18),
        Heading("Date of service", 17, Kind.DATE),
        Heading("Service", 16),
        Heading("Run of the visit", 24),
        Heading("Rate", 12, Kind.AMOUNT),
        Heading("Pay", 14, Kind.MONEY),
        Heading("Reason", 52),
    ),
)
"""It is only written for a run that has a payments sheet, or that pays payments otherwise than before."""

EXCLUDED = SheetTable(
    "Excluded",
    (
        Heading("Source row", 13, Kind.NUMBER),
        Heading("Appointment ID", 18),
        Heading("Date of service", 17, Kind.DATE),
        Heading("Provider", 30),
        Heading("Service", 18),
        Heading("Status", 18),
        Heading("Outcome", 13),
        Heading("Reason", 64),
    ),
)

FINDINGS = SheetTable(
    "Findings",
    (
        Heading("Severity", 13),
        Heading("Problem", 26),
        Heading("Cells", 11, Kind.NUMBER),
        Heading("Sheet", 18),
        Heading("Cell", 24),
        Heading("Column", 18),
        Heading("What is wrong", 52),
        Heading("What to do", 48),
    ),
)

RATES_USED = SheetTable(
    "Rates Used",
    (
        Heading("Provider", 30),
        Heading("Service", 20),
        Heading("Pay basis", 16),
        Heading("Rate", 12, Kind.AMOUNT),
        Heading("Effective from", 16, Kind.DATE),
        Heading("Note", 36),
        Heading("Lines", 11, Kind.NUMBER),
        Heading("Paid", 15, Kind.MONEY),
    ),
)

CHECK_NAME = "Check"
"""The sheet of findings of ``payroll.check``, with the columns of FINDINGS."""

PAYROLL_SHEETS = (
    SUMMARY_NAME,
    PAY_BY_SERVICE_NAME,
    LINES.name,
    ADJUSTMENTS.name,
    PLANS_PAID.name,
    ITEMS_PAID.name,
    PAYMENTS_RECEIVED.name,
    EXCLUDED.name,
    FINDINGS.name,
    RECONCILIATION_NAME,
    RATES_USED.name,
)
"""The fixed sheets of a payroll workbook; the statements, named after providers, follow the first two. Adjustments, Plans
Paid, Items Paid and Payments Received are only in the workbook of a run that has any.
"""

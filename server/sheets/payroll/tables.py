"""The sheets of a payroll workbook, as lists of headings (rule: payroll#payroll-sheets)."""

from server.sheets.tables import Heading, Kind, SheetTable

SUMMARY_NAME = "Payroll Summary"
RECONCILIATION_NAME = "Reconciliation"

PAY_BY_SERVICE_NAME = "Pay by Service"

STATEMENT_RATES = (
    Heading("Service", 34),
    Heading("Visits", 13, Kind.NUMBER),
    Heading("Quantity", 22, Kind.NUMBER),
    Heading("Rate", 26),
    Heading("Rate since", 17, Kind.DATE),
    Heading("Amount", 15, Kind.MONEY),
)
STATEMENT_VISITS = (
    STATEMENT_RATES[0],
    Heading("Date", 13, Kind.DATE),
    *STATEMENT_RATES[2:4],
    Heading("Appointment", 17),
    STATEMENT_RATES[5],
)
STATEMENT_MISSED = (
    *STATEMENT_VISITS[:2],
    Heading("What happened", 22),
    Heading("Paid", 26),
    *STATEMENT_VISITS[4:],
)
STATEMENT_HELD = (
    *STATEMENT_VISITS[:2],
    Heading("Why it is held", 22),
    Heading("", 26),
    Heading("", 17),
    Heading("", 15),
)
"""The tables of a provider's statement: by service and rate, visits, missed visits, held visits. They share the sheet's columns."""

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
    EXCLUDED.name,
    FINDINGS.name,
    RECONCILIATION_NAME,
    RATES_USED.name,
)
"""The fixed sheets of a payroll workbook; the statements, named after providers, follow the first two."""

"""The sheets of receivables as lists of headings, word by word (docs/contracts.md#reminders-sheet)."""

from server.billing.receivables.reminder_decisions import Decision, ReminderField
from server.sheets.invoices.tables import RESULT, ROW_KEY, ROW_VERSION
from server.sheets.sheet_table import Heading, Kind, SheetTable

DUE, SUBJECT, PATIENT, WHAT_TO_DO, DETAILS = (
    ReminderField.DUE.value,
    ReminderField.SUBJECT.value,
    "Patient",
    ReminderField.ACTION.value,
    "Details",
)
DECISION, UNTIL, NOTE, FOR_WHOM = (
    ReminderField.DECISION.value,
    ReminderField.UNTIL.value,
    ReminderField.NOTE.value,
    ReminderField.FOR_WHOM.value,
)
DAYS_WAITING, FROM, CASE, BALANCE = "Days waiting", "From", "Case", "Balance"

REMINDERS = SheetTable(
    "Reminders",
    (
        Heading(DUE, 12, Kind.DATE, needed=True),
        Heading(DAYS_WAITING, 9, Kind.NUMBER),
        Heading(SUBJECT, 16, needed=True),
        Heading(PATIENT, 20),
        Heading(WHAT_TO_DO, 34, needed=True),
        Heading(DETAILS, 52),
        Heading(DECISION, 11, choices=tuple(Decision), needed=True),
        Heading(UNTIL, 13, Kind.DATE, needed=True),
        Heading(NOTE, 32, needed=True),
        Heading(RESULT, 44),
        Heading(FOR_WHOM, 18, needed=True),
        Heading(FROM, 18),
        Heading(CASE, 16),
        Heading(BALANCE, 12, Kind.MONEY),
    ),
)
"""Staff type from Action to Note. In a row of their own, they type Due, Subject, What to do, and what else they know."""

TYPED_IN_REMINDERS = (DECISION, UNTIL, NOTE)

KEYED_REMINDERS = SheetTable(
    REMINDERS.name, (*REMINDERS.headings, Heading(ROW_KEY, 30), Heading(ROW_VERSION, 8, Kind.NUMBER))
)
"""The sheet as we write it. The version of a row counts what was decided about its reminder."""

KIND, WHAT, AMOUNT, WHO, RUN, BUTTON = "Kind", "What", "Amount", "Who", "Invoice or run", "Button to press"

WORKLIST = SheetTable(
    "Worklist",
    (
        Heading(KIND, 20),
        Heading(WHAT, 62),
        Heading(WHAT_TO_DO, 44),
        Heading(AMOUNT, 14, Kind.MONEY),
        Heading(DAYS_WAITING, 9, Kind.NUMBER),
        Heading(WHO, 20),
        Heading(RUN, 24),
        Heading(BUTTON, 18),
    ),
)

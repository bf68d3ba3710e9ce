"""The sheets of invoices as lists of headings, word by word (docs/contracts.md#invoices-sheet)."""

from server.billing.invoices.case_records import CaseField, Stage
from server.billing.invoices.invoice import ChequeException, Field
from server.billing.invoices.line_edits import BILATERAL, CODE, DESCRIPTION, TOTAL, UNIT_PRICE, UNITS
from server.sheets.sheet_table import Heading, Kind, SheetTable
from server.sheets.tables import YesNo

EXAMS = SheetTable(
    "Exams",
    (
        Heading("Exam date", 13, Kind.DATE, help="The day of the exam", needed=True),
        Heading("Patient", 24, help="An ID is enough", needed=True),
        Heading("Case", 18, help="One injury of one patient", needed=True),
        Heading("Physician", 24, help="Who examined"),
        Heading("Facility", 20, help="Where"),
        Heading("Exam type", 24, help="As on the sheet Exam types"),
        Heading("Sub-exams", 28, help="The chosen ones, separated by ;"),
        Heading("Code", 12, help="Instead of an exam type"),
        Heading("Units", 9, Kind.NUMBER, help="Empty means 1"),
        Heading("Bilateral", 11, help="Empty means no", choices=tuple(YesNo)),
        Heading("Payer", 26, help="Who is billed"),
        Heading("Attorney", 26, help="Who represents the patient"),
        Heading("Date of injury", 14, Kind.DATE, help="Of the case, for its invoices"),
        Heading("Claim number", 18, help="The payer's, for the case"),
        Heading("Note", 36, help="Internal"),
    ),
)
"""The sheet needs the headings marked needed and one of Exam type and Code; so does a row."""

RESULT = "Result"
"""The heading of the column where the button writes the result of each row."""

ANSWERED_EXAMS = SheetTable(
    EXAMS.name, (*EXAMS.headings, Heading(RESULT, 48, help="Written by Create invoices"))
)
"""The sheet as we write and read it: with a column for the result of each row."""

ROW_KEY, ROW_VERSION = "Row key", "Row version"
"""Hidden on every sheet of invoices: the invoice that a row is about, and its version."""

INVOICE, PAYER, AGE, STATE, ACTION = "Invoice", "Payer", "Age", "State", "Action"
PAPERS = "Papers"
BILLED, AGREED, COLLECTED, BALANCE = "Billed", "Agreed", "Collected", "Balance"
UNAPPLIED = Field.UNAPPLIED_CENTS.value

INVOICES = SheetTable(
    "Invoices",
    (
        Heading(INVOICE, 14, needed=True),
        Heading("Patient", 20),
        Heading(PAYER, 22),
        Heading(STATE, 18),
        Heading(BALANCE, 13, Kind.MONEY),
        Heading(ACTION, 16, needed=True),
        Heading(Field.AMOUNT_CENTS, 13, Kind.MONEY),
        Heading(Field.CHEQUE_NUMBER, 15),
        Heading(Field.CHEQUE_DATE, 13, Kind.DATE),
        Heading(Field.RECEIVED_DATE, 14, Kind.DATE),
        Heading(Field.PAYING_PARTY, 22),
        Heading(Field.EXCEPTION, 18, choices=tuple(ChequeException)),
        Heading(Field.DAY, 12, Kind.DATE),
        Heading(Field.NOTE, 36),
        Heading(RESULT, 80),
        Heading(PAPERS, 8, Kind.NUMBER),
        Heading("Case", 18),
        Heading("Facility", 20),
        Heading("Physician", 22),
        Heading("Exam date", 13, Kind.DATE),
        Heading("Created", 13, Kind.DATE),
        Heading(AGE, 8, Kind.NUMBER),
        Heading(BILLED, 13, Kind.MONEY),
        Heading(AGREED, 13, Kind.MONEY),
        Heading(COLLECTED, 13, Kind.MONEY),
        Heading(UNAPPLIED, 13, Kind.MONEY),
    ),
)
"""The columns before Action are frozen: what a person has to see beside what is typed. Together with Action, Amount and the
cheque they fit on a screen of 1366 points.
"""

FIRST_TYPED, RESULT_AT = INVOICES.position(ACTION), INVOICES.position(RESULT)
"""Staff type in the columns from the first one up to Result; we write all others."""

TYPED_TITLES = INVOICES.titles[FIRST_TYPED:RESULT_AT]
SHOWN_TITLES = INVOICES.titles[:FIRST_TYPED] + INVOICES.titles[RESULT_AT + 1 :]
"""The headings under which staff type, and those under which we show the books. Result is neither."""

LASTING = ("Case", "Patient", "Facility", "Physician")
"""The values of an invoice in a row that no step changes."""

KEYED_INVOICES = SheetTable(
    INVOICES.name,
    (*INVOICES.headings, Heading(ROW_KEY, 12), Heading(ROW_VERSION, 8, Kind.NUMBER)),
)
"""The sheet as we write it: one table with its keys, so that sorting and filtering never separate a row and its key."""

INVOICE_LINES = SheetTable(
    "Invoice Lines",
    (
        Heading(INVOICE, 14, needed=True),
        Heading(CODE, 14, needed=True),
        Heading(DESCRIPTION, 44),
        Heading(UNITS, 9, Kind.NUMBER, needed=True),
        Heading(BILATERAL, 12, choices=tuple(YesNo)),
        Heading(UNIT_PRICE, 13, Kind.MONEY),
        Heading(TOTAL, 14, Kind.MONEY),
        Heading(RESULT, 80),
    ),
)
"""Staff type a code, units and bilateral; description, unit price and total come from the price list."""

TYPED_IN_LINES = (CODE, UNITS, BILATERAL)

KEYED_INVOICE_LINES = SheetTable(
    INVOICE_LINES.name,
    (*INVOICE_LINES.headings, Heading(ROW_KEY, 14), Heading(ROW_VERSION, 8, Kind.NUMBER)),
)
"""The sheet as we write it. The key of a row is its invoice and the place of its line: ``INV-000001/2``."""

KEY_SEPARATOR = "/"

CASE, PATIENT, SHARE = "Case", "Patient", "Our share"
STATUS_REQUESTED, STATUS_MESSAGE, STATUS_ANSWERED = "Status requested", "Status message", "Status answered"

CASES = SheetTable(
    "Cases",
    (
        Heading(CASE, 18, needed=True),
        Heading(PATIENT, 22, needed=True),
        Heading(CaseField.STAGE, 14, choices=tuple(Stage), needed=True),
        Heading(CaseField.INJURED_ON, 14, Kind.DATE, needed=True),
        Heading(CaseField.CLAIM_NUMBER, 18, needed=True),
        Heading(CaseField.STATUTE_ON, 13, Kind.DATE, needed=True),
        Heading(CaseField.ATTORNEY, 24, needed=True),
        Heading(CaseField.FIRM, 24, needed=True),
        Heading(CaseField.ATTORNEY_FROM, 14, Kind.DATE, needed=True),
        Heading(CaseField.ATTORNEY_UNTIL, 14, Kind.DATE, needed=True),
        Heading(CaseField.PAYER, 24, needed=True),
        Heading(CaseField.FURTHER_PAYERS, 30, needed=True),
        Heading(CaseField.LETTER_SIGNED_ON, 14, Kind.DATE, needed=True),
        Heading(CaseField.LETTER_SIGNED_BY, 22, needed=True),
        Heading(CaseField.LETTER_CAP, 13, Kind.MONEY, needed=True),
        Heading(CaseField.LETTER_DOCUMENT, 24, needed=True),
        Heading(CaseField.LETTER_RELEASED_ON, 14, Kind.DATE, needed=True),
        Heading(CaseField.GROSS, 15, Kind.MONEY, needed=True),
        Heading(CaseField.FEE, 14, Kind.MONEY, needed=True),
        Heading(CaseField.COSTS, 12, Kind.MONEY, needed=True),
        Heading(CaseField.LIEN_POOL, 13, Kind.MONEY, needed=True),
        Heading(CaseField.ALL_LIENS, 13, Kind.MONEY, needed=True),
        Heading(STATUS_REQUESTED, 15, Kind.DATE),
        Heading(STATUS_MESSAGE, 34),
        Heading(STATUS_ANSWERED, 15, choices=("yes",)),
        Heading(RESULT, 60),
        Heading("Invoices", 10, Kind.NUMBER),
        Heading(BILLED, 13, Kind.MONEY),
        Heading(BALANCE, 13, Kind.MONEY),
        Heading(SHARE, 13, Kind.MONEY),
    ),
)
"""Staff type from Stage to All liens, and yes under Status answered. The first headings are needed: a column that is missing must not empty what it shows."""

TYPED_IN_CASES = (*CaseField, STATUS_ANSWERED)

KEYED_CASES = SheetTable(CASES.name, (*CASES.headings, Heading(ROW_KEY, 12), Heading(ROW_VERSION, 18)))
"""The sheet as we write it. The version of a row is the one of its record, a text."""

"""Every sheet that we exchange with staff, as a list of headings. No other module spells a heading.

The reader looks for these headings, the writer prints them, the templates are built from them, and
tests compare the rest of the repository with them (docs/contracts.md#sheets).
"""

from enum import StrEnum

from server.billing.clinics import (
    Cadence,
    CountsAs,
    MissedPay,
    PaidPer,
    PayBasis,
    PlanKind,
    PlanMeasure,
    WorksAs,
)
from server.billing.invoices.prices import Bilateral
from server.billing.payroll.payment_lines import PaymentKind
from server.billing.setup_pay_items import Every, PayItemKind
from server.billing.setup_payer_mail import CountsFrom, MailedState
from server.sheets.sheet_table import Heading, Kind, SheetTable

STATE = "_ClinicLedgerState"
"""The hidden name of the cells of a sheet that show the state of what it is about."""

MARK = "_ClinicLedgerSheet"
"""The hidden sheet-scoped name on every sheet we write, so that the next click replaces it."""


class YesNo(StrEnum):
    """A yes or no answer."""

    YES = "yes"
    NO = "no"


MISSED = (CountsAs.NO_SHOW, CountsAs.CANCELLED, CountsAs.LATE_CANCELLED)
"""The outcomes of missed visits, which may still be paid."""

# The Setup workbook, which staff fill in.

CLINIC_ID = "Clinic ID"
CLINIC_NAME = "Clinic name"
CADENCE = "Pay period"
ANCHOR = "Period anchor"
PAY_TO, REMIT_TO, TAX_ID, INVOICE_TERMS = "Pay to", "Remit to", "Tax ID", "Invoice terms"
DAYS_TO_PAY_DATE = "Days to pay date"
TWO_PEOPLE_APPROVE = "Two people approve"
DAYS_PENDING_INVOICE, DAYS_PENDING_REDUCTION = "Days in pending invoice", "Days in pending reduction"
DAYS_TO_CHEQUE, DAYS_TO_STATUTE, POST_DATED = "Days to cheque", "Days to statute date", "Post-dated cheques"
OFF = "off"
"""Turns a suggestion off, on the Clinic sheet."""

FIELD = "Field"
VALUE = "Value"

CLINIC = SheetTable(
    "Clinic",
    (
        Heading(FIELD, 18, help="What is asked", needed=True),
        Heading(VALUE, 44, help="Your answer", needed=True),
    ),
)

CLINIC_FIELDS = (
    Heading(
        CLINIC_ID, 0, help="A short name for files and runs: small letters, digits, hyphens", needed=True
    ),
    Heading(CLINIC_NAME, 0, help="As printed on every sheet", needed=True),
    Heading("Contact", 0, help="Whom to ask about a sheet"),
    Heading("Email", 0),
    Heading("Phone", 0),
    Heading("Address", 0, help="As on an envelope; lines separated by ;"),
    Heading(CADENCE, 0, help="How long a pay period is", choices=tuple(Cadence)),
    Heading(ANCHOR, 0, Kind.DATE, help="The first day of any one pay period"),
    Heading(PAY_TO, 0, help="Whom payers pay; empty means the clinic"),
    Heading(REMIT_TO, 0, help="Where payments are sent; empty means the address"),
    Heading(TAX_ID, 0, help="On invoices: 12-3456789"),
    Heading(INVOICE_TERMS, 0, help="The last lines of every invoice"),
    Heading(
        DAYS_TO_PAY_DATE, 0, Kind.NUMBER, help="From a period's last day to its pay date; empty shows none"
    ),
    Heading(
        TWO_PEOPLE_APPROVE,
        0,
        help="yes: one person generates a payroll, another approves it",
        choices=tuple(YesNo),
    ),
    Heading(DAYS_PENDING_INVOICE, 0, help="Then Due today suggests to send it; empty: 30; off: never"),
    Heading(DAYS_PENDING_REDUCTION, 0, help="Then it suggests to ask the payer; empty: 60; off: never"),
    Heading(DAYS_TO_CHEQUE, 0, help="After the agreement; empty: 21; off: never"),
    Heading(DAYS_TO_STATUTE, 0, help="So long before, it suggests to act; empty: 60; off: never"),
    Heading(POST_DATED, 0, help="no: do not suggest one on its date", choices=tuple(YesNo)),
)
"""The rows of the Clinic sheet. Their titles are in the Field column."""

SETUP_VERSION = "Setup version"
"""The row of the Clinic sheet that the program writes: the version of the setup that the sheets show."""

PROVIDERS = SheetTable(
    "Providers",
    (
        Heading("Provider", 26, help="One spelling; every sheet shows it", needed=True),
        Heading("Also known as", 38, help="Other spellings in the logs, separated by ;"),
        Heading("Provider ID", 14, help="The ID in the logs, if any"),
        Heading("NPI", 14, help="10 digits"),
        Heading("Email", 28),
        Heading("Phone", 16),
        Heading("Works as", 11, help="W-2 or 1099", choices=tuple(WorksAs)),
        Heading("Active", 9, help="Empty means yes", choices=tuple(YesNo)),
    ),
)

SERVICES = SheetTable(
    "Services",
    (
        Heading("Service code", 18, help="As the logs spell it", needed=True),
        Heading("Service name", 34, help="In plain words"),
        Heading("Also known as", 38, help="Other spellings, separated by ;"),
        Heading("Unit minutes", 14, Kind.NUMBER, help="Length of one unit"),
    ),
)

RATES = SheetTable(
    "Rates",
    (
        Heading("Provider", 26, help="* means any provider", needed=True),
        Heading("Service", 20, help="* means any service", needed=True),
        Heading("Pay basis", 16, help="Paid for what", choices=tuple(PayBasis), needed=True),
        Heading("Rate", 14, Kind.AMOUNT, help="$ or %; empty ends it", needed=True),
        Heading("Effective from", 15, Kind.DATE, help="First date of service", needed=True),
        Heading("Note", 40, help="Write “unpaid” beside a rate of 0"),
    ),
)

STATUSES = SheetTable(
    "Statuses",
    (
        Heading("Status", 28, help="A status of your logs; the usual ones are known already", needed=True),
        Heading("Counts as", 18, help="Only attended is paid", choices=tuple(CountsAs), needed=True),
    ),
)

MISSED_VISITS = SheetTable(
    "Missed visits",
    (
        Heading("Provider", 26, help="* means any provider", needed=True),
        Heading("Service", 20, help="* means any service", needed=True),
        Heading(
            "Counts as",
            18,
            help="Which missed visits",
            choices=MISSED,
            needed=True,
        ),
        Heading("Pay basis", 14, help="none pays nothing", choices=tuple(MissedPay), needed=True),
        Heading("Amount", 12, Kind.AMOUNT, help="Dollars, or a percentage", needed=True),
        Heading("Effective from", 15, Kind.DATE, help="First date of service", needed=True),
    ),
)

PAY_PLANS = SheetTable(
    "Pay plans",
    (
        Heading("Provider", 26, help="* means any provider", needed=True),
        Heading("Service", 18, help="Of tiers: * means any. Else empty", needed=True),
        Heading("Plan", 14, help="What it does", choices=tuple(PlanKind), needed=True),
        Heading("Measure", 12, help="What tiers count", choices=tuple(PlanMeasure), needed=True),
        Heading("From", 11, Kind.AMOUNT, help="Where the tier begins", needed=True),
        Heading("To", 11, Kind.AMOUNT, help="Where it ends; empty: no end", needed=True),
        Heading("Pay basis", 16, help="Of tiers: paid for what", choices=tuple(PayBasis), needed=True),
        Heading("Rate", 13, Kind.AMOUNT, help="$ or %; empty ends it", needed=True),
        Heading("Effective from", 15, Kind.DATE, help="First day of a pay period", needed=True),
        Heading("Note", 34),
    ),
)

PAY_ITEMS = SheetTable(
    "Pay items",
    (
        Heading("Provider", 26, help="Who is paid", needed=True),
        Heading(
            "Kind",
            14,
            help="What it is",
            choices=tuple(PayItemKind),
            needed=True,
        ),
        Heading("Amount", 14, Kind.MONEY, help="Dollars; no sign", needed=True),
        Heading("From", 15, Kind.DATE, help="Its first day", needed=True),
        Heading("To", 15, Kind.DATE, help="Empty: no end"),
        Heading("Every", 12, help="How often", choices=tuple(Every), needed=True),
        Heading("Note", 40, help="Printed on the statement"),
    ),
)

GROUP_SESSIONS = SheetTable(
    "Group sessions",
    (
        Heading("Service", 26, help="What the group does", needed=True),
        Heading("Paid per", 14, help="Each patient, or once", choices=tuple(PaidPer), needed=True),
        Heading("Effective from", 15, Kind.DATE, help="First day", needed=True),
    ),
)

SHARES = SheetTable(
    "Shares",
    (
        Heading("Provider", 26, help="Whom the log names, or *", needed=True),
        Heading("Service", 22, help="What was done, or *", needed=True),
        Heading("With", 26, help="Who has a part of it", needed=True),
        Heading("Share", 12, Kind.AMOUNT, help="Such as 40%; empty: ended", needed=True),
        Heading("Effective from", 15, Kind.DATE, help="First day; empty: always"),
    ),
)

SUPERVISION = SheetTable(
    "Supervision",
    (
        Heading("Provider", 26, help="Who is supervised, or *", needed=True),
        Heading("Supervisor", 26, help="Who is paid for it", needed=True),
        Heading("Service", 22, help="What was done, or *", needed=True),
        Heading("Pay basis", 16, help="What the rate is for", choices=tuple(PayBasis), needed=True),
        Heading("Rate", 12, Kind.AMOUNT, help="Dollars or %", needed=True),
        Heading("Effective from", 15, Kind.DATE, help="First day", needed=True),
        Heading("Until", 15, Kind.DATE, help="Last day; empty: no end"),
    ),
)

PRICES = SheetTable(
    "Prices",
    (
        Heading("Code", 14, help="Your code for what is billed", needed=True),
        Heading("Description", 40, help="In your own words"),
        Heading("Unit price", 14, Kind.MONEY, help="Dollars for one unit", needed=True),
        Heading("Bilateral", 15, help="For both sides; empty means x2", choices=tuple(Bilateral)),
        Heading("Payer", 30, help="Whom this price is for; empty means any payer"),
        Heading("Effective from", 15, Kind.DATE, help="First exam date", needed=True),
    ),
)

EXAM_TYPES = SheetTable(
    "Exam types",
    (
        Heading("Exam type", 32, help="As the Exams sheet names it", needed=True),
        Heading("Sub-exam", 32, help="Billed if chosen; if all are empty, all codes are billed"),
        Heading("Code", 14, help="A code on the sheet Prices", needed=True),
    ),
)

PAYERS = SheetTable(
    "Payers",
    (
        Heading("Payer", 30, help="As your invoices name it", needed=True),
        Heading("Email", 32, help="Where reminders go", needed=True),
        Heading("Address", 44, help="For letters; lines separated by ;"),
        Heading("Mail reminders", 16, help="Empty means no", choices=tuple(YesNo), needed=True),
        Heading("Note", 34, help="Stays here"),
    ),
)

REMINDER_MAIL = SheetTable(
    "Reminder mail",
    (
        Heading("Level", 9, Kind.NUMBER, help="1 comes first", needed=True),
        Heading("After days", 12, Kind.NUMBER, help="When it is due", needed=True),
        Heading("Counts from", 14, help="The day they count from", choices=tuple(CountsFrom), needed=True),
        Heading("State", 20, help="Of the invoices", choices=tuple(MailedState), needed=True),
        Heading(
            "Template",
            26,
            help="A text: Friendly reminder, Second notice, Final notice, or your own",
            needed=True,
        ),
        Heading("Cc", 34, help="Who gets a copy, separated by ;"),
    ),
)

MAIL_TEXTS = SheetTable(
    "Mail texts",
    (
        Heading("Template", 26, help="Its name; that of a built-in text replaces it", needed=True),
        Heading("Subject", 40, help="One line", needed=True),
        Heading("Text", 90, help="With variables such as {{ payer }} and {{ total }}", needed=True),
    ),
)

SETUP_SHEETS = (
    CLINIC,
    PROVIDERS,
    SERVICES,
    RATES,
    STATUSES,
    MISSED_VISITS,
    GROUP_SESSIONS,
    SHARES,
    SUPERVISION,
    PAY_PLANS,
    PAY_ITEMS,
    PRICES,
    EXAM_TYPES,
    PAYERS,
    REMINDER_MAIL,
    MAIL_TEXTS,
)

APPOINTMENT_SHARES = SheetTable(
    SHARES.name,
    (
        Heading("Appointment ID", 20, help="As in the log", needed=True),
        Heading("Provider", 26, help="Who did it", needed=True),
        Heading("Share", 12, Kind.AMOUNT, help="Such as 40%", needed=True),
    ),
)
"""The sheet of a log's workbook with the shares of single appointments. Its column Appointment ID tells it from the setup's."""

# Beside the appointment log.

HOURS = SheetTable(
    "Hours",
    (
        Heading("Date", 15, Kind.DATE, help="The day of the work", needed=True),
        Heading("Provider", 26, help="Who did the work", needed=True),
        Heading("Kind", 18, help="A service with a rate per hour", needed=True),
        Heading("Hours", 10, Kind.NUMBER, help="1.5 is an hour and a half", needed=True),
        Heading("Note", 40, help="Stays on this sheet"),
    ),
)

# The appointment log. Real logs spell their headings differently; the log reader knows the synonyms.

APPOINTMENTS = SheetTable(
    "Appointments",
    (
        Heading("Appointment ID", 16, help="One per appointment"),
        Heading("Date of service", 15, Kind.DATE, help="The day of the visit", needed=True),
        Heading("Provider", 26, help="Who did the work", needed=True),
        Heading("Service", 18, help="Service code", needed=True),
        Heading("Status", 16, help="Whether the visit took place", needed=True),
        Heading("Units", 9, Kind.NUMBER, help="For pay per unit"),
        Heading("Minutes", 10, Kind.NUMBER, help="For pay per hour"),
        Heading("Charge", 13, Kind.MONEY, help="For % of charge"),
        Heading("Collected", 13, Kind.MONEY, help="For % of collected"),
        Heading("Patient", 18, help="An ID is enough"),
        Heading("Clinic", 20, help="May stay empty"),
    ),
)

# Money that came in or went back. Pay by % of collected follows it.

PAYMENTS = SheetTable(
    "Payments",
    (
        Heading("Payment date", 15, Kind.DATE, help="The day the money came", needed=True),
        Heading("Appointment ID", 16, help="Of its visit; else patient and day"),
        Heading("Patient", 18, help="As in the log"),
        Heading("Date of service", 15, Kind.DATE, help="The day of the visit"),
        Heading("Provider", 26, help="If a day has several visits"),
        Heading("Amount", 13, Kind.MONEY, help="Below 0 if money went back", needed=True),
        Heading("Payer", 22, help="Who paid"),
        Heading("Kind", 13, help="Empty: as the sign says", choices=tuple(PaymentKind)),
        Heading("Payment ID", 16, help="If the system has one"),
    ),
)

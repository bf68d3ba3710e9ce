"""The Invoices sheets of the gallery: for each thing that keeps a row from being recorded, the smallest sheet.

They are typed by hand, by invoice number; those about hidden keys have the columns Invoice list hides.
"""

from collections.abc import Callable
from datetime import date

from openpyxl import Workbook

from tests.gallery.clinic import Cell, a_workbook
from tests.gallery.exams import an_exam, exam_rows

FIRST, SECOND = "INV-000001", "INV-000002"
OCT_7, OCT_8 = date(2025, 10, 7), date(2025, 10, 8)
HEADINGS = (
    "Invoice", "Patient", "State", "Balance", "Action", "Amount", "Cheque number", "Cheque date", "Received date",
    "Paying party", "Exception", "Date", "Note", "Result",
)  # fmt: skip
KEYS = ("Row key", "Row version")

Typed = dict[str, Cell]


def a_row(invoice: str, action: str, **cells: Cell) -> Typed:
    """A row with an Action (``Cheque_number`` for ``Cheque number``)."""
    return {"Invoice": invoice, "Action": action} | {
        name.replace("_", " "): cell for name, cell in cells.items()
    }


def sent(invoice: str, **cells: Cell) -> Typed:
    """A row that sends an invoice."""
    return a_row(invoice, "send", Date=OCT_7, **cells)


def agreed(invoice: str) -> Typed:
    """A row that agrees on $180.00 of the $200.00 billed."""
    return a_row(invoice, "agree", Amount=180, Date=OCT_7, Note="by phone")


def cheque(invoice: str, **cells: Cell) -> Typed:
    """A row that records a cheque over what was agreed."""
    received: Typed = {"Cheque_date": OCT_7, "Received_date": OCT_8, "Note": "in the folder"}
    told: Typed = {"Amount": 180, "Cheque_number": "77-1", "Paying_party": "Acme Invented"}
    return a_row(invoice, "record cheque", **told | received | cells)


def invoices_sheet(*rows: Typed, more: tuple[str, ...] = ()) -> Callable[[], Workbook]:
    """A workbook with an Invoices sheet of these rows, and the two exams they are about."""
    heads = (*HEADINGS, *more)
    table: list[list[Cell]] = [list(heads), *([row.get(head) for head in heads] for row in rows)]
    exams = exam_rows(an_exam(), an_exam(Patient="PT-2"))
    return lambda: a_workbook({"Exams": exams, "Invoices": table})


def _printable(patient: str) -> Callable[[], Workbook]:
    """A workbook with an Invoices sheet that shows one invoice, and the exam of this patient that it is about."""
    table: list[list[Cell]] = [["Invoice", "Action"], [FIRST, None]]
    return lambda: a_workbook({"Exams": exam_rows(an_exam(Patient=patient)), "Invoices": table})


def _keyed(row: Typed, key: str) -> Typed:
    return row | {"Row key": key, "Row version": 1}


LINE_HEADINGS = (
    "Invoice", "Code", "Description", "Units", "Bilateral", "Unit price", "Total", "Result", *KEYS,
)  # fmt: skip


def _line(invoice: str = FIRST, code: str = "EX-503", units: Cell = 1, **cells: Cell) -> Typed:
    """The row of the only line of an invoice, as Invoice list writes it, with the cells an entry is about."""
    written: Typed = {
        "Invoice": invoice, "Code": code, "Description": "Injury talk", "Units": units, "Bilateral": "no",
        "Unit price": 200, "Total": 200, "Row key": f"{invoice}/1", "Row version": 1,
    }  # fmt: skip
    return written | {name.replace("_", " "): cell for name, cell in cells.items()}


def _lines(*rows: Typed) -> Callable[[], Workbook]:
    """A workbook with an Invoice Lines sheet of these rows, and the two exams they are about."""
    table: list[list[Cell]] = [
        list(LINE_HEADINGS),
        *([row.get(head) for head in LINE_HEADINGS] for row in rows),
    ]
    exams = exam_rows(an_exam(), an_exam(Patient="PT-2"))
    return lambda: a_workbook({"Exams": exams, "Invoice Lines": table})


AGREED = (sent(FIRST), sent(SECOND), agreed(FIRST), agreed(SECOND))

INVOICES: dict[str, Callable[[], Workbook]] = {
    "step-refused.unknown-invoice": invoices_sheet(sent(FIRST), sent("INV-000404")),
    "step-refused.action-not-open": invoices_sheet(sent(FIRST), a_row(SECOND, "clear", Date=OCT_8)),
    "step-refused.inputs-unusable": invoices_sheet(sent(FIRST), a_row(SECOND, "send")),
    "step-refused.stale-invoice.before": invoices_sheet(sent(SECOND)),
    "step-refused.stale-invoice": invoices_sheet(
        _keyed(sent(FIRST), FIRST), _keyed(sent(SECOND), SECOND), more=KEYS
    ),
    "step-refused.amount-does-not-fit.before": invoices_sheet(*AGREED),
    "step-refused.amount-does-not-fit": invoices_sheet(cheque(FIRST, Amount=150)),
    "step-refused.duplicate-cheque.before": invoices_sheet(*AGREED, cheque(FIRST)),
    "step-refused.duplicate-cheque": invoices_sheet(cheque(SECOND)),
    "step-refused.cheque-differs.before": invoices_sheet(*AGREED),
    "step-refused.cheque-differs": invoices_sheet(cheque(FIRST), cheque(SECOND, Received_date=OCT_7)),
    "step-refused.credit-not-usable.before": invoices_sheet(*AGREED),
    "step-refused.credit-not-usable": invoices_sheet(a_row(SECOND, "apply credit", Amount=20, Date=OCT_8)),
    "held-with-another.before": invoices_sheet(*AGREED),
    "held-with-another": invoices_sheet(cheque(FIRST), cheque(SECOND, Amount="?")),
    "bounced-elsewhere.before": invoices_sheet(*AGREED, cheque(FIRST), cheque(SECOND)),
    "bounced-elsewhere": invoices_sheet(a_row(FIRST, "bounce", Date=OCT_8)),
    "cheque-number-again.before": invoices_sheet(*AGREED, cheque(FIRST)),
    "cheque-number-again": invoices_sheet(cheque(SECOND, Amount=150, Exception="partial")),
    "unusual-day.before": invoices_sheet(*AGREED),
    "unusual-day": invoices_sheet(cheque(FIRST, Cheque_date=date(2026, 10, 7))),
    "no-action-chosen": invoices_sheet(sent(FIRST), {"Invoice": SECOND, "Amount": 180, "Note": "by phone"}),
    "missing-letterhead": _printable("PT-1"),
    "letters-not-printable": _printable("山田"),
    "letter-address-missing": _printable("PT-1"),
    "letter-without-attorney": _printable("PT-1"),
    "row-added-by-hand": invoices_sheet(
        _keyed(sent(FIRST), FIRST), sent(SECOND), {"Patient": "PT-3", "Balance": 80}, more=KEYS
    ),
    "row-mixed-up": invoices_sheet(_keyed(sent(FIRST), SECOND), _keyed(sent(SECOND), FIRST), more=KEYS),
    "row-mixed-up.another-clinics": invoices_sheet(sent(FIRST, Patient="PT-9")),
    "not-a-choice.action": invoices_sheet(sent(FIRST), a_row(SECOND, "settle")),
    "lines-are-fixed.before": invoices_sheet(sent(FIRST)),
    "lines-are-fixed": _lines(_line(units=2, Row_version=2), _line(SECOND)),
    "line-is-computed": _lines(_line(Unit_price=150), _line(SECOND, units=2)),
    "line-code-twice": _lines(_line(), {"Invoice": FIRST, "Code": "EX-503"}),
    "no-line-left": _lines(_line(units=0), _line(SECOND)),
    "step-refused.stale-lines.before": invoices_sheet(a_row(FIRST, "note", Note="by phone")),
    "step-refused.stale-lines": _lines(_line(units=2), _line(SECOND, units=2)),
}
"""Name of the entry -> its workbook; one with ``.before`` is sent first, and has no entry of its own."""

REFUSED_INVOICES: dict[str, Callable[[], Workbook]] = {
    "sheet-in-the-way": invoices_sheet(sent(FIRST)),
    "unknown-invoice": invoices_sheet(sent(FIRST)),
    "unknown-case": invoices_sheet(sent(FIRST)),
    "not-cleared": invoices_sheet(*AGREED, cheque(FIRST)),
    "document-unusable": invoices_sheet(sent(FIRST)),
}

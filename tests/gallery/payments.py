"""The payments of the gallery: for each finding about pay on collection, the smallest log with the smallest payments sheet."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from openpyxl import Workbook

from tests.gallery.clinic import HEADINGS, Cell, Tables, a_setup, a_visit, a_workbook, the_setup, with_shares

OCT_8 = date(2025, 10, 8)
NOV_5 = date(2025, 11, 5)
BY_ID = ("Payment date", "Appointment ID", "Amount", "Payer", "Kind")
BY_PATIENT = ("Payment date", "Patient", "Date of service", "Amount", "Payer")

Visit = Mapping[str, Cell]


def _log(*visits: Visit) -> Tables:
    """A log of these visits as the sheet Appointments."""
    return {"Appointments": [[*HEADINGS.values()], *([visit[name] for name in HEADINGS] for visit in visits)]}


def _with_payments(
    visits: Sequence[Visit], *payments: Sequence[Cell], headings: Sequence[str] = BY_ID
) -> Callable[[], Workbook]:
    """A workbook with a log and its payments sheet."""
    sheet: Tables = {"Payments": [[*headings], *([*payment] for payment in payments)]}
    return lambda: a_workbook(_log(*visits) | sheet)


def _group(**cells: Cell) -> Visit:
    """A visit that is paid on collection."""
    return a_visit(service="EX-102") | cells


A_PAYMENT = (OCT_8, "A-1", 100, "Example Health", "payment")
OCTOBER = [_group()]
NOVEMBER = [_group(id="A-2", day=date(2025, 11, 3))]
OF_NOVEMBER = (NOV_5, "A-2", 40, "Example Health", "payment")
PAID_IN_OCTOBER = _with_payments(OCTOBER, A_PAYMENT)
BY_DAY = (OCT_8, "PT-1", date(2025, 10, 6), 100, "Example Health")


def _with_an_employee() -> Workbook:
    people = [list(row) for row in the_setup()["Providers"]]
    people[1][people[0].index("Works as")] = "W-2"
    return a_setup(Providers=people)


PAYMENTS: dict[str, Callable[[], Workbook]] = {
    "pays-by-payments": PAID_IN_OCTOBER,
    "waits-for-payment": _with_payments([*OCTOBER, _group(id="A-2", day=date(2025, 10, 7))], A_PAYMENT),
    "share-on-collection.before": lambda: with_shares(
        ["Ada Example", "EX-102", "Ben Sample", "40%", date(2025, 1, 1)]
    ),
    "share-on-collection": PAID_IN_OCTOBER,
    "payments-unallocated": _with_payments(OCTOBER, (OCT_8, "A-1; A-9", 150, "Example Health", "payment")),
    "payments-unread": _with_payments(OCTOBER, A_PAYMENT, (OCT_8, "A-1", "lots", "Example Health", "")),
    "payment-cell-blank": _with_payments(OCTOBER, (None, "A-1", 100, "Example Health", "payment")),
    "payments-sheet-unread": _with_payments(OCTOBER, (OCT_8, "A-1"), headings=BY_ID[:2]),
    "payments-sheet-lacking.before": PAID_IN_OCTOBER,
    "payments-sheet-lacking": lambda: a_workbook(_log(*NOVEMBER)),
    "payments-still-unallocated.before": _with_payments(OCTOBER, (OCT_8, "A-9", 100, "Example Health", "")),
    "payments-still-unallocated": _with_payments(NOVEMBER, OF_NOVEMBER),
    "payments-of-paid-amount.before": lambda: a_workbook(_log(_group(collected=100))),
    "payments-of-paid-amount": _with_payments(
        NOVEMBER, (NOV_5, "A-1", 100, "Example Health", "payment"), OF_NOVEMBER
    ),
    "payment-changed.before": _with_payments(OCTOBER, (OCT_8, "A-1", 1000, "Example Health", "payment")),
    "payment-changed": _with_payments(NOVEMBER, A_PAYMENT, OF_NOVEMBER),
    "payment-unallocated-since.before": _with_payments(OCTOBER, BY_DAY, headings=BY_PATIENT),
    "payment-unallocated-since": _with_payments(
        [*OCTOBER, _group(id="A-2", provider="Cleo Former")], BY_DAY, headings=BY_PATIENT
    ),
    "payments-gone.before": _with_payments(
        OCTOBER, A_PAYMENT, (date(2025, 10, 9), "A-1", 20, "Client", "payment")
    ),
    "payments-gone": _with_payments(NOVEMBER, A_PAYMENT, OF_NOVEMBER),
    "employee-paid-on-collection": PAID_IN_OCTOBER,
    "employee-paid-on-collection.before": _with_an_employee,
}
"""Name of the entry -> its workbook; one with ``.before`` is sent first, and has no entry of its own."""

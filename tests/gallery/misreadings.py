"""Logs that were misread once: each pays other money than it says, or pays it twice, if it is read carelessly.

``MISREAD_LOGS`` and ``MISREAD_FILES`` earn a finding, and are called by its code. Of the ``REPLIES`` it is the reply
that counts: all is well, or a question is asked that belongs to no cell.
"""

from collections.abc import Callable, Sequence
from datetime import date

from openpyxl import Workbook

from tests.gallery.clinic import (
    HEADINGS,
    Cell,
    a_log,
    a_setup,
    a_visit,
    a_workbook,
    changed,
    several_logs,
    the_setup,
)

Visit = dict[str, Cell]
Builder = Callable[[], Workbook]

OCTOBER: list[Visit] = [
    a_visit(id=f"AB-00{number}", day=date(2025, 10, 20 + number), patient=f"PT-{number}")
    for number in (1, 2, 3)
]
"""What is approved before the log of an entry comes."""


def _without(*names: str) -> list[Visit]:
    return [visit | dict.fromkeys(names) for visit in OCTOBER]


def _written(name: str, *cells: Cell, visits: Sequence[Visit] = OCTOBER) -> list[Visit]:
    return [visit | {name: cell} for visit, cell in zip(visits, cells, strict=True)]


def _paid_then(before: list[Visit], after: list[Visit]) -> Builder:
    return lambda: several_logs(Before=before, After=after)


def _paid_by(service: str, columns: dict[str, Sequence[Cell]]) -> Builder:
    """A log of two visits of a service, with columns of money called like this."""

    def built() -> Workbook:
        money = [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]
        visits = [a_visit(id=f"A-{number}", service=service) | cells for number, cells in enumerate(money, 1)]
        return a_log(*visits, only=("id", "day", "provider", "service", "status", *columns))

    return built


def _charged_twice() -> Workbook:
    headings: list[Cell] = ["Appointment ID", "Date", "Provider", "Service", "Status"]
    visit: list[Cell] = ["A-1", date(2025, 10, 6), "Ada Example", "EX-105", "Attended"]
    return a_workbook(
        {"Appointments": [[*headings, "Charge", "Charge", "Total Fee"], [*visit, 100, 30, 150]]}
    )


def _paid_by_no_charge() -> Workbook:
    rates = [row for row in the_setup()["Rates"] if "% of charge" not in row]
    return a_setup(Rates=rates)


def _booked_and_held() -> Workbook:
    columns = ("id", "Booked", "Held", "provider", "service", "status")
    days: Visit = {"Booked": date(2025, 9, 15), "Held": date(2025, 10, 6)}
    return a_log(a_visit() | days, only=columns)


def _total_in_a_note() -> Workbook:
    undated = a_visit(id="A-2", day=None) | {"Note": "Total of 3 visits this week"}
    return a_log(a_visit() | {"Note": None}, undated, only=(*HEADINGS, "Note"))


def _of(month: int) -> Builder:
    return lambda: a_log(a_visit(id=f"A-{month}", day=date(2025, month, 6)))


MISREAD_LOGS: dict[str, Builder] = {
    "probably-paid.ids-added": _paid_then(_without("id"), OCTOBER),
    "probably-paid.patients-respelled": _paid_then(
        _without("id"), _written("patient", "Patient 1", "Patient 2", "Patient 3", visits=_without("id"))
    ),
    "probably-paid.patients-gone": _paid_then(_without("id"), _without("id", "patient")),
    "probably-paid.zeros-lost": lambda: several_logs(After=_written("id", 1, 2, 3)),
    "column-question.part-of-the-money": _paid_by("EX-102", {"Paid": (20, 25), "Insurance Paid": (130, 125)}),
    "column-question.part-unknown": _paid_by(
        "EX-102", {"Patient Amount Paid": (40, 20), "Insurance Paid": (80, 20)}
    ),
    "column-question.booked-or-held": _booked_and_held,
    "column-question.two-charges": _charged_twice,
    "blank-date.total-in-a-note": _total_in_a_note,
    "missing-measure.collected": lambda: a_log(a_visit(), a_visit(id="A-2", service="EX-102")),
    "not-a-date.full-width": lambda: a_log(a_visit(), a_visit(id="A-2", day="\uff11\uff10/\uff17/2025")),
}
"""Name of the entry -> its workbook, as in ``tests.gallery.logs``."""

REPLIES: dict[str, Builder] = {
    "ids-in-lower-case": _paid_then(OCTOBER, _written("id", "ab-001", "ab-002", "ab-003")),
    "ids-with-hidden-marks": _paid_then(
        OCTOBER, _written("id", "\u200bAB-001", "AB-002\u200e", "\u2060AB-003")
    ),
    "run-of-its-own-workbook": _of(10),
    "run-of-its-own-workbook.before": _of(6),
    "draft-out-of-date": lambda: a_log(a_visit()),
    "draft-out-of-date.colleague": lambda: a_setup(Rates=changed("Rates", 2, Rate=90)),
    "paid-already": lambda: a_log(a_visit()),
    "approved-already": lambda: a_log(a_visit()),
    "charge-that-pays-nobody": _paid_by("EX-101", {"Fee": (100, 100), "Total Fee": (120, 130)}),
    "charge-that-pays-nobody.colleague": _paid_by_no_charge,
}
"""Name of the entry -> its workbook."""


def _lines(*lines: str) -> bytes:
    return "\r\n".join((*lines, "")).encode()


PLAIN = "Appointment ID,Date,Provider,Service,Status,Patient"


def _numbers_of_patients(month: int, *numbers: int) -> bytes:
    rows = (f"{number},{month}/{number + 14}/2025,Ada Example,EX-101,Attended" for number in numbers)
    return _lines("ID,Date,Provider,Service,Status", *rows)


MISREAD_FILES: dict[str, Callable[[], bytes]] = {
    # Excel takes the zeros of a CSV away when it opens one and saves it as a workbook.
    "probably-paid.zeros-lost.before.csv": lambda: _lines(
        PLAIN,
        *(f"0000{number},10/2{number}/2025,Ada Example,EX-101,Attended,PT-{number}" for number in (1, 2, 3)),
    ),
    "column-question.number-paid-before.before.csv": lambda: _numbers_of_patients(9, 1, 2, 3),
    "column-question.number-paid-before.csv": lambda: _numbers_of_patients(10, 1, 2),
    # In Windows-1252, with nothing after the last letter.
    "unknown-provider.last-letter.csv": lambda: (
        "Appointment ID,Date,Service,Status,Provider\r\nA-1,10/25/2025,EX-101,Attended,Ada Exampleé"
    ).encode("cp1252"),
}
"""File name -> content."""

REPLY_FILES: dict[str, Callable[[], bytes]] = {
    "day-of-the-appointment.csv": lambda: _lines(
        "AppointmentID,ScheduledDay,AppointmentDay,Provider,Service,No-show",
        "5001,2025-09-15T18:38:08Z,2025-10-06T00:00:00Z,Ada Example,EX-101,No",
        "5002,2025-09-16T08:12:30Z,2025-10-07T00:00:00Z,Ada Example,EX-101,No",
    ),
    "ids-like-numbers.csv": lambda: _lines(
        PLAIN,
        *(
            f"{number},10/25/2025,Ada Example,EX-101,Attended,PT-1"
            for number in ("1.10", "1.1", "1.100", "5E3")
        ),
    ),
}
"""File name -> content."""

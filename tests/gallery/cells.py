"""The logs of the gallery whose cells could be misread: durations, dates and amounts."""

from collections.abc import Callable, Sequence
from datetime import date, time

from openpyxl import Workbook

from tests.gallery.clinic import Cell, a_log, a_visit

COLUMNS = ("id", "day", "provider", "service", "status")


def _lasting(heading: str, *cells: Cell | time) -> Callable[[], Workbook]:
    """A log of visits paid by the hour, one for each cell under a heading."""
    return _columns({heading: cells})


def _columns(columns: dict[str, Sequence[Cell | time]]) -> Callable[[], Workbook]:
    def build() -> Workbook:
        count = len(next(iter(columns.values())))
        log = a_log(*(a_visit(id=f"A-{n}", service="EX-104") for n in range(1, count + 1)), only=COLUMNS)
        sheet = log.worksheets[0]
        for place, (heading, cells) in enumerate(columns.items(), len(COLUMNS) + 1):
            sheet.cell(1, place, heading)
            for row, cell in enumerate(cells, 2):
                sheet.cell(row, place, cell)
                if isinstance(cell, time):
                    sheet.cell(row, place).number_format = "h:mm"
        return log

    return build


def _shown_as_time() -> Workbook:
    log = _lasting("Minutes", time(0, 45), 60)()
    log.worksheets[0].cell(3, len(COLUMNS) + 1).number_format = "h:mm"
    return log


def _shown_as_day() -> Workbook:
    return a_log(
        a_visit(id="A-1", service="EX-105", charge=120),
        a_visit(id="A-2", service="EX-105", charge=date(2025, 10, 2)),
    )


def _charged(*amounts: Cell) -> Callable[[], Workbook]:
    visits = [
        a_visit(id=f"A-{number}", service="EX-105", charge=amount) for number, amount in enumerate(amounts, 1)
    ]
    return lambda: a_log(*visits)


def _days(*days: Cell) -> Callable[[], Workbook]:
    return lambda: a_log(*(a_visit(id=f"A-{number}", day=day) for number, day in enumerate(days, 1)))


NINE, TO_TEN = "2025-10-06 09:00", "2025-10-06 09:50"

FIRST_OF_OCTOBER = [f"10/{day:02}/2025" for day in range(1, 13)]

CELLS: dict[str, Callable[[], Workbook]] = {
    "time-or-number": _shown_as_time,
    "shown-as-day": _shown_as_day,
    "longer-than-a-day": _columns({"Duration": ("50:00", "0:50")}),
    "hours-and-minutes": _columns({"Hours": (1, 1.5), "Minutes": (30, 90)}),
    "not-a-time": _columns({"Start Time": ("9:00 AM", "9:00 AM"), "End Time": ("9:50 AM", "late")}),
    "end-before-start": _columns(
        {"Start Time": ("9:00 AM", "11:30 PM"), "End Time": ("9:50 AM", "12:20 AM")}
    ),
    "minutes-converted": _lasting("Hours", 1, 0.75, 1.5),
    "minutes-converted.start-and-end": _columns(
        {"Start Time": (time(9), time(13, 30)), "End Time": (time(9, 50), time(15))}
    ),
    "minutes-from-times": _columns(
        {"Minutes": (50, None), "Start Date & Time": (NINE, NINE), "End Date & Time": (TO_TEN, TO_TEN)}
    ),
    "implausible-minutes": _lasting("Minutes", 50, 2, 5_000),
    "amount-far-above": _charged(100, 120, 100, 110, 100, 10_000),
    "column-question.hours-or-minutes": _lasting("Duration", 1, 0.75, 1.5),
    "column-question.times-and-numbers": _lasting("Minutes", time(0, 45), 60),
    "not-month-first": _days(*(f"10/{day}/2025" for day in (25, 26, 28, 29)), "13/10/2025"),
    "not-day-first": _days("05/10/2025", "06/10/2025", "10/13/2025"),
    "swapped-date": _days("25/10/2025", "26/10/2025", date(2025, 5, 10)),
    "swapped-date.month-first": _days("10/25/2025", "10/26/2025", date(2025, 5, 10), date(2025, 7, 10)),
    "column-question.two-orders": _days("10/25/2025", "26/10/2025", "05/10/2025"),
    "column-question.one-odd-date": _days(*FIRST_OF_OCTOBER, "13/10/2025"),
}
"""Name of the entry -> its workbook, as in ``tests.gallery.logs``."""

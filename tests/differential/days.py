"""Dialects of the dates of a log, and of the columns that hold other days and times."""

from dataclasses import replace
from datetime import date, timedelta

from tests.differential.page import US_DATE, US_MOMENT, Field, Page, Shown, Spelling, serial_of
from tests.differential.switches import switch
from tests.differential.truth import Visit

UK_DATE = "dd/mm/yyyy"
SHORT = 12
"""The last day of a month that could also be a month."""


def _moment(visit: Visit) -> float:
    return serial_of(visit.day) + visit.start / (24 * 60)


def _clock(visit: Visit) -> str:
    return f"{visit.start // 60:02}:{visit.start % 60:02}"


def _dated(pattern: str) -> Spelling:
    return lambda visit: Shown(format(visit.day, pattern))


@switch("dates as ISO text", "date", mild=True)
def iso_dates(page: Page) -> None:
    page.respell("date", _dated("%Y-%m-%d"))


@switch("dates as ISO text with a time", "date", mild=True)
def iso_moments(page: Page) -> None:
    page.respell("date", lambda visit: Shown(f"{visit.day.isoformat()}T{_clock(visit)}:00"))


@switch("dates as US text", "date", mild=True)
def us_dates(page: Page) -> None:
    page.respell("date", _dated("%m/%d/%Y"))


@switch("dates as US text of one digit", "date", mild=True)
def short_us_dates(page: Page) -> None:
    page.respell("date", lambda visit: Shown(f"{visit.day.month}/{visit.day.day}/{visit.day.year}"))


@switch("dates as US text with a time", "date", mild=True)
def us_moments(page: Page) -> None:
    page.respell(
        "date", lambda visit: Shown(f"{visit.day.month}/{visit.day.day}/{visit.day.year} {_clock(visit)}")
    )


@switch("dates as UK text", "date", mild=True)
def uk_dates(page: Page) -> None:
    page.order = "dmy"
    page.respell("date", _dated("%d/%m/%Y"))


@switch("dates as UK text of two-digit years", "date")
def short_uk_dates(page: Page) -> None:
    page.order = "dmy"
    page.respell("date", _dated("%d/%m/%y"))


@switch("dates in words", "date", mild=True)
def dates_in_words(page: Page) -> None:
    page.respell("date", _dated("%a, %b %d, %Y"))


@switch("dates as moments", "date", mild=True)
def moments(page: Page) -> None:
    page.respell("date", lambda visit: Shown(_moment(visit), US_MOMENT))


@switch("dates a second before midnight", "date")
def late_moments(page: Page) -> None:
    page.respell("date", lambda visit: Shown(serial_of(visit.day) + 86_399 / 86_400, US_MOMENT))


@switch("dates as ISO text with a timezone", "date")
def zoned_moments(page: Page) -> None:
    zone = page.rng.choice(("Z", "-05:00", "+09:00"))
    page.respell("date", lambda visit: Shown(f"{visit.day.isoformat()}T23:30:00{zone}"))


@switch("dates with hidden marks", "date")
def marked_dates(page: Page) -> None:
    page.respell("date", lambda visit: Shown(f"\u200e{visit.day:%m/%d/%Y}"))


@switch("dates as eight digits", "date")
def compact_dates(page: Page) -> None:
    page.respell("date", lambda visit: Shown(int(f"{visit.day:%Y%m%d}")))


@switch("dates counted from 1904", "date", mild=True)
def dates_from_1904(page: Page) -> None:
    page.since_1904 = True


@switch("dates of two kinds", "date")
def dates_of_two_kinds(page: Page) -> None:
    odd = {visit.id for visit in page.visits[::2]}
    page.respell(
        "date",
        lambda visit: (
            Shown(visit.day.isoformat()) if visit.id in odd else Shown(serial_of(visit.day), US_DATE)
        ),
    )


def _with_late_days(page: Page, step: int) -> None:
    """Move every visit but each ``step``-th behind the 12th, so that the order of most dates cannot be mistaken."""
    page.visits = [
        replace(visit, day=visit.day + timedelta(days=SHORT))
        if at % step != step - 1 and visit.day.day <= SHORT
        else visit
        for at, visit in enumerate(page.visits)
    ]


def _turned(day: date) -> date:
    return date(day.year, day.day, day.month)


@switch("a UK file opened by a US Excel", "date")
def uk_file_in_us_excel(page: Page) -> None:
    _with_late_days(page, 2)
    page.order = "dmy"
    page.respell("date", lambda visit: _opened_abroad(visit.day, "%d/%m/%Y", US_DATE))


@switch("a US file opened by a UK Excel", "date")
def us_file_in_uk_excel(page: Page) -> None:
    _with_late_days(page, 2)
    page.respell("date", lambda visit: _opened_abroad(visit.day, "%m/%d/%Y", UK_DATE))


def _opened_abroad(day: date, pattern: str, shown_there: str) -> Shown:
    """Return a date as an Excel of the other country takes it: exchanged where it can be, else left as text.

    That Excel shows a date in its own order, so that a text file saved from it reads as the first file did.
    """
    if day.day <= SHORT:
        return Shown(serial_of(_turned(day)), shown_there)
    return Shown(format(day, pattern))


@switch("one US date typed in the UK way", "date")
def one_typo_in_us_dates(page: Page) -> None:
    _with_late_days(page, 4)
    typo = page.rng.choice([visit.id for visit in page.visits if visit.day.day > SHORT])
    page.respell(
        "date", lambda visit: Shown(format(visit.day, "%d/%m/%Y" if visit.id == typo else "%m/%d/%Y"))
    )


@switch("short US dates, one typed in the UK way, and the order named", "date")
def named_order_and_typo(page: Page) -> None:
    """Let only the answer given with the click say the order, and one date contradict it."""
    page.names_order = True
    typo = page.rng.choice(page.visits).id
    page.visits = [
        replace(
            visit,
            day=visit.day.replace(day=(visit.day.day - 1) % SHORT + 1 + (SHORT if visit.id == typo else 0)),
        )
        for visit in page.visits
    ]
    page.respell(
        "date", lambda visit: Shown(format(visit.day, "%d/%m/%Y" if visit.id == typo else "%m/%d/%Y"))
    )


@switch("one UK date typed in the US way", "date")
def one_typo_in_uk_dates(page: Page) -> None:
    _with_late_days(page, 4)
    page.order = "dmy"
    typo = page.rng.choice([visit.id for visit in page.visits if visit.day.day > SHORT])
    page.respell(
        "date", lambda visit: Shown(format(visit.day, "%m/%d/%Y" if visit.id == typo else "%d/%m/%Y"))
    )


@switch("the date and the time in two columns", "second date", mild=True)
def time_beside_date(page: Page) -> None:
    page.add(Field("extra:time", "Time", lambda visit: Shown(visit.start / (24 * 60), "h:mm")), after="date")


@switch("the day of booking before the day of the visit", "second date")
def kaggle_days(page: Page) -> None:
    booked = {visit.id: visit.day - timedelta(days=page.rng.randrange(30)) for visit in page.visits}
    if column := page.column("date"):
        column.heading = "AppointmentDay"
    where = page.place("date") or 0
    page.fields.insert(
        where,
        Field("extra:booked", "ScheduledDay", lambda visit: Shown(serial_of(booked[visit.id]), US_DATE)),
    )


@switch("the day of entry beside it", "second date", mild=True)
def created_days(page: Page) -> None:
    entered = {visit.id: visit.day + timedelta(days=page.rng.randrange(3)) for visit in page.visits}
    heading = page.rng.choice(
        ("Date Created", "Created", "Entered On", "Last Modified", "Payment Date", "Next Appointment")
    )
    page.add(
        Field("extra:created", heading, lambda visit: Shown(serial_of(entered[visit.id]), US_DATE)),
        after="patient",
    )

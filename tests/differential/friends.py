"""Dialects with false friends: columns whose heading sounds like a field of a log, and that hold something else."""

from collections.abc import Callable
from datetime import timedelta

from tests.differential.page import BLANK, MONEY, US_DATE, Field, Page, Shown, dollars, serial_of
from tests.differential.switches import switch
from tests.differential.truth import CANCELLED, LATE, PEOPLE


def _beside(name: str, headings: tuple[str, ...], after: str, values: Callable[[Page], list[Shown]]) -> None:
    """Enter a switch that puts a column of these values, one for each visit, behind another."""

    def change(page: Page) -> None:
        said = {visit.id: shown for visit, shown in zip(page.visits, values(page), strict=True)}
        heading = page.rng.choice(headings)
        column = Field(f"extra:{name}", heading, lambda visit: said[visit.id])
        if page.rng.random() < 1 / 2:
            page.add(column, after=after)
        else:
            page.fields.insert(page.place(after) or 0, column)

    switch(name, "false friend")(change)


def _texts(texts: tuple[str, ...]) -> Callable[[Page], list[Shown]]:
    return lambda page: [Shown(page.rng.choice(texts)) for _ in page.visits]


def _days_after(days: int) -> Callable[[Page], list[Shown]]:
    return lambda page: [Shown(serial_of(visit.day + timedelta(days=days)), US_DATE) for visit in page.visits]


def _nth_of_patient(page: Page) -> list[Shown]:
    seen: list[str] = []
    shown = []
    for visit in page.visits:
        seen.append(visit.patient)
        shown.append(Shown(seen.count(visit.patient)))
    return shown


def _cancelled_on(page: Page) -> list[Shown]:
    return [
        Shown(serial_of(visit.day), US_DATE) if visit.status in {CANCELLED, LATE} else BLANK
        for visit in page.visits
    ]


_beside(
    "the weekday under Day",
    ("Day", "Weekday"),
    "date",
    lambda page: [Shown(f"{v.day:%a}") for v in page.visits],
)
_beside(
    "row numbers",
    ("#", "No", "Record ID", "ID"),
    "appointment",
    lambda page: [Shown(n + 1) for n in range(len(page.visits))],
)
_beside("the number of the patient's visit", ("Visit #", "Session #"), "appointment", _nth_of_patient)
_beside("diagnoses under Code", ("Code", "Diagnosis Code"), "service", _texts(("F41.1", "F32.0", "Z63.0")))
_beside("new and returning under Type", ("Type", "Visit Type"), "service", _texts(("New", "Returning")))
_beside(
    "another fee",
    ("Fee", "Session Fee"),
    "charge",
    lambda page: [dollars(v.charge // 2) for v in page.visits],
)
_beside("the day of payment under Received", ("Received", "Payment Received"), "collected", _days_after(9))
_beside("yes and no under Paid", ("Paid", "Paid?"), "collected", _texts(("Yes", "No")))
_beside("the day of cancelling under Cancelled", ("Cancelled", "Canceled"), "status", _cancelled_on)
_beside("a supervisor under Staff", ("Staff", "Physician"), "provider", _texts(PEOPLE))
_beside("a room under Resource", ("Resource", "Service Provider"), "provider", _texts(("Room 1", "Room 2")))
_beside(
    "a total of other things",
    ("Total", "Total Due"),
    "charge",
    lambda page: [Shown(7, MONEY) for _ in page.visits],
)
_beside("the age under Length", ("Length", "Time (min)"), "minutes", _texts(("30-45", "60-75")))
_beside(
    "how often a week under Units",
    ("Unit", "Quantity"),
    "units",
    lambda page: [Shown(2) for _ in page.visits],
)

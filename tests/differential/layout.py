"""Dialects of a sheet's layout: the headings of known systems, the order of columns, and columns nobody needs."""

from collections.abc import Mapping

from tests.differential.page import BLANK, MONEY, Field, Page, Shown
from tests.differential.switches import Stage, switch

_HEADINGS: Mapping[str, Mapping[str, str]] = {
    "headings in short": {
        "appointment": "Appt ID", "date": "DOS", "provider": "Clinician", "service": "CPT", "status": "Appt Status",
        "units": "Qty", "minutes": "Mins", "charge": "Fee", "collected": "Paid", "patient": "Client",
    },
    "headings of a therapy system": {
        "appointment": "Appointment ID", "date": "Appointment Date", "provider": "Clinician Name",
        "service": "Billing Code", "status": "Appointment Status", "units": "Units Billed",
        "minutes": "Duration (min)", "charge": "Rate per Unit x Units", "collected": "Amount Paid",
        "patient": "Client Name",
    },
    "headings of a scheduling system": {
        "appointment": "Booking ID", "date": "Start Date", "provider": "Staff Member", "service": "Appointment Type",
        "status": "Attendance", "units": "Quantity", "minutes": "Length (minutes)", "charge": "Total Fee",
        "collected": "Total Paid", "patient": "Patient Name",
    },
    "headings of a medical system": {
        "appointment": "Encounter #", "date": "Service Date", "provider": "Rendering Provider",
        "service": "Procedure Code", "status": "Show/No Show", "units": "# Units", "minutes": "Service Minutes",
        "charge": "Billed Amount", "collected": "Payments Received", "patient": "Chart #",
    },
    "headings of a clinic abroad": {
        "appointment": "Appointment Number", "date": "Appointment Start", "provider": "Practitioner",
        "service": "Type", "status": "Outcome", "units": "No of Units", "minutes": "Duration Minutes",
        "charge": "Amount Billed", "collected": "Amount Received", "patient": "Patient/Client",
    },
}  # fmt: skip


def _head(page: Page, headings: Mapping[str, str]) -> None:
    for column in page.fields:
        if column.holds in headings and column.heading in _PLAIN:
            column.heading = headings[column.holds]


_PLAIN = {
    "Appointment ID", "Date of service", "Provider", "Service", "Status", "Units", "Minutes", "Charge", "Collected",
    "Patient",
}  # fmt: skip

for _name, _headings in _HEADINGS.items():
    switch(_name, "headings", Stage.HEADINGS, mild=True)(
        lambda page, headings=_headings: _head(page, headings)  # type: ignore[misc]
    )


@switch("headings nobody knows", "headings", Stage.HEADINGS)
def unknown_headings(page: Page) -> None:
    strange = {
        "date": "On", "provider": "Who", "service": "What", "status": "How it went", "minutes": "How long",
        "charge": "Dollars due", "collected": "Dollars in", "appointment": "Ref",
    }  # fmt: skip
    holds = page.rng.sample(sorted(strange), 2)
    _head(page, {one: strange[one] for one in holds})


@switch("headings in noise", "heading noise", Stage.HEADINGS, mild=True)
def noisy_headings(page: Page) -> None:
    noise = page.rng.choice(
        (str.upper, str.lower, lambda text: f" {text} ", lambda text: text.replace(" ", "\n"))
    )
    for column in page.fields:
        column.heading = noise(column.heading)
        page.yes_means |= {noise(heading): said for heading, said in page.yes_means.items()}


@switch("headings with hidden characters", "heading noise", Stage.HEADINGS, mild=True)
def hidden_characters_in_headings(page: Page) -> None:
    hidden = page.rng.choice(("\u200b", "\u00a0", "\u200e"))
    for column in page.fields:
        column.heading = f"{hidden}{column.heading.replace(' ', f' {hidden}')}:"
    page.yes_means = {
        f"{hidden}{key.replace(' ', f' {hidden}')}:": said for key, said in page.yes_means.items()
    }


@switch("columns in another order", "order", Stage.ORDER, mild=True)
def shuffled_columns(page: Page) -> None:
    page.rng.shuffle(page.fields)


@switch("the sheet begins at C5", "place", Stage.FILE, mild=True)
def moved_sheet(page: Page) -> None:
    page.top, page.left = 5, 2


@switch("the period named with the click", "period", Stage.FILE, mild=True)
def named_period(page: Page) -> None:
    page.names_period = True


# Columns nobody needs


@switch("a column of notes", "notes", mild=True)
def notes(page: Page) -> None:
    texts = ("Total of 3 visits this week", "paid in cash", "No show last time", "see page 2", "", "12", "ok")
    said = {visit.id: page.rng.choice(texts) for visit in page.visits}
    page.add(
        Field(
            "extra:notes",
            page.rng.choice(("Notes", "Comment", "Alerts")),
            lambda visit: Shown(said[visit.id]),
        ),
        after=page.rng.choice(("status", "patient")),
    )


@switch("a column of balances", "more money", mild=True)
def balances(page: Page) -> None:
    heading = page.rng.choice(("Balance", "Unpaid", "Write Off", "Patient Balance"))
    page.add(
        Field("extra:balance", heading, lambda visit: Shown((visit.charge - visit.collected) / 100, MONEY)),
        after="collected",
    )


@switch("a column of expected fees", "more money")
def expected_fees(page: Page) -> None:
    heading = page.rng.choice(("Expected Payment", "Contract Fee", "Allowed Amount", "Sales Tax Charged"))
    page.add(
        Field("extra:expected", heading, lambda visit: Shown(visit.charge * 4 // 5 / 100, MONEY)),
        after="charge",
    )


@switch("a column of rooms", "room", mild=True)
def rooms(page: Page) -> None:
    said = {visit.id: page.rng.randrange(1, 9) for visit in page.visits}
    page.add(
        Field(
            "extra:room",
            page.rng.choice(("Room", "Location", "Office No")),
            lambda visit: Shown(said[visit.id]),
        ),
        after="service",
    )


@switch("a column of the referring provider", "second provider")
def second_provider(page: Page) -> None:
    names = sorted({visit.provider for visit in page.visits})
    said = {visit.id: page.rng.choice(names) for visit in page.visits}
    heading = page.rng.choice(("Referring Provider", "Supervisor", "Biller", "Scheduled By"))
    page.add(
        Field("extra:second provider", heading, lambda visit: Shown(said[visit.id])),
        after=page.rng.choice(("appointment", "provider")),
    )


@switch("a column without a heading", "unnamed")
def unnamed_column(page: Page) -> None:
    page.add(Field("extra:unnamed", "", lambda visit: Shown(visit.start)), after="patient")


@switch("an empty column between", "gap", mild=True)
def empty_column(page: Page) -> None:
    page.add(Field("extra:empty", "", lambda _: BLANK), after="service")


@switch("the clinic beside each visit", "clinic", mild=True)
def clinic_column(page: Page) -> None:
    page.add(Field("clinic", "Clinic Name", lambda _: Shown("Birchwood practice ")), after="patient")

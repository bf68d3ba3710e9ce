"""Dialects of the words of a log: services and statuses."""

from dataclasses import replace

from tests.differential.page import BLANK, ZERO_WIDTH, Field, Page, Shown, Spelling
from tests.differential.switches import switch
from tests.differential.truth import (
    ATTENDED,
    CANCELLED,
    LATE,
    NO_SHOW,
    SCHEDULED,
    SERVICE_ALIASES,
    SERVICE_NAMES,
)

# Services


@switch("services by name", "service", mild=True)
def service_names(page: Page) -> None:
    page.respell("service", lambda visit: Shown(SERVICE_NAMES[visit.service]))


@switch("services by an alias", "service", mild=True)
def service_aliases(page: Page) -> None:
    page.respell("service", lambda visit: Shown(SERVICE_ALIASES[visit.service][0]))


@switch("services as a number", "service", mild=True)
def service_numbers(page: Page) -> None:
    page.respell("service", lambda visit: Shown(int(SERVICE_ALIASES[visit.service][1])))


@switch("services in lower case and spaced", "service", mild=True)
def service_noise(page: Page) -> None:
    page.respell("service", lambda visit: Shown(f" {visit.service.lower().replace('-', ' - ')} "))


@switch("services as code and name", "service")
def service_code_and_name(page: Page) -> None:
    page.add(
        Field("service", "Service Name", lambda visit: Shown(SERVICE_NAMES[visit.service])), after="service"
    )


@switch("no service column", "service")
def no_services(page: Page) -> None:
    most = page.visits[0].service
    page.visits = [visit for visit in page.visits if visit.service == most]
    page.drop("service")


# Statuses

_WORDS: dict[str, tuple[str, ...]] = {
    ATTENDED: ("Show", "Attended", "Completed", "Checked Out", "Seen", "Kept", "Came in", "Arrived"),
    NO_SHOW: ("No Show", "NS", "No-Show", "DNA", "DNKA", "Missed", "Did not attend"),
    CANCELLED: ("Canceled", "Cancelled", "CXL", "CX", "Rescheduled", "RS", "Called off"),
    LATE: ("Late Cancel", "LC", "Late Cancelled", "late cancellation"),
    SCHEDULED: ("Scheduled", "Booked", "Confirmed"),
}


@switch("statuses in many words", "status", mild=True)
def status_words(page: Page) -> None:
    words = {visit.id: page.rng.choice(_WORDS[visit.status]) for visit in page.visits}
    page.respell("status", lambda visit: Shown(words[visit.id]))


@switch("statuses in noise", "status", mild=True)
def status_noise(page: Page) -> None:
    hidden = page.rng.choice((ZERO_WIDTH, "\u00a0", " "))
    page.respell(
        "status", lambda visit: Shown(f"{hidden}{visit.status.upper().replace(' ', f'{hidden}-')}{hidden}")
    )


@switch("statuses nobody knows", "status")
def unknown_statuses(page: Page) -> None:
    odd = page.rng.choice(page.visits).id
    page.respell("status", lambda visit: Shown("Zzz" if visit.id == odd else visit.status))


@switch("a blank status", "status")
def blank_status(page: Page) -> None:
    odd = page.rng.choice(page.visits).id
    page.respell("status", lambda visit: BLANK if visit.id == odd else Shown(visit.status))


def _flags(page: Page, answers: tuple[Shown, Shown], *flags: tuple[str, str]) -> None:
    """Replace the status by yes/no columns; ``flags`` are (heading, the status it says)."""
    yes, no = answers
    at = page.place("status") or 0
    page.drop("status")
    for heading, status in flags:
        page.yes_means[heading] = status
        page.fields.insert(at, Field(f"flag:{status}", heading, _ticking(status, yes, no)))


def _ticking(status: str, yes: Shown, no: Shown) -> Spelling:
    return lambda visit: yes if visit.status == status else no


_ANSWERS = (
    (Shown("Yes"), Shown("No")),
    (Shown("TRUE"), Shown("FALSE")),
    (Shown("x"), Shown("No")),
    (Shown(1), Shown(0)),
)


def _only(page: Page, *statuses: str) -> None:
    page.visits = [
        visit if visit.status in statuses else replace(visit, status=statuses[0]) for visit in page.visits
    ]


@switch("a No Show flag alone", "status")
def no_show_flag(page: Page) -> None:
    _only(page, ATTENDED, NO_SHOW)
    _flags(page, page.rng.choice(_ANSWERS), (page.rng.choice(("No Show", "No-show", "DNA")), NO_SHOW))


@switch("an Attended flag alone", "status")
def attended_flag(page: Page) -> None:
    _only(page, ATTENDED, NO_SHOW)
    _flags(page, page.rng.choice(_ANSWERS), (page.rng.choice(("Attended", "Kept", "Show")), ATTENDED))


@switch("a flag for each kind of missed visit", "status")
def three_flags(page: Page) -> None:
    _only(page, ATTENDED, NO_SHOW, CANCELLED, LATE)
    _flags(
        page, page.rng.choice(_ANSWERS), ("No Show", NO_SHOW), ("Cancelled", CANCELLED), ("Late Cancel", LATE)
    )


@switch("yes and no under the heading Status", "status")
def yes_no_status(page: Page) -> None:
    _only(page, ATTENDED, NO_SHOW)
    _flags(page, (Shown("Yes"), Shown("No")), ("Status", ATTENDED))


@switch("a State column and a No Show flag", "status")
def state_and_flag(page: Page) -> None:
    states = {
        ATTENDED: "arrived", NO_SHOW: "no_show", CANCELLED: "cancelled", LATE: "late_cancelled", SCHEDULED: "booked",
    }  # fmt: skip
    if column := page.column("status"):
        column.heading = page.rng.choice(("State", "Condition", "Appointment State"))
    page.respell("status", lambda visit: Shown(states[visit.status]))
    page.yes_means["No Show"] = NO_SHOW
    page.add(Field("flag:no show", "No Show", lambda visit: Shown(visit.status == NO_SHOW)), after="status")


@switch("no status column", "status")
def no_statuses(page: Page) -> None:
    _only(page, ATTENDED)
    page.drop("status")


@switch("no status column, and not all attended", "status")
def no_statuses_of_mixed(page: Page) -> None:
    page.drop("status")


@switch("a second column that looks like a status", "second status")
def second_status(page: Page) -> None:
    heading, words = page.rng.choice(
        (
            ("Billing Status", ("Paid", "Unpaid", "Submitted")),
            ("Confirmation Status", ("Confirmed", "Unconfirmed")),
            ("Note Status", ("Signed", "Unsigned")),
            ("Reminder", ("Sent", "Seen")),
        )
    )
    said = {visit.id: page.rng.choice(words) for visit in page.visits}
    page.add(Field("extra:second status", heading, lambda visit: Shown(said[visit.id])), after="patient")

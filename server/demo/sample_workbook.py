"""A small invented clinic with a log of two weeks, to try the product with. Four rows of the log have something wrong.

It is a workbook as a new clinic would have it: setup sheets that were filled in, and a log. Nothing of it is in the books
before somebody presses Save setup.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from server.billing.clinics import (
    ANY,
    Cadence,
    Clinic,
    CountsAs,
    MissedPay,
    MissedVisitRule,
    PayBasis,
    Provider,
    Rate,
    Service,
    Setup,
    WorksAs,
)
from server.billing.days import serial_of
from server.sheets.clinics.setup_workbook import Cells, write_setup_and_log
from server.sheets.xlsx.style import DAY, FREE_NUMBER, MONEY, TYPED_TEXT

START = date(2026, 1, 1)
FIRST_DAY = date(2026, 10, 1)
TITLE = "Sample log: appointments of the first half of October 2026"

PROVIDERS = (
    Provider("Ada Wintergreen", ("Wintergreen, Ada",), "SC-01", works_as=WorksAs.CONTRACTOR),
    Provider("Basil Thistledown", (), "SC-02", works_as=WorksAs.EMPLOYEE),
    Provider("Clara Fennimore", (), "SC-03", works_as=WorksAs.CONTRACTOR),
)
SERVICES = (
    Service("EX-101", "Session of 60 minutes"),
    Service("EX-102", "Session of 30 minutes"),
    Service("EX-103", "Evaluation", unit_minutes=30),
)
CHARGES_CENTS = {"EX-101": 15_000, "EX-102": 8_500, "EX-103": 22_000}
MINUTES = {"EX-101": 60, "EX-102": 30, "EX-103": 90}

WRONG = {
    5: ("Provider", "Basil Thisteldown"),
    15: ("Service", "EX-990"),
    21: ("Status", "Pending chart"),
    29: ("Status", ""),
}
"""Rows of the log with something wrong, counted from 0, and what stands in the cell."""

VISITS = 36
STATUSES = ("Attended", "Attended", "Attended", "Attended", "No Show", "Attended", "Cancelled")


def sample_workbook() -> bytes:
    """Return the workbook: the setup sheets, and a log of 36 appointments."""
    return write_setup_and_log(_sample_setup(), _log_rows(), TITLE)


def _sample_setup() -> Setup:
    return Setup(
        clinic=Clinic("sample-clinic", "Sample Clinic", cadence=Cadence.SEMI_MONTHLY),
        providers=PROVIDERS,
        services=SERVICES,
        rates=(
            Rate(ANY, "EX-101", PayBasis.PER_SESSION, 9_000, START),
            Rate(ANY, "EX-102", PayBasis.PER_SESSION, 5_000, START),
            Rate(ANY, "EX-103", PayBasis.PER_HOUR, 8_000, START),
            Rate("Ada Wintergreen", "EX-101", PayBasis.PER_SESSION, 9_500, FIRST_DAY, "raise"),
        ),
        missed_visits=(MissedVisitRule(ANY, ANY, CountsAs.NO_SHOW, MissedPay.FLAT, 2_500, START),),
    )


def _log_rows() -> Iterator[Cells]:
    for row in range(VISITS):
        service = SERVICES[row % 3 if row % 5 else 0].code
        cells = {
            "Provider": PROVIDERS[row % len(PROVIDERS)].name,
            "Service": service,
            "Status": STATUSES[row % len(STATUSES)],
        }
        cells |= dict([WRONG[row]] if row in WRONG else ())
        yield (
            (f"SC-{row + 1:03}", TYPED_TEXT),
            (serial_of(FIRST_DAY + timedelta(days=row // 3)), DAY),
            *((cells[heading], TYPED_TEXT) for heading in ("Provider", "Service", "Status")),
            (1, FREE_NUMBER),
            (MINUTES[service], FREE_NUMBER),
            (CHARGES_CENTS[service], MONEY),
            (CHARGES_CENTS[service], MONEY),
            (f"P-{row * 7 % 23 + 1:02}", TYPED_TEXT),
        )

"""An invented clinic and logs for it, small enough that every number of a test stands in the test."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from server.billing.clinics import (
    Clinic,
    ImportProfile,
    PayBasis,
    Provider,
    Rate,
    Service,
    Setup,
)
from server.billing.payroll.appointment_log import AppointmentLog
from server.billing.payroll.calculate import finish_run, price_rows
from server.billing.payroll.classify import classify_rows
from server.billing.payroll.paid_visits import PaidVisit
from server.billing.payroll.pay_run import PayRun, Period
from server.errors import FINDINGS, Finding, Severity, ValueFinding
from server.sheets.appointment_log.reader import read_log
from server.sheets.sheet import Cell, Sheet

JANUARY = date(2026, 1, 1)
OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31))
TODAY = date(2026, 11, 20)
HEADINGS = (
    "Appointment ID",
    "Date of service",
    "Provider",
    "Service",
    "Status",
    "Units",
    "Minutes",
    "Charge",
    "Collected",
)

LAKESIDE = Setup(
    Clinic("lakeside", "Lakeside"),
    providers=(
        Provider("Jane Roe", ("Roe, Jane LCSW",), provider_id="P1"),
        Provider("Max Doe", provider_id="P2"),
    ),
    services=(
        Service("EX-101", "Talk", ("Talk session",)),
        Service("EX-102", "Group"),
        Service("EX-103", "Report"),
    ),
    rates=(Rate("*", "*", PayBasis.PER_SESSION, 5_000, JANUARY),),
)


def a_rate(
    amount: int | None,
    basis: PayBasis = PayBasis.PER_SESSION,
    *,
    provider: str = "*",
    service: str = "*",
    since: date = JANUARY,
    note: str = "",
) -> Rate:
    """Return a rate of any provider and service unless said otherwise."""
    return Rate(provider, service, basis, amount, since, note)


def paying(*rates: Rate) -> Setup:
    """Return Lakeside with these rates."""
    return replace(LAKESIDE, rates=rates)


def a_row(**cells: Cell) -> tuple[Cell, ...]:
    """Return an attended visit of Jane Roe's, with the cells a test is about."""
    row: dict[str, Cell] = {
        "Appointment ID": None, "Date of service": "2026-10-05", "Provider": "Jane Roe", "Service": "EX-101",
        "Status": "Attended", "Units": None, "Minutes": None, "Charge": None, "Collected": None,
    }  # fmt: skip
    names = {heading.replace(" ", "_").lower(): heading for heading in HEADINGS} | {
        "date": "Date of service",
        "id": "Appointment ID",
    }
    return tuple((row | {names[name]: cell for name, cell in cells.items()}).values())


def a_sheet(rows: Sequence[Sequence[Cell]], headings: Sequence[str] = HEADINGS, **options: object) -> Sheet:
    """Return a sheet of these rows under the headings in row 1, so the first row is row 2."""
    columns = [list(column) for column in zip(headings, *rows, strict=True)]
    return Sheet("Appointments", 1, 0, columns, **options)  # type: ignore[arg-type]


def a_log(
    sheet: Sheet, setup: Setup = LAKESIDE, profile: ImportProfile | None = None, **answers: str
) -> AppointmentLog:
    """Return the sheet read for the clinic."""
    return read_log(sheet, "October.xlsx", setup, profile or ImportProfile(), answers)[0]


def a_run(
    rows: Sequence[Sequence[Cell]],
    setup: Setup = LAKESIDE,
    *,
    headings: Sequence[str] = HEADINGS,
    period: Period = OCTOBER,
    today: date = TODAY,
    paid_before: Mapping[str, PaidVisit] | None = None,
) -> PayRun:
    """Return the pay run of these rows for October 2026."""
    return run_of_log(a_log(a_sheet(rows, headings), setup), setup, period, today, paid_before)


def run_of_log(
    log: AppointmentLog,
    setup: Setup = LAKESIDE,
    period: Period = OCTOBER,
    today: date = TODAY,
    paid_before: Mapping[str, PaidVisit] | None = None,
) -> PayRun:
    """Return the pay run of a log that was read."""
    priced = price_rows(classify_rows(log, setup, period, today))
    return finish_run(priced, priced.outcomes, paid_before or {}, "lakeside-2026-10-r1")


def a_paid_visit(identity: str, amount: int = 5_000, **facts: str) -> PaidVisit:
    """Return a visit of Jane Roe's that a closed run paid, with the facts a test is about."""
    visit = PaidVisit(
        "lakeside-2026-09-r1", 0, identity, "2026-10-05", "Jane Roe", "p1", "EX-101", "", "attended", amount
    )
    return visit._replace(**facts)  # type: ignore[arg-type]


def amounts(run: PayRun) -> list[int]:
    """Return the cents of each paid line."""
    return [int(cents) for cents in run.lines.amount_cents]


def fates(run: PayRun) -> list[tuple[str, str]]:
    """Return outcome and reason of each row that is not paid."""
    return list(zip(run.unpaid.outcome.astype(str), run.unpaid.reason.astype(str), strict=True))


def codes(run: PayRun) -> list[str]:
    """Return the codes of the findings that want somebody."""
    return [finding.code for finding in run.findings if finding.severity is not Severity.INFO]


def a_finding(  # noqa: PLR0917 - as Finding has them
    code: str,
    sheet: str,
    rows: Sequence[int] = (),
    column: int | None = None,
    heading: str = "",
    facts: Mapping[str, object] = MappingProxyType({}),
) -> Finding:
    """Return a finding of the kind with this code."""
    return Finding(FINDINGS[code](**facts), sheet, rows, column, heading)


def by_code(wrong: Mapping[type[ValueFinding], Sequence[int]]) -> dict[str, list[int]]:
    """Return the positions of unreadable cells by the code of their finding."""
    return {kind.code: list(places) for kind, places in wrong.items()}

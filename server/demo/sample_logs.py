"""The sample clinics with one messy month each, for the demo, ``try`` and the benchmarks.

Lakeside exports one tidy-looking table with dates, hidden rows and merged provider cells. Cedar
Hill exports one page for each day under repeated headers, with a Clinic column, client and insurance
amounts under the same headings, and a totals row. Both logs hold a few real problems.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import groupby

from server.billing.clinics import Setup
from server.billing.payroll.pay_periods import FIRST_HALF
from server.demo.log_irregularities import (
    Cells,
    Slip,
    Spelling,
    as_dollar_text,
    join_blocks,
    make_slips,
    repeat,
)
from server.demo.sample_clinics import cedar_hill, lakeside
from server.demo.sample_exams import exam_sheet
from server.demo.sample_visits import Visit, visits, working_days
from server.sheets.sample_log_workbook import Column, Kind, SampleLog, Value

LAKESIDE_SEED, CEDAR_HILL_SEED = 41, 97

_MERGED_PROVIDERS = 3
"""How many providers of Lakeside have merged cells on their first day."""
_HIDDEN_ROWS = range(700, 706)


@dataclass(frozen=True, slots=True)
class Sample:
    """An invented clinic, the log that it exported for one month, and the injury exams of that month."""

    setup: Setup
    log: SampleLog
    exams: SampleLog


LAKESIDE_LAYOUT: dict[str, Column] = {
    "id": Column("Appt ID", Kind.TEXT, 13),
    "date": Column("Appt Date", Kind.DATE, 12),
    "provider": Column("Clinician", Kind.TEXT, 28),
    "service": Column("Billing Code", Kind.TEXT, 18),
    "status": Column("Appt Status", Kind.TEXT, 14),
    "units": Column("Units", Kind.NUMBER, 7),
    "minutes": Column("Duration", Kind.NUMBER, 10),
    "charge": Column("Fee", Kind.MONEY, 11),
    "collected": Column("Paid", Kind.MONEY, 11),
    "patient": Column("Client Ref", Kind.TEXT, 12),
    "place": Column("Location", Kind.TEXT, 12),
}

CEDAR_HILL_LAYOUT: dict[str, Column] = {
    "clinic": Column("Clinic", Kind.TEXT, 27),
    "id": Column("Visit ID", Kind.TEXT, 17),
    "date": Column("DOS", Kind.MOMENT, 21),
    "provider": Column("Rendering", Kind.TEXT, 26),
    "service": Column("Appointment Type", Kind.TEXT, 19),
    "status": Column("Visit Status", Kind.TEXT, 14),
    "units": Column("Units", Kind.NUMBER, 7),
    "minutes": Column("Minutes", Kind.NUMBER, 9),
    "client_charge": Column("Charge", Kind.MONEY, 10),
    "client_paid": Column("Paid", Kind.MONEY, 10),
    "client_unpaid": Column("Unpaid", Kind.MONEY, 10),
    "insurance_charge": Column("Charge", Kind.MONEY, 10),
    "insurance_paid": Column("Paid", Kind.MONEY, 10),
    "insurance_unpaid": Column("Unpaid", Kind.MONEY, 10),
    "patient": Column("Chart #", Kind.TEXT, 10),
}


def samples(first: date) -> tuple[Sample, Sample]:
    """Return both clinics with their logs of the month that starts on ``first``."""
    return lakeside_sample(first), cedar_hill_sample(first)


def lakeside_sample(first: date) -> Sample:
    """Return Lakeside Psychology Group and its log: one table, real dates, nothing repeated."""
    setup = lakeside(first)
    month = visits(setup, first, LAKESIDE_SEED, frozenset({"EX-110"}))
    spelling = Spelling(LAKESIDE_SEED, services_by_name=False)
    rows, month = repeat([_lakeside_row(visit, spelling) for visit in month], month, (0.21, 0.63))
    make_slips(rows, month, _lakeside_slips(first))
    fourth = setup.providers[_MERGED_PROVIDERS]
    merged = next(place for place, visit in enumerate(month) if visit.provider == fourth)
    blocks = join_blocks(rows, month, merged)
    column = list(LAKESIDE_LAYOUT).index("provider")
    log = SampleLog(
        sheet="Appointments",
        title=(setup.clinic.name, _month_title(first), "Printed from the front desk; amounts in US dollars"),
        columns=tuple(LAKESIDE_LAYOUT.values()),
        pages=(_in_order(rows, LAKESIDE_LAYOUT),),
        hidden=tuple(_HIDDEN_ROWS),
        joined=tuple((column, top, bottom) for top, bottom in blocks),
    )
    return Sample(setup, log, exam_sheet(setup, first))


def cedar_hill_sample(first: date) -> Sample:
    """Return Cedar Hill Medical Clinic and its log: a page a day, duplicate headings, totals."""
    setup = cedar_hill(first)
    month = visits(setup, first, CEDAR_HILL_SEED, frozenset({"EX-212"}))
    spelling = Spelling(CEDAR_HILL_SEED, services_by_name=True)
    rows, month = repeat(
        [_cedar_hill_row(visit, spelling, setup.clinic.name) for visit in month], month, (0.34,)
    )
    totals = _totals_row(rows)
    make_slips(rows, month, _cedar_hill_slips())
    by_day = groupby(zip(month, rows, strict=True), key=lambda pair: pair[0].start.date())
    log = SampleLog(
        sheet="Visit export",
        title=("Visit export", f"{setup.clinic.name} - {_month_title(first)}"),
        columns=tuple(CEDAR_HILL_LAYOUT.values()),
        pages=tuple(_in_order((row for _, row in pairs), CEDAR_HILL_LAYOUT) for _, pairs in by_day),
        totals=tuple(totals.get(key) for key in CEDAR_HILL_LAYOUT),
    )
    return Sample(setup, log, exam_sheet(setup, first))


def first_half(log: SampleLog, first: date) -> SampleLog:
    """Return Cedar Hill's log of the month that starts on ``first`` as it was exported after the 15th, without totals."""
    days = sum(day.day <= FIRST_HALF for day in working_days(first))
    return replace(log, pages=log.pages[:days], totals=())


def _lakeside_row(visit: Visit, spelling: Spelling) -> Cells:
    return {
        "id": visit.appointment,
        "date": datetime.combine(visit.start, time()),
        "provider": spelling.provider(visit.provider),
        "service": spelling.service(visit.service),
        "status": spelling.status(visit.outcome),
        "units": visit.units,
        "minutes": visit.minutes,
        "charge": visit.client_charge + visit.insurance_charge,
        "collected": visit.client_paid + visit.insurance_paid,
        "patient": visit.patient,
        "place": "Video" if visit.start.minute else "Lake room",
    }


def _cedar_hill_row(visit: Visit, spelling: Spelling, clinic: str) -> Cells:
    return {
        "clinic": clinic,
        # Fourteen digits: Excel shows these as 2.98725E+13 in a narrow column.
        "id": f"298725{visit.appointment.replace('-', '')[1:]}",
        "date": visit.start,
        "provider": spelling.provider(visit.provider),
        "service": spelling.service(visit.service),
        "status": spelling.status(visit.outcome),
        "units": visit.units,
        "minutes": visit.minutes,
        "client_charge": visit.client_charge,
        "client_paid": visit.client_paid,
        "client_unpaid": visit.client_charge - visit.client_paid,
        "insurance_charge": visit.insurance_charge,
        "insurance_paid": visit.insurance_paid,
        "insurance_unpaid": visit.insurance_charge - visit.insurance_paid,
        "patient": visit.patient,
    }


def _lakeside_slips(first: date) -> Sequence[Slip]:
    day_before = datetime.combine(first - timedelta(days=1), time())
    return (
        Slip(0.08, "status", "Pending chart"),
        Slip(0.17, "status", None),
        Slip(0.24, "provider", "Basil Thistledonw", provider="Basil Thistledown"),
        Slip(0.29, "provider", "Zelda Dornfeld"),
        Slip(0.33, "service", "EX-110", provider="Edith Marlwood"),
        Slip(0.41, "service", "EX-110", provider="Hugo Brambley"),
        Slip(0.46, "service", "EX-990", provider="Jonas Quillmore"),
        Slip(0.52, "units", 60, service="EX-103"),
        Slip(0.57, "charge", "#N/A", provider="Ada Wintergreen"),
        Slip(0.61, "charge", "$1,234.50", provider="Ada Wintergreen", service="EX-106"),
        Slip(0.66, "collected", "(50.00)", provider="Felix Claymoor"),
        Slip(0.72, "collected", as_dollar_text, provider="Felix Claymoor"),
        Slip(0.74, "date", _as_us_text),
        Slip(0.79, "date", _as_us_text),
        Slip(0.83, "charge", "see note", provider="Ada Wintergreen"),
        Slip(0.88, "date", day_before),
        Slip(0.49, "minutes", None, service="EX-106", provider="Cora Lanfield"),
    )


def _cedar_hill_slips() -> Sequence[Slip]:
    return (
        Slip(0.09, "status", "Waiting room"),
        Slip(0.14, "status", "Ready for Biller"),
        Slip(0.18, "provider", "Perl Saltwell", provider="Pearl Saltwell"),
        Slip(0.25, "id", "2.98725E+13"),
        Slip(0.31, "service", "EX-212", provider="Otto Fernsby"),
        Slip(0.38, "service", "Knee range of moton", provider="Silas Bretherby"),
        Slip(0.45, "units", 60, service="EX-203"),
        Slip(0.53, "units", "#N/A", service="EX-209"),
        Slip(0.58, "client_paid", as_dollar_text, provider="Nell Larkmoor"),
        Slip(0.62, "insurance_charge", as_dollar_text, service="EX-201"),
        Slip(0.69, "status", None),
        Slip(0.77, "id", None),
        Slip(0.84, "clinic", "CEDAR HILL MEDICAL CLINIC"),
        Slip(0.91, "date", "date unclear"),
    )


def _totals_row(rows: Iterable[Cells]) -> Cells:
    """Return the totals row: the sum of every money column, in cents."""
    money = [key for key, column in CEDAR_HILL_LAYOUT.items() if column.kind is Kind.MONEY]
    totals: Cells = dict.fromkeys(money, 0)
    for row in rows:
        for key in money:
            totals[key] = _cents_of(totals[key]) + _cents_of(row[key])
    return {"clinic": "Total", **totals}


def _cents_of(value: Value) -> int:
    if not isinstance(value, int):
        raise TypeError(value)
    return value


def _as_us_text(value: Value) -> str:
    """Return a day as text, which an export sometimes writes instead of a date."""
    if not isinstance(value, datetime):
        raise TypeError(value)
    return f"{value:%m/%d/%Y}"


def _in_order(rows: Iterable[Cells], layout: dict[str, Column]) -> tuple[tuple[Value, ...], ...]:
    return tuple(tuple(row[key] for key in layout) for row in rows)


def _month_title(first: date) -> str:
    return f"Appointments, {first:%B %Y}"

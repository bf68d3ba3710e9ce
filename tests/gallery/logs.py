"""The appointment logs of the gallery: for each finding, the smallest log that earns it."""

from collections.abc import Callable
from datetime import date

from openpyxl import Workbook

from tests.gallery.clinic import (
    HEADINGS,
    NEIGHBOUR,
    Cell,
    a_log,
    a_tier,
    a_visit,
    a_workbook,
    an_amount,
    changed,
    the_setup,
    with_groups,
    with_hours,
    with_items,
    with_plans,
    with_shares,
)
from tests.gallery.clinic import several_logs as _sheets
from tests.gallery.setups import A_BONUS

WITH_CLINIC = (*HEADINGS, "Clinic")


def _one(**cells: Cell) -> Callable[[], Workbook]:
    """A log of one visit that is right and one that has these cells."""
    return lambda: a_log(a_visit(), a_visit(**{"id": "A-2", "day": date(2025, 10, 7), **cells}))


def _days(*days: Cell) -> Callable[[], Workbook]:
    return lambda: a_log(*(a_visit(id=f"A-{number}", day=day) for number, day in enumerate(days, 1)))


def _clinics(*names: str) -> Callable[[], Workbook]:
    return lambda: a_log(
        *(a_visit(id=f"A-{number}") | {"Clinic": name} for number, name in enumerate(names, 1)),
        only=WITH_CLINIC,
    )


def _several(*providers: str) -> Callable[[], Workbook]:
    return lambda: a_log(
        *(a_visit(id=f"A-{number}", provider=name) for number, name in enumerate(providers, 1))
    )


def _status_and_flag() -> Workbook:
    return a_log(a_visit() | {"No-show": "Yes"}, only=(*HEADINGS, "No-show"))


def _of_no_clinic(*visits: dict[str, Cell]) -> Workbook:
    return a_log(*visits, clinic=None)


def _polarity(*answers: str) -> Workbook:
    columns = ("id", "day", "provider", "service", "No-show")
    return a_log(
        *(a_visit(id=f"A-{n}") | {"No-show": answer} for n, answer in enumerate(answers)), only=columns
    )


def _two_exports() -> Workbook:
    """The second export lacks a visit that the first one had."""
    first = [a_visit(), a_visit(id="A-2", day=date(2025, 10, 7))]
    return _sheets(First_export=first, Second_export=first[:1])


def _with_shares(*rows: list[Cell]) -> Workbook:
    """A log of one visit, with shares of single appointments beside it."""
    log: list[list[Cell]] = [[*HEADINGS.values()], [*a_visit().values()]]
    return a_workbook({"Appointments": log, "Shares": [["Appointment ID", "Provider", "Share"], *rows]})


def _noted(*notes: Cell) -> list[dict[str, Cell]]:
    """Visits of days in October, each with what the log says of its note."""
    return [
        a_visit(id=f"A-{number}", day=date(2025, 10, 5 + number)) | {"Note status": note}
        for number, note in enumerate(notes, 1)
    ]


def _with_notes(*notes: Cell) -> Workbook:
    return a_log(*_noted(*notes), only=(*HEADINGS, "Note status"))


def _paid_then_unlocked() -> Workbook:
    """Two exports: the note of a visit that was paid is a draft again in the second."""
    return _sheets(Before=_noted("Signed", "Signed"), After=_noted("Signed", "Draft"))


def _held_then(*after: dict[str, Cell], **blocked: Cell) -> Callable[[], Workbook]:
    """Two exports: the first is closed with a blocked row held, and the second holds these rows besides the paid visit."""
    held = a_visit(**{"id": "A-2", "day": date(2025, 10, 7), "status": "Sort of", **blocked})
    return lambda: _sheets(Before=[a_visit(), held], After=[*after])


def _two_fates() -> Workbook:
    """The second export says that the visits of the first one did not take place."""
    days = (date(2025, 10, 6), date(2025, 10, 7))
    return _sheets(
        First_export=[a_visit(id=f"A-{day.day}", day=day) for day in days],
        Second_export=[a_visit(id=f"A-{day.day}", day=day, status="Cancelled") for day in days],
    )


def _shown_run(run_id: str) -> Workbook:
    """A workbook with the Payroll Summary of a run that is not in the books, as one copied from elsewhere."""
    summary: list[list[Cell]] = [["Harbor House", None], ["Payroll · Oct 1–31, 2025", f"Run {run_id}"]]
    return a_workbook({"Payroll Summary": summary})


def _half_and_whole() -> Workbook:
    return _sheets(Log=[a_visit(), a_visit(id="A-2", day=date(2025, 10, 20))])


def _paid_then_changed() -> Workbook:
    """60% of what was collected, and 50 dollars more of it came in after the run was closed."""
    before, after = (a_visit(service="EX-102", collected=collected) for collected in (100, 150))
    return _sheets(Before=[before], After=[after])


def _paid_then(*after: dict[str, Cell]) -> Callable[[], Workbook]:
    """Two exports: the first is closed, and three visits of it stay as they were in the second."""
    steady = [a_visit(id=f"A-{number}", day=date(2025, 10, number)) for number in (11, 12, 13)]
    return lambda: _sheets(Before=[a_visit(), *steady], After=[*after, *steady])


def _paid_then_cancelled_then_back() -> Workbook:
    """Three exports: a visit is paid, it is cancelled, and it is attended after all."""
    steady = [a_visit(id=f"A-{number}", day=date(2025, 10, number)) for number in (11, 12, 13)]
    return _sheets(
        Before=[a_visit(), *steady],
        Cancelled=[a_visit(status="Cancelled"), *steady],
        Back=[a_visit(), *steady],
    )


def _paid_then_late() -> Workbook:
    """An export of October is closed, and that of November has a visit of October that was entered late."""
    late = a_visit(id="A-9", day=date(2025, 10, 30))
    november = [a_visit(id=f"A-2{day}", day=date(2025, 11, day)) for day in range(3, 16)]
    return _sheets(October=[a_visit()], November=[late, *november])


def _long_week() -> Workbook:
    """Five days of ten hours each."""
    return a_log(*(a_visit(id=f"A-{day}", day=date(2025, 10, day), minutes=600) for day in range(6, 11)))


def _with_an_employee() -> Workbook:
    """The setup of Maple Street, whose first provider is an employee."""
    sheets = the_setup()
    works_as = sheets["Providers"][0].index("Works as")
    sheets["Providers"][1][works_as] = "W-2"
    return a_workbook(sheets)


def _with_a_raise() -> Workbook:
    """The setup of Maple Street with a rate that holds from a day that is paid already."""
    sheets = the_setup()
    sheets["Rates"].append(["Ada Example", "EX-101", "per session", 95, date(2025, 10, 1), "Raise"])
    return a_workbook(sheets)


def _paid_then_twice() -> Workbook:
    """A visit that was paid, the same visit under another ID, and a log with both."""
    steady = [a_visit(id=f"A-{number}", day=date(2025, 10, number)) for number in (11, 12, 13)]
    before, after = a_visit(), a_visit(id="N-1")
    return _sheets(Before=[before, *steady], After=[after, *steady], Both=[before, after, *steady])


def _patient_numbers() -> Workbook:
    """Patients' numbers, of which a spreadsheet kept no more than their display."""
    rows = [a_visit(patient="2.98725E+13"), a_visit(patient="PT-2", day=date(2025, 10, 7))]
    return a_log(*rows, only=[name for name in HEADINGS if name != "id"])


def _two_a_day() -> Workbook:
    columns = [name for name in HEADINGS if name != "id"]
    return a_log(a_visit() | {"Start": "9:00"}, a_visit() | {"Start": "14:00"}, only=(*columns, "Start"))


def _numbers_of_patients() -> Workbook:
    rows = [a_visit(ID="17"), a_visit(ID="17", day=date(2025, 10, 9))]
    return a_log(*rows, only=["ID", *(name for name in HEADINGS if name != "id")])


def _totalled(total: float) -> Workbook:
    rows = [a_visit(id=f"A-{n}", charge=charge) for n, charge in enumerate((120, 95.5), 1)]
    log = a_log(*rows)
    log.worksheets[0].append(["Total", *[None] * 6, total])
    return log


def _merged() -> Workbook:
    log = a_log(a_visit(), a_visit(id="A-2", provider=None), a_visit(id="A-3", provider=None))
    log.worksheets[0].merge_cells("C2:C4")
    return log


def _merged_over(column: str, **cells: Cell) -> Callable[[], Workbook]:
    """A log of three visits whose second and third share the merged cell of the second."""

    def built() -> Workbook:
        shared = a_visit(**{"id": "A-2", "day": date(2025, 10, 7), **cells})
        under = shared | {"id": "A-3", "day": date(2025, 10, 8)}
        under |= {name: None for name, heading in HEADINGS.items() if heading == column}
        log = a_log(a_visit(), shared, under)
        letter = "ABCDEFGHIJ"[list(HEADINGS.values()).index(column)]
        log.worksheets[0].merge_cells(f"{letter}3:{letter}4")
        return log

    return built


def _merged_altogether() -> Workbook:
    nothing = dict.fromkeys(HEADINGS)
    log = a_log(a_visit(id=None), nothing, a_visit(id=None, day=date(2025, 10, 7)))
    for letter in "BCDEJ":
        log.worksheets[0].merge_cells(f"{letter}2:{letter}3")
    return log


def _with_lines(*lines: tuple[int, dict[str, Cell]]) -> Callable[[], Workbook]:
    """A log of three visits with further rows, each below so many of the visits."""

    def built() -> Workbook:
        nothing = dict.fromkeys(HEADINGS)
        visits = [a_visit(id=f"A-{number}", charge=100) for number in range(1, 4)]
        rows: list[dict[str, Cell]] = []
        for number, visit in enumerate([*visits, None]):
            rows += [nothing | cells for below, cells in lines if below == number]
            rows += [visit] if visit else []
        return a_log(*rows)

    return built


def _grouped(second: str | None = None, last: str | None = None) -> Callable[[], Workbook]:
    def built() -> Workbook:
        nothing = dict.fromkeys(HEADINGS)
        own = a_visit(id="A-3", provider=last)
        return a_log(
            nothing | {"id": "Provider: Ada Example"},
            a_visit(provider=None),
            a_visit(id="A-2", provider=second),
            nothing | {"id": "Provider: Ben Sample"},
            own,
        )

    return built


def _beside(**rows: Cell) -> Callable[[], Workbook]:
    """A log of three visits with cells to the right of the last heading: ``K3=...``."""

    def built() -> Workbook:
        log = a_log(*(a_visit(id=f"A-{number}") for number in range(1, 4)))
        for cell, value in rows.items():
            log.worksheets[0][cell] = value
        return log

    return built


def _hidden() -> Workbook:
    log = a_log(*(a_visit(id=f"A-{number}") for number in range(1, 5)))
    for row in (3, 4):
        log.worksheets[0].row_dimensions[row].hidden = True
    return log


def _repeated() -> Workbook:
    return a_workbook(
        {
            "Appointments": [
                list(HEADINGS.values()),
                list(a_visit().values()),
                list(HEADINGS.values()),
                list(a_visit(id="A-2").values()),
            ]
        }
    )


def _two_payers() -> Workbook:
    columns = ("id", "day", "provider", "service", "status", "Client paid", "Insurance paid")
    paid = {"Client paid": 20, "Insurance paid": 80}
    return a_log(a_visit(service="EX-102") | paid, only=columns)


def _total_and_parts(*totals: float) -> Workbook:
    """Visits of which the client paid 20 and the insurer 80, with the total as it stands in the log."""
    columns = ("id", "day", "provider", "service", "status", "Total paid", "Client paid", "Insurance paid")
    paid = {"Client paid": 20, "Insurance paid": 80}
    return a_log(
        *(
            a_visit(id=f"A-{n}", service="EX-102") | paid | {"Total paid": total}
            for n, total in enumerate(totals, 1)
        ),
        only=columns,
    )


def _cancelled_at() -> Workbook:
    columns = ("id", "day", "provider", "service", "No-show", "Cancelled at")
    days = (None, "10/03/2025 9:00 AM")
    return a_log(
        *(a_visit(id=f"A-{n}") | {"No-show": "No", "Cancelled at": day} for n, day in enumerate(days, 1)),
        only=columns,
    )


def _state_and_flag() -> Workbook:
    columns = ("id", "day", "provider", "service", "State", "No-show")
    states = {"came in": "No", "no show": "Yes", "cancelled": "No"}
    return a_log(
        *(a_visit(id=f"A-{state}") | {"State": state, "No-show": flag} for state, flag in states.items()),
        only=columns,
    )


def _copay_alone() -> Workbook:
    columns = ("id", "day", "provider", "service", "status", "Copay", "Ins Pmt Amt")
    return a_log(a_visit(service="EX-102") | {"Copay": 20, "Ins Pmt Amt": 130}, only=columns)


def _plan_share() -> Workbook:
    columns = ("id", "day", "provider", "service", "status", "collected", "Plan share", "Refunded")
    shares = [(20, 80, None), (25, 65, 10)]
    return a_log(
        *(
            a_visit(id=f"A-{n}", service="EX-102", collected=own) | {"Plan share": plan, "Refunded": back}
            for n, (own, plan, back) in enumerate(shares, 1)
        ),
        only=columns,
    )


def _two_dates() -> Workbook:
    columns = ("id", "Appt Date", "Service Date", "provider", "service", "status")
    days = {"Appt Date": date(2025, 10, 6), "Service Date": date(2025, 10, 7)}
    return a_log(a_visit() | days, only=columns)


def _no_rate() -> Workbook:
    early = a_visit(id="A-2", service="EX-103")
    return a_log(a_visit(), early)


LOGS: dict[str, Callable[[], Workbook]] = {
    "error-value": _one(provider="Cleo Former", service="EX-102", collected="#N/A"),
    "not-money": _one(service="EX-102", collected="about sixty"),
    "fraction-of-cent": _one(service="EX-102", collected=33.333),
    "not-a-number": _one(provider="Ben Sample", service="EX-102", units="two"),
    "negative-number": _one(provider="Ben Sample", service="EX-102", units=-1),
    "too-large": _one(service="EX-102", collected=25_000_000),
    "not-a-date": _one(day="next Tuesday"),
    "not-a-date.hidden-mark": _one(day="\u200e10/7/2025"),
    "implausible-date": _one(day=12),
    "blank-date": _one(day=None),
    "blank-status": _one(status=None),
    "unknown-status": _one(status="Sort of"),
    "neither-yes-nor-no": lambda: _polarity("No", "No", "Yes", "Perhaps"),
    "likely-one-name": lambda: _of_no_clinic(
        a_visit(), a_visit(id="A-2"), a_visit(id="A-3", provider="Example, Ada PhD")
    ),
    "status-guessed": lambda: _of_no_clinic(a_visit(), a_visit(id="A-2", status="Atended")),
    "status-conflict": _status_and_flag,
    "note-contradicts-status": lambda: a_log(
        a_visit() | {"Notes": "Came ten minutes late"},
        a_visit(id="A-2", day=date(2025, 10, 7)) | {"Notes": "Late cancel, called at 8 AM"},
        only=(*HEADINGS, "Notes"),
    ),
    "blank-provider": _one(provider=None),
    "unknown-provider": _one(provider="Ada Exampel"),
    "unknown-provider.very-long": _one(provider="Ada Example " * 2_500),
    "provider-conflict": lambda: a_log(a_visit() | {"Provider ID": "P-2"}, only=(*HEADINGS, "Provider ID")),
    "blank-service": _one(service=None),
    "unknown-service": _one(service="EX-999"),
    "damaged-id": _one(id="2.98725E+13"),
    "damaged-patient": _patient_numbers,
    "duplicate-appointment": _one(id="A-1"),
    "duplicate-appointment.lower-case": _one(id=" a-1"),
    "nearly-same-id": lambda: a_log(a_visit(id="0017"), a_visit(id=17)),
    "id-also-missed": _one(id="A-1", status="Cancelled"),
    "another-clinic": _clinics("Maple Street", "Maple Street", "Harbor House"),
    "looks-foreign": _clinics("Maple Street", "Harbor House", "Harbor House"),
    "no-rate": _no_rate,
    "missing-measure": _one(provider="Ben Sample", service="EX-102"),
    "identical-rows": lambda: a_log(a_visit(id=None), a_visit(id=None)),
    "several-a-day": _two_a_day,
    "no-start-time": lambda: _sheets(Appointments=[a_visit(), a_visit(id="A-2", patient="PT-2")]),
    "no-start-time.before": lambda: with_groups(["EX-101", "session", date(2025, 1, 1)]),
    "shares-not-whole": lambda: _with_shares(["A-1", "Ada Example", "60%"], ["A-1", "Ben Sample", "30%"]),
    "share-of-unknown-appointment": lambda: _with_shares(["A-7", "Ada Example", "100%"]),
    "shares-above-whole": lambda: _sheets(Appointments=[a_visit()]),
    "shares-above-whole.before": lambda: with_shares(
        ["Ada Example", "EX-101", "Ben Sample", "60%", date(2025, 1, 1)],
        ["Ada Example", "*", "Cleo Former", "50%", date(2025, 1, 1)],
    ),
    "several-services": _one(id="A-1", day=date(2025, 10, 6), service="EX-105", charge=60),
    "weak-identity": lambda: a_log(a_visit(id=None, patient=None)),
    "units-look-like-minutes": _one(provider="Ben Sample", service="EX-102", units=60),
    "zero-measure": _one(service="EX-102", collected=0),
    "negative-pay": _one(service="EX-102", collected=-40),
    "inactive-provider": _one(provider="Cleo Former"),
    "changed-since-paid": _paid_then_changed,
    "probably-paid": _paid_then(a_visit(id=None)),
    "probably-paid.same": _paid_then(a_visit(id=None)),
    "paid-as-another-visit": _paid_then(a_visit(id=None)),
    "paid-by-answer": _paid_then(a_visit(id="N-1")),
    "paid-to-another-provider": _paid_then(a_visit(id=None, provider="Ben Sample")),
    "paid-as-another-service": _paid_then(a_visit(id=None, service="EX-102", collected=100)),
    "paid-on-another-day": _paid_then(a_visit(id=None, day=date(2025, 10, 20))),
    "paid-on-another-day.rivals": _paid_then(
        *(a_visit(id=None, day=date(2025, 10, day)) for day in (20, 21, 22))
    ),
    "same-visit-without-id": lambda: a_log(a_visit(), a_visit(id=None)),
    "repeats-paid-visit": _paid_then(a_visit(), a_visit(id="N-1")),
    "same-visit-twice": _paid_then_twice,
    "id-paid-for-another-visit": _paid_then(a_visit(day=date(2025, 10, 20), patient="PT-9")),
    "missed-since-paid": _paid_then(a_visit(status="Cancelled")),
    "vanished-since-paid": _paid_then(),
    "vanished-taken-back": _paid_then(),
    "vanished-elsewhere": _paid_then(),
    "returned-since-paid": _paid_then_cancelled_then_back,
    "late-visits": _paid_then_late,
    "rate-changed-since-paid": _paid_then(a_visit()),
    "long-week": _long_week,
    "long-week.before": _with_an_employee,
    "rate-changed-since-paid.before": _with_a_raise,
    "pay-item-never-paid": lambda: _sheets(Appointments=[a_visit()]),
    "pay-item-never-paid.before": lambda: with_items(
        ["Ada Example", "bonus", 500, date(2025, 9, 1), date(2025, 9, 30), "once", "Summer"]
    ),
    "pay-item-changed-since-paid": _half_and_whole,
    "pay-item-changed-since-paid.before": lambda: with_items(A_BONUS),
    "pay-item-changed-since-paid.after": lambda: with_items(
        ["Ada Example", "bonus", 600, date(2025, 10, 1), None, "once", "Holiday"]
    ),
    "pay-item-of-inactive": lambda: _sheets(Appointments=[a_visit()]),
    "pay-item-of-inactive.before": lambda: with_items(
        ["Cleo Former", "other", 75, date(2025, 1, 1), None, "period", "Phone"]
    ),
    "plan-begins-within-period": lambda: _sheets(Appointments=[a_visit()]),
    "plan-begins-within-period.before": lambda: with_plans(
        [*an_amount("salary", 400)[:8], date(2025, 10, 15), ""]
    ),
    "plan-lacks-measure": lambda: _sheets(
        Appointments=[a_visit(minutes=50), a_visit(id="A-2", patient="PT-2")]
    ),
    "plan-lacks-measure.before": lambda: with_plans(a_tier(0, None, measure="hours")),
    "plan-recomputed": _paid_then_late,
    "plan-recomputed.before": lambda: with_plans(a_tier(2, None)),
    "plan-changed-since-paid": _half_and_whole,
    "plan-changed-since-paid.before": lambda: with_plans(an_amount("salary", 400)),
    "plan-changed-since-paid.after": lambda: with_plans(an_amount("salary", 450)),
    "plan-of-another-period": _half_and_whole,
    "plan-of-another-period.before": lambda: with_plans(an_amount("salary", 400)),
    "plan-of-another-period.after": lambda: with_plans(
        an_amount("salary", 400), clinic=changed("Clinic", 4, Value="semi-monthly")
    ),
    "hours-of-anybody": lambda: with_hours([date(2025, 10, 7), "*", "EX-104", 2]),
    "hours-not-of-a-day": lambda: with_hours([date(2025, 10, 7), "Ada Example", "EX-104", 25]),
    "hours-beyond-a-day": lambda: with_hours(
        [date(2025, 10, 7), "Ada Example", "EX-104", 20], [date(2025, 10, 7), "Ada Example", "EX-104", 5]
    ),
    "hours-without-rate": lambda: with_hours([date(2025, 10, 7), "Ada Example", "EX-101", 2]),
    "hours-outside-period": lambda: with_hours([date(2025, 11, 3), "Ada Example", "EX-104", 2]),
    "hours-changed-since-paid": lambda: with_hours([date(2025, 10, 7), "Ada Example", "EX-104", 2]),
    "hours-changed-since-paid.after": lambda: with_hours([date(2025, 10, 7), "Ada Example", "EX-104", 3]),
    "advance-open": lambda: _sheets(Appointments=[a_visit()]),
    "advance-open.before": lambda: with_items(
        ["Cleo Former", "advance", 400, date(2025, 10, 1), None, "once", "Moving"]
    ),
    "day-changed-since-paid": _paid_then(a_visit(day=date(2025, 10, 20))),
    "provider-changed-since-paid": _paid_then(a_visit(provider="Ben Sample")),
    "service-changed-since-paid": _paid_then(a_visit(service="EX-102", collected=100)),
    "patient-changed-since-paid": _paid_then(a_visit(patient="PT-9")),
    "held-visits-wait": _held_then(a_visit(id="A-8", day=date(2025, 11, 3))),
    "held-visit-paid": _held_then(a_visit(), a_visit(id="A-2", day=date(2025, 10, 7))),
    "note-not-signed": lambda: _with_notes("Signed", "Draft", None),
    "note-state-unclear": lambda: _with_notes("Signed", "Signed", "Ask Ada"),
    "paid-note-not-signed": _paid_then_unlocked,
    "held-visit-excluded": _held_then(
        a_visit(),
        a_visit(id="A-2", day=date(2025, 10, 7), status="Cancelled"),
        a_visit(id="A-3", day=date(2025, 10, 9)),
    ),
    "held-visit-written-off": _held_then(a_visit(), a_visit(id="A-2", day=date(2025, 10, 7))),
    "looks-written-off": _held_then(
        a_visit(), a_visit(id=None, day=date(2025, 10, 7)), id=None, status="Attended", service="EX-999"
    ),
    "in-another-draft": _half_and_whole,
    "draft-replaced": _two_exports,
    "draft-withdrawn": _two_fates,
    "outside-period": _days(*(date(2025, 10, day) for day in range(1, 12)), date(2025, 9, 30)),
    "several-periods": _days(date(2025, 9, 1), date(2025, 10, 1)),
    "total-mismatch": lambda: _totalled(215),
    "total-verified": lambda: _totalled(215.5),
    "merged-cells": _merged,
    "merged-amount": _merged_over("Collected", service="EX-102", collected=100),
    "merged-id": _merged_over("Appointment ID"),
    "merged-row": _merged_altogether,
    "page-furniture": _with_lines((1, {"id": "Page | 1 of 2"}), (3, {"id": "Printed on 11/02/2025"})),
    "page-furniture.subtotals": _with_lines(
        (2, {"provider": "Ada Example Total", "charge": 200}),
        (2, {"provider": "Ada Example Count", "charge": 2}),
        (3, {"provider": "Grand Total", "charge": 300}),
    ),
    "page-furniture.summary": _with_lines(
        (3, {}),
        (3, {"id": "Clinician", "day": "Visits"}),
        (3, {"id": "Ada Example", "day": 3}),
        (3, {"id": "Ben Sample", "day": 0}),
    ),
    "group-rows": _grouped(),
    "mixed-group-rows": _grouped(last="Ben Sample"),
    "group-conflict": _grouped(second="Ben Sample"),
    "surplus-cell": _beside(K3=234.5),
    "column-without-heading": _beside(K2="seen", K3="seen", K4="late"),
    "blank-date.total": lambda: a_log(
        a_visit(), a_visit(id="A-2", day=None, service="Total Care"), a_visit(id="A-3", day=None)
    ),
    "total-verified.count-under-dates": _with_lines((3, {"id": "Total", "day": 3, "charge": 300})),
    "total-verified.no-label": _with_lines((3, {"charge": 300})),
    "repeated-headers.shorter": _with_lines(
        (2, {name: HEADINGS[name] for name in ("provider", "service", "status")})
    ),
    "hidden-rows": _hidden,
    "repeated-headers": _repeated,
    "polarity": lambda: _polarity("No", "No", "Yes"),
    "summed-columns": _two_payers,
    "total-of-parts": lambda: _total_and_parts(100),
    "total-differs-from-parts": lambda: _total_and_parts(*[100] * 20, 90),
    "filled-means": _cancelled_at,
    "notes-decide": lambda: _with_notes("Signed", "Locked"),
    "all-attended": lambda: a_log(a_visit(), only=("id", "day", "provider", "service")),
    "one-service": lambda: a_log(a_visit(), only=("id", "day", "provider", "status")),
    "columns-not-read": lambda: a_log(a_visit() | {"Room": "Blue"}, only=(*HEADINGS, "Room")),
    "column-question": _two_dates,
    "column-question.status": _state_and_flag,
    "column-question.money": _copay_alone,
    "column-question.refund": _plan_share,
    "column-question.appointment-number": _numbers_of_patients,
    "column-question.date-order": _days("05/10/2025", "06/10/2025"),
}
"""Name of the entry -> its workbook. The name is the finding's code, with a word behind a dot for a second one."""

REFUSED_LOGS: dict[str, Callable[[], Workbook]] = {
    "workbook-has-clinic": lambda: a_log(a_visit()),
    "no-clinic": lambda: a_log(a_visit(), clinic=None),
    "unknown-clinic": lambda: a_log(a_visit(), clinic="elsewhere"),
    "clinic-mismatch": lambda: a_log(a_visit(), clinic=NEIGHBOUR),
    "empty-sheet": lambda: a_workbook({"Appointments": []}),
    "empty-sheet.headings-only": a_log,
    "own-sheet": lambda: a_workbook({"Payroll Summary": [["Copied from another workbook"], ["Pay", 80]]}),
    "header-not-found": lambda: a_workbook({"Notes": [["Call the plumber"], ["Order coffee", 12]]}),
    "missing-column": lambda: a_log(a_visit(), only=("id", "day", "service", "status")),
    "another-clinics-log": _several("Dora Elsewhere", "Ezra Elsewhere", "Ada Example"),
    "implausible-period": _days(date(2023, 10, 6), date(2025, 10, 6)),
    "implausible-period.backwards": lambda: a_log(a_visit()),
    "missing-input": lambda: a_log(a_visit()),
    "missing-input.not-a-date": lambda: a_log(a_visit()),
    "unknown-run": lambda: a_log(a_visit()),
    "unknown-run.on-sheet": lambda: _shown_run("harbor-2025-10-r1"),
    "run-is-voided": lambda: a_log(a_visit()),
    "run-has-blockers": _one(status="Sort of"),
    "unknown-held-visit": lambda: a_log(a_visit()),
    "held-visit-not-open": _held_then(),
    "written-off-meanwhile": _held_then(a_visit(), a_visit(id="A-2", day=date(2025, 10, 7))),
    "already-paid-elsewhere": _half_and_whole,
    "similar-visits-paid": lambda: _sheets(Before=[a_visit()], After=[a_visit(id=None)]),
    "unknown-button": lambda: a_log(a_visit()),
    "unknown-sheet": lambda: a_log(a_visit()),
    "bound-to-another-clinic": lambda: a_log(a_visit()),
    "missing-sheet": lambda: a_log(a_visit()),
    "service-not-running": lambda: a_log(a_visit()),
    "folder-in-use": lambda: a_log(a_visit()),
    "folder-unusable": lambda: a_log(a_visit()),
    "file-open-in-excel": lambda: a_log(a_visit()),
    "file-not-writable": lambda: a_log(a_visit()),
    "file-wrong-ending": lambda: a_log(a_visit()),
}

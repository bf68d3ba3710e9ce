"""Typed hours beside a log: paid once, corrected, refused, counted in tiers and overtime (rule: pay-runs#hours)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from server.billing.clinics import ANY, PayBasis, PayPlan, PlanKind, PlanMeasure, Service, Setup, WorksAs
from server.billing.payroll.register import register_of
from server.billing.people import LOCAL_PERSON
from server.errors import RunIsBuiltOn
from server.ledger.store import Ledger
from server.operations.pay_statements import export_statements
from server.operations.session import Session
from server.papers.register_files import RegisterFormat, register_files
from server.sheets.sheet import Cell
from tests.invented import LAKESIDE, a_rate, a_row
from tests.ribbon.clicks import a_click, a_ledger, confirmed, pressed, summary_sheet, visits
from tests.ribbon.generated_runs import OCTOBER
from tests.sheets.workbooks import rows_of

JANE, MAX = "Jane Roe", "Max Doe"
JANUARY = date(2026, 1, 1)
RUN = "lakeside-2026-10-r1"
ADMIN = Service("ADMIN", "Office work", ("Admin work",))
SETUP = replace(
    LAKESIDE,
    services=(*LAKESIDE.services, ADMIN),
    rates=(*LAKESIDE.rates, a_rate(30_00, PayBasis.PER_HOUR, service="ADMIN")),
)
HEADINGS: Sequence[Cell] = ("Date", "Provider", "Kind", "Hours", "Note")


def typed(*rows: Sequence[Cell]) -> dict[str, Any]:
    """Return a sheet of hours as the add-in sends it."""
    columns = zip(HEADINGS, *((*row, None)[:5] if len(row) < 5 else row for row in rows), strict=True)
    return {"name": "Hours", "columns": [list(column) for column in columns], "formats": [None] * 5}


def a_clinic(folder: Path, *plans: PayPlan, setup: Setup = SETUP) -> Ledger:
    return a_ledger(folder / "hours", replace(setup, pay_plans=plans))


def generated(ledger: Ledger, log: Sequence[Any], *rows: Sequence[Cell], **days: str) -> dict[str, Any]:
    """Generate the payroll of October of a log and a sheet of hours."""
    sheets = [typed(*rows)] if rows else []
    return pressed(ledger, "payroll.generate", a_click(log, sheets=sheets, inputs=days or OCTOBER))


def approved(ledger: Ledger, log: Sequence[Any], *rows: Sequence[Cell], **days: str) -> dict[str, Any]:
    figures: dict[str, Any] = generated(ledger, log, *rows, **days)["figures"]
    closed = confirmed(ledger, "payroll.close", a_click(inputs={"run": figures["run"]}))
    assert closed["figures"]["state"] == "closed", closed["summary"]
    return figures


def sums(figures: dict[str, Any]) -> tuple[int, ...]:
    return tuple(figures[name] for name in ("paid_cents", "plans", "plans_cents", "total_cents"))


def codes(reply: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["code"], one["sheet"]) for one in reply["findings"]]


TWO_DAYS = (
    ("2026-10-05", JANE, "ADMIN", 2.5, "training"),
    ("10/06/2026", "Roe, Jane LCSW", "admin work", "1.25"),
)


def test_hours_are_paid_by_their_rate_beside_the_visits(tmp_path: Path) -> None:
    ledger = a_clinic(tmp_path)
    reply = generated(ledger, visits(5), *TWO_DAYS, ("2026-10-05", MAX, "ADMIN", 1))
    assert sums(reply["figures"]) == (50_00, 3, 142_50, 192_50)
    assert [(one["provider"], one["plans_cents"]) for one in reply["figures"]["providers"]] == [
        (JANE, 112_50), (MAX, 30_00),
    ]  # fmt: skip
    workbook = load_workbook(BytesIO(ledger.outputs.read(reply["output"]["id"]).data))
    rows = rows_of(workbook["Plans Paid"])
    assert any(
        row[0] == JANE and row[1] == "Hours, ADMIN" and "2.50 hours at $30.00 per hour." in row
        for row in rows
    )
    assert not any("training" in str(cell) for sheet in workbook for row in rows_of(sheet) for cell in row)


def test_rows_of_one_day_and_kind_add_up_and_each_line_is_rounded_once(tmp_path: Path) -> None:
    ledger = a_clinic(tmp_path)
    thirds = [("2026-10-05", JANE, "ADMIN", "0.333", note) for note in ("a", "b", "c")]
    # 0.999 hours at $30.00 are $29.97; three roundings of $9.99 are the same, and 0.0005 more would show.
    assert sums(generated(ledger, visits(5), *thirds)["figures"])[2] == 29_97


def test_the_same_hours_are_paid_once_and_a_corrected_number_pays_the_difference(tmp_path: Path) -> None:
    ledger = a_clinic(tmp_path)
    assert sums(approved(ledger, visits(5), *TWO_DAYS))[2] == 112_50
    again = generated(ledger, visits(5), *TWO_DAYS)
    assert again["figures"]["run"] == ""
    more = generated(ledger, visits(5), ("2026-10-05", JANE, "ADMIN", 3))
    assert sums(more["figures"]) == (0, 1, 15_00, 15_00)
    assert codes(more) == [("hours-changed-since-paid", "Hours")]
    less = approved(ledger, visits(5, 7), ("2026-10-05", JANE, "ADMIN", 0), TWO_DAYS[1])
    assert sums(less) == (50_00, 1, -75_00, 0)
    assert less["carried_out_cents"] == -25_00
    back = generated(ledger, visits(5, 7), *TWO_DAYS)["figures"]
    assert back["plans_cents"] == 75_00


def test_days_outside_the_period_are_not_paid_and_another_run_pays_them(tmp_path: Path) -> None:
    ledger = a_clinic(tmp_path)
    rows = (*TWO_DAYS, ("2026-11-02", JANE, "ADMIN", 4))
    reply = generated(ledger, visits(5), *rows)
    assert sums(reply["figures"])[2] == 112_50
    assert codes(reply) == [("hours-outside-period", "Hours")]
    approved(ledger, visits(5), *rows)
    november = {"from": "2026-11-01", "to": "2026-11-30"}
    assert sums(generated(ledger, visits(3, month=11), *rows, **november)["figures"])[1:3] == (1, 120_00)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (("2026-10-05", "Nobody", "ADMIN", 1), "unknown-provider"),
        (("2026-10-05", JANE, "Nothing", 1), "unknown-service"),
        (("2026-10-05", JANE, "EX-101", 1), "hours-without-rate"),
        (("2025-12-31", JANE, "ADMIN", 1), "hours-outside-period"),
        (("2026-10-05", ANY, "ADMIN", 1), "hours-of-anybody"),
        (("2026-10-05", JANE, ANY, 1), "hours-of-anybody"),
        (("2026-10-05", JANE, "ADMIN", -1), "hours-not-of-a-day"),
        (("2026-10-05", JANE, "ADMIN", 24.001), "hours-not-of-a-day"),
        (("2026-10-05", JANE, "ADMIN", "a few"), "hours-not-of-a-day"),
        (("2026-10-05", JANE, "ADMIN", None), "blank-cell"),
        (("someday", JANE, "ADMIN", 1), "not-a-date"),
        ((None, JANE, "ADMIN", 1), "blank-cell"),
    ],
)
def test_a_row_that_cannot_be_paid_stops_the_payroll_and_records_nothing(
    tmp_path: Path, row: Sequence[Cell], code: str
) -> None:
    ledger = a_clinic(tmp_path)
    reply = generated(ledger, visits(5), TWO_DAYS[0], row)
    assert (code, "Hours") in codes(reply)
    is_blocked = code != "hours-outside-period"
    assert (reply["level"] == "blocked") is is_blocked
    with ledger.clinic("lakeside").reading() as books:
        assert len(books.runs()) == (0 if is_blocked else 1)
    found = pressed(ledger, "payroll.check", a_click(visits(5), sheets=[typed(row)], inputs=OCTOBER))
    assert (code, "Hours") in codes(found)


@pytest.mark.parametrize(
    ("cell", "form"), [(2.5, None), ("2:30", None), ("2h 30m", None), (2.5 / 24, "h:mm"), (2.5, "0.00")]
)
def test_hours_are_read_as_people_type_them(tmp_path: Path, cell: Cell, form: str | None) -> None:
    ledger = a_clinic(tmp_path)
    sheet = typed(("2026-10-05", JANE, "ADMIN", cell)) | {"formats": [None, None, None, form, None]}
    click = a_click(visits(5), sheets=[sheet], inputs=OCTOBER)
    assert sums(pressed(ledger, "payroll.generate", click)["figures"])[2] == 75_00


@pytest.mark.parametrize("columns", [[], [[None]], [["Date"], ["Provider"], ["Kind"], ["Hours"]]])
def test_an_empty_sheet_of_hours_says_nothing(tmp_path: Path, columns: list[list[Cell]]) -> None:
    ledger = a_clinic(tmp_path)
    sheet = {"name": "Hours", "columns": columns, "formats": [None] * len(columns)}
    reply = pressed(ledger, "payroll.generate", a_click(visits(5), sheets=[sheet], inputs=OCTOBER))
    assert (sums(reply["figures"]), reply["findings"]) == ((50_00, 0, 0, 50_00), [])


def test_a_day_has_24_hours(tmp_path: Path) -> None:
    ledger = a_clinic(tmp_path)
    full = [("2026-10-05", JANE, "ADMIN", 12, "a"), ("2026-10-05", JANE, "ADMIN", 12, "b")]
    assert sums(generated(ledger, visits(5), *full)["figures"])[2] == 24 * 30_00
    reply = generated(ledger, visits(5), *full, ("2026-10-05", JANE, "ADMIN", 0.01, "c"))
    assert set(codes(reply)) == {("hours-beyond-a-day", "Hours")}


def test_the_rate_is_the_one_in_force_on_the_day(tmp_path: Path) -> None:
    raised = replace(a_rate(40_00, PayBasis.PER_HOUR, service="ADMIN"), effective_from=date(2026, 10, 6))
    ledger = a_clinic(tmp_path, setup=replace(SETUP, rates=(*SETUP.rates, raised)))
    assert sums(generated(ledger, visits(5), *TWO_DAYS)["figures"])[2] == 75_00 + 50_00


def test_hours_alone_make_a_run_and_are_due_again_after_a_void(tmp_path: Path) -> None:
    ledger = a_clinic(tmp_path)
    cancelled = [a_row(status="Cancelled")]
    assert sums(approved(ledger, cancelled, *TWO_DAYS)) == (0, 2, 112_50, 112_50)
    second = approved(ledger, cancelled, ("2026-10-05", JANE, "ADMIN", 3))
    with pytest.raises(RunIsBuiltOn):
        pressed(ledger, "payroll.void", a_click(inputs={"run": RUN, "reason": "wrong"}))
    for run in (second["run"], RUN):
        with ledger.clinic("lakeside").transaction() as books:
            books.void_run(run, "wrong", "tests")
    assert sums(generated(ledger, cancelled, *TWO_DAYS)["figures"])[2] == 112_50


def test_a_draft_is_compared_with_the_hours_of_its_workbook(tmp_path: Path) -> None:
    ledger = a_clinic(tmp_path)
    reply = generated(ledger, visits(5), *TWO_DAYS)
    content = ledger.outputs.read(reply["output"]["id"]).data
    summary = load_workbook(BytesIO(content))["Payroll Summary"]
    shown = {
        "name": summary.title,
        "columns": [[cell.value for cell in column] for column in summary.columns],
    }
    shown["columns"] = [
        [value if isinstance(value, int | float | None) else str(value) for value in column]
        for column in shown["columns"]
    ]

    def close(*rows: Sequence[Cell]) -> dict[str, Any]:
        log = a_click(visits(5))["sheets"]
        click = a_click(inputs={"run": RUN}) | {
            "sheets": [shown, *log, typed(*rows)],
            "asked_sheets": [log[0]["name"]],
        }
        return pressed(ledger, "payroll.close", click)

    assert "Approve Oct 1–31, 2026" in close(*TWO_DAYS)["asks"]["title"]
    assert "it would now pay $72.50, not $162.50" not in str(close(*TWO_DAYS)["asks"])
    changed = close(("2026-10-05", JANE, "ADMIN", 3), TWO_DAYS[1])
    assert "it would now pay $177.50, not $162.50" in changed["asks"]["title"]


def test_hours_count_in_tiers_of_hours(tmp_path: Path) -> None:
    tier = PayPlan(
        JANE, ANY, PlanKind.CLIFF, PlanMeasure.HOURS, 10_000, None, PayBasis.PER_HOUR, 45_00, JANUARY
    )
    rates = (a_rate(20_00, PayBasis.PER_HOUR), a_rate(30_00, PayBasis.PER_HOUR, service="ADMIN"))
    ledger = a_clinic(tmp_path, tier, setup=replace(SETUP, rates=rates))
    log = visits(5, 6, minutes=240)
    assert sums(generated(ledger, log, ("2026-10-05", JANE, "ADMIN", 1.99))["figures"]) == (
        160_00,
        1,
        59_70,
        219_70,
    )
    # 8 hours of visits and 2 typed hours are 10 hours at $45.00.
    assert sums(generated(ledger, log, ("2026-10-05", JANE, "ADMIN", 2))["figures"]) == (
        160_00,
        2,
        290_00,
        450_00,
    )


def test_hours_are_part_of_what_a_minimum_bounds(tmp_path: Path) -> None:
    minimum = PayPlan(JANE, "", PlanKind.MINIMUM, None, None, None, None, 100_00, JANUARY)
    ledger = a_clinic(tmp_path, minimum)
    assert sums(approved(ledger, visits(5)))[1:] == (1, 50_00, 100_00)
    later = generated(ledger, visits(5), ("2026-10-05", JANE, "ADMIN", 1))["figures"]
    assert sums(later) == (0, 2, 0, 0)


def test_hours_count_for_overtime_and_in_the_register(tmp_path: Path) -> None:
    employee = replace(LAKESIDE.providers[0], works_as=WorksAs.EMPLOYEE)
    ledger = a_clinic(tmp_path, setup=replace(SETUP, providers=(employee, LAKESIDE.providers[1])))
    log = visits(5, 6, 7, 8, minutes=480)
    reply = generated(ledger, log, ("2026-10-09", JANE, "ADMIN", 9))
    (message,) = [one["message"] for one in reply["findings"] if one["code"] == "long-week"]
    assert "worked 41.00 hours" in message
    confirmed(ledger, "payroll.close", a_click(inputs={"run": RUN}))
    session = Session(ledger, LOCAL_PERSON, "lakeside")
    with session.transaction():
        stated = export_statements(session, RUN)
    register = register_of(stated, SETUP.providers)
    assert [(row.provider, row.minutes, row.plans_cents) for row in register.rows] == [
        (JANE, 41 * 60_000, 270_00)
    ]
    ((_, times),) = register_files(register, RegisterFormat.QUICKBOOKS)
    assert "10/09/26\t\tJane Roe\tADMIN Office work\t\t9:00" in times.decode()


def hours_alone(ledger: Ledger, *rows: Sequence[Cell], **inputs: str) -> dict[str, Any]:
    """Press Generate payroll on a sheet of hours in a workbook of its own."""
    return pressed(ledger, "payroll.generate", a_click(sheets=[typed(*rows)], inputs=inputs))


def test_hours_in_a_workbook_of_their_own_are_a_payroll_of_their_period(tmp_path: Path) -> None:
    ledger = a_clinic(tmp_path)
    reply = hours_alone(ledger, *TWO_DAYS)
    assert reply["asks"] is None
    assert (reply["figures"]["run"], reply["figures"]["rows_in"]) == (RUN, 0)
    assert sums(reply["figures"]) == (0, 2, 112_50, 112_50)
    closed = confirmed(ledger, "payroll.close", a_click(inputs={"run": RUN}))
    assert closed["figures"]["state"] == "closed", closed["summary"]
    again = hours_alone(ledger, *TWO_DAYS, ("2026-10-07", MAX, "ADMIN", 1))
    assert sums(again["figures"]) == (0, 1, 30_00, 30_00)


def test_a_wrong_row_of_hours_alone_stops_the_payroll_and_is_marked(tmp_path: Path) -> None:
    ledger = a_clinic(tmp_path)
    reply = hours_alone(ledger, *TWO_DAYS, ("2026-10-07", "Nobody", "ADMIN", 1))
    assert (reply["level"], reply["output"]) == ("blocked", None)
    assert codes(reply) == [("unknown-provider", "Hours")]
    assert [edit["range"] for edit in reply["edits"]] == ["B4:B4"]
    with ledger.clinic("lakeside").reading() as books:
        assert books.runs() == []


def test_hours_alone_are_approved_with_the_workbook_in_front(tmp_path: Path) -> None:
    ledger = a_clinic(tmp_path)
    reply = hours_alone(ledger, *TWO_DAYS)
    summary = summary_sheet(ledger, reply)
    asked = pressed(ledger, "payroll.close", a_click(sheets=[summary]))
    assert asked["asks"]["sheets"][0] == "Hours"
    more = {"asked_sheets": asked["asks"]["sheets"]}
    sent = a_click(sheets=[summary, typed(*TWO_DAYS)]) | more
    assert confirmed(ledger, "payroll.close", sent)["figures"]["state"] == "closed"


def test_a_log_that_is_called_hours_is_a_log(tmp_path: Path) -> None:
    ledger = a_clinic(tmp_path)
    click = a_click(visits(5), inputs=OCTOBER)
    click["sheets"][0]["name"] = "Hours"
    assert pressed(ledger, "payroll.generate", click)["figures"]["paid"] == 1

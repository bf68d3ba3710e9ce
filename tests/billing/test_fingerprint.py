"""The fingerprint of a pay run, printed on its summary: the same for the same decisions, and only for them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from server.billing.clinics import Clinic
from server.billing.payroll.pay_run import PayRun, Period
from server.sheets.sheet import Cell
from tests.invented import JANUARY, LAKESIDE, OCTOBER, a_rate, a_row, a_run, fates, paying

LINE: Mapping[str, Cell] = {
    "id": "A1", "date": "2026-10-05", "units": 1, "minutes": 50, "charge": 100, "collected": 80,
}  # fmt: skip
"""A visit paid by the session, so that none of its measures changes what it earns."""


def visits(*rows: Mapping[str, Cell]) -> PayRun:
    return a_run([a_row(**{**LINE, **row}) for row in rows])


@pytest.mark.parametrize(
    "other",
    [
        {"id": "A2"}, {"date": "2026-10-06"}, {"provider": "Max Doe"}, {"service": "EX-102"}, {"units": 2},
        {"minutes": 45}, {"charge": 100.01}, {"collected": 79.99}, {"collected": None},
    ],
    ids=lambda other: "-".join(map(str, *other.items())),
)  # fmt: skip
def test_every_cell_of_a_paid_line_counts(other: Mapping[str, Cell]) -> None:
    one, another = visits({}), visits(other)

    assert one.paid_cents == another.paid_cents == 5_000
    assert one.fingerprint != another.fingerprint


def test_it_counts_which_row_is_paid() -> None:
    late = visits({"status": "CXL", "id": "A2"}, {})
    early = visits({}, {"status": "CXL", "id": "A2"})

    assert late.fingerprint != early.fingerprint


def test_it_counts_which_line_a_value_is_in() -> None:
    dearer_first = visits({"charge": 200}, {"id": "A2"})
    dearer_last = visits({}, {"id": "A2", "charge": 200})

    assert dearer_first.fingerprint != dearer_last.fingerprint


@pytest.mark.parametrize(
    "other",
    [
        {"id": "A2"}, {"date": "2026-10-06"}, {"provider": "Max Doe"}, {"service": "EX-102"},
        {"status": "Canceled"}, {"status": "No show"}, {"date": "2026-09-30"},
    ],
    ids=lambda other: "-".join(map(str, *other.items())),
)  # fmt: skip
def test_every_cell_of_an_unpaid_row_counts(other: Mapping[str, Cell]) -> None:
    one, another = visits({"status": "CXL"}), visits({"status": "CXL", **other})

    assert len(fates(one)) == len(fates(another)) == 1
    assert one.fingerprint != another.fingerprint


def test_clinic_period_and_rates_count_even_where_the_lines_are_the_same() -> None:
    rows = [a_row(**LINE)]
    others = [
        a_run(rows),
        a_run(rows, replace(LAKESIDE, clinic=Clinic("harbor", "Lakeside"))),
        a_run(rows, period=Period(date(2026, 10, 2), OCTOBER.last)),
        a_run(rows, period=Period(OCTOBER.first, date(2026, 10, 30))),
        a_run(rows, paying(a_rate(5_000, note="agreed by telephone"))),
        a_run(rows, paying(a_rate(5_000, since=JANUARY.replace(day=2)))),
        a_run(rows, paying(a_rate(5_000, provider="Jane Roe"))),
    ]

    assert {run.paid_cents for run in others} == {5_000}
    assert len({run.fingerprint for run in others}) == len(others)

"""Appointments with several services: each service is a line, and none of them is paid twice."""

import pytest

from server.billing.clinics import Setup
from server.sheets.sheet import Cell
from tests.invented import HEADINGS, a_rate, a_row, a_run, amounts, codes, paying


def a_practice() -> Setup:
    """Return a clinic that pays $50.00 and $20.00 for two services."""
    return paying(a_rate(50_00, service="EX-101"), a_rate(20_00, service="EX-102"))


def test_two_services_of_one_appointment_are_two_lines() -> None:
    run = a_run([a_row(id="A1"), a_row(id=" a1", service="EX-102")], setup=a_practice())

    assert (amounts(run), [one.code for one in run.findings]) == ([50_00, 20_00], ["several-services"])
    assert run.lines.identity.tolist() == ["id:a1", "id:a1\x1fex102"]


def test_the_same_service_twice_is_blocked_beside_another_one() -> None:
    rows = [a_row(id="A1"), a_row(id="A1", service="EX-102"), a_row(id="A1", service="EX-102")]

    run = a_run(rows, setup=a_practice())

    assert amounts(run) == [50_00, 20_00]
    assert [(one.code, list(one.rows)) for one in run.findings] == [
        ("several-services", []),
        ("duplicate-appointment", [4]),
    ]


@pytest.mark.parametrize("other", [{"date": "2026-10-06"}, {"provider": "Max Doe"}], ids=str)
def test_another_day_or_provider_is_no_service_of_the_appointment(other: dict[str, Cell]) -> None:
    run = a_run([a_row(id="A1"), a_row(id="A1", service="EX-102", **other)], setup=a_practice())

    assert (amounts(run), codes(run)) == ([50_00], ["duplicate-appointment"])


def test_another_patient_is_no_service_of_the_appointment() -> None:
    headings = [*HEADINGS, "Patient"]
    rows = [(*a_row(id="A1"), "P-1"), (*a_row(id="A1", service="EX-102"), "P-2")]

    run = a_run(rows, headings=headings, setup=a_practice())

    assert "duplicate-appointment" in codes(run)
    assert amounts(run) == [50_00]


def test_an_add_on_that_was_cancelled_is_not_paid_and_wants_a_look() -> None:
    run = a_run([a_row(id="A1"), a_row(id="A1", service="EX-102", status="Cancelled")], setup=a_practice())

    assert (amounts(run), codes(run)) == ([50_00], ["id-also-missed"])


def test_an_unknown_service_of_an_appointment_is_blocked_alone() -> None:
    run = a_run([a_row(id="A1"), a_row(id="A1", service="EX-999")], setup=a_practice())

    assert amounts(run) == [50_00]
    assert "unknown-service" in codes(run)
    assert "duplicate-appointment" not in codes(run)

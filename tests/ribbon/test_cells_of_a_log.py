"""Cells that could be misread: each is read as it was meant, asked about, or blocks alone."""

from pathlib import Path
from typing import Any

import pytest

from server.billing.clinics import PayBasis
from server.ledger.store import Ledger
from server.sheets.sheet import Cell
from tests.invented import HEADINGS, a_rate, a_row, a_sheet, paying
from tests.ribbon.clicks import a_click, a_ledger, pressed, sent

ONE_TYPO = [*(f"10/{day:02}/2026" for day in range(1, 13)), "13/10/2026"]
OCTOBER = {"from": "2026-10-01", "to": "2026-10-31"}


def on_days(*days: Cell) -> list[tuple[Cell, ...]]:
    return [a_row(date=day, id=f"A-{place}") for place, day in enumerate(days)]


def codes(reply: dict[str, Any]) -> list[str]:
    return [finding["code"] for finding in reply["findings"]]


def test_one_mistyped_date_blocks_alone_and_the_answer_holds(ledger: Ledger) -> None:
    click = a_click(on_days(*ONE_TYPO), inputs={"date_order": "mdy", **OCTOBER})

    reply = pressed(ledger, "payroll.generate", click)

    assert (reply["figures"]["paid"], reply["figures"]["blocked"]) == (12, 1)
    assert [(finding["code"], finding["cell"]) for finding in reply["findings"]] == [
        ("not-month-first", "B14")
    ]


def test_one_mistyped_date_is_no_reason_to_read_the_others_day_first(ledger: Ledger) -> None:
    reply = pressed(ledger, "payroll.generate", a_click(on_days(*ONE_TYPO)))
    assert [field["name"] for field in reply["asks"]["fields"]] == ["date_order"]


def test_the_answer_is_remembered_and_outlives_a_typing_error(ledger: Ledger) -> None:
    pressed(ledger, "payroll.check", a_click(on_days("10/05/2026"), inputs={"date_order": "mdy"}))

    reply = pressed(ledger, "payroll.generate", a_click(on_days(*ONE_TYPO)))

    assert (reply["figures"]["paid"], reply["figures"]["blocked"]) == (12, 1)


HOURLY = paying(a_rate(10_000, PayBasis.PER_HOUR))


@pytest.fixture
def hourly(tmp_path: Path) -> Ledger:
    """A ledger with a clinic that pays $100 an hour."""
    return a_ledger(tmp_path / "hourly", HOURLY)


def lasting(
    *cells: Cell, heading: str = "Minutes", formats: list[str | None] | None = None
) -> dict[str, Any]:
    """Return a sheet of visits with these cells under one heading more."""
    rows = [(*a_row(id=f"A-{place}", date="2026-10-05")[:5], cell) for place, cell in enumerate(cells)]
    sheet = sent(a_sheet(rows, (*HEADINGS[:5], heading)))
    return sheet | {"formats": [*["General"] * 5, ["General", *formats] if formats else "General"]}


def generated(ledger: Ledger, sheet: dict[str, Any], **inputs: str) -> dict[str, Any]:
    return pressed(ledger, "payroll.generate", a_click(sheets=[sheet], inputs=inputs))


def asked(reply: dict[str, Any]) -> list[str]:
    return [field["name"] for field in reply["asks"]["fields"]]


def test_a_time_and_a_number_in_one_column_are_asked_about_and_never_paid_in_days(hourly: Ledger) -> None:
    sheet = lasting(0.03125, 60, formats=["h:mm", "General"])

    assert asked(generated(hourly, sheet)) == ["duration_unit"]
    assert generated(hourly, sheet, duration_unit="minutes")["figures"]["paid_cents"] == 17_500
    assert generated(hourly, sheet)["figures"]["paid_cents"] == 17_500, "the answer is remembered"


@pytest.mark.parametrize(("unit", "cents"), [("hours", 32_500), ("minutes", 542)])
def test_a_duration_of_hours_is_never_taken_for_minutes_unasked(
    hourly: Ledger, unit: str, cents: int
) -> None:
    sheet = lasting(1, 0.75, 1.5, heading="Duration")

    question = generated(hourly, sheet)
    reply = generated(hourly, sheet, duration_unit=unit)

    assert "1.5 hours = 90 minutes" in question["asks"]["fields"][0]["label"]
    assert reply["figures"]["paid_cents"] == pytest.approx(cents, abs=1)
    assert ("implausible-minutes" in codes(reply)) == (unit == "minutes")
    assert generated(hourly, sheet)["figures"]["paid_cents"] == reply["figures"]["paid_cents"]


def test_hours_are_hours_and_it_is_said(hourly: Ledger) -> None:
    reply = generated(hourly, lasting(1, 0.75, 1.5, heading="Hours"))

    assert reply["figures"]["paid_cents"] == 32_500
    said = [finding["message"] for finding in reply["findings"] if finding["code"] == "minutes-converted"]
    assert said == ["The minutes come from “Hours”: 1.5 = 90 minutes."]
    assert reply["level"] == "done"


def test_a_column_of_hours_that_looks_like_minutes_is_asked_about(hourly: Ledger) -> None:
    assert asked(generated(hourly, lasting(50, 45, 60, heading="Hours"))) == ["duration_unit"]


def test_where_nobody_is_paid_by_the_hour_nothing_is_asked_about_durations(ledger: Ledger) -> None:
    assert generated(ledger, lasting(1, 0.75, heading="Duration"))["figures"]["paid"] == 2


def test_start_and_end_are_minutes_where_no_column_says_them(hourly: Ledger) -> None:
    times: list[tuple[Cell, Cell]] = [("9:00 AM", "9:45 AM"), ("11:30 PM", "12:30 AM"), (0.5, 0.5625)]
    rows = [(*a_row(id=f"A-{n}", date="2026-10-05")[:5], *both) for n, both in enumerate(times)]
    reply = generated(hourly, sent(a_sheet(rows, (*HEADINGS[:5], "Start Time", "End Time"))))

    assert reply["figures"]["paid_cents"] == 7_500 + 15_000
    assert codes(reply)[0] == "end-before-start"
    assert reply["figures"]["blocked"] == 1


def test_visits_of_a_few_minutes_or_many_hours_want_a_look(hourly: Ledger) -> None:
    reply = generated(hourly, lasting(50, 5, 480, 4.9, 481, 5_000))

    found = [finding["cell"] for finding in reply["findings"] if finding["code"] == "implausible-minutes"]
    assert found == ["F5", "F6", "F7"]
    assert reply["figures"]["paid"] == 6


@pytest.mark.parametrize(
    ("charges", "found"), [([100, 110, 90, 100, 100, 2_000, 1_999], ["H7"]), ([100, 90, 90, 9_000], [])]
)
@pytest.mark.parametrize("basis", [PayBasis.OF_CHARGE, PayBasis.OF_COLLECTED])
def test_an_amount_far_above_the_usual_one_of_its_service_wants_a_look(
    tmp_path: Path, charges: list[int], found: list[str], basis: PayBasis
) -> None:
    ledger = a_ledger(tmp_path / "charges", paying(a_rate(500_000, basis)))
    headings = [
        "Collected" if basis is PayBasis.OF_COLLECTED and one == "Charge" else one for one in HEADINGS
    ]

    reply = pressed(
        ledger,
        "payroll.check",
        a_click([a_row(id=f"A-{n}", charge=charge) for n, charge in enumerate(charges)], headings=headings),
    )

    assert [f["cell"] for f in reply["findings"] if f["code"] == "amount-far-above"] == found

"""Group sessions: a service that is paid once for each session, whoever of its patients came (rule: pay-runs#group-sessions)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from server.billing.clinics import GroupSession, PaidPer, Setup
from server.ledger.store import Ledger
from server.sheets.sheet import Cell
from tests.invented import a_rate, paying
from tests.ribbon.clicks import a_click, a_ledger, confirmed, pressed

HEADINGS = ("Appointment ID", "Date", "Start time", "Provider", "Service", "Status", "Patient")
JANUARY = date(2026, 1, 1)


def a_practice(*rules: GroupSession) -> Setup:
    """Return a clinic that pays $90.00 for a group session of EX-102, and $50.00 for EX-101."""
    rates = paying(a_rate(50_00, service="EX-101"), a_rate(90_00, service="EX-102"))
    return replace(rates, group_sessions=rules or (GroupSession("EX-102", PaidPer.SESSION, JANUARY),))


def came(
    number: int, day: int = 5, start: Cell = "2:00 PM", status: str = "Show", **cells: str
) -> tuple[Cell, ...]:
    """Return the row of one patient of a group."""
    row: dict[str, Cell] = {
        "id": f"G-{day}-{number}", "day": f"2026-10-{day:02}", "start": start, "provider": "Jane Roe",
        "service": "EX-102", "status": status, "patient": f"Patient {number}",
    }  # fmt: skip
    return tuple((row | cells).values())


LASTING = [came(day, day, service="EX-101") for day in (1, 15, 25)]


@pytest.fixture
def books(tmp_path: Path) -> Ledger:
    """Make the practice."""
    return a_ledger(tmp_path, a_practice())


def generated(
    ledger: Ledger, *rows: Sequence[Cell], headings: Sequence[str] = HEADINGS, **inputs: str
) -> Any:  # noqa: ANN401
    """Generate the payroll of October from these rows and three lasting ones."""
    click = a_click(
        [*LASTING, *rows], headings=headings, inputs={"from": "2026-10-01", "to": "2026-10-31", **inputs}
    )
    return pressed(ledger, "payroll.generate", click)


def approved(ledger: Ledger, *rows: Sequence[Cell], **inputs: str) -> dict[str, Any]:
    """Generate the payroll and approve it if it is a run; return its figures."""
    reply = generated(ledger, *rows, **inputs)
    assert reply["asks"] is None, reply["asks"]
    figures: dict[str, Any] = reply["figures"]
    if figures["run"]:
        confirmed(ledger, "payroll.close", a_click(inputs={"run": figures["run"], "hold-rows": "yes"}))
    return figures


def test_one_session_is_paid_once_and_every_row_is_counted(books: Ledger) -> None:
    figures = approved(books, came(1), came(2), came(3))

    assert (figures["rows_in"], figures["paid"], figures["excluded"]) == (6, 4, 2)
    assert figures["total_cents"] == 3 * 50_00 + 90_00


def test_another_start_day_provider_or_service_is_another_session(books: Ledger) -> None:
    rows = [
        came(1),
        came(2, start="15:30"),
        came(3, day=6),
        came(4, provider="Max Doe"),
        came(5, service="EX-101"),
    ]

    assert approved(books, *rows)["paid_cents"] == 3 * 50_00 + 4 * 90_00 + 50_00


def test_the_time_may_be_in_the_date(books: Ledger) -> None:
    headings = ("Appointment ID", "Date", "Provider", "Service", "Status", "Patient")
    rows = [came(1), came(2), came(3, start="4:00 PM")]
    dated = [(row[0], f"{row[1]} {row[2]}", *row[3:]) for row in (*LASTING, *rows)]
    click = a_click(dated, headings=headings, inputs={"from": "2026-10-01", "to": "2026-10-31"})

    assert pressed(books, "payroll.generate", click)["figures"]["paid_cents"] == 3 * 50_00 + 2 * 90_00


def test_patients_with_one_id_are_no_duplicates_of_each_other(books: Ledger) -> None:
    figures = approved(books, came(1, id="G"), came(2, id="G"))

    assert (figures["blocked"], figures["excluded"], figures["paid_cents"]) == (0, 1, 3 * 50_00 + 90_00)


@pytest.mark.parametrize("start", [None, "in the morning"])
def test_a_session_without_a_start_time_is_blocked_and_says_why(books: Ledger, start: Cell) -> None:
    reply = generated(books, came(1, start=start), came(2))

    assert [(one["code"], one["row"]) for one in reply["findings"] if one["severity"] == "blocker"] == [
        ("no-start-time", 5)
    ]
    assert reply["figures"]["paid_cents"] == 3 * 50_00 + 90_00


def test_a_session_is_paid_once_when_the_patient_whose_row_was_paid_did_not_come_after_all(
    books: Ledger,
) -> None:
    approved(books, came(1), came(2))

    figures = approved(books, came(1, status="No show"), came(2))

    assert (figures["already_paid"], figures["adjustments"], figures["total_cents"]) == (4, 0, 0)


def test_a_session_to_which_nobody_came_is_taken_back_and_paid_again_when_somebody_did(books: Ledger) -> None:
    approved(books, came(1), came(2))

    assert (
        approved(books, came(1, status="No show"), came(2, status="Cancelled"))["adjustment_cents"] == -90_00
    )
    assert approved(books, came(1, status="No show"), came(2))["adjustment_cents"] == 90_00


@pytest.mark.parametrize("later", [[came(2), came(1)], [came(2)], [came(3), came(1), came(2)]], ids=len)
def test_a_later_export_with_other_patients_pays_the_session_no_second_time(
    books: Ledger, later: Sequence[Sequence[Cell]]
) -> None:
    approved(books, came(1), came(2))

    figures = approved(books, *later)

    assert (figures["paid"], figures["already_paid"], figures["total_cents"]) == (0, 4, 0)


def test_a_session_that_is_gone_is_asked_about_and_taken_back(books: Ledger) -> None:
    approved(books, came(1), came(2))

    assert approved(books, vanished_visits="deleted")["adjustment_cents"] == -90_00


def test_a_rule_holds_from_its_day(tmp_path: Path) -> None:
    rules = (
        GroupSession("EX-102", PaidPer.SESSION, date(2026, 10, 6)),
        GroupSession("EX-102", PaidPer.ATTENDEE, date(2026, 10, 7)),
    )
    books = a_ledger(tmp_path, a_practice(*rules))
    rows = [came(number, day) for day in (5, 6, 7) for number in (1, 2)]

    assert approved(books, *rows)["paid_cents"] == 3 * 50_00 + 5 * 90_00


def test_visits_that_were_paid_one_by_one_stay_paid_when_the_rule_comes_later(tmp_path: Path) -> None:
    books = a_ledger(tmp_path, a_practice(GroupSession("EX-102", PaidPer.ATTENDEE, JANUARY)))
    approved(books, came(1), came(2))
    with books.clinic("lakeside").transaction() as changed:
        changed.save_setup(a_practice(), "tests")

    figures = approved(books, came(1), came(2), came(3))

    assert (figures["already_paid"], figures["excluded"], figures["total_cents"]) == (5, 1, 0)


def test_a_session_waits_until_one_of_its_notes_is_signed(books: Ledger) -> None:
    headings = (*HEADINGS, "Note signed")

    def pay(*signed: str) -> dict[str, Any]:
        rows = [(*row, "yes") for row in LASTING] + [(*came(n), word) for n, word in enumerate(signed)]
        inputs = {"from": "2026-10-01", "to": "2026-10-31", "signed_notes": "yes"}
        reply = pressed(books, "payroll.generate", a_click(rows, headings=headings, inputs=inputs))
        if reply["asks"]:
            field = reply["asks"]["fields"][0]
            inputs[field["name"]] = "yes"
            reply = pressed(books, "payroll.generate", a_click(rows, headings=headings, inputs=inputs))
        figures: dict[str, Any] = reply["figures"]
        confirmed(books, "payroll.close", a_click(inputs={"run": figures["run"]}))
        return figures

    first = pay("no", "no")
    second = pay("no", "yes")

    assert (first["held"], first["excluded"], first["paid_cents"]) == (1, 1, 3 * 50_00)
    assert (second["released"], second["paid_cents"]) == (1, 90_00)

"""Appointments with several services over several payrolls: each service is paid once, whichever export had it first."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from server.ledger.store import Ledger
from server.sheets.sheet import Cell
from tests.invented import a_rate, a_row, paying
from tests.ribbon.clicks import a_click, a_ledger, confirmed, pressed

MAIN, ADD_ON, OTHER = a_row(id="A1"), a_row(id="A1", service="EX-102"), a_row(id="A1", service="EX-103")
CANCELLED = a_row(id="A1", service="EX-102", status="Cancelled")
LASTING = [a_row(id=f"L{day}", date=f"2026-10-{day:02}") for day in (1, 9, 20)]
SETUP = paying(
    a_rate(50_00, service="EX-101"), a_rate(20_00, service="EX-102"), a_rate(7_00, service="EX-103")
)


@pytest.fixture
def books(tmp_path: Path) -> Ledger:
    """Make a clinic that pays three services."""
    return a_ledger(tmp_path, SETUP)


def approved(ledger: Ledger, *rows: Sequence[Cell], **inputs: str) -> dict[str, Any]:
    """Generate the payroll of October from these rows and three others, and approve it if it is a run."""
    click = a_click([*LASTING, *rows], inputs={"from": "2026-10-01", "to": "2026-10-31", **inputs})
    reply = pressed(ledger, "payroll.generate", click)
    assert reply["asks"] is None, reply["asks"]
    if reply["figures"]["run"]:
        confirmed(ledger, "payroll.close", a_click(inputs={"run": reply["figures"]["run"]}))
    figures: dict[str, Any] = reply["figures"]
    return figures


@pytest.mark.parametrize("rows", [(MAIN, ADD_ON), (ADD_ON, MAIN)], ids=["last", "first"])
@pytest.mark.parametrize("paid", [MAIN, ADD_ON], ids=["main", "add-on"])
def test_a_service_that_comes_later_is_paid_alone(
    books: Ledger, paid: Sequence[Cell], rows: Sequence[Sequence[Cell]]
) -> None:
    first = approved(books, paid)

    figures = approved(books, *rows)

    assert (figures["paid"], figures["already_paid"], figures["adjustments"]) == (1, 4, 0)
    assert first["total_cents"] + figures["total_cents"] == 3 * 50_00 + 70_00
    assert approved(books, *rows)["total_cents"] == 0


def test_a_service_that_is_gone_is_taken_back_alone_once_it_was_deleted(books: Ledger) -> None:
    approved(books, MAIN, ADD_ON)

    figures = approved(books, ADD_ON, vanished_visits="deleted")

    assert (figures["already_paid"], figures["adjustment_cents"]) == (4, -50_00)


def test_a_service_that_was_cancelled_is_taken_back_alone(books: Ledger) -> None:
    approved(books, MAIN, ADD_ON)

    assert approved(books, MAIN, CANCELLED)["adjustment_cents"] == -20_00
    assert approved(books, MAIN, ADD_ON)["adjustment_cents"] == 20_00


def test_a_service_that_became_another_one_is_adjusted(books: Ledger) -> None:
    approved(books, MAIN, ADD_ON)

    figures = approved(books, OTHER, MAIN)

    assert (figures["already_paid"], figures["adjustments"], figures["adjustment_cents"]) == (5, 1, -13_00)


def test_each_service_follows_the_one_of_its_own_name_after_several_changes(books: Ledger) -> None:
    approved(books, ADD_ON)
    approved(books, ADD_ON, MAIN)
    approved(books, OTHER, MAIN)

    figures = approved(books, MAIN, OTHER, ADD_ON)

    assert (figures["paid"], figures["already_paid"], figures["paid_cents"]) == (1, 5, 20_00)
    assert figures["total_cents"] == 20_00 - 13_00


def test_a_service_that_was_blocked_and_held_is_paid_by_the_next_log(books: Ledger) -> None:
    blocked = a_row(id="A1", service="EX-102", status="Perhaps")
    click = a_click([*LASTING, MAIN, blocked], inputs={"from": "2026-10-01", "to": "2026-10-31"})
    run = pressed(books, "payroll.generate", click)["figures"]["run"]
    confirmed(books, "payroll.close", a_click(inputs={"run": run, "hold-rows": "yes"}))

    figures = approved(books, ADD_ON, MAIN)

    assert (figures["paid"], figures["already_paid"], figures["released"], figures["total_cents"]) == (
        1,
        4,
        1,
        20_00,
    )

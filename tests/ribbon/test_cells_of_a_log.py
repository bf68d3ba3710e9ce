"""Cells that could be misread: each is read as it was meant, asked about, or blocks alone."""

from typing import Any

from server.ledger.store import Ledger
from server.sheets.sheet import Cell
from tests.invented import a_row
from tests.ribbon.clicks import a_click, pressed

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

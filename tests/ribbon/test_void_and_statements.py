"""A void says what to do about the statements of its run that were made already, before and after it."""

import pytest

from server.ledger.store import Ledger
from tests.ribbon.clicks import a_click, confirmed, pressed, visits

OCTOBER = "lakeside-2026-10-r1"
PAPER = "ell Jane Roe, Max Doe that the statement is void, and mark or destroy printed copies."


def drafted(ledger: Ledger) -> None:
    pressed(ledger, "payroll.generate", a_click([*visits(5, 6), *visits(7, provider="Max Doe")]))


def void_question(ledger: Ledger) -> str:
    title: str = pressed(ledger, "payroll.void", a_click(inputs={"run": OCTOBER}))["asks"]["title"]
    return title


def save_statements(ledger: Ledger) -> None:
    pressed(ledger, "payroll.statements", a_click(inputs={"run": OCTOBER}))


@pytest.mark.parametrize("times", [0, 1, 2])
def test_a_void_says_before_and_after_what_to_do_about_statements(ledger: Ledger, times: int) -> None:
    drafted(ledger)
    confirmed(ledger, "payroll.close", a_click(inputs={"run": OCTOBER}))
    for _ in range(times):
        save_statements(ledger)

    asked = void_question(ledger)
    reply = pressed(ledger, "payroll.void", a_click(inputs={"run": OCTOBER, "reason": "a slip"}))

    told = {
        0: "If statements of this run were printed or mailed:",
        1: "Statements of this run were saved as files on 11/20/2026. If they were mailed:",
        2: "Statements of this run were saved as files 2 times, last on 11/20/2026. If they were mailed:",
    }[times]
    assert asked.endswith(f"The run is approved. {told} afterwards, t{PAPER}")
    assert reply["summary"].endswith(f"Its appointments can be paid again. {told} t{PAPER}")


def test_a_draft_whose_statements_were_not_saved_needs_no_reminder(ledger: Ledger) -> None:
    drafted(ledger)
    assert void_question(ledger).endswith("The run is a draft.")
    save_statements(ledger)
    assert "were saved as files on 11/20/2026" in void_question(ledger)


def test_statements_of_another_run_are_none_of_this_one(ledger: Ledger) -> None:
    """One run's name begins with the other's."""
    drafted(ledger)
    days = {"from": "2026-10-01", "to": "2026-10-15"}
    other = pressed(ledger, "payroll.generate", a_click(visits(5), inputs=days))["figures"]["run"]
    pressed(ledger, "payroll.statements", a_click(inputs={"run": other}))
    assert void_question(ledger).endswith("The run is a draft.")

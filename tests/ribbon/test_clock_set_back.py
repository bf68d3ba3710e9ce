"""Whoever clicks is told when the computer's clock was set back since the latest entry."""

from datetime import timedelta
from typing import Any

import pytest

from server.billing.invoices.invoice import Action
from server.ledger.clock import UNNOTICED
from server.ledger.store import Ledger
from tests.ledger.invoiced import a_draft, created
from tests.ribbon.clicks import a_click, a_clock, pressed, visits
from tests.ribbon.invoice_clicks import answered, invoices_sheet, received, selecting

CODE = "clock-set-back"


def ledger_after(ledger: Ledger, step: timedelta) -> Ledger:
    """Return the ledger as a service sees it whose clock was moved by ``step``."""
    return Ledger(ledger.folder, lambda: a_clock() + step)


def clock_remarks(reply: dict[str, Any]) -> list[dict[str, Any]]:
    return [finding for finding in reply["findings"] if finding["code"] == CODE]


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (timedelta(0), False),
        (UNNOTICED, False),
        (UNNOTICED + timedelta(milliseconds=1), True),
        (timedelta(days=400), True),
    ],
)
def test_a_click_that_is_recorded_says_that_the_clock_was_set_back(
    ledger: Ledger, ahead: timedelta, *, said: bool
) -> None:
    created(ledger_after(ledger, ahead).clinic("lakeside"))

    reply = pressed(ledger, "invoices.open", a_click())
    assert (reply["level"], len(clock_remarks(reply)), reply["findings_total"]) == (
        ("review", 1, 1) if said else ("done", 0, 0)
    )
    if said:
        latest = (a_clock() + ahead).astimezone()
        (remark,) = clock_remarks(reply)
        assert (remark["severity"], remark["sheet"], remark["cell"]) == ("review", "", "")
        assert f"recorded on {latest:%m/%d/%Y} at {latest:%H:%M}" in remark["message"]
        assert "Nothing is lost" in remark["message"]
        assert remark["remedy"].startswith("Set the date and the time of the computer right.")


def test_it_is_said_until_the_clock_is_right_and_steps_keep_their_order(ledger: Ledger) -> None:
    """Also after a step was recorded with the clock that is behind: the latest instant counts, not the last entry."""
    (number,) = received(ledger_after(ledger, timedelta(days=3)), ("Ada Testpatient", "Knee"))
    sheet = invoices_sheet(ledger)
    shown = pressed(ledger, "cases.settle", selecting(sheet, [number]))
    assert shown["asks"]
    assert not clock_remarks(shown)
    settled = pressed(ledger, "cases.settle", selecting(sheet, [number], answered(shown)))
    assert settled["figures"]["cleared"] == [number]
    assert (settled["level"], len(clock_remarks(settled))) == ("review", 1)
    assert len(clock_remarks(pressed(ledger, "invoices.open", a_click()))) == 1
    right = ledger_after(ledger, timedelta(days=4))
    assert not clock_remarks(pressed(right, "invoices.open", a_click()))
    history = pressed(right, "invoices.history", selecting(sheet, [number]))
    with right.clinic("lakeside").reading() as books:
        steps = books.invoices.history(number)
    assert steps[-1].step.request.action is Action.CLEAR
    assert steps[-1].recorded_at < steps[-2].recorded_at
    assert [one.step.place for one in steps] == [*range(1, history["figures"]["steps"] + 1)]


def test_a_remark_on_the_clock_follows_the_blockers_and_blocks_nothing(ledger: Ledger) -> None:
    ahead = ledger_after(ledger, timedelta(days=2))
    created(ahead.clinic("lakeside"), a_draft())
    log = [*visits(5, 6), *visits(7, provider="Nobody Known")]
    reply = pressed(ledger, "payroll.generate", a_click(log))
    severities = [finding["severity"] for finding in reply["findings"]]
    assert severities == sorted(severities, key=["blocker", "review", "info"].index)
    assert (severities[0], reply["level"]) == ("blocker", "blocked")
    assert len(clock_remarks(reply)) == 1
    assert reply["findings_total"] == len(reply["findings"])


def test_another_clinic_is_not_told(ledger: Ledger) -> None:
    created(ledger_after(ledger, timedelta(days=2)).clinic("lakeside"))
    assert not clock_remarks(pressed(ledger, "payroll.history", a_click(clinic="harbor")))

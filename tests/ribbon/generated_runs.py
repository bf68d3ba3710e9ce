"""Runs that are generated from rows of a log, and approved."""

from collections.abc import Sequence
from typing import Any

from server.ledger.store import Ledger
from tests.ribbon.clicks import a_click, confirmed, pressed

OCTOBER = {"from": "2026-10-01", "to": "2026-10-31"}
NOVEMBER = {"from": "2026-11-01", "to": "2026-11-30"}


def generated(ledger: Ledger, rows: Sequence[Any], **inputs: str) -> dict[str, Any]:
    """Generate payroll and return the reply."""
    return pressed(ledger, "payroll.generate", a_click(rows, inputs=inputs))


def approved(ledger: Ledger, rows: Sequence[Any], **inputs: str) -> dict[str, Any]:
    """Generate payroll, approve the run, and return the figures of what was generated."""
    reply = generated(ledger, rows, **inputs)
    run: dict[str, Any] = reply["figures"]
    closed = confirmed(ledger, "payroll.close", a_click(inputs={"run": run["run"]}))
    assert closed["figures"]["state"] == "closed", closed["summary"]
    return run


def sums(figures: dict[str, Any], part: str) -> tuple[int, ...]:
    """Return the pay of the lines, the count and the sum of a part (``plans``, ``items``), what is carried out, and the total."""
    names = ("paid_cents", part, f"{part}_cents", "carried_out_cents", "total_cents")
    return tuple(figures[name] for name in names)

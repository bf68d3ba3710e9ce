"""Runs with adjustments, a late visit and a carried-forward total, recorded in the books of an invented clinic."""

from dataclasses import replace
from datetime import date

import orjson

from server.billing.days import serial_of
from server.billing.payroll.adjustments import Adjustment, AdjustmentKind, CarriedForward
from server.billing.payroll.pay_run import PayRun
from server.billing.payroll.review_flags import flags_of
from server.billing.payroll.run_columns import PaidLines
from server.billing.people import LOCAL_PERSON
from server.ledger.payroll.drafts import DraftBasis, KnownBy
from server.ledger.store import Ledger
from server.operations.session import Session
from server.ribbon.context import ClickContext
from server.ribbon.payroll.generate import compute_run
from server.ribbon.payroll.run_summary import run_figures
from server.ribbon.protocol import read_click
from tests.ribbon.clicks import a_click, confirmed, pressed, visits

SEPTEMBER_RUN, OCTOBER_RUN = "lakeside-2026-09-r1", "lakeside-2026-10-r1"
JANE, MAX = "Jane Roe", "Max Doe"


def an_adjustment(
    kind: AdjustmentKind, provider: str, place: int | None, was_cents: int, now_cents: int
) -> Adjustment:
    """Return an adjustment of the line of the September run at a place, or of a late visit of September."""
    key = {JANE: "p1", MAX: "p2"}[provider]
    return Adjustment(
        kind, SEPTEMBER_RUN, place, 12, "A-9", date(2026, 9, 20), provider, key, "EX-101", "attended",
        was_cents, now_cents, "The log says otherwise now.",
    )  # fmt: skip


def with_adjustments(run: PayRun) -> PayRun:
    """Return a run of Jane's with a changed amount and a late visit of hers, and with a visit of Max's that is taken back."""
    late = run.lines.frame().iloc[:1]
    late = late.assign(row=12, appointment="LATE", identity="id:late", day=serial_of(date(2026, 9, 20)))
    (rate,) = run.rates_used
    return replace(
        run,
        rates_used=(replace(rate, lines=rate.lines + 1, paid_cents=rate.paid_cents + 50_00),),
        late=PaidLines.of_frame(late),
        adjustments=(
            an_adjustment(AdjustmentKind.AMOUNT, JANE, 0, 50_00, 40_00),
            an_adjustment(AdjustmentKind.LATE, JANE, None, 0, 50_00),
            an_adjustment(AdjustmentKind.VANISHED, MAX, 2, 50_00, 0),
        ),
        carried=(CarriedForward(MAX, "p2", 0, -50_00),),
    )


def adjusted_draft(ledger: Ledger) -> PayRun:
    """Approve September, which pays Jane $100.00 and Max $50.00; record October, which pays Jane $100.00, with adjustments.

    Jane is handed over $140.00, and $50.00 of Max is carried to the next run.
    """
    september = [*visits(7, 8, month=9), *visits(9, month=9, provider=MAX)]
    pressed(ledger, "payroll.generate", a_click(september))
    confirmed(ledger, "payroll.close", a_click(inputs={"run": SEPTEMBER_RUN}))
    session = Session(ledger, LOCAL_PERSON, "lakeside")
    context = ClickContext(session, read_click(orjson.dumps(a_click(visits(5, 6)))))
    with session.transaction():
        calculated, setup, _ = compute_run(context)
        run = with_adjustments(calculated.run)
        basis = DraftBasis(setup.pay_version, run.log.sheet, {}, flags_of(run.findings))
        known_by = KnownBy(run.every_line.identity.tolist(), calculated.compared)
        session.books.record_draft(run, known_by, orjson.dumps(run_figures(run, {})), "local", basis)
    return run


def adjusted_run(ledger: Ledger) -> None:
    """Approve both runs."""
    adjusted_draft(ledger)
    confirmed(ledger, "payroll.close", a_click(inputs={"run": OCTOBER_RUN}))

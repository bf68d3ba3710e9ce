"""The plan lines of a run: what its pay plans depend on, read from the books (rule: pay-runs#pay-plans)."""

from collections.abc import Sequence
from typing import NamedTuple

from server.billing.clinics import Cadence, Setup
from server.billing.payroll.adjustments import Adjustment
from server.billing.payroll.pay_items import clinic_periods
from server.billing.payroll.pay_periods import period_of
from server.billing.payroll.pay_plans import PlannedPeriod, plans_of_run
from server.billing.payroll.pay_run import PayRun, Period
from server.billing.payroll.plan_lines import PlanBasis, PlanLine, digest_of_period
from server.billing.payroll.plan_work import (
    WorkRow,
    lines_adjusted,
    work_of_adjustments,
    work_of_lines,
    work_of_payments,
)
from server.billing.payroll.recorded_runs import RunHeader
from server.billing.payroll.typed_hours import NO_SHEET_OF_HOURS, SheetHours, hours_of_run
from server.errors import Finding
from server.ledger.clinic_books import ClinicBooks


class PlannedPay(NamedTuple):
    """The lines of typed hours and the plan lines of a run, findings about them, and what approved runs had in the pay periods that
    they are for.
    """

    lines: tuple[PlanLine, ...] = ()
    findings: tuple[Finding, ...] = ()
    based_on: tuple[PlanBasis, ...] = ()


def plans_on_record(
    books: ClinicBooks,
    setup: Setup,
    run: PayRun,
    adjustments: Sequence[Adjustment],
    sheet: SheetHours = NO_SHEET_OF_HOURS,
) -> PlannedPay:
    """Return the lines of typed hours and the plan lines of a run.

    The periods are those of the run and those of the visits that it adjusts or pays late.
    """
    records = books.plan_records
    hours = hours_of_run(setup, run.period, sheet, records.paid_in(run.period) if sheet.rows else ())
    if not records.has_ever_any() and not hours.lines:
        return PlannedPay(findings=hours.findings)
    by_run = setup.clinic.cadence is Cadence.CUSTOM
    closed = books.closed_runs()
    changed = _rows_of_run(books, run, adjustments, closed)

    def period_of_row(row: WorkRow) -> Period:
        return Period(*row.period_of) if by_run else period_of(setup.clinic, row.day)

    own = clinic_periods(setup.clinic, run.period)
    others = sorted({period_of_row(row) for row in changed} - {*own}, key=lambda one: (one.first, one.last))
    periods, based_on = [], []
    for period in (*others, *own):
        earlier = [one for one in closed if _touches(one.period, period, by_run=by_run)]
        first_made = min(earlier, key=lambda one: (one.closed_at, one.id)).made_at if earlier else None
        work, paid = records.work_in(period, by_run=by_run), records.paid_in(period)
        based_on.append(PlanBasis(period.first, period.last, by_run, digest_of_period(work, paid)))
        periods.append(
            PlannedPeriod(
                period,
                records.plans_at(first_made) if first_made else setup.pay_plans,
                setup.pay_plans,
                [*work, *(row for row in changed if period_of_row(row) == period)],
                paid,
                [line for line in hours.lines if period.first <= line.first <= period.last],
                is_own=period in own,
            )
        )
    plans = plans_of_run(setup, periods)
    findings = (Finding(what, run.log.sheet) for what in plans.findings)
    return PlannedPay((*hours.lines, *plans.lines), (*findings, *hours.findings), tuple(based_on))


def _rows_of_run(
    books: ClinicBooks, run: PayRun, adjustments: Sequence[Adjustment], closed: Sequence[RunHeader]
) -> list[WorkRow]:
    """Return what a run adds to the work of approved runs, and what its adjustments take off."""
    own = (run.period.first, run.period.last)
    days_of = {one.id: (one.period.first, one.period.last) for one in closed} | {run.id: own}
    return [
        *work_of_lines(run.every_line, own),
        *work_of_payments(run.payments.lines, run.period),
        *(row.less() for row in books.plan_records.work_of_lines(lines_adjusted(adjustments))),
        *work_of_adjustments(adjustments, days_of),
    ]


def _touches(one: Period, other: Period, *, by_run: bool) -> bool:
    return one == other if by_run else one.first <= other.last and other.first <= one.last

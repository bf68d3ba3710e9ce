"""The plan lines of a run: what its pay plans depend on, read from the books (rule: pay-runs#pay-plans)."""

from collections.abc import Sequence

from server.billing.clinics import Cadence, Setup
from server.billing.payroll.adjustments import Adjustment
from server.billing.payroll.pay_items import clinic_periods
from server.billing.payroll.pay_periods import period_of
from server.billing.payroll.pay_plans import PlannedPeriod, PlansOfRun, plans_of_run
from server.billing.payroll.pay_run import PayRun, Period
from server.billing.payroll.plan_lines import PlanBasis
from server.billing.payroll.plan_work import WorkRow, lines_adjusted, work_of_adjustments, work_of_lines
from server.billing.payroll.recorded_runs import RunHeader
from server.ledger.clinic_books import ClinicBooks


def plans_on_record(
    books: ClinicBooks, setup: Setup, run: PayRun, adjustments: Sequence[Adjustment]
) -> tuple[PlansOfRun, tuple[PlanBasis, ...]]:
    """Return the plan lines of a run, and what approved runs had in the pay periods that they are for.

    The periods are those of the run and those of the visits that it adjusts or pays late.
    """
    records = books.plan_records
    if not records.has_ever_any():
        return PlansOfRun(), ()
    by_run = setup.clinic.cadence is Cadence.CUSTOM
    closed = books.closed_runs()
    changed = _rows_of_run(books, run, adjustments, closed)

    def period_of_row(row: WorkRow) -> Period:
        return Period(*row.period_of) if by_run else period_of(setup.clinic, row.day)

    own = clinic_periods(setup.clinic, run.period)
    others = sorted({period_of_row(row) for row in changed} - {*own}, key=lambda one: (one.first, one.last))
    periods = []
    for period in (*others, *own):
        earlier = [one for one in closed if _touches(one.period, period, by_run=by_run)]
        first_made = min(earlier, key=lambda one: (one.closed_at, one.id)).made_at if earlier else None
        periods.append(
            PlannedPeriod(
                period,
                records.plans_at(first_made) if first_made else setup.pay_plans,
                setup.pay_plans,
                [
                    *records.work_in(period, by_run=by_run),
                    *(row for row in changed if period_of_row(row) == period),
                ],
                records.paid_in(period),
                is_own=period in own,
            )
        )
    based_on = [records.basis_of(one.period, by_run=by_run) for one in periods]
    return plans_of_run(setup, periods), tuple(based_on)


def _rows_of_run(
    books: ClinicBooks, run: PayRun, adjustments: Sequence[Adjustment], closed: Sequence[RunHeader]
) -> list[WorkRow]:
    """Return what a run adds to the work of approved runs, and what its adjustments take off."""
    days_of = {one.id: (one.period.first, one.period.last) for one in closed}
    return [
        *work_of_lines(run.every_line, (run.period.first, run.period.last)),
        *(row.less() for row in books.plan_records.work_of_lines(lines_adjusted(adjustments))),
        *work_of_adjustments(adjustments, days_of),
    ]


def _touches(one: Period, other: Period, *, by_run: bool) -> bool:
    return one == other if by_run else one.first <= other.last and other.first <= one.last

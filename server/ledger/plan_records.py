"""What the books of one clinic say about its pay plans, inside one reading or one transaction (rule: pay-runs#pay-plans)."""

from collections.abc import Iterable

from server.billing.clinics import PayPlan
from server.billing.payroll.pay_run import Period
from server.billing.payroll.plan_lines import PaidPlan, PlanLine
from server.billing.payroll.plan_work import WorkRow
from server.ledger.clinics import pay_plans
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.payroll import plan_lines, planned_work, run_actions


class PlanRecords:
    """The pay plans of a clinic, the plan lines of its runs, and the work that they count."""

    def __init__(self, session: DatabaseSession) -> None:
        self._session = session

    def has_ever_any(self) -> bool:
        """Return whether the setup has or had any pay plan."""
        return pay_plans.has_ever_any(self._session)

    def plans_at(self, at: str) -> tuple[PayPlan, ...]:
        """Return the pay plans of the setup as they were at an instant."""
        return pay_plans.pay_plans(self._session, at)

    def lines_of_run(self, run_id: str) -> list[PlanLine]:
        """Return the plan lines of a run in any state; refuses an unknown run."""
        return run_actions.plans_of_run(self._session, run_id)

    def paid_in(self, period: Period) -> list[PaidPlan]:
        """Return the plan lines of approved runs for days of a period, in the order in which the runs were approved."""
        return plan_lines.paid_plans(self._session, period)

    def work_in(self, period: Period, *, by_run: bool) -> list[WorkRow]:
        """Return what approved runs paid of a period, as it was adjusted since; ``by_run`` what runs of exactly these days paid."""
        return planned_work.work_in_period(self._session, period, by_run=by_run)

    def work_of_lines(self, lines: Iterable[tuple[str, int]]) -> list[WorkRow]:
        """Return what some lines of approved runs count, as they were adjusted since."""
        return planned_work.work_of_lines_now(self._session, lines)

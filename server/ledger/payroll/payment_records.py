"""The payments of a clinic's books, and the visits that they may be for."""

from collections.abc import Collection, Sequence

from server.billing.payroll.paid_payments import PaidPayment
from server.billing.payroll.paid_visits import PaidVisit
from server.billing.payroll.pay_run import Period
from server.billing.payroll.payment_lines import PaymentLine
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.payroll import paid_visits, payments, run_actions
from server.ledger.payroll.payments import WaitingPayment


class PaymentRecords:
    """The payment lines of runs, and the payments that no run could attribute."""

    def __init__(self, session: DatabaseSession) -> None:
        self._session = session

    def of_run(self, run_id: str) -> list[PaymentLine]:
        """Return the payment lines of a run in any state; refuses an unknown run."""
        return run_actions.payments_of_run(self._session, run_id)

    def paid_payments(self) -> list[PaidPayment]:
        """Return the payment lines of approved runs, in the order in which the runs were approved."""
        return payments.paid_payments(self._session)

    def waiting_payments(self) -> list[WaitingPayment]:
        """Return the payments that approved runs could not attribute to a visit and that no approved run has paid since."""
        return payments.waiting_payments(self._session)

    def visits_of_identities(self, identities: Collection[str]) -> list[PaidVisit]:
        """Return what approved runs paid under some identities, as it was adjusted since."""
        return paid_visits.by_identity(self._session, identities)

    def visits_of_lines(self, lines: Collection[tuple[str, int]]) -> list[PaidVisit]:
        """Return what some lines of approved runs paid, as it was adjusted since."""
        return paid_visits.of_lines(self._session, lines)

    def visits_on_days(self, periods: Sequence[Period]) -> list[PaidVisit]:
        """Return what approved runs paid in some periods, which do not overlap, as it was adjusted since."""
        return paid_visits.on_days(self._session, periods)

"""What waits for somebody besides reminders, from the books (rule: receivables#worklist)."""

from collections.abc import Iterator
from datetime import date, timedelta

from server.billing.days import us
from server.billing.receivables.worklist import CREDIT_WAITS, WorkItem, WorkKind
from server.ledger.clock import civil_day
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.statement_texts import fill_in
from server.ledger.payroll import runs
from server.ledger.payroll.held_visits import HeldVisits
from server.ledger.receivables.suggestions import SETTLED_STATES

_DENIED = fill_in(
    """
SELECT invoice.number, patient.name, invoice.balance_cents, step.day, step.note
FROM step JOIN invoice ON invoice.id = step.invoice AND invoice.version = step.place
JOIN patient_case ON patient_case.id = invoice.patient_case JOIN patient ON patient.id = patient_case.patient
WHERE step.action = 'deny' AND invoice.state NOT IN ({settled})
""",
    settled=SETTLED_STATES,
)
_CREDITS = """
SELECT holder.number, holder.name, holder.unapplied_cents, holder.since
FROM (
    SELECT invoice.number, COALESCE(payer.name, '') AS name, invoice.unapplied_cents, (
        SELECT MAX(step.day) FROM step JOIN transfer ON transfer.step = step.id
        WHERE step.invoice = invoice.id AND transfer.credit = 'unapplied credit'
    ) AS since
    FROM invoice LEFT JOIN payer ON payer.id = invoice.payer WHERE invoice.unapplied_cents > 0
) AS holder
WHERE holder.since <= ?
"""


class Worklist:
    """What waits in a clinic's books."""

    def __init__(self, session: DatabaseSession) -> None:
        self._session = session

    def work_items(self, today: date) -> Iterator[WorkItem]:
        """Yield what waits besides reminders: denials, drafts, blocked rows, held visits and old credit."""
        yield from self._denials(today)
        yield from self._drafts(today)
        yield from self._held_visits(today)
        yield from self._credits(today)

    def _denials(self, today: date) -> Iterator[WorkItem]:
        kind = WorkKind.DENIAL
        for number, patient, cents, day, note in self._session.each(_DENIED):
            denied_on = date.fromisoformat(day)
            what = f"{patient}: denied on {us(denied_on)}" + (f", {note}" if note else "")
            yield _item(kind, what, cents, _days(denied_on, today), number)

    def _drafts(self, today: date) -> Iterator[WorkItem]:
        for run in runs.headers(self._session):
            if run.state.value != "draft":
                continue
            days = _days(civil_day(run.made_at) or today, today)
            period = f"{us(run.period.first)} to {us(run.period.last)}"
            yield _item(WorkKind.DRAFT_PAYROLL, f"Payroll {period}", run.total_cents, days, run.id)
            if run.blocked:
                rows = f"{run.blocked:,} blocked {'row' if run.blocked == 1 else 'rows'} of {period}"
                yield _item(WorkKind.BLOCKED_ROWS, rows, None, days, run.id)

    def _held_visits(self, today: date) -> Iterator[WorkItem]:
        held = HeldVisits(self._session).waiting_by_run()
        for run_id, count, held_at in held:
            what = f"{count:,} held {'visit' if count == 1 else 'visits'}"
            yield _item(WorkKind.HELD_VISITS, what, None, _days(civil_day(held_at) or today, today), run_id)

    def _credits(self, today: date) -> Iterator[WorkItem]:
        before = (today - timedelta(days=CREDIT_WAITS + 1)).isoformat()
        for number, payer, cents, since in self._session.each(_CREDITS, [before]):
            what = f"Credit of {payer or 'a payer'} since {us(date.fromisoformat(since))}"
            yield _item(
                WorkKind.UNAPPLIED_CREDIT, what, cents, _days(date.fromisoformat(since), today), number
            )


def _item(kind: WorkKind, what: str, cents: int | None, days: int, about: str) -> WorkItem:
    return WorkItem(kind, what, kind.what_to_do, cents, days, "", about)


def _days(since: date, today: date) -> int:
    return max((today - since).days, 0)

"""What closed runs paid of a pay period, added up as pay plans count it, and a digest of it (rule: pay-runs#pay-plans)."""

from collections.abc import Iterable, Mapping
from datetime import date

from server.billing.clinics import CountsAs
from server.billing.payroll.adjustments import PaidBy
from server.billing.payroll.pay_run import Period
from server.billing.payroll.plan_lines import PlanBasis, digest_of_period
from server.billing.payroll.plan_work import Work, WorkRow, pay_without_visit, work_of_visit
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.statement_texts import fill_in
from server.ledger.payroll.adjustments import AdjustedVisit, adjusted_visits
from server.ledger.payroll.plan_lines import PAYMENT_DAY, paid_plans

_SUMS = """
SELECT line.provider_key, line.provider, line.service, line.day, line.counts_as, pay_run.first_day, pay_run.last_day,
    COUNT(*), COALESCE(SUM(line.units), 0), COALESCE(SUM(line.minutes), 0), COALESCE(SUM(line.charge_cents), 0),
    COALESCE(SUM(line.collected_cents), 0), SUM(line.amount_cents), COUNT(line.units), COUNT(line.minutes),
    COUNT(line.charge_cents), COUNT(line.collected_cents)
FROM pay_line AS line
JOIN pay_run ON pay_run.id = line.run AND pay_run.state = 'closed'
WHERE {days} AND NOT EXISTS (
    SELECT 1 FROM pay_adjustment AS adjusted
    JOIN pay_run AS by ON by.id = adjusted.run AND by.state = 'closed'
    WHERE adjusted.of_run = line.run AND adjusted.of_place = line.place AND adjusted.kind NOT IN ('share', 'supervision')
)
GROUP BY line.provider_key, line.provider, line.service, line.day, line.counts_as, pay_run.first_day, pay_run.last_day
ORDER BY line.provider_key, line.provider, line.service, line.day, line.counts_as, pay_run.first_day, pay_run.last_day
"""
_FURTHER = """
SELECT one.provider_key, one.provider, one.service, one.day, one.now_cents - one.was_cents, cited.first_day, cited.last_day
FROM pay_adjustment AS one
JOIN pay_run AS by ON by.id = one.run AND by.state = 'closed'
JOIN pay_run AS cited ON cited.id = one.of_run AND cited.state = 'closed'
WHERE one.kind IN ('share', 'supervision') AND {days}
ORDER BY one.run, one.place
"""
_PAYMENTS = """
SELECT one.provider_key, one.provider, one.service, {day}, one.now_cents - one.was_cents,
    pay_run.first_day, pay_run.last_day
FROM payment_line AS one JOIN pay_run ON pay_run.id = one.run AND pay_run.state = 'closed'
WHERE {days}
ORDER BY one.run, one.place
"""
_PAYMENTS_OF_DAYS = fill_in(_PAYMENTS, day=PAYMENT_DAY, days=f"{PAYMENT_DAY} BETWEEN ? AND ?")
_PAYMENTS_OF_RUNS = fill_in(_PAYMENTS, day=PAYMENT_DAY, days="pay_run.first_day = ? AND pay_run.last_day = ?")
_FURTHER_OF_DAYS = fill_in(_FURTHER, days="one.day BETWEEN ? AND ?")
_FURTHER_OF_RUNS = fill_in(_FURTHER, days="cited.first_day = ? AND cited.last_day = ?")
_OF_DAYS = fill_in(_SUMS, days="line.day BETWEEN ? AND ?")
_OF_RUNS = fill_in(_SUMS, days="pay_run.first_day = ? AND pay_run.last_day = ?")
_LINE = """
SELECT line.day, line.provider, line.provider_key, line.service, line.counts_as, line.amount_cents, line.units, line.minutes,
    line.charge_cents, line.collected_cents, pay_run.first_day, pay_run.last_day
FROM pay_line AS line JOIN pay_run ON pay_run.id = line.run
WHERE line.run = ? AND line.place = ?
"""


def work_in_period(session: DatabaseSession, period: Period, *, by_run: bool) -> list[WorkRow]:
    """Return what closed runs paid of a period, as it was adjusted since: of visits of its days, or ``by_run`` what the runs of
    exactly these days paid.
    """
    span = (period.first.isoformat(), period.last.isoformat())
    found = [_row(*row) for row in session.each(_OF_RUNS if by_run else _OF_DAYS, span)]
    beside = (_FURTHER_OF_RUNS, _PAYMENTS_OF_RUNS) if by_run else (_FURTHER_OF_DAYS, _PAYMENTS_OF_DAYS)
    for query in beside:
        for key, provider, service, day, cents, first, last in session.each(query, span):
            days = date.fromisoformat(first), date.fromisoformat(last)
            found.append(pay_without_visit(key, provider, service, date.fromisoformat(day), cents, days))
    days_of = _days_of_closed_runs(session)
    for line, facts in sorted(adjusted_visits(session).items()):
        row = _adjusted_row(days_of, line, facts)
        in_period = (row.period_of if by_run else (row.day, row.day)) if row else None
        if row and in_period and _is_in(in_period, period, by_run=by_run):
            found.append(row)
    return found


def work_of_lines_now(session: DatabaseSession, lines: Iterable[tuple[str, int]]) -> list[WorkRow]:
    """Return what some lines of closed runs count, as they were adjusted since."""
    adjusted, days_of = adjusted_visits(session), _days_of_closed_runs(session)
    found = []
    for line in lines:
        facts = adjusted.get(line)
        row = _adjusted_row(days_of, line, facts) if facts else _unadjusted_row(session, line)
        if row:
            found.append(row)
    return found


def basis_of_period(session: DatabaseSession, period: Period, *, by_run: bool) -> PlanBasis:
    """Return what closed runs have in a period, with a digest of everything that decides its plan lines."""
    rows = work_in_period(session, period, by_run=by_run)
    return PlanBasis(period.first, period.last, by_run, digest_of_period(rows, paid_plans(session, period)))


def _is_in(days: tuple[date, date], period: Period, *, by_run: bool) -> bool:
    if by_run:
        return days == (period.first, period.last)
    return period.first <= days[0] <= period.last


def _row(  # noqa: PLR0913, PLR0917 - the columns of the query
    key: str, provider: str, service: str, day: str, counts_as: str, first: str, last: str, *sums: int
) -> WorkRow:
    is_attended = counts_as == CountsAs.ATTENDED
    days = date.fromisoformat(first), date.fromisoformat(last)
    return WorkRow(key, provider, service, date.fromisoformat(day), is_attended, Work(*sums), days)


def _unadjusted_row(session: DatabaseSession, line: tuple[str, int]) -> WorkRow | None:
    row = session.one(_LINE, line)
    if row is None:
        return None
    day, provider, key, service, counts_as, cents, *quantities = row
    paid_by = PaidBy("", 0, *quantities[:4])
    is_attended, work = work_of_visit(
        paid_by, cents, is_attended=counts_as == CountsAs.ATTENDED, is_taken_back=False
    )
    days = date.fromisoformat(quantities[4]), date.fromisoformat(quantities[5])
    return WorkRow(key, provider, service, date.fromisoformat(day), is_attended, work, days)


def _days_of_closed_runs(session: DatabaseSession) -> dict[str, tuple[date, date]]:
    """Return the first and the last day of each closed run."""
    rows = session.each("SELECT id, first_day, last_day FROM pay_run WHERE state = 'closed'")
    return {run: (date.fromisoformat(first), date.fromisoformat(last)) for run, first, last in rows}


def _adjusted_row(
    days_of: Mapping[str, tuple[date, date]], line: tuple[str, int], facts: AdjustedVisit
) -> WorkRow | None:
    """Return what a line counts after its latest adjustment; ``None`` if its own run is not closed any more."""
    if line[0] not in days_of:
        return None
    is_attended, work = work_of_visit(
        facts.paid_by,
        facts.amount_cents,
        is_attended=facts.counts_as == CountsAs.ATTENDED,
        is_taken_back=facts.is_taken_back,
    )
    return WorkRow(
        facts.provider_key, facts.provider, facts.service, date.fromisoformat(facts.day), is_attended, work, days_of[line[0]],
    )  # fmt: skip

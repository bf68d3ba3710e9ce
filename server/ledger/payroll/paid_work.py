"""What runs paid, added up by provider, service and rate, and what they paid each provider altogether."""

from collections.abc import Collection, Iterator

from server.billing.payroll.pay_history import WorkRow
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.statement_texts import fill_in
from server.ledger.engine.value_table import ValueTable

_WANTED = ValueTable("wanted", "run")

_WORK = fill_in(
    """
SELECT work.run, provider_key, work.provider, work.service, counts_as, basis, amount,
    visits, units, minutes, charge_cents, collected_cents, work.paid_cents
FROM (
    SELECT line.run, provider_key, provider, service, counts_as, rate, COUNT(*) AS visits, SUM(units) AS units,
        SUM(minutes) AS minutes, SUM(charge_cents) AS charge_cents, SUM(collected_cents) AS collected_cents,
        SUM(amount_cents) AS paid_cents
    FROM {wanted} CROSS JOIN pay_line AS line ON line.run = wanted.run
        AND line.place < (
            SELECT COALESCE(MIN(own_line), 9223372036854775807) FROM pay_adjustment WHERE run = wanted.run
        )
    GROUP BY line.run, rate, provider_key, provider, service, counts_as
) AS work
JOIN rate_used ON rate_used.run = work.run AND rate_used.place = work.rate
""",
    wanted=_WANTED.sql,
)
_PAY = """
SELECT provider_key, provider, amount_cents FROM pay_line_total WHERE run = ?
UNION ALL
SELECT provider_key, provider, now_cents - was_cents FROM pay_adjustment WHERE run = ? AND own_line IS NULL
UNION ALL
SELECT provider_key, provider, in_cents - out_cents FROM carried_forward WHERE run = ?
UNION ALL
SELECT provider_key, provider, amount_cents FROM pay_item_line WHERE run = ?
UNION ALL
SELECT provider_key, provider, now_cents - was_cents FROM plan_line WHERE run = ?
UNION ALL
SELECT provider_key, provider, now_cents - was_cents FROM payment_line WHERE run = ?
UNION ALL
SELECT provider_key, provider, now_cents - was_cents FROM hours_line WHERE run = ?
"""


def work_of_runs(session: DatabaseSession, runs: Collection[str]) -> dict[str, list[WorkRow]]:
    """Return what each of these runs paid for the visits of its period, by run, without late visits, whose lines are the last.

    Their lines must be rows, as those of closed runs are.
    """
    found: dict[str, list[WorkRow]] = {run: [] for run in runs}
    for run, *row in session.each(_WORK, [_WANTED.values(runs)]):
        found[run].append(WorkRow(*row))
    return found


def pay_by_provider(session: DatabaseSession, runs: Collection[str]) -> Iterator[tuple[str, str, int]]:
    """Yield the key and the name of a provider and what these runs handed over, in cents, run by run.

    A provider has an entry for the lines of a run, and one for each adjustment, carried-forward total, pay item, plan line and payment. Only the sum of all
    of them is what was handed over.
    """
    for run in runs:
        yield from session.all(_PAY, [run] * _PAY.count("?"))

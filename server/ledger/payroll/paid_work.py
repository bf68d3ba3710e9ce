"""What runs paid, added up by provider, service and rate, and what they paid each provider altogether."""

from collections.abc import Collection

from server.billing.payroll.pay_history import WorkRow
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.statement_texts import fill_in
from server.ledger.engine.value_table import ValueTable

_WANTED = ValueTable("wanted", "run")

_WORK = fill_in(
    """
SELECT line.run, line.provider_key, line.provider, line.service, line.counts_as, rate_used.basis, rate_used.amount,
    COUNT(*), SUM(line.units), SUM(line.minutes), SUM(line.charge_cents), SUM(line.collected_cents),
    SUM(line.amount_cents)
FROM {wanted}
CROSS JOIN pay_line AS line ON line.run = wanted.run
CROSS JOIN rate_used ON rate_used.run = line.run AND rate_used.place = line.rate
GROUP BY line.run, line.provider_key, line.provider, line.service, line.counts_as, rate_used.basis, rate_used.amount
ORDER BY line.run, line.provider_key, line.provider, line.service, line.counts_as, rate_used.basis, rate_used.amount
""",
    wanted=_WANTED.sql,
)
_PAY = fill_in(
    """
SELECT line.provider_key, line.provider, SUM(line.amount_cents) FROM {wanted}
CROSS JOIN pay_line AS line ON line.run = wanted.run
GROUP BY line.provider_key, line.provider
""",
    wanted=_WANTED.sql,
)


def work_of_runs(session: DatabaseSession, runs: Collection[str]) -> dict[str, list[WorkRow]]:
    """Return what each of these runs paid, by run. Their lines must be rows, as those of closed runs are."""
    found: dict[str, list[WorkRow]] = {run: [] for run in runs}
    for run, *row in session.each(_WORK, [_WANTED.values(runs)]):
        found[run].append(WorkRow(*row))
    return found


def pay_by_provider(session: DatabaseSession, runs: Collection[str]) -> list[tuple[str, str, int]]:
    """Return the key and the name of each provider whom these runs paid, and the sum in cents."""
    return session.all(_PAY, [_WANTED.values(runs)]) if runs else []

"""The lines of closed runs: what was paid, for ever."""

from collections.abc import Collection

import orjson
from sqlite_utils import Database

from server.billing.payroll import PaidBefore
from server.ledger import statements
from server.ledger.payroll.drafts import LINE, Draft

_RATE_USED = (
    "provider",
    "service",
    "basis",
    "amount",
    "is_share",
    "effective_from",
    "note",
    "lines",
    "paid_cents",
)


def write(db: Database, run_id: str, draft: Draft) -> None:
    """Turn a draft into rows: the rates it used, then its lines."""
    db.conn.executemany(
        statements.insert("rate_used", ("run", "place", *_RATE_USED)),
        (
            (run_id, place, *(rate[column] for column in _RATE_USED))
            for place, rate in enumerate(draft.rates_used())
        ),
    )
    db.conn.executemany(
        statements.insert("pay_line", ("run", "place", "identity", *LINE)),
        (
            (run_id, place, identity, *line)
            for place, (identity, line) in enumerate(zip(draft.identities(), draft.lines(), strict=True))
        ),
    )


def already_paid(db: Database, identities: Collection[str]) -> dict[str, PaidBefore]:
    """Return which of these appointments a closed run paid.

    Sorted, so that the index is walked from end to end instead of jumped about in: twice as fast
    at a hundred thousand.
    """
    if not db.execute("SELECT 1 FROM pay_run WHERE state = 'closed' LIMIT 1").fetchone():
        return {}
    found = db.execute(
        "SELECT line.identity, line.run, line.amount_cents FROM json_each(?) AS wanted"
        " CROSS JOIN pay_line AS line ON line.identity = wanted.value"
        " CROSS JOIN pay_run ON pay_run.id = line.run WHERE pay_run.state = 'closed'",
        [orjson.dumps(sorted(identities)).decode()],
    )
    return {identity: PaidBefore(run_id, cents) for identity, run_id, cents in found}

"""The lines of closed runs: what was paid, for ever."""

from sqlite_utils import Database

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

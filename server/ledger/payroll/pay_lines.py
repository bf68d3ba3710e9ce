"""The lines of closed runs: what was paid, for ever."""

from server.ledger.engine.database_session import DatabaseSession
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


def write(session: DatabaseSession, run_id: str, draft: Draft) -> None:
    """Turn a draft into rows: the rates it used, then its lines."""
    session.insert_many(
        "rate_used",
        ("run", "place", *_RATE_USED),
        (
            (run_id, place, *(rate[column] for column in _RATE_USED))
            for place, rate in enumerate(draft.rates_used())
        ),
    )
    session.insert_many(
        "pay_line",
        ("run", "place", "identity", *LINE),
        (
            (run_id, place, identity, *line)
            for place, (identity, line) in enumerate(zip(draft.identities(), draft.lines(), strict=True))
        ),
    )

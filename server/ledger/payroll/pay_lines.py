"""The lines of closed runs: the permanent record of what was paid."""

from collections.abc import Mapping, Sequence

from server.billing.payroll.pay_lines import COLUMNS, PayLines
from server.ledger.engine.database_session import DatabaseSession

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


def write(
    session: DatabaseSession,
    run_id: str,
    rates_used: Sequence[Mapping[str, object]],
    lines: PayLines,
) -> None:
    """Write a draft as rows: the rates it used, with the fields of ``RateUsed``, then its lines."""
    session.insert_many(
        "rate_used",
        ("run", "place", *_RATE_USED),
        ((run_id, place, *(rate[column] for column in _RATE_USED)) for place, rate in enumerate(rates_used)),
    )
    session.insert_many(
        "pay_line",
        ("run", "place", *COLUMNS),
        ((run_id, place, *line) for place, line in enumerate(lines.rows())),
    )

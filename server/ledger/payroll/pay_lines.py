"""The lines of closed runs: the permanent record of what was paid."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from server.billing.payroll.pay_lines import COLUMNS, PayLines
from server.billing.payroll.pay_run import RateUsed
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.statement_texts import fill_in

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


_ADD_UP = """
INSERT INTO pay_line_total (run, place, provider_key, provider, amount_cents)
SELECT run, ROW_NUMBER() OVER (ORDER BY provider_key, provider) - 1, provider_key, provider, SUM(amount_cents)
FROM pay_line WHERE run = ? GROUP BY run, provider_key, provider
"""
_LINES = fill_in("SELECT {columns} FROM pay_line WHERE run = ? ORDER BY place", columns=", ".join(COLUMNS))


def write(
    session: DatabaseSession,
    run_id: str,
    rates_used: Sequence[Mapping[str, object]],
    lines: PayLines,
) -> None:
    """Write a draft as rows: the rates it used, with the fields of ``RateUsed``, its lines, and their sums by provider."""
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
    session.execute(_ADD_UP, [run_id])


def read(session: DatabaseSession, run_id: str) -> tuple[PayLines, list[RateUsed]]:
    """Return the lines of a run that was closed, and the rates they used; none if it never was."""
    rates = [
        rate_of_fields(row)
        for row in session.records("SELECT * FROM rate_used WHERE run = ? ORDER BY place", [run_id])
    ]
    rows = session.all(_LINES, [run_id])
    columns = list(map(list, zip(*rows, strict=True))) if rows else [[] for _ in COLUMNS]
    return PayLines(*columns), rates


def rate_of_fields(fields: Mapping[str, Any]) -> RateUsed:
    """Return a rate from its fields; its day is ISO text."""
    values = {name: fields[name] for name in _RATE_USED}
    day = date.fromisoformat(values["effective_from"])
    return RateUsed(**values | {"effective_from": day, "is_share": bool(values["is_share"])})

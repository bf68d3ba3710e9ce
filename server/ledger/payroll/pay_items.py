"""Pay item lines of runs: the permanent record, and which of them closed runs have paid."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from server.billing.payroll.pay_item_lines import PayItemLine
from server.billing.payroll.pay_items import PaidItem
from server.billing.setup_pay_items import PayItemKind
from server.ledger.engine.database_session import DatabaseSession

_COLUMNS = (
    "provider",
    "provider_key",
    "kind",
    "item_first_day",
    "note",
    "first_day",
    "last_day",
    "amount_cents",
)

_PAID = """
SELECT line.* FROM pay_item_line AS line
JOIN pay_run ON pay_run.id = line.run AND pay_run.state = 'closed'
ORDER BY pay_run.closed_at, line.run, line.place
"""

_REPAID_BY = """
SELECT DISTINCT later.run FROM pay_item_line AS mine
JOIN pay_item_line AS later ON later.provider_key = mine.provider_key AND later.kind = 'repayment' AND later.run <> mine.run
JOIN pay_run AS run ON run.id = later.run AND run.state = 'closed'
JOIN pay_run AS own ON own.id = mine.run AND run.closed_at >= own.closed_at
WHERE mine.run = ? AND mine.kind = 'advance' ORDER BY later.run
"""


def write(session: DatabaseSession, run_id: str, lines: Sequence[PayItemLine]) -> None:
    """Write the pay item lines of a draft as rows."""
    session.insert_many(
        "pay_item_line",
        ("run", "place", *_COLUMNS),
        ((run_id, place, *fields_of_item(line).values()) for place, line in enumerate(lines)),
    )


def read(session: DatabaseSession, run_id: str) -> list[PayItemLine]:
    """Return the pay item lines of a run that was closed; none if it never was."""
    rows = session.records("SELECT * FROM pay_item_line WHERE run = ? ORDER BY place", [run_id])
    return [item_of_fields(row) for row in rows]


def paid_items(session: DatabaseSession) -> list[PaidItem]:
    """Return the pay item lines of all closed runs, in the order in which the runs were closed."""
    return [PaidItem(row["run"], item_of_fields(row)) for row in session.records(_PAID)]


def runs_repaying(session: DatabaseSession, run_id: str) -> list[str]:
    """Return the closed runs that take repayments of advances that a run paid out."""
    return [later for (later,) in session.all(_REPAID_BY, [run_id])]


def item_of_fields(fields: Mapping[str, Any]) -> PayItemLine:
    """Return a pay item line from its columns; days are ISO text."""
    return PayItemLine(
        provider=fields["provider"],
        provider_key=fields["provider_key"],
        kind=PayItemKind(fields["kind"]),
        item_first=date.fromisoformat(fields["item_first_day"]),
        note=fields["note"],
        first=date.fromisoformat(fields["first_day"]),
        last=date.fromisoformat(fields["last_day"]),
        amount_cents=fields["amount_cents"],
    )


def fields_of_item(line: PayItemLine) -> dict[str, Any]:
    """Return the columns of a pay item line; days are ISO text."""
    return {
        "provider": line.provider,
        "provider_key": line.provider_key,
        "kind": line.kind.value,
        "item_first_day": line.item_first.isoformat(),
        "note": line.note,
        "first_day": line.first.isoformat(),
        "last_day": line.last.isoformat(),
        "amount_cents": line.amount_cents,
    }

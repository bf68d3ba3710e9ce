"""Payment lines of runs: the permanent record, what closed runs have paid, and the payments that pay nobody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from server.billing.payroll.paid_payments import PaidPayment
from server.billing.payroll.payment_lines import PaymentKind, PaymentLine, RunPayments
from server.ledger.engine.database_session import DatabaseSession

_TEXTS = ("provider", "provider_key", "payment", "reference", "likeness", "visit", "appointment", "service")
_COLUMNS = (
    *_TEXTS,
    "payment_day",
    "kind",
    "received_cents",
    "of_run",
    "of_place",
    "day",
    "share",
    "was_cents",
    "now_cents",
    "reason",
    "replaces",
    "is_taken_back",
    "source_row",
)
_UNALLOCATED = (
    "reference",
    "payment_day",
    "received_cents",
    "appointment",
    "reason",
    "source_row",
)

_PAID = """
SELECT line.* FROM payment_line AS line
JOIN pay_run ON pay_run.id = line.run AND pay_run.state = 'closed'
ORDER BY pay_run.closed_at, line.run, line.place
"""

_WAITING = """
SELECT waiting.run, waiting.reference, waiting.received_cents FROM unallocated_payment AS waiting
JOIN pay_run ON pay_run.id = waiting.run AND pay_run.state = 'closed'
WHERE NOT EXISTS (
    SELECT 1 FROM payment_line AS line JOIN pay_run AS later ON later.id = line.run AND later.state = 'closed'
    WHERE line.reference = waiting.reference
)
ORDER BY pay_run.closed_at, waiting.run, waiting.place
"""

_BUILT_ON = """
SELECT DISTINCT later.run FROM payment_line AS later
JOIN pay_run AS run ON run.id = later.run AND run.state = 'closed'
WHERE later.of_run = ? AND later.run <> ?
UNION
SELECT DISTINCT later.run FROM payment_line AS mine
JOIN payment_line AS later ON later.visit = mine.visit AND later.run <> mine.run
    AND (later.received_cents < 0 OR later.payment = mine.payment OR later.replaces = mine.payment)
JOIN pay_run AS run ON run.id = later.run AND run.state = 'closed'
JOIN pay_run AS own ON own.id = mine.run AND run.closed_at >= own.closed_at
WHERE mine.run = ?
"""


class WaitingPayment(NamedTuple):
    """A payment that a closed run could not attribute, and that no closed run has paid since."""

    run_id: str
    reference: str
    received_cents: int


@dataclass(frozen=True, slots=True)
class DraftPayments:
    """The payments of a draft: its lines, what decided them, and those that pay nobody, as columns."""

    lines: Sequence[PaymentLine] = ()
    based_on: Sequence[tuple[str, str, str, int]] = ()
    unallocated: Sequence[Mapping[str, Any]] = ()


def block_of(payments: RunPayments) -> dict[str, Any]:
    """Return the payments of a run for the block of a draft."""
    return {
        "lines": [fields_of_payment(one) for one in payments.lines],
        "based_on": payments.based_on,
        "unallocated": [
            {
                "reference": row.reference,
                "payment_day": row.day.isoformat(),
                "received_cents": row.cents,
                "appointment": row.appointment,
                "reason": row.reason,
                "source_row": row.row,
            }
            for row in payments.unallocated_rows
            if row.day and row.cents is not None
        ],
    }


def draft_of_block(block: Mapping[str, Any]) -> DraftPayments:
    """Return the payments of a draft from its block; none of a draft of an earlier version."""
    kept = block.get("payments")
    if not kept:
        return DraftPayments()
    return DraftPayments(
        [payment_of_fields(fields) for fields in kept["lines"]],
        [(run, payment, key, cents) for run, payment, key, cents in kept["based_on"]],
        kept["unallocated"],
    )


def write(session: DatabaseSession, run_id: str, draft: DraftPayments) -> None:
    """Write the payments of a draft as rows."""
    session.insert_many(
        "payment_line",
        ("run", "place", *_COLUMNS),
        (
            (run_id, place, *(fields[name] for name in _COLUMNS))
            for place, fields in enumerate(map(fields_of_payment, draft.lines))
        ),
    )
    session.insert_many(
        "unallocated_payment",
        ("run", "place", *_UNALLOCATED),
        (
            (run_id, place, *(fields[name] for name in _UNALLOCATED))
            for place, fields in enumerate(draft.unallocated)
        ),
    )


def read(session: DatabaseSession, run_id: str) -> list[PaymentLine]:
    """Return the payment lines of a run that was closed; none if it never was."""
    rows = session.records("SELECT * FROM payment_line WHERE run = ? ORDER BY place", [run_id])
    return [payment_of_fields(row) for row in rows]


def paid_payments(session: DatabaseSession) -> list[PaidPayment]:
    """Return the payment lines of all closed runs, in the order in which the runs were closed."""
    return [PaidPayment(row["run"], payment_of_fields(row)) for row in session.records(_PAID)]


def waiting_payments(session: DatabaseSession) -> list[WaitingPayment]:
    """Return the payments that closed runs could not attribute and that no closed run has paid since."""
    return [WaitingPayment(*row) for row in session.all(_WAITING)]


def runs_built_on(session: DatabaseSession, run_id: str) -> list[str]:
    """Return the closed runs that pay payments of the visits of a run, or take back or change what it paid for payments."""
    return [later for (later,) in session.all(_BUILT_ON, [run_id, run_id, run_id])]


def payment_of_fields(fields: Mapping[str, Any]) -> PaymentLine:
    """Return a payment line from its columns; days are ISO text."""
    values = {name: fields[name] for name in _COLUMNS}
    return PaymentLine(
        **values
        | {
            "payment_day": date.fromisoformat(fields["payment_day"]),
            "day": date.fromisoformat(fields["day"]),
            "kind": PaymentKind(fields["kind"]),
            "of_run": fields["of_run"] or "",
            "is_taken_back": bool(fields["is_taken_back"]),
        }
    )


def fields_of_payment(line: PaymentLine) -> dict[str, Any]:
    """Return the columns of a payment line; days are ISO text."""
    return {name: getattr(line, name) for name in _COLUMNS} | {
        "payment_day": line.payment_day.isoformat(),
        "day": line.day.isoformat(),
        "kind": line.kind.value,
        "of_run": line.of_run or None,
        "is_taken_back": int(line.is_taken_back),
    }

"""The unapplied credits of a clinic, counted and added up without reading every invoice that holds one."""

from server.ledger.engine import json_columns
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.statement_texts import fill_in

_HOLDERS = "SELECT COUNT(*), COALESCE(SUM(unapplied_cents), 0) FROM invoice WHERE unapplied_cents > 0"
_WITH_SEVERAL = fill_in(
    """
SELECT invoice.number FROM invoice
JOIN step ON step.invoice = invoice.id
JOIN allocation ON allocation.step = step.id
WHERE invoice.unapplied_cents > 0 AND {stands}
GROUP BY invoice.id, invoice.number HAVING COUNT(*) > 1 ORDER BY invoice.id
""",
    stands=json_columns.list_contains("invoice.standing", "step.place"),
)


def holder_totals(session: DatabaseSession) -> tuple[int, int]:
    """Return how many invoices hold unapplied credit, and how much in all, in cents."""
    ((holders, cents),) = session.all(_HOLDERS)
    return holders, cents


def holders_of_several(session: DatabaseSession) -> list[str]:
    """Return the numbers of the invoices that hold credit and were paid by several cheques: each may have left some.

    An invoice that is not among them and holds credit holds exactly one.
    """
    return [number for (number,) in session.all(_WITH_SEVERAL)]

"""The transfers of steps by posting day, for the journal of accounting programs. No patient is read (rule: receivables#journal)."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby

from server.billing.invoices.invoice import Account
from server.billing.receivables.accounting_journal import (
    JournalTransaction,
    journal_lines,
    opening_transaction,
)
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.statement_texts import fill_in

SELF_PAY = "Self-pay"
"""The name of a payer who is a patient of the clinic: a journal names no patient."""

NO_PAYER = "No payer yet"

_POSTED = """
WITH posted AS (
    SELECT step.id, step.invoice, step.action,
        MAX(step.day) OVER (PARTITION BY step.invoice ORDER BY step.place) AS day
    FROM step
), named AS (
    SELECT invoice.id, invoice.number,
        CASE WHEN patient.id IS NULL THEN COALESCE(payer.name, ?) ELSE ? END AS name
    FROM invoice
    LEFT JOIN payer ON payer.id = invoice.payer
    LEFT JOIN patient ON patient.folded = payer.folded
)
"""
_TRANSFERS = fill_in(
    """
{posted}
SELECT posted.id, posted.day, posted.action, named.number, named.name, transfer.debit, transfer.credit, transfer.amount_cents
FROM posted JOIN transfer ON transfer.step = posted.id JOIN named ON named.id = posted.invoice
WHERE posted.day BETWEEN ? AND ? ORDER BY posted.day, posted.id, transfer.place
""",
    posted=_POSTED,
)
_CARRIED = fill_in(
    """
{posted}
SELECT moved.account, named.name, SUM(moved.cents) FROM (
    SELECT step, debit AS account, amount_cents AS cents FROM transfer
    UNION ALL SELECT step, credit AS account, -amount_cents AS cents FROM transfer
) AS moved
JOIN posted ON posted.id = moved.step JOIN named ON named.id = posted.invoice
WHERE posted.day < ? GROUP BY moved.account, named.name ORDER BY moved.account, named.name
""",
    posted=_POSTED,
)
_COUNT = fill_in(
    """
{posted}
SELECT COUNT(*) FROM posted JOIN named ON named.id = posted.invoice
WHERE posted.day BETWEEN ? AND ? AND EXISTS (SELECT 1 FROM transfer WHERE transfer.step = posted.id)
""",
    posted=_POSTED,
)


class AccountingJournal:
    """The transactions of one reading."""

    def __init__(self, session: DatabaseSession) -> None:
        self._session = session

    def count(self, first: date | None, last: date | None) -> int:
        """Return how many steps from a day to another move money."""
        found: int = self._session.value(_COUNT, [NO_PAYER, SELF_PAY, *_ends(first, last)])
        return found

    def transactions(self, first: date | None, last: date | None) -> Iterator[JournalTransaction]:
        """Yield the transactions from a day to another by posting day, after one with the opening balances."""
        if first:
            carried = self._session.all(_CARRIED, [NO_PAYER, SELF_PAY, first.isoformat()])
            opening = opening_transaction(
                first, ((Account(account), name, cents) for account, name, cents in carried)
            )
            if opening:
                yield opening
        rows = self._session.each(_TRANSFERS, [NO_PAYER, SELF_PAY, *_ends(first, last)])
        for (step_id, day, action, number, name), group in groupby(rows, key=lambda row: row[:5]):
            moved = ((Account(debit), Account(credit), cents) for *_, debit, credit, cents in group)
            if lines := journal_lines(moved, name):
                yield JournalTransaction(
                    date.fromisoformat(day), str(step_id), f"{number}, {action}", name, lines
                )


def _ends(first: date | None, last: date | None) -> list[str]:
    return [(first or date.min).isoformat(), (last or date.max).isoformat()]

"""The transfers of steps by posting day, for the journal of accounting programs. No patient is named (rule: receivables#journal)."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby

from server.billing.invoices.invoice import Account
from server.billing.names import ordered_words
from server.billing.receivables.accounting_journal import (
    JournalTransaction,
    journal_lines,
    opening_transaction,
)
from server.billing.receivables.aging import AgingGroup
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.engine.statement_texts import fill_in
from server.ledger.engine.value_table import ValueTable

SELF_PAY = "Self-pay"
"""The name of a payer who is a patient of the clinic: a journal names no patient."""

_SELF_PAYERS = ValueTable("self_payer", "id", numbers=["id"])

_POSTED = fill_in(
    """
WITH posted AS (
    SELECT step.id, step.invoice, step.action,
        MAX(step.day) OVER (PARTITION BY step.invoice ORDER BY step.place) AS day
    FROM step
), named AS (
    SELECT invoice.id, invoice.number,
        CASE WHEN self_payer.id IS NULL THEN COALESCE(payer.name, ?) ELSE ? END AS name
    FROM invoice
    LEFT JOIN payer ON payer.id = invoice.payer
    LEFT JOIN {self_payers} ON self_payer.id = payer.id
)
""",
    self_payers=_SELF_PAYERS.sql,
)
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
        found: int = self._session.value(_COUNT, [*self._names(), *_ends(first, last)])
        return found

    def transactions(self, first: date | None, last: date | None) -> Iterator[JournalTransaction]:
        """Yield the transactions from a day to another by posting day, after one with the opening balances."""
        if first:
            carried = self._session.all(_CARRIED, [*self._names(), first.isoformat()])
            opening = opening_transaction(
                first, ((Account(account), name, cents) for account, name, cents in carried)
            )
            if opening:
                yield opening
        rows = self._session.each(_TRANSFERS, [*self._names(), *_ends(first, last)])
        for (step_id, day, action, number, name), group in groupby(rows, key=lambda row: row[:5]):
            moved = ((Account(debit), Account(credit), cents) for *_, debit, credit, cents in group)
            if lines := journal_lines(moved, name):
                yield JournalTransaction(
                    date.fromisoformat(day), str(step_id), f"{number}, {action}", name, lines
                )

    def _names(self) -> list[str]:
        """Return the parameters that name payers: what nobody and patients are called, and which payers are patients.

        A payer is a patient if the words of the two names are the same in any order, such as ``Doe, Jane`` and ``Jane Doe``.
        """
        patients = {ordered_words(name) for (name,) in self._session.all("SELECT name FROM patient")}
        payers = self._session.all("SELECT id, name FROM payer")
        self_payers = [payer for payer, name in payers if ordered_words(name) in patients]
        return [AgingGroup.PAYER.nobody, SELF_PAY, _SELF_PAYERS.values(self_payers)]


def _ends(first: date | None, last: date | None) -> list[str]:
    return [(first or date.min).isoformat(), (last or date.max).isoformat()]

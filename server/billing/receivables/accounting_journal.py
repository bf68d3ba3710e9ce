"""The journal for accounting programs: each step that moves money is one balanced transaction (rule: receivables#journal)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from server.billing.invoices.invoice import Account

ACCOUNT_NAMES: Mapping[Account, str] = {
    Account.RECEIVABLE: "Assets:Receivable",
    Account.CHEQUES_IN_HAND: "Assets:Cheques in hand",
    Account.BANK: "Assets:Bank",
    Account.UNAPPLIED_CREDIT: "Liabilities:Unapplied credit",
    Account.BILLED: "Income:Billed",
    Account.REDUCTION: "Income:Reductions",
    Account.WRITE_OFF: "Expenses:Write-offs",
}
"""What our accounts are called in the journal."""

OPENING_ACCOUNT = "Equity:Opening balances"
"""The other side of what was there before the journal begins."""

EVERY_ACCOUNT = (*ACCOUNT_NAMES.values(), OPENING_ACCOUNT)

CARRIED = (Account.RECEIVABLE, Account.CHEQUES_IN_HAND, Account.BANK, Account.UNAPPLIED_CREDIT)
"""The accounts whose balances go on from one period to the next. What was billed and given up is income and cost of its period."""

OPENING = "Opening"
"""The number of the transaction with the opening balances."""


@dataclass(frozen=True, slots=True)
class JournalLine:
    """A line of a transaction: an account, and cents above 0 for a debit and below 0 for a credit."""

    account: str
    cents: int
    name: str


@dataclass(frozen=True, slots=True)
class JournalTransaction:
    """A balanced transaction. ``number`` is the number of the step, ``memo`` names the invoice and what was done."""

    day: date
    number: str
    memo: str
    name: str
    lines: Sequence[JournalLine]


def journal_lines(moved: Iterable[tuple[Account, Account, int]], name: str) -> list[JournalLine]:
    """Return the lines of transfers (debit, credit, cents): one for each account whose balance they change."""
    cents: dict[Account, int] = defaultdict(int)
    for debit, credit, amount in moved:
        cents[debit] += amount
        cents[credit] -= amount
    return [
        JournalLine(ACCOUNT_NAMES[account], cents[account], name) for account in Account if cents[account]
    ]


def opening_transaction(day: date, carried: Iterable[tuple[Account, str, int]]) -> JournalTransaction | None:
    """Return the transaction of what was there before a day, ``None`` if that is nothing.

    ``carried`` are the balances of accounts by account and payer, in cents.
    """
    lines = [
        JournalLine(ACCOUNT_NAMES[account], cents, name)
        for account, name, cents in carried
        if cents and account in CARRIED
    ]
    if not lines:
        return None
    if total := sum(line.cents for line in lines):
        lines.append(JournalLine(OPENING_ACCOUNT, -total, ""))
    return JournalTransaction(day, OPENING, "Opening balances", "", lines)

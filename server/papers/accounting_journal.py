"""The journal as text for hledger and beancount, and as a table that QuickBooks and Xero can import (rule: receivables#journal)."""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from itertools import islice

from server.billing.money import decimal_amount
from server.billing.receivables.accounting_journal import EVERY_ACCOUNT, JournalLine, JournalTransaction
from server.billing.receivables.invoice_export import ExportFormat
from server.papers.csv_files import as_text, csv_pieces

COLUMNS = ("Date", "Journal no", "Account", "Debit", "Credit", "Memo", "Name")
CHUNK = 512
"""Transactions written at a time."""

EARLIEST = "1970-01-01"
"""The day on which beancount opens the accounts: before any transaction."""


def journal_pieces(
    made_as: ExportFormat, clinic: str, transactions: Iterable[JournalTransaction]
) -> Generator[bytes, None, None]:
    """Yield the file of a journal."""
    match made_as:
        case ExportFormat.HLEDGER:
            return _text_pieces(_hledger_head(clinic), _hledger_text, transactions)
        case ExportFormat.BEANCOUNT:
            return _text_pieces(_beancount_head(clinic), _beancount_text, transactions)
        case _:
            chunks = _chunks_of(transactions)
            rows = ([row for one in chunk for row in _rows_of(one)] for chunk in chunks)
            return csv_pieces(COLUMNS, rows, mark=False)


def _text_pieces(
    head: str, text_of: Callable[[JournalTransaction], str], transactions: Iterable[JournalTransaction]
) -> Generator[bytes, None, None]:
    yield head.encode()
    for chunk in _chunks_of(transactions):
        yield "".join(map(text_of, chunk)).encode()


def _chunks_of(transactions: Iterable[JournalTransaction]) -> Iterator[list[JournalTransaction]]:
    every = iter(transactions)
    while chunk := list(islice(every, CHUNK)):
        yield chunk


# -- hledger


def _hledger_head(clinic: str) -> str:
    accounts = "".join(f"account {account}\n" for account in EVERY_ACCOUNT)
    return f"; {_one_line(clinic)}\n\ncommodity $1,000.00\n\n{accounts}"


def _hledger_text(transaction: JournalTransaction) -> str:
    lines = "".join(_hledger_line(transaction, line) for line in transaction.lines)
    about = " | ".join(filter(None, (_one_line(transaction.name), _one_line(transaction.memo))))
    return f"\n{transaction.day.isoformat()} * ({transaction.number}) {about}\n{lines}"


def _hledger_line(transaction: JournalTransaction, line: JournalLine) -> str:
    is_of_another = line.name and line.name != transaction.name
    remark = f"  ; {_one_line(line.name)}" if is_of_another else ""
    return f"    {line.account}  ${decimal_amount(line.cents)}{remark}\n"


def _one_line(text: str) -> str:
    """Return a text that hledger takes as a part of a description: one line, and no sign that begins a comment or another part."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(plain.replace(";", ",").replace("|", "/").replace(":", " -").split())


# -- beancount


def _beancount_head(clinic: str) -> str:
    accounts = "".join(f"{EARLIEST} open {_beancount_account(account)} USD\n" for account in EVERY_ACCOUNT)
    return f'option "title" {_string_of(clinic)}\noption "operating_currency" "USD"\n\n{accounts}'


def _beancount_text(transaction: JournalTransaction) -> str:
    head = (
        f"\n{transaction.day.isoformat()} * {_string_of(transaction.name)} {_string_of(transaction.memo)}\n"
    )
    number = f"  number: {_string_of(transaction.number)}\n"
    return head + number + "".join(map(_beancount_line, transaction.lines))


def _beancount_line(line: JournalLine) -> str:
    return f"  {_beancount_account(line.account)}  {decimal_amount(line.cents)} USD\n"


def _beancount_account(account: str) -> str:
    """Return an account as beancount spells it: each part begins with a capital and has no blanks."""
    return ":".join("-".join(part.split()) for part in account.split(":"))


def _string_of(text: str) -> str:
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    escaped = plain.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


# -- a table


def _rows_of(transaction: JournalTransaction) -> Iterator[Sequence[str]]:
    for line in transaction.lines:
        amounts = [decimal_amount(line.cents), ""] if line.cents > 0 else ["", decimal_amount(-line.cents)]
        yield (
            transaction.day.isoformat(),
            transaction.number,
            line.account,
            *amounts,
            transaction.memo,
            as_text(line.name),
        )

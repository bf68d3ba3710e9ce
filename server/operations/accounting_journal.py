"""The journal for accounting programs, in one reading of the books (rule: receivables#journal)."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from server.billing.receivables.accounting_journal import JournalTransaction
from server.errors import MissingInput, count_of, list_names
from server.ledger.invoices.invoice_filter import Days
from server.operations.invoice_filters import days_between
from server.operations.operation import operation
from server.operations.session import Session


@dataclass(frozen=True, slots=True)
class JournalToExport:
    """The clinic's name, how many steps the journal has, and its transactions, which are read as they are asked for."""

    clinic: str
    steps: int
    days: Days
    transactions: Iterator[JournalTransaction]


@operation(MissingInput)
@contextmanager
def export_journal(
    session: Session, days: Days, made_as: str, narrowed_by: Collection[str] = ()
) -> Iterator[JournalToExport]:
    """Yield the journal from a day to another, ``None`` for an open end, as the books are at this moment, until the block exits.

    Raises MissingInput if the days are no period, and for other filters (``narrowed_by``): part of a journal does not add up to
    the books.
    """
    if narrowed_by:
        sentence = f"A journal has the steps of all invoices, so it cannot be narrowed by {list_names(sorted(narrowed_by))}."
        raise MissingInput(
            "format", sentence, "Leave out all filters but “from” and “to”, or choose csv or xlsx."
        )
    first, last = days_between(*days)
    with session.reading() as books:
        steps = books.exports.journal.count(first, last)
        session.record_view("export journal", f"{count_of(steps, 'step')} as {made_as}")
        yield JournalToExport(
            books.setup().clinic.name,
            steps,
            (first, last),
            books.exports.journal.transactions(first, last),
        )

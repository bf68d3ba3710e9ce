"""How long finished workbooks and recorded answers are kept, and removing what is older.

Both may hold patients' visits, and neither is part of the books: a workbook can be generated again,
and an answer is only needed while its click can be sent again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from server.errors import BillingError
from server.ledger.finished_workbooks import Outputs
from server.ledger.store import ClinicStore, Ledger


@dataclass(frozen=True, slots=True)
class RetentionPeriods:
    """How long each is kept: finished workbooks, and the answers to clicks."""

    workbooks: timedelta
    answers: timedelta


def remove_expired(ledger: Ledger, periods: RetentionPeriods) -> None:
    """Remove finished workbooks and empty recorded answers that are older than their period.

    Books that cannot be opened, or are in use, are passed over: the next round comes within the hour.
    """
    now = ledger.now()
    Outputs(ledger.folder).tidy(now - periods.workbooks)
    for entry in ledger.clinics():
        try:
            _empty_answers(ledger.clinic(entry.id), now - periods.answers)
        except BillingError:
            continue


def _empty_answers(books_of: ClinicStore, before: datetime) -> None:
    """Empty a clinic's old answers; where there are none, nobody who writes has to wait."""
    with books_of.reading() as books:
        if not books.answers_before(before):
            return
    with books_of.transaction() as books:
        books.forget_answers(before)

"""How long finished workbooks and recorded answers are kept, and the removal of older ones.

Both may hold patients' visits, and neither is part of the books. A workbook can be generated again,
and an answer is only needed while its click may be retried.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from server.errors import BillingError
from server.ledger.finished_workbooks import Outputs
from server.ledger.store import ClinicStore, Ledger


@dataclass(frozen=True, slots=True)
class RetentionPeriods:
    """How long finished workbooks and the answers to clicks are kept."""

    workbooks: timedelta
    answers: timedelta


def remove_expired(ledger: Ledger, periods: RetentionPeriods) -> None:
    """Remove finished workbooks, and empty recorded answers, that are older than their period.

    Books that cannot be opened, or are in use, are skipped until the next round, within the hour.
    """
    now = ledger.now()
    Outputs(ledger.folder).tidy(now - periods.workbooks)
    for entry in ledger.clinics():
        try:
            _empty_answers(ledger.clinic(entry.id), now - periods.answers)
        except BillingError:
            continue


def _empty_answers(books_of: ClinicStore, before: datetime) -> None:
    """Empty a clinic's old answers. If there are none, no writer has to wait."""
    with books_of.reading() as books:
        if not books.answers_before(before):
            return
    with books_of.transaction() as books:
        books.forget_answers(before)

"""The removal of what is kept for a limited time: finished workbooks, bodies of large requests, recorded answers,
documents never attached, copies made before upgrades, and what killed restores left.

All of them may hold patients' visits. A workbook can be generated again, an answer is only needed while its click may
be retried, and a document that was uploaded belongs to the books once a step names it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from server.errors import BillingError
from server.ledger.clinic_store import ClinicStore
from server.ledger.store import Ledger

COPIES_BEFORE_UPGRADES_DAYS = 90
"""How long the books are kept as they were before an upgrade, in case that somebody has to go back."""


@dataclass(frozen=True, slots=True)
class RetentionPeriods:
    """How long answers to clicks, and documents that were never attached, are kept. The ledger keeps workbooks as long as it was told."""

    answers: timedelta
    documents: timedelta


def remove_expired(ledger: Ledger, periods: RetentionPeriods) -> None:
    """Remove finished workbooks, bodies of requests and unattached documents, and empty recorded answers, that are older than their period.

    Books that cannot be opened, or are in use, are skipped until the next round, within the hour.
    """
    if ledger.is_read_only():
        return
    now = ledger.now()
    for entry in ledger.clinics():
        try:
            store = ledger.clinic(entry.id)
            _empty_answers(store, now - periods.answers)
            store.purge_documents(now - periods.documents)
        except BillingError:
            continue
    ledger.outputs.tidy()
    ledger.sent_bodies.tidy()
    ledger.remove_restore_leftovers()
    ledger.remove_copies_before_upgrades((now - timedelta(days=COPIES_BEFORE_UPGRADES_DAYS)).date())


def _empty_answers(books_of: ClinicStore, before: datetime) -> None:
    """Empty a clinic's old answers. If there are none, no writer has to wait."""
    with books_of.reading() as books:
        if not books.answers_before(before):
            return
    with books_of.transaction() as books:
        books.forget_answers(before)

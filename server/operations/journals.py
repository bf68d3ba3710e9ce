"""Journals: a clinic's file that somebody put in place by hand, accepted as it is (rule: people#roles)."""

from server.errors import UnknownClinic
from server.ledger.verify import FirstBadRow, Verified
from server.operations.operation import operation
from server.operations.session import Session


@operation(UnknownClinic)
def accept_journal(session: Session, reason: str) -> Verified | FirstBadRow:
    """Keep the head of the clinic's journal as it is now; the clinic's access log gets who did so and why.

    Returns the first wrong row if the file is not whole in itself; then nothing is kept.
    """
    return session.ledger.accept_journal(session.clinic_id, reason, session.person.name)

"""Copies of the books: clinics of a backup or an export, taken into the ledger (rule: people#roles)."""

from pathlib import Path

from server.errors import NotRestored, UnknownClinic
from server.ledger.store import ClinicEntry
from server.operations.operation import operation
from server.operations.session import Session


@operation(NotRestored, UnknownClinic)
def restore_clinics(session: Session, folder: Path, clinic_id: str | None = None) -> list[ClinicEntry]:
    """Restore the clinics of a copy, or one of them, and return them. The firm's access log gets who did so.

    Raises NotRestored for a copy that is not as it was made and for a clinic that is here already; then nothing is restored.
    Raises UnknownClinic for a clinic that the person was not given.
    """
    return session.ledger.restore(folder, clinic_id, by=session.person)

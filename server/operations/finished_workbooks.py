"""Workbooks made for a click: kept for a limited time, and fetched by the add-in."""

from server.errors import BadClinicId, UnknownOutput
from server.operations.operation import operation
from server.operations.session import Session


@operation(BadClinicId)
def keep_workbook(session: Session, workbook: bytes) -> str:
    """Keep a finished workbook of the clinic; return the id for fetching it."""
    return session.ledger.outputs.keep(session.clinic_id, workbook)


@operation(UnknownOutput)
def fetch_workbook(session: Session, output_id: str) -> bytes:
    """Return the bytes of a kept workbook. All are read first, because it may be removed when its time is over."""
    return session.ledger.outputs.read(output_id)

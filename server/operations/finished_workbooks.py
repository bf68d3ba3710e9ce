"""Workbooks and papers made for a click: kept for a limited time, and fetched by the add-in."""

from server.errors import BadClinicId, UnknownOutput
from server.ledger.finished_workbooks import NO_CLINIC, Ending, KeptFile, clinic_of_output
from server.operations.operation import operation
from server.operations.session import Session


@operation(BadClinicId)
def keep_workbook(session: Session, workbook: bytes) -> str:
    """Keep a finished workbook of the clinic; return the id for fetching it."""
    return session.ledger.outputs.keep(session.clinic_id, workbook)


@operation()
def keep_unbound_workbook(session: Session, workbook: bytes) -> str:
    """Keep a workbook of no clinic, a blank one or the setup of a new clinic; return the id for fetching it."""
    return session.ledger.outputs.keep(NO_CLINIC, workbook)


@operation(BadClinicId)
def keep_paper(session: Session, content: bytes, ending: Ending) -> str:
    """Keep a paper of the clinic, or several papers as one file; return the id for fetching it."""
    return session.ledger.outputs.keep(session.clinic_id, content, ending)


@operation(UnknownOutput)
def fetch_output(session: Session, output_id: str) -> KeptFile:
    """Return a kept file of a clinic that the person was given, or of no clinic.

    All its bytes are read first, because it may be removed when its time is over.
    """
    clinic = clinic_of_output(output_id)
    if clinic != NO_CLINIC and not session.person.may_open(clinic):
        raise UnknownOutput
    if session.person.is_emergency_in(clinic):
        session.enter_clinic(clinic)
        session.record_view("fetch file", "")
    return session.ledger.outputs.read(output_id)

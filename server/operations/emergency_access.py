"""Opening a clinic that one was not given, in an emergency, and telling administrators of it (rule: people#break-glass)."""

from server.errors import (
    BillingError,
    ClinicOpenAlready,
    EmergencyAccessOff,
    EmergencyReasonUnusable,
    RightsExceeded,
    UnknownClinic,
    UnknownEmergencyAccess,
)
from server.ledger.people.emergency_access import EmergencyAccess
from server.operations.operation import operation
from server.operations.session import Session


@operation(ClinicOpenAlready, EmergencyAccessOff, EmergencyReasonUnusable, RightsExceeded, UnknownClinic)
def begin_emergency(session: Session, clinic: str, reason: str) -> EmergencyAccess:
    """Open a clinic for one hour to the person, who was not given it. ``clinic`` is its id or its whole name.

    A try that is refused is in the firm's access log, too.
    """
    ledger = session.ledger
    try:
        return ledger.people.emergencies.begin(session.person, clinic, reason, session.address)
    except BillingError as refusal:
        ledger.access.record_refusal(refusal.code, session.address, f"{session.person.name} break-glass")
        raise


@operation(RightsExceeded, UnknownEmergencyAccess)
def end_emergency(session: Session, access_id: int) -> EmergencyAccess:
    """End an emergency access before its hour is over: the person's own, or as an administrator of the clinic."""
    return session.ledger.people.emergencies.end(session.person, access_id, session.address)


@operation()
def own_emergencies(session: Session) -> list[EmergencyAccess]:
    """Return the emergency accesses of the person that are open now."""
    return session.ledger.people.emergencies.of_person(session.person)


@operation()
def session_notes(session: Session) -> list[str]:
    """Return what the person should know at once: clinics that are open in an emergency, and accesses that nobody has seen."""
    emergencies = session.ledger.people.emergencies
    own = [
        f"You can work with the clinic “{one.clinic}” in an emergency."
        for one in emergencies.of_person(session.person)
    ]
    unseen = len(emergencies.unseen_by(session.person))
    if not unseen:
        return own
    who = "Somebody" if unseen == 1 else f"{unseen} times, somebody"
    return [
        *own,
        f"{who} opened a clinic in an emergency. Look at it on the page Users in the browser (/admin).",
    ]


@operation()
def list_emergencies(session: Session) -> list[EmergencyAccess]:
    """Return the last emergency accesses to the clinics that the administrator was given, the latest first."""
    return session.ledger.people.emergencies.list_for(session.person)


@operation(RightsExceeded, UnknownEmergencyAccess)
def mark_emergency_seen(session: Session, access_id: int) -> EmergencyAccess:
    """Record that an administrator has seen an emergency access of somebody else."""
    return session.ledger.people.emergencies.mark_seen(session.person, access_id, session.address)

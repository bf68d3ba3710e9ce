"""Clinics: listed, chosen, and their setup shown and saved."""

from server.billing.clinics import Setup
from server.billing.names import fold
from server.billing.setup_on_record import SetupOnRecord
from server.errors import BadClinicId, ClinicNotGiven, SetupDoesNotFit, StaleSetup, UnknownClinic
from server.ledger.clinics.setup import SetupChanges
from server.ledger.store import ClinicEntry
from server.operations.operation import operation
from server.operations.session import Session


@operation()
def list_clinics(session: Session) -> list[ClinicEntry]:
    """Return the clinics that the person was given, by name."""
    return session.clinics()


@operation(UnknownClinic)
def find_clinic(session: Session, wanted: str) -> ClinicEntry:
    """Return the clinic with this id or name; raises UnknownClinic if there is none, or more than one."""
    found = [one for one in session.clinics() if fold(wanted) in {fold(one.id), fold(one.name)}]
    if len(found) != 1:
        raise UnknownClinic(wanted)
    return found[0]


@operation()
def name_of_clinic(session: Session, clinic_id: str) -> str:
    """Return what the firm calls a clinic on the list that the person may choose from, its id if it is not there."""
    return next((entry.name for entry in list_clinics(session) if entry.id == clinic_id), clinic_id)


@operation(UnknownClinic)
def show_setup(session: Session) -> Setup:
    """Return what the clinic's Setup workbook says."""
    with session.reading() as books:
        return books.setup()


@operation(ClinicNotGiven)
def setup_on_record(session: Session, clinic_id: str) -> SetupOnRecord | None:
    """Return what the books hold for a clinic, ``None`` if it is not on the list.

    Raises ClinicNotGiven for a clinic that the person was not given, whether it is on the list or not.
    """
    _require_clinic(session, clinic_id)
    if clinic_id not in {entry.id for entry in session.clinics()}:
        return None
    with session.ledger.clinic(clinic_id).reading() as books:
        return SetupOnRecord(books.setup(), books.license_attestation() is not None)


@operation(BadClinicId, ClinicNotGiven, SetupDoesNotFit, StaleSetup)
def save_setup(
    session: Session, setup: Setup, before: Setup, attestation: str = ""
) -> tuple[SetupChanges, str]:
    """Save a clinic's setup, all of it or nothing; return what changed and its new version.

    A clinic that is not on the list is added, by a person who has every clinic. ``before`` is the setup that the sheets were compared with; raises
    StaleSetup if the books hold another one by now, and RoleNotAllowed if it ends the rule of two people. ``attestation`` is the text of the license attestation, "" if
    none is needed.
    """
    _require_clinic(session, setup.clinic.id)
    session.enter_clinic(setup.clinic.id)
    session.ledger.open_clinic(setup.clinic)
    books = session.books
    now = books.setup()
    if now.version != before.version:
        raise StaleSetup(before.clinic.name)
    if now.clinic.two_people_approve and not setup.clinic.two_people_approve:
        let_one_person_approve(session)
    if attestation:
        books.attest_license(attestation, session.person.name)
    changes = books.save_setup(setup, session.person.name)
    return changes, books.setup().version


@operation()
def let_one_person_approve(session: Session) -> None:
    """Allow that the person who generated a pay run also approves it (rule: pay-runs#two-people).

    The setup is saved with this answer; only the right to give it is looked at here.
    """


def _require_clinic(session: Session, clinic_id: str) -> None:
    if not session.person.may_open(clinic_id):
        raise ClinicNotGiven(clinic_id)

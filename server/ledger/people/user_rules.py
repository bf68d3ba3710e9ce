"""What fits together about a user, and who may give what to whom (rule: people#users)."""

import re
import unicodedata

from server.billing.names import fold
from server.billing.people import IDENTITY_PROVIDER, LOCAL_NAME, Person, Role
from server.errors import RightsExceeded, RoleNotAllowed, UnknownClinic, UserUnusable, show_value
from server.errors.shown_values import note_on
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.people.user_rows import Clinics, fold_sign_in_name, user_with_id

LONGEST_NAME = 100
LONGEST_IDENTITY_NAME = 254
"""As long as an e-mail address may be."""

_SIGN_IN_NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,63}")


def check_sign_in_name(typed: str) -> str:
    """Return the name to sign in with as it is kept; raises UserUnusable."""
    name = fold_sign_in_name(typed)
    if not _SIGN_IN_NAME.fullmatch(name):
        raise UserUnusable(
            "A name to sign in with has 1 to 64 letters from a to z, digits, and . _ - + @ after the first.",
            "Choose one such as ana or ana.lopez.",
        )
    return name


def check_full_name(typed: str) -> str:
    """Return a name as the books keep it, with single spaces; raises UserUnusable.

    It begins with a letter or a digit, so that no spreadsheet takes it for a formula. It has no letter that nobody sees, and no
    word of two alphabets, so that no two names of the books look the same.
    """
    name = " ".join(unicodedata.normalize("NFKC", typed).split())
    if not (0 < len(name) <= LONGEST_NAME and name.isprintable() and name[0].isalnum()):
        raise UserUnusable(
            f"A full name has 1 to {LONGEST_NAME} characters and begins with a letter.",
            "Write it as it should be in the books, such as Ana Lopez.",
        )
    if note := note_on(name):
        raise UserUnusable(
            f"The full name “{show_value(name)}”{note} can be taken for another name.",
            "Type it again, with the letters of one alphabet.",
        )
    if fold(name) == fold(LOCAL_NAME):
        raise UserUnusable(
            f"The books write “{LOCAL_NAME}” for who works on the ledger folder itself.",
            "Choose another full name.",
        )
    if fold(name) == fold(IDENTITY_PROVIDER):
        raise UserUnusable(
            f"The books write “{IDENTITY_PROVIDER}” where groups there changed a role.",
            "Choose another full name.",
        )
    return name


def check_identity_name(typed: str) -> str:
    """Return a name at the identity provider as it is kept: case and outer spaces do not matter. Raises UserUnusable."""
    name = fold_sign_in_name(typed)
    if not (0 < len(name) <= LONGEST_IDENTITY_NAME and name.isprintable()):
        raise UserUnusable(
            f"A name at the identity provider has 1 to {LONGEST_IDENTITY_NAME} characters.",
            "Write it as the provider does, such as ana@firm.example.",
        )
    return name


def check_attorney(role: Role, attorney: str) -> str:
    """Return the attorney's name of a user, which the role attorney has and no other; raises UserUnusable."""
    name = " ".join(attorney.split())
    if (role is Role.ATTORNEY) != bool(name) or not name.isprintable() or len(name) > LONGEST_NAME:
        raise UserUnusable(
            "A user with the role attorney is one attorney of the cases, and no other user is.",
            "Give the attorney's name as it is written in the cases with the role attorney, and only with that role.",
        )
    return name


def check_clinics(session: DatabaseSession, clinics: Clinics) -> None:
    """Raise UserUnusable for no clinic at all, and UnknownClinic for one that the firm does not have."""
    if clinics is None:
        return
    if not clinics:
        raise UserUnusable(
            "A user is given every clinic, or at least one.", "Name the clinics, or say all of them."
        )
    known = {clinic for (clinic,) in session.all("SELECT id FROM clinic")}
    for clinic in sorted(clinics - known):
        raise UnknownClinic(clinic)


def current_rights(session: DatabaseSession, by: Person) -> tuple[int | None, Person]:
    """Return the id of the user who makes a change, ``None`` for the local person, and the person with the rights of now.

    Raises RightsExceeded for a program: what it made would outlive its token.
    """
    if by.name == LOCAL_NAME:
        return None, by
    row = session.one("SELECT id FROM user WHERE full_name = ? AND is_disabled = 0", [by.name])
    if row is None:
        raise RightsExceeded("being a user who is not disabled")
    return row[0], user_with_id(session, row[0]).person


def check_reach(session: DatabaseSession, by: Person, clinics: Clinics) -> None:
    """Raise RightsExceeded, RoleNotAllowed or UnknownClinic unless a person was given all clinics of a user whom the person changes.

    Otherwise an administrator of one clinic could give another one away, or become somebody who has it.
    """
    _, by = current_rights(session, by)
    if by.role is not Role.ADMINISTRATOR:
        raise RoleNotAllowed("look after users", by.role, [Role.ADMINISTRATOR])
    if by.was_given_all(clinics):
        return
    if clinics is None:
        raise RightsExceeded("every clinic")
    raise UnknownClinic(min(clinics - (by.clinics or frozenset())))

"""The people who use the books, and their roles (rule: people#roles)."""

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What somebody is to the firm. What each role may do is in one table: ``server/billing/rights.py``."""

    ADMINISTRATOR = "administrator"
    MANAGER = "manager"
    BILLER = "biller"
    VIEWER = "viewer"
    ATTORNEY = "attorney"


STAFF = (Role.VIEWER, Role.BILLER, Role.MANAGER, Role.ADMINISTRATOR)
"""The roles of staff: each may do what the ones before it may."""

LOCAL_NAME = "local"
"""The recorded name of the person of a ledger without users, and of who works on the ledger folder itself."""


IDENTITY_PROVIDER = "identity provider"
"""The recorded name of who changed a role because the groups of a user at the identity provider say so."""


def role_by_groups(role: Role, given: Collection[Role]) -> Role | None:
    """Return the role that somebody with a role has by the roles that groups give, ``None`` for no role at all.

    The highest one counts. Groups make nobody an attorney, and no attorney a member of the staff: an administrator ties
    an attorney to cases (rule: people#provider).
    """
    if role is Role.ATTORNEY:
        return role if role in given else None
    return next((one for one in reversed(STAFF) if one in given), None)


def shown_name(name: str) -> str:
    """Return the recorded name of a person as papers and sheets show it, "" for whoever had no name (rule: people#roles)."""
    return "" if name == LOCAL_NAME else name


def by_person(name: str) -> str:
    """Return who did something as the end of a sentence, `` by Ana Lopez``; "" for whoever had no name."""
    shown = shown_name(name)
    return f" by {shown}" if shown else ""


@dataclass(frozen=True, slots=True)
class Person:
    """The person who makes a request.

    ``name`` is the name that the books keep, ``clinics`` are the ids of the clinics that the person was given, ``None``
    for every clinic of the firm. ``attorney`` is the attorney's name of a person with the role attorney, else "".
    ``emergency_clinics`` are the ids of clinics that were not given and that the person opened for an hour
    (rule: people#break-glass); two persons who differ in nothing else are the same person.
    """

    name: str
    role: Role
    clinics: frozenset[str] | None = None
    attorney: str = ""
    emergency_clinics: frozenset[str] = field(default=frozenset(), compare=False)

    def was_given(self, clinic_id: str) -> bool:
        """Return whether the person was given a clinic."""
        return self.clinics is None or clinic_id in self.clinics

    def is_emergency_in(self, clinic_id: str) -> bool:
        """Return whether the person works with a clinic only because of emergency access (rule: people#break-glass)."""
        return clinic_id in self.emergency_clinics and not self.was_given(clinic_id)

    def may_open(self, clinic_id: str) -> bool:
        """Return whether the person may work with a clinic now: it was given, or is open to the person in an emergency."""
        return self.was_given(clinic_id) or self.is_emergency_in(clinic_id)

    def was_given_all(self, clinics: frozenset[str] | None) -> bool:
        """Return whether the person was given every clinic of a list, ``None`` for every clinic of the firm."""
        return self.clinics is None or (clinics is not None and clinics <= self.clinics)

    def may_hand_on(self, role: Role) -> bool:
        """Return whether a program that the person makes a token for may have a role: one of staff, no higher than the person's."""
        return self.role in STAFF and role in STAFF[: STAFF.index(self.role) + 1]


LOCAL_PERSON = Person(LOCAL_NAME, Role.ADMINISTRATOR)
"""The person of every request of a ledger without users, and of who works on the ledger folder itself, with every right."""

"""The people who use the books, and their roles (rule: people#roles)."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody is to the firm. What each role may do is in one table: ``server/billing/rights.py``."""

    ADMINISTRATOR = "administrator"
    MANAGER = "manager"
    BILLER = "biller"
    VIEWER = "viewer"
    ATTORNEY = "attorney"


LOCAL_NAME = "local"
"""The recorded name of the person of a ledger without users, and of who works on the ledger folder itself."""


def shown_name(name: str) -> str:
    """Return the recorded name of a person as papers and sheets show it, "" for whoever had no name (rule: people#roles)."""
    return "" if name == LOCAL_NAME else name


@dataclass(frozen=True, slots=True)
class Person:
    """The person who makes a request.

    ``name`` is the name that the books keep, ``clinics`` are the ids of the clinics that the person was given, ``None``
    for every clinic of the firm.
    """

    name: str
    role: Role
    clinics: frozenset[str] | None = None

    def was_given(self, clinic_id: str) -> bool:
        """Return whether the person was given a clinic."""
        return self.clinics is None or clinic_id in self.clinics


LOCAL_PERSON = Person(LOCAL_NAME, Role.ADMINISTRATOR)
"""The person of every request of a ledger without users, and of who works on the ledger folder itself, with every right."""

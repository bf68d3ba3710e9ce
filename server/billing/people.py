"""The people who use the books, and their roles (rule: people#roles)."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """The roles that may change the books. Viewers and attorneys have none of them."""

    BILLER = "biller"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"


ANYBODY = frozenset(Role)
MANAGERS = frozenset({Role.MANAGER, Role.ADMINISTRATOR})

LOCAL_NAME = "local"
"""The recorded name of a person on a service without users."""


def shown_name(name: str) -> str:
    """Return the recorded name of a person as papers and sheets show it, "" for whoever had no name (rule: people#roles)."""
    return "" if name == LOCAL_NAME else name


@dataclass(frozen=True, slots=True)
class Person:
    """The person who makes a request: the name that the books keep, and the role."""

    name: str
    role: Role

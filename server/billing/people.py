"""Who works with the books, and in which role (rule: people#roles)."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """Who may act on the books. Viewers and attorneys never do."""

    BILLER = "biller"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"


ANYBODY = frozenset(Role)
MANAGERS = frozenset({Role.MANAGER, Role.ADMINISTRATOR})


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who asks for something: the name the books keep, and what they may do."""

    name: str
    role: Role

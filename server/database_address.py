"""Where the books are if they are not files: the addresses of a PostgreSQL database."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class DatabaseAddress:
    """The address of a database for the service, and for the owner of its tables: ``postgresql://role@host/database``.

    Addresses may hold passwords, so they are never shown. Only what an administrator does needs the owner's.
    """

    service: str = field(repr=False)
    owner: str = field(default="", repr=False)

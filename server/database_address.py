"""Where the books are if they are not files: the addresses of a PostgreSQL database, and what its use is limited to."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class DatabaseLimits:
    """What the use of a database is limited to. All times are in seconds.

    ``connections`` are the most of one pool; a program has a pool for the firm and one for the clinics, and further clicks
    wait for a connection. A statement that takes longer than ``statement_seconds`` is ended. ``lock_seconds`` is how long a
    click waits for another click to be written, and for a connection. A click that holds the books for ``hold_seconds`` and
    asks the database nothing is undone: its service hangs, or has lost its network. A statement of ``slow_seconds`` or more is logged.
    ``commit_seconds`` is how long a click waits for its commit, which a primary may hold until its standby has it.
    """

    connections: int = 16
    statement_seconds: int = 300
    """The longest statement, a check of a million invoices, takes a fraction of it."""
    lock_seconds: int = 10
    slow_seconds: float = 2.0
    hold_seconds: int = 60
    commit_seconds: int = 30


@dataclass(frozen=True, slots=True)
class DatabaseAddress:
    """The address of a database for the service, and for the owner of its tables: ``postgresql://role@host/database``, or
    ``postgresql://role@host,other/database`` where another server takes over if the first one fails.

    Addresses may hold passwords, so they are never shown. Only what an administrator does needs the owner's.
    """

    service: str = field(repr=False)
    owner: str = field(default="", repr=False)
    limits: DatabaseLimits = DatabaseLimits()

"""How long sessions last, who needs an authenticator app, and what a password costs to guess."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from argon2 import Parameters
from argon2.profiles import RFC_9106_LOW_MEMORY

from server.billing.people import Role


class SessionKind(StrEnum):
    """What is signed in."""

    PAGE = "page"
    ADDIN = "add-in"
    PROGRAM = "program"
    """A program that works for the person who signed it in, such as the command line."""


@dataclass(frozen=True, slots=True)
class SignInRules:
    """The rules of a ledger. A session ends when it was not used for its idle time, and at its hard end in any case."""

    page_idle: timedelta = timedelta(minutes=15)
    addin_idle: timedelta = timedelta(hours=12)
    page_lasts: timedelta = timedelta(hours=12)
    addin_lasts: timedelta = timedelta(hours=24)

    second_factor_roles: frozenset[Role] = frozenset({Role.ADMINISTRATOR, Role.ATTORNEY})
    """The roles that need a code of an authenticator app. Other users may have one, too."""

    emergency_access: bool = True
    """Whether people may open clinics that they were not given, for an hour (rule: people#break-glass)."""

    hashing: Parameters = field(default_factory=lambda: RFC_9106_LOW_MEMORY)
    """What argon2id spends on a password: by default 64 MiB and some tenths of a second, the second choice of RFC 9106.
    Its first choice takes 2 GiB, which the computer of an office does not have for each attempt."""

    def idle_time(self, kind: SessionKind) -> timedelta:
        """Return after what time without use a session ends."""
        return self.page_idle if kind is SessionKind.PAGE else self.addin_idle

    def longest_time(self, kind: SessionKind) -> timedelta:
        """Return after what time a session ends in any case."""
        return self.page_lasts if kind is SessionKind.PAGE else self.addin_lasts

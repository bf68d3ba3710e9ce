"""Everything about the people of a ledger: its users, how they sign in, and what is signed in."""

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from server.ledger.engine.database import Database
from server.ledger.firm_access import FirmAccess
from server.ledger.people.emergency_access import EmergencyAccesses
from server.ledger.people.identity_accounts import IdentityAccounts
from server.ledger.people.password_links import PasswordLinks
from server.ledger.people.passwords import Passwords
from server.ledger.people.program_tokens import ProgramTokens
from server.ledger.people.sign_in_rules import SignInRules
from server.ledger.people.sign_ins import SignInParts, SignIns
from server.ledger.people.user_sessions import UserSessions
from server.ledger.people.users import Users

if TYPE_CHECKING:
    from server.ledger.people.attempts import Attempts
    from server.ledger.people.device_sign_ins import DeviceSignIns
    from server.ledger.people.identity_sign_ins import IdentitySignIns


class People:
    """The people of a ledger folder. Failed attempts to sign in are counted as long as this object lives."""

    def __init__(
        self, firm: Database, now: Callable[[], datetime], access: FirmAccess, rules: SignInRules
    ) -> None:
        parts = self._parts = SignInParts(firm, now, access, Passwords(rules.hashing), rules)
        self.sign_in_rules = rules
        self.users = Users(firm, now, parts.passwords)
        self.sessions = UserSessions(firm, now, rules)
        self.emergencies = EmergencyAccesses(firm, now, rules)
        self.programs = ProgramTokens(firm, now)
        self.identity_accounts = IdentityAccounts(firm, now)
        self.links = PasswordLinks(parts, lambda: self._attempts)

    @cached_property
    def sign_ins(self) -> SignIns:
        """Return how users sign in."""
        return SignIns(self._parts, self._attempts)

    @cached_property
    def identity_sign_ins(self) -> "IdentitySignIns":
        """Return how users of the firm's identity provider are signed in."""
        from server.ledger.people.identity_sign_ins import IdentitySignIns  # noqa: PLC0415 - as below

        return IdentitySignIns(self._parts, self._attempts)

    @cached_property
    def devices(self) -> "DeviceSignIns":
        """Return how devices are signed in."""
        from server.ledger.people.device_sign_ins import DeviceSignIns  # noqa: PLC0415 - as below

        return DeviceSignIns(self._parts, self._attempts)

    @cached_property
    def _attempts(self) -> "Attempts":
        """Return the failed attempts, which are shared: guessing a code and a password counts together."""
        from server.ledger.people.attempts import Attempts  # noqa: PLC0415 - two tenths of a second that few commands need

        return Attempts()

"""Everything about the people of a ledger: its users, how they sign in, and what is signed in."""

from collections.abc import Callable
from datetime import datetime

from server.ledger.counted_events import CountedEvents
from server.ledger.engine.database import Database
from server.ledger.firm_access import FirmAccess
from server.ledger.people.attempts import Attempts
from server.ledger.people.device_sign_ins import DeviceSignIns
from server.ledger.people.emergency_access import EmergencyAccesses
from server.ledger.people.identity_accounts import IdentityAccounts
from server.ledger.people.identity_sign_ins import IdentitySignIns
from server.ledger.people.password_links import PasswordLinks
from server.ledger.people.passwords import Passwords
from server.ledger.people.program_tokens import ProgramTokens
from server.ledger.people.sign_in_rules import SignInRules
from server.ledger.people.sign_ins import SignInParts, SignIns
from server.ledger.people.user_sessions import UserSessions
from server.ledger.people.users import Users


class People:
    """The people of a ledger. ``events`` counts failed attempts to sign in, together with the other services of the ledger."""

    def __init__(
        self,
        firm: Database,
        now: Callable[[], datetime],
        access: FirmAccess,
        rules: SignInRules,
        events: CountedEvents,
    ) -> None:
        parts = SignInParts(firm, now, access, Passwords(rules.hashing), rules)
        attempts = Attempts(events)  # shared: guessing a code and a password counts together
        self.sign_in_rules = rules
        self.users = Users(firm, now, parts.passwords)
        self.sessions = UserSessions(firm, now, rules)
        self.sign_ins = SignIns(parts, attempts)
        self.identity_sign_ins = IdentitySignIns(parts, attempts)
        self.devices = DeviceSignIns(parts, attempts)
        self.links = PasswordLinks(parts, attempts)
        self.emergencies = EmergencyAccesses(firm, now, rules)
        self.programs = ProgramTokens(firm, now)
        self.identity_accounts = IdentityAccounts(firm, now)

"""Tokens for programs that work without a person (rule: people#programs). The ledger keeps their digests."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.billing.names import fold
from server.billing.people import LOCAL_NAME, Person, Role
from server.errors import NameTaken, RightsExceeded, UnknownClinic, UnknownProgram, UserUnusable
from server.ledger.clock import instant
from server.ledger.engine.database import Database
from server.ledger.engine.database_session import DatabaseSession
from server.ledger.firm_access import AccessEvent
from server.ledger.people.user_rows import Clinics, clinics_of, clinics_text, write_event
from server.ledger.people.user_rules import check_clinics, check_full_name, check_reach, current_rights
from server.ledger.tokens import ID_LETTERS, token_digest

LONGEST_DAYS = 365

_LISTED = """
SELECT p.digest, p.name, p.role, p.clinics, COALESCE(u.sign_in_name, ?), p.made_at, COALESCE(x.used_at, ''), p.ends_at
FROM program_token p LEFT JOIN user u ON u.id = p.made_by LEFT JOIN session_use x ON x.digest = p.digest
WHERE p.ended_at IS NULL AND p.ends_at > ? ORDER BY p.name, p.made_at, p.digest
"""
_END = "UPDATE program_token SET ended_at = ? WHERE digest = ?"


@dataclass(frozen=True, slots=True)
class ProgramRights:
    """What a program may do: a role of staff, in every clinic (``None``) or in some."""

    role: Role
    clinics: Clinics


@dataclass(frozen=True, slots=True)
class ListedProgram:
    """A program's token that works. ``made_by`` is the name a user signs in with. Instants are UTC text, "" for never used."""

    id: str
    name: str
    role: Role
    clinics: Clinics
    made_by: str
    made_at: str
    used_at: str
    ends_at: str


class ProgramTokens:
    """The tokens of programs."""

    def __init__(self, firm: Database, now: Callable[[], datetime]) -> None:
        self._firm = firm
        self._now = now

    def make(self, by: Person, name: str, rights: ProgramRights, days: int) -> str:
        """Return a new token for a program, which works for so many days. It cannot be read again later.

        The books keep the program's name with what it records. It has no role above its maker's, and no clinic that the
        maker was not given; it ends when the maker is disabled, or gets another role, other clinics or another password.
        Raises NameTaken, RightsExceeded, UnknownClinic and UserUnusable.
        """
        kept_name, now, token = check_full_name(name), self._now(), secrets.token_urlsafe(32)
        if not 1 <= days <= LONGEST_DAYS:
            raise UserUnusable(
                f"A program's token works for 1 to {LONGEST_DAYS} days.",
                "Choose a number of days between them.",
            )
        digest = token_digest(token)
        with self._firm.write() as session:
            maker_id, maker = current_rights(session, by)
            _check_rights(session, maker, rights)
            _keep_name(session, kept_name)
            row = {
                "digest": digest,
                "name": kept_name,
                "role": rights.role.value,
                "clinics": clinics_text(rights.clinics),
                "made_by": maker_id,
                "made_at": instant(now),
                "ends_at": instant(now + timedelta(days=days)),
            }
            session.insert("program_token", row)
            about = f"{kept_name} {digest[:ID_LETTERS]} by {by.name}"
            write_event(session, AccessEvent.PROGRAM_TOKEN_MADE, about, now)
        return token

    def list_programs(self) -> list[ListedProgram]:
        """Return the tokens that work, by the program's name."""
        with self._firm.read() as session:
            rows = session.all(_LISTED, [LOCAL_NAME, instant(self._now())])
        return [
            ListedProgram(digest[:ID_LETTERS], name, Role(role), clinics_of(clinics), *others)
            for digest, name, role, clinics, *others in rows
        ]

    def revoke(self, by: Person, name: str) -> int:
        """Revoke every token of a program; return how many. Raises UnknownProgram, RoleNotAllowed and UnknownClinic."""
        now = self._now()
        with self._firm.write() as session:
            rows = session.all(_LISTED, [LOCAL_NAME, instant(now)])
            found = [(row[0], clinics_of(row[3])) for row in rows if fold(row[1]) == fold(name)]
            if not found:
                raise UnknownProgram(name)
            for digest, clinics in found:
                check_reach(session, by, clinics)
                session.execute(_END, [instant(now), digest])
                about = f"{digest[:ID_LETTERS]} by {by.name}"
                write_event(session, AccessEvent.PROGRAM_TOKEN_REVOKED, about, now)
            return len(found)


def _check_rights(session: DatabaseSession, maker: Person, rights: ProgramRights) -> None:
    check_clinics(session, rights.clinics)
    if not maker.may_hand_on(rights.role) or (rights.clinics is None and maker.clinics is not None):
        raise RightsExceeded(f"the role {rights.role.value} in these clinics")
    if rights.clinics is not None and not maker.was_given_all(rights.clinics):
        raise UnknownClinic(min(rights.clinics - (maker.clinics or frozenset())))


def _keep_name(session: DatabaseSession, name: str) -> None:
    """Keep a name for programs for good; raises NameTaken for one that is or was a user's."""
    owner = session.one("SELECT user FROM recorded_name WHERE name = ?", [fold(name)])
    if owner is None:
        session.insert("recorded_name", {"name": fold(name), "user": None})
    elif owner[0] is not None:
        raise NameTaken(name)

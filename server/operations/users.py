"""The users of the firm, as an administrator looks after them, and each user's own account (rule: people#users)."""

from dataclasses import dataclass

from server.billing.people import Role
from server.errors import LastAdministrator, NameTaken, UnknownClinic, UnknownUser, UserUnusable
from server.ledger.firm_access import AccessRow
from server.ledger.invoices.parties import matching_text
from server.ledger.people.user_rows import User
from server.ledger.people.user_sessions import ListedSession
from server.ledger.people.users import UserDetails, UserEdit
from server.ledger.store import Ledger
from server.operations.operation import operation
from server.operations.session import Session

FEWEST_FIRMS = 2
"""In how many firms an attorney is asked about: one person is seldom in two."""


@dataclass(frozen=True, slots=True)
class ShownUser:
    """A user, and where the user is signed in."""

    user: User
    sessions: tuple[ListedSession, ...]


@dataclass(frozen=True, slots=True)
class UserWithCode:
    """A user, and the code with which that user sets a new password, once; "" for a user of the identity provider."""

    user: User
    code: str


@operation()
def list_users(session: Session) -> list[User]:
    """Return the users whom the person may look after, also disabled ones."""
    return [user for user in session.ledger.people.users.list_users() if _is_within_reach(session, user)]


@operation(UnknownUser)
def show_user(session: Session, sign_in_name: str) -> ShownUser:
    """Return one user with the sessions that work now."""
    user = session.ledger.people.users.find(sign_in_name)
    if not _is_within_reach(session, user):
        raise UnknownUser(sign_in_name)
    sessions = session.ledger.people.sessions.list_sessions(user.sign_in_name)
    return ShownUser(user, tuple(sessions))


@operation(NameTaken, UnknownClinic, UserUnusable)
def add_user(
    session: Session, sign_in_name: str, details: UserDetails, identity_name: str = ""
) -> UserWithCode:
    """Add a user, who sets a password with the code, or has none and signs in at the identity provider under a name there."""
    people = session.ledger.people
    user = people.users.add(session.person, sign_in_name, details, None, identity_name)
    code = "" if identity_name else people.links.reset(session.person, user.sign_in_name)
    return UserWithCode(user, code)


@operation(NameTaken, UnknownClinic, UnknownUser, UserUnusable)
def expect_identity(session: Session, sign_in_name: str, identity_name: str) -> User:
    """Let a user sign in at the identity provider under a name there, and no more with a password."""
    return session.ledger.people.identity_accounts.expect(session.person, sign_in_name, identity_name)


@operation(LastAdministrator, NameTaken, UnknownClinic, UnknownUser, UserUnusable)
def change_user(session: Session, sign_in_name: str, edit: UserEdit) -> User:
    """Change a user's name, role, clinics or attorney. Another role or other clinics end the user's sessions at once."""
    return session.ledger.people.users.change(session.person, sign_in_name, edit)


@operation()
def attorney_remark(session: Session, user: User) -> str:
    """Return what an administrator should check about the attorney whom a user is, "" if there is nothing to say."""
    return remark_about_attorney(session.ledger, user)


@operation(LastAdministrator, UnknownClinic, UnknownUser)
def disable_user(session: Session, sign_in_name: str) -> User:
    """Keep a user out, and end the user's sessions at once."""
    return session.ledger.people.users.disable(session.person, sign_in_name)


@operation(UnknownClinic, UnknownUser)
def enable_user(session: Session, sign_in_name: str) -> User:
    """Let a disabled user sign in again."""
    return session.ledger.people.users.enable(session.person, sign_in_name)


@operation(UnknownClinic, UnknownUser)
def reset_user(session: Session, sign_in_name: str, *, second_factor: bool) -> UserWithCode:
    """Take a user's password away, and with ``second_factor`` the authenticator app; return a code for a new password."""
    people = session.ledger.people
    code = people.links.reset(session.person, sign_in_name, second_factor=second_factor)
    return UserWithCode(people.users.find(sign_in_name), code)


@operation(UnknownClinic, UnknownUser)
def end_sessions(session: Session, sign_in_name: str) -> int:
    """Sign a user out everywhere; return how many sessions that ended."""
    return session.ledger.people.sessions.end_sessions(session.person, sign_in_name)


@operation()
def list_access(session: Session, most: int) -> list[AccessRow]:
    """Return the last rows of the firm's access log, the latest first."""
    return session.ledger.access.rows(most)


@operation(UnknownUser)
def show_account(session: Session) -> ShownUser:
    """Return the user who asks, with the sessions that work now."""
    people = session.ledger.people
    user = next((one for one in people.users.list_users() if one.full_name == session.person.name), None)
    if user is None:
        raise UnknownUser(session.person.name)
    return ShownUser(user, tuple(people.sessions.list_sessions(user.sign_in_name)))


@operation(UnknownUser)
def end_own_sessions(session: Session) -> int:
    """Sign the person out everywhere, also here; return how many sessions that ended."""
    shown = show_account(session)
    return session.ledger.people.sessions.end_sessions(session.person, shown.user.sign_in_name)


def remark_about_attorney(ledger: Ledger, user: User) -> str:
    """Return the remark that no case of the user's clinics names the attorney whom the user is, or that cases name it with several
    firms, which may be people of the same name. "" if there is nothing to say.
    """
    if user.role is not Role.ATTORNEY:
        return ""
    found = ledger.firms_of_attorney(user.attorney, user.clinics)
    if not found:
        return f"No case names the attorney “{user.attorney}” today: check the spelling, or record it in the case."
    firms = sorted({matching_text(firm): firm for firm in found if firm}.values())
    if len(firms) < FEWEST_FIRMS:
        return ""
    return (
        f"Cases name the attorney “{user.attorney}” with {len(firms)} firms: {'; '.join(firms)}. The user sees all of these cases. "
        "If these are several people, give each a different name in the cases, such as with the firm behind it."
    )


def _is_within_reach(session: Session, user: User) -> bool:
    return session.person.was_given_all(user.clinics)

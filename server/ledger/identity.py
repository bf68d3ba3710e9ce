"""Whom a token stands for: the person that every operation checks (rule: people#sign-in)."""

from server.billing.people import LOCAL_PERSON, Person
from server.ledger.people.people import People
from server.ledger.tokens import Tokens


class Identity:
    """Finds the person who sends a token.

    A ledger without users has one person, who is its administrator, and whose add-ins are paired. In a ledger with users, the
    token is of a session or of a program.
    """

    def __init__(self, tokens: Tokens, people: People) -> None:
        self._tokens = tokens
        self._people = people

    def person_at_once(self, token: str | None) -> Person | None:
        """Return the person if that can be seen without opening a file or writing. ``None`` means that ``person_of`` decides."""
        has_users = self._people.users.has_users_at_once()
        if has_users:
            return self._people.sessions.identify_at_once(token)
        return LOCAL_PERSON if has_users is False and self._tokens.admits_at_once(token) else None

    def person_of(self, token: str | None) -> Person:
        """Return the person who sends a token. Raises a refusal that says why nobody does."""
        if self._people.users.has_users():
            return self._people.sessions.identify(token)
        if objection := self._tokens.objection_to(token):
            raise objection
        return LOCAL_PERSON

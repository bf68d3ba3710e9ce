"""Whom a token stands for: the person that every operation checks."""

from server.billing.people import LOCAL_PERSON, Person
from server.ledger.tokens import Tokens


class Identity:
    """Finds the person who sends a token. A ledger without users has one person, who is its administrator."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    def person_at_once(self, token: str | None) -> Person | None:
        """Return the person if that can be seen without opening a file or writing. ``None`` means that ``person_of`` decides."""
        return LOCAL_PERSON if self._tokens.admits_at_once(token) else None

    def person_of(self, token: str | None) -> Person:
        """Return the person who sends a token. Raises a refusal that says why nobody does."""
        if objection := self._tokens.objection_to(token):
            raise objection
        return LOCAL_PERSON

"""Who works on a ledger folder in a terminal: whoever is signed in there, if the ledger has users."""

from addin.desktop.credentials import TOKEN, token_of_program
from server.billing.people import LOCAL_PERSON, Person
from server.ledger.store import Ledger
from server.ledger.tokens import DESKTOP_TOKEN


def person_at_terminal(ledger: Ledger) -> Person:
    """Return who is signed in with ``clinicledger sign-in``, or the program whose token the environment has.

    A ledger without users belongs to whoever has its folder. Raises TokenMisspelled, SignInNeeded and SessionEnded.
    """
    if not ledger.people.users.has_users():
        return LOCAL_PERSON
    return ledger.identity.person_of(token_of_program() or _kept_token(ledger))


def _kept_token(ledger: Ledger) -> str | None:
    try:
        kept = (ledger.folder / DESKTOP_TOKEN).read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return kept if TOKEN.fullmatch(kept) else None

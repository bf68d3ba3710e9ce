"""Views of patients' data over HTTP, written down before the answer leaves (rule: people#access-log)."""

from server.ledger.store import Ledger
from server.ribbon.context import ACTOR


def seen(ledger: Ledger, clinic: str, what: str, about: str) -> None:
    """Write into the clinic's access log that something was looked at; ``about`` is a number or a count, never a name."""
    with ledger.clinic(clinic).transaction() as books:
        books.log_access(ACTOR, what, about)

"""Reads the books of several clinics in turn. Books that cannot be read keep no other clinic from being shown."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from server.errors import BillingError, BooksNotUnderstood
from server.errors.refusal import RefusalKind
from server.failure_places import place_of
from server.ledger.store import ClinicEntry
from server.operations.session import Session

log = logging.getLogger(__name__)

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class UnreadClinic:
    """A clinic whose books cannot be read now, and the refusal that says why."""

    clinic: ClinicEntry
    why: BillingError


@dataclass(frozen=True, slots=True)
class ReadClinics(Generic[Found]):
    """What was found in the books of each clinic, by the clinic's name, and the clinics whose books cannot be read."""

    found: tuple[tuple[ClinicEntry, Found], ...]
    unread: tuple[UnreadClinic, ...]


def read_each_clinic(session: Session, read: Callable[[Session], Found]) -> ReadClinics[Found]:
    """Return what ``read`` finds in the books of each clinic that the person was given.

    ``read`` gets a session of the clinic, inside its transaction. Books that cannot be opened, are damaged or are in use are
    named and left out. Any other refusal is raised. A damaged value can make any rule fail, so whatever fails in the books of
    one clinic leaves out that clinic alone. The log has where it failed, and not the value.
    """
    found: list[tuple[ClinicEntry, Found]] = []
    unread: list[UnreadClinic] = []
    for entry in session.clinics():
        own = Session(session.ledger, session.person, entry.id, address=session.address)
        try:
            with own.transaction():
                one = read(own)
        except BillingError as refusal:
            if refusal.kind is not RefusalKind.UNAVAILABLE:
                raise
            unread.append(UnreadClinic(entry, refusal))
        except Exception as problem:  # noqa: BLE001 - see above
            log.error("books of %s: %s at %s", entry.id, type(problem).__name__, place_of(problem))  # noqa: TRY400
            unread.append(UnreadClinic(entry, BooksNotUnderstood(entry.name)))
        else:
            found.append((entry, one))
    return ReadClinics(tuple(found), tuple(unread))

"""Who asks, and the sessions of a request over HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from server.billing.people import Person
from server.ledger.store import Ledger
from server.operations.session import LOCAL_PERSON, RequestKey, Session


async def open_ledger(request: Request) -> Ledger:
    """Return the ledger this service works on; a plain ``def`` would make a trip to a thread of it."""
    found: Ledger = request.app.state.ledger
    return found


async def find_person(request: Request) -> Person:  # noqa: ARG001 - the guard's token will say who it is
    """Return who asks: the one person a service without users knows."""
    return LOCAL_PERSON


OpenLedger = Annotated[Ledger, Depends(open_ledger)]
Asking = Annotated[Person, Depends(find_person)]


@dataclass(frozen=True, slots=True)
class Sessions:
    """Opens the sessions of one request: about a clinic, or with "" about the firm."""

    ledger: Ledger
    person: Person
    clinic_id: str = ""

    @contextmanager
    def viewing(self) -> Iterator[Session]:
        """Open a session that has no request id.

        What was looked at is written down before the answer leaves (rule: people#access-log).
        """
        session = Session(self.ledger, self.person, self.clinic_id)
        with session.transaction():
            yield session

    def recording(self, key: RequestKey) -> Session:
        """Return the session of a request that is recorded once."""
        return Session(self.ledger, self.person, self.clinic_id, key)


async def firm_sessions(ledger: OpenLedger, person: Asking) -> Sessions:
    """Return the sessions of a request that names no clinic."""
    return Sessions(ledger, person)


async def clinic_sessions(clinic: str, ledger: OpenLedger, person: Asking) -> Sessions:
    """Return the sessions of a request about the clinic in its address."""
    return Sessions(ledger, person, clinic)


OfFirm = Annotated[Sessions, Depends(firm_sessions)]
OfClinic = Annotated[Sessions, Depends(clinic_sessions)]

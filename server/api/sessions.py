"""The person and the sessions of a request over HTTP."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Response
from pydantic import BaseModel

from server.api.guard import PERSON, origin_of
from server.api.invoice_bodies import Recording
from server.billing.people import Person
from server.ledger.firm_access import LOCAL
from server.ledger.store import Ledger
from server.operations import idempotency
from server.operations.session import RequestKey, Session


async def open_ledger(request: Request) -> Ledger:
    """Return the ledger of this service. FastAPI would run a plain ``def`` in a thread, which is slower."""
    found: Ledger = request.app.state.ledger
    return found


async def find_person(request: Request) -> Person:
    """Return the person of a request, whom the guard found by the token."""
    found: Person = request.scope["state"][PERSON]
    return found


OpenLedger = Annotated[Ledger, Depends(open_ledger)]
Asking = Annotated[Person, Depends(find_person)]


@dataclass(frozen=True, slots=True)
class Sessions:
    """Opens the sessions of one request, for a clinic, or for the firm if ``clinic_id`` is ""."""

    ledger: Ledger
    person: Person
    clinic_id: str = ""
    origin: str = LOCAL

    @contextmanager
    def view_session(self) -> Iterator[Session]:
        """Yield a session without a request id.

        What was viewed is recorded before the answer is sent (rule: people#access-log).
        """
        session = Session(self.ledger, self.person, self.clinic_id, address=self.origin)
        with session.transaction():
            yield session

    def answer_once(
        self, address: tuple[str, str], body: Recording, work: Callable[[Session], BaseModel]
    ) -> Response:
        """Do the work and record its answer, or return the recorded answer if the same request was sent before.

        ``address`` is the operation and its target. Reusing a request id for another address is refused.
        """
        name, about = address
        digest = idempotency.digest_of(f"{name}\n{about}", body.model_dump_json().encode())
        session = self.recording_session(RequestKey(body.request_id, digest, name))
        answer = idempotency.answer_once(
            session, lambda: idempotency.Response(work(session).model_dump_json().encode())
        )
        return Response(answer, media_type="application/json")

    def recording_session(self, key: RequestKey) -> Session:
        """Return the session of a request that is recorded once."""
        return Session(self.ledger, self.person, self.clinic_id, key, self.origin)


async def firm_sessions(request: Request, ledger: OpenLedger, person: Asking) -> Sessions:
    """Return the sessions of a request that names no clinic."""
    return Sessions(ledger, person, origin=origin_of(request.scope))


async def clinic_sessions(clinic: str, request: Request, ledger: OpenLedger, person: Asking) -> Sessions:
    """Return the sessions of a request for the clinic in its URL."""
    return Sessions(ledger, person, clinic, origin_of(request.scope))


OfFirm = Annotated[Sessions, Depends(firm_sessions)]
OfClinic = Annotated[Sessions, Depends(clinic_sessions)]

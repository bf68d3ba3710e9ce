"""Recording something once, however often it is sent: as a click is, for whoever speaks REST."""

from collections.abc import Callable
from hashlib import sha256
from http import HTTPStatus

from fastapi import Response
from pydantic import BaseModel

from server.api.invoice_bodies import Recording
from server.ledger.clinic_books import Answer, ClinicBooks
from server.ribbon.context import ACTOR


def once(
    books: ClinicBooks, what: str, about: str, body: Recording, work: Callable[[], BaseModel]
) -> Response:
    """Do the work and keep its answer, or return the answer kept when the same was sent before.

    ``what`` and ``about`` say of which address the body is: one id for two of them is refused. Inside one
    transaction, so that of two sent at once the second finds the answer of the first.
    """
    digest = sha256(f"{what}\n{about}\n{body.model_dump_json()}".encode()).hexdigest()
    answer = books.replay(body.request_id, digest)
    if answer is None:
        answer = Answer(HTTPStatus.OK, work().model_dump_json().encode())
        books.remember(body.request_id, digest, answer, what, ACTOR)
    return Response(answer.body, answer.status, media_type="application/json")

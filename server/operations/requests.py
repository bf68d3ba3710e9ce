"""A request answered once, however often it is sent (docs/contracts.md#request-id)."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus

from server.errors import BillingError
from server.ledger.clinic_books import Answer
from server.operations.session import AnsweredBefore, Session


@dataclass(frozen=True, slots=True)
class Response:
    """What answers a request: the bytes to send, and the workbook made for it."""

    body: bytes
    output_id: str | None = None


def digest_of(name: str, body: bytes) -> str:
    """Return the digest by which a request is known again: what it asks, and everything that was sent."""
    digest = sha256(f"{name}\n".encode())
    digest.update(body)
    return digest.hexdigest()


def answer_once(session: Session, work: Callable[[], Response]) -> bytes:
    """Return the answer recorded for this request; if there is none, do the work and record its answer with it.

    What the work writes, the views it shows and its answer are one transaction. An answer that comes with none of that,
    such as a question, is not recorded. Raises BillingError where the request is refused.
    """
    if answer := session.recorded_answer():
        return answer.body
    try:
        with session.transaction():
            response = work()
            if session.has_recorded:
                session.keep_answer(Answer(HTTPStatus.OK, response.body, response.output_id))
    except AnsweredBefore as before:
        return before.answer.body
    except BillingError:
        if answer := session.recorded_answer():
            return answer.body  # sent twice at once: the other was finished while this one was worked on
        raise
    if not session.has_recorded and (answer := session.recorded_answer()):
        return answer.body
    return response.body

"""Requests answered once, even if they are sent again (docs/contracts.md#request-id)."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus

from server.errors import BillingError
from server.ledger.clinic_books import Answer
from server.operations.session import AnsweredBefore, Session


@dataclass(frozen=True, slots=True)
class Response:
    """The answer to a request: the bytes to send, and the id of the workbook made for it.

    A question has ``is_final`` False: nothing was done yet, so the request can still be carried out.
    """

    body: bytes
    output_id: str | None = None
    is_final: bool = True


def digest_of(name: str, body: bytes) -> str:
    """Return the digest that identifies a repeated request: of its name and of everything that was sent."""
    digest = sha256(f"{name}\n".encode())
    digest.update(body)
    return digest.hexdigest()


def answer_once(session: Session, work: Callable[[], Response]) -> bytes:
    """Return the answer recorded for this request; if there is none, do the work and record its answer.

    What the work writes, the views that it records and its answer are one transaction. A question
    is not recorded, unless it showed something that the access log records. Raises BillingError if the request is refused.
    """
    if answer := _answer_on_record(session):
        return answer.body
    try:
        with session.transaction():
            response = work()
            is_recorded = session.has_recorded or (response.is_final and session.has_books)
            if is_recorded:
                session.keep_answer(Answer(HTTPStatus.OK, response.body, response.output_id))
    except AnsweredBefore as before:
        session.store.confirm()
        return before.answer.body
    except BillingError:
        if answer := _answer_on_record(session):
            return answer.body  # sent twice at once: the other one finished first
        raise
    if not is_recorded and (answer := _answer_on_record(session)):
        return answer.body
    return response.body


def _answer_on_record(session: Session) -> Answer | None:
    """Return the recorded answer to the request, ``None`` if there is none.

    The first sender may never have been told: a commit can be on one server and not yet on its standby. So it is told only
    once it is as safe as any other answer (ADR 72).
    """
    answer = session.recorded_answer()
    if answer:
        session.store.confirm()
    return answer

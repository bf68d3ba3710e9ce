"""Requests recorded once over HTTP, even if they are sent again (docs/contracts.md#request-id)."""

from collections.abc import Callable

from fastapi import Response
from pydantic import BaseModel

from server.api.invoice_bodies import Recording
from server.api.sessions import Sessions
from server.operations import requests
from server.operations.session import RequestKey, Session


def answer_once(
    sessions: Sessions, address: tuple[str, str], body: Recording, work: Callable[[Session], BaseModel]
) -> Response:
    """Do the work and record its answer, or return the recorded answer if the same request was sent before.

    ``address`` is the operation and its target. Reusing a request id for another address is refused.
    """
    name, about = address
    digest = requests.digest_of(f"{name}\n{about}", body.model_dump_json().encode())
    session = sessions.recording(RequestKey(body.request_id, digest, name))
    answer = requests.answer_once(
        session, lambda: requests.Response(work(session).model_dump_json().encode())
    )
    return Response(answer, media_type="application/json")

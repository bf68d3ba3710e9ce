"""One click as the conversation it is: the request, the sheets the answer asks for, and the answer that counts."""

from collections.abc import Callable, Sequence
from typing import Any

from addin.desktop import documents
from addin.desktop.refusals import UnusableReply
from addin.desktop.service import Service

Read = Callable[[Sequence[str]], dict[str, Any]]
"""Returns the request of a click, with these sheets besides those its button names."""


def answer_to(button: str, read: Read, service: Service) -> dict[str, Any]:
    """Press a button and return the answer. Raises Refusal.

    An answer that asks for sheets and for nothing else is no question to anybody: the button is pressed once more,
    with the sheets, as a click of its own.
    """
    reply = service.press(button, documents.handed_over(read(()), service))
    wanted = _sheets_wanted(reply)
    if not wanted:
        return reply
    reply = service.press(button, documents.handed_over(read(wanted), service))
    if _sheets_wanted(reply):
        raise UnusableReply("It asks again for sheets that were sent.")
    return reply


def _sheets_wanted(reply: dict[str, Any]) -> list[str]:
    asks = reply.get("asks") or {}
    return [] if asks.get("fields") else list(asks.get("sheets") or ())

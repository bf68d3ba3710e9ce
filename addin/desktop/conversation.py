"""One click: the first request, the sheets that its answer asks for, and the final answer."""

from collections.abc import Callable, Sequence
from typing import Any

from addin.desktop import documents
from addin.desktop.refusals import UnusableReply
from addin.desktop.service import Service

Read = Callable[[Sequence[str]], dict[str, Any]]
"""Returns the request of a click. It holds the sheets that the button names and these sheets."""


def answer_to(button: str, read: Read, service: Service) -> dict[str, Any]:
    """Press a button and return the answer. Raises Refusal.

    If the answer asks only for sheets, the user is not asked: the button is pressed once more, with the sheets,
    as a new click.
    """
    reply = service.press(button, documents.send_files(read(()), service))
    wanted = _sheets_wanted(reply)
    if not wanted:
        return reply
    reply = service.press(button, documents.send_files(read(wanted), service))
    if _sheets_wanted(reply):
        raise UnusableReply("It asks again for sheets that were sent.")
    return reply


def _sheets_wanted(reply: dict[str, Any]) -> list[str]:
    asks = reply.get("asks") or {}
    return [] if asks.get("fields") else list(asks.get("sheets") or ())

"""Refuses a request whose text holds a NUL character: no cell of Excel and no text of PostgreSQL can hold one."""

import re

from starlette.requests import Request

from server.errors import BadRequest

_CLICKS = "/ribbon/"
"""A click is not refused for it: buttons read every control character of a cell as a blank."""

_ESCAPES = re.compile(rb"\\(?:\\|u0000)")
"""A NUL as JSON escapes it. An escaped backslash also matches, because the letters after it are only letters."""


async def refuse_nul(request: Request) -> None:
    """Raise BadRequest if the address, the query, a JSON body or a form holds a NUL character."""
    if "\0" in request.scope["path"] or b"%00" in request.scope["query_string"]:
        raise _refusal("address")
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind == "application/json" and not request.scope["path"].startswith(_CLICKS):
        if rb"\u0000" in _ESCAPES.findall(await request.body()):
            raise _refusal("body")
    elif kind == "application/x-www-form-urlencoded" and b"%00" in await request.body():
        raise _refusal("form")


def _refusal(part: str) -> BadRequest:
    return BadRequest(f"The {part} of the request contains a NUL character, which no text can hold.")

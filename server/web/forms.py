"""Reads what a page's form sends."""

from urllib.parse import parse_qs

from fastapi import Depends
from starlette.requests import Request

from server.errors import BadRequest

MOST_FIELDS = 200
"""More than any form has. The guard limits the bytes."""

Form = dict[str, list[str]]


async def read_form(request: Request) -> Form:
    """Return the values of each field that was filled in, in order. Raises BadRequest."""
    try:
        sent = (await request.body()).decode("ascii")
        return parse_qs(sent, strict_parsing=bool(sent), max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:
        raise BadRequest("The form is not readable.") from None


def text_of(form: Form, field: str) -> str:
    """Return the text of a field, "" if it was left empty."""
    return form.get(field, [""])[0]


SentForm = Depends(read_form)
"""What a form sent, for the function of a route."""

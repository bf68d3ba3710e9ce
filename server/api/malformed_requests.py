"""Says which part of a request does not have the agreed form, and why. No sent value is quoted."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError

FLAWS_NAMED, PARTS_NAMED = 8, 4
"""The most flaws that are named, and the most parts that have one: a thousand steps may all lack the same field."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,39}", re.ASCII)
"""What the name of a part looks like. Anything else that was sent as a name may be one of a person, and is not quoted."""

_UNREADABLE = "(a name that no part has)"

_WHERE = {
    "body": "the body",
    "query": "the query",
    "path": "the address",
    "header": "a header",
}
_OWN_SENTENCES = {
    "missing": "it is missing",
    "extra_forbidden": "there is no such part",
}
_PREFIXES = ("Value error, ", "Assertion failed, ")


def malformed_parts(error: RequestValidationError) -> str:
    """Return a sentence for each malformed part: its name, and what it should be."""
    mistakes = error.errors()
    broken = next((one for one in mistakes if one["type"] == "json_invalid"), None)
    if broken is not None:
        return broken_json(str(broken["ctx"]["error"]), str(error.body or ""), int(broken["loc"][-1]))
    parts_by_flaw: dict[str, dict[str, None]] = {}
    for mistake in mistakes:
        parts_by_flaw.setdefault(flaw_text(mistake), {})[_part_of(mistake)] = None
    sentences = [f"{_listed_parts(list(parts))}: {flaw}." for flaw, parts in parts_by_flaw.items()]
    more = len(sentences) - FLAWS_NAMED
    return " ".join(sentences[:FLAWS_NAMED]) + (f" {more:,} more things are wrong." if more > 0 else "")


def broken_json(flaw: str, body: str, position: int) -> str:
    """Return where a body stops being JSON. Lines and columns count from 1."""
    before = body[:position]
    line, column = before.count("\n") + 1, position - before.rfind("\n")
    return f"The body is not JSON: {flaw.lower()} at line {line}, column {column}."


def part_name(location: Sequence[str | int]) -> str:
    """Return the name of a part: ``exams[0].units``. Positions in lists count from 0, as in JSON."""
    name = ""
    for step in location:
        if isinstance(step, int):
            name += f"[{step}]"
        else:
            name += ("." if name else "") + (step if _NAME.fullmatch(step) else _UNREADABLE)
    return name


def _part_of(mistake: Mapping[str, Any]) -> str:
    where, *location = mistake["loc"]
    return part_name(location) or _WHERE.get(where, str(where))


def _listed_parts(parts: Sequence[str]) -> str:
    more = len(parts) - PARTS_NAMED
    return ", ".join(parts[:PARTS_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def flaw_text(mistake: Mapping[str, Any]) -> str:
    """Return what is wrong with one part, as the validator says it."""
    if own := _OWN_SENTENCES.get(mistake["type"]):
        return own
    message = str(mistake["msg"])
    for prefix in _PREFIXES:
        message = message.removeprefix(prefix)
    return message[:1].lower() + message[1:].rstrip(".")

"""A truthful person: answers the questions of a click from what is known about the log, and guesses nothing."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from tests.differential.page import Page
from tests.differential.sending import letter_of
from tests.differential.truth import ATTENDED

Asked = Mapping[str, Any]
"""One field of the form a reply shows."""

COLUMNS = {
    "appointment_column": ("appointment",),
    "date_column": ("date",),
    "provider_column": ("provider",),
    "provider_id_column": ("provider_id",),
    "service_column": ("service",),
    "status_column": ("status",),
    "units_column": ("units",),
    "minutes_column": ("minutes",),
    "hours_column": ("minutes",),
    "start_column": ("start",),
    "end_column": ("end",),
    "charge_column": ("charge", "charge:client", "charge:insurer"),
    "collected_column": ("collected", "collected:client", "collected:insurer"),
    "patient_column": ("patient", "patient:first", "patient:last", "patient:number"),
}
"""Which columns of a page are meant by a question, by the name of its input."""

NONE = "none"


def answer_to(page: Page, asked: Asked) -> str | None:
    """Return the true answer to one field, ``None`` where this person cannot tell."""
    name = str(asked["name"])
    if name in COLUMNS:
        return _columns(page, asked, COLUMNS[name])
    if name.startswith("note_signed_"):
        return "pay"  # the invented practices pay whether or not a note is signed
    special = _SPECIAL.get(name)
    return special(page, asked) if special else _by_label(page, asked)


def answers_to(page: Page, form: Mapping[str, Any]) -> dict[str, str] | None:
    """Return the true answers to a form, ``None`` where one of them cannot be told."""
    found = {str(asked["name"]): answer_to(page, asked) for asked in form["fields"]}
    if any(answer is None for answer in found.values()):
        return None
    return {name: answer for name, answer in found.items() if answer is not None}


def _values(asked: Asked) -> list[str]:
    return [str(choice["value"]) for choice in asked.get("choices") or ()]


def _columns(page: Page, asked: Asked, meant: tuple[str, ...]) -> str | None:
    """Pick the columns that truly hold what is asked for."""
    offered = {value: at for value in _values(asked) if (at := _position(page, value)) is not None}
    right = [value for value, at in offered.items() if page.fields[at].holds in meant]
    whole = [value for value in right if page.fields[offered[value]].holds == meant[0]]
    if whole:
        right = whole[:1]  # of columns that say the same, such as code and name, the first is as good as any
    if asked["kind"] == "several":
        return ";".join(right) or NONE
    parts = [column for column in page.fields if column.holds in meant[1:]]
    if len(right) == 1 and (whole or len(parts) < 2):
        return right[0]
    return NONE if not right and NONE in _values(asked) else None


def _position(page: Page, value: str) -> int | None:
    """Return the column that a choice names, by heading or by letter."""
    for at, column in enumerate(page.fields):
        if column.heading and _folded(column.heading) == _folded(value):
            return at
    for at in range(len(page.fields)):
        if letter_of(page, at) == value:
            return at
    return None


def _folded(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _order(page: Page, _: Asked) -> str | None:
    return page.order


def _yes_means(page: Page, asked: Asked) -> str | None:
    said = [
        status for heading, status in page.yes_means.items() if _folded(heading) in _folded(asked["label"])
    ]
    return said[0] if said else None


def _all_attended(page: Page, _: Asked) -> str | None:
    if page.column("status") or page.yes_means:
        return None
    return "yes" if all(visit.status == ATTENDED for visit in page.visits) else "no"


def _one_service(page: Page, asked: Asked) -> str | None:
    services = {visit.service for visit in page.visits}
    if len(services) > 1 or page.column("service"):
        return NONE if NONE in _values(asked) else None
    return services.pop()


def _duration_unit(page: Page, _: Asked) -> str | None:
    return page.duration_unit


def _paid_visits(_: Page, asked: Asked) -> str | None:
    """Say that visits of the same provider, day and service are the same: the invented ones always are."""
    return next((value for value in _values(asked) if value.startswith("same-")), None)


_SPECIAL: dict[str, Callable[[Page, Asked], str | None]] = {
    "date_order": _order,
    "yes_means": _yes_means,
    "all_attended": _all_attended,
    "one_service": _one_service,
    "duration_unit": _duration_unit,
    "paid_visits": _paid_visits,
}


def _by_label(page: Page, asked: Asked) -> str | None:
    """Answer a question of another name where it names a column and offers fields, or to leave it alone."""
    named = re.findall(r"“([^”]+)”", str(asked["label"]))
    places = [at for text in named if (at := _position(page, re.sub(r" \(column .*", "", text))) is not None]
    if len(places) != 1:
        return None
    holds = page.fields[places[0]].holds.partition(":")[0]
    for value in _values(asked):
        if _folded(value) == _folded(holds):
            return value
    ways_out = [
        value for value in _values(asked) if _folded(value) in {"none", "ignore", "leaveit", "leave", "no"}
    ]
    return ways_out[0] if holds == "extra" and ways_out else None

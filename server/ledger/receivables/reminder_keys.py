"""The keys of reminders, which sheets and REST send back. A key says what a reminder is about, and names no person."""

from collections.abc import Collection
from dataclasses import dataclass, field

from server.billing.receivables.reminders import ReminderKind

_BETWEEN = "/"
_OF_ROW, _OF_REQUEST = "reminder", ReminderKind.STATUS_REQUEST.value


def key_of_row(row_id: int) -> str:
    """Return the key of a reminder that somebody added: ``reminder/12``."""
    return f"{_OF_ROW}{_BETWEEN}{row_id}"


def key_of_request(request_id: int) -> str:
    """Return the key of an attorney's request: ``status request/3``."""
    return f"{_OF_REQUEST}{_BETWEEN}{request_id}"


def key_of_state(kind: ReminderKind, number: str, place: int) -> str:
    """Return the key of a suggestion that counts from a step of an invoice: ``late cheque/INV-000012/3``."""
    return f"{kind}{_BETWEEN}{number}{_BETWEEN}{place}"


def key_of_statute(case_id: int, statute_on: str) -> str:
    """Return the key of a suggestion about a statute date: ``statute date/5/2027-01-31``."""
    return f"{ReminderKind.STATUTE_DATE}{_BETWEEN}{case_id}{_BETWEEN}{statute_on}"


@dataclass(frozen=True, slots=True)
class WantedRows:
    """What the keys of reminders name: rows, requests, numbers of invoices, and cases."""

    rows: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    cases: list[str] = field(default_factory=list)


def wanted_rows(keys: Collection[str]) -> WantedRows:
    """Return what keys name. A key that is none names nothing."""
    wanted = WantedRows()
    for key in keys:
        kind, _, rest = key.partition(_BETWEEN)
        about = rest.partition(_BETWEEN)[0]
        if kind == _OF_ROW:
            wanted.rows.append(about)
        elif kind == _OF_REQUEST:
            wanted.requests.append(about)
        elif kind == ReminderKind.STATUTE_DATE:
            wanted.cases.append(about)
        elif about:
            wanted.numbers.append(about)
    return wanted

"""An attorney's request for the status of a case, and whether it was answered (rule: people#status-requests)."""

from dataclasses import dataclass
from datetime import date

LONGEST_MESSAGE = 500

MOST_A_DAY = 20
"""How many requests one attorney may make in a clinic on one day."""


@dataclass(frozen=True, slots=True)
class StatusRequest:
    """A request. ``attorney`` is the attorney of the case who asked, ``asked_by`` the user. ``answered_on`` is ``None``
    while nobody marked it as answered. Days are local.
    """

    id: int
    case_id: int
    attorney: str
    asked_on: date
    asked_by: str
    message: str
    answered_on: date | None = None
    answered_by: str = ""

"""What a finding is made of: how much it matters, what it says, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding matters. A blocker keeps its row from being paid."""

    BLOCKER = "blocker"
    REVIEW = "review"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Sentence:
    """What a finding says and what to do about it; ``{names}`` are filled from its facts."""

    severity: Severity
    message: str
    remedy: str

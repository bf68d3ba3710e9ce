"""What staff answer about visits that a run paid and that a later log of their days does not have."""

from enum import StrEnum
from typing import NamedTuple


class VanishedAnswer(StrEnum):
    """The answers: the visits were deleted because they did not take place, or the export does not include them."""

    DELETED = "deleted"
    ELSEWHERE = "elsewhere"


class VanishedClickAnswer(NamedTuple):
    """The answer of staff in a click, and the number of the question it was given for. It counts for no other question."""

    answer: VanishedAnswer
    question: str

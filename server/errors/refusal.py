"""Refusals: requests that are not carried out. Nothing is written."""

from collections.abc import Sequence
from enum import Enum, auto

from server.errors.findings import Finding
from server.errors.remedies import Remedy
from server.errors.shown_values import tidy_sentence


class RefusalKind(Enum):
    """The reason for a refusal, for programs. The API has a status code for each."""

    MALFORMED = auto()
    NOT_SIGNED_IN = auto()
    NOT_ALLOWED = auto()
    UNKNOWN = auto()
    CONFLICT = auto()
    """The request contradicts what the books hold."""
    TOO_LARGE = auto()
    HEADERS_TOO_LARGE = auto()
    TOO_SLOW = auto()
    UNUSABLE = auto()
    """The sheet or the inputs have to be corrected."""
    TOO_OFTEN = auto()
    UNAVAILABLE = auto()
    NO_ROOM = auto()
    """The disk is full."""


class BillingError(Exception):
    """A request that is not carried out. Nothing was written.

    ``code`` and ``kind`` are for programs, ``title`` is for people, the text of the exception is
    the sentence, ``remedy`` says what to do; ``findings`` point at the cells.

    ``remedy`` speaks to a person in front of Excel. ``for_programs`` is the remedy of a program that sends requests, "" if
    the same sentence is right for both.
    """

    code = "refused"
    kind = RefusalKind.CONFLICT
    title = "That cannot be done"
    for_programs = ""
    remedies: tuple[Remedy, ...] = ()
    """The remedies that are a button, the best first, at most ``MOST_REMEDIES``."""
    retry_after_seconds: int | None = None
    """After how many seconds the same request may be answered, ``None`` if waiting alone does not help."""

    def __init__(self, sentence: str, remedy: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(tidy_sentence(sentence))
        self.remedy = tidy_sentence(remedy)
        self.findings = tuple(findings)

    @property
    def program_remedy(self) -> str:
        """Return what a program can do about it."""
        return tidy_sentence(self.for_programs) or self.remedy

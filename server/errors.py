"""Every refusal, and every sentence staff can see.

Two kinds, never mixed. A *finding* is a remark about cells: the row it stands on is
not paid, or wants a look, and the rest of the sheet goes on. A *refusal* is a request
that cannot be carried out: nothing was written anywhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """One remark about one or many cells of one column.

    ``rows`` are Excel row numbers (1-based), empty when the whole sheet is meant;
    ``column`` is the 0-based position in the sheet, ``None`` when no column is meant.
    The same sentence about many cells is one Finding, so a hundred thousand rows with
    the same unknown status cost one sentence.
    """

    code: str
    sheet: str
    rows: Sequence[int] = ()
    column: int | None = None
    heading: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def sentence(self) -> Sentence:
        """Return the entry of SENTENCES this finding speaks with."""
        return SENTENCES[self.code]

    @property
    def severity(self) -> Severity:
        """Return how much it matters."""
        return self.sentence.severity

    @property
    def message(self) -> str:
        """Return what is wrong, in one plain sentence."""
        return self.sentence.message.format_map(self.facts)

    @property
    def remedy(self) -> str:
        """Return what to do about it."""
        return self.sentence.remedy.format_map(self.facts)


class BillingError(Exception):
    """A request that is not carried out. Nothing was written.

    ``code`` is for programs, ``title`` names the kind, the text of the exception is
    the sentence, ``remedy`` says what to do; ``findings`` point at the cells.
    """

    code = "refused"
    title = "That cannot be done"

    def __init__(self, sentence: str, remedy: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(sentence)
        self.remedy = remedy
        self.findings = tuple(findings)

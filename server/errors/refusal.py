"""Refusals: requests that cannot be carried out. Nothing was written anywhere."""

from collections.abc import Sequence

from server.errors.findings import Finding
from server.errors.shown_values import tidied


class BillingError(Exception):
    """A request that is not carried out. Nothing was written.

    ``code`` is for programs, ``title`` names the kind, the text of the exception is
    the sentence, ``remedy`` says what to do; ``findings`` point at the cells.
    """

    code = "refused"
    title = "That cannot be done"

    def __init__(self, sentence: str, remedy: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(tidied(sentence))
        self.remedy = tidied(remedy)
        self.findings = tuple(findings)

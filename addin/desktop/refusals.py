"""What the add-in says when a click is not carried out.

Same shape as a refusal of the service: a code for programs, a title that names the kind, one
plain sentence, and what to do about it. People are never shown anything else.
"""

from collections.abc import Mapping, Sequence
from typing import Any


class Refusal(Exception):
    """A click that was not carried out; the workbook is as it was.

    ``code`` is for programs, ``title`` names the kind, the text of the exception is the
    sentence, ``remedy`` says what to do. ``findings`` are those of the service, if it sent any. ``remedies`` are the buttons
    that it offers to press, the best first, each with ``label``, ``button`` and ``inputs`` (docs/contracts.md#remedies).
    """

    code = "refused"
    title = "That cannot be done"

    remedies: Sequence[Mapping[str, Any]] = ()
    may_pass = False
    """Whether the same click may be carried out a little later."""

    def __init__(self, sentence: str, remedy: str, findings: Sequence[dict[str, Any]] = ()) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.remedy = remedy
        self.findings = tuple(findings)

    def as_problem(self) -> dict[str, Any]:
        """Return it in the form of RFC 9457, as the service would have sent it."""
        return {
            "code": self.code,
            "title": self.title,
            "detail": self.sentence,
            "remedy": self.remedy,
            "remedies": [dict(remedy) for remedy in self.remedies],
            "findings": list(self.findings),
        }


class UnknownButton(Refusal):
    """The ribbon has no such button."""

    code = "unknown-button"
    title = "There is no such button"

    def __init__(self, button: str, known: Sequence[str]) -> None:
        super().__init__(f"The ribbon has no button {button}.", f"The buttons are: {', '.join(known)}.")


class UnknownSheet(Refusal):
    """The workbook has no sheet of that name."""

    code = "unknown-sheet"
    title = "There is no such sheet"

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(f"The workbook has no sheet named {name}.", f"Its sheets are: {', '.join(known)}.")


class UnknownRows(Refusal):
    """The sheet has no rows with those numbers."""

    code = "unknown-rows"
    title = "There are no such rows"

    def __init__(self, sheet: str, row: int, used: range) -> None:
        super().__init__(
            f"The sheet {sheet} has nothing in row {row}.",
            f"Its rows go from {used.start} to {used.stop - 1}.",
        )


class BoundElsewhere(Refusal):
    """The workbook belongs to another clinic than the one asked for."""

    code = "bound-to-another-clinic"
    title = "This workbook belongs to another clinic"

    def __init__(self, asked: str) -> None:
        super().__init__(
            f"The workbook already belongs to a clinic, and it is not {asked}.",
            "Open a workbook of that clinic, or press the button without naming a clinic.",
        )


class UnusableReply(Refusal):
    """The service answered, but what it sent cannot be put into the workbook."""

    code = "unusable-reply"
    title = "The answer of the service could not be used"

    def __init__(self, why: str) -> None:
        super().__init__(
            f"{why} Nothing was changed in the workbook.",
            "Press the button again. If it happens twice, update the add-in and the service together.",
        )


class Canceled(Refusal):
    """The user canceled a question of the click. A reply that only asks has recorded nothing."""

    code = "canceled"
    title = "Canceled"

    def __init__(self, label: str) -> None:
        super().__init__(
            "You canceled, so nothing was recorded.",
            f"To start over, press {label} on the Clinic Ledger tab.",
        )


class SheetGone(Refusal):
    """The sheet that a click is about has another name by now, is hidden, or was deleted."""

    code = "sheet-gone"
    title = "That sheet is no longer there"

    def __init__(self, sheet: str, label: str) -> None:
        super().__init__(
            f"The sheet {sheet} is no longer there. It may have been renamed or deleted.",
            f"Go to the sheet that is meant, and press {label} again.",
        )


class QuestionsOpen(Refusal):
    """The question sheet has required questions without an answer, so nothing was sent."""

    code = "questions-open"
    title = "Some questions have no answer"

    def __init__(self, labels: Sequence[str], sheet: str, button: str) -> None:
        listed = "\n".join(f"- {label}" for label in labels)
        super().__init__(
            f"These questions on the sheet {sheet} need an answer:\n{listed}",
            f"Fill in the yellow cells, then press {button} again. To cancel, delete the sheet {sheet}.",
        )
